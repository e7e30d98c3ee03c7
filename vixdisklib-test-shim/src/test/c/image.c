/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "image.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

uint64 getField(const char *name, uint64 offset, size_t bytes)
{
   int fd = open(pathOf(name), O_RDONLY | O_CLOEXEC);
   uint64 value = 0;

   CHECK(fd >= 0 && pread(fd, &value, bytes, (off_t)offset) == (ssize_t)bytes);
   close(fd);
   return value;
}

void setField(const char *name, uint64 offset, uint64 value, size_t bytes)
{
   patchFile(name, offset, &value, bytes);
}

uint64 fileSize(const char *name)
{
   struct stat status;

   CHECK(stat(pathOf(name), &status) == 0);
   return (uint64)status.st_size;
}

uint64 directoryOf(const char *name, Copy copy)
{
   return getField(name, copy, 8);
}

uint64 tableAt(const char *name, Copy copy, uint64 table)
{
   return directoryOf(name, copy) * SECTOR + table * 4;
}

uint32 tableOf(const char *name, Copy copy, uint64 table)
{
   return (uint32)getField(name, tableAt(name, copy, table), 4);
}

void setTable(const char *name, Copy copy, uint64 table, uint32 sector)
{
   setField(name, tableAt(name, copy, table), sector, 4);
}

static uint64 entryAt(const char *name, Copy copy, uint64 grain)
{
   return (uint64)tableOf(name, copy, grain / 512) * SECTOR + grain % 512 * 4;
}

uint32 entryOf(const char *name, Copy copy, uint64 grain)
{
   return (uint32)getField(name, entryAt(name, copy, grain), 4);
}

void setEntry(const char *name, Copy copy, uint64 grain, uint32 sector)
{
   setField(name, entryAt(name, copy, grain), sector, 4);
}

void setBothEntries(const char *name, uint64 grain, uint32 sector)
{
   setEntry(name, MAIN, grain, sector);
   setEntry(name, REDUNDANT, grain, sector);
}

/* In this order: grains 1560 to 1562, 500 to 530, 0 to 3, 1100, 1000 to 1003, 10 and 20. */
static const uint64 pieces[][2] = {{199700, 301}, {64000, 3900}, {5, 500}, {140900, 3},
                                   {128000, 512}, {1300, 100},   {2560, 1}};

void makeImage(const char *name, uint8 *contents)
{
   VixDiskLibHandle disk;

   (void)unlink(pathOf(name));
   createDisk(name, VIXDISKLIB_DISK_MONOLITHIC_SPARSE, IMAGE_CAPACITY);
   memset(contents, 0, (size_t)IMAGE_CAPACITY * SECTOR);
   disk = openDisk(name, 0);
   for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
      fillPattern(contents + pieces[i][0] * SECTOR, pieces[i][0], pieces[i][1], 77);
      CHECK_OK(VixDiskLib_Write(disk, pieces[i][0], pieces[i][1], contents + pieces[i][0] * SECTOR));
   }
   CHECK_OK(VixDiskLib_Close(disk));
}

void readAll(const char *name, uint8 *contents)
{
   VixDiskLibHandle disk = openDisk(name, VIXDISKLIB_FLAG_OPEN_READ_ONLY);

   CHECK_OK(VixDiskLib_Read(disk, 0, IMAGE_CAPACITY, contents));
   CHECK_OK(VixDiskLib_Close(disk));
}

uint64 firstDifference(const uint8 *one, const uint8 *other)
{
   uint64 sector = 0;

   while (sector < IMAGE_CAPACITY && memcmp(one + sector * SECTOR, other + sector * SECTOR, SECTOR) == 0) {
      sector++;
   }
   return sector;
}
