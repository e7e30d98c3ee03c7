/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "ledger.h"

#include <pthread.h>
#include <stdlib.h>

#define BUCKETS 1024

typedef struct Entry {
   struct Entry *next;
   const void *memory;
   LedgerKind kind;
} Entry;

static pthread_mutex_t ledgerLock = PTHREAD_MUTEX_INITIALIZER;
static Entry *buckets[BUCKETS];
static uint64 counts[LEDGER_KINDS];

static Entry **bucketOf(const void *memory)
{
   uint64 hash = (uint64)(uintptr_t)memory * UINT64_C(0x9e3779b97f4a7c15);

   return &buckets[hash >> 54];
}

bool ledger_add(LedgerKind kind, const void *memory)
{
   Entry **bucket = bucketOf(memory);
   Entry *entry = malloc(sizeof *entry);

   if (entry == NULL) {
      return false;
   }
   entry->memory = memory;
   entry->kind = kind;
   pthread_mutex_lock(&ledgerLock);
   entry->next = *bucket;
   *bucket = entry;
   counts[kind]++;
   pthread_mutex_unlock(&ledgerLock);
   return true;
}

/* The link to an entry, or to NULL; with the lock held. */
static Entry **findEntry(LedgerKind kind, const void *memory)
{
   Entry **link = bucketOf(memory);

   while (*link != NULL && ((*link)->memory != memory || (*link)->kind != kind)) {
      link = &(*link)->next;
   }
   return link;
}

bool ledger_remove(LedgerKind kind, const void *memory)
{
   Entry **link;
   Entry *entry;

   pthread_mutex_lock(&ledgerLock);
   link = findEntry(kind, memory);
   entry = *link;
   if (entry != NULL) {
      *link = entry->next;
      counts[kind]--;
   }
   pthread_mutex_unlock(&ledgerLock);
   free(entry);
   return entry != NULL;
}

bool ledger_has(LedgerKind kind, const void *memory)
{
   bool found;

   pthread_mutex_lock(&ledgerLock);
   found = *findEntry(kind, memory) != NULL;
   pthread_mutex_unlock(&ledgerLock);
   return found;
}

uint64 ledger_count(LedgerKind kind)
{
   uint64 count;

   pthread_mutex_lock(&ledgerLock);
   count = counts[kind];
   pthread_mutex_unlock(&ledgerLock);
   return count;
}
