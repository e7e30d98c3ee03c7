/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * A user's program: copies a disk to a raw file, allocated sectors only.
 *
 *   backup <disk> <raw file>
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

#include "vixDiskLib.h"

/* The version that the program was written for. */
#define VIXDISKLIB_VERSION_MAJOR 7
#define VIXDISKLIB_VERSION_MINOR 0

#define CHUNK VIXDISKLIB_MIN_CHUNK_SIZE
#define SECTORS_PER_READ 2048

static unsigned char buffer[SECTORS_PER_READ * VIXDISKLIB_SECTOR_SIZE];

static void check(VixError error, const char *what)
{
   if (VIX_FAILED(error)) {
      char *text = VixDiskLib_GetErrorText(error, NULL);

      fprintf(stderr, "%s: %s (%llu)\n", what, text, (unsigned long long)error);
      VixDiskLib_FreeErrorText(text);
      exit(1);
   }
}

static void copy(VixDiskLibHandle disk, FILE *raw, VixDiskLibSectorType sector, VixDiskLibSectorType count)
{
   while (count > 0) {
      VixDiskLibSectorType part = count < SECTORS_PER_READ ? count : SECTORS_PER_READ;

      check(VixDiskLib_Read(disk, sector, part, buffer), "VixDiskLib_Read");
      if (fseeko(raw, (off_t)(sector * VIXDISKLIB_SECTOR_SIZE), SEEK_SET) != 0 ||
          fwrite(buffer, VIXDISKLIB_SECTOR_SIZE, (size_t)part, raw) != part) {
         perror("the raw file");
         exit(1);
      }
      sector += part;
      count -= part;
   }
}

/* Copies whole chunks; a disk that cannot tell what is allocated is copied in full. */
static void copyChunks(VixDiskLibHandle disk, FILE *raw, VixDiskLibSectorType start, VixDiskLibSectorType count)
{
   VixDiskLibBlockList *list;
   uint32 i;

   if (VIX_FAILED(VixDiskLib_QueryAllocatedBlocks(disk, start, count, CHUNK, &list))) {
      copy(disk, raw, start, count);
      return;
   }
   for (i = 0; i < list->numBlocks; i++) {
      copy(disk, raw, list->blocks[i].offset, list->blocks[i].length);
   }
   check(VixDiskLib_FreeBlockList(list), "VixDiskLib_FreeBlockList");
}

static void copyAll(VixDiskLibHandle disk, FILE *raw, VixDiskLibSectorType capacity)
{
   VixDiskLibSectorType numChunks = capacity / CHUNK;
   VixDiskLibSectorType chunk = 0;

   while (chunk < numChunks) {
      VixDiskLibSectorType left = numChunks - chunk;
      VixDiskLibSectorType asked = left < VIXDISKLIB_MAX_CHUNK_NUMBER ? left : VIXDISKLIB_MAX_CHUNK_NUMBER;

      copyChunks(disk, raw, chunk * CHUNK, asked * CHUNK);
      chunk += asked;
   }
   /* A query has whole chunks only: the rest is taken for allocated. */
   copy(disk, raw, numChunks * CHUNK, capacity - numChunks * CHUNK);
}

int main(int argc, char **argv)
{
   VixDiskLibConnectParams *params;
   VixDiskLibConnection connection = NULL;
   VixDiskLibHandle disk = NULL;
   VixDiskLibInfo *info = NULL;
   FILE *raw;

   if (argc != 3) {
      fprintf(stderr, "usage: %s <disk> <raw file>\n", argv[0]);
      return 2;
   }
   check(VixDiskLib_InitEx(VIXDISKLIB_VERSION_MAJOR, VIXDISKLIB_VERSION_MINOR, NULL, NULL, NULL, NULL, NULL),
         "VixDiskLib_InitEx");
   params = VixDiskLib_AllocateConnectParams();
   check(VixDiskLib_ConnectEx(params, TRUE, NULL, NULL, &connection), "VixDiskLib_ConnectEx");
   check(VixDiskLib_Open(connection, argv[1], VIXDISKLIB_FLAG_OPEN_READ_ONLY, &disk), argv[1]);
   check(VixDiskLib_GetInfo(disk, &info), "VixDiskLib_GetInfo");
   raw = fopen(argv[2], "wb");
   if (raw == NULL) {
      perror(argv[2]);
      return 1;
   }
   copyAll(disk, raw, info->capacity);
   if (fflush(raw) != 0 || ftruncate(fileno(raw), (off_t)(info->capacity * VIXDISKLIB_SECTOR_SIZE)) != 0 ||
       fclose(raw) != 0) {
      perror(argv[2]);
      return 1;
   }
   VixDiskLib_FreeInfo(info);
   check(VixDiskLib_Close(disk), "VixDiskLib_Close");
   check(VixDiskLib_Disconnect(connection), "VixDiskLib_Disconnect");
   VixDiskLib_FreeConnectParams(params);
   VixDiskLib_Exit();
   return 0;
}
