/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Disks in the making. The main file is made under another name and gets its own when all of the disk is there: a
 * process that is killed on the way leaves nothing that could be taken for a disk.
 */
#ifndef NEW_DISK_H
#define NEW_DISK_H

#include "common.h"
#include "link.h"

/* What a new disk is to be. The texts are the caller's. */
typedef struct DiskSpec {
   VixDiskLibDiskType type;
   uint64 capacity;
   const char *adapterName;
   VixDiskLibGeometry geometry;
   uint32 hardwareVersion;
   uint32 physicalSectorSize;
   uint32 parentContentId; /* NO_PARENT for a disk that is no child */
   const char *parentHint;
} DiskSpec;

typedef struct NewDisk NewDisk;

/* VIX_E_INVALID_ARG for a type that there is not, VIX_E_NOT_SUPPORTED for one that only servers have. */
VixError newDisk_checkType(VixDiskLibDiskType type);

/*
 * Makes the files of an empty disk at a canonical path. None of them may exist, but for what a process that was killed
 * has left of the main file.
 */
VixError newDisk_make(const char *path, const DiskSpec *spec, NewDisk **disk);

/*
 * Writes whole grains of 128 sectors, or the last one as far as it goes, in ascending order. Those that are left out
 * read as zeros.
 */
VixError newDisk_write(NewDisk *disk, uint64 sector, uint64 count, const uint8 *buffer);

/* Gives a disk its name, or removes what there is of it. Either frees it. */
VixError newDisk_finish(NewDisk *disk);
void newDisk_discard(NewDisk *disk);

#endif /* NEW_DISK_H */
