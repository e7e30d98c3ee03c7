/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "check.h"

#include <stdlib.h>

#include "disk.h"
#include "link.h"
#include "log.h"
#include "path.h"
#include "sparse_check.h"
#include "sparse_header.h"

/* Sectors of a stream-optimized extent that are read at a time. */
#define PIECE UINT64_C(2048)

/* What is found where nothing can be mended. */
static VixError unmendable(bool repair)
{
   return repair ? VIX_E_DISK_CANTREPAIR : VIX_E_DISK_NEEDSREPAIR;
}

/* Data that is missing is not to be made up: the file stays as it is. */
static VixError checkFlat(File *file, const ExtentLine *line, const char *name, bool repair)
{
   uint64 needed = (line->startSector + line->sectors) * SECTOR_SIZE;

   if (file_reaches(file, needed)) {
      return VIX_OK;
   }
   log_warn("VixDiskLib: \"%s\": damage: it has %llu bytes where its descriptor needs %llu.\n", name,
            (unsigned long long)file->size, (unsigned long long)needed);
   return unmendable(repair);
}

/* Reads all of a stream-optimized extent. Its parts stand close together: nothing can be mended. */
static VixError checkStream(File *file, const ExtentLine *line, const char *name, bool repair)
{
   Extent extent = {.access = ACCESS_READ_ONLY, .sectors = line->sectors, .file = file, .ownFile = FILE_CLOSED};
   uint8 *buffer = malloc((size_t)(PIECE * SECTOR_SIZE));
   VixError error = buffer != NULL ? extent_beSparse(&extent) : VIX_E_OUT_OF_MEMORY;
   uint64 sector = 0;

   while (error == VIX_OK && sector < line->sectors) {
      Run run;

      error = extent.type->locate(&extent, sector, minOf(PIECE, line->sectors - sector), &run);
      if (error == VIX_OK && run.kind == RUN_DATA) {
         error = extent.type->readData(&extent, sector, &run, buffer);
      }
      sector += error == VIX_OK ? run.sectors : 0;
   }
   if (extent.type != NULL) {
      (void)extent.type->close(&extent);
   }
   free(buffer);
   if (error == VIX_E_DISK_NEEDSREPAIR || error == VIX_E_DISK_INVALIDDISK) {
      log_warn("VixDiskLib: \"%s\": damage: its sector %llu cannot be read.\n", name, (unsigned long long)sector);
      return unmendable(repair);
   }
   return error;
}

static VixError checkSparse(File *file, const ExtentLine *line, const char *name, bool repair)
{
   SparseHeader header;
   VixError error = sparse_readHeader(file, &header);

   if (error == VIX_E_DISK_INVALIDDISK) {
      log_warn("VixDiskLib: \"%s\": damage: its header does not make sense.\n", name);
      return unmendable(repair);
   }
   if (error != VIX_OK) {
      return error;
   }
   if (header.capacity < line->sectors) {
      log_warn("VixDiskLib: \"%s\": damage: it has %llu sectors where its descriptor needs %llu.\n", name,
               (unsigned long long)header.capacity, (unsigned long long)line->sectors);
      return unmendable(repair);
   }
   if ((header.flags & SPARSE_FLAG_COMPRESSED) != 0) {
      return checkStream(file, line, name, repair);
   }
   return sparse_check(file, &header, name, repair, NULL);
}

/* An extent that is not to be written is examined only. */
static VixError checkOpen(File *file, const ExtentLine *line, const char *name, bool repair)
{
   VixError error;

   repair = repair && file->writable;
   if (line->kind == EXTENT_LINE_FLAT) {
      error = checkFlat(file, line, name, repair);
   } else {
      error = checkSparse(file, line, name, repair);
   }
   return error;
}

static VixError checkFile(const ExtentLine *line, const char *path, bool repair)
{
   bool writable = repair && line->access == ACCESS_READ_WRITE;
   File file = FILE_CLOSED;
   VixError error = file_open(path, writable, &file);

   if (error == VIX_OK) {
      error = writable ? file_lock(&file, 0, 0) : file_lockShared(&file);
   }
   if (error != VIX_OK) {
      log_warn("VixDiskLib: cannot examine the extent \"%s\" (error %llu).\n", path, (unsigned long long)error);
   } else {
      error = checkOpen(&file, line, path, repair);
   }
   file_close(&file);
   return repair && error == VIX_E_DISK_NEEDSREPAIR ? VIX_E_DISK_CANTREPAIR : error;
}

static VixError checkExtent(Link *link, const ExtentLine *line, bool repair)
{
   char *path;
   VixError error;

   if (line->kind == EXTENT_LINE_ZERO || line->access == ACCESS_NONE) {
      return VIX_OK;
   }
   if (line->kind == EXTENT_LINE_OTHER) {
      log_warn("VixDiskLib: \"%s\" has an extent of a type that is not supported.\n", link->path);
      return VIX_E_NOT_SUPPORTED;
   }
   if (link->embedded) {
      return checkOpen(&link->main, line, link->path, repair);
   }
   path = path_beside(link->path, line->fileName);
   if (path == NULL) {
      return VIX_E_OUT_OF_MEMORY;
   }
   error = checkFile(line, path, repair);
   free(path);
   return error;
}

static bool isDamage(VixError error)
{
   return error == VIX_E_DISK_NEEDSREPAIR || error == VIX_E_DISK_CANTREPAIR;
}

/* Examines all extents, however damaged some are; what keeps from examining weighs more than damage. */
static VixError checkExtents(Link *link, bool repair)
{
   VixError result = VIX_OK;

   for (size_t i = 0; i < link->descriptor->numExtents; i++) {
      VixError error = checkExtent(link, &link->descriptor->extents[i], repair);

      if (error != VIX_OK && !isDamage(error)) {
         return error;
      }
      result = error != VIX_OK ? error : result;
   }
   return result;
}

static VixError checkResolved(const char *path, bool repair)
{
   Link *link;
   VixError error = repair && disk_isOpen(path) ? VIX_E_FILE_ALREADY_LOCKED : VIX_OK;

   if (error == VIX_OK) {
      error = link_openDescriptor(path, repair, &link);
   }
   if (error != VIX_OK) {
      return error;
   }
   error = repair ? VIX_OK : file_lockShared(&link->main);
   if (error == VIX_OK) {
      error = checkExtents(link, repair);
   }
   (void)link_close(link);
   return error;
}

VixError check_disk(const char *path, bool repair)
{
   char *realPath;
   VixError error = path_resolve(path, &realPath);

   if (error == VIX_OK) {
      error = checkResolved(realPath, repair);
      free(realPath);
   }
   return error;
}
