/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "new_disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "errors.h"
#include "log.h"
#include "path.h"
#include "pieces.h"
#include "random.h"
#include "stream_writer.h"
#include "text.h"
#include "unfinished.h"
#include "uuid.h"

struct NewDisk {
   char *path;
   Unfinished main; /* stays open, so that it is locked until it has its name */
   Pieces pieces;
   Link *link; /* the disk, open for writing; NULL for a stream */
   StreamWriter *stream;
};

VixError newDisk_checkType(VixDiskLibDiskType type)
{
   switch ((int)type) {
   case VIXDISKLIB_DISK_VMFS_THIN:
   case VIXDISKLIB_DISK_VMFS_SPARSE:
      return VIX_E_NOT_SUPPORTED;
   default:
      return shape_ofType(type) != NULL ? VIX_OK : VIX_E_INVALID_ARG;
   }
}

/* ---------------------------------------------------------------------------------------------- descriptor */

static void printDatabase(FILE *to, const DiskSpec *spec, uint32 contentId)
{
   uint8 uuid[UUID_BYTES];
   uint8 longId[12];
   char uuidText[UUID_TEXT_SIZE];

   uuid_random(uuid);
   uuid_format(uuid, uuidText);
   random_bytes(longId, sizeof longId);
   fprintf(to, "ddb.adapterType = \"%s\"\n", spec->adapterName);
   fprintf(to, "ddb.geometry.cylinders = \"%u\"\n", spec->geometry.cylinders);
   fprintf(to, "ddb.geometry.heads = \"%u\"\n", spec->geometry.heads);
   fprintf(to, "ddb.geometry.sectors = \"%u\"\n", spec->geometry.sectors);
   fprintf(to, "ddb.longContentID = \"");
   for (size_t i = 0; i < sizeof longId; i++) {
      fprintf(to, "%02x", longId[i]);
   }
   fprintf(to, "%08x\"\n", contentId); /* the long identity ends in the short one */
   if (spec->physicalSectorSize == 4096) {
      fprintf(to, "ddb.physicalSectorSize = \"4096\"\n");
   }
   fprintf(to, "ddb.uuid = \"%s\"\n", uuidText);
   fprintf(to, "ddb.virtualHWVersion = \"%u\"\n", spec->hardwareVersion);
}

static void printDescriptor(FILE *to, const NewDisk *disk, const DiskSpec *spec)
{
   const Shape *shape = disk->pieces.shape;
   uint32 contentId = random_number();

   contentId -= contentId == NO_PARENT;
   fprintf(to, "# Disk DescriptorFile\nversion=1\nencoding=\"UTF-8\"\n");
   fprintf(to, "CID=%08x\nparentCID=%08x\n", contentId, spec->parentContentId);
   fprintf(to, "createType=\"%s\"\n", shape->createType);
   if (spec->parentContentId != NO_PARENT) {
      fprintf(to, "parentFileNameHint=\"%s\"\n", spec->parentHint);
   }
   fprintf(to, "\n# Extent description\n");
   if (shape->embedded) {
      fprintf(to, "RW %llu %s \"%s\"\n", (unsigned long long)spec->capacity, shape->keyword, path_lastPart(disk->path));
   } else {
      fprintf(to, "%s\n", disk->pieces.lines);
   }
   fprintf(to, "\n# The Disk Data Base\n#DDB\n\n");
   printDatabase(to, spec, contentId);
}

/* The text of a new descriptor, as heap memory; NULL without memory. */
static char *makeDescriptor(const NewDisk *disk, const DiskSpec *spec, size_t *length)
{
   char *text = NULL;
   FILE *to = open_memstream(&text, length);
   bool failed;

   if (to == NULL) {
      return NULL;
   }
   printDescriptor(to, disk, spec);
   failed = ferror(to) != 0;
   if (fclose(to) != 0 || failed) {
      free(text);
      return NULL;
   }
   return text;
}

/* ------------------------------------------------------------------------------------------------- the disk */

static VixError writeMain(NewDisk *disk, const DiskSpec *spec)
{
   size_t length;
   char *text = makeDescriptor(disk, spec, &length);
   VixError error;

   if (text == NULL) {
      return VIX_E_OUT_OF_MEMORY;
   }
   if (spec->type == VIXDISKLIB_DISK_STREAM_OPTIMIZED) {
      error = streamWriter_begin(&disk->main.file, text, length, spec->capacity, &disk->stream);
   } else if (disk->pieces.shape->embedded) {
      error = pieces_fillSparse(&disk->main.file, spec->capacity, text, length);
   } else {
      error = file_write(&disk->main.file, 0, text, length);
   }
   free(text);
   return error;
}

/* Opens the disk, which shares the main file. */
static VixError openLink(NewDisk *disk)
{
   File shared = disk->main.file;
   VixError error;

   shared.fd = fcntl(disk->main.file.fd, F_DUPFD_CLOEXEC, 0);
   if (shared.fd < 0) {
      return errors_fromErrno(errno);
   }
   error = link_openMade(disk->main.path, &shared, &disk->link);
   file_close(&shared);
   return error;
}

/* Makes the extents, fills the main file and opens the disk, or begins with the stream. */
static VixError fill(NewDisk *disk, const DiskSpec *spec)
{
   VixError error = disk->pieces.shape->embedded ? VIX_OK : pieces_make(&disk->pieces, spec->capacity);

   if (error == VIX_OK) {
      error = writeMain(disk, spec);
   }
   return error == VIX_OK && disk->stream == NULL ? openLink(disk) : error;
}

static void freeNewDisk(NewDisk *disk)
{
   free(disk->pieces.lines);
   free(disk->path);
   free(disk);
}

static VixError checkName(const char *path)
{
   const char *name = path_lastPart(path);

   if (!path_fitsDescriptor(name)) {
      return VIX_E_FILE_NAME_INVALID;
   }
   if (!text_isUtf8(name)) {
      return VIX_E_INVALID_UTF8_STRING;
   }
   return VIX_OK;
}

VixError newDisk_make(const char *path, const DiskSpec *spec, NewDisk **disk)
{
   VixError error = checkName(path);
   NewDisk *made;

   if (error != VIX_OK) {
      return error;
   }
   made = calloc(1, sizeof *made);
   if (made == NULL) {
      return VIX_E_OUT_OF_MEMORY;
   }
   made->path = strdup(path);
   error = made->path != NULL ? unfinished_make(path, &made->main) : VIX_E_OUT_OF_MEMORY;
   if (error != VIX_OK) {
      freeNewDisk(made);
      return error;
   }
   made->pieces = (Pieces){.shape = shape_ofType(spec->type), .path = made->path, .takeOver = made->main.left};
   error = fill(made, spec);
   if (error != VIX_OK) {
      newDisk_discard(made);
      return error;
   }
   *disk = made;
   return VIX_OK;
}

/* Writes grains one by one; the last one of the disk may be a part only, and is made whole. */
static VixError writeStream(NewDisk *disk, uint64 sector, uint64 count, const uint8 *buffer)
{
   VixError error = VIX_OK;

   while (error == VIX_OK && count > 0) {
      uint64 part = minOf(count, STREAM_GRAIN_SECTORS);
      uint8 last[STREAM_GRAIN_SECTORS * SECTOR_SIZE];
      const uint8 *grain = buffer;

      if (part < STREAM_GRAIN_SECTORS) {
         memset(last, 0, sizeof last);
         memcpy(last, buffer, (size_t)(part * SECTOR_SIZE));
         grain = last;
      }
      error = streamWriter_write(disk->stream, sector / STREAM_GRAIN_SECTORS, grain);
      sector += part;
      count -= part;
      buffer += part * SECTOR_SIZE;
   }
   return error;
}

VixError newDisk_write(NewDisk *disk, uint64 sector, uint64 count, const uint8 *buffer)
{
   return disk->stream != NULL ? writeStream(disk, sector, count, buffer)
                               : link_write(disk->link, sector, count, buffer);
}

/* The main file goes last: it tells that the rest is nobody's. */
void newDisk_discard(NewDisk *disk)
{
   streamWriter_free(disk->stream);
   (void)link_close(disk->link);
   pieces_remove(&disk->pieces);
   unfinished_end(&disk->main);
   freeNewDisk(disk);
}

/* Writes what is left to write. */
static VixError endWriting(NewDisk *disk)
{
   VixError error;
   VixError closeError;

   if (disk->stream != NULL) {
      return streamWriter_end(disk->stream);
   }
   error = link_flush(disk->link);
   closeError = link_close(disk->link);
   disk->link = NULL;
   return error == VIX_OK ? closeError : error;
}

VixError newDisk_finish(NewDisk *disk)
{
   VixError error = endWriting(disk);

   if (error == VIX_OK) {
      error = unfinished_name(&disk->main, disk->path);
   }
   if (error != VIX_OK) {
      newDisk_discard(disk);
      return error;
   }
   pieces_settle(&disk->pieces);
   unfinished_end(&disk->main);
   streamWriter_free(disk->stream);
   freeNewDisk(disk);
   return VIX_OK;
}
