/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Files: whole transfers, errors in VixDiskLib's terms, and locks.
 */
#ifndef FILE_H
#define FILE_H

#include <sys/types.h>

#include "common.h"

typedef struct File {
   int fd; /* -1 if not open */
   bool writable;
   uint64 size; /* in bytes, as far as this process knows */
   dev_t device;
   ino_t inode;
} File;

#define FILE_CLOSED                                                                                                    \
   {                                                                                                                   \
      -1, false, 0, 0, 0                                                                                               \
   }

/* Opens an existing regular file; everything else is VIX_E_INCORRECT_FILE_TYPE. */
VixError file_open(const char *path, bool writable, File *file);

/* Opens a file for writing and locks it; VIX_E_FILE_ALREADY_LOCKED if somebody else has it locked. */
VixError file_openLocked(const char *path, File *file);

/* Makes a file that must not exist. */
VixError file_create(const char *path, File *file);

/*
 * Takes an exclusive lock on a part of an open file, to its end and beyond if bytes is 0, and learns its size again. It
 * is advisory, keeps out other writers in this and in other processes, and ends with the process. Readers do not ask
 * for it: what they see of a disk that is being written is up to them.
 */
VixError file_lock(File *file, uint64 offset, uint64 bytes);

/* Takes a lock on an open file that keeps out writers but not others that do the same; needs no right to write. */
VixError file_lockShared(File *file);

/* Whether somebody else has a lock on any part of an open file. */
bool file_isLocked(const File *file);

/* Closes a file; does nothing to a closed one. */
VixError file_close(File *file);

/* Reads exactly that many bytes; VIX_E_FILE_ERROR if the file ends before. */
VixError file_read(File *file, uint64 offset, void *buffer, size_t bytes);

/*
 * Whether the process may make a file of that many bytes. Those who try nonetheless are sent SIGXFSZ by the system,
 * which ends a process that is not prepared for it.
 */
bool file_isAllowed(uint64 size);

/* Writes exactly that many bytes. */
VixError file_write(File *file, uint64 offset, const void *buffer, size_t bytes);

/* Makes a file longer or shorter. What it grows by reads as zeros and takes no space. */
VixError file_resize(File *file, uint64 size);

/* Puts what was written on stable storage. */
VixError file_sync(File *file);

/* Gives a new file what an old one has beyond its contents. Best effort: only root may give files away. */
void file_copyOwner(const File *from, const File *to);

/* Whether the path still leads to the open file. A descriptor, for one, is replaced when it is rewritten. */
bool file_isAt(const File *file, const char *path);

/* Whether two paths are names of one file; a symbolic link is a file of its own. */
bool file_haveSame(const char *path, const char *other);

/* Makes the entry of a file in its folder stable. Best effort: there are file systems that cannot. */
void file_syncFolder(const char *path);

/* Gives a file another name in its file system, which no file may have; VIX_E_FILE_ALREADY_EXISTS. */
VixError file_moveNew(const char *from, const char *to);

/*
 * Gives a file a second name in its file system, which no file may have; on file systems that have no such thing,
 * another name.
 */
VixError file_addName(const char *from, const char *to);

/* Whether the file has that many bytes; looks at it again if it does not seem to, for it may be growing. */
bool file_reaches(File *file, uint64 end);

/*
 * Whether the file has a hole at an offset, which reads as zeros, and where the hole or else the data ends. Where the
 * file system does not tell, all is data.
 */
bool file_isHole(File *file, uint64 offset, uint64 *end);

#endif /* FILE_H */
