/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Cylinders, heads and sectors.
 */
#ifndef GEOMETRY_H
#define GEOMETRY_H

#include "common.h"

/* The customary geometry of a disk. */
VixDiskLibGeometry geometry_of(uint64 capacity, VixDiskLibAdapterType adapter);

#endif /* GEOMETRY_H */
