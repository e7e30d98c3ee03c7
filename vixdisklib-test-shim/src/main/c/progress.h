/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * How far a long operation is, for the caller's progress callback. It runs on the caller's thread; what it returns is
 * of no effect, as with the real library.
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include "common.h"

typedef struct Progress {
   VixDiskLibProgressFunc function; /* NULL for nobody to tell */
   void *data;
   int percent; /* that was told last; -1 before the first time */
} Progress;

#define PROGRESS(function, data)                                                                                       \
   {                                                                                                                   \
      (function), (data), -1                                                                                           \
   }

/* Tells a percentage that has grown. */
void progress_report(Progress *progress, uint64 done, uint64 total);

/* Whether this thread is in such a callback. */
bool progress_isCalling(void);

#endif /* PROGRESS_H */
