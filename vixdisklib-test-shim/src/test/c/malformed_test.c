/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Images with something wrong in them. What they do is up to them, as long as the library answers.
 */
#include "support.h"

#include <unistd.h>

static uint8 buffer[512 * SECTOR];

/* Uses a disk in every way there is; errors are welcome. */
static void useDisk(const char *name, uint32 flags)
{
   VixDiskLibHandle disk;
   VixDiskLibInfo *info;
   VixDiskLibBlockList *blocks;
   char keys[4096];
   size_t required;
   uint64 capacity;

   if (VixDiskLib_Open(local, pathOf(name), flags, &disk) != VIX_OK) {
      CHECK(disk == NULL);
      return;
   }
   CHECK_OK(VixDiskLib_GetInfo(disk, &info));
   capacity = info->capacity;
   CHECK(capacity > 0 && info->uuid != NULL);
   VixDiskLib_FreeInfo(info);
   (void)VixDiskLib_Read(disk, 0, capacity < 512 ? capacity : 512, buffer);
   (void)VixDiskLib_Read(disk, capacity - 1, 1, buffer);
   (void)VixDiskLib_Write(disk, capacity / 2, 1, buffer);
   (void)VixDiskLib_Write(disk, 0, capacity < 200 ? capacity : 200, buffer);
   (void)VixDiskLib_Write(disk, capacity - 1, 1, buffer);
   (void)VixDiskLib_GetMetadataKeys(disk, keys, sizeof keys, &required);
   (void)VixDiskLib_ReadMetadata(disk, "uuid", keys, sizeof keys, &required);
   if (capacity % 4 == 0) {
      (void)VixDiskLib_WriteMetadata(disk, "fuzz", "value"); /* waits for the storage: not every time */
   }
   if (VixDiskLib_QueryAllocatedBlocks(disk, 0, (capacity < 1000000 ? capacity : 1000000) / 128 * 128, 128, &blocks) ==
       VIX_OK) {
      CHECK_OK(VixDiskLib_FreeBlockList(blocks));
   }
   (void)VixDiskLib_Close(disk);
}

static const uint64 interesting[] = {0,
                                     1,
                                     2,
                                     7,
                                     8,
                                     127,
                                     128,
                                     511,
                                     512,
                                     513,
                                     0x7f,
                                     0xff,
                                     0x7fff,
                                     0xffff,
                                     0x10000,
                                     0x7fffffff,
                                     0x80000000,
                                     0xffffffff,
                                     0x100000000,
                                     0x7fffffffffffffff,
                                     0x8000000000000000,
                                     0xffffffffffffffff,
                                     0x200000,
                                     0x400000,
                                     0x3fffffffffffff};

/* Puts something into a field of a header that may well be wrong. */
static void mutateHeader(Random *random, uint8 *header)
{
   static const size_t fields[][2] = {{4, 4},  {8, 4},  {12, 8}, {20, 8}, {28, 8}, {36, 8}, {44, 4},
                                      {48, 8}, {56, 8}, {64, 8}, {72, 1}, {73, 4}, {77, 2}};

   for (uint64 n = 1 + nextRandom(random, 3); n > 0; n--) {
      size_t field = nextRandom(random, sizeof fields / sizeof fields[0]);
      uint64 value = interesting[nextRandom(random, sizeof interesting / sizeof interesting[0])];

      value += nextRandom(random, 4) == 0 ? nextRandom(random, 300) : 0;
      memcpy(header + fields[field][0], &value, fields[field][1]);
   }
}

static void mutateBytes(Random *random, uint8 *bytes, size_t length)
{
   for (uint64 n = 1 + nextRandom(random, 8); n > 0; n--) {
      bytes[nextRandom(random, length)] = (uint8)nextRandom(random, 256);
   }
}

static void mutateTables(Random *random, uint8 *image, size_t length)
{
   for (uint64 n = 1 + nextRandom(random, 10); n > 0; n--) {
      uint32 value = (uint32)interesting[nextRandom(random, sizeof interesting / sizeof interesting[0])];
      size_t at = 21 * SECTOR + nextRandom(random, (length - 21 * SECTOR) / 4 - 1) * 4;

      memcpy(image + at, &value, sizeof value);
   }
}

/* A sparse disk with something in it, as bytes. */
static uint8 *makeImage(size_t *length)
{
   VixDiskLibHandle disk;

   createDisk("good.vmdk", VIXDISKLIB_DISK_MONOLITHIC_SPARSE, 66000);
   disk = openDisk("good.vmdk", 0);
   fillPattern(buffer, 0, 1, 1);
   for (uint64 sector = 0; sector < 512; sector += 128) {
      CHECK_OK(VixDiskLib_Write(disk, sector * 101 % 66000, 1, buffer));
   }
   CHECK_OK(VixDiskLib_Close(disk));
   return readFile("good.vmdk", length);
}

static void damagedSparseDisksDoNoHarm(void)
{
   Random random = {UINT64_C(20240229)};
   size_t length;
   uint8 *good;
   uint8 *bad;

   startLibrary();
   good = makeImage(&length);
   bad = malloc(length);
   for (int i = 0; i < 3000; i++) {
      size_t cut = nextRandom(&random, 10) == 0 ? nextRandom(&random, length) : length;

      memcpy(bad, good, length);
      switch (nextRandom(&random, 4)) {
      case 0:
         mutateBytes(&random, bad, 22 * SECTOR);
         break;
      case 1:
         mutateTables(&random, bad, 32 * SECTOR);
         break;
      default:
         mutateHeader(&random, bad);
      }
      writeFile("bad.vmdk", bad, cut);
      if (i % 8 == 0 && VixDiskLib_CheckRepair(local, pathOf("bad.vmdk"), TRUE) == VIX_OK) {
         CHECK_OK(VixDiskLib_CheckRepair(local, pathOf("bad.vmdk"), FALSE));
      }
      useDisk("bad.vmdk", nextRandom(&random, 2) == 0 ? VIXDISKLIB_FLAG_OPEN_READ_ONLY : 0);
   }
   free(good);
   free(bad);
   stopLibrary();
}

static const char *const lines[] = {
   "RW 10 FLAT \"data.bin\" 0\n",
   "RW 10 FLAT \"data.bin\" 18446744073709551615\n",
   "RW 18446744073709551615 ZERO\n",
   "RW 18014398509481983 ZERO\n",
   "RW -1 ZERO\n",
   "RW 0 ZERO\n",
   "RW 99999999999999999999999 ZERO\n",
   "RW 100 ZERO\n",
   "RDONLY 10 FLAT \"data.bin\"\n",
   "NOACCESS 10 FLAT \"data.bin\" 1\r\n",
   "RW 10 FLAT \"\" 0\n",
   "RW 10 FLAT \"data.bin\n",
   "RW 10 FLAT data.bin 0\n",
   "RW 10 SPARSE \"data.bin\"\n",
   "RW 10 SPARSE \"bad.vmdk\"\n",
   "RW 10 FLAT \"bad.vmdk\" 0\n",
   "RW 1 FLAT \"/dev/zero\" 0\n",
   "RW 1 FLAT \"/proc/self/mem\" 0\n",
   "RW 1 FLAT \".\" 0\n",
   "RW",
   "RW \n",
   "RW 10",
   "RW 10 \n",
   "ddb.adapterType = \"ide\"\n",
   "ddb.uuid = \"",
   "ddb. = \"x\"\n",
   "ddb.geometry.heads = \"99999999999999\"\n",
   "CID=\n",
   "CID=123456789abcdef\n",
   "CID=zz\n",
   "parentCID=0\n",
   "version=99\n",
   "createType=\n",
   "=\n",
   "\"\n",
   "\r",
   "\n\r\n\r",
   "#",
   "\xff\xfe\xfd\n",
   "encoding=\"Shift_JIS\"\n",
};

static void damagedDescriptorsDoNoHarm(void)
{
   static const char start[] = "# Disk DescriptorFile\nversion=1\nCID=12345678\ncreateType=\"custom\"\n";
   Random random = {UINT64_C(77)};
   uint8 text[8192];

   startLibrary();
   memset(buffer, 1, sizeof buffer);
   writeFile("data.bin", buffer, 20 * SECTOR);
   for (int i = 0; i < 3000; i++) {
      size_t length = strlen(start);

      memcpy(text, start, length);
      for (uint64 n = nextRandom(&random, 12); n > 0; n--) {
         const char *line = lines[nextRandom(&random, sizeof lines / sizeof lines[0])];

         memcpy(text + length, line, strlen(line));
         length += strlen(line);
      }
      if (nextRandom(&random, 3) == 0) {
         mutateBytes(&random, text, length);
      }
      writeFile("bad.vmdk", text, nextRandom(&random, 8) == 0 ? nextRandom(&random, length) : length);
      useDisk("bad.vmdk", nextRandom(&random, 2) == 0 ? VIXDISKLIB_FLAG_OPEN_READ_ONLY : 0);
      (void)VixDiskLib_Unlink(local, pathOf("bad.vmdk"));
      if (!fileExists("data.bin")) {
         memset(buffer, 1, sizeof buffer);
         writeFile("data.bin", buffer, 20 * SECTOR);
      }
   }
   stopLibrary();
}

static void enormousDescriptorsDoNoHarm(void)
{
   static const char start[] = "# Disk DescriptorFile\nversion=1\nCID=12345678\ncreateType=\"custom\"\n";
   size_t size = (size_t)2 << 20;
   char *text = malloc(size);

   startLibrary();
   memset(text, 'x', size);
   memcpy(text, start, strlen(start));
   writeFile("long.vmdk", text, size);
   CHECK_EQUAL(VIX_E_DISK_INVALIDDISK, tryOpen("long.vmdk", 0));
   writeFile("long.vmdk", text, size / 2);
   CHECK_EQUAL(VIX_E_DISK_INVALIDDISK, tryOpen("long.vmdk", 0));
   for (size_t at = strlen(start); at + 12 < size; at += 12) {
      memcpy(text + at, "RW 10 ZERO \n", 12);
   }
   writeFile("long.vmdk", text, strlen(start) + 12 * 2000);
   CHECK_OK(tryOpen("long.vmdk", 0));
   writeFile("long.vmdk", text, size / 2);
   CHECK_EQUAL(VIX_E_DISK_INVALIDDISK, tryOpen("long.vmdk", 0));
   memcpy(text + strlen(start), "RW 7 ZERO\n\0RW", 13);
   writeFile("nul.vmdk", text, 4000);
   CHECK_OK(tryOpen("nul.vmdk", 0));
   free(text);
   stopLibrary();
}

/* Numbers whose sum is beyond 64 bits, and is a place in the file when it is cut off. */
static void extentsBeyondAllNumbersAreRefused(void)
{
   startLibrary();
   memset(buffer, 1, sizeof buffer);
   writeFile("data.bin", buffer, 20 * SECTOR);
   writeText("bad.vmdk", "# Disk DescriptorFile\nversion=1\nCID=12345678\ncreateType=\"custom\"\n"
                         "RW 18014398509481983 FLAT \"data.bin\" 162129586585337858\n");
   CHECK_EQUAL(VIX_E_DISK_INVALIDDISK, tryOpen("bad.vmdk", VIXDISKLIB_FLAG_OPEN_READ_ONLY));
   stopLibrary();
}

/* A few bytes that ask for many times as much memory. */
static void extentsThatAreHugeTogetherAreRefused(void)
{
   static const char start[] = "# Disk DescriptorFile\nversion=1\nCID=12345678\ncreateType=\"custom\"\n";
   char text[4096];

   startLibrary();
   createDisk("huge.vmdk", VIXDISKLIB_DISK_MONOLITHIC_SPARSE, UINT64_C(1) << 38);
   CHECK_OK(tryOpen("huge.vmdk", 0));
   snprintf(text, sizeof text, "%sRW 128 SPARSE \"huge.vmdk\"\n", start);
   writeText("once.vmdk", text);
   CHECK_OK(tryOpen("once.vmdk", VIXDISKLIB_FLAG_OPEN_READ_ONLY));
   snprintf(text, sizeof text, "%sRW 128 SPARSE \"huge.vmdk\"\nRW 128 SPARSE \"huge.vmdk\"\n", start);
   writeText("twice.vmdk", text);
   CHECK_EQUAL(VIX_E_FILE_TOO_BIG, tryOpen("twice.vmdk", VIXDISKLIB_FLAG_OPEN_READ_ONLY));
   stopLibrary();
}

static void damagedConfigurationsDoNoHarm(void)
{
   Random random = {UINT64_C(5)};
   uint8 text[512];

   for (int i = 0; i < 300; i++) {
      size_t length = nextRandom(&random, sizeof text);

      for (size_t j = 0; j < length; j++) {
         text[j] = (uint8) "=\"#\n\r \tab\0x"[nextRandom(&random, 11)];
      }
      writeFile("x.conf", text, length);
      CHECK_OK(VixDiskLib_InitEx(8, 0, NULL, NULL, NULL, NULL, pathOf("x.conf")));
      VixDiskLib_Exit();
   }
}

int main(void)
{
   RUN(damagedSparseDisksDoNoHarm);
   RUN(damagedDescriptorsDoNoHarm);
   RUN(enormousDescriptorsDoNoHarm);
   RUN(extentsBeyondAllNumbersAreRefused);
   RUN(extentsThatAreHugeTogetherAreRefused);
   RUN(damagedConfigurationsDoNoHarm);
   return finish();
}
