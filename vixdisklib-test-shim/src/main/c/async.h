/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Asynchronous requests: who may make them when, how they are carried out, and who waits for them.
 *
 * As long as VddkFake_SetAsync says nothing else, a request is carried out by the call that makes it, as the transport
 * "file" does. Otherwise it is queued for the library's threads. So is a request on a transport that takes time, when
 * its time has come; its bytes may have been moved shortly before, by the same threads. A disk is closed when its
 * requests are done, so they hold no reference to it. A request is in flight until its callback is called: from then on
 * the disk may be used in another way, but not by the callback itself.
 */
#ifndef ASYNC_H
#define ASYNC_H

#include "common.h"
#include "disk.h"

typedef struct AsyncRequest {
   Disk *disk;
   uint64 sector;
   uint64 count;
   uint8 *into;       /* of a request that reads */
   const uint8 *from; /* of a request that writes */
   VixDiskLibCompletionCB callback;
   void *callbackData;
   VixError planned;  /* the result of a request that is to do nothing; else VIX_OK */
   uint64 delayNanos; /* that it takes longer than it would */
   uint64 hang;       /* ticket of a request that hangs; 0 for none */
} AsyncRequest;

/*
 * VIX_ASYNC if the request is accepted, and then its callback is called once, maybe before this returns. What is wrong
 * with the arguments is an error here, what goes wrong with the files is one for the callback.
 */
VixError async_submit(const AsyncRequest *request);

/* Returns when the disk has no requests; VIX_E_OBJECT_IS_BUSY in a callback, which may be what it would wait for. */
VixError async_wait(Disk *disk);

/*
 * The first has a disk accept no more requests, with the same error as async_wait. The second then waits for those that
 * are left; they go on even if requests are held.
 */
VixError async_beginClose(Disk *disk);
void async_drain(Disk *disk);

/*
 * Around what a disk must not do while it has requests in flight, and during which it accepts none: whatever reads,
 * writes or moves data on behalf of the caller. If the first fails, with VIX_E_ASYNC_MIXEDMODE_UNSUPPORTED, the second
 * is not called.
 */
VixError async_beginSync(Disk *disk, const char *function);
void async_endSync(Disk *disk);

/* Whether this thread is in the callback of a request. */
bool async_isCalling(void);

/* Whether this thread may wait for requests: from a callback, of a request or for the log, it would wait for itself. */
bool async_mayWait(void);

/* Requests accepted whose callbacks have not returned, on all disks. */
uint64 async_count(void);

/* Has those look again who wait for a request to go on. */
void async_goOn(void);

/* Once, before all else. */
void async_prepare(void);

/* Does what the configuration says, as VddkFake_SetAsync does. */
void async_configure(void);

/* Ends the threads, after the last requests. Whoever makes one after that starts new ones. */
void async_stop(void);

/* In the child of a fork, which has none of the threads: forgets all requests. */
void async_stopInChild(void);

#endif /* ASYNC_H */
