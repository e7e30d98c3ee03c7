/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Fault plans: connections that are lost.
 */
#include <sched.h>

#include "plan_support.h"

static void aLostConnectionStaysLost(void)
{
   VixDiskLibConnection connection;
   VixDiskLibHandle handles[2];
   VixDiskLibInfo *info;
   uint8 sector[SECTOR];

   startWith("");
   CHECK_OK(VixDiskLib_ConnectEx(NULL, TRUE, NULL, NULL, &connection));
   CHECK_OK(VixDiskLib_Close(disk));
   CHECK_OK(VixDiskLib_Open(connection, pathOf("a.vmdk"), 0, &handles[0]));
   CHECK_OK(VixDiskLib_Open(connection, pathOf("a.vmdk"), 0, &handles[1]));
   setPlan("Read nth=2 drop");
   CHECK_OK(VixDiskLib_Read(handles[0], 0, 1, sector));
   CHECK_EQUAL(LOST, VixDiskLib_Read(handles[0], 0, 1, sector));
   CHECK(wasLogged("the fault plan drops the connection in VixDiskLib_Read"));
   setPlan(NULL); /* changes nothing for what is lost */
   CHECK_EQUAL(LOST, VixDiskLib_Read(handles[0], 0, 1, sector));
   CHECK_EQUAL(LOST, VixDiskLib_ReadAsync(handles[1], 0, 1, sector, NULL, NULL));
   CHECK_EQUAL(LOST, VixDiskLib_GetInfo(handles[1], &info));
   CHECK(info == NULL);
   CHECK_EQUAL(LOST, VixDiskLib_Open(connection, pathOf("a.vmdk"), 0, &disk));
   disk = openDisk("a.vmdk", 0); /* another connection */
   CHECK_OK(readAt(0, 1));
   CHECK_EQUAL(LOST, VixDiskLib_IsAttachPossible(disk, handles[0]));
   CHECK_OK(VixDiskLib_Close(handles[0]));
   CHECK_OK(VixDiskLib_Close(handles[1]));
   CHECK_OK(VixDiskLib_Disconnect(connection));
   connection = connectLocally();
   CHECK_OK(VixDiskLib_Disconnect(connection));
   CHECK_OK(readAt(0, 1));
   stop();
}

static void awaitCallback(VixError expected)
{
   while (atomic_load(&numCalls) == 0) {
      sched_yield();
   }
   CHECK_EQUAL(1, atomic_exchange(&numCalls, 0));
   CHECK_EQUAL(expected, lastResult);
}

/* In place of one that is lost. */
static void reconnect(void)
{
   CHECK_OK(VixDiskLib_Disconnect(local));
   local = connectLocally();
   disk = openDisk("a.vmdk", 0);
}

static void requestsInFlightAreLostToo(void)
{
   VixDiskLibHandle other;

   startWith("");
   createDisk("b.vmdk", VIXDISKLIB_DISK_MONOLITHIC_FLAT, CAPACITY);
   other = openDisk("b.vmdk", 0);
   setPlan("WriteAsync hang\nGetInfo drop return=VIX_E_FILE_ERROR\nReadAsync drop callback=5");
   VddkFake_SetAsync(2, seed);
   CHECK_EQUAL(VIX_ASYNC, writeAsync());
   disk = other;
   CHECK_EQUAL(VIX_E_FILE_ERROR, query()); /* the result that the plan has, and then the connection is gone */
   CHECK_EQUAL(LOST, query());
   VddkFake_ReleaseHangs();
   awaitCallback(LOST);
   CHECK_EQUAL(LOST, VixDiskLib_Wait(disk));
   reconnect();
   CHECK_EQUAL(VIX_ASYNC, VixDiskLib_ReadAsync(disk, 0, 1, buffer, note, NULL));
   awaitCallback(VIX_E_OBJECT_IS_BUSY);
   CHECK_EQUAL(LOST, query());
   setPlan(NULL);
   reconnect();
   stop();
}

static void aHangingCallComesBackToALostConnection(void)
{
   Worker worker;

   startWith("Flush hang\nGetInfo drop");
   startWorker(&worker, flush);
   VddkFake_AwaitHangs(1);
   CHECK_EQUAL(LOST, query());
   VddkFake_ReleaseHangs();
   CHECK_EQUAL(LOST, endWorker(&worker));
   CHECK_OK(VixDiskLib_Close(disk));
   setPlan(NULL);
   reconnect();
   stop();
}

static void closeAndDisconnectGoWellWithoutAConnection(void)
{
   startWith("Close drop");
   CHECK_OK(VixDiskLib_Close(disk));
   CHECK_EQUAL(LOST, tryOpen("a.vmdk", 0));
   CHECK_OK(VixDiskLib_Disconnect(local));
   setPlan("ConnectEx drop");
   CHECK_EQUAL(LOST, VixDiskLib_ConnectEx(NULL, FALSE, NULL, NULL, &local));
   setPlan("Disconnect drop");
   CHECK(local == NULL);
   local = connectLocally();
   CHECK_OK(VixDiskLib_Disconnect(local));
   setPlan(NULL);
   local = connectLocally();
   disk = openDisk("a.vmdk", 0);
   stop();
}

int main(void)
{
   seed = chooseSeed();
   RUN(aLostConnectionStaysLost);
   RUN(requestsInFlightAreLostToo);
   RUN(aHangingCallComesBackToALostConnection);
   RUN(closeAndDisconnectGoWellWithoutAConnection);
   return finish();
}
