/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "api.h"

#include "control.h"
#include "library.h"
#include "log.h"

VixError api_enter(void)
{
   return library_isRunning() ? VIX_OK : VIX_E_DISK_NOINIT;
}

VixError api_acquireAnyDisk(VixDiskLibHandle handle, Disk **disk)
{
   VixError error = api_enter();

   if (error != VIX_OK) {
      return error;
   }
   if (handle == NULL) {
      return VIX_E_INVALID_ARG;
   }
   *disk = (Disk *)handles_acquire(&disk_handles, handle);
   return *disk != NULL ? VIX_OK : VIX_E_DISK_INVAL;
}

VixError api_acquireDisk(VixDiskLibHandle handle, Disk **disk)
{
   VixError error = api_acquireAnyDisk(handle, disk);

   return error == VIX_OK && atomic_load(&(*disk)->attached) ? api_leave(*disk, VIX_E_DISK_INVAL) : error;
}

VixError api_acquireConnection(VixDiskLibConnection handle, Connection **connection)
{
   VixError error = api_enter();

   if (error != VIX_OK) {
      return error;
   }
   *connection = (Connection *)handles_acquire(&connection_handles, handle);
   return *connection != NULL ? VIX_OK : VIX_E_DISK_INVALID_CONNECTION;
}

VixError api_check(bool pointersAreSet, const char *function)
{
   return pointersAreSet ? control_takeFailure(function) : VIX_E_INVALID_ARG;
}

VixError api_leave(Disk *disk, VixError result)
{
   /* If this closes the disk, a Close on another thread has overtaken the call and has answered already. */
   (void)disk_release(disk);
   return result;
}

VixError api_notYet(const char *function)
{
   log_warn("VixDiskLib: %s is not simulated yet.\n", function);
   return VIX_E_NOT_SUPPORTED;
}
