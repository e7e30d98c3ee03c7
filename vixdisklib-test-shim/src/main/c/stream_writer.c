/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "stream_writer.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "marker.h"
#include "sparse_header.h"
#include "zlib_api.h"

_Static_assert(STREAM_GRAIN_SECTORS == SPARSE_GRAIN_SECTORS, "new extents have grains of one size");

#define GRAIN_BYTES ((size_t)(STREAM_GRAIN_SECTORS * SECTOR_SIZE))
#define TABLE_BYTES (SPARSE_TABLE_ENTRIES * sizeof(uint32))

/* Level 6, the usual one, makes files that are a tenth smaller at best and takes two to three times as long. */
#define COMPRESSION_LEVEL 1

#define NO_TABLE UINT64_MAX

struct StreamWriter {
   File *file;
   SparseHeader header;
   uint64 nextGrain; /* the first that may come */
   uint64 table;     /* that the last grain is in, or NO_TABLE if it is in the file already */
   uint32 entries[SPARSE_TABLE_ENTRIES];
   uint32 *directory;
   uint64 directorySectors;
   uint8 *compressed; /* marker, bytes and padding of a grain */
   size_t compressedRoom;
   VixError error; /* of the first failure, which is that of all that follows */
};

/* ------------------------------------------------------------------------------------------------ beginning */

static VixError layOut(uint64 capacity, SparseHeader *header)
{
   VixError error = sparse_layOut(capacity, true, header);

   header->version = 3;
   header->flags = SPARSE_FLAG_NEWLINE_TEST | SPARSE_FLAG_COMPRESSED | SPARSE_FLAG_MARKERS;
   header->redundantDirectory = 0;
   header->directory = SPARSE_DIRECTORY_AT_END;
   header->overhead = alignUp(header->descriptorOffset + header->descriptorSize, STREAM_GRAIN_SECTORS);
   return error;
}

static VixError allocate(StreamWriter *writer)
{
   uint64 directoryBytes = sparse_numTables(&writer->header) * sizeof *writer->directory;

   writer->directorySectors = divideUp(directoryBytes, SECTOR_SIZE);
   writer->directory = calloc((size_t)writer->directorySectors, SECTOR_SIZE);
   writer->compressedRoom = alignUp(GRAIN_MARKER_BYTES + compressBound(GRAIN_BYTES), SECTOR_SIZE);
   writer->compressed = malloc(writer->compressedRoom);
   return writer->directory != NULL && writer->compressed != NULL ? VIX_OK : VIX_E_OUT_OF_MEMORY;
}

/* The sector of the header stays zeros for now. */
static VixError writeDescriptor(const StreamWriter *writer, const char *descriptor, size_t bytes)
{
   VixError error;

   if (bytes > writer->header.descriptorSize * SECTOR_SIZE) {
      log_warn("VixDiskLib: a stream-optimized disk has no room for a descriptor of %zu bytes.\n", bytes);
      return VIX_E_ARGUMENT_TOO_BIG;
   }
   error = file_resize(writer->file, writer->header.overhead * SECTOR_SIZE);
   return error != VIX_OK ? error
                          : file_write(writer->file, writer->header.descriptorOffset * SECTOR_SIZE, descriptor, bytes);
}

VixError streamWriter_begin(File *file, const char *descriptor, size_t descriptorBytes, uint64 capacity,
                            StreamWriter **writer)
{
   StreamWriter *made = calloc(1, sizeof *made);
   VixError error;

   if (made == NULL) {
      return VIX_E_OUT_OF_MEMORY;
   }
   made->file = file;
   made->table = NO_TABLE;
   error = layOut(capacity, &made->header);
   if (error == VIX_OK) {
      error = allocate(made);
   }
   if (error == VIX_OK) {
      error = writeDescriptor(made, descriptor, descriptorBytes);
   }
   if (error != VIX_OK) {
      streamWriter_free(made);
      return error;
   }
   *writer = made;
   return VIX_OK;
}

void streamWriter_free(StreamWriter *writer)
{
   if (writer != NULL) {
      free(writer->directory);
      free(writer->compressed);
      free(writer);
   }
}

/* --------------------------------------------------------------------------------------------------- writing */

/* Adds whole sectors at the end of the file; *sector is the first one. Positions have 32 bits. */
static VixError append(StreamWriter *writer, const void *bytes, uint64 sectors, uint64 *sector)
{
   *sector = divideUp(writer->file->size, SECTOR_SIZE);
   if (*sector + sectors > UINT32_MAX) {
      log_warn("VixDiskLib: a stream-optimized disk would take more than 2 TiB.\n");
      return VIX_E_FILE_TOO_BIG;
   }
   return file_write(writer->file, *sector * SECTOR_SIZE, bytes, (size_t)(sectors * SECTOR_SIZE));
}

/* Adds a part of the file with a marker before it; *sector is its first one. */
static VixError appendMarked(StreamWriter *writer, MarkerType type, const void *bytes, uint64 sectors, uint64 *sector)
{
   uint8 marker[512];
   VixError error;

   marker_encode(type, sectors, marker);
   error = append(writer, marker, 1, sector);
   return error == VIX_OK ? append(writer, bytes, sectors, sector) : error;
}

/* Adds the table whose grains are all in the file. */
static VixError endTable(StreamWriter *writer)
{
   uint64 sector;
   VixError error;

   if (writer->table == NO_TABLE) {
      return VIX_OK;
   }
   error = appendMarked(writer, MARKER_TABLE, writer->entries, TABLE_BYTES / SECTOR_SIZE, &sector);
   if (error == VIX_OK) {
      writer->directory[writer->table] = htole32((uint32)sector);
      writer->table = NO_TABLE;
   }
   return error;
}

static VixError beginTable(StreamWriter *writer, uint64 table)
{
   VixError error;

   if (table == writer->table) {
      return VIX_OK;
   }
   error = endTable(writer);
   memset(writer->entries, 0, sizeof writer->entries);
   writer->table = table;
   return error;
}

static VixError compress(StreamWriter *writer, uint64 grain, const uint8 *bytes, uint64 *sectors)
{
   uint8 *target = writer->compressed + GRAIN_MARKER_BYTES;
   unsigned long made = writer->compressedRoom - GRAIN_MARKER_BYTES;
   size_t used;

   if (compress2(target, &made, bytes, GRAIN_BYTES, COMPRESSION_LEVEL) != ZLIB_OK) {
      return VIX_E_OUT_OF_MEMORY; /* there is room enough for whatever it makes */
   }
   marker_encodeGrain((GrainMarker){grain * STREAM_GRAIN_SECTORS, (uint32)made}, writer->compressed);
   used = GRAIN_MARKER_BYTES + made;
   *sectors = divideUp(used, SECTOR_SIZE);
   memset(writer->compressed + used, 0, (size_t)(*sectors * SECTOR_SIZE) - used);
   return VIX_OK;
}

static VixError addGrain(StreamWriter *writer, uint64 grain, const uint8 *bytes)
{
   uint64 sectors;
   uint64 sector;
   VixError error = beginTable(writer, grain / SPARSE_TABLE_ENTRIES);

   if (error == VIX_OK) {
      error = compress(writer, grain, bytes, &sectors);
   }
   if (error == VIX_OK) {
      error = append(writer, writer->compressed, sectors, &sector);
   }
   if (error == VIX_OK) {
      writer->entries[grain % SPARSE_TABLE_ENTRIES] = htole32((uint32)sector);
   }
   return error;
}

VixError streamWriter_write(StreamWriter *writer, uint64 grain, const uint8 *bytes)
{
   if (grain < writer->nextGrain) {
      return VIX_E_INVALID_ARG;
   }
   if (grain >= divideUp(writer->header.capacity, STREAM_GRAIN_SECTORS)) {
      return VIX_E_DISK_OUTOFRANGE;
   }
   if (writer->error == VIX_OK && !isAllZero(bytes, GRAIN_BYTES)) {
      writer->error = addGrain(writer, grain, bytes);
   }
   writer->nextGrain = grain + 1;
   return writer->error;
}

/* ---------------------------------------------------------------------------------------------------- ending */

static VixError appendDirectory(StreamWriter *writer, SparseHeader *footer)
{
   VixError error = endTable(writer);

   return error != VIX_OK
             ? error
             : appendMarked(writer, MARKER_DIRECTORY, writer->directory, writer->directorySectors, &footer->directory);
}

static VixError appendFooter(StreamWriter *writer, const SparseHeader *footer)
{
   uint8 sector[512];
   uint64 place;
   VixError error;

   sparse_encodeHeader(footer, sector);
   error = appendMarked(writer, MARKER_FOOTER, sector, 1, &place);
   if (error == VIX_OK) {
      marker_encode(MARKER_END, 0, sector);
      error = append(writer, sector, 1, &place);
   }
   return error;
}

/* The header makes the file a disk, so the rest is stable before. */
static VixError writeHeader(StreamWriter *writer)
{
   uint8 sector[512];
   VixError error = file_sync(writer->file);

   if (error == VIX_OK) {
      sparse_encodeHeader(&writer->header, sector);
      error = file_write(writer->file, 0, sector, sizeof sector);
   }
   return error == VIX_OK ? file_sync(writer->file) : error;
}

VixError streamWriter_end(StreamWriter *writer)
{
   SparseHeader footer = writer->header;

   if (writer->error == VIX_OK) {
      writer->error = appendDirectory(writer, &footer);
   }
   if (writer->error == VIX_OK) {
      writer->error = appendFooter(writer, &footer);
   }
   if (writer->error == VIX_OK) {
      writer->error = writeHeader(writer);
   }
   return writer->error;
}
