/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * What is done with closed disks, which callers name by their path.
 */
#ifndef MANAGE_H
#define MANAGE_H

#include "common.h"
#include "create.h"
#include "progress.h"

/* Deletes the descriptor and all extents. */
VixError manage_unlink(const char *path);

#endif /* MANAGE_H */
