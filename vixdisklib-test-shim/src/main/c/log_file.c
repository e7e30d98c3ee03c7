/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "log_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "errors.h"
#include "file.h"

/* Longer lines are cut. */
#define MAX_LINE 4096

VixError logFile_open(const char *path, int *fd)
{
   /* Never waiting for the reader of a FIFO. */
   *fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600);
   return *fd >= 0 ? VIX_OK : errors_fromErrno(errno);
}

/* Whether a folder is this user's own; in one for temporary files, somebody else may have made it. */
static bool isOwn(const char *folder)
{
   struct stat status;

   return lstat(folder, &status) == 0 && S_ISDIR(status.st_mode) && status.st_uid == geteuid() &&
          (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

static void printUserFolder(const char *folder, char *path, size_t size)
{
   const char *user = getenv("USER");

   if (isAbsent(user) || strchr(user, '/') != NULL) {
      snprintf(path, size, "%s/vmware-%u", folder, (unsigned)geteuid());
   } else {
      snprintf(path, size, "%s/vmware-%s", folder, user);
   }
}

VixError logFile_openIn(const char *folder, char *path, size_t pathSize, int *fd)
{
   size_t length;

   printUserFolder(folder, path, pathSize);
   if (mkdir(path, 0700) != 0 && errno != EEXIST) {
      return errors_fromErrno(errno);
   }
   if (!isOwn(path)) {
      return VIX_E_FILE_ACCESS_ERROR;
   }
   length = strlen(path);
   if ((size_t)snprintf(path + length, pathSize - length, "/vixDiskLib-%ld.log", (long)getpid()) >= pathSize - length) {
      return VIX_E_FILE_NAME_TOO_LONG;
   }
   return logFile_open(path, fd);
}

/* The time of now, in UTC, to the millisecond. */
static size_t printTime(char *to, size_t size)
{
   struct timespec now;
   struct tm parts;
   size_t length;

   clock_gettime(CLOCK_REALTIME, &now);
   gmtime_r(&now.tv_sec, &parts);
   length = strftime(to, size, "%Y-%m-%dT%H:%M:%S", &parts);
   return length + (size_t)snprintf(to + length, size - length, ".%03ldZ ", now.tv_nsec / 1000000);
}

/* Whether the file may become longer. */
static bool hasRoom(int fd)
{
   struct stat status;

   return fstat(fd, &status) == 0 && (!S_ISREG(status.st_mode) || file_isAllowed((uint64)status.st_size + 1));
}

void logFile_write(int fd, const char *kind, const char *format, va_list args)
{
   char line[MAX_LINE];
   size_t length = printTime(line, sizeof line);
   int printed;

   length += (size_t)snprintf(line + length, sizeof line - length, "%s ", kind);
   printed = vsnprintf(line + length, sizeof line - length - 1, format, args);
   length = minOf(length + (printed > 0 ? (size_t)printed : 0), sizeof line - 2);
   if (line[length - 1] != '\n') {
      line[length++] = '\n';
   }
   /* A line that does not fit on the disk any more is lost: there is nobody to tell. */
   while (hasRoom(fd) && write(fd, line, length) < 0 && errno == EINTR) {
   }
}
