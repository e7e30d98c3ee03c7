/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * The log callbacks that InitEx was given.
 */
#ifndef LOG_H
#define LOG_H

#include "common.h"

/* Takes over the callbacks; each may be NULL, and then its messages are dropped. */
void log_install(VixDiskLibGenericLogFunc *info, VixDiskLibGenericLogFunc *warn, VixDiskLibGenericLogFunc *panic);

/* Forgets the callbacks. When it returns, none of them is running or will run. Not to be called from one. */
void log_remove(void);

/* Whether this thread is in a callback. What a callback makes the library say is dropped. */
bool log_isCalling(void);

void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));

void log_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif /* LOG_H */
