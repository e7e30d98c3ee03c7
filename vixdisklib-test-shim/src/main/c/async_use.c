/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "async_use.h"

#include "async.h"
#include "async_lock.h"
#include "log.h"
#include "strict.h"

static uint64 process;     /* counts the forks up to this process */
static uint64 numAccepted; /* requests of all disks */

static _Thread_local AsyncCallback current;

/* The use of a disk; in the child of a fork, the counts of its parent mean nothing. */
static DiskUse *useOf(Disk *disk)
{
   if (disk->use.process != process) {
      disk->use = (DiskUse){.process = process, .closing = disk->use.closing};
   }
   return &disk->use;
}

/* ----------------------------------------------------------------------------------------- synchronous calls */

VixError async_beginSync(Disk *disk, const char *function)
{
   uint64 inFlight;
   bool refused;

   pthread_mutex_lock(&async_lock);
   inFlight = useOf(disk)->inFlight;
   refused = inFlight > 0 || current.disk == disk;
   if (!refused) {
      disk->use.synchronous++;
   }
   pthread_mutex_unlock(&async_lock);
   if (inFlight > 0) {
      log_warn("VixDiskLib: %s on \"%s\" while %llu asynchronous requests are in flight; call Wait first.\n", function,
               disk->link->path, (unsigned long long)inFlight);
   } else if (refused) {
      log_warn("VixDiskLib: %s on \"%s\" in the callback of an asynchronous request.\n", function, disk->link->path);
   }
   if (refused) {
      strict_break(RULE_MIXED_IO, function, "on \"%s\" %s", disk->link->path,
                   inFlight > 0 ? "while asynchronous requests are in flight"
                                : "in the callback of an asynchronous request");
   }
   return refused ? VIX_E_ASYNC_MIXEDMODE_UNSUPPORTED : VIX_OK;
}

void async_endSync(Disk *disk)
{
   DiskUse *use;

   pthread_mutex_lock(&async_lock);
   use = useOf(disk);
   if (use->synchronous > 0) { /* else it was begun before a fork */
      use->synchronous--;
   }
   pthread_mutex_unlock(&async_lock);
}

/* -------------------------------------------------------------------------------------------------- requests */

VixError asyncUse_check(Disk *disk)
{
   const DiskUse *use = useOf(disk);

   if (use->closing) {
      return VIX_E_DISK_INVAL;
   }
   return use->synchronous > 0 ? VIX_E_ASYNC_MIXEDMODE_UNSUPPORTED : VIX_OK;
}

uint64 asyncUse_begin(Disk *disk)
{
   useOf(disk)->inFlight++;
   numAccepted++;
   return process;
}

void asyncUse_beginCallback(Disk *disk, uint64 processOfRequest)
{
   pthread_mutex_lock(&async_lock);
   if (processOfRequest == process) {
      disk->use.inFlight--;
      disk->use.calling++;
   }
   pthread_mutex_unlock(&async_lock);
}

bool asyncUse_end(Disk *disk, uint64 processOfRequest)
{
   bool ours;

   pthread_mutex_lock(&async_lock);
   ours = processOfRequest == process;
   if (ours) {
      disk->use.calling--;
      numAccepted--;
      pthread_cond_broadcast(&async_changed);
   }
   pthread_mutex_unlock(&async_lock);
   return ours;
}

uint64 asyncUse_countRequests(Disk *disk)
{
   const DiskUse *use = useOf(disk);

   return use->inFlight + use->calling;
}

void asyncUse_close(Disk *disk)
{
   disk->use.closing = true;
}

uint64 async_count(void)
{
   uint64 count;

   pthread_mutex_lock(&async_lock);
   count = numAccepted;
   pthread_mutex_unlock(&async_lock);
   return count;
}

/* ------------------------------------------------------------------------------------------------- callbacks */

AsyncCallback asyncUse_enterCallback(const Disk *disk)
{
   AsyncCallback outer = current;

   current = (AsyncCallback){disk, outer.depth + 1};
   return outer;
}

void asyncUse_leaveCallback(AsyncCallback outer)
{
   current = outer;
}

bool async_isCalling(void)
{
   return current.depth > 0;
}

void asyncUse_resetInChild(void)
{
   process++;
   numAccepted = 0;
   current = (AsyncCallback){NULL, 0};
}
