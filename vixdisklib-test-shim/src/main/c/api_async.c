/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Exported functions: asynchronous requests.
 */
#include "async.h"
#include "call.h"
#include "hang.h"

/* Both kinds of requests; the disk in them is still to be found. */
static VixError submit(VixDiskLibHandle handle, AsyncRequest *request, const char *function)
{
   Call call;
   VixError error;

   call_begin(&call, function);
   call_setSectors(&call, request->sector, request->count);
   error = call_useDisk(&call, handle);
   if (error == VIX_OK) {
      error = request->into != NULL || request->from != NULL ? call_planRequest(&call, request) : VIX_E_INVALID_ARG;
   }
   if (error == VIX_OK) {
      request->disk = call.disk;
      error = async_submit(request);
      if (error != VIX_ASYNC) {
         hang_cancel(request->hang);
      }
   }
   return call_end(&call, error);
}

EXPORTED VixError VixDiskLib_ReadAsync(VixDiskLibHandle diskHandle, VixDiskLibSectorType startSector,
                                       VixDiskLibSectorType numSectors, uint8 *readBuffer,
                                       VixDiskLibCompletionCB callback, void *cbData)
{
   AsyncRequest request = {
      .sector = startSector, .count = numSectors, .into = readBuffer, .callback = callback, .callbackData = cbData};

   return submit(diskHandle, &request, __func__);
}

EXPORTED VixError VixDiskLib_WriteAsync(VixDiskLibHandle diskHandle, VixDiskLibSectorType startSector,
                                        VixDiskLibSectorType numSectors, const uint8 *writeBuffer,
                                        VixDiskLibCompletionCB callback, void *cbData)
{
   AsyncRequest request = {
      .sector = startSector, .count = numSectors, .from = writeBuffer, .callback = callback, .callbackData = cbData};

   return submit(diskHandle, &request, __func__);
}

/* Says nothing of how the requests went: their callbacks have. */
EXPORTED VixError VixDiskLib_Wait(VixDiskLibHandle diskHandle)
{
   Call call;
   VixError error;

   call_begin(&call, __func__);
   error = call_useDiskAndCheck(&call, diskHandle, true);
   if (error == VIX_OK) {
      error = async_wait(call.disk);
   }
   return call_end(&call, error);
}
