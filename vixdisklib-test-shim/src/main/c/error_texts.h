/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * The texts of all errors of all versions. They are in a library of their own, libvddkFakeTexts.so, which lies beside
 * libvixDiskLib.so and is found by its name alone: as the real library, this one cannot be loaded where its companions
 * are not found.
 */
#ifndef ERROR_TEXTS_H
#define ERROR_TEXTS_H

#include "common.h"

/* The English text of an error code, without a full stop; NULL for a number that is no code. */
const char *VddkFakeTexts_ofError(uint64 code);

#endif /* ERROR_TEXTS_H */
