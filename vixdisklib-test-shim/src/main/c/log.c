/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "log.h"

#include <pthread.h>

/*
 * The lock is held for reading while a callback runs, so that threads log in parallel and log_remove waits for them.
 * Without callbacks the real library writes a file under /tmp; this one is quiet. The panic callback is kept but never
 * used: nothing here is beyond recovery.
 */
static pthread_rwlock_t callbacksLock = PTHREAD_RWLOCK_INITIALIZER;
static VixDiskLibGenericLogFunc *infoCallback;
static VixDiskLibGenericLogFunc *warnCallback;
static VixDiskLibGenericLogFunc *panicCallback;

static _Thread_local bool calling;

void log_install(VixDiskLibGenericLogFunc *info, VixDiskLibGenericLogFunc *warn, VixDiskLibGenericLogFunc *panic)
{
   pthread_rwlock_wrlock(&callbacksLock);
   infoCallback = info;
   warnCallback = warn;
   panicCallback = panic;
   pthread_rwlock_unlock(&callbacksLock);
}

void log_remove(void)
{
   log_install(NULL, NULL, NULL);
}

bool log_isCalling(void)
{
   return calling;
}

static void call(VixDiskLibGenericLogFunc *const *callback, const char *format, va_list args)
{
   if (calling) {
      return;
   }
   calling = true;
   pthread_rwlock_rdlock(&callbacksLock);
   if (*callback != NULL) {
      (*callback)(format, args);
   }
   pthread_rwlock_unlock(&callbacksLock);
   calling = false;
}

void log_info(const char *format, ...)
{
   va_list args;

   va_start(args, format);
   call(&infoCallback, format, args);
   va_end(args);
}

void log_warn(const char *format, ...)
{
   va_list args;

   va_start(args, format);
   call(&warnCallback, format, args);
   va_end(args);
}
