/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#ifndef SPARSE_GROW_H
#define SPARSE_GROW_H

#include "common.h"
#include "file.h"

/*
 * Makes a sparse extent, which is not open, larger than the sectors that its descriptor tells of. What is new reads as
 * zeros. VIX_E_FILE_TOO_BIG if the format has no room. A process that is killed leaves the old extent or the new one.
 */
VixError sparse_grow(File *file, uint64 sectors, uint64 capacity);

#endif /* SPARSE_GROW_H */
