/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * System calls on files that fail, are interrupted or do half of their work, each of them in its turn. A fault that can
 * be mended is not noticed; any other is reported once, nothing that was reported as written is lost, and the next try
 * succeeds.
 *
 * The linker puts the functions below in place of the system calls.
 */
#include "support.h"

#include <errno.h>
#include <sys/types.h>
#include <unistd.h>

#define CAPACITY 70001u
#define PATTERN 32u

ssize_t __real_pread64(int fd, void *bytes, size_t count, off_t offset);
ssize_t __real_pwrite64(int fd, const void *bytes, size_t count, off_t offset);
int __real_ftruncate64(int fd, off_t size);
int __real_rename(const char *from, const char *to);
ssize_t __wrap_pread64(int fd, void *bytes, size_t count, off_t offset);
ssize_t __wrap_pwrite64(int fd, const void *bytes, size_t count, off_t offset);
int __wrap_ftruncate64(int fd, off_t size);
int __wrap_fdatasync(int fd);
int __wrap_rename(const char *from, const char *to);

typedef enum {
   INTERRUPTED, /* EINTR, and nothing done */
   SHORT,       /* half done, which is a success */
   FAILED,      /* EIO, and nothing done */
   FULL,        /* ENOSPC, and half done */
   STUCK        /* nothing done, again and again, which is a success for a write */
} Fault;

static Fault fault;
static int callsLeft = -1; /* before the fault; negative for none */
static bool happened;

static bool isMended(void)
{
   return fault == INTERRUPTED || fault == SHORT;
}

static bool isNow(void)
{
   bool now = callsLeft == 0;

   happened = happened || now;
   if (callsLeft > 0 || (now && fault != STUCK)) {
      callsLeft--;
   }
   return now;
}

/* The result of a call that does nothing. */
static int fail(void)
{
   errno = fault == INTERRUPTED ? EINTR : fault == FULL ? ENOSPC : EIO;
   return -1;
}

ssize_t __wrap_pread64(int fd, void *bytes, size_t count, off_t offset)
{
   if (isNow()) {
      return fault == SHORT ? __real_pread64(fd, bytes, (count + 1) / 2, offset) : fail();
   }
   return __real_pread64(fd, bytes, count, offset);
}

ssize_t __wrap_pwrite64(int fd, const void *bytes, size_t count, off_t offset)
{
   if (isNow()) {
      ssize_t half = fault == SHORT || fault == FULL ? __real_pwrite64(fd, bytes, (count + 1) / 2, offset) : 0;

      return fault == SHORT || fault == STUCK ? half : fail();
   }
   return __real_pwrite64(fd, bytes, count, offset);
}

int __wrap_ftruncate64(int fd, off_t size)
{
   return isNow() && fault != SHORT ? fail() : __real_ftruncate64(fd, size);
}

/* Nothing here survives a power failure anyway. */
int __wrap_fdatasync(int fd)
{
   (void)fd;
   return isNow() && fault != SHORT ? fail() : 0;
}

int __wrap_rename(const char *from, const char *to)
{
   return isNow() && !isMended() ? fail() : __real_rename(from, to);
}

/* What is written, in this order: within a grain, over it, over several, over the edge of a table, the end. */
static const uint64 pieces[][2] = {{5, 3},    {4, 10},    {1000, 300},  {1100, 700}, {65000, 1000},
                                   {300, 50}, {70000, 1}, {65400, 500}, {0, 1024}};

#define NUM_PIECES (sizeof pieces / sizeof pieces[0])

static uint8 buffer[2048 * SECTOR];
static bool written[CAPACITY];
static bool tried[CAPACITY];

static void checkSectors(VixDiskLibHandle disk, uint64 start, uint64 count)
{
   CHECK_OK(VixDiskLib_Read(disk, start, count, buffer));
   for (uint64 i = 0; i < count; i++) {
      if (written[start + i]) {
         checkPattern(buffer + i * SECTOR, start + i, 1, PATTERN);
      } else if (!tried[start + i]) {
         CHECK(isZero(buffer + i * SECTOR, SECTOR));
      }
   }
}

/* Checks what is written and its neighbourhood. */
static void checkContents(VixDiskLibHandle disk)
{
   for (size_t i = 0; i < NUM_PIECES; i++) {
      uint64 start = pieces[i][0] < GRAIN ? 0 : pieces[i][0] - GRAIN;
      uint64 end = pieces[i][0] + pieces[i][1] + GRAIN;

      checkSectors(disk, start, (end < CAPACITY ? end : CAPACITY) - start);
   }
}

/* Does something until it succeeds, which it does the second time at the latest. */
#define INSIST(call)                                                                                                   \
   do {                                                                                                                \
      bool before = happened;                                                                                          \
      VixError error = (call);                                                                                         \
                                                                                                                       \
      if (error != VIX_OK) {                                                                                           \
         CHECK(!before && happened && !isMended());                                                                    \
         CHECK_EQUAL(fault == FULL ? VIX_E_DISK_FULL : VIX_E_FILE_ERROR, error);                                       \
         callsLeft = -1;                                                                                               \
         checkContents(disk);                                                                                          \
         CHECK_OK(call);                                                                                               \
      }                                                                                                                \
   } while (0)

static VixError writePiece(VixDiskLibHandle disk, const uint64 piece[2])
{
   VixError error;

   fillPattern(buffer, piece[0], piece[1], PATTERN);
   memset(tried + piece[0], true, piece[1]);
   error = VixDiskLib_Write(disk, piece[0], piece[1], buffer);
   if (error == VIX_OK) {
      memset(written + piece[0], true, piece[1]);
   }
   return error;
}

static void work(VixDiskLibHandle disk)
{
   char value[32];

   for (size_t i = 0; i < NUM_PIECES; i++) {
      const char *note = i % 2 == 0 ? "one" : "another one";

      INSIST(writePiece(disk, pieces[i]));
      INSIST(VixDiskLib_WriteMetadata(disk, "note", note));
      CHECK_OK(VixDiskLib_ReadMetadata(disk, "note", value, sizeof value, NULL));
      CHECK(strcmp(value, note) == 0);
      INSIST(VixDiskLib_Flush(disk));
      INSIST(VixDiskLib_Read(disk, pieces[i][0], 1, buffer));
   }
}

/* Works on a new disk with the fault at a call; returns whether the work went on so far. */
static bool workWithFault(VixDiskLibDiskType type, int calls)
{
   VixDiskLibHandle disk;
   VixError error;

   memset(written, false, sizeof written);
   memset(tried, false, sizeof tried);
   startLibrary();
   createDisk("a.vmdk", type, CAPACITY);
   disk = openDisk("a.vmdk", 0);
   happened = false;
   callsLeft = calls;
   work(disk);
   error = VixDiskLib_Close(disk);
   callsLeft = -1;
   CHECK(error == VIX_OK || (happened && !isMended()));
   disk = openDisk("a.vmdk", VIXDISKLIB_FLAG_OPEN_READ_ONLY);
   checkContents(disk);
   CHECK_OK(VixDiskLib_Close(disk));
   CHECK_OK(VixDiskLib_Unlink(local, pathOf("a.vmdk")));
   stopLibrary();
   return happened;
}

static void failEverywhere(VixDiskLibDiskType type)
{
   for (fault = INTERRUPTED; fault <= STUCK; fault++) {
      int calls = 0;

      while (workWithFault(type, calls)) {
         calls++;
      }
      CHECK(calls > 30);
   }
}

static void aSparseDiskSurvivesFaults(void)
{
   failEverywhere(VIXDISKLIB_DISK_MONOLITHIC_SPARSE);
}

static void aFlatDiskSurvivesFaults(void)
{
   failEverywhere(VIXDISKLIB_DISK_MONOLITHIC_FLAT);
}

int main(void)
{
   RUN(aSparseDiskSurvivesFaults);
   RUN(aFlatDiskSurvivesFaults);
   return finish();
}
