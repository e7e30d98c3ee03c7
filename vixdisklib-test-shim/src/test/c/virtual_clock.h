/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * A clock that stands still while anything happens, and jumps when somebody waits for a time. For programs that are
 * linked with VIRTUAL_CLOCK, which puts it in place of the system's.
 */
#ifndef VIRTUAL_CLOCK_H
#define VIRTUAL_CLOCK_H

#include "support.h"

#define MILLISECOND UINT64_C(1000000)
#define SECOND UINT64_C(1000000000)

/* Nanoseconds. */
uint64 now(void);

/* Has threads of the library that wait for a time not make it pass, until it may pass again. */
void stopTime(void);
void letTimePass(void);

/* Has all go by the system's clock, or by the virtual one, as it begins. */
void goByRealClock(bool real);

#endif /* VIRTUAL_CLOCK_H */
