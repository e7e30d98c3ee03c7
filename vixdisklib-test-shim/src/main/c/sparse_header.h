/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * The header of a hosted sparse extent: its first sector.
 *
 * The file holds grains, which are runs of sectors of one size. A grain table has the position of each of its grains,
 * in sectors, and 0 for a grain that was never written. The grain directory has the positions of the grain tables. Both
 * are kept twice.
 *
 * In a stream-optimized extent grains are compressed, there is one copy of the tables, and what was not known when the
 * file was begun is in a copy of the header at its end, the footer.
 */
#ifndef SPARSE_HEADER_H
#define SPARSE_HEADER_H

#include "common.h"
#include "file.h"

#define SPARSE_FLAG_NEWLINE_TEST UINT32_C(0x1)
#define SPARSE_FLAG_REDUNDANT_TABLES UINT32_C(0x2)
#define SPARSE_FLAG_ZERO_GRAINS UINT32_C(0x4)
#define SPARSE_FLAG_COMPRESSED UINT32_C(0x10000)
#define SPARSE_FLAG_MARKERS UINT32_C(0x20000)

/* Entry of a grain that is all zeros, in extents that have the flag for it. */
#define SPARSE_ENTRY_ZERO UINT32_C(1)

/* What a new extent gets. */
#define SPARSE_GRAIN_SECTORS UINT64_C(128)
#define SPARSE_TABLE_ENTRIES UINT32_C(512)
#define SPARSE_DESCRIPTOR_SECTORS UINT64_C(20)

/* Most tables of an extent, and of all extents of a disk: 128 TiB with the usual grains, in a directory of 16 MiB. */
#define SPARSE_MAX_TABLES (UINT64_C(1) << 22)

#define SPARSE_DIRECTORY_AT_END UINT64_MAX

/* Where the byte is that says that the extent is being written. */
#define SPARSE_UNCLEAN_OFFSET UINT64_C(72)

/* Positions and sizes in sectors. */
typedef struct SparseHeader {
   uint32 version;
   uint32 flags;
   uint64 capacity;
   uint64 grainSectors;
   uint64 descriptorOffset; /* 0 without embedded descriptor */
   uint64 descriptorSize;
   uint32 tableEntries;
   uint64 redundantDirectory;
   uint64 directory; /* SPARSE_DIRECTORY_AT_END in the header of a file with a footer */
   uint64 overhead;
   bool unclean;
   bool hasFooter; /* and so, a marker before the directory and each table */
} SparseHeader;

/* Whether these first four bytes are those of a hosted sparse extent, or of one of the kind that ESX keeps. */
bool sparse_isHosted(const uint8 bytes[4]);
bool sparse_isEsx(const uint8 bytes[4]);

/*
 * Reads the header of a file; its directory is that of the footer if there is one. VIX_E_DISK_INVALIDDISK for one that
 * cannot be right, VIX_E_DISK_UNSUPPORTEDDISKVERSION for a version that came later, VIX_E_NOT_SUPPORTED for grains that
 * are stored in a way nobody knows.
 */
VixError sparse_readHeader(File *file, SparseHeader *header);

void sparse_encodeHeader(const SparseHeader *header, uint8 sector[512]);

/* Whether the extent is stream-optimized: what its tables point to are markers, and compressed grains after them. */
bool sparse_isCompressed(const SparseHeader *header);

/* Whether there are copies of the tables that matter: those of a stream, which is never written, do not. */
bool sparse_hasRedundantTables(const SparseHeader *header);

/* How many tables the extent has. */
uint64 sparse_numTables(const SparseHeader *header);

/* The header of a new extent, which tells where all its parts go; VIX_E_FILE_TOO_BIG if the format has no room. */
VixError sparse_layOut(uint64 capacity, bool withDescriptor, SparseHeader *header);

#endif /* SPARSE_HEADER_H */
