/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Exported functions: disks as parents and children.
 */
#include "api.h"
#include "async.h"
#include "log.h"
#include "progress.h"
#include "version.h"

EXPORTED VixError VixDiskLib_CreateChild(VixDiskLibHandle diskHandle, const char *childPath,
                                         VixDiskLibDiskType diskType, VixDiskLibProgressFunc progressFunc,
                                         void *progressCallbackData)
{
   Progress progress = PROGRESS(progressFunc, progressCallbackData);
   Disk *parent;
   VixError error = api_acquireDisk(diskHandle, &parent);

   if (error != VIX_OK) {
      return error;
   }
   error = api_check(!isAbsent(childPath), __func__);
   if (error == VIX_OK) {
      error = async_beginSync(parent, __func__);
   }
   if (error == VIX_OK) {
      error = disk_createChild(parent, childPath, diskType, &progress);
      async_endSync(parent);
      if (error != VIX_OK) {
         log_warn("VixDiskLib: cannot create the child \"%s\" of \"%s\" (error %llu).\n", childPath, parent->link->path,
                  (unsigned long long)error);
      }
   }
   return api_leave(parent, error);
}

EXPORTED VixError VixDiskLib_IsAttachPossible(VixDiskLibHandle parent, VixDiskLibHandle child)
{
   Disk *parentDisk;
   Disk *childDisk;
   VixError error = api_acquireDisk(parent, &parentDisk);

   if (error != VIX_OK) {
      return error;
   }
   error = api_acquireDisk(child, &childDisk);
   if (error == VIX_OK) {
      error = api_check(true, __func__);
      if (error == VIX_OK) {
         error = disk_isAttachPossible(parentDisk, childDisk);
      }
      (void)api_leave(childDisk, VIX_OK);
   }
   return api_leave(parentDisk, error);
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

static VixError attachTo(const Disk *parent, Disk *child, const char *function)
{
   VixError error = api_check(true, function);

   if (error == VIX_OK) {
      error = async_beginSync(child, function);
   }
   if (error == VIX_OK) {
      error = disk_attach(parent, child);
      async_endSync(child);
   }
   return error;
}

EXPORTED VixError VixDiskLib_Attach(VixDiskLibHandle parent, VixDiskLibHandle child)
{
   Disk *parentDisk;
   Disk *childDisk;
   VixError error = api_acquireDisk(parent, &parentDisk);

   if (error != VIX_OK) {
      return error;
   }
   error = api_acquireDisk(child, &childDisk);
   if (error == VIX_OK) {
      error = attachTo(parentDisk, childDisk, __func__);
      (void)api_leave(childDisk, VIX_OK);
   }
   if (parent != child) {
      endParent(parent, parentDisk);
   }
   return api_leave(parentDisk, error);
}
