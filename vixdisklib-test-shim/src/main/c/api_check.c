/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Exported functions: the state that disks are in.
 */
#include "async.h"
#include "call.h"
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
   Call call;
   VixError error;

   call_begin(&call, __func__);
   error = call_useConnection(&call, connection);
   if (error != VIX_OK) {
      return call_end(&call, error);
   }
   call_setPath(&call, filename);
   error = call_check(&call, !isAbsent(filename));
   if (error == VIX_OK) {
      error = connection_checkLocal(call.connection, __func__);
   }
   if (error == VIX_OK && call.connection->readOnly && repair) {
      error = VIX_E_FILE_READ_ONLY;
   }
   if (error == VIX_OK) {
      error = check_disk(filename, repair != FALSE);
   }
   return call_end(&call, tell("CheckRepair", error));
}

typedef VixError (*Compaction)(Disk *disk, VixDiskLibProgressFunc progressFunc, void *progressCallbackData);

/* Moves the grains of a disk about, which nobody may be using otherwise. */
static VixError compact(Call *call, VixDiskLibHandle handle, Compaction compaction, VixDiskLibProgressFunc progressFunc,
                        void *progressCallbackData)
{
   VixError error = call_useDiskAndCheck(call, handle, true);

   if (error == VIX_OK) {
      error = disk_checkLocal(call->disk, call->function);
   }
   if (error == VIX_OK) {
      error = async_beginSync(call->disk, call->function);
   }
   if (error == VIX_OK) {
      error = compaction(call->disk, progressFunc, progressCallbackData);
      async_endSync(call->disk);
   }
   return error;
}

EXPORTED VixError VixDiskLib_Shrink(VixDiskLibHandle diskHandle, VixDiskLibProgressFunc progressFunc,
                                    void *progressCallbackData)
{
   Call call;

   call_begin(&call, __func__);
   return call_end(&call, tell("Shrink", compact(&call, diskHandle, disk_shrink, progressFunc, progressCallbackData)));
}

EXPORTED VixError VixDiskLib_Defragment(VixDiskLibHandle diskHandle, VixDiskLibProgressFunc progressFunc,
                                        void *progressCallbackData)
{
   Call call;

   call_begin(&call, __func__);
   return call_end(&call,
                   tell("Defragment", compact(&call, diskHandle, disk_defragment, progressFunc, progressCallbackData)));
}
