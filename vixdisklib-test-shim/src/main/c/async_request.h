/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * The life of a request, from when it is accepted until its callback has returned.
 */
#ifndef ASYNC_REQUEST_H
#define ASYNC_REQUEST_H

#include "async.h"
#include "common.h"
#include "strict.h"

typedef struct AcceptedRequest {
   AsyncRequest request;
   uint64 process;   /* whose request it is */
   VixError planned; /* result of a request that is to fail without being carried out */
   StrictBuffer *buffer;
   bool timed;      /* on a way that takes time */
   bool moved;      /* its bytes, before it was due */
   VixError result; /* of that */
} AcceptedRequest;

/* The name of the function that makes such a request, and the same without "VixDiskLib_". */
const char *asyncRequest_function(const AsyncRequest *request);
const char *asyncRequest_name(const AsyncRequest *request);

/*
 * Spoils the buffer of a read that is not carried out at once, for callers that look at it too early. With the lock
 * held: before, the request may be refused, whose buffer stays as it is, and after, a thread may be filling it.
 */
void asyncRequest_spoil(const AsyncRequest *request);

/* Takes a request into the counts of its disk, and the failure that is planned for it; with the lock held. */
AcceptedRequest asyncRequest_accept(const AsyncRequest *request, StrictBuffer *buffer);

/*
 * The result of a request: what is planned, or what comes of moving its bytes, unless that has been done. Without the
 * lock.
 */
VixError asyncRequest_resultOf(const AcceptedRequest *accepted);

/*
 * Carries a request out and reports its result, with which the disk may be closed. False in the child of a fork by the
 * callback. Without the lock.
 */
bool asyncRequest_carryOut(const AcceptedRequest *accepted);

#endif /* ASYNC_REQUEST_H */
