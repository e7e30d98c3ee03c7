/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * The uses of a disk: calls that are not to be mixed with asynchronous requests, and these requests, of which some may
 * be those of the parent before a fork. All of this with the lock held, where nothing else is said.
 */
#ifndef ASYNC_USE_H
#define ASYNC_USE_H

#include "common.h"
#include "disk.h"

/* The callback of a request that a thread is in, the innermost one. */
typedef struct AsyncCallback {
   const Disk *disk; /* NULL for none */
   uint32 depth;     /* how many there are inside each other */
} AsyncCallback;

/* Whether the disk takes a request now. */
VixError asyncUse_check(Disk *disk);

/* Counts a request that is accepted. Returns the number of this process, whose request it is. */
uint64 asyncUse_begin(Disk *disk);

/* The request is no longer in flight, but its disk may not be closed yet. Without the lock. */
void asyncUse_beginCallback(Disk *disk, uint64 process);

/* The end of the request. False in the child of a fork, maybe by the callback; without the lock. */
bool asyncUse_end(Disk *disk, uint64 process);

/* Around a callback, on its thread, where the first returns what the second is given. Without the lock. */
AsyncCallback asyncUse_enterCallback(const Disk *disk);
void asyncUse_leaveCallback(AsyncCallback outer);

/* Requests of the disk whose callbacks have not returned. */
uint64 asyncUse_countRequests(Disk *disk);

/* Has a disk take no more requests. */
void asyncUse_close(Disk *disk);

/* In the child of a fork: no disk is used. */
void asyncUse_resetInChild(void);

#endif /* ASYNC_USE_H */
