/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * A sparse disk with anything in its file is refused or used without harm, and what the library says about it is
 * consistent: sectors read alike alone and together, what is not allocated reads as zeros, what was written is read.
 * What CheckRepair finds in order can be read and moved about without a change, and stays in order; so does what it
 * mends.
 */
#include <string.h>

#include "fuzz.h"
#include "vixDiskLib.h"

#define SECTOR VIXDISKLIB_SECTOR_SIZE
#define MOST_SECTORS 300u
#define CHUNK VIXDISKLIB_MIN_CHUNK_SIZE

static uint8 whole[MOST_SECTORS * SECTOR];
static uint8 single[SECTOR];

static VixDiskLibConnection connection;

__attribute__((format(printf, 1, 0))) static void print(const char *format, va_list args)
{
   vfprintf(stderr, format, args);
}

/* The environment variable FUZZ_LOG makes the library tell what it thinks of a single input. */
static void start(void)
{
   VixDiskLibGenericLogFunc *log = getenv("FUZZ_LOG") != NULL ? print : NULL;

   if (connection == NULL) {
      FUZZ_CHECK(VixDiskLib_InitEx(8, 0, log, log, log, NULL, NULL) == VIX_OK);
      FUZZ_CHECK(VixDiskLib_ConnectEx(NULL, FALSE, NULL, NULL, &connection) == VIX_OK);
      atexit(VixDiskLib_Exit);
   }
}

static uint64 checkInfo(VixDiskLibHandle disk)
{
   VixDiskLibInfo *info;
   uint64 capacity;

   FUZZ_CHECK(VixDiskLib_GetInfo(disk, &info) == VIX_OK);
   capacity = info->capacity;
   FUZZ_CHECK(capacity > 0 && info->uuid != NULL && info->numLinks == 1);
   VixDiskLib_FreeInfo(info);
   return capacity;
}

static void checkMetadata(VixDiskLibHandle disk)
{
   char value[256];
   size_t required;
   char *keys;

   FUZZ_CHECK(VixDiskLib_GetMetadataKeys(disk, NULL, 0, &required) == VIX_E_BUFFER_TOOSMALL && required > 0);
   keys = malloc(required);
   FUZZ_CHECK(VixDiskLib_GetMetadataKeys(disk, keys, required, NULL) == VIX_OK);
   for (const char *key = keys; *key != '\0'; key += strlen(key) + 1) {
      VixError error = VixDiskLib_ReadMetadata(disk, key, value, sizeof value, &required);

      FUZZ_CHECK(error == (required > sizeof value ? VIX_E_BUFFER_TOOSMALL : VIX_OK));
      FUZZ_CHECK(error != VIX_OK || strlen(value) + 1 == required);
   }
   free(keys);
}

/* A piece read in one go is what its first, middle and last sectors are alone. */
static void checkReads(VixDiskLibHandle disk, uint64 capacity, uint64 from)
{
   uint64 count = capacity - from < MOST_SECTORS ? capacity - from : MOST_SECTORS;

   if (VixDiskLib_Read(disk, from, count, whole) != VIX_OK) {
      return;
   }
   for (int i = 0; i < 3; i++) {
      uint64 sector = i == 0 ? 0 : i == 1 ? count / 2 : count - 1;

      FUZZ_CHECK(VixDiskLib_Read(disk, from + sector, 1, single) == VIX_OK);
      FUZZ_CHECK(memcmp(single, whole + sector * SECTOR, SECTOR) == 0);
   }
}

static bool isZero(const uint8 *bytes, uint64 length)
{
   return length == 0 || (bytes[0] == 0 && memcmp(bytes, bytes + 1, length - 1) == 0);
}

/* Blocks are in order, within what was asked for, and have all that is not zero in them. */
static void checkBlocks(VixDiskLibHandle disk, uint64 capacity)
{
   uint64 asked = (capacity < 2000000 ? capacity : 2000000) / CHUNK * CHUNK;
   uint64 readable = asked < MOST_SECTORS ? asked : MOST_SECTORS / CHUNK * CHUNK;
   VixDiskLibBlockList *list;
   uint64 end = 0;

   if (asked == 0 || VixDiskLib_QueryAllocatedBlocks(disk, 0, asked, CHUNK, &list) != VIX_OK) {
      return;
   }
   if (VixDiskLib_Read(disk, 0, readable, whole) != VIX_OK) {
      readable = 0;
   }
   for (uint32 i = 0; i < list->numBlocks; i++) {
      VixDiskLibBlock block = list->blocks[i];

      FUZZ_CHECK(block.offset >= end && block.length > 0 && block.offset % CHUNK == 0 && block.length % CHUNK == 0);
      FUZZ_CHECK(block.offset <= asked && block.length <= asked - block.offset);
      if (end < readable) {
         FUZZ_CHECK(isZero(whole + end * SECTOR, ((block.offset < readable ? block.offset : readable) - end) * SECTOR));
      }
      end = block.offset + block.length;
   }
   FUZZ_CHECK(end >= readable || isZero(whole + end * SECTOR, (readable - end) * SECTOR));
   FUZZ_CHECK(VixDiskLib_FreeBlockList(list) == VIX_OK);
}

static void inspect(VixDiskLibHandle disk)
{
   uint64 capacity = checkInfo(disk);

   checkMetadata(disk);
   checkReads(disk, capacity, 0);
   checkReads(disk, capacity, capacity / 2);
   checkReads(disk, capacity, capacity - 1);
   checkBlocks(disk, capacity);
}

static void writeSector(VixDiskLibHandle disk, uint64 sector, uint8 fill)
{
   uint8 data[SECTOR];

   memset(data, fill, sizeof data);
   if (VixDiskLib_Write(disk, sector, 1, data) == VIX_OK) {
      FUZZ_CHECK(VixDiskLib_Read(disk, sector, 1, single) == VIX_OK);
      FUZZ_CHECK(memcmp(single, data, sizeof data) == 0);
   }
}

static bool writeMetadata(VixDiskLibHandle disk)
{
   return VixDiskLib_WriteMetadata(disk, "fuzz", "written") == VIX_OK;
}

static void checkWritten(VixDiskLibHandle disk)
{
   char value[16];

   FUZZ_CHECK(VixDiskLib_ReadMetadata(disk, "fuzz", value, sizeof value, NULL) == VIX_OK);
   FUZZ_CHECK(strcmp(value, "written") == 0);
}

/* Returns whether the metadata were written. */
static bool change(VixDiskLibHandle disk, uint64 capacity)
{
   bool written;

   writeSector(disk, capacity / 2, 1);
   writeSector(disk, capacity - 1, 2);
   written = writeMetadata(disk);
   memset(whole, 3, sizeof whole);
   (void)VixDiskLib_Write(disk, 0, capacity < MOST_SECTORS ? capacity : MOST_SECTORS, whole);
   writeSector(disk, 0, 4);
   (void)VixDiskLib_Flush(disk);
   return written;
}

/* The first sectors of a disk that can be read. */
static bool readStart(const char *path, uint64 *count)
{
   VixDiskLibHandle disk;
   uint64 capacity;
   VixError error;

   FUZZ_CHECK(VixDiskLib_Open(connection, path, VIXDISKLIB_FLAG_OPEN_READ_ONLY, &disk) == VIX_OK);
   capacity = checkInfo(disk);
   *count = capacity < MOST_SECTORS ? capacity : MOST_SECTORS;
   error = VixDiskLib_Read(disk, 0, *count, whole);
   (void)VixDiskLib_Close(disk);
   return error == VIX_OK;
}

/* Moves the grains of a disk that is in order; a stream-optimized one has none to be moved. */
static void compact(const char *path)
{
   VixDiskLibHandle disk;
   VixError error;

   if (VixDiskLib_Open(connection, path, 0, &disk) != VIX_OK) {
      return;
   }
   error = VixDiskLib_Defragment(disk, NULL, NULL);
   FUZZ_CHECK(error == VIX_OK);
   error = VixDiskLib_Shrink(disk, NULL, NULL);
   FUZZ_CHECK(error == VIX_OK || error == VIX_E_DISK_CANTSHRINK);
   FUZZ_CHECK(VixDiskLib_Close(disk) == VIX_OK);
}

/* What is in order, maybe after it was mended, is so whatever is done to it. */
static void mend(const char *path)
{
   static uint8 before[sizeof whole];
   bool repaired = VixDiskLib_CheckRepair(connection, path, FALSE) != VIX_OK;
   uint64 count;

   if (repaired && VixDiskLib_CheckRepair(connection, path, TRUE) != VIX_OK) {
      return;
   }
   FUZZ_CHECK(VixDiskLib_CheckRepair(connection, path, FALSE) == VIX_OK);
   FUZZ_CHECK(readStart(path, &count));
   memcpy(before, whole, count * SECTOR);
   compact(path);
   FUZZ_CHECK(VixDiskLib_CheckRepair(connection, path, FALSE) == VIX_OK);
   FUZZ_CHECK(readStart(path, &count));
   FUZZ_CHECK(memcmp(before, whole, count * SECTOR) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
   VixDiskLibHandle disk;
   uint64 capacity;
   const char *path;
   bool written;

   /* Text descriptors can name any file of this machine, and this writes. */
   if (size < 4 || memcmp(data, "KDMV", 4) != 0) {
      return 0;
   }
   start();
   path = fuzz_writeFile("disk.vmdk", data, size);
   if (VixDiskLib_Open(connection, path, VIXDISKLIB_FLAG_OPEN_READ_ONLY, &disk) != VIX_OK) {
      FUZZ_CHECK(disk == NULL);
      return 0;
   }
   inspect(disk);
   (void)VixDiskLib_Close(disk);
   if (VixDiskLib_Open(connection, path, 0, &disk) != VIX_OK) {
      return 0;
   }
   capacity = checkInfo(disk);
   written = change(disk, capacity);
   (void)VixDiskLib_Close(disk);
   FUZZ_CHECK(VixDiskLib_Open(connection, path, VIXDISKLIB_FLAG_OPEN_READ_ONLY, &disk) == VIX_OK);
   FUZZ_CHECK(checkInfo(disk) == capacity);
   if (written) {
      checkWritten(disk);
   }
   inspect(disk);
   (void)VixDiskLib_Close(disk);
   mend(path);
   return 0;
}
