/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Exported functions: the state that disks are in.
 */
#include "api.h"
#include "async.h"
#include "check.h"
#include "log.h"

/* What a call came to; errors are logged with the function that they are of. */
static VixError tell(const char *function, VixError error)
{
   if (error != VIX_OK) {
      log_warn("VixDiskLib: %s failed (error %llu).\n", function, (unsigned long long)error);
   }
   return error;
}

/*
 * The documentation says that the result tells whether the call worked, and not whether the disk is in order. Here it
 * tells both, since a caller who looks at nothing else is to notice.
 */
EXPORTED VixError VixDiskLib_CheckRepair(const VixDiskLibConnection connection, const char *filename, Bool repair)
{
   Connection *found;
   VixError error = api_acquireConnection(connection, &found);

   if (error != VIX_OK) {
      return error;
   }
   error = api_check(!isAbsent(filename), __func__);
   if (error == VIX_OK && found->readOnly && repair) {
      error = VIX_E_FILE_READ_ONLY;
   }
   if (error == VIX_OK) {
      error = check_disk(filename, repair != FALSE);
   }
   connection_release(found);
   return tell("CheckRepair", error);
}

EXPORTED VixError VixDiskLib_Shrink(VixDiskLibHandle diskHandle, VixDiskLibProgressFunc progressFunc,
                                    void *progressCallbackData)
{
   Disk *disk;
   VixError error = api_acquireDisk(diskHandle, &disk);

   if (error != VIX_OK) {
      return error;
   }
   error = api_check(true, __func__);
   if (error == VIX_OK) {
      error = async_beginSync(disk, __func__);
   }
   if (error == VIX_OK) {
      error = disk_shrink(disk, progressFunc, progressCallbackData);
      async_endSync(disk);
   }
   return api_leave(disk, tell("Shrink", error));
}

EXPORTED VixError VixDiskLib_Defragment(VixDiskLibHandle diskHandle, VixDiskLibProgressFunc progressFunc,
                                        void *progressCallbackData)
{
   Disk *disk;
   VixError error = api_acquireDisk(diskHandle, &disk);

   if (error != VIX_OK) {
      return error;
   }
   error = api_check(true, __func__);
   if (error == VIX_OK) {
      error = async_beginSync(disk, __func__);
   }
   if (error == VIX_OK) {
      error = disk_defragment(disk, progressFunc, progressCallbackData);
      async_endSync(disk);
   }
   return api_leave(disk, tell("Defragment", error));
}
