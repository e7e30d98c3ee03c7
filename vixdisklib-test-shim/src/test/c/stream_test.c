/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Stream-optimized disks: what the writer makes is read back, damage is told, and nothing is written.
 *
 * The linker puts the functions below in place of the system calls.
 */
#include "support.h"

#include <errno.h>
#include <sys/types.h>
#include <unistd.h>

#include "file.h"
#include "stream_writer.h"
#include "zlib_api.h"

#define GRAIN_BYTES (GRAIN * SECTOR)
#define FIRST_GRAIN 128u /* sector in the file */

ssize_t __real_pread64(int fd, void *bytes, size_t count, off_t offset);
ssize_t __real_pwrite64(int fd, const void *bytes, size_t count, off_t offset);
int __real_ftruncate64(int fd, off_t size);
int __real_fdatasync(int fd);
ssize_t __wrap_pread64(int fd, void *bytes, size_t count, off_t offset);
ssize_t __wrap_pwrite64(int fd, const void *bytes, size_t count, off_t offset);
int __wrap_ftruncate64(int fd, off_t size);
int __wrap_fdatasync(int fd);

static int readsLeft = -1;   /* before the read that fails; negative for none */
static int changesLeft = -1; /* before the change that fails, and all after it */
static int unstable;         /* changes since the file was last made stable */
static int unstableBefore;   /* changes that were not stable when the start of the file was written */

static bool failsToChange(void)
{
   changesLeft -= changesLeft > 0;
   errno = ENOSPC;
   return changesLeft == 0;
}

ssize_t __wrap_pread64(int fd, void *bytes, size_t count, off_t offset)
{
   if (readsLeft >= 0 && readsLeft-- == 0) {
      errno = EIO;
      return -1;
   }
   return __real_pread64(fd, bytes, count, offset);
}

ssize_t __wrap_pwrite64(int fd, const void *bytes, size_t count, off_t offset)
{
   unstableBefore = offset == 0 ? unstable : unstableBefore;
   unstable++;
   return failsToChange() ? -1 : __real_pwrite64(fd, bytes, count, offset);
}

int __wrap_ftruncate64(int fd, off_t size)
{
   return failsToChange() ? -1 : __real_ftruncate64(fd, size);
}

int __wrap_fdatasync(int fd)
{
   unstable = 0;
   return __real_fdatasync(fd);
}

/* ---------------------------------------------------------------------------------------------- making disks */

static uint8 buffer[4096 * SECTOR];

static size_t printDescriptor(char *text, size_t size, uint64 capacity)
{
   return (size_t)snprintf(text, size,
                           "# Disk DescriptorFile\nversion=1\nCID=12345678\nparentCID=ffffffff\n"
                           "createType=\"streamOptimized\"\nRW %" PRIu64 " SPARSE \"a.vmdk\"\n"
                           "ddb.adapterType = \"lsilogic\"\nddb.uuid = \"some\"\n",
                           capacity);
}

static VixError beginStream(const char *name, uint64 capacity, File *file, StreamWriter **writer)
{
   char descriptor[512];
   size_t length = printDescriptor(descriptor, sizeof descriptor, capacity);

   CHECK_OK(file_create(pathOf(name), file));
   return streamWriter_begin(file, descriptor, length, capacity, writer);
}

static void endStream(File *file, StreamWriter *writer)
{
   CHECK_OK(streamWriter_end(writer));
   streamWriter_free(writer);
   CHECK_OK(file_close(file));
}

/* Makes a disk of contents whose length is a whole number of grains. */
static VixError tryMakeStream(const char *name, const uint8 *contents, uint64 capacity)
{
   File file = FILE_CLOSED;
   StreamWriter *writer = NULL;
   VixError error = beginStream(name, capacity, &file, &writer);

   for (uint64 grain = 0; error == VIX_OK && grain * GRAIN < capacity; grain++) {
      error = streamWriter_write(writer, grain, contents + grain * GRAIN_BYTES);
   }
   if (error == VIX_OK) {
      error = streamWriter_end(writer);
   }
   streamWriter_free(writer);
   file_close(&file);
   return error;
}

static void makeStream(const char *name, const uint8 *contents, uint64 capacity)
{
   CHECK_OK(tryMakeStream(name, contents, capacity));
}

/* Two grains of few bytes, the second of which the disk ends in: they are in the first two sectors for grains. */
#define SMALL_CAPACITY 130u

static uint8 small[2 * GRAIN_BYTES];

static void makeSmall(const char *name)
{
   memset(small, 0, sizeof small);
   fillPattern(small + 7 * SECTOR, 7, 1, 1);
   memset(small + 128 * SECTOR, 'x', 2 * SECTOR);
   unlink(pathOf(name));
   makeStream(name, small, SMALL_CAPACITY);
}

/* Whether all of a disk reads as it should; false if that is an error. */
static bool readsAs(const char *name, const uint8 *contents, uint64 capacity)
{
   VixDiskLibHandle disk;
   VixDiskLibInfo *info;
   VixError error = VixDiskLib_Open(local, pathOf(name), VIXDISKLIB_FLAG_OPEN_READ_ONLY, &disk);

   if (error != VIX_OK) {
      return false;
   }
   CHECK_OK(VixDiskLib_GetInfo(disk, &info));
   if (info->capacity == capacity) {
      error = VixDiskLib_Read(disk, 0, capacity, buffer);
      CHECK(error != VIX_OK || memcmp(buffer, contents, (size_t)capacity * SECTOR) == 0);
   }
   VixDiskLib_FreeInfo(info);
   CHECK_OK(VixDiskLib_Close(disk));
   return error == VIX_OK;
}

static uint64 field(const uint8 *at, size_t bytes)
{
   uint64 value = 0;

   memcpy(&value, at, bytes);
   return value;
}

/* Turns a disk into one whose directory is in its header, and which ends after it. */
static void removeFooter(const char *name)
{
   size_t length;
   uint8 *bytes = readFile(name, &length);

   patchFile(name, 56, bytes + length - 2 * SECTOR + 56, 8);
   CHECK(truncate(pathOf(name), (off_t)(length - 3 * SECTOR)) == 0);
   free(bytes);
}

/* ------------------------------------------------------------------------------------------------- reading */

/* Fills grains at random: with nothing, with what gets small, with what does not, with few bytes. */
static void fillRandomly(Random *random, uint8 *contents, uint64 capacity)
{
   for (uint64 sector = 0; sector < capacity; sector += GRAIN) {
      uint64 count = capacity - sector < GRAIN ? capacity - sector : GRAIN;
      uint8 *grain = contents + sector * SECTOR;

      switch (nextRandom(random, 5)) {
      case 0:
         fillPattern(grain, sector, count, 9);
         break;
      case 1:
         for (uint64 i = 0; i < count * SECTOR; i++) {
            grain[i] = (uint8)nextRandom(random, 256);
         }
         break;
      case 2:
         grain[nextRandom(random, count * SECTOR)] = 1;
         break;
      default:
         break;
      }
   }
}

static void checkPieces(Random *random, VixDiskLibHandle disk, const uint8 *contents, uint64 capacity)
{
   for (int i = 0; i < 300; i++) {
      uint64 start = nextRandom(random, capacity);
      uint64 count = 1 + nextRandom(random, i % 4 == 0 ? 1000 : 5);

      count = count > capacity - start ? capacity - start : count;
      CHECK_OK(VixDiskLib_Read(disk, start, count, buffer));
      CHECK(memcmp(buffer, contents + start * SECTOR, (size_t)count * SECTOR) == 0);
   }
}

/* Blocks of one grain are where a grain is not all zeros. */
static void checkBlocks(VixDiskLibHandle disk, const uint8 *contents, uint64 capacity)
{
   VixDiskLibBlockList *list;
   const VixDiskLibBlock *block;
   uint32 next = 0;

   CHECK_OK(VixDiskLib_QueryAllocatedBlocks(disk, 0, capacity / GRAIN * GRAIN, GRAIN, &list));
   block = (const VixDiskLibBlock *)(const void *)((const char *)list + offsetof(VixDiskLibBlockList, blocks));
   for (uint64 sector = 0; sector < capacity / GRAIN * GRAIN; sector += GRAIN) {
      bool allocated = next < list->numBlocks && sector >= block[next].offset;

      CHECK_EQUAL(!isZero(contents + sector * SECTOR, GRAIN_BYTES), allocated);
      next += allocated && sector + GRAIN == block[next].offset + block[next].length;
   }
   CHECK_EQUAL(list->numBlocks, next);
   CHECK_OK(VixDiskLib_FreeBlockList(list));
}

static void whatTheWriterMakesIsReadBack(void)
{
   static const uint64 capacities[] = {1, 127, 128, 129, 65536, 65537, 70001};
   Random random = {chooseSeed()};

   startLibrary();
   for (size_t i = 0; i < sizeof capacities / sizeof capacities[0]; i++) {
      uint64 capacity = capacities[i];
      uint8 *contents = calloc((size_t)(capacity + GRAIN), SECTOR);
      VixDiskLibHandle disk;

      fillRandomly(&random, contents, capacity);
      makeStream("a.vmdk", contents, capacity);
      for (int footer = 1; footer >= 0; footer--) {
         if (!footer) {
            removeFooter("a.vmdk");
         }
         disk = openDisk("a.vmdk", VIXDISKLIB_FLAG_OPEN_READ_ONLY);
         for (uint64 sector = 0; sector < capacity; sector += 4096) {
            uint64 count = capacity - sector < 4096 ? capacity - sector : 4096;

            CHECK_OK(VixDiskLib_Read(disk, sector, count, buffer));
            CHECK(memcmp(buffer, contents + sector * SECTOR, (size_t)count * SECTOR) == 0);
         }
         checkPieces(&random, disk, contents, capacity);
         checkBlocks(disk, contents, capacity);
         CHECK_OK(VixDiskLib_Close(disk));
      }
      CHECK_OK(VixDiskLib_Unlink(local, pathOf("a.vmdk")));
      free(contents);
   }
   stopLibrary();
}

static void aDiskOf3TiBTakesWhatIsInIt(void)
{
   static const uint64 grains[] = {0, 1, 511, 512, 25165823, 40000000, 50331647};
   uint64 capacity = UINT64_C(6442450944) - 5;
   File file = FILE_CLOSED;
   StreamWriter *writer;
   VixDiskLibHandle disk;

   startLibrary();
   CHECK_OK(beginStream("a.vmdk", capacity, &file, &writer));
   for (size_t i = 0; i < sizeof grains / sizeof grains[0]; i++) {
      fillPattern(buffer, grains[i], GRAIN, 3);
      if (i == sizeof grains / sizeof grains[0] - 1) {
         memset(buffer + GRAIN_BYTES - 5 * SECTOR, 0, 5 * SECTOR);
      }
      CHECK_OK(streamWriter_write(writer, grains[i], buffer));
   }
   endStream(&file, writer);
   CHECK(file.size < 2 << 20);
   disk = openDisk("a.vmdk", VIXDISKLIB_FLAG_OPEN_READ_ONLY);
   for (size_t i = 0; i < sizeof grains / sizeof grains[0]; i++) {
      CHECK_OK(VixDiskLib_Read(disk, grains[i] * GRAIN, 100, buffer));
      checkPattern(buffer, grains[i], 100, 3);
   }
   CHECK_OK(VixDiskLib_Read(disk, 2 * GRAIN, GRAIN, buffer));
   CHECK(isZero(buffer, GRAIN_BYTES));
   CHECK_OK(VixDiskLib_Close(disk));
   stopLibrary();
}

/* Grains that take as many sectors when they are compressed are not taken for one run of data. */
static void grainsThatKeepTheirSizeAreReadOneByOne(void)
{
   static uint8 contents[2 * GRAIN_BYTES];
   Random random = {4};
   size_t length;

   startLibrary();
   for (size_t i = 0; i < sizeof contents; i++) {
      contents[i] = i % GRAIN_BYTES < 400 ? 0 : (uint8)nextRandom(&random, 256);
   }
   makeStream("a.vmdk", contents, 2 * GRAIN);
   free(readFile("a.vmdk", &length));
   CHECK_EQUAL((FIRST_GRAIN + 2 * GRAIN + 5 + 2 + 3) * SECTOR, length);
   CHECK(readsAs("a.vmdk", contents, 2 * GRAIN));
   stopLibrary();
}

/* Disks that are put together of extents can have stream-optimized ones. */
static void aDiskOfSeveralStreamsIsRead(void)
{
   VixDiskLibHandle disk;

   startLibrary();
   makeSmall("a.vmdk");
   makeSmall("b.vmdk");
   writeText("whole.vmdk", "# Disk DescriptorFile\nversion=1\nCID=12345678\ncreateType=\"custom\"\n"
                           "RW 130 SPARSE \"a.vmdk\"\nRW 3 ZERO\nRW 129 SPARSE \"b.vmdk\"\n");
   disk = openDisk("whole.vmdk", VIXDISKLIB_FLAG_OPEN_READ_ONLY);
   CHECK_OK(VixDiskLib_Read(disk, 0, 262, buffer));
   CHECK(memcmp(buffer, small, 130 * SECTOR) == 0 && isZero(buffer + 130 * SECTOR, 3 * SECTOR));
   CHECK(memcmp(buffer + 133 * SECTOR, small, 129 * SECTOR) == 0);
   CHECK_OK(VixDiskLib_Close(disk));
   stopLibrary();
}

static void aReadThatFailsIsReportedAndTheNextSucceeds(void)
{
   VixDiskLibHandle disk;
   int failures = 0;
   VixError error;

   startLibrary();
   makeSmall("a.vmdk");
   for (int count = 0;; count++) {
      readsLeft = count;
      error = VixDiskLib_Open(local, pathOf("a.vmdk"), VIXDISKLIB_FLAG_OPEN_READ_ONLY, &disk);
      if (error == VIX_OK) {
         error = VixDiskLib_Read(disk, 1, 129, buffer);
         if (error != VIX_OK) {
            CHECK_OK(VixDiskLib_Read(disk, 1, 129, buffer));
         }
         CHECK(memcmp(buffer, small + SECTOR, 129 * SECTOR) == 0);
         CHECK_OK(VixDiskLib_Close(disk));
      }
      if (error == VIX_OK) {
         break;
      }
      CHECK_EQUAL(VIX_E_FILE_ERROR, error);
      failures++;
   }
   readsLeft = -1;
   CHECK(failures > 10);
   stopLibrary();
}

/* ------------------------------------------------------------------------------------------------- damage */

static void damageIsReportedOrDoesNotMatter(const char *name, uint8 change)
{
   size_t length;
   uint8 *bytes = readFile(name, &length);

   for (size_t i = 0; i < length; i++) {
      bool unused = i >= 2 * SECTOR && i < FIRST_GRAIN * SECTOR;
      uint8 changed = bytes[i] ^ change;

      if (!unused) {
         patchFile(name, i, &changed, 1);
         (void)readsAs(name, small, SMALL_CAPACITY);
         patchFile(name, i, &bytes[i], 1);
      }
   }
   CHECK(readsAs(name, small, SMALL_CAPACITY));
   free(bytes);
}

static void aChangedByteIsNeverReadAsSomethingElse(void)
{
   startLibrary();
   makeSmall("a.vmdk");
   damageIsReportedOrDoesNotMatter("a.vmdk", 0xff);
   damageIsReportedOrDoesNotMatter("a.vmdk", 0x01);
   damageIsReportedOrDoesNotMatter("a.vmdk", 0x10);
   stopLibrary();
}

static void aDiskThatIsCutOffIsNeverReadAsSomethingElse(void)
{
   size_t length;

   startLibrary();
   for (int footer = 1; footer >= 0; footer--) {
      makeSmall("a.vmdk");
      if (!footer) {
         removeFooter("a.vmdk");
      }
      free(readFile("a.vmdk", &length));
      while (length > 0) {
         length -= length < FIRST_GRAIN * SECTOR && length > 3 * SECTOR ? SECTOR : 1;
         CHECK(truncate(pathOf("a.vmdk"), (off_t)length) == 0);
         if (readsAs("a.vmdk", small, SMALL_CAPACITY)) {
            /* Only what fills up the sector of the directory may be missing. */
            CHECK(!footer && length % SECTOR >= 4);
         }
      }
   }
   stopLibrary();
}

/* Reads the second grain of a disk, which has a good first one. */
static VixError readSecondGrain(const char *name)
{
   VixDiskLibHandle disk = openDisk(name, VIXDISKLIB_FLAG_OPEN_READ_ONLY);
   VixError whole;
   VixError part;

   CHECK_OK(VixDiskLib_Read(disk, 0, 128, buffer));
   CHECK(memcmp(buffer, small, GRAIN_BYTES) == 0);
   part = VixDiskLib_Read(disk, 129, 1, buffer);
   whole = VixDiskLib_Read(disk, 128, 2, buffer);
   CHECK_EQUAL(part, whole);
   CHECK_OK(VixDiskLib_Read(disk, 7, 1, buffer));
   CHECK(memcmp(buffer, small + 7 * SECTOR, SECTOR) == 0);
   CHECK_OK(VixDiskLib_Close(disk));
   return part;
}

static void patch32(const char *name, uint64 offset, uint32 value)
{
   patchFile(name, offset, &value, sizeof value);
}

/* Puts other data behind the marker of the second grain. */
static void replaceSecondGrain(const char *name, const uint8 *data, size_t bytes)
{
   uint8 compressed[SECTOR];
   unsigned long made = sizeof compressed - 12;

   CHECK(compress2(compressed, &made, data, bytes, 9) == ZLIB_OK);
   patch32(name, (FIRST_GRAIN + 1) * SECTOR + 8, (uint32)made);
   patchFile(name, (FIRST_GRAIN + 1) * SECTOR + 12, compressed, made);
}

static void damagedGrainsAreReported(void)
{
   const uint64 marker = (FIRST_GRAIN + 1) * SECTOR;
   const uint64 table = (FIRST_GRAIN + 3) * SECTOR;
   static const struct {
      uint64 from; /* offset from the marker, or from the table */
      uint32 value;
      bool inTable;
      const char *logged;
   } damages[] = {
      {0, 129, false, "is another one by its marker"},
      {4, 1, false, "is another one by its marker"},
      {8, 0, false, "has no possible size"},
      {8, 2 * GRAIN_BYTES + 1, false, "has no possible size"},
      {8, UINT32_MAX, false, "has no possible size"},
      {8, 2 * GRAIN_BYTES, false, "is cut off"},
      {8, 10, false, "cannot be uncompressed"},
      {12, 0, false, "cannot be uncompressed"},
      {20, 0x12345678, false, "cannot be uncompressed"},
      {4, 1000, true, "is beyond the end of it"},
      {4, UINT32_MAX, true, "is beyond the end of it"},
      {4, FIRST_GRAIN, true, "is another one by its marker"},
      {4, FIRST_GRAIN + 2, true, "is another one by its marker"},
      {4, 3, true, "a grain is at sector 3"},
   };

   for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
      startLibrary();
      makeSmall("a.vmdk");
      CHECK_OK(readSecondGrain("a.vmdk"));
      patch32("a.vmdk", (damages[i].inTable ? table : marker) + damages[i].from, damages[i].value);
      CHECK_EQUAL(VIX_E_DISK_NEEDSREPAIR, readSecondGrain("a.vmdk"));
      if (!wasLogged(damages[i].logged)) {
         failCheck(__FILE__, __LINE__, damages[i].logged);
      }
      stopLibrary();
   }
}

static void aGrainOfTheWrongLengthIsReported(void)
{
   static uint8 data[GRAIN_BYTES + 1];

   startLibrary();
   makeSmall("a.vmdk");
   replaceSecondGrain("a.vmdk", data, GRAIN_BYTES + 1);
   CHECK_EQUAL(VIX_E_DISK_NEEDSREPAIR, readSecondGrain("a.vmdk"));
   CHECK(wasLogged("cannot be uncompressed"));
   replaceSecondGrain("a.vmdk", data, 2 * SECTOR - 1);
   CHECK_EQUAL(VIX_E_DISK_NEEDSREPAIR, readSecondGrain("a.vmdk"));
   CHECK(wasLogged("has too few sectors"));
   replaceSecondGrain("a.vmdk", small + GRAIN_BYTES, 2 * SECTOR);
   CHECK_OK(readSecondGrain("a.vmdk"));
   CHECK(readsAs("a.vmdk", small, SMALL_CAPACITY));
   stopLibrary();
}

/* What was read before stays good, though the bytes of the damaged grain have taken the place of others. */
static void aDamagedGrainSpoilsNoOtherOne(void)
{
   static uint8 contents[40 * GRAIN_BYTES];
   VixDiskLibHandle disk;

   startLibrary();
   for (uint64 grain = 0; grain < 40; grain++) {
      memset(contents + grain * GRAIN_BYTES, (int)grain + 1, GRAIN_BYTES);
   }
   makeStream("a.vmdk", contents, 40 * GRAIN);
   for (uint64 grain = 20; grain < 40; grain++) {
      uint64 marker = (FIRST_GRAIN + grain) * SECTOR;
      size_t length;
      uint8 *bytes = readFile("a.vmdk", &length);
      uint64 end = marker + 12 + field(bytes + marker + 8, 4);

      patch32("a.vmdk", end - 4, 0x11111111); /* the checksum */
      free(bytes);
   }
   disk = openDisk("a.vmdk", VIXDISKLIB_FLAG_OPEN_READ_ONLY);
   for (uint64 grain = 0; grain < 20; grain++) {
      for (uint64 i = 0; i <= grain; i++) {
         CHECK_OK(VixDiskLib_Read(disk, i * GRAIN, 2, buffer));
         CHECK(memcmp(buffer, contents + i * GRAIN_BYTES, 2 * SECTOR) == 0);
      }
      CHECK_EQUAL(VIX_E_DISK_NEEDSREPAIR, VixDiskLib_Read(disk, (20 + grain) * GRAIN, 2, buffer));
   }
   CHECK_OK(VixDiskLib_Close(disk));
   stopLibrary();
}

static void aTableWithoutMarkerIsReported(void)
{
   VixDiskLibHandle disk;

   startLibrary();
   makeSmall("a.vmdk");
   patch32("a.vmdk", (FIRST_GRAIN + 2) * SECTOR + 12, 2);
   disk = openDisk("a.vmdk", VIXDISKLIB_FLAG_OPEN_READ_ONLY);
   CHECK_EQUAL(VIX_E_DISK_NEEDSREPAIR, VixDiskLib_Read(disk, 0, 1, buffer));
   CHECK(wasLogged("a grain table without marker"));
   CHECK_OK(VixDiskLib_Close(disk));
   /* Where the directory is in the header, nobody has promised markers. */
   removeFooter("a.vmdk");
   CHECK(readsAs("a.vmdk", small, SMALL_CAPACITY));
   stopLibrary();
}

/* There are writers that leave the flag for redundant tables, and have none. */
static void copiesOfTheTablesAreNotNeeded(void)
{
   const uint64 nowhere = UINT64_MAX;
   size_t length;

   startLibrary();
   makeSmall("a.vmdk");
   free(readFile("a.vmdk", &length));
   patch32("a.vmdk", 8, 0x30003);
   patch32("a.vmdk", length - 2 * SECTOR + 8, 0x30003);
   CHECK(readsAs("a.vmdk", small, SMALL_CAPACITY));
   patchFile("a.vmdk", 48, &nowhere, sizeof nowhere);
   patchFile("a.vmdk", length - 2 * SECTOR + 48, &nowhere, sizeof nowhere);
   CHECK(readsAs("a.vmdk", small, SMALL_CAPACITY));
   CHECK_OK(tryOpen("a.vmdk", 0));
   stopLibrary();
}

static void headersAndFootersThatCannotBeAreRefused(void)
{
   size_t length;
   static const struct {
      bool inHeader;
      int64 offset; /* in the header, or from the footer */
      uint32 value;
      VixError error;
      const char *logged;
   } damages[] = {
      {true, 8, 0x10001, VIX_E_NOT_SUPPORTED, "flags 0x10001 and compression 1"},
      {true, 8, 0x20001, VIX_E_NOT_SUPPORTED, "flags 0x20001 and compression 1"},
      {true, 8, 1, VIX_E_NOT_SUPPORTED, "flags 0x1 and compression 1"},
      {true, 77, 2, VIX_E_NOT_SUPPORTED, "compression 2"},
      {true, 77, 0, VIX_E_NOT_SUPPORTED, "compression 0"},
      {true, 4, 4, VIX_E_DISK_UNSUPPORTEDDISKVERSION, "version 4"},
      {true, 12, SMALL_CAPACITY + 1, VIX_E_DISK_INVALIDDISK, "the footer differs"},
      {true, 20, 256, VIX_E_DISK_INVALIDDISK, "the footer differs"},
      {true, 44, 1024, VIX_E_DISK_INVALIDDISK, "the footer differs"},
      {true, 56, 1 << 30, VIX_E_DISK_INVALIDDISK, "place of the grain directory"},
      {false, 0, 1, VIX_E_DISK_INVALIDDISK, "magic number"},
      {false, 8, 0x30005, VIX_E_DISK_INVALIDDISK, "the footer differs"},
      {false, 12, SMALL_CAPACITY + 1, VIX_E_DISK_INVALIDDISK, "the footer differs"},
      {false, 56, 0, VIX_E_DISK_INVALIDDISK, "the footer has no place"},
      {false, 56, 1, VIX_E_DISK_INVALIDDISK, "no marker before the grain directory"},
      {false, 56, FIRST_GRAIN, VIX_E_DISK_INVALIDDISK, "no marker before the grain directory"},
      {false, 60, 1, VIX_E_DISK_INVALIDDISK, "no marker before the grain directory"},
      {false, 60, UINT32_MAX, VIX_E_DISK_INVALIDDISK, "no marker before the grain directory"},
      {false, -512 + 12, 2, VIX_E_DISK_INVALIDDISK, "no footer"},
      {false, -512 + 8, 1, VIX_E_DISK_INVALIDDISK, "no footer"},
      {false, 512 + 8, 1, VIX_E_DISK_INVALIDDISK, "no end of stream"},
   };

   for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
      startLibrary();
      makeSmall("a.vmdk");
      free(readFile("a.vmdk", &length));
      patch32("a.vmdk", (uint64)((damages[i].inHeader ? 0 : (int64)length - 2 * (int64)SECTOR) + damages[i].offset),
              damages[i].value);
      checkEqual(__FILE__, __LINE__, damages[i].logged, damages[i].error, tryOpen("a.vmdk", 0));
      if (!wasLogged(damages[i].logged)) {
         failCheck(__FILE__, __LINE__, damages[i].logged);
      }
      stopLibrary();
   }
}

/* Puts something anywhere into the header, what is behind the first grain, or the start of one of its sectors. */
static void damageSomewhere(Random *random, const char *name, size_t length)
{
   const size_t start = FIRST_GRAIN * SECTOR;
   uint64 value = nextRandom(random, UINT64_C(1) << nextRandom(random, 40));
   uint64 offset;

   switch (nextRandom(random, 3)) {
   case 0:
      offset = 4 + nextRandom(random, 80);
      break;
   case 1:
      offset = start + nextRandom(random, length - start - sizeof value);
      break;
   default:
      offset = start + nextRandom(random, (length - start) / SECTOR) * SECTOR + 4 * nextRandom(random, 4);
   }
   patchFile(name, offset, &value, (size_t)1 << nextRandom(random, 4));
}

static void damagedStreamsDoNoHarm(void)
{
   Random random = {chooseSeed()};

   startLibrary();
   for (int footer = 1; footer >= 0; footer--) {
      size_t length;
      uint8 *good;

      makeSmall("a.vmdk");
      if (!footer) {
         removeFooter("a.vmdk");
      }
      good = readFile("a.vmdk", &length);
      for (int i = 0; i < 1500; i++) {
         VixDiskLibHandle disk;

         for (uint64 n = 1 + nextRandom(&random, 4); n > 0; n--) {
            damageSomewhere(&random, "a.vmdk", length);
         }
         if (VixDiskLib_Open(local, pathOf("a.vmdk"), 0, &disk) == VIX_OK) {
            (void)VixDiskLib_Read(disk, 0, SMALL_CAPACITY, buffer);
            (void)VixDiskLib_Read(disk, 129, 1, buffer);
            CHECK_OK(VixDiskLib_Close(disk));
         }
         CHECK(truncate(pathOf("a.vmdk"), (off_t)length) == 0);
         patchFile("a.vmdk", 0, good, length);
      }
      CHECK(readsAs("a.vmdk", small, SMALL_CAPACITY));
      free(good);
   }
   stopLibrary();
}

/* ----------------------------------------------------------------------------------------- no writing to them */

static void checkUnchanged(const char *name, const uint8 *old, size_t oldLength)
{
   size_t length;
   uint8 *bytes = readFile(name, &length);

   CHECK_EQUAL(oldLength, length);
   CHECK(memcmp(old, bytes, length) == 0);
   free(bytes);
}

static void writesAreRefusedAndLeaveTheFileAsItWas(void)
{
   VixDiskLibHandle disk;
   size_t length;
   uint8 *old;

   startLibrary();
   makeSmall("a.vmdk");
   old = readFile("a.vmdk", &length);
   disk = openDisk("a.vmdk", 0);
   memcpy(buffer, small, sizeof small);
   CHECK_EQUAL(VIX_E_NOT_SUPPORTED, VixDiskLib_Write(disk, 0, 1, buffer));
   CHECK(wasLogged("a stream-optimized disk cannot be written"));
   CHECK_EQUAL(VIX_E_NOT_SUPPORTED, VixDiskLib_Write(disk, 0, SMALL_CAPACITY, buffer));
   CHECK_EQUAL(VIX_E_NOT_SUPPORTED, VixDiskLib_Write(disk, SMALL_CAPACITY - 1, 1, buffer));
   CHECK_EQUAL(VIX_E_DISK_OUTOFRANGE, VixDiskLib_Write(disk, SMALL_CAPACITY, 1, buffer));
   CHECK_OK(VixDiskLib_Write(disk, 0, 0, buffer));
   CHECK_OK(VixDiskLib_Flush(disk));
   CHECK_OK(VixDiskLib_Close(disk));
   checkUnchanged("a.vmdk", old, length);
   disk = openDisk("a.vmdk", VIXDISKLIB_FLAG_OPEN_READ_ONLY);
   CHECK_EQUAL(VIX_E_FILE_READ_ONLY, VixDiskLib_Write(disk, 0, 1, buffer));
   CHECK_OK(VixDiskLib_Close(disk));
   checkUnchanged("a.vmdk", old, length);
   free(old);
   stopLibrary();
}

/* A write that begins in an extent that could take it. */
static void aWriteThatIsRefusedInPartIsRefusedAsAWhole(void)
{
   static const char text[] = "# Disk DescriptorFile\nversion=1\nCID=12345678\ncreateType=\"custom\"\n"
                              "RW 10 FLAT \"flat.bin\" 0\nRW 130 SPARSE \"a.vmdk\"\n";
   static uint8 zeros[10 * SECTOR];
   VixDiskLibHandle disk;

   startLibrary();
   makeSmall("a.vmdk");
   writeFile("flat.bin", zeros, sizeof zeros);
   writeText("whole.vmdk", text);
   disk = openDisk("whole.vmdk", 0);
   fillPattern(buffer, 0, 20, 1);
   CHECK_EQUAL(VIX_E_NOT_SUPPORTED, VixDiskLib_Write(disk, 0, 20, buffer));
   checkUnchanged("flat.bin", zeros, sizeof zeros);
   checkUnchanged("whole.vmdk", (const uint8 *)text, strlen(text));
   CHECK_OK(VixDiskLib_Write(disk, 0, 10, buffer));
   CHECK_OK(VixDiskLib_Close(disk));
   stopLibrary();
}

static void metadataIsWrittenWhileThereIsRoom(void)
{
   VixDiskLibHandle disk;
   char *big = malloc(20 * SECTOR);
   char value[64];
   size_t required;
   size_t length;
   uint8 *old;

   startLibrary();
   makeSmall("a.vmdk");
   disk = openDisk("a.vmdk", 0);
   CHECK_OK(VixDiskLib_WriteMetadata(disk, "comment", "of a stream"));
   old = readFile("a.vmdk", &length);
   memset(big, 'b', 20 * SECTOR - 1);
   big[20 * SECTOR - 1] = '\0';
   CHECK_EQUAL(VIX_E_ARGUMENT_TOO_BIG, VixDiskLib_WriteMetadata(disk, "big", big));
   CHECK_OK(VixDiskLib_Close(disk));
   checkUnchanged("a.vmdk", old, length);
   disk = openDisk("a.vmdk", VIXDISKLIB_FLAG_OPEN_READ_ONLY);
   CHECK_OK(VixDiskLib_ReadMetadata(disk, "comment", value, sizeof value, &required));
   CHECK(strcmp(value, "of a stream") == 0);
   CHECK_OK(VixDiskLib_Close(disk));
   CHECK(readsAs("a.vmdk", small, SMALL_CAPACITY));
   free(big);
   free(old);
   stopLibrary();
}

/* ----------------------------------------------------------------------------------------------- the writer */

/* The positions of everything in a disk of two grains, with a hole of a whole table between them. */
static void theFileIsLaidOutAsOtherProgramsDoIt(void)
{
   static const uint8 newlineTest[] = {'\n', ' ', '\r', '\n'};
   static const uint8 noDirectory[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
   File file = FILE_CLOSED;
   StreamWriter *writer;
   const uint8 *at;
   size_t length;
   uint8 *bytes;

   CHECK_OK(beginStream("a.vmdk", 2 * 65536 + 1, &file, &writer));
   memset(buffer, 'a', GRAIN_BYTES);
   CHECK_OK(streamWriter_write(writer, 1, buffer));
   memset(buffer, 0, GRAIN_BYTES);
   CHECK_OK(streamWriter_write(writer, 2, buffer));
   memset(buffer, 'a', SECTOR);
   CHECK_OK(streamWriter_write(writer, 1024, buffer));
   endStream(&file, writer);
   bytes = readFile("a.vmdk", &length);
   CHECK_EQUAL((FIRST_GRAIN + 1 + 5 + 1 + 5 + 2 + 3) * SECTOR, length);
   CHECK(memcmp(bytes, "KDMV", 4) == 0 && field(bytes + 4, 4) == 3 && field(bytes + 8, 4) == 0x30001);
   CHECK(memcmp(bytes + 73, newlineTest, 4) == 0 && field(bytes + 77, 2) == 1);
   CHECK(field(bytes + 28, 8) == 1 && field(bytes + 36, 8) == 20 && field(bytes + 64, 8) == 128);
   CHECK(memcmp(bytes + 56, noDirectory, 8) == 0 && field(bytes + 48, 8) == 0);
   at = bytes + FIRST_GRAIN * SECTOR; /* grain 1 */
   CHECK(field(at, 8) == 128 && field(at + 8, 4) > 0 && field(at + 8, 4) < 400);
   CHECK(isZero(at + 12 + field(at + 8, 4), SECTOR - 12 - field(at + 8, 4)));
   at += SECTOR; /* its table */
   CHECK(field(at, 8) == 4 && field(at + 8, 8) == UINT64_C(1) << 32);
   CHECK(field(at + SECTOR, 8) == (uint64)FIRST_GRAIN << 32 && field(at + SECTOR + 8, 4) == 0);
   at += 5 * SECTOR; /* grain 1024 */
   CHECK(field(at, 8) == 131072);
   at += SECTOR; /* its table */
   CHECK(field(at, 8) == 4 && field(at + SECTOR, 8) == FIRST_GRAIN + 6);
   at += 5 * SECTOR; /* the directory */
   CHECK(field(at, 8) == 1 && field(at + 8, 8) == UINT64_C(2) << 32);
   CHECK(field(at + SECTOR, 4) == FIRST_GRAIN + 2 && field(at + SECTOR + 4, 4) == 0);
   CHECK(field(at + SECTOR + 8, 4) == FIRST_GRAIN + 8);
   at += 2 * SECTOR; /* the footer */
   CHECK(field(at, 8) == 1 && field(at + 8, 8) == UINT64_C(3) << 32);
   CHECK(memcmp(at + SECTOR, bytes, 56) == 0 && field(at + SECTOR + 56, 8) == FIRST_GRAIN + 13);
   CHECK(memcmp(at + SECTOR + 64, bytes + 64, SECTOR - 64) == 0);
   CHECK(isZero(at + 2 * SECTOR, SECTOR) && at + 3 * SECTOR == bytes + length);
   free(bytes);
}

static void anEmptyDiskIsAllZeros(void)
{
   static const uint64 capacities[] = {1, 128, 65537, UINT64_C(1) << 38};

   startLibrary();
   for (size_t i = 0; i < sizeof capacities / sizeof capacities[0]; i++) {
      File file = FILE_CLOSED;
      StreamWriter *writer;
      VixDiskLibHandle disk;

      CHECK_OK(beginStream("a.vmdk", capacities[i], &file, &writer));
      endStream(&file, writer);
      disk = openDisk("a.vmdk", VIXDISKLIB_FLAG_OPEN_READ_ONLY);
      CHECK_OK(VixDiskLib_Read(disk, capacities[i] - 1, 1, buffer));
      CHECK(isZero(buffer, SECTOR));
      CHECK_OK(VixDiskLib_Close(disk));
      CHECK(unlink(pathOf("a.vmdk")) == 0);
   }
   stopLibrary();
}

/* Whatever change of the file is the last one, before the end it is no disk, and after it the whole one. */
static void aFileThatIsNotEndedIsNoDisk(void)
{
   int failures = 0;

   startLibrary();
   makeSmall("a.vmdk");
   for (int count = 1;; count++) {
      VixError error;

      unlink(pathOf("a.vmdk"));
      changesLeft = count;
      error = tryMakeStream("a.vmdk", small, SMALL_CAPACITY);
      changesLeft = -1;
      if (error == VIX_OK) {
         break;
      }
      CHECK_EQUAL(VIX_E_DISK_FULL, error);
      CHECK_EQUAL(VIX_E_DISK_INVALIDDISK, tryOpen("a.vmdk", 0));
      failures++;
   }
   CHECK_EQUAL(12, failures); /* size, descriptor, 2 grains, table, directory, footer with their markers, end, header */
   CHECK(readsAs("a.vmdk", small, SMALL_CAPACITY));
   stopLibrary();
}

/* After a power failure the header may be there only if all else is. */
static void theHeaderIsWrittenWhenTheRestIsStable(void)
{
   makeSmall("a.vmdk");
   CHECK_EQUAL(0, unstableBefore);
   CHECK_EQUAL(0, unstable);
}

/* Once something is missing in the file, it never becomes a disk. */
static void aFailureOfTheWriterIsForGood(void)
{
   File file = FILE_CLOSED;
   StreamWriter *writer;

   startLibrary();
   CHECK_OK(beginStream("a.vmdk", 1000, &file, &writer));
   memset(buffer, 'a', GRAIN_BYTES);
   changesLeft = 1;
   CHECK_EQUAL(VIX_E_DISK_FULL, streamWriter_write(writer, 0, buffer));
   changesLeft = -1;
   CHECK_EQUAL(VIX_E_DISK_FULL, streamWriter_write(writer, 1, buffer));
   CHECK_EQUAL(VIX_E_DISK_FULL, streamWriter_end(writer));
   streamWriter_free(writer);
   CHECK_OK(file_close(&file));
   CHECK_EQUAL(VIX_E_DISK_INVALIDDISK, tryOpen("a.vmdk", 0));
   stopLibrary();
}

static void grainsOutOfOrderAreRefused(void)
{
   File file = FILE_CLOSED;
   StreamWriter *writer;

   startLibrary();
   CHECK_OK(beginStream("a.vmdk", SMALL_CAPACITY, &file, &writer));
   memcpy(buffer, small, sizeof small);
   makeSmall("b.vmdk");
   CHECK_OK(streamWriter_write(writer, 0, small));
   CHECK_EQUAL(VIX_E_INVALID_ARG, streamWriter_write(writer, 0, buffer));
   CHECK_EQUAL(VIX_E_DISK_OUTOFRANGE, streamWriter_write(writer, 2, small));
   CHECK_OK(streamWriter_write(writer, 1, small + GRAIN_BYTES));
   CHECK_EQUAL(VIX_E_INVALID_ARG, streamWriter_write(writer, 0, small));
   endStream(&file, writer);
   CHECK(readsAs("a.vmdk", small, SMALL_CAPACITY));
   streamWriter_free(NULL);
   stopLibrary();
}

static void whatTheFormatHasNoRoomForIsRefused(void)
{
   static const char descriptor[20 * 512 + 1] = "# Disk DescriptorFile\n";
   const uint64 mostSectors = UINT64_C(1) << 38;
   File file = FILE_CLOSED;
   StreamWriter *writer;

   startLibrary();
   CHECK_EQUAL(VIX_E_FILE_TOO_BIG, beginStream("a.vmdk", mostSectors + 1, &file, &writer));
   CHECK_EQUAL(VIX_E_FILE_TOO_BIG, streamWriter_begin(&file, descriptor, 10, UINT64_MAX, &writer));
   CHECK_EQUAL(VIX_E_ARGUMENT_TOO_BIG, streamWriter_begin(&file, descriptor, sizeof descriptor, 1000, &writer));
   CHECK(wasLogged("no room for a descriptor of 10241 bytes"));
   CHECK_EQUAL(0, file.size);
   CHECK_OK(streamWriter_begin(&file, descriptor, sizeof descriptor - 1, 1000, &writer));
   memset(buffer, 'a', GRAIN_BYTES);
   CHECK_OK(file_resize(&file, (UINT64_C(1) << 41) - 3 * SECTOR));
   CHECK_OK(streamWriter_write(writer, 0, buffer));
   CHECK_EQUAL(VIX_E_FILE_TOO_BIG,
               streamWriter_write(writer, 1, buffer) == VIX_OK ? streamWriter_end(writer) : VIX_E_FILE_TOO_BIG);
   CHECK(wasLogged("more than 2 TiB"));
   CHECK_EQUAL(VIX_E_FILE_TOO_BIG, streamWriter_end(writer));
   CHECK(file.size <= UINT64_C(1) << 41);
   streamWriter_free(writer);
   CHECK_OK(file_close(&file));
   stopLibrary();
}

int main(void)
{
   RUN(whatTheWriterMakesIsReadBack);
   RUN(aDiskOf3TiBTakesWhatIsInIt);
   RUN(grainsThatKeepTheirSizeAreReadOneByOne);
   RUN(aDiskOfSeveralStreamsIsRead);
   RUN(aReadThatFailsIsReportedAndTheNextSucceeds);
   RUN(aChangedByteIsNeverReadAsSomethingElse);
   RUN(aDiskThatIsCutOffIsNeverReadAsSomethingElse);
   RUN(damagedGrainsAreReported);
   RUN(aGrainOfTheWrongLengthIsReported);
   RUN(aDamagedGrainSpoilsNoOtherOne);
   RUN(aTableWithoutMarkerIsReported);
   RUN(copiesOfTheTablesAreNotNeeded);
   RUN(headersAndFootersThatCannotBeAreRefused);
   RUN(damagedStreamsDoNoHarm);
   RUN(writesAreRefusedAndLeaveTheFileAsItWas);
   RUN(aWriteThatIsRefusedInPartIsRefusedAsAWhole);
   RUN(metadataIsWrittenWhileThereIsRoom);
   RUN(theFileIsLaidOutAsOtherProgramsDoIt);
   RUN(anEmptyDiskIsAllZeros);
   RUN(aFileThatIsNotEndedIsNoDisk);
   RUN(theHeaderIsWrittenWhenTheRestIsStable);
   RUN(aFailureOfTheWriterIsForGood);
   RUN(grainsOutOfOrderAreRefused);
   RUN(whatTheFormatHasNoRoomForIsRefused);
   return finish();
}
