/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "async_request.h"

#include <string.h>

#include "async_lock.h"
#include "async_use.h"
#include "connection.h"
#include "log.h"
#include "vddkFake.h"

/*
 * What the buffer of a queued read has at the ends of each sector, for callers that look at it too early. To fill all
 * of it would take as long as to read it.
 */
#define NOT_READ_YET 0xdb
#define SPOILT 16

/* So many callbacks inside each other are taken for a chain of requests that the caller did not expect to nest. */
#define DEEP 64u

static VixError plannedRead;
static VixError plannedWrite;

const char *asyncRequest_function(const AsyncRequest *request)
{
   return request->from != NULL ? "VixDiskLib_WriteAsync" : "VixDiskLib_ReadAsync";
}

const char *asyncRequest_name(const AsyncRequest *request)
{
   return asyncRequest_function(request) + strlen("VixDiskLib_");
}

/* ------------------------------------------------------------------------------------------------ its beginning */

AcceptedRequest asyncRequest_accept(const AsyncRequest *request, StrictBuffer *buffer)
{
   VixError *planned = request->from != NULL ? &plannedWrite : &plannedRead;
   AcceptedRequest accepted = {.request = *request, .planned = request->planned, .buffer = buffer};

   if (accepted.planned == VIX_OK) {
      accepted.planned = *planned;
      *planned = VIX_OK;
   }
   accepted.process = asyncUse_begin(request->disk);
   return accepted;
}

void asyncRequest_spoil(const AsyncRequest *request)
{
   if (request->into == NULL) {
      return;
   }
   for (uint64 i = 0; i < request->count; i++) {
      uint8 *sector = request->into + i * SECTOR_SIZE;

      memset(sector, NOT_READ_YET, SPOILT);
      memset(sector + SECTOR_SIZE - SPOILT, NOT_READ_YET, SPOILT);
   }
}

/* ------------------------------------------------------------------------------------------------ its result */

static VixError transfer(const AsyncRequest *request)
{
   const ManagedDisk *managed = request->disk->managed;
   VixError error = managed != NULL ? managed_admitAsync(managed) : VIX_OK;

   if (error != VIX_OK) {
      return error;
   }
   return request->from != NULL ? disk_write(request->disk, request->sector, request->count, request->from)
                                : disk_read(request->disk, request->sector, request->count, request->into);
}

VixError asyncRequest_resultOf(const AcceptedRequest *accepted)
{
   if (accepted->planned != VIX_OK) {
      return accepted->planned;
   }
   if (connection_isLost(accepted->request.disk->connection)) {
      return VIX_E_HOST_TCP_CONN_LOST;
   }
   return accepted->moved ? accepted->result : transfer(&accepted->request);
}

/* ------------------------------------------------------------------------------------------------ its end */

static void call(const AsyncRequest *request, VixError result)
{
   const AsyncCallback outer = asyncUse_enterCallback(request->disk);

   if (outer.depth + 1 == DEEP) {
      log_warn("VixDiskLib: %u callbacks run inside each other, since this transport carries out requests at once.\n",
               DEEP);
   }
   request->callback(request->callbackData, result);
   asyncUse_leaveCallback(outer);
}

static bool complete(const AcceptedRequest *accepted, VixError result)
{
   const AsyncRequest *request = &accepted->request;

   strict_endBuffer(accepted->buffer);
   asyncUse_beginCallback(request->disk, accepted->process);
   if (request->callback != NULL) {
      call(request, result);
   }
   return asyncUse_end(request->disk, accepted->process);
}

bool asyncRequest_carryOut(const AcceptedRequest *accepted)
{
   const AsyncRequest *request = &accepted->request;
   VixError result = asyncRequest_resultOf(accepted);

   if (result != VIX_OK) {
      log_warn("VixDiskLib: %s of %llu sectors from %llu of \"%s\" failed (error %llu).\n", asyncRequest_name(request),
               (unsigned long long)request->count, (unsigned long long)request->sector, request->disk->link->path,
               (unsigned long long)result);
   }
   return complete(accepted, result);
}

/* ------------------------------------------------------------------------------------------ the control surface */

EXPORTED void VddkFake_FailNextAsync(const char *function, VixError error)
{
   bool writing;

   if (function == NULL) {
      return;
   }
   writing = strcmp(function, "VixDiskLib_WriteAsync") == 0;
   if (!writing && strcmp(function, "VixDiskLib_ReadAsync") != 0) {
      return;
   }
   pthread_mutex_lock(&async_lock);
   *(writing ? &plannedWrite : &plannedRead) = error;
   pthread_mutex_unlock(&async_lock);
}
