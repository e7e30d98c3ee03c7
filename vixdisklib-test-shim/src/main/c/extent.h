/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Extents: the pieces that a disk is put together from. Sectors are counted from the start of the extent, and callers
 * stay inside it.
 */
#ifndef EXTENT_H
#define EXTENT_H

#include "common.h"
#include "descriptor.h"
#include "file.h"
#include "sparse_header.h"

typedef enum {
   RUN_HOLE, /* never written: the parent's data shows */
   RUN_ZERO, /* known to be zeros */
   RUN_DATA  /* in the file */
} RunKind;

/* Sectors next to each other that are stored alike; those of RUN_DATA are next to each other in the file too. */
typedef struct Run {
   RunKind kind;
   uint64 sectors;
   uint64 fileOffset; /* in bytes, for RUN_DATA */
} Run;

typedef struct Extent Extent;

typedef struct ExtentType {
   /* Finds the run that begins at a sector, no longer than maxSectors. */
   VixError (*locate)(Extent *extent, uint64 sector, uint64 maxSectors, Run *run);

   /* Reads all of a run of RUN_DATA that locate has found at a sector. */
   VixError (*readData)(Extent *extent, uint64 sector, const Run *run, uint8 *buffer);

   /* NULL if what the extent has cannot be changed. */
   VixError (*write)(Extent *extent, uint64 sector, uint64 count, const uint8 *buffer);

   VixError (*flush)(Extent *extent);

   /* Ends the use of the extent and frees what it holds. */
   VixError (*close)(Extent *extent);

   /*
    * Finds the first part that takes up space between two sectors of a run of RUN_DATA; *start == *end if there is
    * none. NULL if all of such a run does.
    */
   VixError (*findSpace)(Extent *extent, uint64 from, uint64 to, uint64 *start, uint64 *end);
} ExtentType;

struct Extent {
   const ExtentType *type;
   const struct Link *link; /* that it is an extent of */
   ExtentAccess access;
   uint64 firstSector; /* in the disk */
   uint64 sectors;
   File *file; /* that has the data: ownFile, or the main file of the disk; NULL for zeros */
   File ownFile;
   bool written;          /* since it was opened */
   uint64 startOffset;    /* flat: of the data in the file, in bytes */
   struct Sparse *sparse; /* sparse */
   struct Stream *stream; /* stream-optimized */
   uint64 numTables;      /* sparse and stream-optimized: grain tables, each of which has an entry in memory */
};

/* Each makes an extent, whose file and sectors are set, one of its type. A failure leaves nothing to be closed. */
VixError extent_beFlat(Extent *extent, uint64 startSector);
VixError extent_beSparse(Extent *extent); /* or stream-optimized, if the file says so */
void extent_beZero(Extent *extent);

/* Reads the data of a run that begins at a sector, or zeros for one that has none. */
VixError extent_readRun(Extent *extent, uint64 sector, const Run *run, uint8 *buffer);

/* Reads what shows through a hole: the data of the parent of the extent's link, or zeros. */
VixError extent_readHole(const Extent *extent, uint64 sector, uint64 count, uint8 *buffer);

/* The part of extent_beSparse for a file whose header says that its grains are compressed. */
VixError extent_beStream(Extent *extent, const SparseHeader *header);

/* Whether the extent can be written at all. */
VixError extent_checkWrite(const Extent *extent);
VixError extent_write(Extent *extent, uint64 sector, uint64 count, const uint8 *buffer);

/* The readData of an extent whose data is in its file as it is. */
VixError extent_readFile(Extent *extent, uint64 sector, const Run *run, uint8 *buffer);

/* VIX_E_DISK_PARTIALCHAIN if a write to a sparse extent begins or ends within a grain that it does not have. */
VixError extent_checkPartialGrains(Extent *extent, uint64 sector, uint64 count);

/* The flush of an extent whose writes are all in its file. */
VixError extent_syncFile(Extent *extent);

/* Moves the grains of a sparse extent about; the name is for the log. */
struct Compaction;
VixError extent_compact(Extent *extent, const char *name, const struct Compaction *compaction);

#endif /* EXTENT_H */
