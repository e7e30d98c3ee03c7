/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * New disks, as callers ask for them.
 */
#ifndef CREATE_H
#define CREATE_H

#include "common.h"
#include "new_disk.h"
#include "progress.h"

/*
 * Reads the parameters of Create and Clone, which do not say the capacity of a clone. The sector sizes are read only if
 * the caller's struct has them. VIX_E_INVALID_ARG for values that there are not, VIX_E_NOT_SUPPORTED for those that
 * only servers have.
 */
VixError create_readParams(const VixDiskLibCreateParams *params, bool withSectorSizes, DiskSpec *spec);

/* Sets the capacity, and the geometry that goes with it. */
void create_setCapacity(DiskSpec *spec, uint64 capacity);

VixError create_disk(const char *path, const DiskSpec *spec, Progress *progress);

#endif /* CREATE_H */
