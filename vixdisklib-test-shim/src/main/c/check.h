/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Examines and mends disks that are not open: one link, whatever its parents are.
 */
#ifndef CHECK_H
#define CHECK_H

#include "common.h"

/*
 * Examines all extents of a disk, and mends them if told to. VIX_E_DISK_NEEDSREPAIR if there is damage that stays,
 * VIX_E_DISK_CANTREPAIR if it was to be mended and cannot be, VIX_E_FILE_ALREADY_LOCKED if somebody is writing the disk
 * or, for mending, has it open in this process.
 */
VixError check_disk(const char *path, bool repair);

#endif /* CHECK_H */
