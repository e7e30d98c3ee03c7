/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "log.h"

#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include "config.h"
#include "log_file.h"

/*
 * The lock is held for reading while a callback runs, so that threads log in parallel and log_remove waits for them.
 * The panic callback is kept but never used: nothing here is beyond recovery.
 *
 * For callers without callbacks the real library writes a file under /tmp. This one does so only if the configuration
 * says where: tests leave nothing behind that nobody has asked for.
 */
static pthread_rwlock_t callbacksLock = PTHREAD_RWLOCK_INITIALIZER;
static VixDiskLibGenericLogFunc *infoCallback;
static VixDiskLibGenericLogFunc *warnCallback;
static VixDiskLibGenericLogFunc *panicCallback;
static uint64 maxLevel;
static int fileDescriptor = LOG_FILE_CLOSED;

static _Thread_local bool calling;

void log_install(VixDiskLibGenericLogFunc *info, VixDiskLibGenericLogFunc *warn, VixDiskLibGenericLogFunc *panic)
{
   pthread_rwlock_wrlock(&callbacksLock);
   infoCallback = info;
   warnCallback = warn;
   panicCallback = panic;
   maxLevel = LOG_LEVEL_INFO;
   if (fileDescriptor != LOG_FILE_CLOSED) {
      close(fileDescriptor);
      fileDescriptor = LOG_FILE_CLOSED;
   }
   pthread_rwlock_unlock(&callbacksLock);
}

/* Opens the file for whoever has not given all callbacks. */
static VixError openFile(char *path, size_t pathSize, int *fd)
{
   const char *name = config_text(CONFIG_LOG_FILE_NAME);
   const char *folder = config_text(CONFIG_TMP_DIRECTORY);

   if (*name == '/') {
      (void)snprintf(path, pathSize, "%s", name);
      return logFile_open(path, fd);
   }
   return *folder != '\0' ? logFile_openIn(folder, path, pathSize, fd) : VIX_OK;
}

void log_configure(void)
{
   char path[PATH_MAX];
   VixError error = VIX_OK;

   pthread_rwlock_wrlock(&callbacksLock);
   maxLevel = config_number(CONFIG_TRANSPORT_LOG_LEVEL);
   if (infoCallback == NULL || warnCallback == NULL) {
      error = openFile(path, sizeof path, &fileDescriptor);
   }
   pthread_rwlock_unlock(&callbacksLock);
   if (error != VIX_OK) {
      log_warn("VixDiskLib: the log file \"%s\" cannot be written (error %llu).\n", path, (unsigned long long)error);
   }
}

void log_remove(void)
{
   log_install(NULL, NULL, NULL);
}

bool log_isCalling(void)
{
   return calling;
}

__attribute__((format(printf, 4, 0))) static void call(VixDiskLibGenericLogFunc *const *callback, uint64 level,
                                                       const char *kind, const char *format, va_list args)
{
   if (calling) {
      return;
   }
   calling = true;
   pthread_rwlock_rdlock(&callbacksLock);
   if (level > maxLevel) {
      /* Nobody wants to hear it. */
   } else if (*callback != NULL) {
      (*callback)(format, args);
   } else if (fileDescriptor != LOG_FILE_CLOSED) {
      logFile_write(fileDescriptor, kind, format, args);
   }
   pthread_rwlock_unlock(&callbacksLock);
   calling = false;
}

void log_info(const char *format, ...)
{
   va_list args;

   va_start(args, format);
   call(&infoCallback, LOG_LEVEL_INFO, "info", format, args);
   va_end(args);
}

void log_warn(const char *format, ...)
{
   va_list args;

   va_start(args, format);
   call(&warnCallback, LOG_LEVEL_WARNING, "warning", format, args);
   va_end(args);
}
