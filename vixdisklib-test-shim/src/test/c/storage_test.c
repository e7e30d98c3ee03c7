/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * The end of the process, or of the power, at any of the system calls of a repair, of Shrink and of Defragment. What a
 * call has changed is on stable storage after the next wait for it; until then, any of the changes may be there and any
 * may not. Whatever is left reads as before.
 *
 * The linker puts the functions below in place of the system calls; they keep a record of what is done to the one file.
 */
#include "image.h"

#include <sys/types.h>

#define ALL_BYTES ((size_t)IMAGE_CAPACITY * SECTOR)

ssize_t __real_pwrite64(int fd, const void *bytes, size_t count, off_t offset);
int __real_ftruncate64(int fd, off_t size);
ssize_t __wrap_pwrite64(int fd, const void *bytes, size_t count, off_t offset);
int __wrap_ftruncate64(int fd, off_t size);
int __wrap_fdatasync(int fd);

typedef enum { WRITE, RESIZE, SYNC } ActionKind;

typedef struct Action {
   ActionKind kind;
   uint64 offset; /* or the new size */
   size_t length;
   uint8 *bytes;
} Action;

static Action actions[8192];
static size_t numActions;
static bool recording;

static void record(ActionKind kind, uint64 offset, const void *bytes, size_t length)
{
   Action *action = &actions[numActions];

   if (!recording) {
      return;
   }
   CHECK(++numActions < sizeof actions / sizeof actions[0]);
   *action = (Action){kind, offset, length, NULL};
   if (length > 0) {
      action->bytes = malloc(length);
      memcpy(action->bytes, bytes, length);
   }
}

ssize_t __wrap_pwrite64(int fd, const void *bytes, size_t count, off_t offset)
{
   record(WRITE, (uint64)offset, bytes, count);
   return __real_pwrite64(fd, bytes, count, offset);
}

int __wrap_ftruncate64(int fd, off_t size)
{
   record(RESIZE, (uint64)size, NULL, 0);
   return __real_ftruncate64(fd, size);
}

int __wrap_fdatasync(int fd)
{
   (void)fd;
   record(SYNC, 0, NULL, 0);
   return 0;
}

static void forgetActions(void)
{
   for (size_t i = 0; i < numActions; i++) {
      free(actions[i].bytes);
   }
   numActions = 0;
}

/* ------------------------------------------------------------------------------------------------ the storage */

/* A file in the making. */
typedef struct Storage {
   uint8 *bytes;
   size_t length;
   size_t room;
} Storage;

static void resize(Storage *storage, size_t length)
{
   CHECK(length <= storage->room);
   if (length > storage->length) {
      memset(storage->bytes + storage->length, 0, length - storage->length);
   }
   storage->length = length;
}

/* Carries out a part of a write, which stops between two sectors. */
static void apply(Storage *storage, const Action *action, size_t length)
{
   if (action->kind == RESIZE) {
      resize(storage, action->offset);
   } else if (action->kind == WRITE) {
      if (action->offset + length > storage->length) {
         resize(storage, action->offset + length);
      }
      memcpy(storage->bytes + action->offset, action->bytes, length);
   }
}

/* What may be left when it ends before an action: all that was done up to the last wait, and some of what came then. */
static void replay(Storage *storage, const uint8 *image, size_t length, size_t end, bool powerFails, Random *random)
{
   size_t stable = 0;

   for (size_t i = 0; i < end; i++) {
      stable = actions[i].kind == SYNC ? i : stable;
   }
   memcpy(storage->bytes, image, length);
   storage->length = length;
   for (size_t i = 0; i < end; i++) {
      if (!powerFails || i < stable || nextRandom(random, 2) == 0) {
         apply(storage, &actions[i], actions[i].length);
      }
   }
   if (!powerFails && actions[end].kind == WRITE && actions[end].length >= 2 * SECTOR) {
      apply(storage, &actions[end], actions[end].length / (2 * SECTOR) * SECTOR);
   }
}

/* ------------------------------------------------------------------------------------------------- the tests */

static uint8 good[ALL_BYTES];
static uint8 now[ALL_BYTES];

/* The grains that have something in them, and some that have not. */
static bool chosen[IMAGE_GRAINS];

static uint64 countOf(uint64 grain)
{
   return grain + 1 < IMAGE_GRAINS ? GRAIN : IMAGE_CAPACITY - grain * GRAIN;
}

static void chooseGrains(void)
{
   for (uint64 grain = 0; grain < IMAGE_GRAINS; grain++) {
      chosen[grain] = grain < 24 || grain % 50 == 1 || !isZero(good + grain * GRAIN * SECTOR, countOf(grain) * SECTOR);
   }
}

/* Reads grains; those with damage may not be readable. */
static void checkContents(VixDiskLibHandle disk, const bool *damaged)
{
   for (uint64 grain = 0; grain < IMAGE_GRAINS; grain++) {
      uint64 count = countOf(grain);
      VixError error = chosen[grain] ? VixDiskLib_Read(disk, grain * GRAIN, count, now) : VIX_OK;

      if (error != VIX_OK) {
         CHECK(error == VIX_E_DISK_NEEDSREPAIR && damaged != NULL && damaged[grain]);
      } else if (chosen[grain]) {
         CHECK(memcmp(good + grain * GRAIN * SECTOR, now, (size_t)count * SECTOR) == 0);
      }
   }
}

static void checkReadable(const bool *damaged)
{
   VixDiskLibHandle disk = openDisk("b.vmdk", VIXDISKLIB_FLAG_OPEN_READ_ONLY);

   checkContents(disk, damaged);
   CHECK_OK(VixDiskLib_Close(disk));
}

/* Checks everything that may be left of an image after a recorded work. */
static void checkAllEnds(const uint8 *image, size_t length, const bool *damaged, void (*checkMore)(void))
{
   Random random = {chooseSeed()};
   Storage storage = {malloc(2 * length + (32u << 20)), 0, 2 * length + (32u << 20)};

   chooseGrains();
   printf("   %zu actions\n", numActions);
   for (size_t end = 0; end < numActions; end++) {
      for (int turn = 0; turn < 8; turn++) {
         replay(&storage, image, length, end, turn > 0, &random);
         writeFile("b.vmdk", storage.bytes, storage.length);
         checkReadable(damaged);
         if ((end + (size_t)turn) % 8 < 2) {
            checkMore();
         }
      }
   }
   free(storage.bytes);
}

/* It can be mended if need be, has its contents, and can be used. */
static void mendAndUse(void)
{
   VixDiskLibHandle disk;

   CHECK_OK(VixDiskLib_CheckRepair(local, pathOf("b.vmdk"), TRUE));
   CHECK_OK(VixDiskLib_CheckRepair(local, pathOf("b.vmdk"), FALSE));
   disk = openDisk("b.vmdk", 0);
   checkContents(disk, NULL);
   fillPattern(now, 20000, 200, 2);
   CHECK_OK(VixDiskLib_Write(disk, 20000, 200, now));
   memset(now, 0, 200 * SECTOR);
   CHECK_OK(VixDiskLib_Write(disk, 20000, 200, now));
   CHECK_OK(VixDiskLib_Shrink(disk, NULL, NULL));
   checkContents(disk, NULL);
   CHECK_OK(VixDiskLib_Close(disk));
}

typedef VixError Compact(VixDiskLibHandle disk, VixDiskLibProgressFunc progress, void *data);

static void compactWithEnds(Compact *compact)
{
   VixDiskLibHandle disk;
   size_t length;
   uint8 *image;

   startLibrary();
   makeImage("a.vmdk", good);
   disk = openDisk("a.vmdk", 0);
   memset(good + 64000 * SECTOR, 0, 1280 * SECTOR);
   CHECK_OK(VixDiskLib_Write(disk, 64000, 1280, good + 64000 * SECTOR));
   CHECK_OK(VixDiskLib_Close(disk));
   setBothEntries("a.vmdk", 1001, 0);
   memset(good + 1001 * GRAIN * SECTOR, 0, GRAIN * SECTOR);
   image = readFile("a.vmdk", &length);
   disk = openDisk("a.vmdk", 0);
   recording = true;
   CHECK_OK(compact(disk, NULL, NULL));
   CHECK_OK(VixDiskLib_Close(disk));
   recording = false;
   checkAllEnds(image, length, NULL, mendAndUse);
   forgetActions();
   free(image);
   stopLibrary();
}

static void shrinkingIsSafeAtEveryStep(void)
{
   compactWithEnds(VixDiskLib_Shrink);
}

static void defragmentingIsSafeAtEveryStep(void)
{
   compactWithEnds(VixDiskLib_Defragment);
}

/* All kinds of damage that add to the file, that take from it, and that stay where they are. */
static void mendingIsSafeAtEveryStep(void)
{
   static bool damaged[IMAGE_GRAINS];
   size_t length;
   uint8 *image;

   startLibrary();
   makeImage("a.vmdk", good);
   length = fileSize("a.vmdk");
   setBothEntries("a.vmdk", 2, (uint32)(length / SECTOR)); /* where a copy would go that is added too early */
   setBothEntries("a.vmdk", 3, (uint32)(length / SECTOR) + 2 * GRAIN);
   memset(good + 2 * GRAIN * SECTOR, 0, 2 * GRAIN * SECTOR);
   damaged[2] = damaged[3] = true;
   setEntry("a.vmdk", MAIN, 1, 0xffffff00);
   damaged[1] = true;
   setTable("a.vmdk", MAIN, 1, 0x7fffffff);
   for (uint64 grain = 512; grain < 1024; grain++) {
      damaged[grain] = true;
   }
   setTable("a.vmdk", REDUNDANT, 3, entryOf("a.vmdk", MAIN, 500));
   setBothEntries("a.vmdk", 15, entryOf("a.vmdk", MAIN, 10)); /* the first copy, where grain 2 seems to be */
   memcpy(good + 15 * GRAIN * SECTOR, good + 10 * GRAIN * SECTOR, GRAIN * SECTOR);
   setBothEntries("a.vmdk", 1200, entryOf("a.vmdk", MAIN, 501));
   setBothEntries("a.vmdk", 1201, entryOf("a.vmdk", MAIN, 501));
   memcpy(good + 1200 * GRAIN * SECTOR, good + 501 * GRAIN * SECTOR, GRAIN * SECTOR);
   memcpy(good + 1201 * GRAIN * SECTOR, good + 501 * GRAIN * SECTOR, GRAIN * SECTOR);
   image = readFile("a.vmdk", &length);
   recording = true;
   CHECK_OK(VixDiskLib_CheckRepair(local, pathOf("a.vmdk"), TRUE));
   recording = false;
   checkAllEnds(image, length, damaged, mendAndUse);
   forgetActions();
   free(image);
   stopLibrary();
}

int main(void)
{
   RUN(mendingIsSafeAtEveryStep);
   RUN(shrinkingIsSafeAtEveryStep);
   RUN(defragmentingIsSafeAtEveryStep);
   return finish();
}
