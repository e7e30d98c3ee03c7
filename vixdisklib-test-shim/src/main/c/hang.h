/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Calls and requests that hang until VddkFake_ReleaseHangs has all of them go on.
 */
#ifndef HANG_H
#define HANG_H

#include "common.h"

/* Counts one more that hangs. Returns its ticket; 0 is the ticket of one that does not hang. */
uint64 hang_begin(void);

bool hang_isOver(uint64 ticket);

/* Returns when it is over. */
void hang_await(uint64 ticket);

/* Takes one back that has not come to hang. */
void hang_cancel(uint64 ticket);

/* Whether anything hangs. */
bool hang_isAny(void);

/* In the child of a fork: nothing hangs. */
void hang_resetInChild(void);

#endif /* HANG_H */
