/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "new_disk.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "log.h"
#include "path.h"
#include "pieces.h"
#include "random.h"
#include "stream_writer.h"
#include "text.h"
#include "uuid.h"

struct NewDisk {
   char *path;
   char *workPath; /* of the main file while the disk is made */
   File main;      /* until the disk is open; to the end if it is a stream */
   Pieces pieces;
   Link *link; /* the disk, open for writing */
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
      error = streamWriter_begin(&disk->main, text, length, spec->capacity, &disk->stream);
   } else if (disk->pieces.shape->embedded) {
      error = pieces_fillSparse(&disk->main, spec->capacity, text, length);
   } else {
      error = file_write(&disk->main, 0, text, length);
   }
   free(text);
   return error;
}

/* Makes the extents, fills the main file and opens the disk, or begins with the stream. */
static VixError fill(NewDisk *disk, const DiskSpec *spec)
{
   VixError error = disk->pieces.shape->embedded ? VIX_OK : pieces_make(&disk->pieces, spec->capacity);
   VixError closeError;

   if (error == VIX_OK) {
      error = writeMain(disk, spec);
   }
   if (disk->stream != NULL) {
      return error;
   }
   closeError = file_close(&disk->main);
   error = error == VIX_OK ? closeError : error;
   return error == VIX_OK ? link_open(disk->workPath, true, true, &disk->link) : error;
}

/*
 * Makes the main file, whose lock tells that somebody is at work. One without a lock tells that somebody was killed at
 * it, and goes on to do so until this attempt has come to its end.
 */
static VixError makeMain(NewDisk *disk)
{
   VixError error = file_create(disk->workPath, &disk->main);

   if (error == VIX_OK) {
      return file_lock(&disk->main, 0, 0);
   }
   if (error == VIX_E_FILE_ALREADY_EXISTS && file_openLocked(disk->workPath, &disk->main) == VIX_OK) {
      log_info("VixDiskLib: what is left of an attempt to make \"%s\" is replaced.\n", disk->path);
      disk->pieces.takeOver = true;
      error = file_resize(&disk->main, 0);
   }
   return error;
}

static void freeNewDisk(NewDisk *disk)
{
   free(disk->pieces.lines);
   free(disk->path);
   free(disk->workPath);
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
   return access(path, F_OK) == 0 ? VIX_E_FILE_ALREADY_EXISTS : VIX_OK;
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
   *made = (NewDisk){.path = strdup(path), .workPath = path_unfinished(path), .main = FILE_CLOSED};
   made->pieces = (Pieces){.shape = shape_ofType(spec->type), .path = made->path};
   error = made->path != NULL && made->workPath != NULL ? makeMain(made) : VIX_E_OUT_OF_MEMORY;
   if (error != VIX_OK) {
      freeNewDisk(made);
      return error;
   }
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
   pieces_remove(&disk->pieces);
   (void)unlink(disk->workPath);
   (void)link_close(disk->link);
   file_close(&disk->main);
   freeNewDisk(disk);
}

/* Writes what is left to write. The main file stays open, so that it is locked until it has its name. */
static VixError endWriting(NewDisk *disk)
{
   VixError error;
   VixError closeError;

   if (disk->stream != NULL) {
      return streamWriter_end(disk->stream);
   }
   error = link_flush(disk->link);
   disk->main.fd = fcntl(disk->link->main.fd, F_DUPFD_CLOEXEC, 0);
   closeError = link_close(disk->link);
   disk->link = NULL;
   return error == VIX_OK ? closeError : error;
}

VixError newDisk_finish(NewDisk *disk)
{
   VixError error = endWriting(disk);

   if (error == VIX_OK) {
      error = file_moveNew(disk->workPath, disk->path);
   }
   if (error != VIX_OK) {
      newDisk_discard(disk);
      return error;
   }
   pieces_settle(&disk->pieces);
   file_close(&disk->main);
   streamWriter_free(disk->stream);
   freeNewDisk(disk);
   return VIX_OK;
}
