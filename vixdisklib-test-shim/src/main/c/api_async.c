/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Exported functions: asynchronous requests.
 */
#include "api.h"
#include "async.h"

/* Both kinds of requests; the disk in them is still to be found. */
static VixError submit(VixDiskLibHandle handle, AsyncRequest *request, const char *function)
{
   VixError error = api_acquireDisk(handle, &request->disk);

   if (error != VIX_OK) {
      return error;
   }
   error = api_check(request->into != NULL || request->from != NULL, function);
   return api_leave(request->disk, error != VIX_OK ? error : async_submit(request));
}

EXPORTED VixError VixDiskLib_ReadAsync(VixDiskLibHandle diskHandle, VixDiskLibSectorType startSector,
                                       VixDiskLibSectorType numSectors, uint8 *readBuffer,
                                       VixDiskLibCompletionCB callback, void *cbData)
{
   AsyncRequest request = {NULL, startSector, numSectors, readBuffer, NULL, callback, cbData};

   return submit(diskHandle, &request, __func__);
}

EXPORTED VixError VixDiskLib_WriteAsync(VixDiskLibHandle diskHandle, VixDiskLibSectorType startSector,
                                        VixDiskLibSectorType numSectors, const uint8 *writeBuffer,
                                        VixDiskLibCompletionCB callback, void *cbData)
{
   AsyncRequest request = {NULL, startSector, numSectors, NULL, writeBuffer, callback, cbData};

   return submit(diskHandle, &request, __func__);
}

/* Says nothing of how the requests went: their callbacks have. */
EXPORTED VixError VixDiskLib_Wait(VixDiskLibHandle diskHandle)
{
   Disk *disk;
   VixError error = api_acquireDisk(diskHandle, &disk);

   if (error != VIX_OK) {
      return error;
   }
   error = api_check(true, __func__);
   return api_leave(disk, error != VIX_OK ? error : async_wait(disk));
}
