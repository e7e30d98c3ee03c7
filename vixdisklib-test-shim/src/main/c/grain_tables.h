/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * The grain directory and the grain tables of a sparse extent. The directory is in memory, tables come into a cache of
 * bounded size when they are needed, and changes go to the file at once.
 */
#ifndef GRAIN_TABLES_H
#define GRAIN_TABLES_H

#include "common.h"
#include "extent.h"
#include "file.h"
#include "sparse_header.h"

typedef struct GrainTables GrainTables;

/* Grains next to each other that are stored alike; those of RUN_DATA are next to each other in the file too. */
typedef struct GrainRun {
   RunKind kind;
   uint64 grains;
   uint64 firstSector; /* of the first grain in the file, for RUN_DATA */
} GrainRun;

VixError grainTables_open(File *file, const SparseHeader *header, GrainTables **tables);

void grainTables_close(GrainTables *tables);

/*
 * Finds the run that begins with a grain, no longer than maxGrains, which is at least 1. VIX_E_DISK_NEEDSREPAIR if the
 * tables make no sense. Whether the grains of RUN_DATA are inside the file is for the caller to check.
 */
VixError grainTables_find(GrainTables *tables, uint64 grain, uint64 maxGrains, GrainRun *run);

/*
 * Enters that grains next to each other are in the file from a sector on. Their data must be there already: whoever is
 * interrupted here leaves tables in which each grain has either its old place or its new one.
 */
VixError grainTables_assign(GrainTables *tables, uint64 grain, uint64 count, uint64 firstSector);

/* Makes grains next to each other, whose tables there are, holes. */
VixError grainTables_clear(GrainTables *tables, uint64 grain, uint64 count);

#endif /* GRAIN_TABLES_H */
