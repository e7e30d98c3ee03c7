/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Grow: what a disk had stays, and what is new is zeros, whatever was in the files beyond the old end.
 */
#include <sys/stat.h>
#include <unistd.h>

#include "disks.h"
#include "dying.h"

#define READ_ONLY VIXDISKLIB_FLAG_OPEN_READ_ONLY
#define SPARSE VIXDISKLIB_DISK_MONOLITHIC_SPARSE
#define FLAT VIXDISKLIB_DISK_MONOLITHIC_FLAT
#define SPLIT VIXDISKLIB_DISK_SPLIT_SPARSE
#define SPLIT_FLAT VIXDISKLIB_DISK_SPLIT_FLAT

static VixError tryGrow(const char *name, uint64 capacity, bool updateGeometry)
{
   return VixDiskLib_Grow(local, pathOf(name), capacity, updateGeometry, NULL, NULL);
}

/* Grows a disk that has a pattern at its start and its end. */
static void growAndCheck(const char *name, uint64 from, uint64 to)
{
   uint64 some = from < 300 ? from : 300;

   writeTo(name, 0, some, 1);
   writeTo(name, from - some, some, 1);
   CHECK_OK(tryGrow(name, to, true));
   CHECK_EQUAL(to, capacityOf(name));
   checkIn(name, 0, some, 1);
   checkIn(name, from - some, some, 1);
   checkZerosIn(name, from, to - from < 5000 ? to - from : 5000);
   writeTo(name, to - 1, 1, 2);
   checkIn(name, to - 1, 1, 2);
   checkZerosIn(name, from, to - 1 - from < 5000 ? to - 1 - from : 5000);
   CHECK(!hasQemu() || shell("qemu-img info '%s' | grep -q '(%" PRIu64 " bytes)'", name, to * SECTOR));
}

static bool isSparse(VixDiskLibDiskType type)
{
   return type == SPARSE || type == SPLIT;
}

/* Within a grain, to its end, within a table, over one, and over a sector of the directory. */
static void disksOfAllTypesGrowAgainAndAgain(void)
{
   static const uint64 capacities[] = {1, 2, 127, 128, 129, 1000, 65535, 65536, 65537, 200001, 8388608, 8400001};

   startLibrary();
   for (size_t i = 0; i < NUM_TYPES; i++) {
      createDisk("a.vmdk", allTypes[i], capacities[0]);
      for (size_t j = 1; j < sizeof capacities / sizeof capacities[0]; j++) {
         growAndCheck("a.vmdk", capacities[j - 1], capacities[j]);
         CHECK(!hasQemu() || allTypes[i] != SPARSE || shell("qemu-img check a.vmdk"));
      }
      checkIn("a.vmdk", 0, 300, 1);
      if (hasQemu()) {
         CHECK_OK(tryClone("b.vmdk", "a.vmdk", isSparse(allTypes[i]) ? FLAT : SPARSE, false));
         CHECK(shell("qemu-img compare -f vmdk -F vmdk a.vmdk b.vmdk"));
      }
      emptyFolder();
   }
   stopLibrary();
}

static void splitDisksGetMorePieces(void)
{
   static const VixDiskLibDiskType types[] = {SPLIT, SPLIT_FLAT};
   static const uint64 limits[] = {4192256, 4193792};

   startLibrary();
   for (size_t i = 0; i < 2; i++) {
      char letter = "sf"[i];
      char name[32];

      createDisk("a.vmdk", types[i], 1000);
      growAndCheck("a.vmdk", 1000, limits[i]);
      snprintf(name, sizeof name, "a-%c002.vmdk", letter);
      CHECK(!fileExists(name));
      growAndCheck("a.vmdk", limits[i], limits[i] + 1);
      CHECK(fileExists(name));
      growAndCheck("a.vmdk", limits[i] + 1, 4 * limits[i] + 77);
      CHECK_EQUAL(6, countFiles());
      checkIn("a.vmdk", 0, 300, 1);
      checkIn("a.vmdk", limits[i] - 300, 300, 1);
      CHECK_OK(VixDiskLib_Unlink(local, pathOf("a.vmdk")));
      CHECK_EQUAL(0, countFiles());
   }
   stopLibrary();
}

/* A sparse extent of qemu's, with its own sizes. */
static void disksByQemuGrow(void)
{
   static const char *const formats[] = {"monolithicSparse", "monolithicFlat", "twoGbMaxExtentSparse",
                                         "twoGbMaxExtentFlat", "monolithicSparse,zeroed_grain=on"};

   if (!hasQemu()) {
      return;
   }
   startLibrary();
   for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
      CHECK(shell("qemu-img create -q -f vmdk -o subformat=%s a.vmdk 10M", formats[i]));
      growAndCheck("a.vmdk", 20480, 20490);
      growAndCheck("a.vmdk", 20490, 4300000);
      growAndCheck("a.vmdk", 4300000, 9000001);
      CHECK(shell("qemu-io -f vmdk -c 'read 0 100k' a.vmdk"));
      emptyFolder();
   }
   stopLibrary();
}

static void checkGeometry(const char *name, uint32 cylinders)
{
   VixDiskLibHandle disk = openDisk(name, READ_ONLY);
   VixDiskLibInfo *info;

   CHECK_OK(VixDiskLib_GetInfo(disk, &info));
   CHECK_EQUAL(cylinders, info->physGeo.cylinders);
   VixDiskLib_FreeInfo(info);
   CHECK_OK(VixDiskLib_Close(disk));
}

static uint32 cylindersOf(uint64 capacity)
{
   VixDiskLibHandle disk;
   VixDiskLibInfo *info;
   uint32 cylinders;

   createDisk("template.vmdk", SPARSE, capacity);
   disk = openDisk("template.vmdk", READ_ONLY);
   CHECK_OK(VixDiskLib_GetInfo(disk, &info));
   cylinders = info->physGeo.cylinders;
   VixDiskLib_FreeInfo(info);
   CHECK_OK(VixDiskLib_Close(disk));
   CHECK_OK(VixDiskLib_Unlink(local, pathOf("template.vmdk")));
   return cylinders;
}

static void theGeometryFollowsIfItShall(void)
{
   startLibrary();
   for (size_t i = 0; i < NUM_TYPES; i++) {
      createDisk("a.vmdk", allTypes[i], 100000);
      CHECK_OK(tryGrow("a.vmdk", 200000, false));
      checkGeometry("a.vmdk", cylindersOf(100000));
      CHECK_OK(tryGrow("a.vmdk", 300000, true));
      checkGeometry("a.vmdk", cylindersOf(300000));
      CHECK_OK(VixDiskLib_Unlink(local, pathOf("a.vmdk")));
   }
   stopLibrary();
}

static Bool recordProgress(void *data, int percent)
{
   int *last = data;

   CHECK(percent > *last && percent <= 100);
   *last = percent;
   return TRUE;
}

static void progressGoesToAHundred(void)
{
   int last = -1;

   startLibrary();
   createDisk("a.vmdk", SPARSE, 1000);
   CHECK_OK(VixDiskLib_Grow(local, pathOf("a.vmdk"), 2000, FALSE, recordProgress, &last));
   CHECK_EQUAL(100, last);
   stopLibrary();
}

/* --------------------------------------------------------------------------------------- what was beyond the end */

static void whatIsBehindAFlatExtentDoesNotShow(void)
{
   uint8 junk[200 * SECTOR];

   memset(junk, 0xee, sizeof junk);
   startLibrary();
   for (size_t i = 0; i < NUM_TYPES; i++) {
      if (!isSparse(allTypes[i])) {
         createDisk("a.vmdk", allTypes[i], 1000);
         writeTo("a.vmdk", 0, 1000, 1);
         patchFile(allTypes[i] == SPLIT_FLAT ? "a-f001.vmdk" : "a-flat.vmdk", 1000 * SECTOR, junk, sizeof junk);
         CHECK_OK(tryGrow("a.vmdk", 1500, true));
         checkIn("a.vmdk", 0, 1000, 1);
         checkZerosIn("a.vmdk", 1000, 500);
         CHECK_OK(VixDiskLib_Unlink(local, pathOf("a.vmdk")));
      }
   }
   stopLibrary();
}

/* Where in a sparse file something is: the grain of a sector, and the entries of the grains behind. */
static uint64 grainOf(const char *name, uint64 directoryAt, uint64 grain, uint64 *entryAt)
{
   size_t length;
   uint8 *bytes = readFile(name, &length);
   uint64 directory;
   uint32 entry;

   memcpy(&directory, bytes + directoryAt, sizeof directory);
   memcpy(&entry, bytes + directory * SECTOR + grain / 512 * 4, sizeof entry);
   *entryAt = (uint64)entry * SECTOR + grain % 512 * 4;
   memcpy(&entry, bytes + *entryAt, sizeof entry);
   free(bytes);
   return (uint64)entry * SECTOR;
}

static void whatIsInTheLastGrainBeyondADiskDoesNotShow(void)
{
   uint8 junk[28 * SECTOR];
   uint64 entryAt;

   memset(junk, 0xee, sizeof junk);
   startLibrary();
   createDisk("a.vmdk", SPARSE, 100);
   writeTo("a.vmdk", 0, 100, 1);
   patchFile("a.vmdk", grainOf("a.vmdk", 56, 0, &entryAt) + 100 * SECTOR, junk, sizeof junk);
   CHECK_OK(tryGrow("a.vmdk", 110, true));
   CHECK_OK(tryGrow("a.vmdk", 200, true));
   checkIn("a.vmdk", 0, 100, 1);
   checkZerosIn("a.vmdk", 100, 100);
   stopLibrary();
}

static void entriesOfGrainsBeyondADiskDoNotCount(void)
{
   uint32 entry;
   uint64 entryAt;

   startLibrary();
   createDisk("a.vmdk", SPARSE, 1000);
   writeTo("a.vmdk", 0, 1000, 1);
   entry = (uint32)(grainOf("a.vmdk", 56, 0, &entryAt) / SECTOR);
   for (uint64 directoryAt = 48; directoryAt <= 56; directoryAt += 8) {
      (void)grainOf("a.vmdk", directoryAt, 9, &entryAt);
      patchFile("a.vmdk", entryAt, &entry, sizeof entry);
   }
   CHECK_OK(tryGrow("a.vmdk", 3000, true));
   checkIn("a.vmdk", 0, 1000, 1);
   checkZerosIn("a.vmdk", 1000, 2000);
   writeTo("a.vmdk", 1200, 10, 2);
   checkIn("a.vmdk", 0, 1000, 1);
   CHECK(!hasQemu() || shell("qemu-img check a.vmdk"));
   stopLibrary();
}

/* ---------------------------------------------------------------------------------------------- refused cases */

static void whatCannotGrowIsRefused(void)
{
   VixDiskLibConnection readOnly;
   VixDiskLibHandle disk;

   startLibrary();
   createDisk("a.vmdk", SPARSE, 1000);
   copyFile("a.vmdk", "before");
   CHECK_EQUAL(VIX_E_INVALID_ARG, tryGrow("a.vmdk", 999, true));
   CHECK(wasLogged("has 1000 sectors and cannot grow to 999"));
   CHECK_EQUAL(VIX_E_INVALID_ARG, tryGrow("a.vmdk", 1000, true));
   CHECK_EQUAL(VIX_E_INVALID_ARG, tryGrow("a.vmdk", 0, true));
   CHECK_EQUAL(VIX_E_FILE_TOO_BIG, tryGrow("a.vmdk", UINT64_MAX, true));
   CHECK_EQUAL(VIX_E_FILE_TOO_BIG, tryGrow("a.vmdk", UINT64_C(1) << 40, true));
   CHECK_EQUAL(VIX_E_FILE_NOT_FOUND, tryGrow("none.vmdk", 2000, true));
   CHECK_EQUAL(VIX_E_INVALID_ARG, VixDiskLib_Grow(local, NULL, 2000, TRUE, NULL, NULL));
   CHECK_EQUAL(VIX_E_INVALID_ARG, VixDiskLib_Grow(local, "", 2000, TRUE, NULL, NULL));
   CHECK_OK(VixDiskLib_ConnectEx(NULL, TRUE, NULL, NULL, &readOnly));
   CHECK_EQUAL(VIX_E_FILE_READ_ONLY, VixDiskLib_Grow(readOnly, pathOf("a.vmdk"), 2000, TRUE, NULL, NULL));
   CHECK_OK(VixDiskLib_Disconnect(readOnly));
   CHECK_EQUAL(VIX_E_DISK_INVALID_CONNECTION, VixDiskLib_Grow(readOnly, pathOf("a.vmdk"), 2000, TRUE, NULL, NULL));
   disk = openDisk("a.vmdk", READ_ONLY);
   CHECK_EQUAL(VIX_E_FILE_ALREADY_LOCKED, tryGrow("a.vmdk", 2000, true));
   CHECK_OK(VixDiskLib_Close(disk));
   disk = openDisk("a.vmdk", 0);
   CHECK_EQUAL(VIX_E_FILE_ALREADY_LOCKED, tryGrow("a.vmdk", 2000, true));
   CHECK_OK(VixDiskLib_Close(disk));
   CHECK(sameFiles("a.vmdk", "before"));
   writeText("text", "no disk");
   CHECK_EQUAL(VIX_E_DISK_INVALIDDISK, tryGrow("text", 2000, true));
   stopLibrary();
}

static void childrenDoNotGrowAndParentsLoseThem(void)
{
   VixDiskLibHandle disk;

   startLibrary();
   createDisk("base.vmdk", FLAT, 1000);
   createChild("base.vmdk", "child.vmdk");
   CHECK_EQUAL(VIX_E_NOT_SUPPORTED, tryGrow("child.vmdk", 2000, true));
   CHECK(wasLogged("is a child, and has the capacity of its parent"));
   disk = openDisk("child.vmdk", READ_ONLY);
   CHECK_EQUAL(VIX_E_FILE_ALREADY_LOCKED, tryGrow("base.vmdk", 2000, true));
   CHECK_OK(VixDiskLib_Close(disk));
   CHECK_OK(tryOpen("child.vmdk", 0));
   CHECK_OK(tryGrow("base.vmdk", 2000, true));
   CHECK_EQUAL(VIX_E_DISK_CAPACITY_MISMATCH, tryOpen("child.vmdk", 0));
   stopLibrary();
}

static void extentsThatShareAFileDoNotGrow(void)
{
   size_t length;
   uint8 *bytes;

   startLibrary();
   createDisk("a.vmdk", FLAT, 200);
   writeTo("a.vmdk", 0, 200, 1);
   writeText("b.vmdk", "# Disk DescriptorFile\nversion=1\nCID=1\nparentCID=ffffffff\ncreateType=\"custom\"\n"
                       "RW 100 FLAT \"a-flat.vmdk\" 100\nRW 100 FLAT \"a-flat.vmdk\" 0\n");
   CHECK_EQUAL(VIX_E_NOT_SUPPORTED, tryGrow("b.vmdk", 300, true));
   CHECK(wasLogged("in one file with another one"));
   checkIn("a.vmdk", 0, 200, 1);
   writeText("b.vmdk", "# Disk DescriptorFile\nversion=1\nCID=1\nparentCID=ffffffff\ncreateType=\"custom\"\n"
                       "RW 50 FLAT \"a-flat.vmdk\" 100\n");
   CHECK_EQUAL(VIX_E_NOT_SUPPORTED, tryGrow("b.vmdk", 60, true));
   CHECK(wasLogged("has something behind it"));
   writeText("b.vmdk", "# Disk DescriptorFile\nversion=1\nCID=1\nparentCID=ffffffff\ncreateType=\"custom\"\n"
                       "RW 50 ZERO\n");
   CHECK_EQUAL(VIX_E_NOT_SUPPORTED, tryGrow("b.vmdk", 60, true));
   checkIn("a.vmdk", 0, 200, 1);
   bytes = readFile("a-flat.vmdk", &length);
   CHECK_EQUAL(200 * SECTOR, length);
   free(bytes);
   stopLibrary();
}

/* Files that are in the way of more pieces stay, and the disk keeps its size. */
static void filesInTheWayAreNotTouched(void)
{
   startLibrary();
   createDisk("a.vmdk", SPLIT, 1000);
   writeTo("a.vmdk", 0, 1000, 1);
   writeText("a-s003.vmdk", "precious");
   CHECK_EQUAL(VIX_E_FILE_ALREADY_EXISTS, tryGrow("a.vmdk", 10000000, true));
   CHECK_EQUAL(1000, capacityOf("a.vmdk"));
   checkIn("a.vmdk", 0, 1000, 1);
   CHECK_EQUAL(3, countFiles());
   CHECK_OK(tryGrow("a.vmdk", 8000000, true));
   CHECK_EQUAL(4, countFiles());
   stopLibrary();
}

/* ------------------------------------------------------------------------------------------- dying processes */

static VixDiskLibDiskType diskType;
static uint64 oldCapacity;
static uint64 newCapacity;

static void prepareDisk(void)
{
   createDisk("a.vmdk", diskType, oldCapacity);
   writeTo("a.vmdk", 0, 300, 1);
   writeTo("a.vmdk", oldCapacity - 1, 1, 1);
}

static void growOnce(void)
{
   CHECK_OK(tryGrow("a.vmdk", newCapacity, true));
}

static void checkGrown(bool finished)
{
   uint64 capacity = capacityOf("a.vmdk");

   CHECK(capacity == newCapacity || (!finished && capacity == oldCapacity));
   for (int again = 0; again < 2; again++) {
      checkIn("a.vmdk", 0, 300, 1);
      checkZerosIn("a.vmdk", 300, 300);
      checkIn("a.vmdk", oldCapacity - 1, 1, 1);
      if (capacity == oldCapacity) {
         writeTo("a.vmdk", oldCapacity - 1, 1, 1);
         growOnce();
      }
      capacity = capacityOf("a.vmdk");
      checkZerosIn("a.vmdk", oldCapacity, 1000);
      checkZerosIn("a.vmdk", capacity - 1000, 1000);
   }
   CHECK_EQUAL(newCapacity, capacity);
   CHECK(!hasQemu() || finished || diskType != SPARSE || shell("qemu-img check a.vmdk"));
   CHECK_OK(VixDiskLib_Unlink(local, pathOf("a.vmdk")));
   CHECK_EQUAL(0, countFiles());
}

static void aProcessThatDiesHasGrownADiskOrHasNot(void)
{
   oldCapacity = 1001;
   for (size_t i = 0; i < NUM_TYPES; i++) {
      diskType = allTypes[i];
      newCapacity = 300000;
      CHECK(dieAtEachCall(prepareDisk, growOnce, checkGrown) >= 4);
      newCapacity = 10000001;
      CHECK(dieAtEachCall(prepareDisk, growOnce, checkGrown) >= 4);
   }
}

int main(void)
{
   RUN(disksOfAllTypesGrowAgainAndAgain);
   RUN(splitDisksGetMorePieces);
   RUN(disksByQemuGrow);
   RUN(theGeometryFollowsIfItShall);
   RUN(progressGoesToAHundred);
   RUN(whatIsBehindAFlatExtentDoesNotShow);
   RUN(whatIsInTheLastGrainBeyondADiskDoesNotShow);
   RUN(entriesOfGrainsBeyondADiskDoNotCount);
   RUN(whatCannotGrowIsRefused);
   RUN(childrenDoNotGrowAndParentsLoseThem);
   RUN(extentsThatShareAFileDoNotGrow);
   RUN(filesInTheWayAreNotTouched);
   RUN(aProcessThatDiesHasGrownADiskOrHasNot);
   return finish();
}
