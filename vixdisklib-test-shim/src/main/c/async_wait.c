/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "async_wait.h"

#include "async.h"
#include "async_lock.h"
#include "async_use.h"
#include "log.h"
#include "strict.h"

static uint64 numWaiting; /* calls */

bool asyncWait_isAny(void)
{
   return numWaiting > 0;
}

void asyncWait_resetInChild(void)
{
   numWaiting = 0;
}

bool async_mayWait(void)
{
   return !async_isCalling() && !log_isCalling();
}

/* Refuses to wait in a callback; the function is for the log. With the lock held, which it gives back. */
static VixError refuseToWait(const Disk *disk, const char *function)
{
   pthread_mutex_unlock(&async_lock);
   log_warn("VixDiskLib: %s on \"%s\" in a callback would wait for its own end.\n", function, disk->link->path);
   return VIX_E_OBJECT_IS_BUSY;
}

/* With the lock held, which it gives back for a while. */
static void awaitRequests(Disk *disk)
{
   numWaiting++;
   while (asyncUse_countRequests(disk) > 0) {
      pthread_cond_wait(&async_changed, &async_lock);
   }
   numWaiting--;
}

VixError async_wait(Disk *disk)
{
   pthread_mutex_lock(&async_lock);
   if (asyncUse_countRequests(disk) > 0 && !async_mayWait()) {
      return refuseToWait(disk, "Wait");
   }
   awaitRequests(disk);
   pthread_mutex_unlock(&async_lock);
   return VIX_OK;
}

VixError async_beginClose(Disk *disk)
{
   pthread_mutex_lock(&async_lock);
   if (asyncUse_countRequests(disk) > 0 && !async_mayWait()) {
      VixError refused = refuseToWait(disk, "Close");

      strict_break(RULE_CLOSE_IN_FLIGHT, NULL, "\"%s\" in a callback", disk->link->path);
      return refused;
   }
   asyncUse_close(disk);
   pthread_mutex_unlock(&async_lock);
   return VIX_OK;
}

void async_drain(Disk *disk)
{
   uint64 numRequests;

   pthread_mutex_lock(&async_lock);
   numRequests = asyncUse_countRequests(disk);
   asyncUse_close(disk);
   asyncLock_wakeAll();
   pthread_mutex_unlock(&async_lock);
   if (numRequests == 0) {
      return;
   }
   log_warn("VixDiskLib: \"%s\" is closed while %llu asynchronous requests are not done; call Wait first.\n",
            disk->link->path, (unsigned long long)numRequests);
   strict_break(RULE_CLOSE_IN_FLIGHT, NULL, "\"%s\" while %llu asynchronous requests are not done", disk->link->path,
                (unsigned long long)numRequests);
   pthread_mutex_lock(&async_lock);
   awaitRequests(disk);
   pthread_mutex_unlock(&async_lock);
}
