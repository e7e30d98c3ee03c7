/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Exported functions: disks as parents and children.
 */
#include "async.h"
#include "call.h"
#include "log.h"
#include "progress.h"
#include "version.h"

EXPORTED VixError VixDiskLib_CreateChild(VixDiskLibHandle diskHandle, const char *childPath,
                                         VixDiskLibDiskType diskType, VixDiskLibProgressFunc progressFunc,
                                         void *progressCallbackData)
{
   Progress progress = PROGRESS(progressFunc, progressCallbackData);
   Call call;
   VixError error;

   call_begin(&call, __func__);
   error = call_useDisk(&call, diskHandle);
   if (error == VIX_OK) {
      call_setOtherPath(&call, childPath);
      error = call_check(&call, !isAbsent(childPath));
   }
   if (error == VIX_OK) {
      error = disk_checkLocal(call.disk, __func__);
   }
   if (error == VIX_OK) {
      error = async_beginSync(call.disk, __func__);
   }
   if (error == VIX_OK) {
      error = disk_createChild(call.disk, childPath, diskType, &progress);
      async_endSync(call.disk);
      if (error != VIX_OK) {
         log_warn("VixDiskLib: cannot create the child \"%s\" of \"%s\" (error %llu).\n", childPath,
                  call.disk->link->path, (unsigned long long)error);
      }
   }
   return call_end(&call, error);
}

/* Begins a call with a parent and a child, which both need to be open; the child is no disk of a server. */
static VixError beginPair(Call *call, const char *function, VixDiskLibHandle parent, VixDiskLibHandle child)
{
   VixError error;

   call_begin(call, function);
   error = call_useDisk(call, parent);
   if (error == VIX_OK) {
      error = call_useOtherDisk(call, child);
   }
   if (error == VIX_OK) {
      error = call_check(call, true);
   }
   return error != VIX_OK ? error : disk_checkLocal(call->otherDisk, function);
}

EXPORTED VixError VixDiskLib_IsAttachPossible(VixDiskLibHandle parent, VixDiskLibHandle child)
{
   Call call;
   VixError error = beginPair(&call, __func__, parent, child);

   if (error == VIX_OK) {
      error = disk_isAttachPossible(call.disk, call.otherDisk);
   }
   return call_end(&call, error);
}

/*
 * The parent's handle is of no more use afterwards, whatever the result. From version 7.0 on, what is left to do with
 * it is to close it; before, that was a mistake.
 */
static void endParent(VixDiskLibHandle handle, Disk *parent)
{
   if (version_isAtLeast(7, 0, 0)) {
      atomic_store(&parent->attached, true);
   } else if (handles_remove(&disk_handles, handle) != NULL) {
      (void)disk_close(parent);
   }
}

EXPORTED VixError VixDiskLib_Attach(VixDiskLibHandle parent, VixDiskLibHandle child)
{
   Call call;
   VixError error = beginPair(&call, __func__, parent, child);

   if (error == VIX_OK) {
      error = async_beginSync(call.otherDisk, __func__);
   }
   if (error == VIX_OK) {
      error = disk_attach(call.disk, call.otherDisk);
      async_endSync(call.otherDisk);
   }
   if (call.disk != NULL && parent != child) {
      endParent(parent, call.disk);
   }
   return call_end(&call, error);
}
