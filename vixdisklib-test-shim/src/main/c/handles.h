/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Handles: numbers, dressed up as pointers, under which callers know objects of the library. A number is never used
 * twice and is looked up before anything is done with it, so a stale or invented handle is noticed and not followed.
 * Its upper bits make it an address that no memory can have: a caller who follows it fails at once, and no real pointer
 * is ever taken for a handle.
 *
 * An object lives as long as somebody holds a reference to it. The table holds one from handles_add to handles_remove,
 * and each call holds one while it works with the object.
 */
#ifndef HANDLES_H
#define HANDLES_H

#include <pthread.h>
#include <stdatomic.h>

#include "common.h"

/* The first member of every object that has a handle. */
typedef struct Handled {
   atomic_uint references;
   uint64 number; /* 1 for the first object of a table, and so on; no handle, but easier to read */
} Handled;

typedef struct HandleSlot {
   Handled *object; /* NULL in a free slot */
   uint32 generation;
} HandleSlot;

typedef struct HandleTable {
   pthread_mutex_t lock;
   uint32 tag; /* tells the handles of one table from those of another */
   HandleSlot *slots;
   uint32 numSlots;
   uint32 numUsed;
   uint64 numAdded;
} HandleTable;

#define HANDLE_TABLE(tag)                                                                                              \
   {                                                                                                                   \
      PTHREAD_MUTEX_INITIALIZER, (tag), NULL, 0, 0, 0                                                                  \
   }

/*
 * Enters an object, to which the table takes a reference of its own: once it has a handle, another thread may end it.
 * NULL without memory.
 */
void *handles_add(HandleTable *table, Handled *object);

/* The object of a handle, with a reference for the caller; NULL if there is no such handle. */
Handled *handles_acquire(HandleTable *table, const void *handle);

/* Makes a handle invalid and passes the table's reference to the caller; NULL if there is no such handle. */
Handled *handles_remove(HandleTable *table, const void *handle);

/* Whether a handle is, or once was, one of the table. */
bool handles_wasAdded(HandleTable *table, const void *handle);

/* As handles_remove, for any one object that the predicate accepts; NULL if there is none left. */
Handled *handles_removeIf(HandleTable *table, bool (*accept)(const Handled *, const void *), const void *context);

/* Whether the predicate accepts an object of the table. */
bool handles_any(HandleTable *table, bool (*accept)(const Handled *, const void *), const void *context);

/* How many handles are valid. */
uint64 handles_count(HandleTable *table);

/* Gives a reference back. True if it was the last, and then the caller has to dispose of the object. */
bool handled_release(Handled *object);

#endif /* HANDLES_H */
