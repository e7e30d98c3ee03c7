/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Stream-optimized extents: sparse ones whose grains are compressed, each behind a marker, and so have any size in the
 * file. They are only read: a grain that is written again would not fit its place. stream_writer.c makes them.
 */
#include <stdlib.h>
#include <string.h>

#include "extent.h"
#include "grain_tables.h"
#include "log.h"
#include "marker.h"
#include "zlib_api.h"

/* The cache takes at most 1 MiB, or one grain if that is bigger. */
#define CACHE_BYTES (UINT64_C(1) << 20)
#define MAX_CACHED_GRAINS 16

typedef struct CachedGrain {
   uint8 *bytes; /* NULL until the place is used */
   uint64 grain; /* whose bytes they are, or NO_GRAIN */
   uint64 lastUse;
} CachedGrain;

#define NO_GRAIN UINT64_MAX

typedef struct Stream {
   SparseHeader header;
   GrainTables *tables;
   CachedGrain cache[MAX_CACHED_GRAINS];
   size_t cacheSize;
   uint64 uses;
   uint8 *compressed; /* room for the grain that is being read */
   size_t compressedRoom;
} Stream;

/* --------------------------------------------------------------------------------------------------- grains */

static VixError damaged(uint64 offset, const char *what)
{
   log_warn("VixDiskLib: a stream-optimized extent is damaged: the grain at byte %llu of the file %s.\n",
            (unsigned long long)offset, what);
   return VIX_E_DISK_NEEDSREPAIR;
}

static size_t grainBytes(const Stream *stream)
{
   return (size_t)(stream->header.grainSectors * SECTOR_SIZE);
}

/* How many bytes of a grain are inside of the extent: writers may leave out the rest of the last one. */
static size_t neededBytes(const Stream *stream, uint64 grain)
{
   uint64 firstSector = grain * stream->header.grainSectors;

   return (size_t)(minOf(stream->header.grainSectors, stream->header.capacity - firstSector) * SECTOR_SIZE);
}

static VixError makeRoom(Stream *stream, size_t bytes)
{
   uint8 *room;

   if (bytes <= stream->compressedRoom) {
      return VIX_OK;
   }
   room = realloc(stream->compressed, bytes);
   if (room == NULL) {
      return VIX_E_OUT_OF_MEMORY;
   }
   stream->compressed = room;
   stream->compressedRoom = bytes;
   return VIX_OK;
}

/* Reads what follows the marker at an offset of the file into stream->compressed. */
static VixError readCompressed(Extent *extent, uint64 grain, uint64 offset, size_t *bytes)
{
   Stream *stream = extent->stream;
   uint8 start[GRAIN_MARKER_BYTES];
   GrainMarker marker;
   VixError error;

   if (!file_reaches(extent->file, offset + sizeof start)) {
      return damaged(offset, "is beyond the end of it");
   }
   error = file_read(extent->file, offset, start, sizeof start);
   if (error != VIX_OK) {
      return error;
   }
   marker = marker_decodeGrain(start);
   if (marker.firstSector != grain * stream->header.grainSectors) {
      return damaged(offset, "is another one by its marker");
   }
   /* What does not get smaller gets hardly bigger. */
   if (marker.bytes == 0 || marker.bytes > 2 * grainBytes(stream)) {
      return damaged(offset, "has no possible size");
   }
   offset += sizeof start;
   if (!file_reaches(extent->file, offset + marker.bytes)) {
      return damaged(offset, "is cut off");
   }
   *bytes = marker.bytes;
   error = makeRoom(stream, marker.bytes);
   return error == VIX_OK ? file_read(extent->file, offset, stream->compressed, marker.bytes) : error;
}

/* Reads a whole grain, which is in the file at an offset, but for what may be missing beyond the end of the extent. */
static VixError readGrain(Extent *extent, uint64 grain, uint64 offset, uint8 *buffer)
{
   Stream *stream = extent->stream;
   unsigned long made = grainBytes(stream);
   size_t bytes;
   VixError error = readCompressed(extent, grain, offset, &bytes);
   int result;

   if (error != VIX_OK) {
      return error;
   }
   result = uncompress(buffer, &made, stream->compressed, bytes);
   if (result == ZLIB_OUT_OF_MEMORY) {
      return VIX_E_OUT_OF_MEMORY;
   }
   if (result != ZLIB_OK) {
      return damaged(offset, "cannot be uncompressed");
   }
   if (made < neededBytes(stream, grain)) {
      return damaged(offset, "has too few sectors");
   }
   return VIX_OK;
}

/* The place of a grain in the cache: where it is, or else where it is to go. */
static CachedGrain *findPlace(Stream *stream, uint64 grain)
{
   CachedGrain *oldest = stream->cache;

   for (size_t i = 0; i < stream->cacheSize; i++) {
      if (stream->cache[i].grain == grain) {
         return &stream->cache[i];
      }
      if (stream->cache[i].lastUse < oldest->lastUse) {
         oldest = &stream->cache[i];
      }
   }
   return oldest;
}

/* Brings a grain, which is in the file at an offset, into the cache. */
static VixError load(Extent *extent, uint64 grain, uint64 offset, const uint8 **bytes)
{
   Stream *stream = extent->stream;
   CachedGrain *place = findPlace(stream, grain);

   if (place->grain != grain) {
      VixError error = VIX_OK;

      place->grain = NO_GRAIN;
      if (place->bytes == NULL && (place->bytes = malloc(grainBytes(stream))) == NULL) {
         error = VIX_E_OUT_OF_MEMORY;
      }
      if (error == VIX_OK) {
         error = readGrain(extent, grain, offset, place->bytes);
      }
      if (error != VIX_OK) {
         return error;
      }
      place->grain = grain;
   }
   place->lastUse = ++stream->uses;
   *bytes = place->bytes;
   return VIX_OK;
}

/* --------------------------------------------------------------------------------------------------- extents */

/* A run of RUN_DATA ends with its grain. */
static VixError streamLocate(Extent *extent, uint64 sector, uint64 maxSectors, Run *run)
{
   Stream *stream = extent->stream;
   uint64 grainSectors = stream->header.grainSectors;
   uint64 within = sector % grainSectors;
   GrainRun grains;
   VixError error =
      grainTables_find(stream->tables, sector / grainSectors, divideUp(within + maxSectors, grainSectors), &grains);

   if (error != VIX_OK) {
      return error;
   }
   if (grains.kind == RUN_DATA) {
      grains.grains = 1;
   }
   *run = (Run){grains.kind, minOf(grains.grains * grainSectors - within, maxSectors), 0};
   if (run->kind == RUN_DATA) {
      run->fileOffset = grains.firstSector * SECTOR_SIZE;
   }
   return VIX_OK;
}

/* A whole grain goes where it is wanted; whoever reads less of it is likely to come back for the rest. */
static VixError streamReadData(Extent *extent, uint64 sector, const Run *run, uint8 *buffer)
{
   uint64 grainSectors = extent->stream->header.grainSectors;
   const uint8 *bytes;
   VixError error;

   if (run->sectors == grainSectors) {
      return readGrain(extent, sector / grainSectors, run->fileOffset, buffer);
   }
   error = load(extent, sector / grainSectors, run->fileOffset, &bytes);
   if (error == VIX_OK) {
      memcpy(buffer, bytes + sector % grainSectors * SECTOR_SIZE, (size_t)(run->sectors * SECTOR_SIZE));
   }
   return error;
}

static void freeStream(Stream *stream)
{
   for (size_t i = 0; i < MAX_CACHED_GRAINS; i++) {
      free(stream->cache[i].bytes);
   }
   free(stream->compressed);
   grainTables_close(stream->tables);
   free(stream);
}

static VixError streamClose(Extent *extent)
{
   freeStream(extent->stream);
   extent->stream = NULL;
   return file_close(&extent->ownFile);
}

static Stream *newStream(const SparseHeader *header)
{
   Stream *stream = calloc(1, sizeof *stream);
   uint64 fitting;

   if (stream == NULL) {
      return NULL;
   }
   stream->header = *header;
   fitting = CACHE_BYTES / grainBytes(stream);
   stream->cacheSize = (size_t)minOf(fitting == 0 ? 1 : fitting, MAX_CACHED_GRAINS);
   for (size_t i = 0; i < MAX_CACHED_GRAINS; i++) {
      stream->cache[i].grain = NO_GRAIN;
   }
   return stream;
}

VixError extent_beStream(Extent *extent, const SparseHeader *header)
{
   static const ExtentType type = {
      .locate = streamLocate, .readData = streamReadData, .flush = extent_syncFile, .close = streamClose};
   Stream *stream = newStream(header);
   VixError error;

   if (stream == NULL) {
      return VIX_E_OUT_OF_MEMORY;
   }
   error = grainTables_open(extent->file, header, &stream->tables);
   if (error != VIX_OK) {
      freeStream(stream);
      return error;
   }
   extent->type = &type;
   extent->stream = stream;
   return VIX_OK;
}
