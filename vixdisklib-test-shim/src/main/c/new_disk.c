/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "new_disk.h"

#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "descriptor.h"
#include "file.h"
#include "log.h"
#include "path.h"
#include "random.h"
#include "sparse_header.h"
#include "text.h"
#include "uuid.h"

/* Largest pieces of split disks, in sectors: the customary ones, which leave room for tables within 2 GiB. */
#define SPLIT_SPARSE_SECTORS UINT64_C(4192256)
#define SPLIT_FLAT_SECTORS UINT64_C(4193792)

/* How disks of a type are put together. */
typedef struct Shape {
   const char *createType;
   const char *keyword;    /* of an extent */
   bool embedded;          /* the descriptor is in the only extent */
   char letter;            /* in the names of the files of several extents; 0 for one */
   uint64 maxPieceSectors; /* 0 for no limit */
} Shape;

struct NewDisk {
   char *path;
   char *workPath; /* of the main file while the disk is made */
   const Shape *shape;
   uint64 capacity;
   File main;     /* until the disk is open */
   Link *link;    /* the disk, open for writing */
   size_t pieces; /* extents that have been made in files of their own */
};

/* ------------------------------------------------------------------------------------------------- shapes */

static const Shape *shapeOf(VixDiskLibDiskType type)
{
   static const Shape sparse = {"monolithicSparse", "SPARSE", true, 0, 0};
   static const Shape flat = {"monolithicFlat", "FLAT", false, 0, 0};
   static const Shape splitSparse = {"twoGbMaxExtentSparse", "SPARSE", false, 's', SPLIT_SPARSE_SECTORS};
   static const Shape splitFlat = {"twoGbMaxExtentFlat", "FLAT", false, 'f', SPLIT_FLAT_SECTORS};
   static const Shape vmfs = {"vmfs", "VMFS", false, 0, 0};

   switch ((int)type) {
   case VIXDISKLIB_DISK_MONOLITHIC_SPARSE:
      return &sparse;
   case VIXDISKLIB_DISK_MONOLITHIC_FLAT:
      return &flat;
   case VIXDISKLIB_DISK_SPLIT_SPARSE:
      return &splitSparse;
   case VIXDISKLIB_DISK_SPLIT_FLAT:
      return &splitFlat;
   case VIXDISKLIB_DISK_VMFS_FLAT:
      return &vmfs;
   default:
      return NULL;
   }
}

VixError newDisk_checkType(VixDiskLibDiskType type)
{
   switch ((int)type) {
   case VIXDISKLIB_DISK_VMFS_THIN:
   case VIXDISKLIB_DISK_VMFS_SPARSE:
      return VIX_E_NOT_SUPPORTED;
   default:
      return shapeOf(type) != NULL ? VIX_OK : VIX_E_INVALID_ARG;
   }
}

static bool isSparse(const Shape *shape)
{
   return strcmp(shape->keyword, "SPARSE") == 0;
}

static size_t countPieces(const Shape *shape, uint64 capacity)
{
   return shape->maxPieceSectors == 0 ? 1 : (size_t)divideUp(capacity, shape->maxPieceSectors);
}

static uint64 sectorsOfPiece(const Shape *shape, uint64 capacity, size_t piece)
{
   return shape->maxPieceSectors == 0 ? capacity
                                      : minOf(capacity - piece * shape->maxPieceSectors, shape->maxPieceSectors);
}

/* The path of the file that a piece is in; NULL without memory. */
static char *pathOfPiece(const Shape *shape, const char *path, size_t piece)
{
   char suffix[32];

   if (shape->embedded) {
      return strdup(path);
   }
   if (shape->letter == 0) {
      return path_withSuffix(path, "-flat.vmdk");
   }
   snprintf(suffix, sizeof suffix, "-%c%03zu.vmdk", shape->letter, piece + 1);
   return path_withSuffix(path, suffix);
}

/* ---------------------------------------------------------------------------------------------- descriptor */

/* The extent lines, for files that lie beside the descriptor; false without memory. */
static bool printExtents(FILE *to, const NewDisk *disk)
{
   const Shape *shape = disk->shape;

   for (size_t piece = 0; piece < countPieces(shape, disk->capacity); piece++) {
      char *path = pathOfPiece(shape, disk->path, piece);

      if (path == NULL) {
         return false;
      }
      fprintf(to, "RW %llu %s \"%s\"%s\n", (unsigned long long)sectorsOfPiece(shape, disk->capacity, piece),
              shape->keyword, path_lastPart(path), strcmp(shape->keyword, "FLAT") == 0 ? " 0" : "");
      free(path);
   }
   return true;
}

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

static bool printDescriptor(FILE *to, const NewDisk *disk, const DiskSpec *spec)
{
   uint32 contentId = random_number();

   contentId -= contentId == NO_PARENT;
   fprintf(to, "# Disk DescriptorFile\nversion=1\nencoding=\"UTF-8\"\n");
   fprintf(to, "CID=%08x\nparentCID=%08x\n", contentId, spec->parentContentId);
   fprintf(to, "createType=\"%s\"\n", disk->shape->createType);
   if (spec->parentContentId != NO_PARENT) {
      fprintf(to, "parentFileNameHint=\"%s\"\n", spec->parentHint);
   }
   fprintf(to, "\n# Extent description\n");
   if (!printExtents(to, disk)) {
      return false;
   }
   fprintf(to, "\n# The Disk Data Base\n#DDB\n\n");
   printDatabase(to, spec, contentId);
   return true;
}

/* The text of a new descriptor, as heap memory; NULL without memory. */
static char *makeDescriptor(const NewDisk *disk, const DiskSpec *spec, size_t *length)
{
   char *text = NULL;
   FILE *to = open_memstream(&text, length);
   bool printed;

   if (to == NULL) {
      return NULL;
   }
   printed = printDescriptor(to, disk, spec) && ferror(to) == 0;
   if (fclose(to) != 0 || !printed) {
      free(text);
      return NULL;
   }
   return text;
}

/* ------------------------------------------------------------------------------------------------- extents */

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

/* Fills the file of a sparse extent, with a descriptor in it or without (NULL). */
static VixError fillSparse(File *file, uint64 sectors, const char *descriptor, size_t length)
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

static VixError makePiece(const NewDisk *disk, const char *path, uint64 sectors)
{
   File file = FILE_CLOSED;
   VixError error = file_create(path, &file);
   VixError closeError;

   if (error != VIX_OK) {
      log_warn("VixDiskLib: the extent \"%s\" cannot be made (error %llu).\n", path, (unsigned long long)error);
      return error;
   }
   error = isSparse(disk->shape) ? fillSparse(&file, sectors, NULL, 0) : fillFlat(&file, sectors);
   closeError = file_close(&file);
   error = error == VIX_OK ? closeError : error;
   if (error != VIX_OK) {
      (void)unlink(path);
   }
   return error;
}

/* Makes the extents that have files of their own. */
static VixError makePieces(NewDisk *disk)
{
   size_t count = countPieces(disk->shape, disk->capacity);

   if (disk->shape->embedded) {
      return VIX_OK;
   }
   if (count > DESCRIPTOR_MAX_EXTENTS) {
      return VIX_E_FILE_TOO_BIG;
   }
   while (disk->pieces < count) {
      char *path = pathOfPiece(disk->shape, disk->path, disk->pieces);
      VixError error = path != NULL ? makePiece(disk, path, sectorsOfPiece(disk->shape, disk->capacity, disk->pieces))
                                    : VIX_E_OUT_OF_MEMORY;

      free(path);
      if (error != VIX_OK) {
         return error;
      }
      disk->pieces++;
   }
   return VIX_OK;
}

/* ------------------------------------------------------------------------------------------------- the disk */

/* Fills the main file and opens the disk. */
static VixError fill(NewDisk *disk, const DiskSpec *spec)
{
   size_t length;
   char *text = makeDescriptor(disk, spec, &length);
   VixError error;
   VixError closeError;

   if (text == NULL) {
      return VIX_E_OUT_OF_MEMORY;
   }
   error = makePieces(disk);
   if (error == VIX_OK) {
      error = disk->shape->embedded ? fillSparse(&disk->main, disk->capacity, text, length)
                                    : file_write(&disk->main, 0, text, length);
   }
   free(text);
   closeError = file_close(&disk->main);
   error = error == VIX_OK ? closeError : error;
   return error == VIX_OK ? link_open(disk->workPath, true, true, &disk->link) : error;
}

/* Makes the main file, whose lock tells that somebody is at work. */
static VixError makeMain(NewDisk *disk)
{
   VixError error = file_create(disk->workPath, &disk->main);

   if (error == VIX_E_FILE_ALREADY_EXISTS && file_openLocked(disk->workPath, &disk->main) == VIX_OK) {
      log_info("VixDiskLib: what is left of an attempt to make \"%s\" is replaced.\n", disk->path);
      (void)unlink(disk->workPath);
      file_close(&disk->main);
      error = file_create(disk->workPath, &disk->main);
   }
   return error == VIX_OK ? file_lock(&disk->main, 0, 0) : error;
}

static void freeNewDisk(NewDisk *disk)
{
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
   *made = (NewDisk){.path = strdup(path),
                     .workPath = path_unfinished(path),
                     .shape = shapeOf(spec->type),
                     .capacity = spec->capacity,
                     .main = FILE_CLOSED};
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

uint64 newDisk_unit(const NewDisk *disk)
{
   return isSparse(disk->shape) ? SPARSE_GRAIN_SECTORS : 1;
}

VixError newDisk_write(NewDisk *disk, uint64 sector, uint64 count, const uint8 *buffer)
{
   return link_write(disk->link, sector, count, buffer);
}

static void removePieces(NewDisk *disk)
{
   while (disk->pieces > 0) {
      char *path = pathOfPiece(disk->shape, disk->path, --disk->pieces);

      if (path != NULL) {
         (void)unlink(path);
      }
      free(path);
   }
}

void newDisk_discard(NewDisk *disk)
{
   (void)link_close(disk->link);
   file_close(&disk->main);
   removePieces(disk);
   (void)unlink(disk->workPath);
   freeNewDisk(disk);
}

VixError newDisk_finish(NewDisk *disk)
{
   VixError error = link_flush(disk->link);
   VixError closeError = link_close(disk->link);

   disk->link = NULL;
   error = error == VIX_OK ? closeError : error;
   if (error == VIX_OK) {
      error = file_moveNew(disk->workPath, disk->path);
   }
   if (error != VIX_OK) {
      newDisk_discard(disk);
      return error;
   }
   freeNewDisk(disk);
   return VIX_OK;
}
