/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * What GetInfo tells.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapter.h"
#include "disk.h"
#include "geometry.h"
#include "uuid.h"
#include "version.h"

static VixDiskLibAdapterType adapterOf(const Descriptor *descriptor)
{
   char name[16];

   descriptor_get(descriptor, "ddb.adapterType", name, sizeof name);
   return adapter_ofName(name);
}

/* A geometry as the descriptor has it, or the customary one if it has none that is complete. */
static VixDiskLibGeometry geometryFrom(const Descriptor *descriptor, const char *const keys[3],
                                       VixDiskLibAdapterType adapter)
{
   VixDiskLibGeometry geometry = {
      descriptor_getNumber(descriptor, keys[0]),
      descriptor_getNumber(descriptor, keys[1]),
      descriptor_getNumber(descriptor, keys[2]),
   };

   if (geometry.cylinders == 0 || geometry.heads == 0 || geometry.sectors == 0) {
      return geometry_of(descriptor->capacity, adapter);
   }
   return geometry;
}

static uint32 sectorSizeFrom(const Descriptor *descriptor, const char *key)
{
   return descriptor_getNumber(descriptor, key) == 4096 ? 4096 : VIXDISKLIB_SECTOR_SIZE;
}

/*
 * A disk without a UUID gets one of its path and capacity: always the same one while the disk is the same, and another
 * one for a copy. The CID would not do, since it changes with the first write.
 */
static char *uuidOf(const Link *link)
{
   char text[UUID_TEXT_SIZE];
   uint8 bytes[UUID_BYTES];

   descriptor_get(link->descriptor, "ddb.uuid", text, sizeof text);
   if (text[0] == '\0') {
      uuid_derive(link->path, link->descriptor->capacity, bytes);
      uuid_format(bytes, text);
   }
   return strdup(text);
}

VixDiskLibGeometry disk_geometry(const Disk *disk)
{
   static const char *const keys[] = {"ddb.geometry.cylinders", "ddb.geometry.heads", "ddb.geometry.sectors"};

   return geometryFrom(disk->link->descriptor, keys, adapterOf(disk->link->descriptor));
}

/*
 * Before version 7.0 an info ends before the sector sizes. What a caller finds there that reads them all the same is
 * not of the info, and is to be seen as such.
 */
static size_t infoSize(void)
{
   return version_isAtLeast(7, 0, 0) ? sizeof(VixDiskLibInfo) : offsetof(VixDiskLibInfo, logicalSectorSize);
}

VixError disk_getInfo(Disk *disk, VixDiskLibInfo **info)
{
   static const char *const bios[] = {"ddb.geometry.biosCylinders", "ddb.geometry.biosHeads",
                                      "ddb.geometry.biosSectors"};
   const Descriptor *descriptor;
   VixDiskLibInfo *made = calloc(1, infoSize());

   if (made == NULL) {
      return VIX_E_OUT_OF_MEMORY;
   }
   pthread_mutex_lock(&disk->lock);
   descriptor = disk->link->descriptor;
   made->capacity = disk->capacity;
   made->adapterType = adapterOf(descriptor);
   made->physGeo = disk_geometry(disk);
   made->biosGeo = geometryFrom(descriptor, bios, made->adapterType);
   made->numLinks = link_depth(disk->link);
   if (version_isAtLeast(7, 0, 0)) {
      made->logicalSectorSize = sectorSizeFrom(descriptor, "ddb.logicalSectorSize");
      made->physicalSectorSize = sectorSizeFrom(descriptor, "ddb.physicalSectorSize");
   }
   made->uuid = uuidOf(disk->link);
   made->parentFileNameHint = descriptor->parentContentId != NO_PARENT ? descriptor_parentHint(descriptor) : NULL;
   pthread_mutex_unlock(&disk->lock);
   if (made->uuid == NULL) {
      disk_freeInfo(made);
      return VIX_E_OUT_OF_MEMORY;
   }
   *info = made;
   return VIX_OK;
}

void disk_freeInfo(VixDiskLibInfo *info)
{
   free(info->parentFileNameHint);
   free(info->uuid);
   free(info);
}
