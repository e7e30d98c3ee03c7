/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * The threads that call the library, as it tells them apart.
 */
#ifndef CALLER_H
#define CALLER_H

#include "common.h"

typedef struct Caller {
   uint64 number; /* never that of another thread of this process */
   int id;        /* the system's */
   char name[16]; /* as it was at the thread's first call; without blanks and other characters that lines are cut at */
} Caller;

/* This thread; good as long as it runs. */
const Caller *caller_self(void);

/* In the child of a fork, where this thread has another id. */
void caller_startInChild(void);

#endif /* CALLER_H */
