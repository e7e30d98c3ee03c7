/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "dying.h"

#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "disks.h"

ssize_t __real_pwrite64(int fd, const void *bytes, size_t count, off_t offset);
int __real_ftruncate64(int fd, off_t size);
int __real_rename(const char *from, const char *to);
int __real_renameat2(int fromFolder, const char *from, int toFolder, const char *to, unsigned int flags);
int __real_link(const char *from, const char *to);
int __real_unlink(const char *path);
ssize_t __wrap_pwrite64(int fd, const void *bytes, size_t count, off_t offset);
int __wrap_ftruncate64(int fd, off_t size);
int __wrap_rename(const char *from, const char *to);
int __wrap_renameat2(int fromFolder, const char *from, int toFolder, const char *to, unsigned int flags);
int __wrap_link(const char *from, const char *to);
int __wrap_unlink(const char *path);

static int callsLeft = -1; /* before the end; negative for no end */

static void dieIfItIsTime(void)
{
   if (callsLeft >= 0 && callsLeft-- == 0) {
      _exit(9);
   }
}

ssize_t __wrap_pwrite64(int fd, const void *bytes, size_t count, off_t offset)
{
   dieIfItIsTime();
   return __real_pwrite64(fd, bytes, count, offset);
}

int __wrap_ftruncate64(int fd, off_t size)
{
   dieIfItIsTime();
   return __real_ftruncate64(fd, size);
}

int __wrap_rename(const char *from, const char *to)
{
   dieIfItIsTime();
   return __real_rename(from, to);
}

int __wrap_renameat2(int fromFolder, const char *from, int toFolder, const char *to, unsigned int flags)
{
   dieIfItIsTime();
   return __real_renameat2(fromFolder, from, toFolder, to, flags);
}

int __wrap_link(const char *from, const char *to)
{
   dieIfItIsTime();
   return __real_link(from, to);
}

int __wrap_unlink(const char *path)
{
   dieIfItIsTime();
   return __real_unlink(path);
}

static bool workAndDie(int calls, void (*work)(void))
{
   int status;
   pid_t child;

   fflush(stdout);
   child = fork();
   CHECK(child >= 0);
   if (child == 0) {
      startLibrary();
      callsLeft = calls;
      work();
      callsLeft = -1;
      stopLibrary();
      _exit(0);
   }
   CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status));
   CHECK(WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 9);
   return WEXITSTATUS(status) == 0;
}

int dieAtEachCall(void (*prepare)(void), void (*work)(void), void (*check)(bool finished))
{
   bool finished = false;
   int calls;

   for (calls = 0; !finished; calls++) {
      emptyFolder();
      startLibrary();
      prepare();
      stopLibrary();
      finished = workAndDie(calls, work);
      startLibrary();
      check(finished);
      stopLibrary();
   }
   printf("   died at %d calls\n", calls - 1);
   return calls - 1;
}
