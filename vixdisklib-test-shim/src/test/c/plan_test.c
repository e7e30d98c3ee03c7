/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Fault plans. Times are those of a clock that jumps where somebody waits for it.
 */
#include "hang.h"
#include "plan.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "virtual_clock.h"

#define CAPACITY 20000u
#define LOST VIX_E_HOST_TCP_CONN_LOST

static uint64 seed;
static VixDiskLibHandle disk;
static uint8 buffer[CAPACITY * SECTOR];

static void setPlan(const char *text)
{
   char message[200];

   if (!VddkFake_SetFaultPlan(text, message, sizeof message)) {
      failCheck(__FILE__, __LINE__, message);
   }
}

/* The library with a disk and a plan. */
static void startWith(const char *plan)
{
   startLibrary();
   createDisk("a.vmdk", VIXDISKLIB_DISK_MONOLITHIC_FLAT, CAPACITY);
   disk = openDisk("a.vmdk", 0);
   setPlan(plan);
}

static void stop(void)
{
   setPlan(NULL);
   CHECK_OK(VixDiskLib_Close(disk));
   CHECK_OK(VixDiskLib_Unlink(local, pathOf("a.vmdk")));
   stopLibrary();
   VddkFake_SetAsync(0, 0);
}

static VixError readAt(uint64 sector, uint64 count)
{
   return VixDiskLib_Read(disk, sector, count, buffer);
}

static VixError writeAt(uint64 sector, uint64 count)
{
   return VixDiskLib_Write(disk, sector, count, buffer);
}

static bool fails(VixError error)
{
   CHECK(error == VIX_OK || error == VIX_E_FAIL);
   return error != VIX_OK;
}

/* ---------------------------------------------------------------------------------------------- the plan's text */

static void aWrongPlanIsRefusedAndSaysWhere(void)
{
   static const struct {
      const char *text;
      const char *message;
   } plans[] = {
      {"Reed return=1", "line 1: \"Reed\" is no function that returns an error or a pointer"},
      {"\n# comment\nRead nht=2 return=1", "line 3: \"nht=2\" is no condition and no action"},
      {"FreeInfo return=1", "line 1: \"FreeInfo\" is no function that returns an error or a pointer"},
      {"Read", "line 1: \"Read\" has no action: return=, callback=, delay=, hang, drop, full or null"},
      {"Read nth=1", "line 1: \"Read\" has no action"},
      {"Read nth=1 nth=2 return=1", "line 1: \"nth=2\" is there twice"},
      {"Read nth=0 return=1", "\"nth=0\" has no number from 1"},
      {"Read nth= return=1", "\"nth=\" has no number from 1"},
      {"Read nth=-1 return=1", "\"nth=-1\" has no number from 1"},
      {"Read nth=18446744073709551616 return=1", "has no number from 1"},
      {"Read every=x return=1", "\"every=x\" has no number from 1"},
      {"Read times=1.5 return=1", "\"times=1.5\" has no number from 1"},
      {"Read disk= return=1", "\"disk=\" has no path"},
      {"Read disk=\"a return=1", "\"disk=\"a return=1\" has no path"},
      {"Read disk=a\"b\" return=1", "has no path"},
      {"ConnectEx disk=a return=1", "\"disk=a\" is of no use with a function that has no disk"},
      {"Open sectors=1-2 return=1", "\"sectors=1-2\" is of no use with a function that has no sectors"},
      {"Read sectors=2-1 return=1", "\"sectors=2-1\" has no sectors"},
      {"Read sectors=1- return=1", "has no sectors"},
      {"Read sectors=1-2-3 return=1", "has no sectors"},
      {"Read sectors=a return=1", "has no sectors"},
      {"Read chance=1.1 return=1", "\"chance=1.1\" has no chance"},
      {"Read chance=101% return=1", "has no chance"},
      {"Read chance=0. return=1", "has no chance"},
      {"Read chance=.5 return=1", "has no chance"},
      {"Read chance=0,5 return=1", "has no chance"},
      {"Read chance=% return=1", "has no chance"},
      {"Read seed=1 return=1", "\"Read\" has a seed= without a chance="},
      {"Read chance=1 seed=x return=1", "\"seed=x\" has no number"},
      {"Write after=1MB return=1", "\"after=1MB\" has no size"},
      {"Write after=MiB return=1", "has no size"},
      {"Write after=18446744073709551615KiB return=1", "has no size"},
      {"Read return=0", "\"return=0\" has no error"},
      {"Read return=VIX_OK", "\"return=VIX_OK\" has no error"},
      {"Read return=VIX_ASYNC", "has no error"},
      {"Read return=25000", "has no error"},
      {"Read return=VIX_E_NONSENSE", "has no error"},
      {"Read return=0x", "has no error"},
      {"Read return=", "has no error"},
      {"Read callback=0", "\"callback=0\" has no error"},
      {"Read return=1 callback=2", "\"callback=2\" is a second result for the same call"},
      {"Write full return=1", "\"return=1\" is a second result"},
      {"Read full", "\"full\" is of no use with a function that takes no space"},
      {"Read null", "\"null\" is of no use with a function that gives nothing out"},
      {"Open null return=1", "\"return=1\" is a second result"},
      {"GetErrorText return=1", "\"return=1\" is of no use with a function that returns no error"},
      {"GetTransportMode drop", "\"drop\" is of no use with a function that returns no error"},
      {"Read delay=10", "\"delay=10\" has no time"},
      {"Read delay=1m", "has no time"},
      {"Read delay=ms", "has no time"},
      {"Read delay=86401s", "has no time"},
      {"Read hang=1", "\"hang=1\" is no condition and no action"},
      {"Read return=1\nWrite drop\nRead drop2", "line 3: \"drop2\" is no condition"},
   };
   char message[200];

   startWith("Read return=1");
   for (size_t i = 0; i < sizeof plans / sizeof plans[0]; i++) {
      CHECK(!VddkFake_SetFaultPlan(plans[i].text, message, sizeof message));
      if (strstr(message, plans[i].message) == NULL || strncmp(message, "line ", 5) != 0) {
         failCheck(plans[i].text, 0, message);
      }
      CHECK_EQUAL(VIX_E_FAIL, readAt(0, 1)); /* the old plan stays */
   }
   CHECK(!VddkFake_SetFaultPlan("x", NULL, 0));
   CHECK(!VddkFake_SetFaultPlan("x", message, 8));
   CHECK(strcmp(message, "line 1:") == 0);
   CHECK(VddkFake_SetFaultPlan("", message, sizeof message));
   CHECK(message[0] == '\0');
   CHECK_OK(readAt(0, 1));
   stop();
}

static void thePlanIsReadAsItIsWritten(void)
{
   startWith("\r\n# all of it\r\n\t  VixDiskLib_Read \t nth=1   return=0x2 # the first\r\n"
             "Read nth=2 return=VIX_E_FILE_ERROR\n * nth=3 return=11\r\nRead nth=4 return=VIX_E_HOST_SERVER_SHUTDOWN");
   CHECK_EQUAL(VIX_E_OUT_OF_MEMORY, readAt(0, 1));
   CHECK_EQUAL(VIX_E_FILE_ERROR, readAt(0, 1));
   CHECK_EQUAL(VIX_E_FILE_READ_ONLY, readAt(0, 1));
   CHECK_EQUAL(VIX_E_HOST_SERVER_SHUTDOWN, readAt(0, 1));
   CHECK_OK(readAt(0, 1));
   setPlan("# nothing");
   CHECK_OK(readAt(0, 1));
   stop();
}

/* -------------------------------------------------------------------------------------------------- conditions */

static void aRuleIsForItsFunction(void)
{
   startWith("Write return=1");
   CHECK_OK(readAt(0, 1));
   CHECK_EQUAL(VIX_E_FAIL, writeAt(0, 1));
   setPlan("* return=1");
   CHECK_EQUAL(VIX_E_FAIL, readAt(0, 1));
   CHECK_EQUAL(VIX_E_FAIL, writeAt(0, 1));
   CHECK_EQUAL(VIX_E_FAIL, VixDiskLib_Flush(disk));
   CHECK_EQUAL(VIX_E_INVALID_ARG, VixDiskLib_Read(disk, 0, 1, NULL)); /* checks come first */
   stop();
}

static void nthIsOneCall(void)
{
   startWith("Read nth=3 return=1");
   for (int i = 1; i <= 10; i++) {
      CHECK(fails(readAt(0, 1)) == (i == 3));
      CHECK_OK(writeAt(0, 1)); /* does not count */
   }
   setPlan("Read nth=3 return=1"); /* counts anew */
   for (int i = 1; i <= 10; i++) {
      CHECK(fails(readAt(0, 1)) == (i == 3));
   }
   stop();
}

static void everyIsEachOfSoMany(void)
{
   startWith("Read every=3 return=1");
   for (int i = 1; i <= 10; i++) {
      CHECK(fails(readAt(0, 1)) == (i % 3 == 0));
   }
   stop();
}

static void timesIsAtMostSoOften(void)
{
   startWith("Read times=2 return=1");
   for (int i = 1; i <= 5; i++) {
      CHECK(fails(readAt(0, 1)) == (i <= 2));
   }
   setPlan("Read every=2 times=2 return=1");
   for (int i = 1; i <= 10; i++) {
      CHECK(fails(readAt(0, 1)) == (i == 2 || i == 4));
   }
   stop();
}

/* Whether a plan for Open, or for both paths of a call, takes a path. */
static bool takesPaths(const char *plan, const char *one, const char *other)
{
   const PlanCase call = {"VixDiskLib_Clone", {one, other}, false, 0, 0};
   PlanEffect effect;

   setPlan(plan);
   plan_take(&call, &effect);
   setPlan(NULL);
   return effect.error != VIX_OK;
}

static void disksAreToldByTheirPaths(void)
{
   char plan[1000];
   VixDiskLibHandle other;

   CHECK(takesPaths("Clone disk=/x/a.vmdk return=1", "/x/a.vmdk", NULL));
   CHECK(takesPaths("Clone disk=a.vmdk return=1", "/x/a.vmdk", NULL));
   CHECK(takesPaths("Clone disk=?.vmdk return=1", "/y", "/x/a.vmdk"));
   CHECK(takesPaths("Clone disk=*/x/*.vmdk return=1", "/r/x/a.vmdk", "/y"));
   CHECK(!takesPaths("Clone disk=b* return=1", "/x/a.vmdk", "/b/a.vmdk"));
   CHECK(!takesPaths("Clone disk=* return=1", NULL, NULL));
   CHECK(takesPaths("Clone disk=\"my disk.vmdk\" return=1", "/x/my disk.vmdk", NULL));
   CHECK(takesPaths("Clone disk=\"[ds1] web/web.vmdk\" return=1", "[ds1] web/web.vmdk", NULL));
   CHECK(!takesPaths("Clone disk=\"[ds1] web/web.vmdk\" return=1", "[ds2] web/web.vmdk", NULL));
   startWith("");
   createDisk("b.vmdk", VIXDISKLIB_DISK_MONOLITHIC_FLAT, CAPACITY);
   snprintf(plan, sizeof plan, "* disk=%s return=1", pathOf("b.vmdk"));
   setPlan(plan);
   CHECK_OK(readAt(0, 1));
   CHECK_EQUAL(VIX_E_FAIL, tryOpen("b.vmdk", 0));
   setPlan("Read disk=b.* return=1");
   other = openDisk("b.vmdk", 0);
   CHECK_OK(readAt(0, 1));
   CHECK_EQUAL(VIX_E_FAIL, VixDiskLib_Read(other, 0, 1, buffer));
   setPlan("Close disk=b.* return=1");
   CHECK_EQUAL(VIX_E_FAIL, VixDiskLib_Close(other));
   setPlan("Rename disk=c.vmdk return=1");
   CHECK_EQUAL(VIX_E_FAIL, VixDiskLib_Rename(pathOf("b.vmdk"), pathOf("c.vmdk")));
   CHECK_EQUAL(VIX_E_FAIL, VixDiskLib_Rename(pathOf("c.vmdk"), pathOf("b.vmdk")));
   setPlan("CreateChild disk=c.vmdk return=1");
   CHECK_EQUAL(VIX_E_FAIL,
               VixDiskLib_CreateChild(disk, pathOf("c.vmdk"), VIXDISKLIB_DISK_MONOLITHIC_SPARSE, NULL, NULL));
   stop();
}

static void sectorsAreThoseOfTheRequest(void)
{
   startWith("Read sectors=100-199 return=1");
   CHECK_OK(readAt(0, 100));
   CHECK_EQUAL(VIX_E_FAIL, readAt(0, 101));
   CHECK_EQUAL(VIX_E_FAIL, readAt(150, 1));
   CHECK_EQUAL(VIX_E_FAIL, readAt(199, 10));
   CHECK_OK(readAt(200, 10));
   CHECK_OK(readAt(150, 0));
   CHECK_EQUAL(VIX_E_FAIL, readAt(0, CAPACITY));
   CHECK_EQUAL(VIX_E_FAIL, readAt(1, UINT64_MAX)); /* is never found out to be too much */
   setPlan("* sectors=7 return=1");
   CHECK_EQUAL(VIX_E_FAIL, readAt(7, 1));
   CHECK_OK(readAt(8, 1));
   CHECK_OK(VixDiskLib_Flush(disk)); /* has none */
   setPlan("Read sectors=7 nth=2 return=1");
   for (int i = 1; i <= 4; i++) {
      CHECK_OK(readAt(0, 1)); /* does not count */
      CHECK(fails(readAt(7, 1)) == (i == 2));
   }
   stop();
}

#define DRAWS 1000

static unsigned draw(const char *plan, bool *results)
{
   unsigned count = 0;

   setPlan(plan);
   for (int i = 0; i < DRAWS; i++) {
      results[i] = fails(readAt(0, 0));
      count += results[i];
   }
   return count;
}

static void chanceDependsOnTheSeedAlone(void)
{
   bool first[DRAWS];
   bool second[DRAWS];
   unsigned count;

   startWith("");
   count = draw("Read chance=25% seed=1 return=1", first);
   CHECK(count > 200 && count < 300);
   CHECK_EQUAL(count, draw("Read chance=0.25 seed=1 return=1", second));
   CHECK(memcmp(first, second, sizeof first) == 0);
   CHECK(draw("Read chance=25% seed=2 return=1", second) > 0);
   CHECK(memcmp(first, second, sizeof first) != 0);
   CHECK_EQUAL(draw("Read chance=0.25 seed=0 return=1", first), draw("Read chance=25.0% return=1", second));
   CHECK(memcmp(first, second, sizeof first) == 0);
   CHECK_EQUAL(DRAWS, draw("Read chance=1 return=1", first));
   CHECK_EQUAL(DRAWS, draw("Read chance=100% return=1", first));
   CHECK_EQUAL(0, draw("Read chance=0.000 return=1", first));
   count = draw("Read chance=0.5% seed=3 return=1", first);
   CHECK(count > 0 && count < 20);
   stop();
}

static void afterCountsWhatIsWritten(void)
{
   startWith("Write after=100KiB return=1");
   for (int i = 1; i <= 10; i++) {
      CHECK(fails(writeAt(0, 50)) == (i > 4)); /* 25 KiB each */
   }
   setPlan("Write after=50KiB sectors=1000-1999 return=1");
   for (int i = 1; i <= 4; i++) {
      CHECK_OK(writeAt(0, 50)); /* elsewhere */
      CHECK_OK(readAt(1000, 50));
      CHECK(fails(writeAt(1000, 50)) == (i > 2));
   }
   setPlan("Write after=512 return=1");
   CHECK_EQUAL(VIX_ASYNC, VixDiskLib_WriteAsync(disk, 0, 1, buffer, NULL, NULL)); /* another function */
   CHECK_OK(writeAt(0, 1));
   CHECK_EQUAL(VIX_E_FAIL, writeAt(0, 1));
   setPlan("Flush after=1KiB return=1");
   CHECK_OK(writeAt(0, 1));
   CHECK_OK(VixDiskLib_Flush(disk));
   CHECK_EQUAL(VIX_ASYNC, VixDiskLib_WriteAsync(disk, 0, 1, buffer, NULL, NULL));
   CHECK_EQUAL(VIX_E_FAIL, VixDiskLib_Flush(disk));
   setPlan("Write nth=1 return=1\nRead after=1 return=1");
   CHECK_EQUAL(VIX_E_FAIL, writeAt(0, 1)); /* writes nothing */
   CHECK_OK(readAt(0, 1));
   CHECK_OK(writeAt(0, 1));
   CHECK_EQUAL(VIX_E_FAIL, readAt(0, 1));
   stop();
}

static void theCloseOfAWrittenDiskFails(void)
{
   startWith("Close disk=a.vmdk after=1 return=VIX_E_FILE_ERROR");
   CHECK_OK(VixDiskLib_Close(disk));
   disk = openDisk("a.vmdk", 0);
   CHECK_OK(writeAt(0, 1));
   CHECK_EQUAL(VIX_E_FILE_ERROR, VixDiskLib_Close(disk));
   CHECK_EQUAL(VIX_E_DISK_INVAL, VixDiskLib_Close(disk)); /* it is closed all the same */
   disk = openDisk("a.vmdk", 0);
   stop();
}

/* ------------------------------------------------------------------------------------------------------ actions */

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

static atomic_uint numCalls;
static VixError lastResult;

static void note(void *data, VixError result)
{
   (void)data;
   lastResult = result;
   atomic_fetch_add(&numCalls, 1);
}

static void checkCallback(VixError expected, unsigned count)
{
   CHECK_OK(VixDiskLib_Wait(disk));
   CHECK_EQUAL(count, atomic_load(&numCalls));
   if (count > 0) {
      CHECK_EQUAL(expected, lastResult);
   }
   atomic_store(&numCalls, 0);
}

static VixError writeAsync(void)
{
   return VixDiskLib_WriteAsync(disk, 0, 1, buffer, note, NULL);
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

/* ---------------------------------------------------------------------------------------------------- delays */

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

/* ----------------------------------------------------------------------------------------------------- hanging */

typedef struct Worker {
   pthread_t thread;
   VixError (*work)(void);
   VixError result;
   atomic_bool done;
} Worker;

static void *runWorker(void *data)
{
   Worker *worker = data;

   worker->result = worker->work();
   atomic_store(&worker->done, true);
   return NULL;
}

static void startWorker(Worker *worker, VixError (*work)(void))
{
   worker->work = work;
   atomic_store(&worker->done, false);
   CHECK(pthread_create(&worker->thread, NULL, runWorker, worker) == 0);
}

static VixError endWorker(Worker *worker)
{
   pthread_join(worker->thread, NULL);
   return worker->result;
}

static VixError flush(void)
{
   return VixDiskLib_Flush(disk);
}

static VixError query(void)
{
   VixDiskLibInfo *info;
   VixError error = VixDiskLib_GetInfo(disk, &info);

   VixDiskLib_FreeInfo(info);
   return error;
}

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
         while (atomic_load(&numCalls) == 0) { /* what does not hang overtakes */
            sched_yield();
         }
         CHECK_EQUAL(1, atomic_load(&numCalls));
         CHECK_EQUAL(2, VddkFake_LiveCount("asyncRequests"));
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

/* ------------------------------------------------------------------------------------------ lost connections */

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

/* ------------------------------------------------------------------------------------------- the whole plan */

static void allRulesHappenAndTheFirstResultCounts(void)
{
   startWith("Read nth=2 delay=1ms\n* every=2 return=5\nRead return=6 delay=2ms");
   CHECK_EQUAL(2 * MILLISECOND, timeOf(6, readAt(0, 1), now()));
   CHECK_EQUAL(3 * MILLISECOND, timeOf(5, readAt(0, 1), now()));
   stop();
}

static void theConfigurationNamesAPlan(void)
{
   startLibrary();
   createDisk("a.vmdk", VIXDISKLIB_DISK_MONOLITHIC_FLAT, CAPACITY);
   stopLibrary();
   writeText("faults.txt", "Read return=1\n");
   writeText("vddk.conf", "vddkFake.faults=\"faults.txt\"\n");
   CHECK_OK(tryStartLibrary(8, 0, pathOf("vddk.conf")));
   CHECK(wasLogged("faults.txt\" has 1 rules"));
   local = connectLocally();
   disk = openDisk("a.vmdk", 0);
   CHECK_EQUAL(VIX_E_FAIL, readAt(0, 1));
   CHECK_OK(VixDiskLib_Close(disk));
   stopLibrary();
   startLibrary(); /* without it */
   disk = openDisk("a.vmdk", 0);
   CHECK_OK(readAt(0, 1));
   setPlan("Read return=2");
   CHECK_OK(VixDiskLib_Close(disk));
   stopLibrary();
   writeText("faults.txt", "Read return=1\n\nRead retrun=1\n");
   CHECK_OK(tryStartLibrary(8, 0, pathOf("vddk.conf")));
   CHECK(wasLogged("faults.txt\" has no effect: line 3: \"retrun=1\" is no condition and no action"));
   VixDiskLib_Exit();
   writeFile("faults.txt", "Read \0 return=1\n", 16);
   CHECK_OK(tryStartLibrary(8, 0, pathOf("vddk.conf")));
   CHECK(wasLogged("has a NUL byte"));
   VixDiskLib_Exit();
   writeText("vddk.conf", "vddkFake.faults=nowhere.txt\n");
   CHECK_OK(tryStartLibrary(8, 0, pathOf("vddk.conf")));
   CHECK(wasLogged("nowhere.txt\" cannot be read (error 4)"));
   local = connectLocally();
   disk = openDisk("a.vmdk", 0);
   CHECK_EQUAL(VIX_E_OUT_OF_MEMORY, readAt(0, 1)); /* the plan that was set stays */
   stop();
}

static atomic_bool ended;

static void *useDisk(void *path)
{
   VixDiskLibHandle own;
   uint8 bytes[SECTOR];

   while (!atomic_load(&ended)) {
      VixError error = VixDiskLib_Open(local, path, VIXDISKLIB_FLAG_OPEN_READ_ONLY, &own);

      if (error == VIX_OK) {
         error = VixDiskLib_Read(own, 0, 1, bytes);
         CHECK(error == VIX_OK || error == 5 || error == 6 || error == 7);
         error = VixDiskLib_ReadAsync(own, 0, 1, bytes, NULL, NULL);
         CHECK(error == VIX_ASYNC || error == 5 || error == 6);
         CHECK_OK(VixDiskLib_Wait(own));
         CHECK_OK(VixDiskLib_Close(own));
      }
   }
   return NULL;
}

static void thePlanChangesWhileCallsAreRunning(void)
{
   static const char *const plans[] = {"Read disk=a* every=3 return=5\n* chance=0.5 seed=3 delay=1us",
                                       "ReadAsync disk=a.vmdk times=7 callback=6",
                                       "Read sectors=0-1 hang return=7",
                                       "",
                                       "Open chance=50% return=5\nRead* return=1",
                                       "Read after=1 return=6"};
   pthread_t users[4];
   char path[1000];

   startWith("");
   VddkFake_SetAsync(2, seed);
   snprintf(path, sizeof path, "%s", pathOf("a.vmdk"));
   CHECK_OK(VixDiskLib_Close(disk));
   atomic_store(&ended, false);
   for (size_t i = 0; i < 4; i++) {
      CHECK(pthread_create(&users[i], NULL, useDisk, path) == 0);
   }
   for (size_t i = 0; i < 300; i++) {
      (void)VddkFake_SetFaultPlan(plans[i % 6], NULL, 0);
      if (i % 6 == 2) {
         VddkFake_AwaitHangs(1);
         setPlan(NULL);
      }
      VddkFake_ReleaseHangs();
   }
   atomic_store(&ended, true);
   setPlan(NULL);
   VddkFake_ReleaseHangs();
   for (size_t i = 0; i < 4; i++) {
      pthread_join(users[i], NULL);
   }
   disk = openDisk("a.vmdk", 0);
   stop();
}

int main(void)
{
   seed = chooseSeed();
   RUN(aWrongPlanIsRefusedAndSaysWhere);
   RUN(thePlanIsReadAsItIsWritten);
   RUN(aRuleIsForItsFunction);
   RUN(nthIsOneCall);
   RUN(everyIsEachOfSoMany);
   RUN(timesIsAtMostSoOften);
   RUN(disksAreToldByTheirPaths);
   RUN(sectorsAreThoseOfTheRequest);
   RUN(chanceDependsOnTheSeedAlone);
   RUN(afterCountsWhatIsWritten);
   RUN(theCloseOfAWrittenDiskFails);
   RUN(returnDoesNothingElse);
   RUN(whatMustBeDoneIsDone);
   RUN(theCallbackGetsTheError);
   RUN(fullWritesNothing);
   RUN(nullGivesNothing);
   RUN(aDelayTakesItsTime);
   RUN(aDelayedRequestIsOnTheWay);
   RUN(aCallHangsUntilItIsReleased);
   RUN(aRequestHangsUntilItIsReleased);
   RUN(aCallThatMakesARequestHangsWhereThereAreNoThreads);
   RUN(closeWaitsForWhatHangs);
   RUN(aLostConnectionStaysLost);
   RUN(requestsInFlightAreLostToo);
   RUN(aHangingCallComesBackToALostConnection);
   RUN(closeAndDisconnectGoWellWithoutAConnection);
   RUN(allRulesHappenAndTheFirstResultCounts);
   RUN(theConfigurationNamesAPlan);
   RUN(thePlanChangesWhileCallsAreRunning);
   return finish();
}
