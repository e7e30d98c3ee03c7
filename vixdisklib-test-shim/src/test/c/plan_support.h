/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * A disk with a fault plan, what is done with it, and what is noted of that.
 */
#ifndef PLAN_SUPPORT_H
#define PLAN_SUPPORT_H

#include <pthread.h>
#include <stdatomic.h>

#include "support.h"

#define CAPACITY 20000u
#define LOST VIX_E_HOST_TCP_CONN_LOST

extern uint64 seed;
extern VixDiskLibHandle disk;
extern uint8 buffer[CAPACITY * SECTOR];

void setPlan(const char *text);

/* The library with the disk "a.vmdk" and a plan, and its end. */
void startWith(const char *plan);
void stop(void);

/* Calls on the disk. */
VixError readAt(uint64 sector, uint64 count);
VixError writeAt(uint64 sector, uint64 count);
VixError writeAsync(void);
VixError flush(void);
VixError query(void);

/* Whether a call fails with VIX_E_FAIL; it must not fail otherwise. */
bool fails(VixError error);

/* A completion callback, and what it has noted: how many calls there were since it was checked, and the last result. */
void note(void *data, VixError result);
extern atomic_uint numCalls;
extern VixError lastResult;

/* Waits for the requests of the disk, and checks what was noted; the result only if there were calls. */
void checkCallback(VixError expected, unsigned count);

/* A call on a thread of its own. */
typedef struct Worker {
   pthread_t thread;
   VixError (*work)(void);
   VixError result;
   atomic_bool done;
} Worker;

void startWorker(Worker *worker, VixError (*work)(void));
VixError endWorker(Worker *worker);

#endif /* PLAN_SUPPORT_H */
