/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "support.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

static const VixDiskLibDiskType types[] = {VIXDISKLIB_DISK_MONOLITHIC_SPARSE, VIXDISKLIB_DISK_MONOLITHIC_FLAT,
                                           VIXDISKLIB_DISK_SPLIT_SPARSE,      VIXDISKLIB_DISK_SPLIT_FLAT,
                                           VIXDISKLIB_DISK_VMFS_FLAT,         VIXDISKLIB_DISK_STREAM_OPTIMIZED};

static int countFiles(void)
{
   DIR *entries = opendir(pathOf("."));
   int count = 0;

   while (readdir(entries) != NULL) {
      count++;
   }
   closedir(entries);
   return count - 2;
}

static VixError createWith(VixDiskLibCreateParams params)
{
   VixError error = VixDiskLib_Create(local, pathOf("x.vmdk"), &params, NULL, NULL);

   if (error == VIX_OK) {
      CHECK_OK(VixDiskLib_Unlink(local, pathOf("x.vmdk")));
   }
   CHECK_EQUAL(0, countFiles());
   return error;
}

static void onlySensibleDisksAreCreated(void)
{
   VixDiskLibCreateParams good = {VIXDISKLIB_DISK_MONOLITHIC_SPARSE, VIXDISKLIB_ADAPTER_IDE, 0, 1000, 0, 0};
   VixDiskLibCreateParams params;

   startLibrary();
   CHECK_OK(createWith(good));
   for (int type = VIXDISKLIB_DISK_MONOLITHIC_SPARSE; type <= VIXDISKLIB_DISK_STREAM_OPTIMIZED; type++) {
      params = good;
      params.diskType = (VixDiskLibDiskType)type;
      CHECK_OK(createWith(params));
   }
   for (int type = VIXDISKLIB_DISK_VMFS_THIN; type <= VIXDISKLIB_DISK_VMFS_SPARSE; type++) {
      params = good;
      params.diskType = (VixDiskLibDiskType)type;
      CHECK_EQUAL(VIX_E_NOT_SUPPORTED, createWith(params));
   }
   for (int type = 0; type <= 256; type += 256) {
      params = good;
      params.diskType = (VixDiskLibDiskType)type;
      CHECK_EQUAL(VIX_E_INVALID_ARG, createWith(params));
      params = good;
      params.adapterType = (VixDiskLibAdapterType)type;
      CHECK_EQUAL(VIX_E_INVALID_ARG, createWith(params));
   }
   params = good;
   params.capacity = 0;
   CHECK_EQUAL(VIX_E_INVALID_ARG, createWith(params));
   stopLibrary();
}

static void capacitiesBeyondTheFormatAreTooBig(void)
{
   static const uint64 capacities[] = {UINT64_MAX, UINT64_C(1) << 54, (UINT64_C(1) << 38) + 1};
   VixDiskLibCreateParams params = {VIXDISKLIB_DISK_MONOLITHIC_SPARSE, VIXDISKLIB_ADAPTER_IDE, 0, 0, 0, 0};

   startLibrary();
   for (size_t i = 0; i < sizeof capacities / sizeof capacities[0]; i++) {
      params.capacity = capacities[i];
      params.diskType = VIXDISKLIB_DISK_MONOLITHIC_SPARSE;
      CHECK_EQUAL(VIX_E_FILE_TOO_BIG, createWith(params));
   }
   params.capacity = UINT64_C(1) << 54;
   params.diskType = VIXDISKLIB_DISK_MONOLITHIC_FLAT;
   CHECK_EQUAL(VIX_E_FILE_TOO_BIG, createWith(params));
   stopLibrary();
}

static void existingFilesAreNotTouched(void)
{
   startLibrary();
   for (size_t i = 0; i < 2; i++) {
      writeText("a.vmdk", "precious");
      CHECK_EQUAL(VIX_E_FILE_ALREADY_EXISTS, tryCreate("a.vmdk", types[i], 1000));
      CHECK_EQUAL(1, countFiles());
      unlink(pathOf("a.vmdk"));
   }
   writeText("a-flat.vmdk", "precious");
   CHECK_EQUAL(VIX_E_FILE_ALREADY_EXISTS, tryCreate("a.vmdk", VIXDISKLIB_DISK_MONOLITHIC_FLAT, 1000));
   CHECK_EQUAL(1, countFiles());
   CHECK_OK(tryCreate("a.vmdk", VIXDISKLIB_DISK_MONOLITHIC_SPARSE, 1000));
   stopLibrary();
}

static int putInTheWay(int kind, const char *path)
{
   switch (kind) {
   case 0:
      return link(pathOf("precious"), path);
   case 1:
      return symlink(pathOf("precious"), path);
   case 2:
      return mkfifo(path, 0666);
   default:
      return mkdir(path, 0777);
   }
}

/* Disks are made under another name, which may be that of somebody's file already. */
static void whatIsCalledLikeADiskInTheMakingIsNotTouched(void)
{
   uint8 *text;
   size_t length;

   startLibrary();
   writeText("precious", "precious");
   createDisk("b.vmdk", VIXDISKLIB_DISK_MONOLITHIC_FLAT, 1000);
   for (int kind = 0; kind < 4; kind++) {
      CHECK(putInTheWay(kind, pathOf("a.vmdk.vddk-new")) == 0);
      CHECK_EQUAL(VIX_E_FILE_ALREADY_EXISTS, tryCreate("a.vmdk", VIXDISKLIB_DISK_MONOLITHIC_SPARSE, 1000));
      CHECK(wasLogged("a.vmdk.vddk-new\" is in the way"));
      CHECK_EQUAL(VIX_E_FILE_ALREADY_EXISTS, VixDiskLib_Rename(pathOf("b.vmdk"), pathOf("a.vmdk")));
      CHECK_OK(tryOpen("b.vmdk", 0));
      CHECK(remove(pathOf("a.vmdk.vddk-new")) == 0);
   }
   text = readFile("precious", &length);
   CHECK(strcmp((const char *)text, "precious") == 0);
   free(text);
   CHECK_OK(VixDiskLib_Rename(pathOf("b.vmdk"), pathOf("a.vmdk")));
   CHECK_OK(tryOpen("a.vmdk", 0));
   stopLibrary();
}

static void badPathsAreRefused(void)
{
   char longName[400];

   memset(longName, 'n', sizeof longName);
   longName[300] = '\0';
   startLibrary();
   CHECK_EQUAL(VIX_E_FILE_NOT_FOUND, tryCreate("none/a.vmdk", types[0], 1000));
   CHECK_EQUAL(VIX_E_FILE_NAME_INVALID, tryCreate("", types[0], 1000));
   CHECK_EQUAL(VIX_E_FILE_NAME_INVALID, tryCreate("..", types[0], 1000));
   CHECK_EQUAL(VIX_E_FILE_NAME_INVALID, tryCreate("a\"b.vmdk", types[0], 1000));
   CHECK_EQUAL(VIX_E_FILE_NAME_INVALID, tryCreate("a\nb.vmdk", types[0], 1000));
   CHECK_EQUAL(VIX_E_INVALID_UTF8_STRING, tryCreate("a\xff.vmdk", types[0], 1000));
   CHECK_EQUAL(VIX_E_INVALID_UTF8_STRING, tryCreate("a\xff.vmdk", types[1], 1000));
   CHECK_EQUAL(VIX_E_FILE_NAME_TOO_LONG, tryCreate(longName, types[0], 1000));
   CHECK_EQUAL(VIX_E_FILE_NAME_TOO_LONG, tryOpen(longName, 0));
   CHECK_EQUAL(0, countFiles());
   stopLibrary();
}

static Bool recordProgress(void *data, int percent)
{
   int *last = data;

   CHECK(percent >= *last && percent <= 100);
   *last = percent;
   return TRUE;
}

static void progressGoesToAHundred(void)
{
   VixDiskLibCreateParams params = {VIXDISKLIB_DISK_MONOLITHIC_SPARSE, VIXDISKLIB_ADAPTER_IDE, 0, 1000, 0, 0};

   startLibrary();
   for (size_t i = 0; i < 2; i++) {
      int last = 0;

      params.diskType = types[i];
      CHECK_OK(VixDiskLib_Create(local, pathOf(i == 0 ? "a.vmdk" : "b.vmdk"), &params, recordProgress, &last));
      CHECK_EQUAL(100, last);
   }
   stopLibrary();
}

static VixDiskLibInfo *infoOf(const char *name)
{
   VixDiskLibHandle disk = openDisk(name, VIXDISKLIB_FLAG_OPEN_READ_ONLY);
   VixDiskLibInfo *info;

   CHECK_OK(VixDiskLib_GetInfo(disk, &info));
   CHECK_OK(VixDiskLib_Close(disk));
   return info;
}

static void checkGeometry(VixDiskLibGeometry geometry, uint32 cylinders, uint32 heads, uint32 sectors)
{
   CHECK_EQUAL(cylinders, geometry.cylinders);
   CHECK_EQUAL(heads, geometry.heads);
   CHECK_EQUAL(sectors, geometry.sectors);
}

static void infoTellsWhatWasCreated(void)
{
   static const struct {
      VixDiskLibAdapterType adapter;
      uint64 capacity;
      uint32 cylinders, heads, sectors;
   } disks[] = {
      {VIXDISKLIB_ADAPTER_SCSI_BUSLOGIC, 204800, 100, 64, 32},
      {VIXDISKLIB_ADAPTER_SCSI_LSILOGIC, 2097152, 1024, 64, 32},
      {VIXDISKLIB_ADAPTER_SCSI_LSILOGIC, 4194304, 1024, 128, 32},
      {VIXDISKLIB_ADAPTER_SCSI_LSILOGIC, 4194305, 261, 255, 63},
      {VIXDISKLIB_ADAPTER_IDE, 20160, 20, 16, 63},
      {VIXDISKLIB_ADAPTER_IDE, UINT64_C(1) << 32, 16383, 16, 63},
      {VIXDISKLIB_ADAPTER_IDE, 1, 1, 16, 63},
   };

   startLibrary();
   for (size_t i = 0; i < 2 * sizeof disks / sizeof disks[0]; i++) {
      VixDiskLibCreateParams params = {types[i % 2], disks[i / 2].adapter, 11, disks[i / 2].capacity, 0, 0};
      char name[32];
      VixDiskLibInfo *info;

      snprintf(name, sizeof name, "disk%zu.vmdk", i);
      CHECK_OK(VixDiskLib_Create(local, pathOf(name), &params, NULL, NULL));
      info = infoOf(name);
      CHECK_EQUAL(disks[i / 2].capacity, info->capacity);
      CHECK_EQUAL(disks[i / 2].adapter, info->adapterType);
      checkGeometry(info->physGeo, disks[i / 2].cylinders, disks[i / 2].heads, disks[i / 2].sectors);
      checkGeometry(info->biosGeo, disks[i / 2].cylinders, disks[i / 2].heads, disks[i / 2].sectors);
      CHECK(info->numLinks == 1 && info->parentFileNameHint == NULL);
      CHECK(strlen(info->uuid) == 47 && info->uuid[23] == '-' && strncmp(info->uuid, "60 00 c2 9", 10) == 0);
      CHECK(info->logicalSectorSize == 512 && info->physicalSectorSize == 512);
      VixDiskLib_FreeInfo(info);
   }
   stopLibrary();
}

static void sectorSizesAreReadFromCallersThatHaveThem(void)
{
   VixDiskLibCreateParams params = {VIXDISKLIB_DISK_MONOLITHIC_SPARSE, VIXDISKLIB_ADAPTER_IDE, 0, 1000, 512, 4096};
   VixDiskLibInfo *info;

   startLibrary();
   CHECK_OK(VixDiskLib_Create(local, pathOf("a.vmdk"), &params, NULL, NULL));
   info = infoOf("a.vmdk");
   CHECK(info->logicalSectorSize == 512 && info->physicalSectorSize == 4096);
   VixDiskLib_FreeInfo(info);
   params.physicalSectorSize = 12345; /* junk */
   params.logicalSectorSize = 777;
   CHECK_OK(VixDiskLib_Create(local, pathOf("b.vmdk"), &params, NULL, NULL));
   info = infoOf("b.vmdk");
   CHECK(info->logicalSectorSize == 512 && info->physicalSectorSize == 512);
   VixDiskLib_FreeInfo(info);
   params.logicalSectorSize = 4096;
   CHECK_EQUAL(VIX_E_NOT_SUPPORTED, VixDiskLib_Create(local, pathOf("c.vmdk"), &params, NULL, NULL));
   stopLibrary();
}

static void sectorSizesOfOlderCallersAreNotLookedAt(void)
{
   VixDiskLibCreateParams params = {VIXDISKLIB_DISK_MONOLITHIC_FLAT, VIXDISKLIB_ADAPTER_IDE, 0, 1000, 0, 0};
   size_t oldSize = offsetof(VixDiskLibCreateParams, logicalSectorSize);
   void *oldParams = malloc(oldSize);

   memcpy(oldParams, &params, oldSize);
   CHECK_OK(VixDiskLib_InitEx(6, 5, NULL, NULL, NULL, NULL, NULL));
   local = connectLocally();
   CHECK_OK(VixDiskLib_Create(local, pathOf("a.vmdk"), oldParams, NULL, NULL));
   free(oldParams);
   stopLibrary();
}

static void unlinkRemovesTheWholeDisk(void)
{
   startLibrary();
   for (size_t i = 0; i < 2; i++) {
      createDisk("a.vmdk", types[i], 1000);
      CHECK_OK(VixDiskLib_Unlink(local, pathOf("a.vmdk")));
      CHECK_EQUAL(0, countFiles());
   }
   createDisk("a.vmdk", VIXDISKLIB_DISK_MONOLITHIC_FLAT, 1000);
   CHECK(symlink("a.vmdk", pathOf("link.vmdk")) == 0);
   CHECK_OK(VixDiskLib_Unlink(local, pathOf("link.vmdk")));
   CHECK_EQUAL(0, countFiles());
   stopLibrary();
}

static void unlinkLeavesOtherFilesAlone(void)
{
   static const char *const names[] = {"../victim", "/etc/hostname", "sub/victim", "..", "."};
   VixDiskLibHandle disk;

   startLibrary();
   writeText("text.vmdk", "not a disk");
   CHECK_EQUAL(VIX_E_DISK_INVALIDDISK, VixDiskLib_Unlink(local, pathOf("text.vmdk")));
   CHECK_EQUAL(VIX_E_FILE_NOT_FOUND, VixDiskLib_Unlink(local, pathOf("none.vmdk")));
   CHECK_EQUAL(VIX_E_INCORRECT_FILE_TYPE, VixDiskLib_Unlink(local, pathOf(".")));
   CHECK(fileExists("text.vmdk"));
   for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
      char text[512];

      snprintf(text, sizeof text,
               "# Disk DescriptorFile\nversion=1\nCID=12345678\nparentCID=ffffffff\ncreateType=\"monolithicFlat\"\n"
               "RW 1 FLAT \"text.vmdk\" 0\nRW 1 FLAT \"%s\" 0\n",
               names[i]);
      writeText("evil.vmdk", text);
      CHECK_EQUAL(VIX_E_FILE_NAME_INVALID, VixDiskLib_Unlink(local, pathOf("evil.vmdk")));
      CHECK(fileExists("evil.vmdk") && fileExists("text.vmdk"));
   }
   createDisk("a.vmdk", VIXDISKLIB_DISK_MONOLITHIC_SPARSE, 1000);
   disk = openDisk("a.vmdk", VIXDISKLIB_FLAG_OPEN_READ_ONLY);
   CHECK_EQUAL(VIX_E_FILE_ALREADY_LOCKED, VixDiskLib_Unlink(local, pathOf("a.vmdk")));
   CHECK_OK(VixDiskLib_Close(disk));
   disk = openDisk("a.vmdk", 0);
   CHECK_EQUAL(VIX_E_FILE_ALREADY_LOCKED, VixDiskLib_Unlink(local, pathOf("a.vmdk")));
   CHECK_OK(VixDiskLib_Close(disk));
   CHECK_OK(VixDiskLib_Unlink(local, pathOf("a.vmdk")));
   stopLibrary();
}

int main(void)
{
   RUN(onlySensibleDisksAreCreated);
   RUN(capacitiesBeyondTheFormatAreTooBig);
   RUN(existingFilesAreNotTouched);
   RUN(whatIsCalledLikeADiskInTheMakingIsNotTouched);
   RUN(badPathsAreRefused);
   RUN(progressGoesToAHundred);
   RUN(infoTellsWhatWasCreated);
   RUN(sectorSizesAreReadFromCallersThatHaveThem);
   RUN(sectorSizesOfOlderCallersAreNotLookedAt);
   RUN(unlinkRemovesTheWholeDisk);
   RUN(unlinkLeavesOtherFilesAlone);
   return finish();
}
