/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "handles.h"

#include <stdlib.h>

/*
 * A handle is, from its top: 8 bits that are in no canonical address, 8 bits of tag, 28 bits of generation and 20 bits
 * of slot number. The slot gives a lookup in constant time, the generation tells its users apart. A slot whose
 * generations are used up is not used again.
 */
#define MARK UINT64_C(0x56)
#define SLOT_BITS 20
#define GENERATION_BITS 28
#define MAX_SLOTS (UINT32_C(1) << SLOT_BITS)
#define LAST_GENERATION ((UINT32_C(1) << GENERATION_BITS) - 1)

static void *toHandle(const HandleTable *table, uint32 slot)
{
   uint64 value = MARK << 56 | (uint64)table->tag << 48 | (uint64)table->slots[slot].generation << SLOT_BITS | slot;

   return (void *)(uintptr_t)value;
}

/* The slot of a valid handle, or NULL; with the lock held. */
static HandleSlot *findSlot(const HandleTable *table, const void *handle)
{
   uint32 slot = (uint32)((uintptr_t)handle & (MAX_SLOTS - 1));

   if (slot >= table->numSlots || table->slots[slot].object == NULL || toHandle(table, slot) != handle) {
      return NULL;
   }
   return &table->slots[slot];
}

/* The number of a free slot, or numSlots; with the lock held. */
static uint32 findFreeSlot(const HandleTable *table)
{
   uint32 slot = 0;

   while (slot < table->numSlots &&
          (table->slots[slot].object != NULL || table->slots[slot].generation == LAST_GENERATION)) {
      slot++;
   }
   return slot;
}

static bool growTable(HandleTable *table)
{
   uint32 numSlots = table->numSlots == 0 ? 16 : table->numSlots * 2;
   HandleSlot *slots;

   if (numSlots > MAX_SLOTS || (slots = realloc(table->slots, numSlots * sizeof *slots)) == NULL) {
      return false;
   }
   for (uint32 i = table->numSlots; i < numSlots; i++) {
      slots[i] = (HandleSlot){NULL, 0};
   }
   table->slots = slots;
   table->numSlots = numSlots;
   return true;
}

void *handles_add(HandleTable *table, Handled *object)
{
   void *handle = NULL;
   uint32 slot;

   pthread_mutex_lock(&table->lock);
   slot = findFreeSlot(table);
   if (slot < table->numSlots || growTable(table)) {
      atomic_fetch_add(&object->references, 1);
      table->slots[slot].object = object;
      table->slots[slot].generation++;
      table->numUsed++;
      object->number = ++table->numAdded;
      handle = toHandle(table, slot);
   }
   pthread_mutex_unlock(&table->lock);
   return handle;
}

Handled *handles_acquire(HandleTable *table, const void *handle)
{
   Handled *object = NULL;
   HandleSlot *slot;

   pthread_mutex_lock(&table->lock);
   slot = findSlot(table, handle);
   if (slot != NULL) {
      object = slot->object;
      atomic_fetch_add(&object->references, 1);
   }
   pthread_mutex_unlock(&table->lock);
   return object;
}

bool handles_wasAdded(HandleTable *table, const void *handle)
{
   uint64 value = (uint64)(uintptr_t)handle;
   uint32 slot = (uint32)(value & (MAX_SLOTS - 1));
   uint32 generation = (uint32)(value >> SLOT_BITS) & LAST_GENERATION;
   bool was;

   pthread_mutex_lock(&table->lock);
   was = value >> 48 == (MARK << 8 | table->tag) && slot < table->numSlots && generation > 0 &&
         generation <= table->slots[slot].generation;
   pthread_mutex_unlock(&table->lock);
   return was;
}

static Handled *vacate(HandleTable *table, HandleSlot *slot)
{
   Handled *object = slot->object;

   slot->object = NULL;
   table->numUsed--;
   return object;
}

Handled *handles_remove(HandleTable *table, const void *handle)
{
   Handled *object = NULL;
   HandleSlot *slot;

   pthread_mutex_lock(&table->lock);
   slot = findSlot(table, handle);
   if (slot != NULL) {
      object = vacate(table, slot);
   }
   pthread_mutex_unlock(&table->lock);
   return object;
}

/* The first slot whose object the predicate accepts, or NULL; with the lock held. */
static HandleSlot *findAccepted(const HandleTable *table, bool (*accept)(const Handled *, const void *),
                                const void *context)
{
   for (uint32 i = 0; i < table->numSlots; i++) {
      if (table->slots[i].object != NULL && accept(table->slots[i].object, context)) {
         return &table->slots[i];
      }
   }
   return NULL;
}

Handled *handles_removeIf(HandleTable *table, bool (*accept)(const Handled *, const void *), const void *context)
{
   Handled *object = NULL;
   HandleSlot *slot;

   pthread_mutex_lock(&table->lock);
   slot = findAccepted(table, accept, context);
   if (slot != NULL) {
      object = vacate(table, slot);
   }
   pthread_mutex_unlock(&table->lock);
   return object;
}

bool handles_any(HandleTable *table, bool (*accept)(const Handled *, const void *), const void *context)
{
   bool found;

   pthread_mutex_lock(&table->lock);
   found = findAccepted(table, accept, context) != NULL;
   pthread_mutex_unlock(&table->lock);
   return found;
}

uint64 handles_count(HandleTable *table)
{
   uint64 count;

   pthread_mutex_lock(&table->lock);
   count = table->numUsed;
   pthread_mutex_unlock(&table->lock);
   return count;
}

bool handled_release(Handled *object)
{
   return atomic_fetch_sub(&object->references, 1) == 1;
}
