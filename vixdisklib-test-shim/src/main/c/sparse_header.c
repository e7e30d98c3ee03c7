/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "sparse_header.h"

#include <endian.h>
#include <string.h>

#include "log.h"
#include "marker.h"

/* Offsets of the fields in the sector; numbers are little-endian and not aligned. */
enum {
   AT_MAGIC = 0,
   AT_VERSION = 4,
   AT_FLAGS = 8,
   AT_CAPACITY = 12,
   AT_GRAIN_SECTORS = 20,
   AT_DESCRIPTOR_OFFSET = 28,
   AT_DESCRIPTOR_SIZE = 36,
   AT_TABLE_ENTRIES = 44,
   AT_REDUNDANT_DIRECTORY = 48,
   AT_DIRECTORY = 56,
   AT_OVERHEAD = 64,
   AT_UNCLEAN = 72,
   AT_NEWLINE_TEST = 73,
   AT_COMPRESSION = 77
};

/* Line ends as they are written; a transfer that translates text would have changed them. */
static const uint8 newlineTest[4] = {'\n', ' ', '\r', '\n'};

#define MIN_GRAIN_SECTORS 8
#define MAX_GRAIN_SECTORS (128 * 1024)
#define MAX_TABLE_ENTRIES 65536
#define MAX_DESCRIPTOR_SECTORS 2048

#define COMPRESSION_NONE 0
#define COMPRESSION_DEFLATE 1

static uint16 get16(const uint8 *from)
{
   uint16 value;

   memcpy(&value, from, sizeof value);
   return le16toh(value);
}

static uint32 get32(const uint8 *from)
{
   uint32 value;

   memcpy(&value, from, sizeof value);
   return le32toh(value);
}

static uint64 get64(const uint8 *from)
{
   uint64 value;

   memcpy(&value, from, sizeof value);
   return le64toh(value);
}

static void put16(uint8 *to, uint16 value)
{
   value = htole16(value);
   memcpy(to, &value, sizeof value);
}

static void put32(uint8 *to, uint32 value)
{
   value = htole32(value);
   memcpy(to, &value, sizeof value);
}

static void put64(uint8 *to, uint64 value)
{
   value = htole64(value);
   memcpy(to, &value, sizeof value);
}

bool sparse_isHosted(const uint8 bytes[4])
{
   return memcmp(bytes, "KDMV", 4) == 0;
}

bool sparse_isEsx(const uint8 bytes[4])
{
   return memcmp(bytes, "COWD", 4) == 0;
}

bool sparse_isCompressed(const SparseHeader *header)
{
   return (header->flags & SPARSE_FLAG_COMPRESSED) != 0;
}

bool sparse_hasRedundantTables(const SparseHeader *header)
{
   return (header->flags & SPARSE_FLAG_REDUNDANT_TABLES) != 0 && !sparse_isCompressed(header);
}

uint64 sparse_numTables(const SparseHeader *header)
{
   return divideUp(header->capacity, header->grainSectors * header->tableEntries);
}

static VixError damaged(const char *what)
{
   log_warn("VixDiskLib: the header of a sparse extent is damaged: %s.\n", what);
   return VIX_E_DISK_INVALIDDISK;
}

/* Whether a part of the file, in sectors and bytes, is inside of it and not on the header. */
static bool isInside(File *file, uint64 sector, uint64 bytes)
{
   return sector > 0 && sector <= MAX_SECTORS && bytes <= INT64_MAX - sector * SECTOR_SIZE &&
          file_reaches(file, sector * SECTOR_SIZE + bytes);
}

static VixError checkSizes(const SparseHeader *header)
{
   if (header->grainSectors < MIN_GRAIN_SECTORS || header->grainSectors > MAX_GRAIN_SECTORS ||
       (header->grainSectors & (header->grainSectors - 1)) != 0) {
      return damaged("grain size");
   }
   if (header->tableEntries == 0 || header->tableEntries > MAX_TABLE_ENTRIES) {
      return damaged("entries in a grain table");
   }
   if (header->capacity == 0 || header->capacity > MAX_SECTORS || sparse_numTables(header) > SPARSE_MAX_TABLES) {
      return damaged("capacity");
   }
   return VIX_OK;
}

static VixError checkPlaces(File *file, const SparseHeader *header)
{
   uint64 directoryBytes = sparse_numTables(header) * sizeof(uint32);

   if (header->descriptorOffset != 0 &&
       (header->descriptorSize == 0 || header->descriptorSize > MAX_DESCRIPTOR_SECTORS ||
        !isInside(file, header->descriptorOffset, header->descriptorSize * SECTOR_SIZE))) {
      return damaged("place of the descriptor");
   }
   if (!isInside(file, header->directory, directoryBytes)) {
      return damaged("place of the grain directory");
   }
   if (sparse_hasRedundantTables(header) && !isInside(file, header->redundantDirectory, directoryBytes)) {
      return damaged("place of the redundant grain directory");
   }
   return VIX_OK;
}

static void decode(const uint8 *sector, SparseHeader *header)
{
   header->version = get32(sector + AT_VERSION);
   header->flags = get32(sector + AT_FLAGS);
   header->capacity = get64(sector + AT_CAPACITY);
   header->grainSectors = get64(sector + AT_GRAIN_SECTORS);
   header->descriptorOffset = get64(sector + AT_DESCRIPTOR_OFFSET);
   header->descriptorSize = get64(sector + AT_DESCRIPTOR_SIZE);
   header->tableEntries = get32(sector + AT_TABLE_ENTRIES);
   header->redundantDirectory = get64(sector + AT_REDUNDANT_DIRECTORY);
   header->directory = get64(sector + AT_DIRECTORY);
   header->overhead = get64(sector + AT_OVERHEAD);
   header->unclean = sector[AT_UNCLEAN] != 0;
   header->hasFooter = false;
}

/* Grains are as they are in disks that are written, or as they are in streams. */
static VixError checkCompression(const SparseHeader *header, uint16 compression)
{
   uint32 streamed = SPARSE_FLAG_COMPRESSED | SPARSE_FLAG_MARKERS;
   uint32 flags = header->flags & streamed;

   if ((flags == streamed && compression == COMPRESSION_DEFLATE) ||
       (flags == 0 && compression == COMPRESSION_NONE && header->directory != SPARSE_DIRECTORY_AT_END)) {
      return VIX_OK;
   }
   log_warn("VixDiskLib: sparse extents with flags 0x%x and compression %u are not supported.\n", header->flags,
            compression);
   return VIX_E_NOT_SUPPORTED;
}

/* Reads a header, or a footer, and checks what can be checked without the other parts of the file. */
static VixError readAt(File *file, uint64 offset, SparseHeader *header)
{
   uint8 sector[512];
   VixError error = file_read(file, offset, sector, sizeof sector);

   if (error != VIX_OK) {
      return error;
   }
   if (!sparse_isHosted(sector)) {
      return damaged("magic number");
   }
   decode(sector, header);
   if (header->version == 0 || header->version > 3) {
      log_warn("VixDiskLib: version %u of sparse extents is not known.\n", header->version);
      return header->version == 0 ? VIX_E_DISK_INVALIDDISK : VIX_E_DISK_UNSUPPORTEDDISKVERSION;
   }
   if ((header->flags & SPARSE_FLAG_NEWLINE_TEST) != 0 &&
       memcmp(sector + AT_NEWLINE_TEST, newlineTest, sizeof newlineTest) != 0) {
      return damaged("a transfer as text has changed it");
   }
   error = checkCompression(header, get16(sector + AT_COMPRESSION));
   return error != VIX_OK ? error : checkSizes(header);
}

/* Whether a footer says the same as the header, but for what became known later. */
static bool isFooterOf(const SparseHeader *header, const SparseHeader *footer)
{
   return footer->flags == header->flags && footer->capacity == header->capacity &&
          footer->grainSectors == header->grainSectors && footer->tableEntries == header->tableEntries;
}

static VixError requireMarker(File *file, uint64 sector, MarkerType type, const char *missing)
{
   bool isAt;
   VixError error = marker_isAt(file, sector, type, &isAt);

   return error != VIX_OK || isAt ? error : damaged(missing);
}

/* Takes the place of the directory from the footer: the last sectors are its marker, itself, and the end of stream. */
static VixError readFooter(File *file, SparseHeader *header)
{
   uint64 sectors = file->size / SECTOR_SIZE;
   SparseHeader footer;
   VixError error;

   if (sectors < 4) {
      return damaged("its file is cut off before the footer");
   }
   error = requireMarker(file, sectors - 1, MARKER_END, "its file has no end of stream");
   if (error == VIX_OK) {
      error = requireMarker(file, sectors - 3, MARKER_FOOTER, "its file has no footer");
   }
   if (error == VIX_OK) {
      error = readAt(file, (sectors - 2) * SECTOR_SIZE, &footer);
   }
   if (error != VIX_OK) {
      return error;
   }
   if (!isFooterOf(header, &footer)) {
      return damaged("the footer differs from it");
   }
   if (footer.directory == 0) {
      return damaged("the footer has no place of the grain directory");
   }
   header->directory = footer.directory;
   header->hasFooter = true;
   return requireMarker(file, footer.directory - 1, MARKER_DIRECTORY, "there is no marker before the grain directory");
}

VixError sparse_readHeader(File *file, SparseHeader *header)
{
   VixError error;

   if (!file_reaches(file, SECTOR_SIZE)) {
      return damaged("it is cut off");
   }
   error = readAt(file, 0, header);
   if (error == VIX_OK && header->directory == SPARSE_DIRECTORY_AT_END) {
      error = readFooter(file, header);
   }
   return error != VIX_OK ? error : checkPlaces(file, header);
}

void sparse_encodeHeader(const SparseHeader *header, uint8 sector[512])
{
   memset(sector, 0, 512);
   memcpy(sector + AT_MAGIC, "KDMV", 4);
   put32(sector + AT_VERSION, header->version);
   put32(sector + AT_FLAGS, header->flags);
   put64(sector + AT_CAPACITY, header->capacity);
   put64(sector + AT_GRAIN_SECTORS, header->grainSectors);
   put64(sector + AT_DESCRIPTOR_OFFSET, header->descriptorOffset);
   put64(sector + AT_DESCRIPTOR_SIZE, header->descriptorSize);
   put32(sector + AT_TABLE_ENTRIES, header->tableEntries);
   put64(sector + AT_REDUNDANT_DIRECTORY, header->redundantDirectory);
   put64(sector + AT_DIRECTORY, header->directory);
   put64(sector + AT_OVERHEAD, header->overhead);
   sector[AT_UNCLEAN] = header->unclean;
   memcpy(sector + AT_NEWLINE_TEST, newlineTest, sizeof newlineTest);
   put16(sector + AT_COMPRESSION, sparse_isCompressed(header) ? COMPRESSION_DEFLATE : COMPRESSION_NONE);
}

VixError sparse_layOut(uint64 capacity, bool withDescriptor, SparseHeader *header)
{
   uint64 tableSectors = SPARSE_TABLE_ENTRIES * sizeof(uint32) / SECTOR_SIZE;
   uint64 directorySectors;
   uint64 numTables;

   *header = (SparseHeader){
      .version = 1,
      .flags = SPARSE_FLAG_NEWLINE_TEST | SPARSE_FLAG_REDUNDANT_TABLES,
      .capacity = capacity,
      .grainSectors = SPARSE_GRAIN_SECTORS,
      .descriptorOffset = withDescriptor ? 1 : 0,
      .descriptorSize = withDescriptor ? SPARSE_DESCRIPTOR_SECTORS : 0,
      .tableEntries = SPARSE_TABLE_ENTRIES,
   };
   if (capacity > MAX_SECTORS || sparse_numTables(header) > SPARSE_MAX_TABLES) {
      return VIX_E_FILE_TOO_BIG;
   }
   numTables = sparse_numTables(header);
   directorySectors = divideUp(numTables * sizeof(uint32), SECTOR_SIZE);
   header->redundantDirectory = 1 + header->descriptorSize;
   header->directory = header->redundantDirectory + directorySectors + numTables * tableSectors;
   header->overhead = alignUp(header->directory + directorySectors + numTables * tableSectors, header->grainSectors);
   return VIX_OK;
}
