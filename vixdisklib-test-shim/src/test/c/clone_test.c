/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Clones of all types, what they may overwrite and what never, and the space that they take.
 */
#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "disks.h"
#include "dying.h"

#define READ_ONLY VIXDISKLIB_FLAG_OPEN_READ_ONLY
#define SPARSE VIXDISKLIB_DISK_MONOLITHIC_SPARSE
#define FLAT VIXDISKLIB_DISK_MONOLITHIC_FLAT
#define SPLIT VIXDISKLIB_DISK_SPLIT_SPARSE
#define SPLIT_FLAT VIXDISKLIB_DISK_SPLIT_FLAT

#define CAPACITY 5001u

/* Pieces that the disks to be cloned have: within a grain, over several, zeros between, and the end. */
static void scribble(const char *name)
{
   writeTo(name, 3, 5, 1);
   writeTo(name, 1000, 700, 1);
   writeTo(name, CAPACITY - 1, 1, 1);
}

static void checkScribble(const char *name)
{
   CHECK_EQUAL(CAPACITY, capacityOf(name));
   checkZerosIn(name, 0, 3);
   checkIn(name, 3, 5, 1);
   checkZerosIn(name, 8, 992);
   checkIn(name, 1000, 700, 1);
   checkZerosIn(name, 1700, CAPACITY - 1701);
   checkIn(name, CAPACITY - 1, 1, 1);
}

/* Clones a disk to all types, each of which is compared with the source by qemu-img too. */
static void cloneToAll(const char *source)
{
   for (size_t i = 0; i < NUM_TYPES; i++) {
      int files = countFiles();

      CHECK_OK(tryClone("clone.vmdk", source, allTypes[i], false));
      checkScribble("clone.vmdk");
      CHECK(!hasQemu() || shell("qemu-img compare -f vmdk -F vmdk '%s' clone.vmdk", source));
      CHECK(!hasQemu() || allTypes[i] != SPARSE || shell("qemu-img check clone.vmdk"));
      CHECK_OK(VixDiskLib_Unlink(local, pathOf("clone.vmdk")));
      CHECK_EQUAL(files, countFiles());
   }
}

static void everyTypeIsClonedToEveryType(void)
{
   startLibrary();
   for (size_t i = 0; i < NUM_TYPES; i++) {
      emptyFolder();
      createDisk("source.vmdk", allTypes[i], CAPACITY);
      scribble("source.vmdk");
      cloneToAll("source.vmdk");
      checkScribble("source.vmdk");
   }
   stopLibrary();
}

static void disksByQemuAreCloned(void)
{
   static const char *const formats[] = {"monolithicSparse", "monolithicFlat", "twoGbMaxExtentSparse",
                                         "twoGbMaxExtentFlat", "monolithicSparse,zeroed_grain=on"};

   if (!hasQemu()) {
      return;
   }
   startLibrary();
   createDisk("ours.vmdk", FLAT, CAPACITY);
   scribble("ours.vmdk");
   for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
      CHECK(shell("qemu-img convert -f raw -O vmdk -o subformat=%s ours-flat.vmdk source.vmdk", formats[i]));
      cloneToAll("source.vmdk");
      CHECK_OK(VixDiskLib_Unlink(local, pathOf("source.vmdk")));
   }
   stopLibrary();
}

static void aCloneOfAChainHasNoParent(void)
{
   startLibrary();
   createDisk("base.vmdk", FLAT, CAPACITY);
   writeTo("base.vmdk", 3, 5, 1);
   writeTo("base.vmdk", 1000, 300, 1);
   createChild("base.vmdk", "middle.vmdk");
   writeTo("middle.vmdk", 1200, 500, 2);
   CHECK_OK(tryChild("middle.vmdk", READ_ONLY, "top.vmdk", SPLIT));
   writeTo("top.vmdk", 1200, 500, 1);
   writeTo("top.vmdk", CAPACITY - 1, 1, 1);
   cloneToAll("top.vmdk");
   CHECK_OK(tryClone("clone.vmdk", "top.vmdk", SPARSE, false));
   CHECK_OK(VixDiskLib_Unlink(local, pathOf("base.vmdk")));
   checkScribble("clone.vmdk");
   CHECK_EQUAL(VIX_E_FILE_NOT_FOUND, tryClone("clone.vmdk", "top.vmdk", SPARSE, true));
   checkScribble("clone.vmdk"); /* a source that cannot be read costs no target */
   stopLibrary();
}

/* Capacities at the largest sizes of pieces; the data is little. */
static void splitDisksAreClonedAcrossTheirPieces(void)
{
   static const uint64 limits[] = {4192256, 4193792, 2 * UINT64_C(4192256)};

   startLibrary();
   for (size_t i = 0; i < 3; i++) {
      for (uint64 capacity = limits[i] - 1; capacity <= limits[i] + 1; capacity++) {
         VixDiskLibDiskType types[] = {SPLIT, SPLIT_FLAT, SPARSE};

         createDisk("source.vmdk", types[i], capacity);
         writeTo("source.vmdk", limits[i] - 300, 299, 1);
         writeTo("source.vmdk", capacity - 1, 1, 2);
         for (size_t j = 0; j < 3; j++) {
            CHECK_OK(tryClone("clone.vmdk", "source.vmdk", types[j], false));
            CHECK_EQUAL(capacity, capacityOf("clone.vmdk"));
            checkIn("clone.vmdk", limits[i] - 300, 298, 1);
            checkIn("clone.vmdk", capacity - 1, 1, 2);
            checkZerosIn("clone.vmdk", limits[i] - 1000, 700);
            CHECK(!hasQemu() || types[j] != SPARSE || shell("qemu-img check clone.vmdk"));
            CHECK_EQUAL(types[j] == SPARSE  ? 0
                        : types[j] == SPLIT ? capacity > 4192256
                                            : capacity > 4193792,
                        fileExists(types[j] == SPLIT ? "clone-s002.vmdk" : "clone-f002.vmdk"));
            CHECK_OK(VixDiskLib_Unlink(local, pathOf("clone.vmdk")));
         }
         CHECK_OK(VixDiskLib_Unlink(local, pathOf("source.vmdk")));
         CHECK_EQUAL(0, countFiles());
      }
   }
   stopLibrary();
}

/* ------------------------------------------------------------------------------------------ wrong arguments */

static void whatCannotBeClonedIsRefused(void)
{
   VixDiskLibCreateParams params = {.diskType = SPARSE, .adapterType = VIXDISKLIB_ADAPTER_IDE};
   VixDiskLibConnection readOnly;
   const char *target;

   startLibrary();
   createDisk("source.vmdk", SPARSE, CAPACITY);
   target = pathOf("clone.vmdk");
   CHECK_OK(VixDiskLib_ConnectEx(NULL, TRUE, NULL, NULL, &readOnly));
   CHECK_EQUAL(VIX_E_FILE_READ_ONLY,
               VixDiskLib_Clone(readOnly, target, local, pathOf("source.vmdk"), &params, NULL, NULL, FALSE));
   CHECK_OK(VixDiskLib_Clone(local, target, readOnly, pathOf("source.vmdk"), &params, NULL, NULL, FALSE));
   CHECK_OK(VixDiskLib_Unlink(local, target));
   CHECK_OK(VixDiskLib_Disconnect(readOnly));
   CHECK_EQUAL(VIX_E_DISK_INVALID_CONNECTION,
               VixDiskLib_Clone(readOnly, target, local, pathOf("source.vmdk"), &params, NULL, NULL, FALSE));
   CHECK_EQUAL(VIX_E_DISK_INVALID_CONNECTION,
               VixDiskLib_Clone(local, target, readOnly, pathOf("source.vmdk"), &params, NULL, NULL, FALSE));
   CHECK_EQUAL(VIX_E_INVALID_ARG,
               VixDiskLib_Clone(local, NULL, local, pathOf("source.vmdk"), &params, NULL, NULL, FALSE));
   CHECK_EQUAL(VIX_E_INVALID_ARG, VixDiskLib_Clone(local, target, local, NULL, &params, NULL, NULL, FALSE));
   CHECK_EQUAL(VIX_E_INVALID_ARG,
               VixDiskLib_Clone(local, target, local, pathOf("source.vmdk"), NULL, NULL, NULL, FALSE));
   CHECK_EQUAL(VIX_E_INVALID_ARG, tryClone("clone.vmdk", "source.vmdk", VIXDISKLIB_DISK_UNKNOWN, false));
   CHECK_EQUAL(VIX_E_NOT_SUPPORTED, tryClone("clone.vmdk", "source.vmdk", VIXDISKLIB_DISK_VMFS_THIN, false));
   CHECK_EQUAL(VIX_E_FILE_NOT_FOUND, tryClone("clone.vmdk", "none.vmdk", SPARSE, false));
   CHECK_EQUAL(VIX_E_FILE_NOT_FOUND, tryClone("none/clone.vmdk", "source.vmdk", SPARSE, false));
   writeText("no disk", "at all");
   CHECK_EQUAL(VIX_E_DISK_INVALIDDISK, tryClone("clone.vmdk", "no disk", SPARSE, false));
   CHECK_EQUAL(2, countFiles());
   stopLibrary();
}

/* ------------------------------------------------------------------------------------------------ overwriting */

static void anExistingTargetIsReplacedIfItMayBe(void)
{
   startLibrary();
   createDisk("source.vmdk", SPARSE, CAPACITY);
   scribble("source.vmdk");
   for (size_t i = 0; i < NUM_TYPES; i++) {
      createDisk("clone.vmdk", allTypes[i], 100);
      writeTo("clone.vmdk", 0, 100, 7);
      CHECK_EQUAL(VIX_E_FILE_ALREADY_EXISTS, tryClone("clone.vmdk", "source.vmdk", SPARSE, false));
      checkIn("clone.vmdk", 0, 100, 7);
      CHECK_OK(tryClone("clone.vmdk", "source.vmdk", allTypes[NUM_TYPES - 1 - i], true));
      checkScribble("clone.vmdk");
      CHECK_OK(VixDiskLib_Unlink(local, pathOf("clone.vmdk")));
      CHECK_EQUAL(1, countFiles());
   }
   stopLibrary();
}

static void aTargetThatIsOpenIsNotReplaced(void)
{
   VixDiskLibHandle disk;

   startLibrary();
   createDisk("source.vmdk", SPARSE, CAPACITY);
   createDisk("clone.vmdk", FLAT, CAPACITY);
   disk = openDisk("clone.vmdk", READ_ONLY);
   CHECK_EQUAL(VIX_E_FILE_ALREADY_LOCKED, tryClone("clone.vmdk", "source.vmdk", SPARSE, true));
   CHECK_OK(VixDiskLib_Close(disk));
   disk = openDisk("clone.vmdk", 0);
   CHECK_EQUAL(VIX_E_FILE_ALREADY_LOCKED, tryClone("clone.vmdk", "source.vmdk", SPARSE, true));
   CHECK_OK(VixDiskLib_Close(disk));
   CHECK_OK(tryOpen("clone.vmdk", 0));
   stopLibrary();
}

/* Tries to clone over something that shares files with the source, which stays as it is. */
static void checkSpared(const char *target, const char *source, VixError expected)
{
   int files = countFiles();

   for (size_t i = 0; i < NUM_TYPES; i++) {
      CHECK_EQUAL(expected, tryClone(target, source, allTypes[i], true));
   }
   CHECK_EQUAL(files, countFiles());
   checkScribble(source);
}

static void theSourceIsNeverOverwritten(void)
{
   startLibrary();
   CHECK(mkdir(pathOf("there"), 0755) == 0);
   for (size_t i = 0; i < NUM_TYPES; i++) {
      emptyFolder();
      CHECK(mkdir(pathOf("there"), 0755) == 0);
      createDisk("source.vmdk", allTypes[i], CAPACITY);
      scribble("source.vmdk");
      checkSpared("source.vmdk", "source.vmdk", VIX_E_INVALID_ARG);
      checkSpared("there/../source.vmdk", "source.vmdk", VIX_E_INVALID_ARG);
      CHECK(symlink("source.vmdk", pathOf("alias.vmdk")) == 0);
      CHECK(symlink("../source.vmdk", pathOf("there/alias.vmdk")) == 0);
      CHECK(link(pathOf("source.vmdk"), pathOf("hard.vmdk")) == 0);
      checkSpared("alias.vmdk", "source.vmdk", VIX_E_INVALID_ARG);
      checkSpared("there/alias.vmdk", "source.vmdk", VIX_E_INVALID_ARG);
      checkSpared("hard.vmdk", "source.vmdk", VIX_E_INVALID_ARG);
      checkSpared("source.vmdk", "alias.vmdk", VIX_E_INVALID_ARG);
      CHECK(wasLogged("shares files with"));
   }
   stopLibrary();
}

static void whatTheSourceIsMadeOfIsNeverOverwritten(void)
{
   startLibrary();
   createDisk("source.vmdk", FLAT, CAPACITY);
   scribble("source.vmdk");
   checkSpared("source-flat.vmdk", "source.vmdk", VIX_E_INVALID_ARG);
   /* Descriptors that name files of the source, one by another name. */
   writeText("thief.vmdk", "# Disk DescriptorFile\nversion=1\nCID=1\nparentCID=ffffffff\ncreateType=\"custom\"\n"
                           "RW 5001 FLAT \"source-flat.vmdk\" 0\n");
   checkSpared("thief.vmdk", "source.vmdk", VIX_E_INVALID_ARG);
   writeText("thief.vmdk", "# Disk DescriptorFile\nversion=1\nCID=1\nparentCID=ffffffff\ncreateType=\"custom\"\n"
                           "RW 1 FLAT \"source.vmdk\" 0\n");
   checkSpared("thief.vmdk", "source.vmdk", VIX_E_INVALID_ARG);
   CHECK(symlink("source-flat.vmdk", pathOf("alias.ext")) == 0);
   writeText("thief.vmdk", "# Disk DescriptorFile\nversion=1\nCID=1\nparentCID=ffffffff\ncreateType=\"custom\"\n"
                           "RW 5001 FLAT \"alias.ext\" 0\n");
   checkSpared("thief.vmdk", "source.vmdk", VIX_E_INVALID_ARG);
   /* The parents of the source are a part of it. */
   createChild("source.vmdk", "child.vmdk");
   checkSpared("source.vmdk", "child.vmdk", VIX_E_INVALID_ARG);
   checkSpared("thief.vmdk", "child.vmdk", VIX_E_INVALID_ARG);
   stopLibrary();
}

static void onlyDisksAreOverwritten(void)
{
   startLibrary();
   createDisk("source.vmdk", SPARSE, CAPACITY);
   scribble("source.vmdk");
   writeText("text", "precious");
   checkSpared("text", "source.vmdk", VIX_E_DISK_INVALIDDISK);
   CHECK(wasLogged("it is no disk"));
   CHECK(mkdir(pathOf("folder"), 0755) == 0);
   checkSpared("folder", "source.vmdk", VIX_E_INCORRECT_FILE_TYPE);
   CHECK(mkfifo(pathOf("fifo"), 0600) == 0);
   checkSpared("fifo", "source.vmdk", VIX_E_INCORRECT_FILE_TYPE);
   /* A descriptor that names files elsewhere, or those of nobody. */
   CHECK(mkdir(pathOf("elsewhere"), 0755) == 0);
   writeText("elsewhere/precious", "precious");
   writeText("thief.vmdk", "# Disk DescriptorFile\nversion=1\nCID=1\nparentCID=ffffffff\ncreateType=\"custom\"\n"
                           "RW 1 FLAT \"elsewhere/precious\" 0\n");
   checkSpared("thief.vmdk", "source.vmdk", VIX_E_FILE_NAME_INVALID);
   writeText("new-flat.vmdk", "precious");
   CHECK_EQUAL(VIX_E_FILE_ALREADY_EXISTS, tryClone("new.vmdk", "source.vmdk", FLAT, true));
   CHECK(wasLogged("new-flat.vmdk\" cannot be made"));
   CHECK(!fileExists("new.vmdk") && fileExists("new-flat.vmdk"));
   stopLibrary();
}

/* --------------------------------------------------------------------------------------------------- progress */

static int reports;

static Bool recordProgress(void *data, int percent)
{
   int *last = data;

   CHECK(percent > *last && percent <= 100);
   CHECK(*last >= 0 || percent == 0);
   *last = percent;
   reports++;
   return FALSE;
}

static void progressGoesFromZeroToAHundred(void)
{
   VixDiskLibCreateParams params = {.diskType = SPARSE, .adapterType = VIXDISKLIB_ADAPTER_IDE};
   int last = -1;

   startLibrary();
   createDisk("source.vmdk", FLAT, 300000);
   CHECK_OK(
      VixDiskLib_Clone(local, pathOf("a.vmdk"), local, pathOf("source.vmdk"), &params, recordProgress, &last, FALSE));
   CHECK_EQUAL(100, last);
   writeTo("source.vmdk", 0, 300000, 1);
   last = -1;
   reports = 0;
   CHECK_OK(
      VixDiskLib_Clone(local, pathOf("b.vmdk"), local, pathOf("source.vmdk"), &params, recordProgress, &last, FALSE));
   CHECK_EQUAL(100, last);
   CHECK(reports >= 50);
   stopLibrary();
}

/* ------------------------------------------------------------------------------------------------------ space */

static uint64 sizeOfFiles(const char *prefix)
{
   DIR *entries = opendir(pathOf("."));
   struct dirent *entry;
   uint64 bytes = 0;

   while ((entry = readdir(entries)) != NULL) {
      struct stat status;

      if (strncmp(entry->d_name, prefix, strlen(prefix)) == 0) {
         CHECK(stat(pathOf(entry->d_name), &status) == 0);
         bytes += (uint64)status.st_size;
      }
   }
   closedir(entries);
   return bytes;
}

static uint64 spaceNeeded(const char *name, VixDiskLibDiskType type)
{
   VixDiskLibHandle disk = openDisk(name, READ_ONLY);
   uint64 bytes = 0;

   CHECK_OK(VixDiskLib_SpaceNeededForClone(disk, type, &bytes));
   CHECK_OK(VixDiskLib_Close(disk));
   return bytes;
}

/* The estimate is enough for the extents, and not much more: 64 KiB for each, and for the descriptor. */
static void checkSpace(const char *source, VixDiskLibDiskType type)
{
   uint64 needed = spaceNeeded(source, type);
   uint64 taken;

   CHECK_OK(tryClone("clone.vmdk", source, type, false));
   taken = sizeOfFiles("clone");
   CHECK(needed + (type == SPARSE ? 0 : 4096) >= taken);
   CHECK(needed <= taken + 4 * 65536);
   CHECK_OK(VixDiskLib_Unlink(local, pathOf("clone.vmdk")));
}

static void theSpaceOfACloneIsKnownBefore(void)
{
   static const uint64 capacities[] = {1, 1000, 4192256, 4192257, 12600000};
   VixDiskLibHandle disk;
   uint64 bytes;

   startLibrary();
   for (size_t i = 0; i < sizeof capacities / sizeof capacities[0]; i++) {
      createDisk("source.vmdk", SPARSE, capacities[i]);
      writeTo("source.vmdk", capacities[i] / 2, 1, 1);
      writeTo("source.vmdk", capacities[i] / 3, capacities[i] < 9000 ? 1 : 3000, 1);
      createChild("source.vmdk", "source2.vmdk");
      writeTo("source2.vmdk", capacities[i] - 1, 1, 1);
      for (size_t j = 0; j < NUM_TYPES; j++) {
         checkSpace("source.vmdk", allTypes[j]);
         checkSpace("source2.vmdk", allTypes[j]);
      }
      CHECK_EQUAL(spaceNeeded("source.vmdk", SPARSE), spaceNeeded("source.vmdk", VIXDISKLIB_DISK_UNKNOWN));
      CHECK_OK(VixDiskLib_Unlink(local, pathOf("source2.vmdk")));
      CHECK_OK(VixDiskLib_Unlink(local, pathOf("source.vmdk")));
   }
   createDisk("flat.vmdk", SPLIT_FLAT, 5000000);
   CHECK_EQUAL(UINT64_C(5000000) * SECTOR, spaceNeeded("flat.vmdk", VIXDISKLIB_DISK_UNKNOWN));
   disk = openDisk("flat.vmdk", READ_ONLY);
   for (int type = VIXDISKLIB_DISK_VMFS_THIN; type <= 9; type++) {
      CHECK_EQUAL(VIX_E_INVALID_ARG, VixDiskLib_SpaceNeededForClone(disk, (VixDiskLibDiskType)type, &bytes));
   }
   CHECK_EQUAL(VIX_E_INVALID_ARG, VixDiskLib_SpaceNeededForClone(disk, (VixDiskLibDiskType)0, &bytes));
   CHECK_EQUAL(VIX_E_INVALID_ARG, VixDiskLib_SpaceNeededForClone(disk, SPARSE, NULL));
   CHECK_OK(VixDiskLib_Close(disk));
   stopLibrary();
}

/* ------------------------------------------------------------------------------------------- full file systems */

static void cloneToSmallFileSystem(void)
{
   startLibrary();
   createDisk("source.vmdk", SPARSE, 100000);
   writeTo("source.vmdk", 0, 20000, 1);
   for (size_t i = 0; i < NUM_TYPES; i++) {
      CHECK_EQUAL(VIX_E_DISK_FULL, tryClone("small/clone.vmdk", "source.vmdk", allTypes[i], false));
      CHECK_EQUAL(1, countFiles());
   }
}

static void aCloneThatHasNoRoomLeavesNothing(void)
{
   runInSmallFileSystem(cloneToSmallFileSystem);
}

/* ------------------------------------------------------------------------------------------- dying processes */

static VixDiskLibDiskType targetType;
static bool overwriting;

static void prepareSource(void)
{
   createDisk("source.vmdk", SPARSE, CAPACITY);
   scribble("source.vmdk");
   if (overwriting) {
      createDisk("clone.vmdk", SPLIT, 100);
      writeTo("clone.vmdk", 0, 100, 7);
   }
}

static void cloneOnce(void)
{
   CHECK_OK(tryClone("clone.vmdk", "source.vmdk", targetType, overwriting));
}

/* The old disk, with its data or without all of its extents; none; or the new one as a whole. Then there is a new one.
 */
static void checkClone(bool finished)
{
   VixError error = tryOpen("clone.vmdk", 0);

   if (error == VIX_OK && capacityOf("clone.vmdk") == 100) {
      CHECK(overwriting && !finished);
      checkIn("clone.vmdk", 0, 100, 7);
   } else if (error == VIX_OK) {
      checkScribble("clone.vmdk");
      CHECK_OK(VixDiskLib_Unlink(local, pathOf("clone.vmdk")));
      CHECK_EQUAL(1, countFiles());
   } else {
      CHECK_EQUAL(VIX_E_FILE_NOT_FOUND, error);
      CHECK(!finished);
   }
   checkScribble("source.vmdk");
   CHECK_OK(tryClone("clone.vmdk", "source.vmdk", targetType, true));
   checkScribble("clone.vmdk");
   CHECK_OK(VixDiskLib_Unlink(local, pathOf("clone.vmdk")));
   CHECK_EQUAL(1, countFiles());
}

static void aProcessThatDiesLeavesNoHalfOfAClone(void)
{
   for (size_t i = 0; i < NUM_TYPES; i++) {
      targetType = allTypes[i];
      overwriting = i % 2 == 0;
      CHECK(dieAtEachCall(prepareSource, cloneOnce, checkClone) >= 8);
   }
}

/* What looks like the rest of an attempt is somebody's file, if it is not. */
static void noFileIsTakenForARest(void)
{
   startLibrary();
   createDisk("source.vmdk", SPARSE, CAPACITY);
   writeText("clone-flat.vmdk", "precious");
   writeText("clone.vmdk.vddk-new", "");
   CHECK_EQUAL(VIX_E_FILE_ALREADY_EXISTS, tryClone("clone.vmdk", "source.vmdk", FLAT, true));
   CHECK(fileExists("clone-flat.vmdk"));
   /* Two names of one file, but nobody has made a disk of this name. */
   CHECK(link(pathOf("clone-flat.vmdk"), pathOf("clone-flat.vmdk.vddk-new")) == 0);
   CHECK_EQUAL(VIX_E_FILE_ALREADY_EXISTS, tryClone("clone.vmdk", "source.vmdk", FLAT, true));
   CHECK(fileExists("clone-flat.vmdk"));
   stopLibrary();
}

/* A disk may be renamed to what a killed process was to make, and takes the place of what that has left. */
static void whatIsLeftOfACloneMakesRoomForARenamedDisk(void)
{
   startLibrary();
   createDisk("disk.vmdk", FLAT, CAPACITY);
   writeText("clone.vmdk.vddk-new", "");
   writeText("clone-flat.vmdk", "half of it");
   CHECK(link(pathOf("clone-flat.vmdk"), pathOf("clone-flat.vmdk.vddk-new")) == 0);
   CHECK_OK(VixDiskLib_Rename(pathOf("disk.vmdk"), pathOf("clone.vmdk")));
   CHECK_OK(tryOpen("clone.vmdk", 0));
   CHECK_EQUAL(2, countFiles());
   stopLibrary();
}

int main(void)
{
   RUN(everyTypeIsClonedToEveryType);
   RUN(disksByQemuAreCloned);
   RUN(aCloneOfAChainHasNoParent);
   RUN(splitDisksAreClonedAcrossTheirPieces);
   RUN(whatCannotBeClonedIsRefused);
   RUN(anExistingTargetIsReplacedIfItMayBe);
   RUN(aTargetThatIsOpenIsNotReplaced);
   RUN(theSourceIsNeverOverwritten);
   RUN(whatTheSourceIsMadeOfIsNeverOverwritten);
   RUN(onlyDisksAreOverwritten);
   RUN(progressGoesFromZeroToAHundred);
   RUN(theSpaceOfACloneIsKnownBefore);
   RUN(aCloneThatHasNoRoomLeavesNothing);
   RUN(aProcessThatDiesLeavesNoHalfOfAClone);
   RUN(noFileIsTakenForARest);
   RUN(whatIsLeftOfACloneMakesRoomForARenamedDisk);
   return finish();
}
