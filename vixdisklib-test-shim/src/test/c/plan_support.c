/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "plan_support.h"

uint64 seed;
VixDiskLibHandle disk;
uint8 buffer[CAPACITY * SECTOR];

atomic_uint numCalls;
VixError lastResult;

void setPlan(const char *text)
{
   char message[200];

   if (!VddkFake_SetFaultPlan(text, message, sizeof message)) {
      failCheck(__FILE__, __LINE__, message);
   }
}

void startWith(const char *plan)
{
   startLibrary();
   createDisk("a.vmdk", VIXDISKLIB_DISK_MONOLITHIC_FLAT, CAPACITY);
   disk = openDisk("a.vmdk", 0);
   setPlan(plan);
}

void stop(void)
{
   setPlan(NULL);
   CHECK_OK(VixDiskLib_Close(disk));
   CHECK_OK(VixDiskLib_Unlink(local, pathOf("a.vmdk")));
   stopLibrary();
   VddkFake_SetAsync(0, 0);
}

VixError readAt(uint64 sector, uint64 count)
{
   return VixDiskLib_Read(disk, sector, count, buffer);
}

VixError writeAt(uint64 sector, uint64 count)
{
   return VixDiskLib_Write(disk, sector, count, buffer);
}

bool fails(VixError error)
{
   CHECK(error == VIX_OK || error == VIX_E_FAIL);
   return error != VIX_OK;
}

/* ------------------------------------------------------------------------------------------------- callbacks */

void note(void *data, VixError result)
{
   (void)data;
   lastResult = result;
   atomic_fetch_add(&numCalls, 1);
}

void checkCallback(VixError expected, unsigned count)
{
   CHECK_OK(VixDiskLib_Wait(disk));
   CHECK_EQUAL(count, atomic_load(&numCalls));
   if (count > 0) {
      CHECK_EQUAL(expected, lastResult);
   }
   atomic_store(&numCalls, 0);
}

VixError writeAsync(void)
{
   return VixDiskLib_WriteAsync(disk, 0, 1, buffer, note, NULL);
}

/* ----------------------------------------------------------------------------- calls on threads of their own */

static void *runWorker(void *data)
{
   Worker *worker = data;

   worker->result = worker->work();
   atomic_store(&worker->done, true);
   return NULL;
}

void startWorker(Worker *worker, VixError (*work)(void))
{
   worker->work = work;
   atomic_store(&worker->done, false);
   CHECK(pthread_create(&worker->thread, NULL, runWorker, worker) == 0);
}

VixError endWorker(Worker *worker)
{
   pthread_join(worker->thread, NULL);
   return worker->result;
}

VixError flush(void)
{
   return VixDiskLib_Flush(disk);
}

VixError query(void)
{
   VixDiskLibInfo *info;
   VixError error = VixDiskLib_GetInfo(disk, &info);

   VixDiskLib_FreeInfo(info);
   return error;
}
