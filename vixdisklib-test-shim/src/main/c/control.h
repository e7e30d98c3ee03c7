/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * How the exported functions heed what VddkFake_FailNext and VddkFake_HoldReads were told.
 */
#ifndef CONTROL_H
#define CONTROL_H

#include "common.h"

/* The error planned for a function, which is forgotten with that; VIX_OK if there is none. */
VixError control_takeFailure(const char *function);

/* Returns at once, or when reads are no longer held. */
void control_passRead(void);

#endif /* CONTROL_H */
