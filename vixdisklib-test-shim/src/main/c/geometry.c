/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "geometry.h"

#define SECTORS_PER_GIB (UINT64_C(1) << 21)
#define IDE_MAX_CYLINDERS 16383

static VixDiskLibGeometry tracksOf(uint64 capacity, VixDiskLibAdapterType adapter)
{
   if (adapter == VIXDISKLIB_ADAPTER_IDE) {
      return (VixDiskLibGeometry){0, 16, 63};
   }
   if (capacity <= SECTORS_PER_GIB) {
      return (VixDiskLibGeometry){0, 64, 32};
   }
   return capacity <= 2 * SECTORS_PER_GIB ? (VixDiskLibGeometry){0, 128, 32} : (VixDiskLibGeometry){0, 255, 63};
}

VixDiskLibGeometry geometry_of(uint64 capacity, VixDiskLibAdapterType adapter)
{
   VixDiskLibGeometry geometry = tracksOf(capacity, adapter);
   uint64 limit = adapter == VIXDISKLIB_ADAPTER_IDE ? IDE_MAX_CYLINDERS : UINT32_MAX;
   uint64 cylinders = capacity / (geometry.heads * geometry.sectors);

   geometry.cylinders = cylinders == 0 ? 1 : (uint32)minOf(cylinders, limit);
   return geometry;
}
