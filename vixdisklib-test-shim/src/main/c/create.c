/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "create.h"

#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "descriptor.h"
#include "file.h"
#include "geometry.h"
#include "path.h"
#include "random.h"
#include "sparse_header.h"
#include "text.h"
#include "uuid.h"

/* A disk in the making. */
typedef struct Creation {
   VixDiskLibCreateParams params;
   char *path;       /* canonical, of the descriptor or the only file */
   char *extentPath; /* of a flat extent */
   VixDiskLibProgressFunc progress;
   void *progressData;
} Creation;

static void report(const Creation *creation, int percent)
{
   if (creation->progress != NULL) {
      (void)creation->progress(creation->progressData, percent);
   }
}

/* --------------------------------------------------------------------------------------------- parameters */

static VixError checkType(VixDiskLibDiskType type)
{
   switch ((int)type) {
   case VIXDISKLIB_DISK_MONOLITHIC_SPARSE:
   case VIXDISKLIB_DISK_MONOLITHIC_FLAT:
      return VIX_OK;
   case VIXDISKLIB_DISK_SPLIT_SPARSE:
   case VIXDISKLIB_DISK_SPLIT_FLAT:
   case VIXDISKLIB_DISK_VMFS_FLAT:
   case VIXDISKLIB_DISK_STREAM_OPTIMIZED: /* these four are not made yet */
   case VIXDISKLIB_DISK_VMFS_THIN:        /* these two are for servers only */
   case VIXDISKLIB_DISK_VMFS_SPARSE:
      return VIX_E_NOT_SUPPORTED;
   default:
      return VIX_E_INVALID_ARG;
   }
}

static const char *adapterName(VixDiskLibAdapterType adapter)
{
   switch ((int)adapter) {
   case VIXDISKLIB_ADAPTER_IDE:
      return "ide";
   case VIXDISKLIB_ADAPTER_SCSI_BUSLOGIC:
      return "buslogic";
   case VIXDISKLIB_ADAPTER_SCSI_LSILOGIC:
      return "lsilogic";
   default:
      return NULL;
   }
}

VixError create_check(const VixDiskLibCreateParams *params)
{
   VixError error = checkType(params->diskType);

   if (error == VIX_E_INVALID_ARG || adapterName(params->adapterType) == NULL || params->capacity == 0) {
      return VIX_E_INVALID_ARG;
   }
   return error;
}

/* ---------------------------------------------------------------------------------------------- descriptor */

/* The extent line, for a file that lies beside the descriptor. */
static void printExtent(FILE *to, const Creation *creation)
{
   unsigned long long capacity = creation->params.capacity;

   if (creation->params.diskType == VIXDISKLIB_DISK_MONOLITHIC_FLAT) {
      fprintf(to, "RW %llu FLAT \"%s\" 0\n", capacity, path_lastPart(creation->extentPath));
   } else {
      fprintf(to, "RW %llu SPARSE \"%s\"\n", capacity, path_lastPart(creation->path));
   }
}

static void printDatabase(FILE *to, const VixDiskLibCreateParams *params, uint32 contentId)
{
   VixDiskLibGeometry geometry = geometry_of(params->capacity, params->adapterType);
   uint8 uuid[UUID_BYTES];
   uint8 longId[12];
   char uuidText[UUID_TEXT_SIZE];

   uuid_random(uuid);
   uuid_format(uuid, uuidText);
   random_bytes(longId, sizeof longId);
   fprintf(to, "ddb.adapterType = \"%s\"\n", adapterName(params->adapterType));
   fprintf(to, "ddb.geometry.cylinders = \"%u\"\n", geometry.cylinders);
   fprintf(to, "ddb.geometry.heads = \"%u\"\n", geometry.heads);
   fprintf(to, "ddb.geometry.sectors = \"%u\"\n", geometry.sectors);
   fprintf(to, "ddb.longContentID = \"");
   for (size_t i = 0; i < sizeof longId; i++) {
      fprintf(to, "%02x", longId[i]);
   }
   fprintf(to, "%08x\"\n", contentId); /* the long identity ends in the short one */
   if (params->physicalSectorSize == 4096) {
      fprintf(to, "ddb.physicalSectorSize = \"4096\"\n");
   }
   fprintf(to, "ddb.uuid = \"%s\"\n", uuidText);
   fprintf(to, "ddb.virtualHWVersion = \"%u\"\n",
           params->hwVersion != 0 ? params->hwVersion : (unsigned)VIXDISKLIB_HWVERSION_CURRENT);
}

/* The text of a new descriptor, as heap memory; NULL without memory. */
static char *makeDescriptor(const Creation *creation, size_t *length)
{
   bool flat = creation->params.diskType == VIXDISKLIB_DISK_MONOLITHIC_FLAT;
   uint32 contentId = random_number();
   char *text = NULL;
   FILE *to = open_memstream(&text, length);
   bool failed;

   if (to == NULL) {
      return NULL;
   }
   contentId -= contentId == NO_PARENT;
   fprintf(to, "# Disk DescriptorFile\nversion=1\nencoding=\"UTF-8\"\n");
   fprintf(to, "CID=%08x\nparentCID=%08x\n", contentId, NO_PARENT);
   fprintf(to, "createType=\"%s\"\n\n", flat ? "monolithicFlat" : "monolithicSparse");
   fprintf(to, "# Extent description\n");
   printExtent(to, creation);
   fprintf(to, "\n# The Disk Data Base\n#DDB\n\n");
   printDatabase(to, &creation->params, contentId);
   failed = ferror(to) != 0;
   if (fclose(to) != 0 || failed) {
      free(text);
      return NULL;
   }
   return text;
}

/* ---------------------------------------------------------------------------------------------- flat disks */

/*
 * The extent's size is set and its space is not reserved, where the real library writes zeros: making a disk takes no
 * time, and a full file system shows at a later write.
 */
static VixError fillFlat(const Creation *creation, File *extent, File *descriptor)
{
   VixError error = VIX_E_FILE_TOO_BIG;
   size_t length;
   char *text;

   if (creation->params.capacity <= MAX_SECTORS) {
      error = file_resize(extent, creation->params.capacity * SECTOR_SIZE);
   }
   if (error != VIX_OK) {
      return error;
   }
   report(creation, 50);
   text = makeDescriptor(creation, &length);
   if (text == NULL) {
      return VIX_E_OUT_OF_MEMORY;
   }
   error = file_write(descriptor, 0, text, length);
   free(text);
   return error;
}

static VixError createFlat(const Creation *creation)
{
   File descriptor = FILE_CLOSED;
   File extent = FILE_CLOSED;
   VixError error = file_create(creation->path, &descriptor);
   VixError closeError;

   if (error != VIX_OK) {
      return error;
   }
   error = file_create(creation->extentPath, &extent);
   if (error != VIX_OK) {
      file_close(&descriptor);
      (void)unlink(creation->path);
      return error;
   }
   error = fillFlat(creation, &extent, &descriptor);
   closeError = file_close(&extent);
   error = error == VIX_OK ? closeError : error;
   closeError = file_close(&descriptor);
   error = error == VIX_OK ? closeError : error;
   if (error != VIX_OK) {
      (void)unlink(creation->extentPath);
      (void)unlink(creation->path);
   }
   return error;
}

/* -------------------------------------------------------------------------------------------- sparse disks */

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

static VixError writeEmbedded(const Creation *creation, File *file, const SparseHeader *header)
{
   size_t length;
   char *text = makeDescriptor(creation, &length);
   VixError error;

   if (text == NULL) {
      return VIX_E_OUT_OF_MEMORY;
   }
   error = file_write(file, header->descriptorOffset * SECTOR_SIZE, text, length);
   free(text);
   return error;
}

/* The header comes last: without it, a file that is left half made is not taken for a disk. */
static VixError fillSparse(const Creation *creation, File *file)
{
   SparseHeader header;
   uint8 sector[512];
   VixError error = sparse_layOut(creation->params.capacity, &header);

   if (error == VIX_OK) {
      error = file_resize(file, header.overhead * SECTOR_SIZE);
   }
   if (error == VIX_OK) {
      error = writeDirectory(file, &header, header.redundantDirectory);
   }
   if (error != VIX_OK) {
      return error;
   }
   report(creation, 50);
   error = writeDirectory(file, &header, header.directory);
   if (error == VIX_OK) {
      error = writeEmbedded(creation, file, &header);
   }
   if (error == VIX_OK) {
      sparse_encodeHeader(&header, sector);
      error = file_write(file, 0, sector, sizeof sector);
   }
   return error;
}

static VixError createSparse(const Creation *creation)
{
   File file = FILE_CLOSED;
   VixError error = file_create(creation->path, &file);
   VixError closeError;

   if (error != VIX_OK) {
      return error;
   }
   error = fillSparse(creation, &file);
   closeError = file_close(&file);
   error = error == VIX_OK ? closeError : error;
   if (error != VIX_OK) {
      (void)unlink(creation->path);
   }
   return error;
}

/* ------------------------------------------------------------------------------------------------ creation */

/* Junk in the sector sizes, as callers leave it whose struct is older than the fields, stands for 512. */
static VixError readSectorSizes(VixDiskLibCreateParams *params, bool withSectorSizes)
{
   if (!withSectorSizes || params->physicalSectorSize != 4096) {
      params->physicalSectorSize = VIXDISKLIB_SECTOR_SIZE;
   }
   if (withSectorSizes && params->logicalSectorSize == 4096) {
      return VIX_E_NOT_SUPPORTED;
   }
   params->logicalSectorSize = VIXDISKLIB_SECTOR_SIZE;
   return VIX_OK;
}

static VixError createWith(Creation *creation)
{
   const char *name = path_lastPart(creation->path);
   VixError error;

   if (!path_fitsDescriptor(name)) {
      return VIX_E_FILE_NAME_INVALID;
   }
   if (!text_isUtf8(name)) {
      return VIX_E_INVALID_UTF8_STRING;
   }
   creation->extentPath = path_withSuffix(creation->path, "-flat.vmdk");
   if (creation->extentPath == NULL) {
      return VIX_E_OUT_OF_MEMORY;
   }
   report(creation, 0);
   error = creation->params.diskType == VIXDISKLIB_DISK_MONOLITHIC_FLAT ? createFlat(creation) : createSparse(creation);
   if (error == VIX_OK) {
      report(creation, 100);
   }
   return error;
}

VixError create_disk(const char *path, const VixDiskLibCreateParams *params, bool withSectorSizes,
                     VixDiskLibProgressFunc progress, void *progressData)
{
   Creation creation = {.progress = progress, .progressData = progressData};
   VixError error;

   /* A caller of 6.x has a struct that ends before the sector sizes. */
   memcpy(&creation.params, params,
          withSectorSizes ? sizeof *params : offsetof(VixDiskLibCreateParams, logicalSectorSize));
   error = readSectorSizes(&creation.params, withSectorSizes);
   if (error == VIX_OK) {
      error = path_resolveNew(path, &creation.path);
   }
   if (error == VIX_OK) {
      error = createWith(&creation);
   }
   free(creation.extentPath);
   free(creation.path);
   return error;
}
