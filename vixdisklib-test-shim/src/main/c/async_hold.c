/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "async_hold.h"

#include "async_lock.h"
#include "hang.h"
#include "vddkFake.h"

static bool holding;
static uint64 numPassing;

bool asyncHold_mayHold(void)
{
   return holding || hang_isAny();
}

bool asyncHold_holdsAll(void)
{
   return holding;
}

bool asyncHold_isHeld(const AcceptedRequest *accepted)
{
   const AsyncRequest *request = &accepted->request;

   return (holding && !request->disk->use.closing) || !hang_isOver(request->hang);
}

void asyncHold_pass(const AcceptedRequest *accepted)
{
   if (!asyncHold_isHeld(accepted)) {
      return;
   }
   numPassing++;
   pthread_cond_broadcast(&async_changed);
   while (asyncHold_isHeld(accepted)) {
      pthread_cond_wait(&async_mayGoOn, &async_lock);
   }
   numPassing--;
}

uint64 asyncHold_countPassing(void)
{
   return numPassing;
}

void asyncHold_resetInChild(void)
{
   numPassing = 0;
}

EXPORTED void VddkFake_HoldAsync(Bool hold)
{
   pthread_mutex_lock(&async_lock);
   holding = hold != 0;
   asyncLock_wakeAll();
   pthread_cond_broadcast(&async_changed);
   pthread_mutex_unlock(&async_lock);
}
