/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Disks between processes: locks, and what is left when a process is killed.
 */
#include "disks.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static uint8 buffer[2048 * SECTOR];

/* Runs something in a process of its own, which it never returns from, with a pipe to say something through. */
static pid_t spawn(void (*run)(int, const char *, VixDiskLibDiskType), const char *name, VixDiskLibDiskType type,
                   int *reads)
{
   int ends[2];
   pid_t child;

   CHECK(pipe(ends) == 0);
   fflush(stdout);
   child = fork();
   CHECK(child >= 0);
   if (child == 0) {
      CHECK(prctl(PR_SET_PDEATHSIG, SIGKILL) == 0); /* a test that fails leaves no process behind */
      close(ends[0]);
      run(ends[1], name, type);
      _exit(0);
   }
   close(ends[1]);
   *reads = ends[0];
   return child;
}

static void killAndWait(pid_t child)
{
   int status;

   CHECK(kill(child, SIGKILL) == 0);
   CHECK(waitpid(child, &status, 0) == child);
   CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void openAndStay(int said, const char *name, VixDiskLibDiskType type)
{
   (void)type;
   startLibrary();
   openDisk(name, 0);
   CHECK(write(said, "o", 1) == 1);
   for (;;) {
      pause();
   }
}

static void aDiskHasOneWriterAmongAllProcesses(void)
{
   static const VixDiskLibDiskType types[] = {VIXDISKLIB_DISK_MONOLITHIC_SPARSE, VIXDISKLIB_DISK_MONOLITHIC_FLAT};

   for (size_t i = 0; i < 2; i++) {
      const char *name = i == 0 ? "a.vmdk" : "b.vmdk";
      VixDiskLibHandle disk;
      pid_t child;
      int said;
      char letter;

      startLibrary();
      createDisk(name, types[i], 1000);
      stopLibrary();
      child = spawn(openAndStay, name, types[i], &said);
      CHECK(read(said, &letter, 1) == 1);
      startLibrary();
      CHECK_EQUAL(VIX_E_FILE_ALREADY_LOCKED, tryOpen(name, 0));
      CHECK_EQUAL(VIX_E_FILE_ALREADY_LOCKED, VixDiskLib_Unlink(local, pathOf(name)));
      CHECK_OK(tryOpen(name, VIXDISKLIB_FLAG_OPEN_READ_ONLY));
      killAndWait(child);
      close(said);
      disk = openDisk(name, 0);
      CHECK_EQUAL(VIX_E_FILE_ALREADY_LOCKED, tryOpen(name, 0));
      CHECK_OK(VixDiskLib_WriteMetadata(disk, "key", "value")); /* which replaces a text descriptor */
      CHECK_EQUAL(VIX_E_FILE_ALREADY_LOCKED, tryOpen(name, 0));
      CHECK_OK(tryOpen(name, VIXDISKLIB_FLAG_OPEN_READ_ONLY));
      CHECK_OK(VixDiskLib_Close(disk));
      CHECK_OK(tryOpen(name, 0));
      stopLibrary();
   }
}

/*
 * The writer of a child keeps out other writers of the child only. Its parent may be written, as with the real library,
 * and is not the parent any more.
 */
static void aChildIsLockedAndItsParentIsNot(void)
{
   pid_t child;
   int said;
   char letter;

   startLibrary();
   createDisk("base.vmdk", VIXDISKLIB_DISK_MONOLITHIC_FLAT, 1000);
   createChild("base.vmdk", "child.vmdk");
   stopLibrary();
   child = spawn(openAndStay, "child.vmdk", VIXDISKLIB_DISK_MONOLITHIC_SPARSE, &said);
   CHECK(read(said, &letter, 1) == 1);
   startLibrary();
   CHECK_EQUAL(VIX_E_FILE_ALREADY_LOCKED, tryOpen("child.vmdk", 0));
   CHECK_EQUAL(VIX_E_FILE_ALREADY_LOCKED, tryOpen("child.vmdk", VIXDISKLIB_FLAG_OPEN_SINGLE_LINK));
   CHECK_EQUAL(VIX_E_FILE_ALREADY_LOCKED, VixDiskLib_Rename(pathOf("child.vmdk"), pathOf("new.vmdk")));
   CHECK_EQUAL(VIX_E_FILE_ALREADY_LOCKED, tryClone("child.vmdk", "base.vmdk", VIXDISKLIB_DISK_MONOLITHIC_FLAT, true));
   CHECK_EQUAL(VIX_E_FILE_ALREADY_LOCKED, tryChild("child.vmdk", VIXDISKLIB_FLAG_OPEN_READ_ONLY, "grandchild.vmdk",
                                                   VIXDISKLIB_DISK_MONOLITHIC_SPARSE));
   CHECK_OK(tryOpen("child.vmdk", VIXDISKLIB_FLAG_OPEN_READ_ONLY));
   createChild("base.vmdk", "sibling.vmdk"); /* which reads the parent, as the first child does */
   writeTo("base.vmdk", 0, 1, 1);
   CHECK_EQUAL(VIX_E_DISK_CID_MISMATCH, tryOpen("child.vmdk", VIXDISKLIB_FLAG_OPEN_READ_ONLY));
   CHECK_EQUAL(VIX_E_DISK_CID_MISMATCH, tryOpen("sibling.vmdk", 0));
   killAndWait(child);
   close(said);
   CHECK_EQUAL(VIX_E_DISK_CID_MISMATCH, tryOpen("child.vmdk", 0));
   stopLibrary();
}

/* A disk that another process writes is neither grown nor renamed, and can be cloned. */
static void aWriterKeepsOutChangesOfTheWholeDisk(void)
{
   for (size_t i = 0; i < NUM_TYPES; i++) {
      pid_t child;
      int said;
      char letter;

      startLibrary();
      emptyFolder();
      createDisk("a.vmdk", allTypes[i], 1000);
      stopLibrary();
      child = spawn(openAndStay, "a.vmdk", allTypes[i], &said);
      CHECK(read(said, &letter, 1) == 1);
      startLibrary();
      CHECK_EQUAL(VIX_E_FILE_ALREADY_LOCKED, VixDiskLib_Grow(local, pathOf("a.vmdk"), 2000, TRUE, NULL, NULL));
      CHECK_EQUAL(VIX_E_FILE_ALREADY_LOCKED, VixDiskLib_Rename(pathOf("a.vmdk"), pathOf("new.vmdk")));
      CHECK_OK(tryClone("clone.vmdk", "a.vmdk", VIXDISKLIB_DISK_MONOLITHIC_SPARSE, false));
      killAndWait(child);
      close(said);
      CHECK_OK(VixDiskLib_Grow(local, pathOf("a.vmdk"), 2000, TRUE, NULL, NULL));
      CHECK_OK(VixDiskLib_Rename(pathOf("a.vmdk"), pathOf("new.vmdk")));
      stopLibrary();
   }
}

/* In a child that was forked without exec, which has the handles and not the library's thread. */
static void useAfterFork(VixDiskLibHandle disk)
{
   CHECK_EQUAL(VIX_E_DISK_NOINIT, VixDiskLib_Read(disk, 0, 1, buffer));
   CHECK_EQUAL(VIX_E_DISK_NOINIT, VixDiskLib_Close(disk));
   CHECK(VixDiskLib_ListTransportModes() == NULL);
   VddkFake_LogFromLibraryThread(0, "nobody is there to say this");
   VixDiskLib_Exit();
   startLibrary();
   CHECK_OK(tryOpen("b.vmdk", 0));
   stopLibrary();
   _exit(0);
}

static void theChildOfAForkHasNoLibraryAndDoesNotHang(void)
{
   VixDiskLibHandle disk;
   int status;
   pid_t child;

   startLibrary();
   createDisk("a.vmdk", VIXDISKLIB_DISK_MONOLITHIC_SPARSE, 1000);
   createDisk("b.vmdk", VIXDISKLIB_DISK_MONOLITHIC_SPARSE, 1000);
   disk = openDisk("a.vmdk", 0);
   fflush(stdout);
   child = fork();
   if (child == 0) {
      useAfterFork(disk);
   }
   CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status));
   CHECK_EQUAL(0, WEXITSTATUS(status));
   CHECK_OK(VixDiskLib_Write(disk, 0, 1, buffer));
   CHECK_OK(VixDiskLib_Close(disk));
   CHECK_OK(tryOpen("a.vmdk", 0));
   stopLibrary();
}

#define CRASH_CAPACITY 60001u

/*
 * Writes pieces at random places until it is killed, and says after each which one it was. Every piece has one pattern
 * for each sector, so what a sector has is known up to whether it was written.
 */
static void writeUntilKilled(int said, const char *name, VixDiskLibDiskType type)
{
   Random random = {(uint64)getpid() * 7919 + 1};
   VixDiskLibHandle disk;

   (void)type;
   startLibrary();
   disk = openDisk(name, 0);
   for (;;) {
      uint64 piece[2] = {nextRandom(&random, CRASH_CAPACITY - 400), 1 + nextRandom(&random, 400)};

      fillPattern(buffer, piece[0], piece[1], 77);
      CHECK_OK(VixDiskLib_Write(disk, piece[0], piece[1], buffer));
      if (nextRandom(&random, 8) == 0) {
         CHECK_OK(VixDiskLib_WriteMetadata(disk, "at", nextRandom(&random, 2) == 0 ? "here" : "somewhere else"));
      }
      CHECK(write(said, piece, sizeof piece) == sizeof piece);
   }
}

/* All that was said to be written is there, and the rest has either the pattern or zeros. */
static void checkAfterCrash(const char *name, const bool *written)
{
   VixDiskLibHandle disk = openDisk(name, VIXDISKLIB_FLAG_OPEN_READ_ONLY);
   char value[32];
   VixError error = VixDiskLib_ReadMetadata(disk, "at", value, sizeof value, NULL);

   CHECK(error == VIX_E_DISK_KEY_NOTFOUND || strcmp(value, "here") == 0 || strcmp(value, "somewhere else") == 0);
   for (uint64 sector = 0; sector < CRASH_CAPACITY; sector++) {
      CHECK_OK(VixDiskLib_Read(disk, sector, 1, buffer));
      if (written[sector] || !isZero(buffer, SECTOR)) {
         checkPattern(buffer, sector, 1, 77);
      }
   }
   CHECK_OK(VixDiskLib_Close(disk));
}

static void crashRepeatedly(const char *name, VixDiskLibDiskType type)
{
   bool *written = calloc(CRASH_CAPACITY, sizeof *written);

   startLibrary();
   createDisk(name, type, CRASH_CAPACITY);
   stopLibrary();
   for (int round = 0; round < 12; round++) {
      uint64 piece[2];
      int said;
      pid_t child = spawn(writeUntilKilled, name, type, &said);

      for (int pieces = 0; pieces < 3 + 7 * round; pieces++) {
         CHECK(read(said, piece, sizeof piece) == sizeof piece);
         memset(written + piece[0], true, piece[1]);
      }
      killAndWait(child);
      while (read(said, piece, sizeof piece) == sizeof piece) {
         memset(written + piece[0], true, piece[1]);
      }
      close(said);
      startLibrary();
      checkAfterCrash(name, written);
      stopLibrary();
   }
   free(written);
}

static void aKilledWriterLeavesASparseDiskInOrder(void)
{
   crashRepeatedly("a.vmdk", VIXDISKLIB_DISK_MONOLITHIC_SPARSE);
}

static void aKilledWriterLeavesAFlatDiskInOrder(void)
{
   crashRepeatedly("b.vmdk", VIXDISKLIB_DISK_MONOLITHIC_FLAT);
}

int main(void)
{
   RUN(aDiskHasOneWriterAmongAllProcesses);
   RUN(aChildIsLockedAndItsParentIsNot);
   RUN(aWriterKeepsOutChangesOfTheWholeDisk);
   RUN(theChildOfAForkHasNoLibraryAndDoesNotHang);
   RUN(aKilledWriterLeavesASparseDiskInOrder);
   RUN(aKilledWriterLeavesAFlatDiskInOrder);
   return finish();
}
