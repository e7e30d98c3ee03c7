/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Errors: their texts, and how those of the system become those of VixDiskLib.
 */
#ifndef ERRORS_H
#define ERRORS_H

#include "common.h"

/*
 * The English text of an error, without a full stop. Codes that are unknown, also only to this version, have a general
 * one; the upper bits are ignored.
 */
const char *errors_text(VixError error);

/* The error for a value of errno after an operation on a file. */
VixError errors_fromErrno(int systemError);

#endif /* ERRORS_H */
