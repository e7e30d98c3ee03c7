/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Disks from the command line, for the tests that compare with other programs.
 *
 *   vmdk_tool create <disk> sparse|flat|split|splitflat|vmfs <sectors>
 *   vmdk_tool child <disk> <child> sparse|split
 *   vmdk_tool clone <disk> <target> <type>
 *   vmdk_tool scribble <disk> <seed> <pieces>    writes pieces at random places
 *   vmdk_tool fill <disk>                        writes all of it
 *   vmdk_tool export <disk> <raw file>           copies the contents, holes stay holes
 *   vmdk_tool blocks <disk> <chunk>              prints the allocated blocks
 *   vmdk_tool shrink <disk>
 *   vmdk_tool defragment <disk>
 *   vmdk_tool check <disk>                       fails if the disk is damaged
 *   vmdk_tool repair <disk>
 *   vmdk_tool bench <disk>                       measures
 */
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "support.h"

#define REQUEST 2048u

static uint8 buffer[REQUEST * SECTOR];

static VixDiskLibHandle openPath(const char *path, uint32 flags)
{
   VixDiskLibHandle disk;
   VixError error = VixDiskLib_Open(local, path, flags, &disk);

   if (error != VIX_OK) {
      char *text = VixDiskLib_GetErrorText(error, NULL);

      fprintf(stderr, "%s: error %" PRIu64 ": %s\n", path, error, text);
      exit(2);
   }
   return disk;
}

static uint64 capacityOf(VixDiskLibHandle disk)
{
   VixDiskLibInfo *info;
   uint64 capacity;

   CHECK_OK(VixDiskLib_GetInfo(disk, &info));
   capacity = info->capacity;
   VixDiskLib_FreeInfo(info);
   return capacity;
}

static VixDiskLibDiskType typeOf(const char *name)
{
   static const char *const names[] = {"sparse", "flat", "split", "splitflat", "vmfs"};
   int type = 0;

   while (strcmp(names[type], name) != 0) {
      CHECK(++type < 5);
   }
   return (VixDiskLibDiskType)(VIXDISKLIB_DISK_MONOLITHIC_SPARSE + type);
}

static void create(const char *path, const char *type, const char *sectors)
{
   VixDiskLibCreateParams params = {.diskType = typeOf(type),
                                    .adapterType = VIXDISKLIB_ADAPTER_SCSI_LSILOGIC,
                                    .capacity = strtoull(sectors, NULL, 10)};

   CHECK_OK(VixDiskLib_Create(local, path, &params, NULL, NULL));
}

static void createChild(const char *path, const char *child, const char *type)
{
   VixDiskLibHandle disk = openPath(path, VIXDISKLIB_FLAG_OPEN_READ_ONLY);

   CHECK_OK(VixDiskLib_CreateChild(disk, child, typeOf(type), NULL, NULL));
   CHECK_OK(VixDiskLib_Close(disk));
}

static void cloneDisk(const char *path, const char *target, const char *type)
{
   VixDiskLibCreateParams params = {.diskType = typeOf(type), .adapterType = VIXDISKLIB_ADAPTER_SCSI_LSILOGIC};

   CHECK_OK(VixDiskLib_Clone(local, target, local, path, &params, NULL, NULL, FALSE));
}

static void scribble(const char *path, uint64 seed, uint64 pieces)
{
   VixDiskLibHandle disk = openPath(path, 0);
   uint64 capacity = capacityOf(disk);
   Random random = {seed | 1};

   while (pieces-- > 0) {
      uint64 start = nextRandom(&random, capacity);
      uint64 count = 1 + nextRandom(&random, REQUEST);

      count = count > capacity - start ? capacity - start : count;
      fillPattern(buffer, start, count, (uint32)pieces);
      CHECK_OK(VixDiskLib_Write(disk, start, count, buffer));
   }
   fillPattern(buffer, capacity - 1, 1, 0);
   CHECK_OK(VixDiskLib_Write(disk, capacity - 1, 1, buffer));
   CHECK_OK(VixDiskLib_Close(disk));
}

/* Reads or writes all of a disk from its start to its end. */
static void sweep(VixDiskLibHandle disk, bool writing)
{
   uint64 capacity = capacityOf(disk);

   for (uint64 sector = 0; sector < capacity; sector += REQUEST) {
      uint64 count = capacity - sector < REQUEST ? capacity - sector : REQUEST;

      CHECK_OK(writing ? VixDiskLib_Write(disk, sector, count, buffer) : VixDiskLib_Read(disk, sector, count, buffer));
   }
}

static void fill(const char *path)
{
   VixDiskLibHandle disk = openPath(path, 0);

   fillPattern(buffer, 0, REQUEST, 42);
   sweep(disk, true);
   CHECK_OK(VixDiskLib_Close(disk));
}

static void compact(const char *path,
                    VixError (*function)(VixDiskLibHandle disk, VixDiskLibProgressFunc progress, void *data))
{
   VixDiskLibHandle disk = openPath(path, 0);

   CHECK_OK(function(disk, NULL, NULL));
   CHECK_OK(VixDiskLib_Close(disk));
}

static void export(const char *path, const char *rawPath)
{
   VixDiskLibHandle disk = openPath(path, VIXDISKLIB_FLAG_OPEN_READ_ONLY);
   uint64 capacity = capacityOf(disk);
   int raw = open(rawPath, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

   CHECK(raw >= 0 && ftruncate(raw, (off_t)(capacity * SECTOR)) == 0);
   for (uint64 sector = 0; sector < capacity; sector += REQUEST) {
      uint64 count = capacity - sector < REQUEST ? capacity - sector : REQUEST;

      CHECK_OK(VixDiskLib_Read(disk, sector, count, buffer));
      if (!isZero(buffer, (size_t)count * SECTOR)) {
         CHECK(pwrite(raw, buffer, (size_t)count * SECTOR, (off_t)(sector * SECTOR)) == (ssize_t)(count * SECTOR));
      }
   }
   close(raw);
   CHECK_OK(VixDiskLib_Close(disk));
}

static void printBlocks(const char *path, uint64 chunk)
{
   VixDiskLibHandle disk = openPath(path, VIXDISKLIB_FLAG_OPEN_READ_ONLY);
   VixDiskLibBlockList *list;
   const VixDiskLibBlock *blocks;

   CHECK_OK(VixDiskLib_QueryAllocatedBlocks(disk, 0, capacityOf(disk) / chunk * chunk, chunk, &list));
   blocks = (const VixDiskLibBlock *)(const void *)((const char *)list + offsetof(VixDiskLibBlockList, blocks));
   for (uint32 i = 0; i < list->numBlocks; i++) {
      printf("%" PRIu64 " %" PRIu64 "\n", blocks[i].offset, blocks[i].length);
   }
   CHECK_OK(VixDiskLib_FreeBlockList(list));
   CHECK_OK(VixDiskLib_Close(disk));
}

static double now(void)
{
   struct timespec time;

   clock_gettime(CLOCK_MONOTONIC, &time);
   return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void measure(const char *what, const char *path, bool writing)
{
   VixDiskLibHandle disk = openPath(path, writing ? 0 : VIXDISKLIB_FLAG_OPEN_READ_ONLY);
   double megabytes = (double)capacityOf(disk) * SECTOR / 1e6;
   double start = now();

   sweep(disk, writing);
   printf("%-14s %8.0f MB/s\n", what, megabytes / (now() - start));
   CHECK_OK(VixDiskLib_Close(disk));
}

static void bench(const char *path)
{
   fillPattern(buffer, 0, REQUEST, 42);
   measure("read holes", path, false);
   measure("first write", path, true);
   measure("second write", path, true);
   measure("read data", path, false);
}

int main(int argc, char **argv)
{
   const char *command = argc > 2 ? argv[1] : "";

   CHECK_OK(VixDiskLib_InitEx(8, 0, NULL, NULL, NULL, NULL, NULL));
   local = connectLocally();
   if (strcmp(command, "create") == 0 && argc == 5) {
      create(argv[2], argv[3], argv[4]);
   } else if (strcmp(command, "child") == 0 && argc == 5) {
      createChild(argv[2], argv[3], argv[4]);
   } else if (strcmp(command, "clone") == 0 && argc == 5) {
      cloneDisk(argv[2], argv[3], argv[4]);
   } else if (strcmp(command, "scribble") == 0 && argc == 5) {
      scribble(argv[2], strtoull(argv[3], NULL, 10), strtoull(argv[4], NULL, 10));
   } else if (strcmp(command, "fill") == 0) {
      fill(argv[2]);
   } else if (strcmp(command, "export") == 0 && argc == 4) {
      export(argv[2], argv[3]);
   } else if (strcmp(command, "blocks") == 0 && argc == 4) {
      printBlocks(argv[2], strtoull(argv[3], NULL, 10));
   } else if (strcmp(command, "shrink") == 0) {
      compact(argv[2], VixDiskLib_Shrink);
   } else if (strcmp(command, "defragment") == 0) {
      compact(argv[2], VixDiskLib_Defragment);
   } else if (strcmp(command, "check") == 0 || strcmp(command, "repair") == 0) {
      CHECK_OK(VixDiskLib_CheckRepair(local, argv[2], strcmp(command, "repair") == 0));
   } else if (strcmp(command, "bench") == 0) {
      bench(argv[2]);
   } else {
      fprintf(stderr, "usage: see the source\n");
      return 1;
   }
   VixDiskLib_Exit();
   return 0;
}
