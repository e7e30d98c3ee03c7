/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "support.h"

#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const VixDiskLibDiskType types[] = {VIXDISKLIB_DISK_MONOLITHIC_SPARSE, VIXDISKLIB_DISK_MONOLITHIC_FLAT};
static uint8 buffer[4096 * SECTOR];

static void whatIsWrittenIsRead(void)
{
   startLibrary();
   for (size_t i = 0; i < 2; i++) {
      const char *name = i == 0 ? "a.vmdk" : "b.vmdk";
      VixDiskLibHandle disk;

      createDisk(name, types[i], 100001);
      disk = openDisk(name, VIXDISKLIB_FLAG_OPEN_UNBUFFERED | VIXDISKLIB_FLAG_OPEN_SINGLE_LINK);
      CHECK(strcmp(VixDiskLib_GetTransportMode(disk), "file") == 0);
      fillPattern(buffer, 77, 3000, 1);
      CHECK_OK(VixDiskLib_Write(disk, 77, 3000, buffer));
      fillPattern(buffer, 100000, 1, 1);
      CHECK_OK(VixDiskLib_Write(disk, 100000, 1, buffer));
      CHECK_OK(VixDiskLib_Flush(disk));
      CHECK_OK(VixDiskLib_Close(disk));
      disk = openDisk(name, VIXDISKLIB_FLAG_OPEN_READ_ONLY);
      CHECK_OK(VixDiskLib_Read(disk, 0, 4000, buffer));
      CHECK(isZero(buffer, 77 * SECTOR) && isZero(buffer + 3077 * SECTOR, 923 * SECTOR));
      checkPattern(buffer + 77 * SECTOR, 77, 3000, 1);
      CHECK_OK(VixDiskLib_Read(disk, 99999, 2, buffer));
      CHECK(isZero(buffer, SECTOR));
      checkPattern(buffer + SECTOR, 100000, 1, 1);
      CHECK_OK(VixDiskLib_Close(disk));
   }
   stopLibrary();
}

static void sectorsBeyondTheEndAreOutOfRange(void)
{
   static const uint64 ranges[][2] = {{1001, 0},
                                      {1000, 1},
                                      {999, 2},
                                      {0, 1001},
                                      {UINT64_MAX, 1},
                                      {1, UINT64_MAX},
                                      {UINT64_MAX, UINT64_MAX},
                                      {UINT64_C(1) << 55, 1},
                                      {0, UINT64_C(1) << 55}};

   startLibrary();
   for (size_t i = 0; i < 2; i++) {
      const char *name = i == 0 ? "a.vmdk" : "b.vmdk";
      VixDiskLibHandle disk;

      createDisk(name, types[i], 1000);
      disk = openDisk(name, 0);
      for (size_t j = 0; j < sizeof ranges / sizeof ranges[0]; j++) {
         CHECK_EQUAL(VIX_E_DISK_OUTOFRANGE, VixDiskLib_Read(disk, ranges[j][0], ranges[j][1], buffer));
         CHECK_EQUAL(VIX_E_DISK_OUTOFRANGE, VixDiskLib_Write(disk, ranges[j][0], ranges[j][1], buffer));
      }
      CHECK_OK(VixDiskLib_Read(disk, 1000, 0, buffer));
      CHECK_OK(VixDiskLib_Write(disk, 1000, 0, buffer));
      CHECK_OK(VixDiskLib_Read(disk, 0, 1000, buffer));
      CHECK_OK(VixDiskLib_Write(disk, 999, 1, buffer));
      CHECK_OK(VixDiskLib_Close(disk));
   }
   stopLibrary();
}

static void readOnlyDisksAreNotChanged(void)
{
   startLibrary();
   for (size_t i = 0; i < 2; i++) {
      const char *name = i == 0 ? "a.vmdk" : "b.vmdk";
      VixDiskLibHandle disk;
      size_t before;
      size_t after;
      uint8 *old;
      uint8 *new;

      createDisk(name, types[i], 1000);
      old = readFile(name, &before);
      disk = openDisk(name, VIXDISKLIB_FLAG_OPEN_READ_ONLY);
      CHECK_EQUAL(VIX_E_FILE_READ_ONLY, VixDiskLib_Write(disk, 0, 1, buffer));
      CHECK_EQUAL(VIX_E_FILE_READ_ONLY, VixDiskLib_WriteMetadata(disk, "uuid", "x"));
      CHECK_OK(VixDiskLib_Close(disk));
      new = readFile(name, &after);
      CHECK(before == after && memcmp(old, new, before) == 0);
      free(old);
      free(new);
   }
   stopLibrary();
}

static char *contentIdOf(const char *name, char id[64])
{
   size_t length;
   uint8 *bytes = readFile(name, &length);
   const char *text = memmem(bytes, length, "CID=", 4);

   CHECK(text != NULL);
   memcpy(id, text + 4, 8);
   id[8] = '\0';
   text = memmem(bytes, length, "longContentID = \"", 17);
   CHECK(text != NULL && memcmp(text + 17 + 24, id, 8) == 0);
   free(bytes);
   return id;
}

static void theFirstWriteChangesTheContentId(void)
{
   startLibrary();
   for (size_t i = 0; i < 2; i++) {
      const char *name = i == 0 ? "a.vmdk" : "b.vmdk";
      char created[64];
      char now[64];
      VixDiskLibHandle disk;

      createDisk(name, types[i], 1000);
      contentIdOf(name, created);
      disk = openDisk(name, 0);
      CHECK_OK(VixDiskLib_Read(disk, 0, 1, buffer));
      CHECK(strcmp(created, contentIdOf(name, now)) == 0);
      CHECK_OK(VixDiskLib_Write(disk, 0, 1, buffer));
      CHECK(strcmp(created, contentIdOf(name, now)) != 0);
      strcpy(created, now);
      CHECK_OK(VixDiskLib_Write(disk, 1, 1, buffer));
      CHECK(strcmp(created, contentIdOf(name, now)) == 0);
      CHECK_OK(VixDiskLib_Close(disk));
   }
   stopLibrary();
}

static void aContentIdKeepsItsNumberOfDigits(void)
{
   static const char *const ids[] = {"7", "0", "1b4c2a", "0000abcd", "ABCDEF01", "00000000000012ab", "fffffffe"};
   static const char text[] = "# Disk DescriptorFile\nversion=1\nCID=%s\nparentCID=ffffffff\n"
                              "createType=\"custom\"\nRW 10 FLAT \"data\" 0\nddb.longContentID = \"%s\"\n";

   startLibrary();
   writeFile("data", buffer, 10 * SECTOR);
   for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
      VixDiskLibHandle disk;
      char before[512];
      char id[64];
      uint8 *after;
      size_t length;

      snprintf(before, sizeof before, text, ids[i], i % 2 == 0 ? "0123456789abcdef" : "no number");
      writeText("a.vmdk", before);
      disk = openDisk("a.vmdk", 0);
      CHECK_OK(VixDiskLib_Write(disk, 0, 1, buffer));
      CHECK_OK(VixDiskLib_Close(disk));
      after = readFile("a.vmdk", &length);
      CHECK_EQUAL(strlen(before), length);
      CHECK(memcmp(before, after, length) != 0);
      CHECK(sscanf((const char *)after, "# Disk DescriptorFile version=1 CID=%63s", id) == 1);
      CHECK(strlen(id) == strlen(ids[i]) && strtoul(id, NULL, 16) != strtoul(ids[i], NULL, 16));
      CHECK((strstr((const char *)after, "no number") != NULL) == (i % 2 == 1));
      CHECK_OK(tryOpen("a.vmdk", 0));
      free(after);
   }
   stopLibrary();
}

static uint8 uncleanByte(const char *name)
{
   size_t length;
   uint8 *bytes = readFile(name, &length);
   uint8 byte = bytes[72];

   free(bytes);
   return byte;
}

static void aSparseDiskIsMarkedWhileItIsWritten(void)
{
   VixDiskLibHandle disk;

   startLibrary();
   createDisk("a.vmdk", VIXDISKLIB_DISK_MONOLITHIC_SPARSE, 1000);
   disk = openDisk("a.vmdk", 0);
   CHECK_EQUAL(0, uncleanByte("a.vmdk"));
   CHECK_OK(VixDiskLib_Write(disk, 0, 1, buffer));
   CHECK_EQUAL(1, uncleanByte("a.vmdk"));
   CHECK_OK(VixDiskLib_Close(disk));
   CHECK_EQUAL(0, uncleanByte("a.vmdk"));
   patchFile("a.vmdk", 72, "\1", 1);
   CHECK_OK(tryOpen("a.vmdk", 0));
   CHECK_EQUAL(1, uncleanByte("a.vmdk"));
   stopLibrary();
}

static void bothGrainTablesAreKept(void)
{
   VixDiskLibHandle disk;
   size_t length;
   uint8 *bytes;
   uint64 redundant;
   uint64 primary;

   startLibrary();
   createDisk("a.vmdk", VIXDISKLIB_DISK_MONOLITHIC_SPARSE, 200000);
   disk = openDisk("a.vmdk", 0);
   for (uint64 i = 0; i < 200; i++) {
      CHECK_OK(VixDiskLib_Write(disk, i * 997 % 200000, 1, buffer));
   }
   CHECK_OK(VixDiskLib_Write(disk, 60000, 4096, buffer));
   CHECK_OK(VixDiskLib_Close(disk));
   bytes = readFile("a.vmdk", &length);
   memcpy(&redundant, bytes + 48, 8);
   memcpy(&primary, bytes + 56, 8);
   CHECK(redundant == 21 && primary > redundant);
   /* A directory of one sector and then the tables, once and once more. */
   CHECK(memcmp(bytes + (redundant + 1) * SECTOR, bytes + (primary + 1) * SECTOR,
                (size_t)(primary - redundant - 1) * SECTOR) == 0);
   CHECK(!isZero(bytes + (primary + 1) * SECTOR, (size_t)(primary - redundant - 1) * SECTOR));
   free(bytes);
   stopLibrary();
}

#define HEADER "# Disk DescriptorFile\nversion=1\nCID=12345678\nparentCID=ffffffff\ncreateType=\"custom\"\n"

static void aDiskCanHaveManyExtents(void)
{
   VixDiskLibHandle disk;
   char text[1024];

   startLibrary();
   createDisk("sparse.vmdk", VIXDISKLIB_DISK_MONOLITHIC_SPARSE, 300);
   fillPattern(buffer, 0, 100, 9);
   writeFile("one.flat", buffer, 100 * SECTOR);
   fillPattern(buffer, 100, 100, 9);
   writeFile("two.flat", buffer, 100 * SECTOR);
   snprintf(text, sizeof text,
            HEADER "RW 90 FLAT \"one.flat\" 10\r\nRW 50 ZERO\r\nRDONLY 100 FLAT \"%s\" 0\r\n"
                   "RW 300 SPARSE \"sparse.vmdk\"\r\nRW 10 VMFS \"one.flat\"\r\nNOACCESS 10 FLAT \"one.flat\" 0\r\n",
            pathOf("two.flat"));
   writeText("many.vmdk", text);
   disk = openDisk("many.vmdk", 0);
   CHECK_OK(VixDiskLib_Read(disk, 0, 550, buffer));
   checkPattern(buffer, 10, 90, 9);
   CHECK(isZero(buffer + 90 * SECTOR, 50 * SECTOR));
   checkPattern(buffer + 140 * SECTOR, 100, 100, 9);
   CHECK(isZero(buffer + 240 * SECTOR, 300 * SECTOR));
   checkPattern(buffer + 540 * SECTOR, 0, 10, 9);
   CHECK_EQUAL(VIX_E_FILE_ACCESS_ERROR, VixDiskLib_Read(disk, 550, 1, buffer));
   fillPattern(buffer, 200, 345, 3);
   CHECK_OK(VixDiskLib_Write(disk, 240, 305, buffer));
   CHECK_EQUAL(VIX_E_FILE_READ_ONLY, VixDiskLib_Write(disk, 239, 2, buffer));
   CHECK_EQUAL(VIX_E_FILE_READ_ONLY, VixDiskLib_Write(disk, 100, 1, buffer));
   CHECK_OK(VixDiskLib_Read(disk, 240, 305, buffer));
   checkPattern(buffer, 200, 305, 3);
   CHECK_EQUAL(VIX_E_DISK_OUTOFRANGE, VixDiskLib_Read(disk, 560, 1, buffer));
   CHECK(wasLogged("1 sectors from 560 are beyond the end of "));
   CHECK_OK(VixDiskLib_Close(disk));
   CHECK_OK(VixDiskLib_Unlink(local, pathOf("sparse.vmdk")));
   CHECK_EQUAL(VIX_E_FILE_NOT_FOUND, tryOpen("many.vmdk", 0));
   stopLibrary();
}

/* Extents that share a file would write over each other; reading them does no harm. */
static void onlyOneDiskWritesAnExtent(void)
{
   static const char *const lines[][2] = {
      {"RW 300 SPARSE \"a.vmdk\"\n", "RW 300 SPARSE \"a.vmdk\"\n"},
      {"RW 20 FLAT \"flat\" 10\n", "RW 20 FLAT \"flat\" 29\n"},
      {"RW 20 FLAT \"flat\" 10\n", "RW 1 FLAT \"flat\" 0\nRW 1 SPARSE \"flat\"\n"},
   };
   VixDiskLibHandle disk;
   char text[1024];

   startLibrary();
   createDisk("a.vmdk", VIXDISKLIB_DISK_MONOLITHIC_SPARSE, 300);
   writeFile("flat", buffer, 100 * SECTOR);
   for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
      snprintf(text, sizeof text, HEADER "%s", lines[i][0]);
      writeText("one.vmdk", text);
      snprintf(text, sizeof text, HEADER "%s", lines[i][1]);
      writeText("two.vmdk", text);
      snprintf(text, sizeof text, HEADER "%s%s", lines[i][0], lines[i][1]);
      writeText("both.vmdk", text);
      disk = openDisk("one.vmdk", 0);
      CHECK_EQUAL(VIX_E_FILE_ALREADY_LOCKED, tryOpen("two.vmdk", 0));
      CHECK_EQUAL(VIX_E_FILE_ALREADY_LOCKED, tryOpen("both.vmdk", 0));
      CHECK_OK(VixDiskLib_Close(disk));
      CHECK_EQUAL(VIX_E_FILE_ALREADY_LOCKED, tryOpen("both.vmdk", 0));
   }
   CHECK_OK(tryOpen("one.vmdk", VIXDISKLIB_FLAG_OPEN_READ_ONLY));
   disk = openDisk("a.vmdk", 0);
   writeText("one.vmdk", HEADER "RW 300 SPARSE \"a.vmdk\"\nRW 300 SPARSE \"a.vmdk\"\n");
   CHECK_EQUAL(VIX_E_FILE_ALREADY_LOCKED, tryOpen("one.vmdk", 0));
   CHECK_OK(tryOpen("one.vmdk", VIXDISKLIB_FLAG_OPEN_READ_ONLY));
   CHECK_OK(VixDiskLib_Close(disk));
   writeText(
      "self.vmdk", HEADER
      "RW 1 FLAT \"self.vmdk\" 0\n   # and so on, for a sector and more " HEADER HEADER HEADER HEADER HEADER HEADER);
   CHECK_EQUAL(VIX_E_FILE_ALREADY_LOCKED, tryOpen("self.vmdk", 0));
   writeText("one.vmdk", HEADER "RW 20 FLAT \"flat\" 10\nRW 20 FLAT \"flat\" 30\n");
   CHECK_OK(tryOpen("one.vmdk", 0));
   stopLibrary();
}

/* Writes the header of a sparse extent with an external descriptor, and without redundant tables. */
static void writeSparseExtent(const char *name, uint32 flags, uint64 capacity, uint32 tableEntries, uint32 gdEntry)
{
   uint8 header[SECTOR] = {0};
   uint32 words[4] = {0x564d444b, 2, flags, 0};
   uint64 grain = 8;
   uint64 directory = 1;

   memcpy(header, words, 12);
   memcpy(header + 12, &capacity, 8);
   memcpy(header + 20, &grain, 8);
   memcpy(header + 44, &tableEntries, 4);
   memcpy(header + 56, &directory, 8);
   memcpy(header + 73, "\n \r\n", 4);
   writeFile(name, header, sizeof header);
   memset(header, 0, sizeof header);
   memcpy(header, &gdEntry, 4);
   patchFile(name, SECTOR, header, sizeof header);
}

static void grainTablesAreAddedWhereThereAreNone(void)
{
   VixDiskLibHandle disk;

   startLibrary();
   writeSparseExtent("x.ext", 1, 1000, 16, 0);
   writeText("x.vmdk", HEADER "RW 1000 SPARSE \"x.ext\"\n");
   disk = openDisk("x.vmdk", 0);
   CHECK_OK(VixDiskLib_Read(disk, 0, 1000, buffer));
   CHECK(isZero(buffer, 1000 * SECTOR));
   fillPattern(buffer, 100, 700, 5);
   CHECK_OK(VixDiskLib_Write(disk, 100, 700, buffer));
   CHECK_OK(VixDiskLib_Close(disk));
   disk = openDisk("x.vmdk", 0);
   CHECK_OK(VixDiskLib_Read(disk, 0, 1000, buffer));
   checkPattern(buffer + 100 * SECTOR, 100, 700, 5);
   CHECK(isZero(buffer, 100 * SECTOR) && isZero(buffer + 800 * SECTOR, 200 * SECTOR));
   CHECK_OK(VixDiskLib_Close(disk));
   stopLibrary();
}

static void zeroGrainsAreZerosIfTheExtentHasThem(void)
{
   uint32 table[128] = {1, 1, 0, 1};
   VixDiskLibHandle disk;

   startLibrary();
   writeText("x.vmdk", HEADER "RW 1000 SPARSE \"x.ext\"\n");
   writeSparseExtent("x.ext", 5, 1000, 128, 2);
   patchFile("x.ext", 2 * SECTOR, table, sizeof table);
   disk = openDisk("x.vmdk", 0);
   memset(buffer, 1, 32 * SECTOR);
   CHECK_OK(VixDiskLib_Read(disk, 0, 32, buffer));
   CHECK(isZero(buffer, 32 * SECTOR));
   fillPattern(buffer, 3, 1, 1);
   CHECK_OK(VixDiskLib_Write(disk, 3, 1, buffer));
   CHECK_OK(VixDiskLib_Read(disk, 0, 32, buffer));
   checkPattern(buffer + 3 * SECTOR, 3, 1, 1);
   CHECK(isZero(buffer, 3 * SECTOR) && isZero(buffer + 4 * SECTOR, 28 * SECTOR));
   CHECK_OK(VixDiskLib_Close(disk));
   writeSparseExtent("x.ext", 1, 1000, 128, 2);
   patchFile("x.ext", 2 * SECTOR, table, sizeof table);
   disk = openDisk("x.vmdk", 0);
   CHECK_OK(VixDiskLib_Read(disk, 16, 1, buffer));
   CHECK_EQUAL(VIX_E_DISK_NEEDSREPAIR, VixDiskLib_Read(disk, 0, 1, buffer));
   CHECK_OK(VixDiskLib_Close(disk));
   stopLibrary();
}

static void wrongPositionsInTablesAreDamage(void)
{
   uint32 table[128] = {0x7fffffff, 0xfffffff8, 0};
   VixDiskLibHandle disk;

   startLibrary();
   writeText("x.vmdk", HEADER "RW 1000 SPARSE \"x.ext\"\n");
   writeSparseExtent("x.ext", 1, 1000, 128, 2);
   patchFile("x.ext", 2 * SECTOR, table, sizeof table);
   disk = openDisk("x.vmdk", 0);
   CHECK_EQUAL(VIX_E_DISK_NEEDSREPAIR, VixDiskLib_Read(disk, 0, 1, buffer));
   CHECK_EQUAL(VIX_E_DISK_NEEDSREPAIR, VixDiskLib_Write(disk, 8, 1, buffer));
   CHECK_OK(VixDiskLib_Read(disk, 16, 1, buffer));
   CHECK_OK(VixDiskLib_Close(disk));
   writeSparseExtent("x.ext", 1, 1000, 128, 0xffffffff);
   CHECK_EQUAL(VIX_E_DISK_NEEDSREPAIR, tryOpen("x.vmdk", 0));
   disk = openDisk("x.vmdk", VIXDISKLIB_FLAG_OPEN_READ_ONLY);
   CHECK_EQUAL(VIX_E_DISK_NEEDSREPAIR, VixDiskLib_Read(disk, 0, 1, buffer));
   CHECK_OK(VixDiskLib_Close(disk));
   stopLibrary();
}

/* Where a disk of two tables has its parts, in sectors. */
#define REDUNDANT_DIRECTORY 21u
#define REDUNDANT_TABLES 22u
#define DIRECTORY 30u
#define TABLES 31u

static void checkReadOnlyWithTableAt(uint32 directory, uint32 table, uint32 sector)
{
   createDisk("x.vmdk", VIXDISKLIB_DISK_MONOLITHIC_SPARSE, 70000);
   patchFile("x.vmdk", directory * SECTOR + table * 4, &sector, sizeof sector);
   CHECK_EQUAL(VIX_E_DISK_NEEDSREPAIR, tryOpen("x.vmdk", 0));
   CHECK(wasLogged("a grain table"));
   CHECK_OK(tryOpen("x.vmdk", VIXDISKLIB_FLAG_OPEN_READ_ONLY));
   CHECK(unlink(pathOf("x.vmdk")) == 0);
}

/* What is written to such a table would destroy what else is there. */
static void tablesThatShareTheirPlaceAreNotWritten(void)
{
   uint64 descriptorSize = REDUNDANT_DIRECTORY;

   startLibrary();
   checkReadOnlyWithTableAt(DIRECTORY, 1, TABLES);
   checkReadOnlyWithTableAt(DIRECTORY, 1, TABLES + 3);
   checkReadOnlyWithTableAt(DIRECTORY, 0, REDUNDANT_TABLES);
   checkReadOnlyWithTableAt(DIRECTORY, 0, 20);
   checkReadOnlyWithTableAt(DIRECTORY, 0, 1);
   checkReadOnlyWithTableAt(DIRECTORY, 0, DIRECTORY);
   checkReadOnlyWithTableAt(REDUNDANT_DIRECTORY, 0, TABLES);
   checkReadOnlyWithTableAt(REDUNDANT_DIRECTORY, 0, REDUNDANT_DIRECTORY);
   checkReadOnlyWithTableAt(REDUNDANT_DIRECTORY, 1, 100000);
   createDisk("x.vmdk", VIXDISKLIB_DISK_MONOLITHIC_SPARSE, 70000);
   patchFile("x.vmdk", 36, &descriptorSize, sizeof descriptorSize);
   CHECK_EQUAL(VIX_E_DISK_NEEDSREPAIR, tryOpen("x.vmdk", 0));
   CHECK_OK(tryOpen("x.vmdk", VIXDISKLIB_FLAG_OPEN_READ_ONLY));
   stopLibrary();
}

static void grainsAreNotReadFromWhereOtherThingsAre(void)
{
   static const uint32 places[] = {1, 20, REDUNDANT_DIRECTORY, DIRECTORY};
   VixDiskLibHandle disk;

   startLibrary();
   createDisk("x.vmdk", VIXDISKLIB_DISK_MONOLITHIC_SPARSE, 70000);
   for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
      patchFile("x.vmdk", TABLES * SECTOR, &places[i], sizeof places[i]);
      disk = openDisk("x.vmdk", 0);
      CHECK_EQUAL(VIX_E_DISK_NEEDSREPAIR, VixDiskLib_Read(disk, 0, 1, buffer));
      CHECK_EQUAL(VIX_E_DISK_NEEDSREPAIR, VixDiskLib_Write(disk, 0, 1, buffer));
      CHECK_OK(VixDiskLib_Read(disk, 128, 1, buffer));
      CHECK_OK(VixDiskLib_Close(disk));
   }
   stopLibrary();
}

static void disksThatAreTooBigForTwoTebibytesWork(void)
{
   uint64 capacity = UINT64_C(3) << 31;
   VixDiskLibBlockList *blocks;
   VixDiskLibHandle disk;

   startLibrary();
   createDisk("huge.vmdk", VIXDISKLIB_DISK_MONOLITHIC_SPARSE, capacity);
   disk = openDisk("huge.vmdk", 0);
   fillPattern(buffer, capacity - 100, 100, 1);
   CHECK_OK(VixDiskLib_Write(disk, capacity - 100, 100, buffer));
   memset(buffer, 0, 100 * SECTOR);
   CHECK_OK(VixDiskLib_Close(disk));
   disk = openDisk("huge.vmdk", VIXDISKLIB_FLAG_OPEN_READ_ONLY);
   CHECK_OK(VixDiskLib_Read(disk, capacity - 100, 100, buffer));
   checkPattern(buffer, capacity - 100, 100, 1);
   CHECK_OK(VixDiskLib_QueryAllocatedBlocks(disk, 0, capacity, 131072, &blocks));
   CHECK_EQUAL(1, blocks->numBlocks);
   CHECK_EQUAL(capacity - 131072, blocks->blocks[0].offset);
   CHECK_OK(VixDiskLib_FreeBlockList(blocks));
   CHECK_OK(VixDiskLib_Close(disk));
   stopLibrary();
}

static void whatIsNoDiskIsNotOpened(void)
{
   uint8 header[SECTOR];
   size_t length;
   uint8 *bytes;

   startLibrary();
   writeText("empty.vmdk", "");
   writeText("text.vmdk", "This is not a disk.\n");
   writeText("short.vmdk", "KDMV");
   writeText("title.vmdk", "# Disk DescriptorFile\n");
   writeText("noExtents.vmdk", HEADER);
   writeText("child.vmdk", "# Disk DescriptorFile\nversion=1\nCID=12345678\nparentCID=00000001\n"
                           "createType=\"monolithicSparse\"\nRW 10 ZERO\n");
   writeText("esx.vmdk", "COWD and more");
   writeText("device.vmdk", HEADER "RW 10 FLAT \"/dev/null\" 0\n");
   writeText("foreign.vmdk", HEADER "RW 10 VMFSSPARSE \"x\"\n");
   CHECK_EQUAL(VIX_E_DISK_INVALIDDISK, tryOpen("empty.vmdk", 0));
   CHECK_EQUAL(VIX_E_DISK_INVALIDDISK, tryOpen("text.vmdk", 0));
   CHECK_EQUAL(VIX_E_DISK_INVALIDDISK, tryOpen("short.vmdk", 0));
   CHECK_EQUAL(VIX_E_DISK_INVALIDDISK, tryOpen("title.vmdk", 0));
   CHECK_EQUAL(VIX_E_DISK_INVALIDDISK, tryOpen("noExtents.vmdk", 0));
   CHECK_EQUAL(VIX_E_DISK_INVALIDCHAIN, tryOpen("child.vmdk", 0));
   CHECK_EQUAL(VIX_E_NOT_SUPPORTED, tryOpen("esx.vmdk", 0));
   CHECK_EQUAL(VIX_E_NOT_SUPPORTED, tryOpen("foreign.vmdk", 0));
   CHECK_EQUAL(VIX_E_INCORRECT_FILE_TYPE, tryOpen("device.vmdk", 0));
   CHECK_EQUAL(VIX_E_INCORRECT_FILE_TYPE, tryOpen(".", VIXDISKLIB_FLAG_OPEN_READ_ONLY));
   CHECK_EQUAL(VIX_E_INCORRECT_FILE_TYPE, tryOpen(".", 0));
   CHECK_EQUAL(VIX_E_FILE_NOT_FOUND, tryOpen("none.vmdk", 0));
   CHECK_EQUAL(VIX_E_FILE_NOT_FOUND, tryOpen("text.vmdk/below.vmdk", 0));
   CHECK(mkfifo(pathOf("fifo.vmdk"), 0666) == 0);
   CHECK_EQUAL(VIX_E_INCORRECT_FILE_TYPE, tryOpen("fifo.vmdk", VIXDISKLIB_FLAG_OPEN_READ_ONLY));
   createDisk("flat.vmdk", VIXDISKLIB_DISK_MONOLITHIC_FLAT, 1000);
   CHECK(truncate(pathOf("flat-flat.vmdk"), 999 * SECTOR) == 0);
   CHECK_EQUAL(VIX_E_DISK_INVALIDDISK, tryOpen("flat.vmdk", 0));
   CHECK(unlink(pathOf("flat-flat.vmdk")) == 0);
   CHECK_EQUAL(VIX_E_FILE_NOT_FOUND, tryOpen("flat.vmdk", 0));
   createDisk("sparse.vmdk", VIXDISKLIB_DISK_MONOLITHIC_SPARSE, 1000);
   bytes = readFile("sparse.vmdk", &length);
   memcpy(header, bytes, sizeof header);
   free(bytes);
   header[74] = '\n'; /* as a transfer as text makes it */
   patchFile("sparse.vmdk", 0, header, sizeof header);
   CHECK_EQUAL(VIX_E_DISK_INVALIDDISK, tryOpen("sparse.vmdk", 0));
   header[74] = ' ';
   header[10] = 1; /* compressed */
   patchFile("sparse.vmdk", 0, header, sizeof header);
   CHECK_EQUAL(VIX_E_NOT_SUPPORTED, tryOpen("sparse.vmdk", 0));
   header[10] = 0;
   header[4] = 9; /* version */
   patchFile("sparse.vmdk", 0, header, sizeof header);
   CHECK_EQUAL(VIX_E_DISK_UNSUPPORTEDDISKVERSION, tryOpen("sparse.vmdk", 0));
   header[4] = 1;
   patchFile("sparse.vmdk", 0, header, sizeof header);
   CHECK_OK(tryOpen("sparse.vmdk", 0));
   CHECK(truncate(pathOf("sparse.vmdk"), 22 * SECTOR) == 0);
   CHECK_EQUAL(VIX_E_DISK_INVALIDDISK, tryOpen("sparse.vmdk", 0));
   stopLibrary();
}

/* Opening a FIFO would wake up whoever waits at its other end. */
static void whatIsNoFileIsNotEvenTouched(void)
{
   static const char *const names[] = {"fifo", "/dev/null", "."};
   struct inotify_event event;
   char text[512];
   int watch;

   startLibrary();
   CHECK(mkfifo(pathOf("fifo"), 0666) == 0);
   watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
   CHECK(watch >= 0 && inotify_add_watch(watch, pathOf("fifo"), IN_OPEN) >= 0);
   for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
      snprintf(text, sizeof text, HEADER "RW 1 FLAT \"%s\" 0\n", names[i]);
      writeText("extent.vmdk", text);
      CHECK_EQUAL(VIX_E_INCORRECT_FILE_TYPE, tryOpen("extent.vmdk", 0));
      CHECK_EQUAL(VIX_E_INCORRECT_FILE_TYPE, tryOpen("extent.vmdk", VIXDISKLIB_FLAG_OPEN_READ_ONLY));
   }
   CHECK_EQUAL(VIX_E_INCORRECT_FILE_TYPE, tryOpen("fifo", 0));
   CHECK_EQUAL(VIX_E_INCORRECT_FILE_TYPE, VixDiskLib_Unlink(local, pathOf("fifo")));
   CHECK(read(watch, &event, sizeof event) < 0); /* nobody has opened it */
   close(watch);
   stopLibrary();
}

static void aRelativePathIsTakenWithAWarning(void)
{
   VixDiskLibHandle disk;

   startLibrary();
   createDisk("a.vmdk", VIXDISKLIB_DISK_MONOLITHIC_SPARSE, 1000);
   CHECK(chdir(pathOf(".")) == 0);
   CHECK_OK(VixDiskLib_Open(local, "a.vmdk", 0, &disk));
   CHECK(wasLogged("not an absolute path"));
   CHECK_OK(VixDiskLib_Close(disk));
   CHECK(chdir("/") == 0);
   stopLibrary();
}

/* Runs in a child without rights, for the tests may run as root. */
static void tryWithoutRights(void)
{
   if (geteuid() == 0 && setuid(65534) != 0) {
      _exit(77);
   }
   startLibrary();
   CHECK_EQUAL(VIX_E_FILE_ACCESS_ERROR, tryOpen("a.vmdk", 0));
   CHECK_OK(tryOpen("a.vmdk", VIXDISKLIB_FLAG_OPEN_READ_ONLY));
   CHECK_EQUAL(VIX_E_FILE_ACCESS_ERROR, tryOpen("b.vmdk", VIXDISKLIB_FLAG_OPEN_READ_ONLY));
   CHECK_EQUAL(VIX_E_FILE_ACCESS_ERROR, tryCreate("c.vmdk", VIXDISKLIB_DISK_MONOLITHIC_FLAT, 1000));
   stopLibrary();
   _exit(0);
}

static void rightsOfFilesAreRespected(void)
{
   int status;
   pid_t child;

   startLibrary();
   createDisk("a.vmdk", VIXDISKLIB_DISK_MONOLITHIC_SPARSE, 1000);
   createDisk("b.vmdk", VIXDISKLIB_DISK_MONOLITHIC_SPARSE, 1000);
   stopLibrary();
   CHECK(chmod(pathOf("a.vmdk"), 0444) == 0 && chmod(pathOf("b.vmdk"), 0) == 0 && chmod(pathOf("."), 0555) == 0);
   child = fork();
   if (child == 0) {
      tryWithoutRights();
   }
   CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status));
   CHECK(WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 77);
   CHECK(chmod(pathOf("."), 0755) == 0);
}

int main(void)
{
   RUN(whatIsWrittenIsRead);
   RUN(sectorsBeyondTheEndAreOutOfRange);
   RUN(readOnlyDisksAreNotChanged);
   RUN(theFirstWriteChangesTheContentId);
   RUN(aContentIdKeepsItsNumberOfDigits);
   RUN(aSparseDiskIsMarkedWhileItIsWritten);
   RUN(bothGrainTablesAreKept);
   RUN(aDiskCanHaveManyExtents);
   RUN(onlyOneDiskWritesAnExtent);
   RUN(grainTablesAreAddedWhereThereAreNone);
   RUN(zeroGrainsAreZerosIfTheExtentHasThem);
   RUN(wrongPositionsInTablesAreDamage);
   RUN(tablesThatShareTheirPlaceAreNotWritten);
   RUN(grainsAreNotReadFromWhereOtherThingsAre);
   RUN(disksThatAreTooBigForTwoTebibytesWork);
   RUN(whatIsNoDiskIsNotOpened);
   RUN(whatIsNoFileIsNotEvenTouched);
   RUN(aRelativePathIsTakenWithAWarning);
   RUN(rightsOfFilesAreRespected);
   return finish();
}
