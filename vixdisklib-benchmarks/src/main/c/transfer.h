/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Requests to a disk, as fast as they can be made from one thread.
 */
#ifndef TRANSFER_H
#define TRANSFER_H

#include <stdbool.h>

#include "vddk.h"

typedef struct OpenDisk {
   const Vddk *vddk;
   VixDiskLibHandle handle;
   uint64 sectors;
} OpenDisk;

/* Requests of one size from the disk's beginning to its end, and again, until there were so many. */
typedef struct Task {
   bool isWrite;
   bool isAsync;
   uint64 bytes;    /* of a request; whole sectors */
   uint64 depth;    /* how many asynchronous requests are in flight */
   uint64 requests; /* in all */
   bool isChecked;  /* whether a checksum is wanted, which takes its time */
} Task;

typedef struct Outcome {
   uint64 nanoseconds; /* from the first call to the last completion */
   uint64 checksum;    /* of what was read, in whatever order that was */
} Outcome;

/* Does it with memory that is there before the time begins. Says what is wrong and ends otherwise. */
Outcome transfer(const OpenDisk *disk, const Task *task);

#endif /* TRANSFER_H */
