/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "transfer.h"

#include <errno.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

/* So that neither the library nor a device needs a copy. */
#define ALIGNMENT 4096

/* An odd number with bits everywhere: 2^64 over the golden ratio. */
#define GOLDEN UINT64_C(0x9e3779b97f4a7c15)

struct Transfer;

/* Room for a request in flight. */
typedef struct Slot {
   struct Slot *next; /* in the stack of those that are complete */
   struct Transfer *transfer;
   uint8 *buffer;
   uint64 sector;
   VixError result;
} Slot;

typedef struct Transfer {
   const OpenDisk *disk;
   const Task *task;
   uint64 sectors; /* of a request */
   uint64 perPass; /* requests from the disk's beginning to its end */
   uint64 begun;   /* requests */
   uint64 checksum;
   uint8 *memory;
   Slot *slots;
   Slot *_Atomic completed; /* pushed by any thread, taken all at once by the one that makes requests */
   sem_t wake;              /* when there is a completed one where there was none */
} Transfer;

static uint64 now(void)
{
   struct timespec time;

   clock_gettime(CLOCK_MONOTONIC, &time);
   return (uint64)time.tv_sec * UINT64_C(1000000000) + (uint64)time.tv_nsec;
}

/* --------------------------------------------------------------------------------------------- the content */

static void fill(uint8 *buffer, uint64 bytes)
{
   uint64 *words = (uint64 *)(void *)buffer;

   for (uint64 i = 0; i < bytes / sizeof *words; i++) {
      words[i] = (i + 1) * GOLDEN;
   }
}

static void check(Transfer *transfer, const Slot *slot)
{
   const uint64 *words = (const uint64 *)(const void *)slot->buffer;
   uint64 sum = slot->sector * GOLDEN;

   if (!transfer->task->isChecked) {
      return;
   }
   for (uint64 i = 0; i < transfer->task->bytes / sizeof *words; i++) {
      sum = (sum ^ words[i]) * UINT64_C(0x100000001b3);
   }
   transfer->checksum += sum;
}

/* --------------------------------------------------------------------------------------------- the requests */

static uint64 nextSector(Transfer *transfer)
{
   return transfer->begun++ % transfer->perPass * transfer->sectors;
}

static void require(VixError expected, VixError error, const char *function, uint64 sector)
{
   if (error != expected) {
      fail("%s of sector %llu: error %llu", function, (unsigned long long)sector, (unsigned long long)error);
   }
}

static void runSynchronous(Transfer *transfer)
{
   const Vddk *vddk = transfer->disk->vddk;
   VixDiskLibHandle handle = transfer->disk->handle;
   uint64 sectors = transfer->sectors;
   Slot *slot = &transfer->slots[0];

   while (transfer->begun < transfer->task->requests) {
      slot->sector = nextSector(transfer);
      if (transfer->task->isWrite) {
         require(VIX_OK, vddk->Write(handle, slot->sector, sectors, slot->buffer), "Write", slot->sector);
      } else {
         require(VIX_OK, vddk->Read(handle, slot->sector, sectors, slot->buffer), "Read", slot->sector);
         check(transfer, slot);
      }
   }
}

/* Called on any thread, also within the call that makes the request. Wakes only one who may be asleep. */
static void complete(void *data, VixError result)
{
   Slot *slot = data;
   Transfer *transfer = slot->transfer;
   Slot *top = atomic_load_explicit(&transfer->completed, memory_order_relaxed);

   slot->result = result;
   do {
      slot->next = top;
   } while (!atomic_compare_exchange_weak_explicit(&transfer->completed, &top, slot, memory_order_release,
                                                   memory_order_relaxed));
   if (top == NULL) {
      sem_post(&transfer->wake);
   }
}

static void begin(Transfer *transfer, Slot *slot)
{
   const Vddk *vddk = transfer->disk->vddk;
   VixDiskLibHandle handle = transfer->disk->handle;

   slot->sector = nextSector(transfer);
   require(VIX_ASYNC,
           transfer->task->isWrite
              ? vddk->WriteAsync(handle, slot->sector, transfer->sectors, slot->buffer, complete, slot)
              : vddk->ReadAsync(handle, slot->sector, transfer->sectors, slot->buffer, complete, slot),
           transfer->task->isWrite ? "WriteAsync" : "ReadAsync", slot->sector);
}

/* All that are complete, one at least. */
static Slot *awaitCompleted(Transfer *transfer)
{
   Slot *taken;

   while ((taken = atomic_exchange_explicit(&transfer->completed, NULL, memory_order_acquire)) == NULL) {
      while (sem_wait(&transfer->wake) != 0 && errno == EINTR) {
      }
   }
   return taken;
}

/* Handles a request that is complete, and makes another one in its place. */
static void replace(Transfer *transfer, Slot *slot)
{
   require(VIX_OK, slot->result, "a request", slot->sector);
   if (!transfer->task->isWrite) {
      check(transfer, slot);
   }
   if (transfer->begun < transfer->task->requests) {
      begin(transfer, slot);
   }
}

static void runAsynchronous(Transfer *transfer)
{
   uint64 ended = 0;

   for (uint64 i = 0; i < transfer->task->depth && transfer->begun < transfer->task->requests; i++) {
      begin(transfer, &transfer->slots[i]);
   }
   while (ended < transfer->task->requests) {
      Slot *slot = awaitCompleted(transfer);

      while (slot != NULL) {
         Slot *next = slot->next;

         replace(transfer, slot);
         ended++;
         slot = next;
      }
   }
}

/* ---------------------------------------------------------------------------------------------- the memory */

static void allocate(Transfer *transfer)
{
   const Task *task = transfer->task;
   uint64 numSlots = task->isAsync ? task->depth : 1;
   uint64 stride = (task->bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;

   transfer->memory = aligned_alloc(ALIGNMENT, numSlots * stride);
   transfer->slots = calloc(numSlots, sizeof *transfer->slots);
   if (transfer->memory == NULL || transfer->slots == NULL || sem_init(&transfer->wake, 0, 0) != 0) {
      fail("no memory for %llu requests of %llu bytes", (unsigned long long)numSlots, (unsigned long long)task->bytes);
   }
   for (uint64 i = 0; i < numSlots; i++) {
      transfer->slots[i].transfer = transfer;
      transfer->slots[i].buffer = transfer->memory + i * stride;
      fill(transfer->slots[i].buffer, task->bytes);
   }
}

static void release(Transfer *transfer)
{
   if (transfer->task->isAsync) {
      /* The last callback may not have returned. */
      require(VIX_OK, transfer->disk->vddk->Wait(transfer->disk->handle), "Wait", 0);
   }
   sem_destroy(&transfer->wake);
   free(transfer->slots);
   free(transfer->memory);
}

Outcome transfer(const OpenDisk *disk, const Task *task)
{
   uint64 sectors = task->bytes / VIXDISKLIB_SECTOR_SIZE;
   Transfer running = {.disk = disk, .task = task, .sectors = sectors};
   Outcome outcome;
   uint64 began;

   if (task->bytes == 0 || task->bytes % VIXDISKLIB_SECTOR_SIZE != 0 || sectors > disk->sectors) {
      fail("a disk of %llu sectors has no requests of %llu bytes", (unsigned long long)disk->sectors,
           (unsigned long long)task->bytes);
   }
   running.perPass = disk->sectors / sectors;
   allocate(&running);
   began = now();
   if (task->isAsync) {
      runAsynchronous(&running);
   } else {
      runSynchronous(&running);
   }
   outcome = (Outcome){now() - began, running.checksum};
   release(&running);
   return outcome;
}
