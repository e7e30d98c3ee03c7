/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "pieces.h"

#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log.h"
#include "path.h"
#include "sparse_header.h"

/* Largest pieces of split disks, in sectors: the customary ones, which leave room for tables within 2 GiB. */
#define SPLIT_SPARSE_SECTORS UINT64_C(4192256)
#define SPLIT_FLAT_SECTORS UINT64_C(4193792)

/* ------------------------------------------------------------------------------------------------- shapes */

static const struct {
   VixDiskLibDiskType type;
   Shape shape;
} shapes[] = {
   {VIXDISKLIB_DISK_MONOLITHIC_SPARSE, {"monolithicSparse", "SPARSE", true, 0, UINT64_MAX}},
   {VIXDISKLIB_DISK_MONOLITHIC_FLAT, {"monolithicFlat", "FLAT", false, 0, UINT64_MAX}},
   {VIXDISKLIB_DISK_SPLIT_SPARSE, {"twoGbMaxExtentSparse", "SPARSE", false, 's', SPLIT_SPARSE_SECTORS}},
   {VIXDISKLIB_DISK_SPLIT_FLAT, {"twoGbMaxExtentFlat", "FLAT", false, 'f', SPLIT_FLAT_SECTORS}},
   {VIXDISKLIB_DISK_VMFS_FLAT, {"vmfs", "VMFS", false, 0, UINT64_MAX}},
   {VIXDISKLIB_DISK_STREAM_OPTIMIZED, {"streamOptimized", "SPARSE", true, 0, UINT64_MAX}},
};

#define NUM_SHAPES (sizeof shapes / sizeof shapes[0])

const Shape *shape_ofType(VixDiskLibDiskType type)
{
   for (size_t i = 0; i < NUM_SHAPES; i++) {
      if (shapes[i].type == type) {
         return &shapes[i].shape;
      }
   }
   return NULL;
}

const Shape *shape_ofDescriptor(const Descriptor *descriptor)
{
   for (size_t i = 0; i < NUM_SHAPES; i++) {
      if (descriptor_isOfType(descriptor, shapes[i].shape.createType)) {
         return &shapes[i].shape;
      }
   }
   return NULL;
}

bool shape_isSparse(const Shape *shape)
{
   return strcmp(shape->keyword, "SPARSE") == 0;
}

/* The path of the file that a piece is in; NULL without memory. */
static char *pathOf(const Pieces *pieces, size_t piece)
{
   char suffix[32];

   if (pieces->shape->letter == 0) {
      return path_withSuffix(pieces->path, "-flat.vmdk");
   }
   snprintf(suffix, sizeof suffix, "-%c%03zu.vmdk", pieces->shape->letter, pieces->first + piece + 1);
   return path_withSuffix(pieces->path, suffix);
}

/* -------------------------------------------------------------------------------------------------- files */

/* Writes a grain directory, whose empty tables lie behind it. */
static VixError writeDirectory(File *file, const SparseHeader *header, uint64 directory)
{
   uint64 tableSectors = header->tableEntries * sizeof(uint32) / SECTOR_SIZE;
   uint64 numTables = sparse_numTables(header);
   uint64 firstTable = directory + divideUp(numTables * sizeof(uint32), SECTOR_SIZE);
   uint32 *entries = malloc((size_t)numTables * sizeof *entries);
   VixError error;

   if (entries == NULL) {
      return VIX_E_OUT_OF_MEMORY;
   }
   for (uint64 i = 0; i < numTables; i++) {
      entries[i] = htole32((uint32)(firstTable + i * tableSectors));
   }
   error = file_write(file, directory * SECTOR_SIZE, entries, (size_t)numTables * sizeof *entries);
   free(entries);
   return error;
}

VixError pieces_fillSparse(File *file, uint64 sectors, const char *descriptor, size_t length)
{
   SparseHeader header;
   uint8 sector[512];
   VixError error = sparse_layOut(sectors, descriptor != NULL, &header);

   if (error == VIX_OK && length > header.descriptorSize * SECTOR_SIZE) {
      error = VIX_E_ARGUMENT_TOO_BIG;
   }
   if (error == VIX_OK) {
      error = file_resize(file, header.overhead * SECTOR_SIZE);
   }
   if (error == VIX_OK) {
      error = writeDirectory(file, &header, header.redundantDirectory);
   }
   if (error == VIX_OK) {
      error = writeDirectory(file, &header, header.directory);
   }
   if (error == VIX_OK && descriptor != NULL) {
      error = file_write(file, header.descriptorOffset * SECTOR_SIZE, descriptor, length);
   }
   if (error == VIX_OK) {
      sparse_encodeHeader(&header, sector);
      error = file_write(file, 0, sector, sizeof sector);
   }
   return error;
}

/*
 * A flat extent's size is set and its space is not reserved, where the real library writes zeros: making a disk takes
 * no time, and a full file system shows at a later write.
 */
static VixError fillFlat(File *file, uint64 sectors)
{
   return sectors <= MAX_SECTORS ? file_resize(file, sectors * SECTOR_SIZE) : VIX_E_FILE_TOO_BIG;
}

void pieces_removeLeftover(const char *path)
{
   char *workPath = path_unfinished(path);

   if (workPath != NULL && file_haveSame(path, workPath)) {
      log_info("VixDiskLib: \"%s\" is left of an attempt to make a disk, and is replaced.\n", path);
      (void)unlink(path);
      (void)unlink(workPath);
   }
   free(workPath);
}

static VixError fillPiece(const Shape *shape, const char *workPath, uint64 sectors)
{
   File file = FILE_CLOSED;
   VixError error = file_create(workPath, &file);
   VixError closeError;

   if (error == VIX_OK) {
      error = shape_isSparse(shape) ? pieces_fillSparse(&file, sectors, NULL, 0) : fillFlat(&file, sectors);
   }
   closeError = file_close(&file);
   return error == VIX_OK ? closeError : error;
}

static VixError makePiece(const Pieces *pieces, const char *path, uint64 sectors)
{
   char *workPath = path_unfinished(path);
   VixError error;

   if (workPath == NULL) {
      return VIX_E_OUT_OF_MEMORY;
   }
   if (pieces->takeOver) {
      pieces_removeLeftover(path);
   }
   (void)unlink(workPath);
   error = fillPiece(pieces->shape, workPath, sectors);
   if (error == VIX_OK) {
      error = file_addName(workPath, path);
   }
   if (error != VIX_OK) {
      log_warn("VixDiskLib: the extent \"%s\" cannot be made (error %llu).\n", path, (unsigned long long)error);
      (void)unlink(workPath);
   }
   free(workPath);
   return error;
}

/* ------------------------------------------------------------------------------------------------- pieces */

static VixError makeNext(Pieces *pieces, uint64 sectors, FILE *lines)
{
   char *path = pathOf(pieces, pieces->count);
   VixError error = path != NULL ? makePiece(pieces, path, sectors) : VIX_E_OUT_OF_MEMORY;

   if (error == VIX_OK) {
      fprintf(lines, "%sRW %llu %s \"%s\"%s", pieces->count > 0 ? "\n" : "", (unsigned long long)sectors,
              pieces->shape->keyword, path_lastPart(path), strcmp(pieces->shape->keyword, "FLAT") == 0 ? " 0" : "");
      pieces->count++;
   }
   free(path);
   return error;
}

static VixError makeAll(Pieces *pieces, uint64 sectors, FILE *lines)
{
   VixError error = VIX_OK;

   if (pieces->first + divideUp(sectors, pieces->shape->maxPieceSectors) > DESCRIPTOR_MAX_EXTENTS) {
      return VIX_E_FILE_TOO_BIG;
   }
   while (error == VIX_OK && sectors > 0) {
      uint64 part = minOf(sectors, pieces->shape->maxPieceSectors);

      error = makeNext(pieces, part, lines);
      sectors -= part;
   }
   return error;
}

VixError pieces_make(Pieces *pieces, uint64 sectors)
{
   size_t length;
   FILE *lines = open_memstream(&pieces->lines, &length);
   VixError error = lines != NULL ? makeAll(pieces, sectors, lines) : VIX_E_OUT_OF_MEMORY;

   if (lines != NULL && fclose(lines) != 0 && error == VIX_OK) {
      error = VIX_E_OUT_OF_MEMORY;
   }
   if (error != VIX_OK) {
      pieces_remove(pieces);
   }
   return error;
}

void pieces_removeSecondName(const char *path)
{
   char *workPath = path_unfinished(path);

   if (workPath != NULL && file_haveSame(path, workPath)) {
      (void)unlink(workPath);
   }
   free(workPath);
}

void pieces_settle(const Pieces *pieces)
{
   for (size_t i = 0; i < pieces->count; i++) {
      char *path = pathOf(pieces, i);

      if (path != NULL) {
         pieces_removeSecondName(path);
      }
      free(path);
   }
}

void pieces_remove(Pieces *pieces)
{
   while (pieces->count > 0) {
      char *path = pathOf(pieces, --pieces->count);

      if (path != NULL) {
         pieces_removeSecondName(path);
         (void)unlink(path);
      }
      free(path);
   }
}
