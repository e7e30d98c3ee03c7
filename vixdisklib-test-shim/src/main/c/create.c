/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "create.h"

#include <stdlib.h>

#include "adapter.h"
#include "geometry.h"
#include "path.h"

/*
 * Junk in the sector sizes, as callers leave it whose struct is older than the fields, stands for 512. Only servers
 * have disks with logical sectors of 4096 bytes.
 */
static VixError readSectorSizes(const VixDiskLibCreateParams *params, DiskSpec *spec)
{
   if (params->logicalSectorSize == 4096) {
      return VIX_E_NOT_SUPPORTED;
   }
   if (params->physicalSectorSize == 4096) {
      spec->physicalSectorSize = 4096;
   }
   return VIX_OK;
}

VixError create_readParams(const VixDiskLibCreateParams *params, bool withSectorSizes, DiskSpec *spec)
{
   VixError error = newDisk_checkType(params->diskType);

   *spec =
      (DiskSpec){.type = params->diskType,
                 .adapterName = adapter_name(params->adapterType),
                 .hardwareVersion = params->hwVersion != 0 ? params->hwVersion : (uint32)VIXDISKLIB_HWVERSION_CURRENT,
                 .physicalSectorSize = VIXDISKLIB_SECTOR_SIZE,
                 .parentContentId = NO_PARENT};
   if (error == VIX_E_INVALID_ARG || spec->adapterName == NULL) {
      return VIX_E_INVALID_ARG;
   }
   if (error == VIX_OK && withSectorSizes) {
      error = readSectorSizes(params, spec);
   }
   return error;
}

void create_setCapacity(DiskSpec *spec, uint64 capacity)
{
   spec->capacity = capacity;
   spec->geometry = geometry_of(capacity, adapter_ofName(spec->adapterName));
}

VixError create_disk(const char *path, const DiskSpec *spec, Progress *progress)
{
   NewDisk *disk;
   char *realPath;
   VixError error = path_resolveNew(path, &realPath);

   if (error != VIX_OK) {
      return error;
   }
   progress_report(progress, 0, 1);
   error = newDisk_make(realPath, spec, &disk);
   free(realPath);
   if (error == VIX_OK) {
      error = newDisk_finish(disk);
   }
   if (error == VIX_OK) {
      progress_report(progress, 1, 1);
   }
   return error;
}
