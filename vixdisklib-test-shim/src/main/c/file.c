/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "errors.h"
#include "log.h"
#include "path.h"

/* The kernel moves at most about 2 GiB at a time; a smaller limit keeps each call well defined. */
#define MAX_TRANSFER ((size_t)1 << 30)

/* Never controlling a terminal, never handed to a child process, never waiting for the other end of a FIFO. */
#define OPEN_FLAGS (O_CLOEXEC | O_NOCTTY | O_NONBLOCK)

static VixError learnAbout(File *file)
{
   struct stat status;

   if (fstat(file->fd, &status) != 0) {
      return errors_fromErrno(errno);
   }
   if (!S_ISREG(status.st_mode)) {
      return VIX_E_INCORRECT_FILE_TYPE;
   }
   file->size = (uint64)status.st_size;
   file->device = status.st_dev;
   file->inode = status.st_ino;
   return VIX_OK;
}

static VixError openWith(const char *path, int flags, File *file)
{
   VixError error;

   do {
      file->fd = open(path, flags | OPEN_FLAGS, 0666);
   } while (file->fd < 0 && errno == EINTR);
   if (file->fd < 0) {
      return errors_fromErrno(errno);
   }
   file->writable = (flags & O_ACCMODE) != O_RDONLY;
   error = learnAbout(file);
   if (error != VIX_OK) {
      file_close(file);
   }
   return error;
}

/* Looks before it opens, since opening a device or a FIFO can already set something going. */
VixError file_open(const char *path, bool writable, File *file)
{
   struct stat status;

   if (stat(path, &status) == 0 && !S_ISREG(status.st_mode)) {
      return VIX_E_INCORRECT_FILE_TYPE;
   }
   return openWith(path, writable ? O_RDWR : O_RDONLY, file);
}

VixError file_create(const char *path, File *file)
{
   return openWith(path, O_RDWR | O_CREAT | O_EXCL, file);
}

static VixError lockAs(File *file, short type, uint64 offset, uint64 bytes)
{
   struct flock lock = {.l_type = type, .l_whence = SEEK_SET, .l_start = (off_t)offset, .l_len = (off_t)bytes};

   while (fcntl(file->fd, F_OFD_SETLK, &lock) != 0) {
      if (errno == EAGAIN || errno == EACCES) {
         return VIX_E_FILE_ALREADY_LOCKED;
      }
      if (errno == EINVAL || errno == ENOLCK || errno == ENOSYS || errno == EOPNOTSUPP) {
         log_warn("VixDiskLib: the file system has no locks; nothing keeps out a second writer.\n");
         break;
      }
      if (errno != EINTR) {
         return errors_fromErrno(errno);
      }
   }
   return learnAbout(file);
}

VixError file_lock(File *file, uint64 offset, uint64 bytes)
{
   return lockAs(file, F_WRLCK, offset, bytes);
}

VixError file_lockShared(File *file)
{
   return lockAs(file, F_RDLCK, 0, 0);
}

bool file_isLocked(const File *file)
{
   struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

   return fcntl(file->fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

bool file_isAt(const File *file, const char *path)
{
   struct stat status;

   return stat(path, &status) == 0 && status.st_dev == file->device && status.st_ino == file->inode;
}

VixError file_openLocked(const char *path, File *file)
{
   for (;;) {
      VixError error = file_open(path, true, file);

      if (error != VIX_OK) {
         return error;
      }
      error = file_lock(file, 0, 0);
      if (error == VIX_OK && file_isAt(file, path)) {
         return VIX_OK;
      }
      file_close(file);
      if (error != VIX_OK) {
         return error;
      }
   }
}

VixError file_close(File *file)
{
   int fd = file->fd;

   if (fd < 0) {
      return VIX_OK;
   }
   file->fd = -1;
   /* After EINTR the descriptor is gone on Linux: closing again could hit somebody else's. */
   return close(fd) == 0 || errno == EINTR ? VIX_OK : errors_fromErrno(errno);
}

VixError file_read(File *file, uint64 offset, void *buffer, size_t bytes)
{
   char *to = buffer;

   while (bytes > 0) {
      ssize_t got = pread(file->fd, to, bytes < MAX_TRANSFER ? bytes : MAX_TRANSFER, (off_t)offset);

      if (got < 0 && errno != EINTR) {
         return errors_fromErrno(errno);
      }
      if (got == 0) {
         return VIX_E_FILE_ERROR;
      }
      if (got > 0) {
         to += got;
         offset += (uint64)got;
         bytes -= (size_t)got;
      }
   }
   return VIX_OK;
}

bool file_isAllowed(uint64 size)
{
   struct rlimit limit;

   return getrlimit(RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY || size <= limit.rlim_cur;
}

VixError file_write(File *file, uint64 offset, const void *buffer, size_t bytes)
{
   const char *from = buffer;

   while (bytes > 0) {
      ssize_t put;

      /* Up to the limit, the system writes a part. */
      if (!file_isAllowed(offset + 1)) {
         return VIX_E_FILE_TOO_BIG;
      }
      put = pwrite(file->fd, from, bytes < MAX_TRANSFER ? bytes : MAX_TRANSFER, (off_t)offset);
      if (put < 0 && errno != EINTR) {
         return errors_fromErrno(errno);
      }
      if (put == 0) {
         return VIX_E_FILE_ERROR;
      }
      if (put > 0) {
         from += put;
         offset += (uint64)put;
         bytes -= (size_t)put;
         file->size = offset > file->size ? offset : file->size;
      }
   }
   return VIX_OK;
}

VixError file_resize(File *file, uint64 size)
{
   int result;

   if (size > INT64_MAX || (size > file->size && !file_isAllowed(size))) {
      return VIX_E_FILE_TOO_BIG;
   }
   do {
      result = ftruncate(file->fd, (off_t)size);
   } while (result != 0 && errno == EINTR);
   if (result != 0) {
      /* EINVAL is what some file systems answer to a size beyond their limit. */
      return errno == EINVAL ? VIX_E_FILE_TOO_BIG : errors_fromErrno(errno);
   }
   file->size = size;
   return VIX_OK;
}

VixError file_sync(File *file)
{
   int result;

   do {
      result = fdatasync(file->fd);
   } while (result != 0 && errno == EINTR);
   /* A file that cannot be synchronised, as on some special file systems, is as stable as it gets. */
   return result == 0 || errno == EINVAL ? VIX_OK : errors_fromErrno(errno);
}

void file_copyOwner(const File *from, const File *to)
{
   struct stat status;

   if (fstat(from->fd, &status) == 0) {
      (void)fchmod(to->fd, status.st_mode & 07777);
      if (fchown(to->fd, status.st_uid, status.st_gid) != 0) {
         log_info("VixDiskLib: the owner of a file could not be kept.\n");
      }
   }
}

bool file_haveSame(const char *path, const char *other)
{
   struct stat status;
   struct stat otherStatus;

   return lstat(path, &status) == 0 && lstat(other, &otherStatus) == 0 && status.st_dev == otherStatus.st_dev &&
          status.st_ino == otherStatus.st_ino;
}

void file_syncFolder(const char *path)
{
   char *folder = strndup(path, (size_t)(path_lastPart(path) - path));
   int fd = folder != NULL ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

   if (fd >= 0) {
      (void)fsync(fd);
      (void)close(fd);
   }
   free(folder);
}

VixError file_moveNew(const char *from, const char *to)
{
   int result = renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE);

   if (result != 0 && (errno == EINVAL || errno == ENOSYS)) {
      /* A file system without the flag. */
      result = access(to, F_OK) == 0 ? (errno = EEXIST, -1) : rename(from, to);
   }
   if (result != 0) {
      return errors_fromErrno(errno);
   }
   file_syncFolder(to);
   return VIX_OK;
}

VixError file_addName(const char *from, const char *to)
{
   if (link(from, to) == 0) {
      return VIX_OK;
   }
   return errno == EPERM || errno == EOPNOTSUPP || errno == EMLINK ? file_moveNew(from, to) : errors_fromErrno(errno);
}

bool file_reaches(File *file, uint64 end)
{
   return end <= file->size || (learnAbout(file) == VIX_OK && end <= file->size);
}

bool file_isHole(File *file, uint64 offset, uint64 *end)
{
   off_t data = lseek(file->fd, (off_t)offset, SEEK_DATA);
   off_t hole;

   *end = UINT64_MAX;
   if (data < 0) {
      bool isLast = errno == ENXIO && learnAbout(file) == VIX_OK && offset < file->size;

      *end = isLast ? file->size : *end;
      return isLast;
   }
   if ((uint64)data > offset) {
      *end = (uint64)data;
      return true;
   }
   hole = lseek(file->fd, data, SEEK_HOLE);
   *end = hole > data ? (uint64)hole : *end;
   return false;
}
