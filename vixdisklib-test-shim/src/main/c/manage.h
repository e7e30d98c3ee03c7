/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * What is done with closed disks, which callers name by their path. One that is open anywhere in this process, or for
 * writing in another, is VIX_E_FILE_ALREADY_LOCKED for those functions that change or delete it.
 */
#ifndef MANAGE_H
#define MANAGE_H

#include "common.h"
#include "create.h"
#include "progress.h"

/* Deletes the descriptor and all extents. */
VixError manage_unlink(const char *path);

/* Gives another name to a disk, with its extents. A process that is killed leaves the old disk, the new one or both. */
VixError manage_rename(const char *path, const char *newPath);

/*
 * Makes a disk larger, and gives it the customary geometry if that is wanted. A process that is killed leaves the disk
 * with its old or its new capacity.
 */
VixError manage_grow(const char *path, uint64 capacity, bool updateGeometry, Progress *progress);

/*
 * Copies a disk, with what shows of its parents, to a new disk of any type. An existing target is deleted first if it
 * may be overwritten, and is VIX_E_FILE_ALREADY_EXISTS otherwise. The capacity of the specification does not count.
 */
VixError manage_clone(const char *targetPath, const char *sourcePath, const DiskSpec *spec, bool overwrite,
                      Progress *progress);

#endif /* MANAGE_H */
