/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * CheckRepair: images that are damaged on purpose.
 */
#include "image.h"

#include <unistd.h>

#define ALL_BYTES ((size_t)IMAGE_CAPACITY * SECTOR)

static uint8 good[ALL_BYTES];
static uint8 now[ALL_BYTES];
static uint8 before[ALL_BYTES];

static VixError check(const char *name, Bool repair)
{
   return VixDiskLib_CheckRepair(local, pathOf(name), repair);
}

/* The damage is found, is found once more, can be mended, and is gone. */
static void checkMended(const char *name)
{
   CHECK_EQUAL(VIX_E_DISK_NEEDSREPAIR, check(name, FALSE));
   CHECK_EQUAL(VIX_E_DISK_NEEDSREPAIR, check(name, FALSE));
   CHECK_OK(check(name, TRUE));
   CHECK_OK(check(name, FALSE));
   CHECK_EQUAL(0, getField(name, 72, 1));
}

static void checkContents(const char *name)
{
   readAll(name, now);
   CHECK_EQUAL(IMAGE_CAPACITY, firstDifference(good, now));
}

static void forget(uint64 firstSector, uint64 count)
{
   memset(good + firstSector * SECTOR, 0, (size_t)count * SECTOR);
}

/* Both copies of the tables are the same, and can still be written. */
static void checkUsable(const char *name)
{
   VixDiskLibHandle disk;

   for (uint64 grain = 0; grain < IMAGE_GRAINS; grain++) {
      CHECK_EQUAL(entryOf(name, MAIN, grain), entryOf(name, REDUNDANT, grain));
   }
   disk = openDisk(name, 0);
   for (uint64 sector = 0; sector < IMAGE_CAPACITY; sector += 15013) {
      fillPattern(good + sector * SECTOR, sector, 1, 3);
      CHECK_OK(VixDiskLib_Write(disk, sector, 1, good + sector * SECTOR));
   }
   CHECK_OK(VixDiskLib_Close(disk));
   CHECK_OK(check(name, FALSE));
   checkContents(name);
}

/* Runs with a fresh image each. */
static void withImage(void (*test)(void))
{
   startLibrary();
   makeImage("a.vmdk", good);
   test();
   stopLibrary();
}

static void mendsWithoutLoss(void)
{
   checkMended("a.vmdk");
   checkUsable("a.vmdk");
}

/* ------------------------------------------------------------------------------------------------ no damage */

static void checkGoodImage(void)
{
   size_t length;
   size_t lengthAfter;
   uint8 *bytes = readFile("a.vmdk", &length);
   uint8 *after;

   CHECK_OK(check("a.vmdk", FALSE));
   CHECK_OK(check("a.vmdk", TRUE));
   CHECK(!wasLogged("damage") && !wasLogged("nothing points at"));
   after = readFile("a.vmdk", &lengthAfter);
   CHECK(length == lengthAfter && memcmp(bytes, after, length) == 0);
   free(bytes);
   free(after);
}

static void aGoodImageIsLeftAlone(void)
{
   withImage(checkGoodImage);
}

static void checkWarnings(void)
{
   uint64 size = fileSize("a.vmdk");

   CHECK(truncate(pathOf("a.vmdk"), (off_t)(size + 3 * GRAIN * SECTOR)) == 0);
   patchFile("a.vmdk", 72, "\1", 1);
   CHECK_OK(check("a.vmdk", FALSE));
   CHECK(wasLogged("nothing points at 3 grains") && wasLogged("did not close it"));
   CHECK_EQUAL(1, getField("a.vmdk", 72, 1));
   CHECK_OK(check("a.vmdk", TRUE));
   CHECK_EQUAL(0, getField("a.vmdk", 72, 1));
   CHECK_EQUAL(size + 3 * GRAIN * SECTOR, fileSize("a.vmdk")); /* it may be all that is left of something */
   CHECK(!wasLogged("damage"));
   checkContents("a.vmdk");
}

static void lostSpaceAndAnUncleanMarkAreNoDamage(void)
{
   withImage(checkWarnings);
}

/* --------------------------------------------------------------------------------------------------- tables */

static void fillTable(Copy copy, uint64 table, int byte)
{
   uint8 bytes[2048];

   memset(bytes, byte, sizeof bytes);
   patchFile("a.vmdk", (uint64)tableOf("a.vmdk", copy, table) * SECTOR, bytes, sizeof bytes);
}

static void spoilTables(void)
{
   static const int fillings[] = {0, 0xff, 0x01, ' '};

   for (size_t i = 0; i < sizeof fillings / sizeof fillings[0]; i++) {
      makeImage("a.vmdk", good);
      fillTable(REDUNDANT, 0, fillings[i]);
      fillTable(REDUNDANT, 1, fillings[i]);
      mendsWithoutLoss();
      makeImage("a.vmdk", good);
      fillTable(MAIN, 0, fillings[i]);
      fillTable(MAIN, 3, fillings[i]);
      mendsWithoutLoss();
      makeImage("a.vmdk", good);
      fillTable(MAIN, 0, fillings[i]);
      fillTable(REDUNDANT, 1, fillings[i]);
      mendsWithoutLoss();
   }
}

static void eachCopyOfATableIsRebuiltFromTheOther(void)
{
   withImage(spoilTables);
}

static void spoilDirectory(Copy copy, uint32 value, uint64 table)
{
   makeImage("a.vmdk", good);
   if (value != tableOf("a.vmdk", copy, table)) {
      setTable("a.vmdk", copy, table, value);
      mendsWithoutLoss();
   }
}

static void spoilDirectories(void)
{
   uint32 end = (uint32)(fileSize("a.vmdk") / SECTOR);
   uint32 grain = entryOf("a.vmdk", MAIN, 2);
   uint32 values[] = {0,
                      1,
                      0xffffffff,
                      end,
                      end - 3,
                      grain,
                      grain + 5,
                      (uint32)directoryOf("a.vmdk", MAIN),
                      tableOf("a.vmdk", MAIN, 2),
                      tableOf("a.vmdk", REDUNDANT, 2),
                      tableOf("a.vmdk", MAIN, 2) + 1};

   for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
      for (uint64 table = 0; table < 2; table++) {
         spoilDirectory(MAIN, values[i], table);
         spoilDirectory(REDUNDANT, values[i], table);
      }
   }
}

static void positionsOfTablesAreMended(void)
{
   withImage(spoilDirectories);
}

static void swapTables(void)
{
   static const Copy copies[] = {MAIN, REDUNDANT};

   for (size_t i = 0; i < 2; i++) {
      makeImage("a.vmdk", good);
      for (uint64 table = 0; table < 4; table++) {
         setTable("a.vmdk", copies[i], table, 0);
      }
      mendsWithoutLoss();
      makeImage("a.vmdk", good);
      for (uint64 table = 0; table < 4; table++) {
         setTable("a.vmdk", copies[i], table, 0x40404040);
      }
      mendsWithoutLoss();
   }
   makeImage("a.vmdk", good);
   setTable("a.vmdk", REDUNDANT, 0, tableOf("a.vmdk", MAIN, 0));
   mendsWithoutLoss();
}

static void wholeDirectoriesAreRebuilt(void)
{
   withImage(swapTables);
}

static void exchangeRedundantTables(void)
{
   uint32 first = tableOf("a.vmdk", REDUNDANT, 0);

   setTable("a.vmdk", REDUNDANT, 0, tableOf("a.vmdk", REDUNDANT, 1));
   setTable("a.vmdk", REDUNDANT, 1, first);
   mendsWithoutLoss();
}

static void theMainCopyCountsIfBothMakeSense(void)
{
   withImage(exchangeRedundantTables);
}

static void loseTable(void)
{
   setTable("a.vmdk", MAIN, 1, 0xfffffff0);
   setTable("a.vmdk", REDUNDANT, 1, 3);
   forget(65536, 65536);
   mendsWithoutLoss();
   CHECK(wasLogged("65536 sectors of the extent from 65536 on are lost"));
}

static void aTableThatIsNowhereIsGivenUp(void)
{
   withImage(loseTable);
}

/* Without redundant tables, what is shared is copied: each of the two reads as before. */
static void shareTableOfOneCopy(void)
{
   setField("a.vmdk", 8, 1, 4);
   setTable("a.vmdk", MAIN, 2, tableOf("a.vmdk", MAIN, 0));
   forget(131072, 65536);
   memcpy(good + 131072 * SECTOR, good, (size_t)65536 * SECTOR);
   readAll("a.vmdk", now);
   CHECK_EQUAL(IMAGE_CAPACITY, firstDifference(good, now));
   checkMended("a.vmdk");
   checkContents("a.vmdk");
   CHECK(tableOf("a.vmdk", MAIN, 2) != tableOf("a.vmdk", MAIN, 0));
   CHECK(entryOf("a.vmdk", MAIN, 1024) != entryOf("a.vmdk", MAIN, 0));
}

static void aSharedTableWithoutCopyIsCopied(void)
{
   withImage(shareTableOfOneCopy);
}

/* Two damaged positions that lead to zeros, one of them in a grain of somebody else. */
static void findZeros(void)
{
   setTable("a.vmdk", MAIN, 1, entryOf("a.vmdk", MAIN, 1560) + 4);
   setTable("a.vmdk", REDUNDANT, 1, (uint32)getField("a.vmdk", 64, 8) - 30);
   forget(65536, 65536);
   mendsWithoutLoss();
}

static void zerosAreNoProofOfATable(void)
{
   withImage(findZeros);
}

/* One entry that makes no sense throws doubt on another one, which leads to a grain that is nobody's. */
static void offerGrain(void)
{
   uint32 end = (uint32)(fileSize("a.vmdk") / SECTOR);

   fillPattern(now, 0, GRAIN, 9);
   patchFile("a.vmdk", (uint64)end * SECTOR, now, GRAIN * SECTOR);
   setEntry("a.vmdk", REDUNDANT, 200, end);
   setEntry("a.vmdk", REDUNDANT, 505, 0xffffff00);
   mendsWithoutLoss();
}

static void aRedundantTableWithNonsenseIsNotBelieved(void)
{
   withImage(offerGrain);
}

/* The one entry that makes sense leads to a grain of another one. */
static void hideEntryInNonsense(void)
{
   fillTable(MAIN, 0, 0xff);
   setEntry("a.vmdk", MAIN, 200, entryOf("a.vmdk", REDUNDANT, 505));
   mendsWithoutLoss();
}

static void aMainTableThatIsMostlyNonsenseIsNotBelieved(void)
{
   withImage(hideEntryInNonsense);
}

/* -------------------------------------------------------------------------------------------------- entries */

/* The redundant copy has the right entry. */
static void spoilMainEntries(void)
{
   uint32 end = (uint32)(fileSize("a.vmdk") / SECTOR);
   uint32 values[] = {0,
                      1,
                      21,
                      end,
                      end + 128,
                      0xffffff80,
                      tableOf("a.vmdk", MAIN, 1),
                      entryOf("a.vmdk", MAIN, 501),
                      entryOf("a.vmdk", MAIN, 501) + 7,
                      end - 100};

   for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
      makeImage("a.vmdk", good);
      setEntry("a.vmdk", MAIN, 505, values[i]);
      mendsWithoutLoss();
      makeImage("a.vmdk", good);
      setEntry("a.vmdk", REDUNDANT, 505, values[i]);
      mendsWithoutLoss();
      makeImage("a.vmdk", good);
      setEntry("a.vmdk", MAIN, 200, values[i]); /* of a hole */
      if (values[i] != 0) {
         mendsWithoutLoss();
      }
      makeImage("a.vmdk", good);
      setEntry("a.vmdk", REDUNDANT, 200, values[i]);
      if (values[i] != 0) {
         mendsWithoutLoss();
      }
   }
}

static void anEntryIsMendedFromTheOtherCopy(void)
{
   withImage(spoilMainEntries);
}

static void spoilBothEntries(void)
{
   uint32 end = (uint32)(fileSize("a.vmdk") / SECTOR);
   uint32 values[] = {
      1, 2, 21, end, end + 128, 0xffffff80, tableOf("a.vmdk", MAIN, 1), tableOf("a.vmdk", REDUNDANT, 0)};

   for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
      makeImage("a.vmdk", good);
      setBothEntries("a.vmdk", 505, values[i]);
      forget(505 * GRAIN, GRAIN);
      mendsWithoutLoss();
      CHECK(wasLogged("the grain at sector 64640 of the extent"));
   }
}

static void whatIsInNeitherCopyIsZeros(void)
{
   withImage(spoilBothEntries);
}

static void shareGrains(void)
{
   setBothEntries("a.vmdk", 600, entryOf("a.vmdk", MAIN, 501));
   setBothEntries("a.vmdk", 601, entryOf("a.vmdk", MAIN, 501));
   setBothEntries("a.vmdk", 3, entryOf("a.vmdk", MAIN, 10));
   memcpy(good + 600 * GRAIN * SECTOR, good + 501 * GRAIN * SECTOR, GRAIN * SECTOR);
   memcpy(good + 601 * GRAIN * SECTOR, good + 501 * GRAIN * SECTOR, GRAIN * SECTOR);
   memcpy(good + 3 * GRAIN * SECTOR, good + 10 * GRAIN * SECTOR, GRAIN * SECTOR);
   mendsWithoutLoss();
   CHECK(entryOf("a.vmdk", MAIN, 600) != entryOf("a.vmdk", MAIN, 501));
   CHECK(entryOf("a.vmdk", MAIN, 600) != entryOf("a.vmdk", MAIN, 601));
   CHECK(entryOf("a.vmdk", MAIN, 3) != entryOf("a.vmdk", MAIN, 10));
}

static void grainsThatAreUsedTwiceGetTheirOwnCopy(void)
{
   withImage(shareGrains);
}

/* A grain that begins in the middle of another one. */
static void overlapGrains(void)
{
   setBothEntries("a.vmdk", 600, entryOf("a.vmdk", MAIN, 501) + 30);
   readAll("a.vmdk", good);
   mendsWithoutLoss();
   CHECK_EQUAL(0, entryOf("a.vmdk", MAIN, 600) % GRAIN);
}

static void grainsThatOverlapAreSeparated(void)
{
   withImage(overlapGrains);
}

/* A grain that is odd but nobody else's is where somebody else's program has put it. */
static void shiftGrain(void)
{
   uint64 size = fileSize("a.vmdk");

   fillPattern(now, 0, GRAIN, 5);
   patchFile("a.vmdk", size + 17 * SECTOR, now, GRAIN * SECTOR);
   setBothEntries("a.vmdk", 700, (uint32)(size / SECTOR) + 17);
   memcpy(good + 700 * GRAIN * SECTOR, now, GRAIN * SECTOR);
   CHECK_OK(check("a.vmdk", FALSE));
   CHECK(wasLogged("1 grains are not at a multiple of their size"));
   CHECK_OK(check("a.vmdk", TRUE));
   checkContents("a.vmdk");
}

static void aGrainThatIsOddButAloneIsNoDamage(void)
{
   withImage(shiftGrain);
}

static void useEntryBeyondTheCapacity(void)
{
   setBothEntries("a.vmdk", IMAGE_GRAINS + 5, entryOf("a.vmdk", MAIN, 0));
   mendsWithoutLoss();
}

static void anEntryBeyondTheCapacityIsTakenOut(void)
{
   withImage(useEntryBeyondTheCapacity);
}

/* The last grain that was written is number 20, and the one before it number 10. */
static void cutOff(void)
{
   uint64 size = fileSize("a.vmdk");

   CHECK_EQUAL(entryOf("a.vmdk", MAIN, 20), size / SECTOR - GRAIN);
   CHECK(truncate(pathOf("a.vmdk"), (off_t)(size - (2 * GRAIN - 30) * SECTOR)) == 0);
   forget(10 * GRAIN + 30, GRAIN - 30);
   forget(20 * GRAIN, GRAIN);
   CHECK(wasLogged("") && !wasLogged("cut off"));
   checkMended("a.vmdk");
   CHECK(wasLogged("the grain at sector 1280 of the extent is cut off") && wasLogged("its data is lost"));
   checkContents("a.vmdk");
   CHECK_EQUAL(size - GRAIN * SECTOR, fileSize("a.vmdk"));
   checkUsable("a.vmdk");
}

static void aFileThatIsCutOffKeepsWhatIsLeft(void)
{
   withImage(cutOff);
}

/* An extent as a stranger makes it: without redundant tables and with grains of zeros. */
static void useZeroGrains(void)
{
   setField("a.vmdk", 8, 5, 4);
   setEntry("a.vmdk", MAIN, 505, 1);
   forget(505 * GRAIN, GRAIN);
   CHECK_OK(check("a.vmdk", FALSE));
   setField("a.vmdk", 8, 7, 4);
   setField("a.vmdk", 4, 2, 4);
   setEntry("a.vmdk", REDUNDANT, 200, 1);
   setEntry("a.vmdk", MAIN, 200, 0x7fffffff);
   checkMended("a.vmdk");
   checkContents("a.vmdk");
   CHECK_EQUAL(1, entryOf("a.vmdk", REDUNDANT, 505));
   CHECK_EQUAL(1, entryOf("a.vmdk", MAIN, 200));
}

static void grainsOfZerosAreKnown(void)
{
   withImage(useZeroGrains);
}

/* ------------------------------------------------------------------------------------------ what cannot be */

static void cannotBeMended(const char *name)
{
   CHECK_EQUAL(VIX_E_DISK_NEEDSREPAIR, check(name, FALSE));
   CHECK_EQUAL(VIX_E_DISK_CANTREPAIR, check(name, TRUE));
   CHECK_EQUAL(VIX_E_DISK_NEEDSREPAIR, check(name, FALSE));
}

#define HEADER "# Disk DescriptorFile\nversion=1\nCID=12345678\nparentCID=ffffffff\ncreateType=\"custom\"\n"

static void spoilHeaders(void)
{
   uint64 directory = directoryOf("a.vmdk", MAIN);

   setField("a.vmdk", MAIN, directoryOf("a.vmdk", REDUNDANT), 8);
   cannotBeMended("a.vmdk");
   setField("a.vmdk", MAIN, 1, 8);
   cannotBeMended("a.vmdk");
   setField("a.vmdk", MAIN, directory, 8);
   CHECK_OK(check("a.vmdk", FALSE));
   setField("a.vmdk", 12, IMAGE_CAPACITY - 1, 8);
   cannotBeMended("a.vmdk");
   setField("a.vmdk", 12, IMAGE_CAPACITY, 8);
   CHECK_OK(check("a.vmdk", FALSE));
   patchFile("a.vmdk", 0, "none", 4);
   CHECK_EQUAL(VIX_E_DISK_INVALIDDISK, check("a.vmdk", FALSE));
   CHECK_EQUAL(VIX_E_DISK_INVALIDDISK, check("a.vmdk", TRUE));
   writeText("split.vmdk", HEADER "RW 200001 SPARSE \"a.vmdk\"\n");
   cannotBeMended("split.vmdk");
}

static void aDamagedHeaderIsNotMadeUp(void)
{
   withImage(spoilHeaders);
}

static void shortenFlatDisk(void)
{
   createDisk("flat.vmdk", VIXDISKLIB_DISK_MONOLITHIC_FLAT, 1000);
   CHECK_OK(check("flat.vmdk", FALSE));
   CHECK_OK(check("flat.vmdk", TRUE));
   CHECK(truncate(pathOf("flat-flat.vmdk"), 1000 * SECTOR - 1) == 0);
   cannotBeMended("flat.vmdk");
   CHECK(wasLogged("511999 bytes where its descriptor needs 512000"));
   CHECK(unlink(pathOf("flat-flat.vmdk")) == 0);
   CHECK_EQUAL(VIX_E_FILE_NOT_FOUND, check("flat.vmdk", FALSE));
   CHECK_EQUAL(VIX_E_FILE_NOT_FOUND, check("none.vmdk", FALSE));
}

static void aFlatDiskHasToBeLongEnough(void)
{
   withImage(shortenFlatDisk);
}

/* ------------------------------------------------------------------------------------------ several extents */

static void spoilExtents(void)
{
   VixDiskLibHandle disk;

   makeImage("b.vmdk", good);
   writeText("split.vmdk", HEADER "RW 200001 SPARSE \"a.vmdk\"\nRW 100 ZERO\nRW 200001 SPARSE \"b.vmdk\"\n");
   CHECK_OK(check("split.vmdk", FALSE));
   setEntry("a.vmdk", MAIN, 1, 0xffffff00);
   setEntry("b.vmdk", REDUNDANT, 1, 0xffffff00);
   CHECK_EQUAL(VIX_E_DISK_NEEDSREPAIR, check("split.vmdk", FALSE));
   CHECK(wasLogged("a.vmdk\": damage") && wasLogged("b.vmdk\": damage"));
   disk = openDisk("b.vmdk", 0);
   CHECK_EQUAL(VIX_E_FILE_ALREADY_LOCKED, check("split.vmdk", FALSE));
   CHECK_EQUAL(VIX_E_FILE_ALREADY_LOCKED, check("split.vmdk", TRUE));
   CHECK_OK(VixDiskLib_Close(disk));
   CHECK_OK(check("split.vmdk", TRUE));
   CHECK_OK(check("split.vmdk", FALSE));
   checkContents("a.vmdk");
   checkContents("b.vmdk");
   writeText("split.vmdk", HEADER "RDONLY 200001 SPARSE \"a.vmdk\"\n");
   CHECK_OK(check("split.vmdk", TRUE));
   setEntry("a.vmdk", MAIN, 1, 0xffffff00);
   cannotBeMended("split.vmdk");
   CHECK_OK(check("a.vmdk", TRUE));
}

static void allExtentsAreExamined(void)
{
   withImage(spoilExtents);
}

/* ---------------------------------------------------------------------------------------------------- calls */

static void useWrongly(void)
{
   VixDiskLibConnection reader;
   VixDiskLibHandle disk = openDisk("a.vmdk", 0);

   CHECK_EQUAL(VIX_E_FILE_ALREADY_LOCKED, check("a.vmdk", FALSE));
   CHECK_EQUAL(VIX_E_FILE_ALREADY_LOCKED, check("a.vmdk", TRUE));
   CHECK_OK(VixDiskLib_Close(disk));
   disk = openDisk("a.vmdk", VIXDISKLIB_FLAG_OPEN_READ_ONLY);
   CHECK_OK(check("a.vmdk", FALSE));
   CHECK_EQUAL(VIX_E_FILE_ALREADY_LOCKED, check("a.vmdk", TRUE));
   CHECK_OK(VixDiskLib_Close(disk));
   CHECK_EQUAL(VIX_E_INVALID_ARG, VixDiskLib_CheckRepair(local, NULL, FALSE));
   CHECK_EQUAL(VIX_E_INVALID_ARG, VixDiskLib_CheckRepair(local, "", FALSE));
   CHECK_EQUAL(VIX_E_DISK_INVALID_CONNECTION, VixDiskLib_CheckRepair(NULL, pathOf("a.vmdk"), FALSE));
   CHECK_OK(VixDiskLib_ConnectEx(NULL, TRUE, NULL, NULL, &reader));
   CHECK_OK(VixDiskLib_CheckRepair(reader, pathOf("a.vmdk"), FALSE));
   CHECK_EQUAL(VIX_E_FILE_READ_ONLY, VixDiskLib_CheckRepair(reader, pathOf("a.vmdk"), TRUE));
   CHECK_OK(VixDiskLib_Disconnect(reader));
   CHECK_OK(check("a.vmdk", TRUE));
}

static void aDiskInUseIsNotTouched(void)
{
   withImage(useWrongly);
}

static void aHugeDiskTakesLittle(void)
{
   VixDiskLibHandle disk;

   startLibrary();
   createDisk("huge.vmdk", VIXDISKLIB_DISK_MONOLITHIC_SPARSE, UINT64_C(3) << 31);
   disk = openDisk("huge.vmdk", 0);
   fillPattern(now, 0, GRAIN, 1);
   CHECK_OK(VixDiskLib_Write(disk, (UINT64_C(3) << 31) - GRAIN, GRAIN, now));
   CHECK_OK(VixDiskLib_Close(disk));
   CHECK_OK(check("huge.vmdk", FALSE));
   setTable("huge.vmdk", MAIN, 98303, 0xffffffff);
   CHECK_EQUAL(VIX_E_DISK_NEEDSREPAIR, check("huge.vmdk", FALSE));
   CHECK_OK(check("huge.vmdk", TRUE));
   disk = openDisk("huge.vmdk", VIXDISKLIB_FLAG_OPEN_READ_ONLY);
   CHECK_OK(VixDiskLib_Read(disk, (UINT64_C(3) << 31) - GRAIN, GRAIN, now));
   checkPattern(now, 0, GRAIN, 1);
   CHECK_OK(VixDiskLib_Close(disk));
   stopLibrary();
}

/* --------------------------------------------------------------------------------------------------- chance */

/* A place in the metadata of a copy: its directory and its tables. */
static uint64 randomPlace(Random *random, Copy copy)
{
   if (nextRandom(random, 4) == 0) {
      return directoryOf("a.vmdk", copy) * SECTOR + nextRandom(random, 16);
   }
   return directoryOf("a.vmdk", copy) * SECTOR + SECTOR + nextRandom(random, 4 * 2048);
}

static void spoilSomething(Random *random, Copy copy)
{
   uint64 end = fileSize("a.vmdk") / SECTOR;
   uint64 place = randomPlace(random, copy);
   uint64 length = 1 + nextRandom(random, 4 * SECTOR);
   uint8 bytes[4 * SECTOR];

   switch (nextRandom(random, 4)) {
   case 0:
      setField("a.vmdk", place / 4 * 4, nextRandom(random, end + 200), 4);
      break;
   case 1:
      setField("a.vmdk", place / 4 * 4, nextRandom(random, end / GRAIN + 2) * GRAIN, 4);
      break;
   case 2:
      setField("a.vmdk", place, nextRandom(random, 256), 1);
      break;
   default:
      for (size_t i = 0; i < length; i++) {
         bytes[i] = (uint8)nextRandom(random, 256);
      }
      memset(bytes, (int)bytes[0] & 1 ? 0 : 0xff, nextRandom(random, length));
      patchFile("a.vmdk", place / SECTOR * SECTOR, bytes, length);
   }
}

/* What was in the image, after damage to one copy. */
static void damageToOneCopyLosesNothing(void)
{
   Random random = {chooseSeed()};
   size_t length;
   uint8 *image;

   startLibrary();
   makeImage("a.vmdk", good);
   image = readFile("a.vmdk", &length);
   for (int i = 0; i < 20; i++) {
      Copy copy = nextRandom(&random, 2) == 0 ? MAIN : REDUNDANT;
      VixError error;

      writeFile("a.vmdk", image, length);
      spoilSomething(&random, copy);
      error = check("a.vmdk", FALSE);
      CHECK(error == VIX_OK || error == VIX_E_DISK_NEEDSREPAIR);
      CHECK_OK(check("a.vmdk", TRUE));
      CHECK_OK(check("a.vmdk", FALSE));
      checkContents("a.vmdk");
   }
   free(image);
   stopLibrary();
}

/* Reads what can be read; tells which grains those are. */
static void readReadable(uint8 *contents, bool *readable)
{
   VixDiskLibHandle disk = openDisk("a.vmdk", VIXDISKLIB_FLAG_OPEN_READ_ONLY);

   for (uint64 grain = 0; grain < IMAGE_GRAINS; grain++) {
      uint64 count = grain + 1 < IMAGE_GRAINS ? GRAIN : IMAGE_CAPACITY - grain * GRAIN;

      readable[grain] = VixDiskLib_Read(disk, grain * GRAIN, count, contents + grain * GRAIN * SECTOR) == VIX_OK;
   }
   CHECK_OK(VixDiskLib_Close(disk));
}

/*
 * Data that could be read still can, after damage to both copies. What was a hole may show a grain that has lost its
 * entry. The seed is fixed: where both copies of one table are wrong, there is no right answer.
 */
static void noDamageIsMadeWorse(void)
{
   static bool readable[IMAGE_GRAINS];
   Random random = {3};
   size_t length;
   uint8 *image;

   startLibrary();
   makeImage("a.vmdk", good);
   image = readFile("a.vmdk", &length);
   for (int i = 0; i < 20; i++) {
      writeFile("a.vmdk", image, length);
      for (uint64 n = 1 + nextRandom(&random, 6); n > 0; n--) {
         spoilSomething(&random, nextRandom(&random, 2) == 0 ? MAIN : REDUNDANT);
      }
      readReadable(before, readable);
      CHECK_OK(check("a.vmdk", TRUE));
      CHECK_OK(check("a.vmdk", FALSE));
      readAll("a.vmdk", now);
      for (uint64 grain = 0; grain < IMAGE_GRAINS; grain++) {
         size_t at = grain * GRAIN * SECTOR;
         size_t bytes = grain + 1 < IMAGE_GRAINS ? GRAIN * SECTOR : ALL_BYTES - at;

         if (readable[grain] && !isZero(good + at, bytes) && memcmp(good + at, before + at, bytes) == 0) {
            CHECK(memcmp(good + at, now + at, bytes) == 0);
         }
      }
   }
   free(image);
   stopLibrary();
}

int main(void)
{
   RUN(aGoodImageIsLeftAlone);
   RUN(lostSpaceAndAnUncleanMarkAreNoDamage);
   RUN(eachCopyOfATableIsRebuiltFromTheOther);
   RUN(positionsOfTablesAreMended);
   RUN(wholeDirectoriesAreRebuilt);
   RUN(theMainCopyCountsIfBothMakeSense);
   RUN(aTableThatIsNowhereIsGivenUp);
   RUN(aSharedTableWithoutCopyIsCopied);
   RUN(zerosAreNoProofOfATable);
   RUN(aRedundantTableWithNonsenseIsNotBelieved);
   RUN(aMainTableThatIsMostlyNonsenseIsNotBelieved);
   RUN(anEntryIsMendedFromTheOtherCopy);
   RUN(whatIsInNeitherCopyIsZeros);
   RUN(grainsThatAreUsedTwiceGetTheirOwnCopy);
   RUN(grainsThatOverlapAreSeparated);
   RUN(aGrainThatIsOddButAloneIsNoDamage);
   RUN(anEntryBeyondTheCapacityIsTakenOut);
   RUN(aFileThatIsCutOffKeepsWhatIsLeft);
   RUN(grainsOfZerosAreKnown);
   RUN(aDamagedHeaderIsNotMadeUp);
   RUN(aFlatDiskHasToBeLongEnough);
   RUN(allExtentsAreExamined);
   RUN(aDiskInUseIsNotTouched);
   RUN(aHugeDiskTakesLittle);
   RUN(damageToOneCopyLosesNothing);
   RUN(noDamageIsMadeWorse);
   return finish();
}
