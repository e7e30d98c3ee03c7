/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "support.h"

#include <sys/stat.h>
#include <unistd.h>

static const VixDiskLibDiskType types[] = {VIXDISKLIB_DISK_MONOLITHIC_SPARSE, VIXDISKLIB_DISK_MONOLITHIC_FLAT};

static void checkValue(VixDiskLibHandle disk, const char *key, const char *expected)
{
   char buffer[4096];
   size_t required = 0;
   size_t size = strlen(expected) + 1;

   CHECK_EQUAL(VIX_E_BUFFER_TOOSMALL, VixDiskLib_ReadMetadata(disk, key, NULL, 0, &required));
   CHECK_EQUAL(size, required);
   CHECK_EQUAL(VIX_E_BUFFER_TOOSMALL, VixDiskLib_ReadMetadata(disk, key, NULL, 4096, NULL));
   memset(buffer, 'x', sizeof buffer);
   CHECK_EQUAL(VIX_E_BUFFER_TOOSMALL, VixDiskLib_ReadMetadata(disk, key, buffer, size - 1, &required));
   CHECK_OK(VixDiskLib_ReadMetadata(disk, key, buffer, size, &required));
   CHECK_EQUAL(size, required);
   CHECK(strcmp(buffer, expected) == 0 && buffer[size] == 'x');
   CHECK_OK(VixDiskLib_ReadMetadata(disk, key, buffer, sizeof buffer, NULL));
}

/* Whether a list of keys has one exactly once. */
static bool hasKey(VixDiskLibHandle disk, const char *key)
{
   char keys[8192];
   size_t required = 0;
   int count = 0;
   const char *at = keys;

   CHECK_EQUAL(VIX_E_BUFFER_TOOSMALL, VixDiskLib_GetMetadataKeys(disk, NULL, 0, &required));
   CHECK_EQUAL(VIX_E_BUFFER_TOOSMALL, VixDiskLib_GetMetadataKeys(disk, keys, required - 1, NULL));
   CHECK(required <= sizeof keys);
   memset(keys, 'x', sizeof keys);
   CHECK_OK(VixDiskLib_GetMetadataKeys(disk, keys, required, &required));
   for (; *at != '\0'; at += strlen(at) + 1) {
      count += strcmp(at, key) == 0;
   }
   CHECK_EQUAL(required, at + 1 - keys);
   CHECK(count <= 1);
   return count == 1;
}

static void aNewDiskHasTheUsualKeys(void)
{
   static const char *const usual[] = {"adapterType",      "geometry.cylinders", "geometry.heads",
                                       "geometry.sectors", "longContentID",      "uuid",
                                       "virtualHWVersion"};
   size_t required = 1;

   startLibrary();
   for (size_t i = 0; i < 2; i++) {
      const char *name = i == 0 ? "a.vmdk" : "b.vmdk";
      VixDiskLibHandle disk;

      createDisk(name, types[i], 1000);
      disk = openDisk(name, VIXDISKLIB_FLAG_OPEN_READ_ONLY);
      for (size_t j = 0; j < sizeof usual / sizeof usual[0]; j++) {
         CHECK(hasKey(disk, usual[j]));
      }
      checkValue(disk, "adapterType", "lsilogic");
      checkValue(disk, "virtualHWVersion", "13");
      CHECK_EQUAL(VIX_E_DISK_KEY_NOTFOUND, VixDiskLib_ReadMetadata(disk, "AdapterType", NULL, 0, &required));
      CHECK_EQUAL(0, required);
      CHECK_EQUAL(VIX_E_DISK_KEY_NOTFOUND, VixDiskLib_ReadMetadata(disk, "CID", NULL, 0, NULL));
      CHECK_EQUAL(VIX_E_DISK_KEY_NOTFOUND, VixDiskLib_ReadMetadata(disk, "", NULL, 0, NULL));
      CHECK_OK(VixDiskLib_Close(disk));
   }
   stopLibrary();
}

static void valuesAreAddedAndChanged(void)
{
   char longValue[1500];

   memset(longValue, 'v', sizeof longValue - 1);
   longValue[sizeof longValue - 1] = '\0';
   startLibrary();
   for (size_t i = 0; i < 2; i++) {
      const char *name = i == 0 ? "a.vmdk" : "b.vmdk";
      VixDiskLibHandle disk;

      createDisk(name, types[i], 1000);
      disk = openDisk(name, 0);
      CHECK_OK(VixDiskLib_WriteMetadata(disk, "toolsVersion", "2147483647"));
      checkValue(disk, "toolsVersion", "2147483647");
      CHECK_OK(VixDiskLib_WriteMetadata(disk, "toolsVersion", ""));
      checkValue(disk, "toolsVersion", "");
      CHECK_OK(VixDiskLib_WriteMetadata(disk, "adapterType", longValue));
      CHECK_OK(VixDiskLib_WriteMetadata(disk, "adapterType", "ide"));
      CHECK_OK(VixDiskLib_WriteMetadata(disk, "note",
                                        "  Gr\xc3\xbc\xc3\x9f"
                                        "e = # 'quoted'  "));
      CHECK(hasKey(disk, "note") && hasKey(disk, "toolsVersion"));
      CHECK_OK(VixDiskLib_Close(disk));
      disk = openDisk(name, VIXDISKLIB_FLAG_OPEN_READ_ONLY);
      checkValue(disk, "toolsVersion", "");
      checkValue(disk, "adapterType", "ide");
      checkValue(disk, "note",
                 "  Gr\xc3\xbc\xc3\x9f"
                 "e = # 'quoted'  ");
      CHECK_OK(VixDiskLib_Close(disk));
   }
   CHECK(!fileExists("b.vmdk.vddk-new"));
   stopLibrary();
}

static void whatALineCannotHoldIsRefused(void)
{
   static const char *const badKeys[] = {"", "a=b", "a\nb", "a b", "#a", "a\"b"};
   static const char *const badValues[] = {"a\"b", "a\nb", "a\rb", "\x01"};
   VixDiskLibHandle disk;

   startLibrary();
   createDisk("a.vmdk", VIXDISKLIB_DISK_MONOLITHIC_SPARSE, 1000);
   disk = openDisk("a.vmdk", 0);
   for (size_t i = 0; i < sizeof badKeys / sizeof badKeys[0]; i++) {
      CHECK_EQUAL(VIX_E_INVALID_ARG, VixDiskLib_WriteMetadata(disk, badKeys[i], "x"));
   }
   for (size_t i = 0; i < sizeof badValues / sizeof badValues[0]; i++) {
      CHECK_EQUAL(VIX_E_INVALID_ARG, VixDiskLib_WriteMetadata(disk, "x", badValues[i]));
   }
   CHECK_EQUAL(VIX_E_INVALID_UTF8_STRING, VixDiskLib_WriteMetadata(disk, "x", "\xff"));
   CHECK_EQUAL(VIX_E_INVALID_UTF8_STRING, VixDiskLib_WriteMetadata(disk, "\xc0\x80", "x"));
   CHECK(!hasKey(disk, "x"));
   CHECK_OK(VixDiskLib_Close(disk));
   stopLibrary();
}

static void anEmbeddedDescriptorHasItsLimits(void)
{
   char value[4000];
   VixDiskLibHandle disk;
   VixError error = VIX_OK;
   char key[16];
   int count = 0;

   memset(value, 'v', sizeof value - 1);
   value[sizeof value - 1] = '\0';
   startLibrary();
   createDisk("a.vmdk", VIXDISKLIB_DISK_MONOLITHIC_SPARSE, 1000);
   disk = openDisk("a.vmdk", 0);
   while (error == VIX_OK) {
      snprintf(key, sizeof key, "key%d", count++);
      error = VixDiskLib_WriteMetadata(disk, key, value);
   }
   CHECK_EQUAL(VIX_E_ARGUMENT_TOO_BIG, error);
   CHECK_EQUAL(3, count);
   CHECK(!hasKey(disk, key) && hasKey(disk, "key1"));
   CHECK_OK(VixDiskLib_Close(disk));
   CHECK_OK(tryOpen("a.vmdk", 0));
   stopLibrary();
}

/* Which is not said of the disk, as if it were none. */
static void aValueThatNoDescriptorCanHoldIsTooBig(void)
{
   static char value[(1 << 20) + 1];

   memset(value, 'v', sizeof value - 1);
   startLibrary();
   createDisk("sparse.vmdk", VIXDISKLIB_DISK_MONOLITHIC_SPARSE, 1000);
   createDisk("flat.vmdk", VIXDISKLIB_DISK_MONOLITHIC_FLAT, 1000);
   for (int i = 0; i < 2; i++) {
      const char *name = i == 0 ? "sparse.vmdk" : "flat.vmdk";
      VixDiskLibHandle disk = openDisk(name, 0);

      CHECK_EQUAL(VIX_E_ARGUMENT_TOO_BIG, VixDiskLib_WriteMetadata(disk, "big", value));
      CHECK(!hasKey(disk, "big"));
      CHECK_OK(VixDiskLib_Close(disk));
      CHECK_OK(tryOpen(name, 0));
   }
   stopLibrary();
}

/* What is in the way of a new descriptor is removed, and not written to. */
static void leftOversAreReplaced(void)
{
   VixDiskLibHandle disk;
   struct stat status;
   uint8 *text;
   size_t length;

   startLibrary();
   createDisk("a.vmdk", VIXDISKLIB_DISK_MONOLITHIC_FLAT, 1000);
   CHECK(chmod(pathOf("a.vmdk"), 0640) == 0);
   disk = openDisk("a.vmdk", 0);
   writeText("precious", "precious");
   CHECK(link(pathOf("precious"), pathOf("a.vmdk.vddk-new")) == 0);
   CHECK_OK(VixDiskLib_WriteMetadata(disk, "note", "one"));
   text = readFile("precious", &length);
   CHECK(strcmp((const char *)text, "precious") == 0);
   free(text);
   CHECK(symlink(pathOf("precious"), pathOf("a.vmdk.vddk-new")) == 0);
   CHECK_OK(VixDiskLib_WriteMetadata(disk, "note", "two"));
   CHECK(mkfifo(pathOf("a.vmdk.vddk-new"), 0666) == 0);
   CHECK_OK(VixDiskLib_WriteMetadata(disk, "note", "three"));
   CHECK(mkdir(pathOf("a.vmdk.vddk-new"), 0777) == 0);
   CHECK_EQUAL(VIX_E_FILE_ALREADY_EXISTS, VixDiskLib_WriteMetadata(disk, "note", "four"));
   checkValue(disk, "note", "three");
   CHECK_OK(VixDiskLib_Close(disk));
   text = readFile("precious", &length);
   CHECK(strcmp((const char *)text, "precious") == 0);
   free(text);
   CHECK(lstat(pathOf("a.vmdk"), &status) == 0 && S_ISREG(status.st_mode) && (status.st_mode & 07777) == 0640);
   stopLibrary();
}

static void unusualDescriptorsAreUnderstood(void)
{
   VixDiskLibHandle disk;
   VixDiskLibInfo *info;
   uint8 sector[SECTOR];

   startLibrary();
   writeText("a.vmdk", "# Disk DescriptorFile\r\nversion = 1\r\nencoding=\"UTF-8\"\r\nCID=0000abcd\r\n"
                       "parentCID=ffffffff\r\ncreateType=\"custom\"\r\nRW 2000 ZERO\r\n"
                       "ddb.adapterType=legacyESX\r\nddb.geometry.cylinders = \"7\"\r\nddb.geometry.heads=8\r\n"
                       "ddb.geometry.sectors = 9\r\nddb.geometry.biosCylinders = \"70\"\r\n"
                       "ddb.geometry.biosHeads = \"80\"\r\nddb.geometry.biosSectors = \"90\"\r\n"
                       "ddb.twice = \"first\"\r\nddb.twice = \"second\"\r\nddb.last = \"no newline\"");
   disk = openDisk("a.vmdk", 0);
   CHECK_OK(VixDiskLib_GetInfo(disk, &info));
   CHECK_EQUAL(VIXDISKLIB_ADAPTER_SCSI_BUSLOGIC, info->adapterType);
   CHECK(info->physGeo.cylinders == 7 && info->physGeo.heads == 8 && info->physGeo.sectors == 9);
   CHECK(info->biosGeo.cylinders == 70 && info->biosGeo.heads == 80 && info->biosGeo.sectors == 90);
   CHECK(info->capacity == 2000 && strlen(info->uuid) == 47);
   VixDiskLib_FreeInfo(info);
   CHECK(hasKey(disk, "twice"));
   checkValue(disk, "twice", "first");
   CHECK_OK(VixDiskLib_WriteMetadata(disk, "added", "yes"));
   checkValue(disk, "last", "no newline");
   checkValue(disk, "added", "yes");
   CHECK_OK(VixDiskLib_Read(disk, 0, 1, sector));
   CHECK_OK(VixDiskLib_Close(disk));
   stopLibrary();
}

int main(void)
{
   RUN(aNewDiskHasTheUsualKeys);
   RUN(valuesAreAddedAndChanged);
   RUN(whatALineCannotHoldIsRefused);
   RUN(anEmbeddedDescriptorHasItsLimits);
   RUN(aValueThatNoDescriptorCanHoldIsTooBig);
   RUN(leftOversAreReplaced);
   RUN(unusualDescriptorsAreUnderstood);
   return finish();
}
