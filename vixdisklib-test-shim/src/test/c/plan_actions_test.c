/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Fault plans: what becomes of a call. Times are those of a clock that jumps where somebody waits for it.
 */
#include "plan_support.h"
#include "virtual_clock.h"

static void returnDoesNothingElse(void)
{
   startWith("Write return=VIX_E_FILE_ERROR");
   fillPattern(buffer, 0, 1, 1);
   CHECK_EQUAL(VIX_E_FILE_ERROR, writeAt(0, 1));
   CHECK_OK(readAt(0, 1));
   CHECK(isZero(buffer, SECTOR));
   stop();
}

static void whatMustBeDoneIsDone(void)
{
   VixDiskLibConnection connection;
   VixDiskLibBlockList *blocks;

   startWith("Close return=1\nDisconnect return=2\nFreeBlockList return=3");
   connection = connectLocally();
   CHECK_OK(VixDiskLib_QueryAllocatedBlocks(disk, 0, 128, 128, &blocks));
   CHECK_EQUAL(3, VixDiskLib_FreeBlockList(blocks));
   CHECK_EQUAL(1, VixDiskLib_Close(disk));
   CHECK_EQUAL(2, VixDiskLib_Disconnect(connection));
   CHECK_EQUAL(0, VddkFake_LiveCount("blockLists") + VddkFake_LiveCount("disks"));
   CHECK_EQUAL(1, VddkFake_LiveCount("connections"));
   setPlan(NULL);
   disk = openDisk("a.vmdk", 0);
   stop();
}

static void theCallbackGetsTheError(void)
{
   for (uint32 threads = 0; threads < 3; threads++) {
      startWith("WriteAsync times=1 callback=VIX_E_FILE_ERROR\nWriteAsync nth=2 return=VIX_E_FAIL\n"
                "Write callback=VIX_E_DISK_NEEDSREPAIR");
      VddkFake_SetAsync(threads, seed);
      fillPattern(buffer, 0, 1, 1);
      CHECK_EQUAL(VIX_ASYNC, writeAsync());
      checkCallback(VIX_E_FILE_ERROR, 1);
      CHECK_EQUAL(VIX_E_FAIL, writeAsync());
      checkCallback(VIX_OK, 0);
      CHECK_EQUAL(VIX_E_DISK_NEEDSREPAIR, writeAt(0, 1));
      CHECK_OK(readAt(0, 1));
      CHECK(isZero(buffer, SECTOR));
      CHECK_EQUAL(VIX_ASYNC, writeAsync());
      checkCallback(VIX_OK, 1);
      stop();
   }
}

static void nullGivesNothing(void)
{
   VixDiskLibConnectParams *params;
   VixDiskLibInfo *info;
   VixDiskLibHandle opened;

   startWith("GetErrorText null\nListTransportModes null\nGetTransportMode null\nAllocateConnectParams null\n"
             "GetInfo null\nGetConnectParams null\nOpen null");
   CHECK(VixDiskLib_GetErrorText(VIX_E_FAIL, NULL) == NULL);
   CHECK(VixDiskLib_ListTransportModes() == NULL);
   CHECK(VixDiskLib_GetTransportMode(disk) == NULL);
   CHECK(VixDiskLib_AllocateConnectParams() == NULL);
   CHECK_OK(VixDiskLib_GetInfo(disk, &info));
   CHECK(info == NULL);
   CHECK_OK(VixDiskLib_GetConnectParams(local, &params));
   CHECK(params == NULL);
   CHECK_OK(VixDiskLib_Open(local, pathOf("b.vmdk"), 0, &opened));
   CHECK(opened == NULL);
   CHECK_OK(readAt(0, 1));
   setPlan("* null"); /* only what returns an error as well */
   CHECK_OK(VixDiskLib_GetInfo(disk, &info));
   CHECK(info == NULL);
   CHECK_OK(readAt(0, 1));
   CHECK(strcmp(VixDiskLib_GetTransportMode(disk), "file") == 0);
   setPlan("* return=1"); /* as it is without a plan */
   CHECK(strcmp(VixDiskLib_GetTransportMode(disk), "file") == 0);
   stop();
}

static void fullWritesNothing(void)
{
   startWith("* full");
   fillPattern(buffer, 0, 1, 1);
   CHECK_EQUAL(VIX_E_DISK_FULL, writeAt(0, 1));
   CHECK_EQUAL(VIX_ASYNC, writeAsync());
   checkCallback(VIX_E_DISK_FULL, 1);
   CHECK_OK(readAt(0, 1)); /* takes no space */
   CHECK(isZero(buffer, SECTOR));
   CHECK_EQUAL(VIX_E_DISK_FULL, tryCreate("b.vmdk", VIXDISKLIB_DISK_MONOLITHIC_SPARSE, 1000));
   CHECK(!fileExists("b.vmdk"));
   CHECK_EQUAL(VIX_E_DISK_FULL, VixDiskLib_WriteMetadata(disk, "key", "value"));
   setPlan("Write after=10KiB full");
   for (int i = 1; i <= 30; i++) {
      CHECK_EQUAL(i <= 20 ? VIX_OK : VIX_E_DISK_FULL, writeAt(0, 1));
   }
   stop();
}

static uint64 timeOf(VixError expected, VixError actual, uint64 start)
{
   CHECK_EQUAL(expected, actual);
   return now() - start;
}

static void aDelayTakesItsTime(void)
{
   startWith("Read delay=50us\nWrite delay=20ms return=1\nFlush delay=3s\n* delay=1ms\nClose delay=5ms");
   CHECK_EQUAL(1050000, timeOf(VIX_OK, readAt(0, 1), now()));
   CHECK_EQUAL(21 * MILLISECOND, timeOf(VIX_E_FAIL, writeAt(0, 1), now()));
   CHECK_EQUAL(3001 * MILLISECOND, timeOf(VIX_OK, VixDiskLib_Flush(disk), now()));
   CHECK_EQUAL(6 * MILLISECOND, timeOf(VIX_OK, VixDiskLib_Close(disk), now()));
   setPlan(NULL);
   disk = openDisk("a.vmdk", 0);
   stop();
}

static uint64 notedTime;

static void noteTime(void *data, VixError result)
{
   notedTime = now();
   note(data, result);
}

/* Of several threads, the second may be the one that notes it: it wakes up so much later. */
static void checkTime(uint64 expected, uint64 start)
{
   CHECK(notedTime - start >= expected);
   CHECK(notedTime - start <= expected + 400000);
}

static void aDelayedRequestIsOnTheWay(void)
{
   for (uint32 threads = 0; threads < 3; threads++) {
      uint64 start = now();

      startWith("WriteAsync delay=20ms callback=1\nReadAsync nth=1 delay=2s return=2");
      VddkFake_SetAsync(threads, seed);
      stopTime();
      CHECK_EQUAL(VIX_ASYNC, VixDiskLib_WriteAsync(disk, 0, 1, buffer, noteTime, NULL));
      CHECK_EQUAL(threads == 0 ? 20 * MILLISECOND : 0, now() - start);
      CHECK_EQUAL(threads == 0 ? 1 : 0, atomic_load(&numCalls));
      letTimePass();
      checkCallback(VIX_E_FAIL, 1);
      checkTime(20 * MILLISECOND, start);
      start = now();
      CHECK_EQUAL(2, VixDiskLib_ReadAsync(disk, 0, 1, buffer, note, NULL)); /* refused, but late */
      CHECK_EQUAL(2 * SECOND, now() - start);
      checkCallback(VIX_OK, 0);
      /* On a transport that takes time, it takes that and the delay. */
      CHECK(VddkFake_SetTiming("file", 7000, 0, 0));
      start = now();
      CHECK_EQUAL(VIX_ASYNC, VixDiskLib_WriteAsync(disk, 0, 1, buffer, noteTime, NULL));
      checkCallback(VIX_E_FAIL, 1);
      checkTime(27 * MILLISECOND, start);
      CHECK(VddkFake_SetTiming("file", 0, 0, 0));
      stop();
   }
}

static void allRulesHappenAndTheFirstResultCounts(void)
{
   startWith("Read nth=2 delay=1ms\n* every=2 return=5\nRead return=6 delay=2ms");
   CHECK_EQUAL(2 * MILLISECOND, timeOf(6, readAt(0, 1), now()));
   CHECK_EQUAL(3 * MILLISECOND, timeOf(5, readAt(0, 1), now()));
   stop();
}

int main(void)
{
   seed = chooseSeed();
   RUN(returnDoesNothingElse);
   RUN(whatMustBeDoneIsDone);
   RUN(theCallbackGetsTheError);
   RUN(fullWritesNothing);
   RUN(nullGivesNothing);
   RUN(aDelayTakesItsTime);
   RUN(aDelayedRequestIsOnTheWay);
   RUN(allRulesHappenAndTheFirstResultCounts);
   return finish();
}
