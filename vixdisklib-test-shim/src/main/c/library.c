/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "library.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "access.h"
#include "async.h"
#include "caller.h"
#include "config.h"
#include "connection.h"
#include "disk.h"
#include "faults.h"
#include "journal.h"
#include "log.h"
#include "strict.h"
#include "plan.h"
#include "thread.h"
#include "timing.h"
#include "version.h"
#include "vsphere.h"

#define PLUGIN_NAME "libdiskLibPlugin.so"

/* Held by InitEx and Exit: whoever calls them on two threads at once gets them one after the other. */
static pthread_mutex_t lifeLock = PTHREAD_MUTEX_INITIALIZER;
static atomic_bool running;
static _Atomic uint64 callerVersion; /* major << 32 | minor */
static void *plugin;
static const char *_Atomic transportModes;

/* ---------------------------------------------------------------------------------------- the own thread */

typedef enum { JOB_NONE, JOB_LOG, JOB_WARN, JOB_END } Job;

static pthread_t thread;
static pthread_mutex_t jobLock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t jobChanged = PTHREAD_COND_INITIALIZER;
static bool accepting;         /* there is a thread to do a job */
static Job job;                /* JOB_NONE when the last one is done */
static const char *jobMessage; /* of JOB_LOG and JOB_WARN; NULL for nothing to say */
static uint64 jobsDone;

/* More arguments than a call passes in registers, of all kinds, to try out whoever formats them. */
static void logMixed(void (*log)(const char *, ...), const char *message)
{
   log("%s [%d %lld %.2f %s %u %c %llu]\n", message, -7, 1234567890123LL, 2.5, "text", 42U, '%', ~0ULL);
}

static void *runJobs(void *unused)
{
   Job current;

   (void)unused;
   log_info("VixDiskLib: the library's thread %s is running.\n", "vixDiskLib");
   pthread_mutex_lock(&jobLock);
   do {
      while (job == JOB_NONE) {
         pthread_cond_wait(&jobChanged, &jobLock);
      }
      current = job;
      pthread_mutex_unlock(&jobLock);
      if (current != JOB_END && jobMessage != NULL) {
         logMixed(current == JOB_WARN ? log_warn : log_info, jobMessage);
      }
      pthread_mutex_lock(&jobLock);
      job = JOB_NONE;
      jobsDone++;
      pthread_cond_broadcast(&jobChanged);
   } while (current != JOB_END);
   pthread_mutex_unlock(&jobLock);
   return NULL;
}

/* Hands a job to the thread and waits until it is done. */
static void doJob(Job wanted, const char *message)
{
   pthread_mutex_lock(&jobLock);
   while (accepting && job != JOB_NONE) {
      pthread_cond_wait(&jobChanged, &jobLock);
   }
   if (accepting) {
      uint64 myJob = jobsDone + 1;

      job = wanted;
      jobMessage = message;
      accepting = wanted != JOB_END;
      pthread_cond_broadcast(&jobChanged);
      while (jobsDone < myJob) {
         pthread_cond_wait(&jobChanged, &jobLock);
      }
   }
   pthread_mutex_unlock(&jobLock);
}

static VixError startThread(void)
{
   job = JOB_NONE;
   if (!thread_start(&thread, runJobs, NULL)) {
      return VIX_E_DISK_SUBSYSTEM_INIT_FAIL;
   }
   pthread_setname_np(thread, "vixDiskLib");
   pthread_mutex_lock(&jobLock);
   accepting = true;
   pthread_mutex_unlock(&jobLock);
   /* A first job waits for the thread, so that its first log line has come when InitEx returns. */
   doJob(JOB_LOG, NULL);
   return VIX_OK;
}

void library_logFromThread(bool warn, const char *message)
{
   if (!log_isCalling()) {
      doJob(warn ? JOB_WARN : JOB_LOG, message);
   }
}

/* ------------------------------------------------------------------------------------------------ plugin */

/* Whether the library is this one's plugin, and not that of a real VDDK or of another version found by the same name.
 */
static bool isOurs(void *library)
{
   const char *pluginVersion = dlsym(library, "VddkFakePlugin_version");

   return pluginVersion != NULL && strcmp(pluginVersion, version_own.text) == 0;
}

/*
 * Looks for the plugin by its bare name first, as the real library does: it is found in LD_LIBRARY_PATH, or because the
 * program has loaded it. Without it, there are only the transports that need no plugin.
 */
static void loadPlugin(const char *libDir)
{
   char *path;

   plugin = dlopen(PLUGIN_NAME, RTLD_NOW | RTLD_LOCAL);
   if (plugin == NULL && !isAbsent(libDir) && asprintf(&path, "%s/lib64/" PLUGIN_NAME, libDir) >= 0) {
      plugin = dlopen(path, RTLD_NOW | RTLD_LOCAL);
      free(path);
   }
   if (plugin != NULL && !isOurs(plugin)) {
      log_warn("VixDiskLib: the %s that was found does not belong to version %s.\n", PLUGIN_NAME, version_own.text);
      dlclose(plugin);
      plugin = NULL;
   }
   if (plugin == NULL) {
      log_warn("VixDiskLib: %s was not found; the advanced transport modes are not available.\n", PLUGIN_NAME);
   } else {
      log_info("VixDiskLib: %s is loaded; the advanced transport modes are available.\n", PLUGIN_NAME);
   }
}

const char *library_transportModes(void)
{
   return library_isRunning() ? atomic_load(&transportModes) : NULL;
}

/* ------------------------------------------------------------------------------------------ start and stop */

/* From here on there is a log, as the configuration wants it. */
static void beginLog(const InitParams *params)
{
   log_install(params->log, params->warn, params->panic);
   config_learn(params->configFile);
   log_configure();
   log_info("VixDiskLib: version %s (a fake VDDK for tests), for a caller of version %u.%u.\n", version_own.text,
            params->majorVersion, params->minorVersion);
   if (params->majorVersion > version_own.major ||
       (params->majorVersion == version_own.major && params->minorVersion > version_own.minor)) {
      log_warn("VixDiskLib: the caller was written for version %u.%u, which is newer than %s.\n", params->majorVersion,
               params->minorVersion, version_own.text);
   }
   config_tell();
}

static void endLog(void)
{
   log_remove();
   timing_forget();
   plan_forget();
   config_forget();
   vsphere_forget();
}

static VixError startLocked(const InitParams *params)
{
   VixError error;

   if (atomic_load(&running)) {
      /* Not known of the real library, which allows InitEx once in a process. */
      log_warn("VixDiskLib: the library is initialised already.\n");
      return VIX_E_INVALID_ARG;
   }
   beginLog(params);
   if (params->majorVersion > version_own.major) {
      /* A later minor version is no reason: programs of VMware's say 6.8, which never was. */
      error = VIX_E_NOT_SUPPORTED;
   } else if (!faults_occurs(VDDK_FAULT_DISKLIB_INIT_FAILED, &error)) {
      error = startThread();
   }
   if (error != VIX_OK) {
      endLog();
      return error;
   }
   if (params->advancedTransports) {
      loadPlugin(params->libDir);
   }
   atomic_store(&transportModes, plugin != NULL ? "file:san:hotadd:nbdssl:nbd" : "file:nbdssl:nbd");
   atomic_store(&callerVersion, (uint64)params->majorVersion << 32 | params->minorVersion);
   journal_beginFile();
   strict_start();
   timing_configure();
   async_configure();
   plan_configure();
   atomic_store(&running, true);
   log_info("VixDiskLib: initialised.\n");
   return VIX_OK;
}

/* The child of a fork does not have the library's thread, which still counts as one that waits for a job. */
static void stopInChild(void)
{
   atomic_store(&running, false);
   accepting = false;
   pthread_mutex_init(&jobLock, NULL);
   pthread_cond_init(&jobChanged, NULL);
   async_stopInChild();
   journal_startInChild();
   strict_startInChild();
   caller_startInChild();
   plan_resetInChild();
}

static void prepare(void)
{
   async_prepare();
   (void)pthread_atfork(NULL, NULL, stopInChild);
}

VixError library_start(const InitParams *params)
{
   static pthread_once_t preparing = PTHREAD_ONCE_INIT;
   VixError error;

   if (log_isCalling() || async_isCalling()) {
      return VIX_E_INVALID_ARG;
   }
   pthread_once(&preparing, prepare);
   pthread_mutex_lock(&lifeLock);
   error = startLocked(params);
   pthread_mutex_unlock(&lifeLock);
   return error;
}

void library_stop(void)
{
   if (log_isCalling() || async_isCalling()) {
      /* It would wait for the end of the callback that it was called from. */
      log_warn("VixDiskLib: Exit does nothing in a callback.\n");
      return;
   }
   pthread_mutex_lock(&lifeLock);
   if (atomic_exchange(&running, false)) {
      strict_stop();
      /*
       * Disks that are still open are closed without a word, as programs that are being ended leave them behind. Those
       * of an Open on another thread that came in between are closed after, or by that, which sees that its connection
       * has ended.
       */
      (void)disk_closeAll(NULL);
      connection_endAll();
      (void)disk_closeAll(NULL);
      async_stop();
      access_giveUp();
      log_info("VixDiskLib: exit.\n");
      doJob(JOB_END, NULL);
      pthread_join(thread, NULL);
      endLog();
      if (plugin != NULL) {
         dlclose(plugin);
         plugin = NULL;
      }
   }
   pthread_mutex_unlock(&lifeLock);
}

bool library_isRunning(void)
{
   return atomic_load(&running);
}

bool library_callerKnows(uint32 majorVersion, uint32 minorVersion)
{
   return atomic_load(&callerVersion) >= ((uint64)majorVersion << 32 | minorVersion);
}
