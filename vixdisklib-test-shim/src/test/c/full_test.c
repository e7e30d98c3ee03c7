/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * File systems without space, limits on files, and what is left then. The first needs a file system of its own, which
 * only root can have; without it that test does nothing.
 */
#include "disks.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>

static uint8 buffer[256 * SECTOR];

/* Writes pieces to a disk until that fails; returns how many succeeded. */
static uint64 fillDisk(VixDiskLibHandle disk, uint64 capacity, VixError expected)
{
   uint64 sector = 0;
   VixError error = VIX_OK;

   while (error == VIX_OK && sector + 256 <= capacity) {
      fillPattern(buffer, sector, 256, 1);
      error = VixDiskLib_Write(disk, sector, 256, buffer);
      sector += error == VIX_OK ? 256 : 0;
   }
   CHECK_EQUAL(expected, error);
   return sector;
}

/* The disk works, has what was written, and has nothing of what was not. */
static void checkFilled(const char *name, uint64 sectors)
{
   VixDiskLibHandle disk = openDisk(name, VIXDISKLIB_FLAG_OPEN_READ_ONLY);

   for (uint64 sector = 0; sector < sectors; sector += 256) {
      CHECK_OK(VixDiskLib_Read(disk, sector, 256, buffer));
      checkPattern(buffer, sector, 256, 1);
   }
   CHECK_OK(VixDiskLib_Close(disk));
}

static void fillFileSystem(void)
{
   uint64 filled;
   VixDiskLibHandle disk;

   startLibrary();
   CHECK_OK(tryCreate("small/a.vmdk", VIXDISKLIB_DISK_MONOLITHIC_SPARSE, 100000));
   disk = openDisk("small/a.vmdk", 0);
   filled = fillDisk(disk, 100000, VIX_E_DISK_FULL);
   CHECK(filled >= 256 && filled < 4096);
   CHECK_EQUAL(VIX_E_DISK_FULL, VixDiskLib_Write(disk, 90000, 256, buffer));
   CHECK_OK(VixDiskLib_Read(disk, filled, 256, buffer));
   CHECK(isZero(buffer, 256 * SECTOR));
   CHECK_OK(VixDiskLib_Flush(disk));
   CHECK_OK(VixDiskLib_Close(disk));
   checkFilled("small/a.vmdk", filled);
   /* A disk whose directory has no room is not left half made. */
   CHECK_EQUAL(VIX_E_DISK_FULL, tryCreate("small/b.vmdk", VIXDISKLIB_DISK_MONOLITHIC_SPARSE, UINT64_C(1) << 37));
   CHECK(!fileExists("small/b.vmdk"));
}

static void aFullFileSystemIsReportedAndNothingIsLost(void)
{
   runInSmallFileSystem(fillFileSystem);
}

static void limitTo(rlim_t bytes)
{
   struct rlimit limit;

   CHECK(getrlimit(RLIMIT_FSIZE, &limit) == 0);
   limit.rlim_cur = bytes == 0 ? limit.rlim_max : bytes;
   CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
}

static void aFileThatMayNotGrowIsReportedAndNothingIsLost(void)
{
   uint64 filled;
   VixDiskLibHandle disk;

   /* Nobody has asked the system to spare the process, which SIGXFSZ would end. */
   CHECK(signal(SIGXFSZ, SIG_DFL) != SIG_ERR);
   startLibrary();
   createDisk("a.vmdk", VIXDISKLIB_DISK_MONOLITHIC_SPARSE, 100000);
   disk = openDisk("a.vmdk", 0);
   limitTo(3000000);
   filled = fillDisk(disk, 100000, VIX_E_FILE_TOO_BIG);
   CHECK_EQUAL(VIX_E_FILE_TOO_BIG, tryCreate("flat.vmdk", VIXDISKLIB_DISK_MONOLITHIC_FLAT, 100000));
   CHECK_EQUAL(VIX_E_FILE_TOO_BIG, tryCreate("big.vmdk", VIXDISKLIB_DISK_MONOLITHIC_SPARSE, UINT64_C(1) << 36));
   limitTo(0);
   CHECK(!fileExists("flat.vmdk") && !fileExists("flat-flat.vmdk") && !fileExists("big.vmdk"));
   CHECK(filled > 256);
   fillPattern(buffer, filled, 256, 1);
   CHECK_OK(VixDiskLib_Write(disk, filled, 256, buffer));
   CHECK_OK(VixDiskLib_Close(disk));
   checkFilled("a.vmdk", filled + 256);
   stopLibrary();
}

static void tooManyOpenFilesAreReported(void)
{
   struct rlimit old;
   struct rlimit few;
   VixDiskLibHandle disks[64];
   VixError error = VIX_OK;
   int count = 0;

   startLibrary();
   createDisk("a.vmdk", VIXDISKLIB_DISK_MONOLITHIC_FLAT, 1000);
   CHECK(getrlimit(RLIMIT_NOFILE, &old) == 0);
   few = old;
   few.rlim_cur = 40;
   CHECK(setrlimit(RLIMIT_NOFILE, &few) == 0);
   while (error == VIX_OK && count < 64) {
      error = VixDiskLib_Open(local, pathOf("a.vmdk"), VIXDISKLIB_FLAG_OPEN_READ_ONLY, &disks[count]);
      count += error == VIX_OK;
   }
   CHECK(setrlimit(RLIMIT_NOFILE, &old) == 0);
   CHECK_EQUAL(VIX_E_DISK_TOOMANYOPENFILES, error);
   while (count > 0) {
      CHECK_OK(VixDiskLib_Close(disks[--count]));
   }
   stopLibrary();
}

int main(void)
{
   RUN(aFullFileSystemIsReportedAndNothingIsLost);
   RUN(aFileThatMayNotGrowIsReportedAndNothingIsLost);
   RUN(tooManyOpenFilesAreReported);
   return finish();
}
