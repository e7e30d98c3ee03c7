/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * The log: the callbacks that InitEx was given, or a file.
 */
#ifndef LOG_H
#define LOG_H

#include "common.h"

/* The levels of the setting vixDiskLib.transport.LogLevel; what is above the one that is set is dropped. */
enum { LOG_LEVEL_WARNING = 2, LOG_LEVEL_INFO = 4 };

/* Takes over the callbacks; each may be NULL, and then its messages are dropped. */
void log_install(VixDiskLibGenericLogFunc *info, VixDiskLibGenericLogFunc *warn, VixDiskLibGenericLogFunc *panic);

/* Limits what is logged as the configuration says, and opens the file that it asks for. */
void log_configure(void);

/*
 * Forgets the callbacks and closes the file. When it returns, no callback is running or will run. Not to be called from
 * a callback.
 */
void log_remove(void);

/* Whether this thread is in a callback. What a callback makes the library say is dropped. */
bool log_isCalling(void);

void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));

void log_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif /* LOG_H */
