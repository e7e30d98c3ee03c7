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

#endif /* RANDOM_H */
