/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#ifndef RANDOM_H
#define RANDOM_H

#include "common.h"

/* Random bytes, to make identifiers of. */
void random_bytes(uint8 *bytes, size_t count);

uint32 random_number(void);

/* The next of the numbers that follow from a state, which may begin as any seed. */
uint64 random_next(uint64 *state);

#endif /* RANDOM_H */
