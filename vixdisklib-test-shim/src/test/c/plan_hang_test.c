/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Fault plans: calls and requests that hang.
 */
#include <sched.h>

#include "hang.h"
#include "plan_support.h"

static VixError closeIt(void)
{
   return VixDiskLib_Close(disk);
}

static void aCallHangsUntilItIsReleased(void)
{
   Worker workers[3];

   startWith("Flush hang\nGetInfo hang return=1\nRead hang times=1");
   for (int round = 0; round < 2; round++) {
      startWorker(&workers[0], flush);
      startWorker(&workers[1], query);
      startWorker(&workers[2], query);
      VddkFake_AwaitHangs(3);
      CHECK(!atomic_load(&workers[0].done) && !atomic_load(&workers[1].done) && !atomic_load(&workers[2].done));
      CHECK_OK(writeAt(0, 1));
      setPlan(round == 0 ? "Flush hang\nGetInfo hang return=1" : NULL); /* changes nothing for what hangs */
      VddkFake_ReleaseHangs();
      CHECK_OK(endWorker(&workers[0]));
      CHECK_EQUAL(VIX_E_FAIL, endWorker(&workers[1]));
      CHECK_EQUAL(VIX_E_FAIL, endWorker(&workers[2]));
   }
   CHECK_OK(flush());
   setPlan("ReadAsync hang");
   CHECK_EQUAL(VIX_E_DISK_OUTOFRANGE, VixDiskLib_ReadAsync(disk, CAPACITY, 1, buffer, NULL, NULL));
   CHECK(!hang_isAny()); /* it was refused */
   VddkFake_AwaitHangs(0);
   VddkFake_ReleaseHangs();
   stop();
}

static void aRequestHangsUntilItIsReleased(void)
{
   for (uint32 threads = 1; threads < 3; threads++) {
      for (uint64 latency = 0; latency < 2; latency++) {
         startWith("WriteAsync nth=1 hang callback=1\nWriteAsync nth=2 hang");
         VddkFake_SetAsync(threads, seed);
         CHECK(VddkFake_SetTiming("file", latency * 1000, 0, 0));
         fillPattern(buffer, 0, 1, 1);
         CHECK_EQUAL(VIX_ASYNC, writeAsync());
         CHECK_EQUAL(VIX_ASYNC, writeAsync());
         VddkFake_AwaitHangs(2);
         CHECK_EQUAL(VIX_ASYNC, VixDiskLib_ReadAsync(disk, 1, 1, buffer + SECTOR, note, NULL));
         while (VddkFake_LiveCount("asyncRequests") > 2) { /* what does not hang overtakes */
            sched_yield();
         }
         CHECK_EQUAL(1, atomic_load(&numCalls));
         CHECK_EQUAL(VIX_E_ASYNC_MIXEDMODE_UNSUPPORTED, flush());
         VddkFake_ReleaseHangs();
         CHECK_OK(VixDiskLib_Wait(disk));
         CHECK_EQUAL(3, atomic_load(&numCalls));
         atomic_store(&numCalls, 0);
         CHECK_OK(readAt(0, 1));
         checkPattern(buffer, 0, 1, 1);
         CHECK(VddkFake_SetTiming("file", 0, 0, 0));
         stop();
      }
   }
}

static void aCallThatMakesARequestHangsWhereThereAreNoThreads(void)
{
   Worker worker;

   startWith("WriteAsync hang");
   startWorker(&worker, writeAsync);
   VddkFake_AwaitHangs(1);
   CHECK(!atomic_load(&worker.done));
   CHECK_EQUAL(0, atomic_load(&numCalls));
   while (VddkFake_LiveCount("asyncRequests") == 0) {
      sched_yield();
   }
   VddkFake_ReleaseHangs();
   CHECK_EQUAL(VIX_ASYNC, endWorker(&worker));
   checkCallback(VIX_OK, 1);
   stop();
}

static void closeWaitsForWhatHangs(void)
{
   Worker worker;

   startWith("WriteAsync hang");
   VddkFake_SetAsync(1, seed);
   CHECK_EQUAL(VIX_ASYNC, writeAsync());
   startWorker(&worker, closeIt);
   while (!wasLogged("is closed while 1 asynchronous requests are not done")) {
      sched_yield();
   }
   CHECK(!atomic_load(&worker.done) && atomic_load(&numCalls) == 0);
   VddkFake_ReleaseHangs();
   CHECK_OK(endWorker(&worker));
   CHECK_EQUAL(1, atomic_load(&numCalls));
   atomic_store(&numCalls, 0);
   disk = openDisk("a.vmdk", 0);
   stop();
}

int main(void)
{
   seed = chooseSeed();
   RUN(aCallHangsUntilItIsReleased);
   RUN(aRequestHangsUntilItIsReleased);
   RUN(aCallThatMakesARequestHangsWhereThereAreNoThreads);
   RUN(closeWaitsForWhatHangs);
   return finish();
}
