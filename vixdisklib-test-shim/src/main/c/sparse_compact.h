/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Moves the grains of a sparse extent about in its file.
 *
 * At every step, each grain is where its entries point, in both copies of the tables. Space is used again only when it
 * is on stable storage that nothing points at it any more, so neither the end of the process nor that of the power
 * takes anything away.
 */
#ifndef SPARSE_COMPACT_H
#define SPARSE_COMPACT_H

#include "common.h"
#include "file.h"
#include "grain_tables.h"
#include "progress.h"
#include "sparse_header.h"

/*
 * Whether a grain of zeros may become a hole: not if it hides something in a parent. Told by the sectors of the extent
 * that it has.
 */
typedef bool MayBecomeHole(void *context, uint64 firstSector, uint64 sectors);

typedef struct Compaction {
   bool sort;                    /* into the order of the extent; else grains only move towards the start */
   bool dropZeros;               /* make grains of zeros holes first */
   MayBecomeHole *mayBecomeHole; /* NULL: all of them may */
   void *context;
   Progress *progress;
   uint64 part; /* which of so many equal parts of the whole, as progress sees it */
   uint64 parts;
} Compaction;

/*
 * Compacts an extent, which must be without damage: VIX_E_DISK_NEEDSREPAIR otherwise, and then nothing has changed.
 * What nothing points at is given back. After an error, the extent has its contents all the same.
 */
VixError sparse_compact(File *file, const SparseHeader *header, GrainTables *tables, const char *name,
                        const Compaction *compaction);

#endif /* SPARSE_COMPACT_H */
