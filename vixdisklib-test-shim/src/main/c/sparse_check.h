/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Examines and mends hosted sparse extents.
 */
#ifndef SPARSE_CHECK_H
#define SPARSE_CHECK_H

#include "common.h"
#include "file.h"
#include "sector_set.h"
#include "sparse_header.h"

/*
 * Examines an extent, and mends it if told to; each finding is logged. VIX_E_DISK_NEEDSREPAIR if there is damage that
 * stays, VIX_E_DISK_CANTREPAIR if it was to be mended and cannot be. Grains that nothing points at and the mark of a
 * writer that did not end are no damage. If used is not NULL and all is well, it becomes the set of the sectors in use,
 * which the caller has to free.
 *
 * What is mended reads as before, save where reading fails: there, what the redundant copy of the tables shows is there
 * again, and what neither copy shows reads as zeros. No grain is given up for this, not even one that nothing points
 * at: it may be all that is left of somebody's data.
 */
VixError sparse_check(File *file, const SparseHeader *header, const char *name, bool repair, SectorSet *used);

#endif /* SPARSE_CHECK_H */
