/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "disks.h"
#include "image.h"

/* What a usual grain table is for. */
#define TABLE_SECTORS UINT64_C(65536)

static uint8 buffer[1024 * SECTOR];

static VixError query(VixDiskLibHandle disk, uint64 start, uint64 count, uint64 chunk)
{
   VixDiskLibBlockList *list;
   VixError error = VixDiskLib_QueryAllocatedBlocks(disk, start, count, chunk, &list);

   if (error == VIX_OK) {
      CHECK_OK(VixDiskLib_FreeBlockList(list));
   } else {
      CHECK(list == NULL);
   }
   return error;
}

static void onlyWholeChunksInsideTheDiskCanBeAskedFor(void)
{
   VixDiskLibHandle disk;

   startLibrary();
   createDisk("a.vmdk", VIXDISKLIB_DISK_MONOLITHIC_SPARSE, 1000);
   disk = openDisk("a.vmdk", 0);
   CHECK_OK(query(disk, 0, 128, 128));
   CHECK_OK(query(disk, 0, 896, 128));
   CHECK_OK(query(disk, 0, 0, 128));
   CHECK_OK(query(disk, 896, 0, 128));
   CHECK_OK(query(disk, 300, 600, 150));
   CHECK_EQUAL(VIX_E_INVALID_ARG, query(disk, 0, 1024, 128));
   CHECK_EQUAL(VIX_E_INVALID_ARG, query(disk, 0, 128, 0));
   CHECK_EQUAL(VIX_E_INVALID_ARG, query(disk, 0, 127, 127));
   CHECK_EQUAL(VIX_E_INVALID_ARG, query(disk, 64, 128, 128));
   CHECK_EQUAL(VIX_E_INVALID_ARG, query(disk, 0, 192, 128));
   CHECK_EQUAL(VIX_E_INVALID_ARG, query(disk, 1024, 0, 128));
   CHECK_EQUAL(VIX_E_INVALID_ARG, query(disk, 0, 1000, 128));
   CHECK_EQUAL(VIX_E_INVALID_ARG, query(disk, 0, UINT64_MAX - 127, 128));
   CHECK_EQUAL(VIX_E_INVALID_ARG, query(disk, UINT64_MAX - 127, 128, 128));
   CHECK_OK(VixDiskLib_Close(disk));
   createDisk("big.vmdk", VIXDISKLIB_DISK_MONOLITHIC_SPARSE, UINT64_C(1) << 27);
   disk = openDisk("big.vmdk", 0);
   CHECK_OK(query(disk, 0, 131072, 131072));
   CHECK_EQUAL(VIX_E_INVALID_ARG, query(disk, 0, 131073, 131073));
   CHECK_OK(query(disk, 0, UINT64_C(524288) * 128, 128));
   CHECK_EQUAL(VIX_E_INVALID_ARG, query(disk, 0, UINT64_C(524289) * 128, 128));
   CHECK_OK(VixDiskLib_Close(disk));
   stopLibrary();
}

static void checkList(VixDiskLibHandle disk, uint64 start, uint64 count, uint64 chunk, const uint64 expected[][2],
                      uint32 number)
{
   VixDiskLibBlockList *list;
   const VixDiskLibBlock *blocks;

   CHECK_OK(VixDiskLib_QueryAllocatedBlocks(disk, start, count, chunk, &list));
   CHECK_EQUAL(number, list->numBlocks);
   blocks = (const VixDiskLibBlock *)(const void *)((const char *)list + offsetof(VixDiskLibBlockList, blocks));
   for (uint32 i = 0; i < number; i++) {
      CHECK_EQUAL(expected[i][0], blocks[i].offset);
      CHECK_EQUAL(expected[i][1], blocks[i].length);
   }
   CHECK_OK(VixDiskLib_FreeBlockList(list));
}

static void writtenGrainsAreAllocated(void)
{
   static const uint64 nothing[1][2];
   static const uint64 fine[][2] = {{0, 128}, {1024, 256}, {12800, 128}};
   static const uint64 coarse[][2] = {{0, 2048}, {12288, 1024}};
   static const uint64 part[][2] = {{1152, 128}};
   VixDiskLibHandle disk;

   startLibrary();
   createDisk("a.vmdk", VIXDISKLIB_DISK_MONOLITHIC_SPARSE, 100000);
   disk = openDisk("a.vmdk", 0);
   checkList(disk, 0, 99968, 128, nothing, 0);
   memset(buffer, 0, SECTOR);
   CHECK_OK(VixDiskLib_Write(disk, 5, 1, buffer)); /* zeros, but written */
   CHECK_OK(VixDiskLib_Write(disk, 1100, 128, buffer));
   CHECK_OK(VixDiskLib_Write(disk, 12900, 1, buffer));
   CHECK_OK(VixDiskLib_Write(disk, 99999, 1, buffer));
   checkList(disk, 0, 99968, 128, fine, 3);
   checkList(disk, 0, 99328, 1024, coarse, 2);
   checkList(disk, 1152, 128 * 50, 128, part, 1);
   checkList(disk, 2048, 1024, 128, nothing, 0);
   CHECK_OK(VixDiskLib_Close(disk));
   stopLibrary();
}

static void flatDisksTellWhatTheFileSystemKnows(void)
{
   VixDiskLibHandle disk;
   VixDiskLibBlockList *list;

   startLibrary();
   createDisk("a.vmdk", VIXDISKLIB_DISK_MONOLITHIC_FLAT, 100000);
   disk = openDisk("a.vmdk", 0);
   fillPattern(buffer, 0, 1024, 1);
   CHECK_OK(VixDiskLib_Write(disk, 50000, 1000, buffer));
   CHECK_OK(VixDiskLib_Flush(disk));
   CHECK_OK(VixDiskLib_QueryAllocatedBlocks(disk, 0, 99968, 128, &list));
   CHECK(list->numBlocks == 1);
   CHECK(list->blocks[0].offset <= 50000 && list->blocks[0].offset + list->blocks[0].length >= 51000);
   CHECK_OK(VixDiskLib_FreeBlockList(list));
   CHECK_OK(VixDiskLib_Close(disk));
   stopLibrary();
}

static void everySecondChunkMakesALongList(void)
{
   VixDiskLibHandle disk;
   VixDiskLibBlockList *list;

   startLibrary();
   createDisk("a.vmdk", VIXDISKLIB_DISK_MONOLITHIC_SPARSE, 256 * 3000);
   disk = openDisk("a.vmdk", 0);
   for (uint64 i = 0; i < 3000; i++) {
      CHECK_OK(VixDiskLib_Write(disk, i * 256, 1, buffer));
   }
   CHECK_OK(VixDiskLib_QueryAllocatedBlocks(disk, 0, 256 * 3000, 128, &list));
   CHECK_EQUAL(3000, list->numBlocks);
   CHECK_OK(VixDiskLib_FreeBlockList(list));
   CHECK_OK(VixDiskLib_QueryAllocatedBlocks(disk, 0, 256 * 3000, 256, &list));
   CHECK_EQUAL(1, list->numBlocks);
   CHECK_OK(VixDiskLib_FreeBlockList(list));
   CHECK_OK(VixDiskLib_Close(disk));
   stopLibrary();
}

/* The list of a disk with data in so few tables that most of them are in holes of the file. */
static void checkFar(const char *name)
{
   static const uint64 expected[][2] = {{128, 128},
                                        {TABLE_SECTORS - 128, 256},
                                        {40 * TABLE_SECTORS, 128},
                                        {41 * TABLE_SECTORS + 256, 128},
                                        {150 * TABLE_SECTORS - 128, 128}};
   static const uint64 last[][2] = {{150 * TABLE_SECTORS - 128, 128}};
   VixDiskLibHandle disk = openDisk(name, VIXDISKLIB_FLAG_OPEN_READ_ONLY);

   checkList(disk, 0, 200 * TABLE_SECTORS, 128, expected, 5);
   checkList(disk, 41 * TABLE_SECTORS + 384, 150 * TABLE_SECTORS, 128, last, 1);
   checkList(disk, 0, 200 * TABLE_SECTORS, 128, expected, 5);
   CHECK_OK(VixDiskLib_Close(disk));
}

static void fillFar(const char *name)
{
   writeTo(name, 130, 1, 1);
   writeTo(name, TABLE_SECTORS - 1, 2, 1);
   writeTo(name, 40 * TABLE_SECTORS, 1, 1);
   writeTo(name, 41 * TABLE_SECTORS + 256, 128, 1);
   writeTo(name, 150 * TABLE_SECTORS - 1, 1, 1);
}

static void tablesInHolesOfTheFileHaveNothing(void)
{
   startLibrary();
   createDisk("a.vmdk", VIXDISKLIB_DISK_MONOLITHIC_SPARSE, 200 * TABLE_SECTORS);
   fillFar("a.vmdk");
   checkFar("a.vmdk");
   CHECK(shell("cp --sparse=never a.vmdk full.vmdk && cp --sparse=always a.vmdk thin.vmdk"));
   checkFar("full.vmdk");
   checkFar("thin.vmdk");
   stopLibrary();
}

static void tablesAreWhereverTheDirectoryHasThem(void)
{
   uint32 first;

   startLibrary();
   createDisk("a.vmdk", VIXDISKLIB_DISK_MONOLITHIC_SPARSE, 200 * TABLE_SECTORS);
   first = tableOf("a.vmdk", MAIN, 0);
   for (uint64 table = 0; table < 200; table++) {
      setTable("a.vmdk", MAIN, table, first + 4 * (uint32)(table * 77 % 200));
   }
   fillFar("a.vmdk");
   checkFar("a.vmdk");
   CHECK(shell("cp --sparse=never a.vmdk full.vmdk && cp --sparse=always a.vmdk thin.vmdk"));
   checkFar("full.vmdk");
   checkFar("thin.vmdk");
   stopLibrary();
}

static void aBadTableIsFoundAmongThoseInHoles(void)
{
   static const uint64 expected[][2] = {{0, 128}};
   VixDiskLibHandle disk;

   startLibrary();
   createDisk("a.vmdk", VIXDISKLIB_DISK_MONOLITHIC_SPARSE, 200 * TABLE_SECTORS);
   writeTo("a.vmdk", 0, 1, 1);
   setTable("a.vmdk", MAIN, 100, (uint32)(fileSize("a.vmdk") / SECTOR) - 3);
   disk = openDisk("a.vmdk", VIXDISKLIB_FLAG_OPEN_READ_ONLY);
   checkList(disk, 0, 100 * TABLE_SECTORS, 128, expected, 1);
   CHECK_EQUAL(VIX_E_DISK_NEEDSREPAIR, query(disk, 0, 200 * TABLE_SECTORS, 128));
   CHECK_OK(VixDiskLib_Close(disk));
   stopLibrary();
}

/* What a handle writes, it finds: also where it has seen a hole of the file. */
static void whatIsWrittenBetweenQueriesIsFound(void)
{
   static const uint64 nothing[1][2];
   static const uint64 expected[][2] = {{100 * TABLE_SECTORS, 128}, {199 * TABLE_SECTORS, 128}};
   VixDiskLibHandle disk;

   startLibrary();
   createDisk("a.vmdk", VIXDISKLIB_DISK_MONOLITHIC_SPARSE, 200 * TABLE_SECTORS);
   disk = openDisk("a.vmdk", 0);
   checkList(disk, 0, 200 * TABLE_SECTORS, 128, nothing, 0);
   writePiece(disk, 100 * TABLE_SECTORS, 1, 1);
   checkList(disk, 0, 200 * TABLE_SECTORS, 128, expected, 1);
   writePiece(disk, 199 * TABLE_SECTORS, 1, 1);
   checkList(disk, 0, 200 * TABLE_SECTORS, 128, expected, 2);
   checkPiece(disk, 199 * TABLE_SECTORS, 1, 1);
   checkZeros(disk, 50 * TABLE_SECTORS, 3 * TABLE_SECTORS);
   CHECK_OK(VixDiskLib_Close(disk));
   stopLibrary();
}

static void whatIsFarApartInAParentIsFound(void)
{
   static const uint64 expected[][2] = {{128, 128},
                                        {TABLE_SECTORS - 128, 256},
                                        {2 * TABLE_SECTORS - 128, 128},
                                        {3 * TABLE_SECTORS, 128},
                                        {40 * TABLE_SECTORS, 128},
                                        {41 * TABLE_SECTORS + 256, 256},
                                        {150 * TABLE_SECTORS - 128, 256},
                                        {200 * TABLE_SECTORS - 128, 128}};
   VixDiskLibHandle disk;

   startLibrary();
   createDisk("a.vmdk", VIXDISKLIB_DISK_MONOLITHIC_SPARSE, 200 * TABLE_SECTORS);
   fillFar("a.vmdk");
   createChild("a.vmdk", "b.vmdk");
   writeTo("b.vmdk", 2 * TABLE_SECTORS - 1, 1, 1);
   writeTo("b.vmdk", 41 * TABLE_SECTORS + 384, 1, 1);
   writeTo("b.vmdk", 200 * TABLE_SECTORS - 1, 1, 1);
   createChild("b.vmdk", "c.vmdk");
   writeTo("c.vmdk", 3 * TABLE_SECTORS, 1, 1);
   writeTo("c.vmdk", 150 * TABLE_SECTORS, 1, 1);
   disk = openDisk("c.vmdk", VIXDISKLIB_FLAG_OPEN_READ_ONLY);
   checkList(disk, 0, 200 * TABLE_SECTORS, 128, expected, 8);
   CHECK_OK(VixDiskLib_Close(disk));
   stopLibrary();
}

int main(void)
{
   RUN(onlyWholeChunksInsideTheDiskCanBeAskedFor);
   RUN(writtenGrainsAreAllocated);
   RUN(flatDisksTellWhatTheFileSystemKnows);
   RUN(everySecondChunkMakesALongList);
   RUN(tablesInHolesOfTheFileHaveNothing);
   RUN(tablesAreWhereverTheDirectoryHasThem);
   RUN(aBadTableIsFoundAmongThoseInHoles);
   RUN(whatIsWrittenBetweenQueriesIsFound);
   RUN(whatIsFarApartInAParentIsFound);
   return finish();
}
