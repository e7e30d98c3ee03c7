/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * What is right and seldom seen: the smallest disks, disks that end where a piece does, many pieces, names of all
 * kinds, folders that are gone, file systems that cannot be written.
 */
#include "disks.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SPARSE VIXDISKLIB_DISK_MONOLITHIC_SPARSE
#define STREAM VIXDISKLIB_DISK_STREAM_OPTIMIZED

/* Pieces of split disks, in sectors. */
#define SPARSE_PIECE 4192256u
#define FLAT_PIECE 4193792u

static void aDiskOfOneSectorIsADisk(void)
{
   startLibrary();
   for (size_t i = 0; i < NUM_TYPES; i++) {
      createDisk("a.vmdk", allTypes[i], 1);
      CHECK_EQUAL(1, capacityOf("a.vmdk"));
      checkZerosIn("a.vmdk", 0, 1);
      writeTo("a.vmdk", 0, 1, 1);
      CHECK_OK(tryClone("b.vmdk", "a.vmdk", STREAM, true));
      checkIn("b.vmdk", 0, 1, 1);
      for (size_t j = 0; j < NUM_TYPES; j++) {
         CHECK_OK(tryClone("c.vmdk", "b.vmdk", allTypes[j], true));
         checkIn("c.vmdk", 0, 1, 1);
         CHECK_OK(VixDiskLib_CheckRepair(local, pathOf("c.vmdk"), FALSE));
      }
      createChild("a.vmdk", "child.vmdk");
      checkIn("child.vmdk", 0, 1, 1);
      writeTo("child.vmdk", 0, 1, 2);
      checkIn("child.vmdk", 0, 1, 2);
      CHECK_OK(VixDiskLib_Unlink(local, pathOf("child.vmdk")));
      CHECK_OK(VixDiskLib_Grow(local, pathOf("a.vmdk"), 2, TRUE, NULL, NULL));
      checkIn("a.vmdk", 0, 1, 1);
      checkZerosIn("a.vmdk", 1, 1);
      CHECK_OK(VixDiskLib_Rename(pathOf("a.vmdk"), pathOf("r.vmdk")));
      CHECK_OK(VixDiskLib_Unlink(local, pathOf("r.vmdk")));
   }
   stopLibrary();
}

static void checkPieces(VixDiskLibDiskType type, uint64 capacity, int files)
{
   VixDiskLibHandle disk;

   createDisk("a.vmdk", type, capacity);
   CHECK_EQUAL(files, countFiles());
   disk = openDisk("a.vmdk", 0);
   writePiece(disk, capacity - 3, 3, 1);
   writePiece(disk, capacity / 2 - 100, 200, 2);
   checkPiece(disk, capacity - 3, 3, 1);
   checkPiece(disk, capacity / 2 - 100, 200, 2);
   CHECK_EQUAL(VIX_E_DISK_OUTOFRANGE, VixDiskLib_Read(disk, capacity, 1, (uint8[SECTOR]){0}));
   CHECK_OK(VixDiskLib_Close(disk));
   CHECK_OK(VixDiskLib_Unlink(local, pathOf("a.vmdk")));
   CHECK_EQUAL(0, countFiles());
}

static void aDiskMayEndWhereAPieceDoes(void)
{
   startLibrary();
   for (uint64 pieces = 1; pieces <= 2; pieces++) {
      checkPieces(VIXDISKLIB_DISK_SPLIT_SPARSE, pieces * SPARSE_PIECE - 1, 1 + (int)pieces);
      checkPieces(VIXDISKLIB_DISK_SPLIT_SPARSE, pieces * SPARSE_PIECE, 1 + (int)pieces);
      checkPieces(VIXDISKLIB_DISK_SPLIT_SPARSE, pieces * SPARSE_PIECE + 1, 2 + (int)pieces);
      checkPieces(VIXDISKLIB_DISK_SPLIT_FLAT, pieces * FLAT_PIECE - 1, 1 + (int)pieces);
      checkPieces(VIXDISKLIB_DISK_SPLIT_FLAT, pieces * FLAT_PIECE, 1 + (int)pieces);
      checkPieces(VIXDISKLIB_DISK_SPLIT_FLAT, pieces * FLAT_PIECE + 1, 2 + (int)pieces);
   }
   stopLibrary();
}

/* As many files may be open as are needed, or the test is not one. */
static bool mayOpen(rlim_t files)
{
   struct rlimit limit;

   CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0);
   if (limit.rlim_max < files) {
      return false;
   }
   limit.rlim_cur = files;
   return setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

static void aDiskMayHaveThousandsOfPieces(void)
{
   uint64 capacity = (uint64)2000 * FLAT_PIECE;
   VixDiskLibHandle disk;

   if (!mayOpen(2100)) {
      printf("   skipped: so many files cannot be open here\n");
      return;
   }
   startLibrary();
   createDisk("a.vmdk", VIXDISKLIB_DISK_SPLIT_FLAT, capacity);
   CHECK_EQUAL(2001, countFiles());
   disk = openDisk("a.vmdk", 0);
   writePiece(disk, (uint64)1999 * FLAT_PIECE - 5, 10, 1);
   checkPiece(disk, (uint64)1999 * FLAT_PIECE - 5, 10, 1);
   CHECK_OK(VixDiskLib_Close(disk));
   CHECK_OK(VixDiskLib_Rename(pathOf("a.vmdk"), pathOf("b.vmdk")));
   checkIn("b.vmdk", (uint64)1999 * FLAT_PIECE - 5, 10, 1);
   CHECK_EQUAL(2001, countFiles());
   CHECK_OK(VixDiskLib_Unlink(local, pathOf("b.vmdk")));
   CHECK_EQUAL(0, countFiles());
   stopLibrary();
}

static void fewOpenFilesLeaveNothingHalfDone(void)
{
   VixDiskLibHandle disk;
   struct rlimit old;

   startLibrary();
   createDisk("many.vmdk", VIXDISKLIB_DISK_SPLIT_FLAT, (uint64)100 * FLAT_PIECE);
   createDisk("source.vmdk", SPARSE, (uint64)100 * FLAT_PIECE);
   writeTo("source.vmdk", 0, 10, 1);
   CHECK(getrlimit(RLIMIT_NOFILE, &old) == 0);
   CHECK(setrlimit(RLIMIT_NOFILE, &(struct rlimit){64, old.rlim_max}) == 0);
   CHECK_EQUAL(VIX_E_DISK_TOOMANYOPENFILES, tryOpen("many.vmdk", 0));
   CHECK_EQUAL(VIX_E_DISK_TOOMANYOPENFILES, tryOpen("many.vmdk", VIXDISKLIB_FLAG_OPEN_READ_ONLY));
   CHECK_EQUAL(VIX_E_DISK_TOOMANYOPENFILES, tryClone("clone.vmdk", "source.vmdk", VIXDISKLIB_DISK_SPLIT_FLAT, false));
   CHECK_EQUAL(VIX_E_DISK_TOOMANYOPENFILES, tryClone("clone.vmdk", "many.vmdk", SPARSE, false));
   CHECK_EQUAL(102, countFiles());
   /* What needs one file at a time works, and so does the disk that fits. */
   disk = openDisk("source.vmdk", 0);
   writePiece(disk, 0, 20, 2);
   CHECK_OK(VixDiskLib_Close(disk));
   CHECK_OK(VixDiskLib_CheckRepair(local, pathOf("many.vmdk"), FALSE));
   CHECK(setrlimit(RLIMIT_NOFILE, &old) == 0);
   CHECK_OK(tryOpen("many.vmdk", 0));
   stopLibrary();
}

/* All that is done to disks by their names. */
static void useName(const char *name, VixDiskLibDiskType type)
{
   createDisk(name, type, 1000);
   writeTo(name, 10, 10, 1);
   CHECK_OK(tryClone("plain.vmdk", name, SPARSE, false));
   checkIn("plain.vmdk", 10, 10, 1);
   createChild(name, "child.vmdk");
   checkIn("child.vmdk", 10, 10, 1);
   CHECK_OK(VixDiskLib_Unlink(local, pathOf("child.vmdk")));
   CHECK_OK(VixDiskLib_Grow(local, pathOf(name), 2000, FALSE, NULL, NULL));
   CHECK_OK(VixDiskLib_CheckRepair(local, pathOf(name), TRUE));
   CHECK_OK(VixDiskLib_Rename(pathOf(name), pathOf("other.vmdk")));
   CHECK_OK(VixDiskLib_Rename(pathOf("other.vmdk"), pathOf(name)));
   checkIn(name, 10, 10, 1);
   CHECK_OK(VixDiskLib_Unlink(local, pathOf(name)));
   CHECK_OK(VixDiskLib_Unlink(local, pathOf("plain.vmdk")));
   CHECK_EQUAL(0, countFiles());
}

static void namesMayHaveAnythingInThem(void)
{
   static const char *const names[] = {"with some spaces .vmdk",
                                       " .vmdk",
                                       "it's.vmdk",
                                       "back\\slash.vmdk",
                                       "100%s%n.vmdk",
                                       "UPPER.VMDK",
                                       "no-end",
                                       "a=b#c",
                                       "\xc3\xa4\xe7\xa3\x81\xf0\x9f\x92\xbe.vmdk",
                                       "-flat.vmdk",
                                       "x.vmdk.vmdk"};

   startLibrary();
   for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
      for (size_t j = 0; j < NUM_TYPES; j++) {
         useName(names[i], allTypes[j]);
      }
   }
   CHECK_EQUAL(VIX_E_FILE_NAME_INVALID, tryCreate("quo\"te.vmdk", SPARSE, 1000));
   CHECK_EQUAL(VIX_E_FILE_NAME_INVALID, tryCreate("new\nline.vmdk", SPARSE, 1000));
   CHECK_EQUAL(0, countFiles());
   stopLibrary();
}

static void aNameMayBeAsLongAsTheSystemAllows(void)
{
   char name[257];

   startLibrary();
   memset(name, 'x', sizeof name);
   memcpy(name + 250, ".vmdk", 6);
   useName(name, SPARSE);
   CHECK_EQUAL(VIX_E_FILE_NAME_TOO_LONG, tryCreate(name, VIXDISKLIB_DISK_MONOLITHIC_FLAT, 1000));
   CHECK_EQUAL(0, countFiles());
   memcpy(name + 245, ".vmdk", 6);
   useName(name, VIXDISKLIB_DISK_MONOLITHIC_FLAT);
   memset(name, 'x', 251);
   memcpy(name + 251, ".vmdk", 6);
   CHECK_EQUAL(VIX_E_FILE_NAME_TOO_LONG, tryCreate(name, SPARSE, 1000));
   CHECK_EQUAL(0, countFiles());
   stopLibrary();
}

static void aDiskOutlivesItsFolder(void)
{
   startLibrary();
   for (size_t i = 0; i < NUM_TYPES; i++) {
      VixDiskLibHandle disk;

      CHECK(mkdir(pathOf("gone"), 0755) == 0);
      createDisk("gone/a.vmdk", allTypes[i], 1000);
      disk = openDisk("gone/a.vmdk", 0);
      CHECK(shell("rm -r gone"));
      writePiece(disk, 10, 10, 1);
      checkPiece(disk, 10, 10, 1);
      CHECK_OK(VixDiskLib_Flush(disk));
      CHECK_EQUAL(VIX_E_FILE_NOT_FOUND, VixDiskLib_CreateChild(disk, pathOf("c.vmdk"), SPARSE, NULL, NULL));
      CHECK(!fileExists("c.vmdk"));
      (void)VixDiskLib_WriteMetadata(disk, "key", "value");
      CHECK_OK(VixDiskLib_Close(disk));
      CHECK_EQUAL(VIX_E_FILE_NOT_FOUND, tryOpen("gone/a.vmdk", 0));
      CHECK_EQUAL(0, countFiles());
   }
   stopLibrary();
}

static void useReadOnlyFileSystem(void)
{
   VixDiskLibHandle disk;

   CHECK_OK(tryOpen("ro/a.vmdk", VIXDISKLIB_FLAG_OPEN_READ_ONLY));
   CHECK_EQUAL(VIX_E_FILE_ACCESS_ERROR, tryOpen("ro/a.vmdk", 0));
   CHECK_EQUAL(VIX_E_FILE_ACCESS_ERROR, tryCreate("ro/b.vmdk", SPARSE, 1000));
   CHECK_EQUAL(VIX_E_FILE_ACCESS_ERROR, VixDiskLib_Grow(local, pathOf("ro/a.vmdk"), 2000, FALSE, NULL, NULL));
   CHECK_EQUAL(VIX_E_FILE_ACCESS_ERROR, VixDiskLib_Rename(pathOf("ro/a.vmdk"), pathOf("ro/b.vmdk")));
   CHECK_EQUAL(VIX_E_FILE_ACCESS_ERROR, VixDiskLib_Unlink(local, pathOf("ro/a.vmdk")));
   CHECK_EQUAL(VIX_E_FILE_ACCESS_ERROR, VixDiskLib_CheckRepair(local, pathOf("ro/a.vmdk"), TRUE));
   CHECK_OK(VixDiskLib_CheckRepair(local, pathOf("ro/a.vmdk"), FALSE));
   CHECK_EQUAL(VIX_E_FILE_ACCESS_ERROR, tryClone("ro/b.vmdk", "ro/a.vmdk", SPARSE, false));
   CHECK_OK(tryClone("b.vmdk", "ro/a.vmdk", SPARSE, false));
   checkIn("b.vmdk", 0, 10, 1);
   disk = openDisk("ro/a.vmdk", VIXDISKLIB_FLAG_OPEN_READ_ONLY);
   CHECK_OK(VixDiskLib_CreateChild(disk, pathOf("child.vmdk"), SPARSE, NULL, NULL));
   CHECK_EQUAL(VIX_E_FILE_ACCESS_ERROR, VixDiskLib_CreateChild(disk, pathOf("ro/c.vmdk"), SPARSE, NULL, NULL));
   CHECK_OK(VixDiskLib_Close(disk));
   writeTo("child.vmdk", 0, 5, 2);
   checkIn("child.vmdk", 0, 5, 2);
   checkIn("child.vmdk", 5, 5, 1);
}

/* In a process of its own, for the file systems are its own. */
static void useFileSystem(const char *options, void (*use)(void), void (*prepare)(void), bool readOnly)
{
   int status;
   pid_t child;
   const char *folder = pathOf(readOnly ? "ro" : "small");

   CHECK(mkdir(folder, 0755) == 0);
   fflush(stdout);
   child = fork();
   if (child == 0) {
      if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
          mount("none", folder, "tmpfs", 0, options) != 0) {
         printf("   skipped: no file system of its own\n");
         fflush(stdout);
         _exit(0);
      }
      startLibrary();
      prepare();
      CHECK(!readOnly || mount("none", folder, "tmpfs", MS_REMOUNT | MS_RDONLY, options) == 0);
      use();
      stopLibrary();
      _exit(0);
   }
   CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status));
   CHECK_EQUAL(0, WEXITSTATUS(status));
}

static void prepareReadOnly(void)
{
   CHECK_OK(tryCreate("ro/a.vmdk", VIXDISKLIB_DISK_MONOLITHIC_FLAT, 1000));
   writeTo("ro/a.vmdk", 0, 10, 1);
}

static void whatCannotBeWrittenCanBeRead(void)
{
   useFileSystem("size=4m", useReadOnlyFileSystem, prepareReadOnly, true);
}

static void prepareFull(void)
{
   static uint8 zeros[4096];
   FILE *file;

   CHECK_OK(tryCreate("small/sparse.vmdk", SPARSE, 100000));
   writeTo("small/sparse.vmdk", 0, 300, 1);
   CHECK_OK(tryCreate("small/flat.vmdk", VIXDISKLIB_DISK_MONOLITHIC_FLAT, 1000));
   writeTo("small/flat.vmdk", 0, 100, 2);
   file = fopen(pathOf("small/filler"), "wb");
   CHECK(file != NULL);
   setbuf(file, NULL);
   while (fwrite(zeros, sizeof zeros, 1, file) == 1) {
   }
   fclose(file);
}

static void useFullFileSystem(void)
{
   VixDiskLibHandle disk = openDisk("small/sparse.vmdk", 0);
   VixDiskLibHandle flat = openDisk("small/flat.vmdk", 0);
   VixError error;
   static uint8 grain[GRAIN * SECTOR];
   int files = countFiles();

   CHECK_EQUAL(VIX_E_DISK_FULL, VixDiskLib_Write(disk, 50000, GRAIN, grain));
   CHECK_EQUAL(VIX_E_DISK_FULL, VixDiskLib_Write(flat, 500, GRAIN, grain));
   CHECK_EQUAL(VIX_E_DISK_FULL, VixDiskLib_CreateChild(disk, pathOf("small/child.vmdk"), SPARSE, NULL, NULL));
   CHECK_EQUAL(VIX_E_DISK_FULL, VixDiskLib_WriteMetadata(flat, "key", "value"));
   CHECK_OK(VixDiskLib_WriteMetadata(disk, "key", "value")); /* its area is there already */
   CHECK_OK(VixDiskLib_Defragment(disk, NULL, NULL));
   CHECK_OK(VixDiskLib_Flush(disk));
   CHECK_OK(VixDiskLib_Flush(flat));
   CHECK_OK(VixDiskLib_Close(disk));
   CHECK_OK(VixDiskLib_Close(flat));
   for (size_t i = 0; i < NUM_TYPES; i++) {
      CHECK_EQUAL(VIX_E_DISK_FULL, tryClone("small/c.vmdk", "small/flat.vmdk", allTypes[i], false));
      CHECK_EQUAL(VIX_E_DISK_FULL, tryCreate("small/c.vmdk", allTypes[i], 1000));
   }
   CHECK_EQUAL(VIX_E_DISK_FULL, tryClone("small/c.vmdk", "small/flat.vmdk", STREAM, false));
   CHECK_EQUAL(VIX_E_DISK_FULL, VixDiskLib_Grow(local, pathOf("small/flat.vmdk"), 2000, FALSE, NULL, NULL));
   error = VixDiskLib_Grow(local, pathOf("small/sparse.vmdk"), UINT64_C(1) << 30, FALSE, NULL, NULL);
   CHECK_EQUAL(VIX_E_DISK_FULL, error);
   error = VixDiskLib_Rename(pathOf("small/flat.vmdk"), pathOf("small/other.vmdk"));
   CHECK_EQUAL(VIX_E_DISK_FULL, error);
   CHECK_EQUAL(files, countFiles());
   CHECK_OK(VixDiskLib_CheckRepair(local, pathOf("small/sparse.vmdk"), TRUE));
   CHECK_OK(VixDiskLib_CheckRepair(local, pathOf("small/flat.vmdk"), TRUE));
   CHECK_EQUAL(1000, capacityOf("small/flat.vmdk"));
   checkIn("small/sparse.vmdk", 0, 300, 1);
   checkZerosIn("small/sparse.vmdk", 300, 99700);
   checkIn("small/flat.vmdk", 0, 100, 2);
   CHECK_OK(VixDiskLib_Unlink(local, pathOf("small/sparse.vmdk")));
   CHECK_OK(VixDiskLib_Grow(local, pathOf("small/flat.vmdk"), 2000, FALSE, NULL, NULL));
   checkIn("small/flat.vmdk", 0, 100, 2);
}

static void whatFindsNoRoomChangesNothing(void)
{
   useFileSystem("size=1m", useFullFileSystem, prepareFull, false);
}

int main(void)
{
   RUN(aDiskOfOneSectorIsADisk);
   RUN(aDiskMayEndWhereAPieceDoes);
   RUN(aDiskMayHaveThousandsOfPieces);
   RUN(fewOpenFilesLeaveNothingHalfDone);
   RUN(namesMayHaveAnythingInThem);
   RUN(aNameMayBeAsLongAsTheSystemAllows);
   RUN(aDiskOutlivesItsFolder);
   RUN(whatCannotBeWrittenCanBeRead);
   RUN(whatFindsNoRoomChangesNothing);
   return finish();
}
