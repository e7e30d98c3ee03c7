/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * The file that takes the log of callers without callbacks.
 */
#ifndef LOG_FILE_H
#define LOG_FILE_H

#include <stdarg.h>

#include "common.h"

#define LOG_FILE_CLOSED (-1)

/*
 * Opens the file in a folder for temporary files where the real library has it,
 * <folder>/vmware-<user>/vixDiskLib-<pid>.log, and makes the second folder. The path is stored in any case.
 */
VixError logFile_openIn(const char *folder, char *path, size_t pathSize, int *fd);

/* Opens a file, or makes it. */
VixError logFile_open(const char *path, int *fd);

/* Appends a line with the time; lines of several threads do not mix. */
void logFile_write(int fd, const char *kind, const char *format, va_list args) __attribute__((format(printf, 3, 0)));

#endif /* LOG_FILE_H */
