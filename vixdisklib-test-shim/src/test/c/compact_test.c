/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Shrink and Defragment.
 */
#include "image.h"

#include <unistd.h>

#define ALL_BYTES ((size_t)IMAGE_CAPACITY * SECTOR)

static uint8 good[ALL_BYTES];
static uint8 now[ALL_BYTES];
static const uint8 zeros[4096 * SECTOR];

typedef VixError Compact(VixDiskLibHandle disk, VixDiskLibProgressFunc progress, void *data);

static uint64 countGrains(const char *name)
{
   uint64 count = 0;

   for (uint64 grain = 0; grain < IMAGE_GRAINS; grain++) {
      count += entryOf(name, MAIN, grain) != 0;
   }
   return count;
}

/* Where grains begin. */
static uint64 firstGrain(const char *name)
{
   return getField(name, 64, 8);
}

/* The image is in order, has its contents, and nothing in it is without use. */
static void checkCompact(const char *name)
{
   CHECK_OK(VixDiskLib_CheckRepair(local, pathOf(name), FALSE));
   CHECK_EQUAL((firstGrain(name) + countGrains(name) * GRAIN) * SECTOR, fileSize(name));
   readAll(name, now);
   CHECK_EQUAL(IMAGE_CAPACITY, firstDifference(good, now));
}

/* Grains are in the file in the order of the disk. */
static void checkSorted(const char *name)
{
   uint64 expected = firstGrain(name);

   for (uint64 grain = 0; grain < IMAGE_GRAINS; grain++) {
      uint32 entry = entryOf(name, MAIN, grain);

      if (entry != 0) {
         CHECK_EQUAL(expected, entry);
         expected += GRAIN;
      }
   }
}

static void writeTo(const char *name, uint64 sector, uint64 count, const uint8 *bytes)
{
   VixDiskLibHandle disk = openDisk(name, 0);

   CHECK_OK(VixDiskLib_Write(disk, sector, count, bytes));
   CHECK_OK(VixDiskLib_Close(disk));
   memcpy(good + sector * SECTOR, bytes, (size_t)count * SECTOR);
}

static void run(const char *name, Compact *compact)
{
   VixDiskLibHandle disk = openDisk(name, 0);

   CHECK_OK(compact(disk, NULL, NULL));
   CHECK_OK(VixDiskLib_Read(disk, 0, IMAGE_CAPACITY, now)); /* the handle is still good */
   CHECK_EQUAL(IMAGE_CAPACITY, firstDifference(good, now));
   CHECK_OK(VixDiskLib_Close(disk));
}

/* ------------------------------------------------------------------------------------------------- shrinking */

static void grainsOfZerosBecomeHoles(void)
{
   uint64 before;
   uint64 grains;

   startLibrary();
   makeImage("a.vmdk", good);
   before = fileSize("a.vmdk");
   grains = countGrains("a.vmdk");
   run("a.vmdk", VixDiskLib_Shrink);
   CHECK_EQUAL(before, fileSize("a.vmdk"));
   checkCompact("a.vmdk");
   writeTo("a.vmdk", 64000, 1280, zeros);             /* ten grains in the middle of the file */
   writeTo("a.vmdk", IMAGE_CAPACITY - 65, 65, zeros); /* the last grain, which is not whole and the third in the file */
   writeTo("a.vmdk", 256, 1, zeros);                  /* not a whole grain */
   CHECK_EQUAL(grains, countGrains("a.vmdk"));
   run("a.vmdk", VixDiskLib_Shrink);
   CHECK_EQUAL(grains - 11, countGrains("a.vmdk"));
   CHECK_EQUAL(before - 11 * GRAIN * SECTOR, fileSize("a.vmdk"));
   checkCompact("a.vmdk");
   stopLibrary();
}

static void aDiskOfZerosShrinksToNothing(void)
{
   VixDiskLibHandle disk;

   startLibrary();
   createDisk("a.vmdk", VIXDISKLIB_DISK_MONOLITHIC_SPARSE, IMAGE_CAPACITY);
   memset(good, 0, sizeof good);
   disk = openDisk("a.vmdk", 0);
   for (uint64 sector = 0; sector < IMAGE_CAPACITY; sector += 4096) {
      CHECK_OK(VixDiskLib_Write(disk, sector, IMAGE_CAPACITY - sector < 4096 ? IMAGE_CAPACITY - sector : 4096, zeros));
   }
   CHECK_OK(VixDiskLib_Close(disk));
   CHECK_EQUAL(IMAGE_GRAINS, countGrains("a.vmdk"));
   run("a.vmdk", VixDiskLib_Shrink);
   CHECK_EQUAL(0, countGrains("a.vmdk"));
   checkCompact("a.vmdk");
   fillPattern(now, 70000, 300, 4);
   writeTo("a.vmdk", 70000, 300, now);
   checkCompact("a.vmdk");
   stopLibrary();
}

static void whatNothingPointsAtIsGivenBack(void)
{
   static Compact *const compacts[] = {VixDiskLib_Shrink, VixDiskLib_Defragment};

   startLibrary();
   for (size_t i = 0; i < 2; i++) {
      makeImage("a.vmdk", good);
      setBothEntries("a.vmdk", 505, 0); /* in the middle */
      memset(good + 505 * GRAIN * SECTOR, 0, GRAIN * SECTOR);
      CHECK(truncate(pathOf("a.vmdk"), (off_t)(fileSize("a.vmdk") + 5 * GRAIN * SECTOR + 100)) == 0);
      run("a.vmdk", compacts[i]);
      checkCompact("a.vmdk");
   }
   stopLibrary();
}

static uint64 allocatedBlocks(VixDiskLibHandle disk)
{
   VixDiskLibBlockList *list;
   uint64 sectors = 0;

   CHECK_OK(VixDiskLib_QueryAllocatedBlocks(disk, 0, IMAGE_CAPACITY / GRAIN * GRAIN, GRAIN, &list));
   for (uint32 i = 0; i < list->numBlocks; i++) {
      sectors +=
         ((const VixDiskLibBlock *)(const void *)((const char *)list + offsetof(VixDiskLibBlockList, blocks)))[i]
            .length;
   }
   CHECK_OK(VixDiskLib_FreeBlockList(list));
   return sectors;
}

static void theHandleKnowsWhatHasChanged(void)
{
   VixDiskLibHandle disk;
   VixDiskLibInfo *info;
   uint64 sectors;

   startLibrary();
   makeImage("a.vmdk", good);
   writeTo("a.vmdk", 64000, 1280, zeros);
   disk = openDisk("a.vmdk", 0);
   sectors = allocatedBlocks(disk);
   CHECK_OK(VixDiskLib_Shrink(disk, NULL, NULL));
   CHECK_EQUAL(sectors - 1280, allocatedBlocks(disk));
   CHECK_OK(VixDiskLib_GetInfo(disk, &info));
   CHECK_EQUAL(IMAGE_CAPACITY, info->capacity);
   VixDiskLib_FreeInfo(info);
   fillPattern(good + 64000 * SECTOR, 64000, 700, 6);
   CHECK_OK(VixDiskLib_Write(disk, 64000, 700, good + 64000 * SECTOR));
   CHECK_OK(VixDiskLib_Defragment(disk, NULL, NULL));
   CHECK_OK(VixDiskLib_Read(disk, 0, IMAGE_CAPACITY, now));
   CHECK_EQUAL(IMAGE_CAPACITY, firstDifference(good, now));
   CHECK_OK(VixDiskLib_Close(disk));
   checkSorted("a.vmdk");
   checkCompact("a.vmdk");
   CHECK_EQUAL(0, getField("a.vmdk", 72, 1));
   stopLibrary();
}

/* ----------------------------------------------------------------------------------------------- defragmenting */

static void grainsAreSorted(void)
{
   uint64 size;

   startLibrary();
   makeImage("a.vmdk", good);
   size = fileSize("a.vmdk");
   CHECK(entryOf("a.vmdk", MAIN, 1560) < entryOf("a.vmdk", MAIN, 0));
   run("a.vmdk", VixDiskLib_Defragment);
   CHECK_EQUAL(size, fileSize("a.vmdk"));
   checkSorted("a.vmdk");
   checkCompact("a.vmdk");
   stopLibrary();
}

/* More grains than go into a batch, in the opposite order and in a random one. */
static void manyGrainsAreSorted(void)
{
   Random random = {chooseSeed()};

   startLibrary();
   for (int turn = 0; turn < 2; turn++) {
      VixDiskLibHandle disk;

      (void)unlink(pathOf("a.vmdk"));
      createDisk("a.vmdk", VIXDISKLIB_DISK_MONOLITHIC_SPARSE, IMAGE_CAPACITY);
      memset(good, 0, sizeof good);
      disk = openDisk("a.vmdk", 0);
      for (uint64 i = 0; i < 700; i++) {
         uint64 sector = (turn == 0 ? 1400 - 2 * i : nextRandom(&random, IMAGE_GRAINS)) * GRAIN + i % 64;

         fillPattern(good + sector * SECTOR, sector, 1, 8);
         CHECK_OK(VixDiskLib_Write(disk, sector, 1, good + sector * SECTOR));
      }
      CHECK_OK(VixDiskLib_Close(disk));
      run("a.vmdk", VixDiskLib_Defragment);
      checkSorted("a.vmdk");
      checkCompact("a.vmdk");
   }
   stopLibrary();
}

static void grainsThatAreOddAreAligned(void)
{
   uint64 size;
   uint32 sector;

   startLibrary();
   makeImage("a.vmdk", good);
   size = fileSize("a.vmdk");
   fillPattern(good + 700 * GRAIN * SECTOR, 0, GRAIN, 5);
   patchFile("a.vmdk", size + 17 * SECTOR, good + 700 * GRAIN * SECTOR, GRAIN * SECTOR);
   setBothEntries("a.vmdk", 700, (uint32)(size / SECTOR) + 17);
   run("a.vmdk", VixDiskLib_Defragment);
   checkSorted("a.vmdk");
   checkCompact("a.vmdk");
   /* In the slot where it belongs, almost. */
   sector = entryOf("a.vmdk", MAIN, 1560);
   for (uint64 grain = 1560; grain < IMAGE_GRAINS; grain++) {
      setBothEntries("a.vmdk", grain, 0);
   }
   memset(good + 1560 * GRAIN * SECTOR, 0, ALL_BYTES - 1560 * GRAIN * SECTOR);
   memcpy(good + 1400 * GRAIN * SECTOR, good + 700 * GRAIN * SECTOR, GRAIN * SECTOR);
   patchFile("a.vmdk", (sector + 17) * SECTOR, good + 1400 * GRAIN * SECTOR, GRAIN * SECTOR);
   setBothEntries("a.vmdk", 1400, sector + 17);
   run("a.vmdk", VixDiskLib_Defragment);
   checkSorted("a.vmdk");
   checkCompact("a.vmdk");
   stopLibrary();
}

/* Tables that were added later are among the grains, and stay where they are. */
static void tablesStayWhereTheyAre(void)
{
   static Compact *const compacts[] = {VixDiskLib_Shrink, VixDiskLib_Defragment};
   uint8 bytes[8 * SECTOR] = {0};

   startLibrary();
   for (size_t i = 0; i < 2; i++) {
      VixDiskLibHandle disk;
      uint32 table;

      createDisk("b.vmdk", VIXDISKLIB_DISK_MONOLITHIC_SPARSE, IMAGE_CAPACITY);
      disk = openDisk("b.vmdk", 0);
      CHECK_OK(VixDiskLib_Close(disk));
      setField("b.vmdk", 28, 0, 8); /* no descriptor in it, and no tables */
      setField("b.vmdk", 36, 0, 8);
      setField("b.vmdk", REDUNDANT, 1, 8);
      setField("b.vmdk", MAIN, 2, 8);
      setField("b.vmdk", 64, 3, 8);
      CHECK(truncate(pathOf("b.vmdk"), SECTOR) == 0);
      patchFile("b.vmdk", SECTOR, bytes, sizeof bytes);
      writeText("x.vmdk", "# Disk DescriptorFile\nversion=1\nCID=12345678\nparentCID=ffffffff\ncreateType=\"custom\"\n"
                          "RW 200001 SPARSE \"b.vmdk\"\n");
      memset(good, 0, sizeof good);
      for (uint64 sector = 0; sector < IMAGE_CAPACITY; sector += 20011) {
         fillPattern(now, sector, 300, 1);
         writeTo("x.vmdk", IMAGE_CAPACITY - 1 - sector > 300 ? IMAGE_CAPACITY - 301 - sector : 0, 300, now);
      }
      writeTo("x.vmdk", IMAGE_CAPACITY - 301, 300, zeros);
      table = tableOf("b.vmdk", MAIN, 3);
      run("x.vmdk", compacts[i]);
      CHECK_EQUAL(table, tableOf("b.vmdk", MAIN, 3));
      CHECK_OK(VixDiskLib_CheckRepair(local, pathOf("x.vmdk"), FALSE));
      CHECK(unlink(pathOf("b.vmdk")) == 0);
   }
   stopLibrary();
}

/* What zeros in a child hide in its parent stays hidden. */
static void zerosOfAChildHideItsParent(void)
{
   VixDiskLibHandle parent;
   VixDiskLibHandle child;
   uint64 sectors;

   startLibrary();
   makeImage("a.vmdk", good);
   parent = openDisk("a.vmdk", VIXDISKLIB_FLAG_OPEN_READ_ONLY);
   CHECK_OK(VixDiskLib_CreateChild(parent, pathOf("b.vmdk"), VIXDISKLIB_DISK_MONOLITHIC_SPARSE, NULL, NULL));
   CHECK_OK(VixDiskLib_Close(parent));
   writeTo("b.vmdk", 64000, 1280, zeros); /* where the parent has data */
   writeTo("b.vmdk", 30080, 1280, zeros); /* where it has none */
   CHECK_EQUAL(20, countGrains("b.vmdk"));
   child = openDisk("b.vmdk", VIXDISKLIB_FLAG_OPEN_SINGLE_LINK);
   sectors = fileSize("b.vmdk");
   CHECK_OK(VixDiskLib_Shrink(child, NULL, NULL)); /* what the parent has is not known */
   CHECK_EQUAL(sectors, fileSize("b.vmdk"));
   CHECK_OK(VixDiskLib_Close(child));
   run("b.vmdk", VixDiskLib_Shrink);
   CHECK_EQUAL(10, countGrains("b.vmdk"));
   run("b.vmdk", VixDiskLib_Defragment);
   checkSorted("b.vmdk");
   checkCompact("b.vmdk");
   child = openDisk("b.vmdk", VIXDISKLIB_FLAG_OPEN_READ_ONLY);
   CHECK_EQUAL(VIX_E_FILE_ALREADY_LOCKED, VixDiskLib_CheckRepair(local, pathOf("a.vmdk"), TRUE));
   parent = openDisk("a.vmdk", 0);
   CHECK_EQUAL(VIX_E_FILE_ALREADY_LOCKED, VixDiskLib_Shrink(parent, NULL, NULL));
   CHECK_OK(VixDiskLib_Close(child));
   CHECK_OK(VixDiskLib_Shrink(parent, NULL, NULL));
   CHECK_OK(VixDiskLib_Close(parent));
   stopLibrary();
}

/* ---------------------------------------------------------------------------------------------------- calls */

typedef struct Reports {
   int count;
   int last;
   bool ordered;
} Reports;

static Bool report(void *data, int percent)
{
   Reports *reports = data;

   reports->ordered = reports->ordered && percent > reports->last && percent <= 100;
   reports->ordered = reports->ordered && (reports->count > 0 || percent == 0);
   reports->last = percent;
   reports->count++;
   return FALSE; /* which stops nothing */
}

static void progressGoesFromNoneToAll(void)
{
   static Compact *const compacts[] = {VixDiskLib_Shrink, VixDiskLib_Defragment};

   startLibrary();
   for (size_t i = 0; i < 2; i++) {
      Reports reports = {0, -1, true};
      VixDiskLibHandle disk;

      makeImage("a.vmdk", good);
      disk = openDisk("a.vmdk", 0);
      CHECK_OK(compacts[i](disk, report, &reports));
      CHECK(reports.ordered && reports.count >= 2);
      CHECK_EQUAL(100, reports.last);
      CHECK_OK(VixDiskLib_Close(disk));
      checkCompact("a.vmdk");
   }
   stopLibrary();
}

static void onlyASparseDiskShrinks(void)
{
   VixDiskLibHandle disk;
   Reports reports = {0, -1, true};

   startLibrary();
   createDisk("flat.vmdk", VIXDISKLIB_DISK_MONOLITHIC_FLAT, 1000);
   disk = openDisk("flat.vmdk", 0);
   CHECK_EQUAL(VIX_E_DISK_CANTSHRINK, VixDiskLib_Shrink(disk, report, &reports));
   CHECK_EQUAL(0, reports.count);
   CHECK_OK(VixDiskLib_Defragment(disk, report, &reports));
   CHECK(reports.ordered && reports.last == 100);
   CHECK_OK(VixDiskLib_Close(disk));
   stopLibrary();
}

/* Nor is it cut off: others refuse a file that is shorter than its header says. */
static void aDiskThatWasNeverWrittenStaysAsItIs(void)
{
   uint64 size;
   VixDiskLibHandle disk;

   startLibrary();
   createDisk("a.vmdk", VIXDISKLIB_DISK_MONOLITHIC_SPARSE, IMAGE_CAPACITY);
   memset(good, 0, sizeof good);
   size = fileSize("a.vmdk");
   disk = openDisk("a.vmdk", 0);
   CHECK_OK(VixDiskLib_Shrink(disk, NULL, NULL));
   CHECK_OK(VixDiskLib_Defragment(disk, NULL, NULL));
   CHECK_OK(VixDiskLib_Close(disk));
   CHECK_EQUAL(size, fileSize("a.vmdk"));
   checkCompact("a.vmdk");
   stopLibrary();
}

static void aDiskInUseElsewhereIsNotMovedAbout(void)
{
   VixDiskLibHandle disk;
   VixDiskLibHandle reader;

   startLibrary();
   makeImage("a.vmdk", good);
   disk = openDisk("a.vmdk", 0);
   reader = openDisk("a.vmdk", VIXDISKLIB_FLAG_OPEN_READ_ONLY);
   CHECK_EQUAL(VIX_E_FILE_READ_ONLY, VixDiskLib_Shrink(reader, NULL, NULL));
   CHECK_EQUAL(VIX_E_FILE_READ_ONLY, VixDiskLib_Defragment(reader, NULL, NULL));
   CHECK_EQUAL(VIX_E_FILE_ALREADY_LOCKED, VixDiskLib_Shrink(disk, NULL, NULL));
   CHECK_EQUAL(VIX_E_FILE_ALREADY_LOCKED, VixDiskLib_Defragment(disk, NULL, NULL));
   CHECK_OK(VixDiskLib_Close(reader));
   CHECK_OK(VixDiskLib_Defragment(disk, NULL, NULL));
   CHECK_OK(VixDiskLib_Close(disk));
   CHECK_EQUAL(VIX_E_INVALID_ARG, VixDiskLib_Shrink(NULL, NULL, NULL));
   CHECK_EQUAL(VIX_E_DISK_INVAL, VixDiskLib_Shrink(disk, NULL, NULL));
   CHECK_EQUAL(VIX_E_DISK_INVAL, VixDiskLib_Defragment(disk, NULL, NULL));
   stopLibrary();
}

static void aDamagedDiskIsNotMovedAbout(void)
{
   size_t length;
   size_t lengthAfter;
   uint8 *bytes;
   uint8 *after;
   VixDiskLibHandle disk;

   startLibrary();
   makeImage("a.vmdk", good);
   setBothEntries("a.vmdk", 600, entryOf("a.vmdk", MAIN, 501));
   bytes = readFile("a.vmdk", &length);
   disk = openDisk("a.vmdk", 0);
   CHECK_EQUAL(VIX_E_DISK_NEEDSREPAIR, VixDiskLib_Shrink(disk, NULL, NULL));
   CHECK_EQUAL(VIX_E_DISK_NEEDSREPAIR, VixDiskLib_Defragment(disk, NULL, NULL));
   CHECK_OK(VixDiskLib_Close(disk));
   after = readFile("a.vmdk", &lengthAfter);
   CHECK(length == lengthAfter && memcmp(bytes, after, length) == 0);
   free(bytes);
   free(after);
   stopLibrary();
}

int main(void)
{
   RUN(grainsOfZerosBecomeHoles);
   RUN(aDiskOfZerosShrinksToNothing);
   RUN(whatNothingPointsAtIsGivenBack);
   RUN(theHandleKnowsWhatHasChanged);
   RUN(grainsAreSorted);
   RUN(manyGrainsAreSorted);
   RUN(grainsThatAreOddAreAligned);
   RUN(tablesStayWhereTheyAre);
   RUN(zerosOfAChildHideItsParent);
   RUN(progressGoesFromNoneToAll);
   RUN(onlyASparseDiskShrinks);
   RUN(aDiskThatWasNeverWrittenStaysAsItIs);
   RUN(aDiskInUseElsewhereIsNotMovedAbout);
   RUN(aDamagedDiskIsNotMovedAbout);
   return finish();
}
