/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * A process that dies at any of the system calls that change files: before it, or when it is half done. What is on the
 * disk then is always the old or the new, and all that was reported as written.
 *
 * The linker puts the functions below in place of the system calls.
 */
#include "support.h"

#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#define CAPACITY 70001u
#define PATTERN 31u

ssize_t __real_pwrite64(int fd, const void *bytes, size_t count, off_t offset);
int __real_ftruncate64(int fd, off_t size);
int __real_rename(const char *from, const char *to);
ssize_t __wrap_pwrite64(int fd, const void *bytes, size_t count, off_t offset);
int __wrap_ftruncate64(int fd, off_t size);
int __wrap_rename(const char *from, const char *to);
int __real_renameat2(int fromFolder, const char *from, int toFolder, const char *to, unsigned int flags);
int __wrap_renameat2(int fromFolder, const char *from, int toFolder, const char *to, unsigned int flags);

static int callsLeft = -1; /* before the end; negative for no end */
static bool halfDone;

static bool isTheEnd(void)
{
   return callsLeft >= 0 && callsLeft-- == 0;
}

ssize_t __wrap_pwrite64(int fd, const void *bytes, size_t count, off_t offset)
{
   if (isTheEnd()) {
      /* A write that is interrupted stops between two blocks, not in one. */
      if (halfDone && count >= 2 * SECTOR) {
         (void)__real_pwrite64(fd, bytes, count / (2 * SECTOR) * SECTOR, offset);
      }
      _exit(9);
   }
   return __real_pwrite64(fd, bytes, count, offset);
}

int __wrap_ftruncate64(int fd, off_t size)
{
   if (isTheEnd()) {
      _exit(9);
   }
   return __real_ftruncate64(fd, size);
}

int __wrap_rename(const char *from, const char *to)
{
   if (isTheEnd()) {
      _exit(9);
   }
   return __real_rename(from, to);
}

int __wrap_renameat2(int fromFolder, const char *from, int toFolder, const char *to, unsigned int flags)
{
   if (isTheEnd()) {
      _exit(9);
   }
   return __real_renameat2(fromFolder, from, toFolder, to, flags);
}

/* What is written, in this order: within a grain, over it, over several, over the edge of a table, the end. */
static const uint64 pieces[][2] = {{5, 3},        {4, 10},   {1000, 300}, {1100, 700},
                                   {65000, 1000}, {300, 50}, {70000, 1},  {65400, 500}};

#define NUM_PIECES (sizeof pieces / sizeof pieces[0])

static uint8 buffer[1024 * SECTOR];

/* The work of a process that may die at it; it says after each step that it is done. */
static void work(const char *name, int said)
{
   VixDiskLibHandle disk;

   startLibrary();
   disk = openDisk(name, 0);
   for (uint8 i = 0; i < NUM_PIECES; i++) {
      fillPattern(buffer, pieces[i][0], pieces[i][1], PATTERN);
      CHECK_OK(VixDiskLib_Write(disk, pieces[i][0], pieces[i][1], buffer));
      CHECK(write(said, &i, 1) == 1);
      CHECK_OK(VixDiskLib_WriteMetadata(disk, "step", i % 2 == 0 ? "one" : "another one"));
   }
   CHECK_OK(VixDiskLib_Close(disk));
   stopLibrary();
}

/* Works in a process that dies at a call; returns whether it came to its end, and how many pieces it wrote. */
static bool workAndDie(const char *name, int calls, bool half, size_t *written)
{
   int ends[2];
   int status;
   uint8 step;
   pid_t child;

   CHECK(pipe(ends) == 0);
   fflush(stdout);
   child = fork();
   CHECK(child >= 0);
   if (child == 0) {
      callsLeft = calls;
      halfDone = half;
      work(name, ends[1]);
      _exit(0);
   }
   close(ends[1]);
   *written = 0;
   while (read(ends[0], &step, 1) == 1) {
      *written = step + 1u;
   }
   close(ends[0]);
   CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status));
   CHECK(WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 9);
   return WEXITSTATUS(status) == 0;
}

static bool isInPieces(uint64 sector, size_t count)
{
   for (size_t i = 0; i < count; i++) {
      if (sector >= pieces[i][0] && sector < pieces[i][0] + pieces[i][1]) {
         return true;
      }
   }
   return false;
}

static void checkDisk(const char *name, size_t written)
{
   VixDiskLibHandle disk;
   char value[32];
   VixError error;

   startLibrary();
   disk = openDisk(name, 0);
   error = VixDiskLib_ReadMetadata(disk, "step", value, sizeof value, NULL);
   CHECK(error == VIX_OK ? strcmp(value, "one") == 0 || strcmp(value, "another one") == 0
                         : error == VIX_E_DISK_KEY_NOTFOUND);
   for (uint64 start = 0; start < CAPACITY; start += 1024) {
      uint64 count = CAPACITY - start < 1024 ? CAPACITY - start : 1024;

      CHECK_OK(VixDiskLib_Read(disk, start, count, buffer));
      for (uint64 i = 0; i < count; i++) {
         const uint8 *sector = buffer + i * SECTOR;

         if (isInPieces(start + i, written) || !isZero(sector, SECTOR)) {
            CHECK(isInPieces(start + i, NUM_PIECES));
            checkPattern(sector, start + i, 1, PATTERN);
         }
      }
   }
   /* It can be written, and keeps what it had. */
   fillPattern(buffer, 2000, 500, PATTERN + 1);
   CHECK_OK(VixDiskLib_Write(disk, 2000, 500, buffer));
   CHECK_OK(VixDiskLib_Close(disk));
   disk = openDisk(name, VIXDISKLIB_FLAG_OPEN_READ_ONLY);
   for (size_t i = 0; i < written; i++) {
      CHECK_OK(VixDiskLib_Read(disk, pieces[i][0], pieces[i][1], buffer));
      checkPattern(buffer, pieces[i][0], pieces[i][1], PATTERN);
   }
   CHECK_OK(VixDiskLib_Close(disk));
   stopLibrary();
}

static void dieEverywhere(void (*create)(const char *name), const char *name)
{
   bool finished = false;
   size_t written;
   int calls;

   for (calls = 0; !finished; calls++) {
      for (int half = 0; half < 2; half++) {
         create(name);
         finished = workAndDie(name, calls, half == 1, &written);
         checkDisk(name, written);
      }
   }
   printf("   died at %d calls\n", calls - 1);
   CHECK_EQUAL(NUM_PIECES, written);
}

static void createSparse(const char *name)
{
   (void)unlink(pathOf(name));
   startLibrary();
   createDisk(name, VIXDISKLIB_DISK_MONOLITHIC_SPARSE, CAPACITY);
   stopLibrary();
}

static void createFlat(const char *name)
{
   (void)unlink(pathOf(name));
   (void)unlink(pathOf("flat-flat.vmdk"));
   startLibrary();
   createDisk(name, VIXDISKLIB_DISK_MONOLITHIC_FLAT, CAPACITY);
   stopLibrary();
}

/* A descriptor and a sparse extent whose directories have no tables yet. */
static void createWithoutTables(const char *name)
{
   uint8 bytes[8 * SECTOR];
   size_t length;
   uint8 *image;

   createSparse("template.vmdk");
   image = readFile("template.vmdk", &length);
   memcpy(bytes, image, SECTOR);
   free(image);
   memset(bytes + SECTOR, 0, sizeof bytes - SECTOR);
   memset(bytes + 28, 0, 16);                 /* no descriptor */
   memcpy(bytes + 48, "\1\0\0\0\0\0\0\0", 8); /* the redundant directory */
   memcpy(bytes + 56, "\2\0\0\0\0\0\0\0", 8); /* the directory */
   writeFile("tables.ext", bytes, sizeof bytes);
   writeText(name, "# Disk DescriptorFile\nversion=1\nCID=12345678\nparentCID=ffffffff\ncreateType=\"custom\"\n"
                   "RW 70001 SPARSE \"tables.ext\"\n");
}

static void aSparseDiskIsAlwaysInOrder(void)
{
   dieEverywhere(createSparse, "sparse.vmdk");
}

static void aFlatDiskIsAlwaysInOrder(void)
{
   dieEverywhere(createFlat, "flat.vmdk");
}

static void aDiskThatGetsTablesIsAlwaysInOrder(void)
{
   dieEverywhere(createWithoutTables, "tables.vmdk");
}

static void createAndDie(VixDiskLibDiskType type)
{
   bool finished = false;

   for (int calls = 0; !finished; calls++) {
      int status;
      pid_t child;

      (void)unlink(pathOf("new.vmdk"));
      (void)unlink(pathOf("new-flat.vmdk"));
      (void)unlink(pathOf("new-s001.vmdk"));
      (void)unlink(pathOf("new-f001.vmdk"));
      fflush(stdout);
      child = fork();
      if (child == 0) {
         startLibrary();
         callsLeft = calls;
         createDisk("new.vmdk", type, 1000);
         _exit(0);
      }
      CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status));
      finished = WEXITSTATUS(status) == 0;
      CHECK(!finished || calls >= 3);
      startLibrary();
      CHECK_EQUAL(finished ? VIX_OK : VIX_E_FILE_NOT_FOUND, tryOpen("new.vmdk", 0));
      stopLibrary();
   }
}

/* A disk that was not created to its end is not there, and can be created again. */
static void aDiskHalfCreatedIsNoDisk(void)
{
   for (int type = VIXDISKLIB_DISK_MONOLITHIC_SPARSE; type <= VIXDISKLIB_DISK_STREAM_OPTIMIZED; type++) {
      createAndDie((VixDiskLibDiskType)type);
   }
}

int main(void)
{
   RUN(aSparseDiskIsAlwaysInOrder);
   RUN(aFlatDiskIsAlwaysInOrder);
   RUN(aDiskThatGetsTablesIsAlwaysInOrder);
   RUN(aDiskHalfCreatedIsNoDisk);
   return finish();
}
