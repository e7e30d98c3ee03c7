/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Rename: the disk, its extents and nothing else, and one disk at every moment.
 */
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "disks.h"
#include "dying.h"

#define READ_ONLY VIXDISKLIB_FLAG_OPEN_READ_ONLY
#define SPARSE VIXDISKLIB_DISK_MONOLITHIC_SPARSE
#define FLAT VIXDISKLIB_DISK_MONOLITHIC_FLAT
#define SPLIT VIXDISKLIB_DISK_SPLIT_SPARSE

#define CAPACITY 4200000u /* two pieces of a split disk */

static VixError tryRename(const char *from, const char *to)
{
   return VixDiskLib_Rename(pathOf(from), pathOf(to));
}

static void makeDisk(const char *name, VixDiskLibDiskType type)
{
   createDisk(name, type, CAPACITY);
   writeTo(name, 0, 500, 1);
   writeTo(name, CAPACITY - 1, 1, 1);
}

static void checkDisk(const char *name)
{
   checkIn(name, 0, 500, 1);
   checkZerosIn(name, 500, 1000);
   checkIn(name, CAPACITY - 1, 1, 1);
}

static bool hasText(const char *name, const char *text)
{
   size_t length;
   char *contents = (char *)readFile(name, &length);
   bool found = memmem(contents, length, text, strlen(text)) != NULL;

   free(contents);
   return found;
}

static void aDiskMovesWithAllItsFiles(void)
{
   static const char *const names[] = {"new.vmdk", "there/new.vmdk", "there/old.vmdk", "no ending"};

   startLibrary();
   for (size_t i = 0; i < NUM_TYPES; i++) {
      for (size_t j = 0; j < 4; j++) {
         int files;

         emptyFolder();
         CHECK(mkdir(pathOf("there"), 0755) == 0);
         makeDisk("old.vmdk", allTypes[i]);
         files = countFiles();
         CHECK_OK(tryRename("old.vmdk", names[j]));
         CHECK_EQUAL(VIX_E_FILE_NOT_FOUND, tryOpen("old.vmdk", 0));
         CHECK_EQUAL(files, countFiles());
         checkDisk(names[j]);
         CHECK(j == 2 || !hasText(names[j], "\"old"));
         CHECK(!hasQemu() || shell("qemu-img info '%s'", names[j]));
         CHECK_OK(tryRename(names[j], "old.vmdk"));
         checkDisk("old.vmdk");
         CHECK_OK(VixDiskLib_Unlink(local, pathOf("old.vmdk")));
         CHECK_EQUAL(0, countFiles());
      }
   }
   stopLibrary();
}

static void childrenFindTheirParentFromAnotherFolder(void)
{
   startLibrary();
   CHECK(mkdir(pathOf("there"), 0755) == 0);
   makeDisk("base.vmdk", FLAT);
   for (int i = 0; i < 2; i++) {
      CHECK_OK(tryChild("base.vmdk", READ_ONLY, "child.vmdk", i == 0 ? SPARSE : SPLIT));
      CHECK_OK(tryRename("child.vmdk", "sibling.vmdk"));
      checkDisk("sibling.vmdk");
      CHECK(hasText("sibling.vmdk", "parentFileNameHint=\"base.vmdk\""));
      CHECK_OK(tryRename("sibling.vmdk", "there/child.vmdk"));
      checkDisk("there/child.vmdk");
      CHECK(!hasText("there/child.vmdk", "parentFileNameHint=\"base.vmdk\""));
      CHECK_OK(VixDiskLib_Unlink(local, pathOf("there/child.vmdk")));
   }
   /* A parent that is renamed is lost to its children. */
   createChild("base.vmdk", "child.vmdk");
   CHECK_OK(tryRename("base.vmdk", "renamed.vmdk"));
   CHECK_EQUAL(VIX_E_FILE_NOT_FOUND, tryOpen("child.vmdk", 0));
   stopLibrary();
}

static void whatIsInTheWayStays(void)
{
   startLibrary();
   for (size_t i = 0; i < NUM_TYPES; i++) {
      static const char *const extents[] = {"new.vmdk", "new-flat.vmdk", "new-s002.vmdk", "new-f002.vmdk",
                                            "new-flat.vmdk"};
      int count;

      emptyFolder();
      makeDisk("old.vmdk", allTypes[i]);
      writeText(extents[i], "precious");
      count = countFiles();
      CHECK_EQUAL(VIX_E_FILE_ALREADY_EXISTS, tryRename("old.vmdk", "new.vmdk"));
      CHECK(hasText(extents[i], "precious"));
      CHECK_EQUAL(count, countFiles());
      CHECK_EQUAL(VIX_E_FILE_ALREADY_EXISTS, tryRename("old.vmdk", "old.vmdk"));
      checkDisk("old.vmdk");
      (void)unlink(pathOf(extents[i]));
      createDisk("new.vmdk", SPARSE, 1000);
      CHECK_EQUAL(VIX_E_FILE_ALREADY_EXISTS, tryRename("old.vmdk", "new.vmdk"));
      checkDisk("old.vmdk");
      CHECK_EQUAL(1000, capacityOf("new.vmdk"));
   }
   stopLibrary();
}

static void openDisksAreNotRenamed(void)
{
   startLibrary();
   for (size_t i = 0; i < NUM_TYPES; i++) {
      static const uint32 flags[] = {0, READ_ONLY, VIXDISKLIB_FLAG_OPEN_SINGLE_LINK | READ_ONLY};

      makeDisk("old.vmdk", allTypes[i]);
      for (size_t j = 0; j < 3; j++) {
         VixDiskLibHandle disk = openDisk("old.vmdk", flags[j]);

         CHECK_EQUAL(VIX_E_FILE_ALREADY_LOCKED, tryRename("old.vmdk", "new.vmdk"));
         CHECK_OK(VixDiskLib_Close(disk));
      }
      checkDisk("old.vmdk");
      emptyFolder();
   }
   stopLibrary();
}

static void whatCannotBeRenamedIsRefused(void)
{
   char longName[300];

   memset(longName, 'n', sizeof longName);
   longName[sizeof longName - 1] = '\0';
   startLibrary();
   makeDisk("old.vmdk", FLAT);
   CHECK_EQUAL(VIX_E_INVALID_ARG, VixDiskLib_Rename(NULL, pathOf("new.vmdk")));
   CHECK_EQUAL(VIX_E_INVALID_ARG, VixDiskLib_Rename(pathOf("old.vmdk"), NULL));
   CHECK_EQUAL(VIX_E_INVALID_ARG, VixDiskLib_Rename("", pathOf("new.vmdk")));
   CHECK_EQUAL(VIX_E_FILE_NOT_FOUND, tryRename("none.vmdk", "new.vmdk"));
   CHECK_EQUAL(VIX_E_FILE_NOT_FOUND, tryRename("old.vmdk", "none/new.vmdk"));
   CHECK_EQUAL(VIX_E_FILE_NAME_TOO_LONG, tryRename("old.vmdk", longName));
   longName[248] = '\0'; /* which is too long with what the extent has after it */
   CHECK_EQUAL(VIX_E_FILE_NAME_TOO_LONG, tryRename("old.vmdk", longName));
   CHECK_EQUAL(VIX_E_FILE_NAME_INVALID, tryRename("old.vmdk", "a\"b.vmdk"));
   CHECK_EQUAL(VIX_E_FILE_NAME_INVALID, tryRename("old.vmdk", ".."));
   writeText("text", "no disk");
   CHECK_EQUAL(VIX_E_DISK_INVALIDDISK, tryRename("text", "new.vmdk"));
   checkDisk("old.vmdk");
   CHECK_EQUAL(3, countFiles());
   /* Extents elsewhere are not moved, nor is the descriptor without them. */
   CHECK(mkdir(pathOf("there"), 0755) == 0);
   writeText("thief.vmdk", "# Disk DescriptorFile\nversion=1\nCID=1\nparentCID=ffffffff\ncreateType=\"custom\"\n"
                           "RW 1 FLAT \"there/precious\" 0\n");
   writeFile("there/precious", longName, 1);
   CHECK_EQUAL(VIX_E_FILE_NAME_INVALID, tryRename("thief.vmdk", "new.vmdk"));
   CHECK(fileExists("thief.vmdk") && fileExists("there/precious") && !fileExists("new.vmdk"));
   stopLibrary();
   CHECK_EQUAL(VIX_E_DISK_NOINIT, tryRename("old.vmdk", "new.vmdk"));
}

static void renameToOtherFileSystem(void)
{
   startLibrary();
   for (size_t i = 0; i < NUM_TYPES; i++) {
      int files;

      makeDisk("old.vmdk", allTypes[i]);
      files = countFiles();
      CHECK_EQUAL(VIX_E_NOT_SUPPORTED, tryRename("old.vmdk", "other/new.vmdk"));
      CHECK_EQUAL(files, countFiles());
      checkDisk("old.vmdk");
      CHECK_OK(VixDiskLib_Unlink(local, pathOf("old.vmdk")));
   }
   _exit(0);
}

static void aDiskStaysOnItsFileSystem(void)
{
   int status;
   pid_t child;

   CHECK(mkdir(pathOf("other"), 0755) == 0);
   fflush(stdout);
   child = fork();
   if (child == 0) {
      if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
          mount("none", pathOf("other"), "tmpfs", 0, "size=1m") != 0) {
         printf("   skipped: no file system of its own\n");
         fflush(stdout);
         _exit(0);
      }
      renameToOtherFileSystem();
   }
   CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status));
   CHECK_EQUAL(0, WEXITSTATUS(status));
}

/* ------------------------------------------------------------------------------------------- dying processes */

static VixDiskLibDiskType diskType;
static bool isChild;
static const char *newName;

static void prepareDisk(void)
{
   CHECK(mkdir(pathOf("there"), 0755) == 0);
   if (isChild) {
      makeDisk("base.vmdk", FLAT);
      CHECK_OK(tryChild("base.vmdk", READ_ONLY, "old.vmdk", diskType));
   } else {
      makeDisk("old.vmdk", diskType);
   }
}

static void renameOnce(void)
{
   CHECK_OK(tryRename("old.vmdk", newName));
}

static bool isWhole(const char *name)
{
   VixError error = tryOpen(name, READ_ONLY);

   CHECK(error == VIX_OK || error == VIX_E_FILE_NOT_FOUND);
   if (error == VIX_OK) {
      checkDisk(name);
   }
   return error == VIX_OK;
}

static void checkRenamed(bool finished)
{
   bool old = isWhole("old.vmdk");
   bool new = isWhole(newName);

   CHECK(old || new);
   CHECK(!finished || !old);
   if (old) {
      renameOnce();
   }
   CHECK(!isWhole("old.vmdk") && isWhole(newName));
   CHECK_OK(VixDiskLib_Unlink(local, pathOf(newName)));
}

static void aProcessThatDiesLeavesADiskUnderOneNameOrBoth(void)
{
   for (size_t i = 0; i < NUM_TYPES; i++) {
      diskType = allTypes[i];
      for (int there = 0; there < 2; there++) {
         newName = there == 1 ? "there/new.vmdk" : "new.vmdk";
         isChild = false;
         CHECK(dieAtEachCall(prepareDisk, renameOnce, checkRenamed) >= 2);
         isChild = true;
         if (diskType == SPARSE || diskType == SPLIT) {
            CHECK(dieAtEachCall(prepareDisk, renameOnce, checkRenamed) >= 2);
         }
      }
   }
}

/* A disk that was written after the process died is not the one that is under the new name. */
static void twoDisksAreNotTakenForOne(void)
{
   startLibrary();
   createDisk("old.vmdk", FLAT, 1000);
   writeTo("old.vmdk", 0, 1000, 1);
   CHECK(link(pathOf("old-flat.vmdk"), pathOf("new-flat.vmdk")) == 0);
   copyFile("old.vmdk", "new.vmdk");
   CHECK_EQUAL(VIX_E_FILE_ALREADY_EXISTS, tryRename("old.vmdk", "new.vmdk"));
   replaceText("new.vmdk", "old-flat.vmdk", "new-flat.vmdk");
   unlink(pathOf("new-flat.vmdk"));
   copyFile("old-flat.vmdk", "new-flat.vmdk");
   CHECK_EQUAL(VIX_E_FILE_ALREADY_EXISTS, tryRename("old.vmdk", "new.vmdk"));
   unlink(pathOf("new-flat.vmdk"));
   CHECK(link(pathOf("old-flat.vmdk"), pathOf("new-flat.vmdk")) == 0);
   CHECK_OK(tryRename("old.vmdk", "new.vmdk"));
   CHECK_EQUAL(2, countFiles());
   checkIn("new.vmdk", 0, 1000, 1);
   stopLibrary();
}

int main(void)
{
   RUN(aDiskMovesWithAllItsFiles);
   RUN(childrenFindTheirParentFromAnotherFolder);
   RUN(whatIsInTheWayStays);
   RUN(openDisksAreNotRenamed);
   RUN(whatCannotBeRenamedIsRefused);
   RUN(aDiskStaysOnItsFileSystem);
   RUN(aProcessThatDiesLeavesADiskUnderOneNameOrBoth);
   RUN(twoDisksAreNotTakenForOne);
   return finish();
}
