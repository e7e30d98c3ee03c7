/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "call.h"

#include <string.h>
#include <time.h>

#include "control.h"
#include "journal.h"
#include "library.h"
#include "log.h"
#include "strict.h"
#include "hang.h"
#include "library.h"
#include "log.h"
#include "pace.h"
#include "plan.h"

static _Thread_local const Call *current;

static uint64 now(void)
{
   struct timespec time;

   clock_gettime(CLOCK_MONOTONIC, &time);
   return (uint64)time.tv_sec * UINT64_C(1000000000) + (uint64)time.tv_nsec;
}

/* ------------------------------------------------------------------------------------------ begin and end */

void call_begin(Call *call, const char *function)
{
   *call = (Call){.function = function, .outer = current, .begin = now()};
   current = call;
   strict_beginCall(call);
}

static void leaveConnection(Connection **connection)
{
   if (*connection != NULL) {
      connection_release(*connection);
      *connection = NULL;
   }
}

static void leaveDisk(Disk **disk)
{
   if (*disk != NULL) {
      /* If this closes the disk, a Close on another thread has overtaken the call and has answered already. */
      (void)disk_release(*disk);
      *disk = NULL;
   }
}

VixError call_end(Call *call, VixError result)
{
   if (result == PLAN_NOTHING) {
      result = VIX_OK;
   }
   leaveDisk(&call->otherDisk);
   leaveDisk(&call->disk);
   leaveConnection(&call->otherConnection);
   leaveConnection(&call->connection);
   strict_endCall(call);
   call->end = now();
   journal_add(call, result);
   current = call->outer;
   return result;
}

const Call *call_current(void)
{
   return current;
}

/* ------------------------------------------------------------------------------------------------ objects */

VixError call_enter(Call *call)
{
   (void)call;
   return library_isRunning() ? VIX_OK : VIX_E_DISK_NOINIT;
}

static VixError findConnection(Call *call, VixDiskLibConnection handle, Connection **connection)
{
   VixError error = call_enter(call);

   if (error != VIX_OK) {
      call_tellStale(call, &connection_handles, handle);
      return error;
   }
   *connection = (Connection *)handles_acquire(&connection_handles, handle);
   if (*connection == NULL) {
      call_tellStale(call, &connection_handles, handle);
      return VIX_E_DISK_INVALID_CONNECTION;
   }
   return VIX_OK;
}

VixError call_useConnection(Call *call, VixDiskLibConnection handle)
{
   VixError error = findConnection(call, handle, &call->connection);

   if (error == VIX_OK) {
      call_setConnection(call, call->connection);
      call->connectionHandle = handle;
   }
   return error;
}

VixError call_useOtherConnection(Call *call, VixDiskLibConnection handle)
{
   return findConnection(call, handle, &call->otherConnection);
}

static VixError findAnyDisk(Call *call, VixDiskLibHandle handle, Disk **disk)
{
   VixError error = call_enter(call);

   if (error != VIX_OK) {
      call_tellStale(call, &disk_handles, handle);
      return error;
   }
   if (handle == NULL) {
      return VIX_E_INVALID_ARG;
   }
   *disk = (Disk *)handles_acquire(&disk_handles, handle);
   if (*disk == NULL) {
      call_tellStale(call, &disk_handles, handle);
      return VIX_E_DISK_INVAL;
   }
   strict_useDisk(call, *disk);
   return VIX_OK;
}

static VixError findDisk(Call *call, VixDiskLibHandle handle, Disk **disk)
{
   VixError error = findAnyDisk(call, handle, disk);

   if (error == VIX_OK && atomic_load(&(*disk)->attached)) {
      strict_break(RULE_STALE_HANDLE, call->function, "the disk %p was attached as a parent", (const void *)handle);
      leaveDisk(disk);
      error = VIX_E_DISK_INVAL;
   }
   return error;
}

VixError call_useAnyDisk(Call *call, VixDiskLibHandle handle)
{
   VixError error = findAnyDisk(call, handle, &call->disk);

   if (error == VIX_OK) {
      call_setDisk(call, call->disk);
   }
   return error;
}

VixError call_useDisk(Call *call, VixDiskLibHandle handle)
{
   VixError error = findDisk(call, handle, &call->disk);

   if (error == VIX_OK) {
      call_setDisk(call, call->disk);
   }
   return error;
}

VixError call_useOtherDisk(Call *call, VixDiskLibHandle handle)
{
   return findDisk(call, handle, &call->otherDisk);
}

void call_leaveDisk(Call *call)
{
   leaveDisk(&call->disk);
}

void call_setConnection(Call *call, const Connection *connection)
{
   call->connectionNumber = connection->handled.number;
}

void call_setDisk(Call *call, const Disk *disk)
{
   call->connectionNumber = disk->connectionNumber;
   call->connectionHandle = disk->connection;
   call->diskNumber = disk->handled.number;
   call->diskPath = sharedText_hold(disk->openedAs);
   call->path = call->diskPath != NULL ? call->diskPath->text : NULL;
}

void call_setPath(Call *call, const char *path)
{
   call->path = path;
}

void call_setOtherPath(Call *call, const char *path)
{
   call->otherPath = path;
}

void call_setSectors(Call *call, uint64 sector, uint64 count)
{
   call->hasSectors = true;
   call->sector = sector;
   call->count = count;
}

/* ------------------------------------------------------------------------------------------------ results */

VixError call_check(Call *call, bool pointersAreSet)
{
   return pointersAreSet ? call_plan(call) : VIX_E_INVALID_ARG;
}

VixError call_useDiskAndCheck(Call *call, VixDiskLibHandle handle, bool pointersAreSet)
{
   VixError error = call_useDisk(call, handle);

   return error == VIX_OK ? call_check(call, pointersAreSet) : error;
}

/* What ends a connection or a disk goes well without the server, too. */
static bool needsServer(const Call *call)
{
   return strcmp(call->function, "VixDiskLib_Close") != 0 && strcmp(call->function, "VixDiskLib_Disconnect") != 0;
}

static bool isLost(const Call *call)
{
   return connection_isLost(call->connectionHandle) ||
          (call->otherConnection != NULL && atomic_load(&call->otherConnection->lost)) ||
          (call->otherDisk != NULL && connection_isLost(call->otherDisk->connection));
}

static VixError checkServer(const Call *call)
{
   return needsServer(call) && isLost(call) ? VIX_E_HOST_TCP_CONN_LOST : VIX_OK;
}

/* Asks the fault plan about a call. */
static void askPlan(const Call *call, PlanEffect *effect)
{
   const char *otherPath =
      call->otherDisk != NULL && call->otherDisk->openedAs != NULL ? call->otherDisk->openedAs->text : call->otherPath;
   const PlanCase planCase = {call->function, {call->path, otherPath}, call->hasSectors, call->sector, call->count};

   plan_take(&planCase, effect);
   if (effect->drops) {
      log_warn("VixDiskLib: the fault plan drops the connection in %s.\n", call->function);
      connection_lose(call->connectionHandle);
      if (effect->error == VIX_OK && needsServer(call)) {
         effect->error = VIX_E_HOST_TCP_CONN_LOST;
         effect->byCallback = false;
      }
   }
}

/* Lets the time pass that a call is to take. */
static VixError linger(const Call *call, const PlanEffect *effect)
{
   pace_delay(effect->delayNanos);
   hang_await(effect->hang);
   return effect->error != VIX_OK ? effect->error : checkServer(call);
}

/* What there is to fail with before the plan is asked. */
static VixError failAtOnce(Call *call)
{
   VixError error = control_takeFailure(call->function);

   return error != VIX_OK ? error : checkServer(call);
}

VixError call_plan(Call *call)
{
   VixError error = failAtOnce(call);
   PlanEffect effect;

   if (error != VIX_OK) {
      return error;
   }
   askPlan(call, &effect);
   return linger(call, &effect);
}

bool call_planNothing(const Call *call)
{
   PlanEffect effect;

   askPlan(call, &effect);
   pace_delay(effect.delayNanos);
   hang_await(effect.hang);
   return effect.error == PLAN_NOTHING;
}

VixError call_planRequest(Call *call, AsyncRequest *request)
{
   VixError error = failAtOnce(call);
   PlanEffect effect;

   if (error != VIX_OK) {
      return error;
   }
   askPlan(call, &effect);
   if (effect.error != VIX_OK && !effect.byCallback) {
      return linger(call, &effect);
   }
   request->planned = effect.error;
   request->delayNanos = effect.delayNanos;
   request->hang = effect.hang;
   return VIX_OK;
}

void call_tellStale(const Call *call, HandleTable *table, const void *handle)
{
   const char *kind = table == &disk_handles ? "disk" : "connection";

   if (handle != NULL) {
      strict_break(RULE_STALE_HANDLE, call->function,
                   handles_wasAdded(table, handle) ? "the %s %p is not open any more" : "there never was a %s %p", kind,
                   handle);
   }
}

VixError call_refuseMemory(const Call *call, const void *memory, const char *expected)
{
   log_warn("VixDiskLib: %s was given memory that is not %s.\n", call->function + strlen("VixDiskLib_"), expected);
   strict_break(RULE_WRONG_FREE, call->function, "%p is not %s, or was freed already", memory, expected);
   return VIX_E_INVALID_ARG;
}
