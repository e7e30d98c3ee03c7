/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Transports that take time.
 *
 * Most tests go by a clock of their own, which stands still while anything happens and jumps when somebody waits for a
 * time: what they measure is what the library has reckoned, to the nanosecond, however busy the machine is. The last
 * tests go by the real clock: there, requests never come too early, whatever happens, and in one of some tries they
 * come in time.
 */
#include "support.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>

#include "disk.h"
#include "virtual_clock.h"

#define CAPACITY 40000u
#define PIECE 128u /* sectors, which are a fragment */

const char *__wrap_disk_transport(const Disk *disk);

static const char *transport = "file";

const char *__wrap_disk_transport(const Disk *disk)
{
   (void)disk;
   return transport;
}

/* ------------------------------------------------------------------------------------------------- helpers */

static uint64 seed;
static VixDiskLibHandle disk;
static uint8 buffer[CAPACITY * SECTOR];

/* The library with a disk, after whose making a transport gets its time. One thread, so that all has its order. */
static void startWithConfig(const char *config)
{
   writeText("vddk.conf", config);
   CHECK_OK(tryStartLibrary(8, 0, pathOf("vddk.conf")));
   local = connectLocally();
   createDisk("a.vmdk", VIXDISKLIB_DISK_MONOLITHIC_FLAT, CAPACITY);
   disk = openDisk("a.vmdk", 0);
   VddkFake_SetAsync(1, seed);
}

static void startWith(const char *name, uint64 latencyMicros, uint64 bytesPerSecond, uint32 atOnce)
{
   transport = name;
   startWithConfig("");
   CHECK(VddkFake_SetTiming(name, latencyMicros, bytesPerSecond, atOnce));
}

static void stop(void)
{
   CHECK(VddkFake_SetTiming(transport, 0, 0, 0));
   CHECK_OK(VixDiskLib_Close(disk));
   CHECK_OK(VixDiskLib_Unlink(local, pathOf("a.vmdk")));
   stopLibrary();
   VddkFake_SetAsync(0, 0);
   transport = "file";
}

static uint64 timeToRead(VixDiskLibHandle handle, uint64 count)
{
   uint64 start = now();

   CHECK_OK(VixDiskLib_Read(handle, 0, count, buffer));
   return now() - start;
}

static uint64 timeToWrite(VixDiskLibHandle handle, uint64 count)
{
   uint64 start = now();

   CHECK_OK(VixDiskLib_Write(handle, 0, count, buffer));
   return now() - start;
}

static void checkWithin5Percent(uint64 expected, uint64 actual)
{
   if (actual < expected - expected / 20 || actual > expected + expected / 20) {
      CHECK_EQUAL(expected, actual);
   }
}

/* Requests of a disk, of which as many are always on the way as the depth says, until all are made. */
typedef struct Crowd {
   VixDiskLibHandle disk;
   atomic_int left;
} Crowd;

/* A request that is made again when it has come. */
typedef struct Chain {
   Crowd *crowd;
   unsigned number;
   unsigned place; /* of its last end among all ends */
} Chain;

#define MAX_DEPTH 64u

static Chain chains[2 * MAX_DEPTH];
static atomic_uint numEnds;

static void goOn(void *data, VixError result);

static void make(Chain *chain)
{
   CHECK_EQUAL(VIX_ASYNC, VixDiskLib_ReadAsync(chain->crowd->disk, chain->number * PIECE, PIECE,
                                               buffer + (size_t)chain->number * PIECE * SECTOR, goOn, chain));
}

static void goOn(void *data, VixError result)
{
   Chain *chain = data;

   CHECK_OK(result);
   chain->place = atomic_fetch_add(&numEnds, 1);
   if (atomic_fetch_sub(&chain->crowd->left, 1) > 0) {
      make(chain);
   }
}

static void begin(Crowd *crowd, VixDiskLibHandle handle, unsigned first, unsigned depth, unsigned rounds)
{
   crowd->disk = handle;
   atomic_store(&crowd->left, (int)(depth * (rounds - 1)));
   for (unsigned i = first; i < first + depth; i++) {
      chains[i] = (Chain){crowd, i, 0};
      make(&chains[i]);
   }
}

/* How long so many rounds of requests take. */
static uint64 timeChains(unsigned depth, unsigned rounds)
{
   uint64 start = now();
   Crowd crowd;

   atomic_store(&numEnds, 0);
   stopTime();
   begin(&crowd, disk, 0, depth, rounds);
   letTimePass();
   CHECK_OK(VixDiskLib_Wait(disk));
   CHECK_EQUAL(depth * rounds, atomic_load(&numEnds));
   return now() - start;
}

static uint64 nanosOf(uint64 bytes, uint64 bytesPerSecond)
{
   return bytesPerSecond > 0 ? bytes * SECOND / bytesPerSecond : 0;
}

/* The arithmetic: all pass the wire one by one, or each of those at once takes its latency and passes the wire. */
static uint64 reckon(unsigned depth, unsigned rounds, uint64 latency, uint64 onWire, unsigned atOnce)
{
   uint64 wide = atOnce > 0 && atOnce < depth ? atOnce : depth;
   uint64 byLatency = (latency + onWire) * depth * rounds / wide + (wide - 1) * onWire;
   uint64 byWire = latency + onWire * depth * rounds;

   return byLatency > byWire ? byLatency : byWire;
}

/* ------------------------------------------------------------------------------------------------- requests */

static void aRequestTakesTheLatencyAndTheTimeOfItsBytes(void)
{
   startWith("file", 2500, 100000000, 0);
   CHECK_EQUAL(2500000 + nanosOf(2048 * SECTOR, 100000000), timeToRead(disk, 2048));
   CHECK_EQUAL(2500000 + nanosOf(SECTOR, 100000000), timeToWrite(disk, 1));
   CHECK_EQUAL(2500000, timeToRead(disk, 0));
   CHECK(VddkFake_SetTiming("file", 300, 0, 0));
   CHECK_EQUAL(300000, timeToRead(disk, 2048));
   CHECK(VddkFake_SetTiming("file", 0, 1000, 0));
   CHECK_EQUAL(512 * MILLISECOND, timeToWrite(disk, 1));
   CHECK(VddkFake_SetTiming("nbd", 1000, 1000, 1));
   CHECK(VddkFake_SetTiming("file", 0, 0, 1));
   CHECK_EQUAL(0, timeToRead(disk, 2048));
   CHECK(VddkFake_SetTiming("nbd", 0, 0, 0));
   stop();
}

static void aRequestThatIsRefusedTakesNoTime(void)
{
   uint64 start;

   startWith("file", 2500, 100, 0);
   start = now();
   CHECK_EQUAL(VIX_E_DISK_OUTOFRANGE, VixDiskLib_Read(disk, CAPACITY, 1, buffer));
   CHECK_EQUAL(VIX_E_DISK_OUTOFRANGE, VixDiskLib_Write(disk, 0, UINT64_MAX, buffer));
   CHECK_EQUAL(VIX_E_DISK_OUTOFRANGE, VixDiskLib_ReadAsync(disk, CAPACITY, 1, buffer, NULL, NULL));
   CHECK_EQUAL(0, now() - start);
   stop();
}

/* 1 MiB and a sector: four rounds of four fragments, and one more. */
static void aSynchronousRequestPaysALatencyForEachRoundOfFragments(void)
{
   uint64 piece = nanosOf(65536, 100000000);
   uint64 sector = nanosOf(SECTOR, 100000000);

   startWith("nbdssl", 5000, 0, 0);
   CHECK_EQUAL(25 * MILLISECOND, timeToRead(disk, 2049));
   CHECK_EQUAL(20 * MILLISECOND, timeToRead(disk, 2048));
   CHECK_EQUAL(5 * MILLISECOND, timeToRead(disk, 512));
   CHECK_EQUAL(10 * MILLISECOND, timeToRead(disk, 513));
   CHECK(VddkFake_SetTiming("nbdssl", 5000, 100000000, 0));
   CHECK_EQUAL(4 * (5 * MILLISECOND + piece) + 3 * piece, timeToWrite(disk, 2048));
   CHECK(VddkFake_SetTiming("nbdssl", 1000, 100000000, 0));
   CHECK_EQUAL(MILLISECOND + 16 * piece + sector, timeToRead(disk, 2049));
   CHECK(VddkFake_SetTiming("nbdssl", 5000, 0, 2));
   CHECK_EQUAL(40 * MILLISECOND, timeToRead(disk, 2048));
   stop();
}

static void theBuffersAreThoseOfTheConfiguration(void)
{
   transport = "nbd";
   startWithConfig("vixDiskLib.nfcAio.Session.BufSizeIn64KB=2\nvixDiskLib.nfcAio.Session.BufCount=3\n"
                   "vddkFake.time.nbd.latencyMicros=1000\n");
   CHECK_EQUAL(3 * MILLISECOND, timeToRead(disk, 2048));
   CHECK_EQUAL(2 * MILLISECOND, timeToRead(disk, 769));
   CHECK_EQUAL(MILLISECOND, timeToRead(disk, 768));
   stop();
}

/* ------------------------------------------------------------------------------------------------------ depth */

static void checkDepths(uint64 latencyMicros, uint64 bytesPerSecond, uint32 atOnce)
{
   uint64 onWire = nanosOf(PIECE * SECTOR, bytesPerSecond);

   startWith("file", latencyMicros, bytesPerSecond, atOnce);
   for (unsigned depth = 1; depth <= MAX_DEPTH; depth++) {
      checkWithin5Percent(reckon(depth, 10, latencyMicros * 1000, onWire, atOnce), timeChains(depth, 10));
   }
   stop();
}

static void requestsComeAsFastAsTheirDepthAllows(void)
{
   checkDepths(5000, 0, 0);
   checkDepths(5000, 100000000, 0);
   checkDepths(200, 1000000000, 0);
   checkDepths(0, 100000000, 0);
}

static void theHostServesSoManyAtOnce(void)
{
   static const unsigned limits[] = {1, 2, 8, 64};

   for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
      startWith("file", 5000, 0, limits[i]);
      for (unsigned depth = 1; depth <= MAX_DEPTH; depth *= 2) {
         CHECK_EQUAL(reckon(depth, 8, 5 * MILLISECOND, 0, limits[i]), timeChains(depth, 8));
      }
      stop();
   }
}

static void aDiskHasAsManyFragmentsOnTheWayAsBuffers(void)
{
   startWith("nbd", 5000, 0, 0);
   for (unsigned depth = 1; depth <= MAX_DEPTH; depth *= 2) {
      CHECK_EQUAL(reckon(depth, 8, 5 * MILLISECOND, 0, 4), timeChains(depth, 8));
   }
   stop();
}

/* How long chains on two disks take. */
static uint64 timePair(VixDiskLibHandle other, unsigned depth, unsigned rounds)
{
   uint64 start = now();
   Crowd one;
   Crowd another;

   atomic_store(&numEnds, 0);
   stopTime();
   begin(&one, disk, 0, depth, rounds);
   begin(&another, other, depth, depth, rounds);
   letTimePass();
   CHECK_OK(VixDiskLib_Wait(disk));
   CHECK_OK(VixDiskLib_Wait(other));
   return now() - start;
}

static void disksOfAConnectionShareItsHostAndItsWire(void)
{
   uint64 onWire = nanosOf(PIECE * SECTOR, 100000000);
   VixDiskLibConnection connection;
   VixDiskLibHandle others[2];

   startWith("nbd", 5000, 0, 0);
   connection = connectLocally();
   createDisk("b.vmdk", VIXDISKLIB_DISK_MONOLITHIC_FLAT, CAPACITY);
   others[0] = openDisk("b.vmdk", 0);
   CHECK_OK(VixDiskLib_Open(connection, pathOf("b.vmdk"), VIXDISKLIB_FLAG_OPEN_READ_ONLY, &others[1]));
   for (int apart = 0; apart < 2; apart++) {
      CHECK(VddkFake_SetTiming("nbd", 5000, 0, 0)); /* each disk has its buffers */
      CHECK_EQUAL(8 * 4 * 5 * MILLISECOND / 4, timePair(others[apart], 4, 8));
      CHECK(VddkFake_SetTiming("nbd", 5000, 0, 4)); /* and each connection its host */
      CHECK_EQUAL((apart ? 8u : 16u) * 5 * MILLISECOND, timePair(others[apart], 4, 8));
      CHECK(VddkFake_SetTiming("nbd", 0, 100000000, 0)); /* and its wire */
      CHECK_EQUAL((apart ? 32u : 64u) * onWire, timePair(others[apart], 4, 8));
   }
   CHECK_OK(VixDiskLib_Close(others[0]));
   CHECK_OK(VixDiskLib_Close(others[1]));
   CHECK_OK(VixDiskLib_Disconnect(connection));
   stop();
}

/* ------------------------------------------------------------------------------------------------ asynchronously */

static void orderOf(uint64 orderSeed, unsigned *places)
{
   VddkFake_SetAsync(1, orderSeed);
   (void)timeChains(MAX_DEPTH, 1);
   for (unsigned i = 0; i < MAX_DEPTH; i++) {
      places[i] = chains[i].place;
   }
}

static void checkOrder(void)
{
   unsigned first[MAX_DEPTH];
   unsigned second[MAX_DEPTH];
   unsigned third[MAX_DEPTH];
   bool inOrder = true;

   orderOf(seed, first);
   orderOf(seed, second);
   orderOf(seed + 1, third);
   for (unsigned i = 0; i < MAX_DEPTH; i++) {
      inOrder = inOrder && first[i] == i;
   }
   CHECK(!inOrder);
   CHECK(memcmp(first, second, sizeof first) == 0);
   CHECK(memcmp(first, third, sizeof first) != 0);
}

static void requestsComeInAnOrderThatTheSeedDetermines(void)
{
   startWith("file", 5000, 0, 0); /* all at once */
   checkOrder();
   CHECK(VddkFake_SetTiming("file", 0, 100000000, 0)); /* one by one */
   checkOrder();
   CHECK(VddkFake_SetTiming("file", 5000, 0, 1));
   checkOrder();
   stop();
}

static atomic_uint numNoted;
static uint64 notedTime;

static void note(void *data, VixError result)
{
   CHECK_OK(result);
   *(uint64 *)data = now();
   atomic_fetch_add(&numNoted, 1);
}

static void aRequestIsInFlightUntilItsTimeHasCome(void)
{
   uint64 start = now();

   startWith("file", 7000, 0, 0);
   VddkFake_SetAsync(0, 0); /* there are threads all the same */
   fillPattern(buffer, 0, 10, 1);
   stopTime();
   atomic_store(&numNoted, 0);
   start = now();
   CHECK_EQUAL(VIX_ASYNC, VixDiskLib_WriteAsync(disk, 0, 10, buffer, note, &notedTime));
   CHECK_EQUAL(0, atomic_load(&numNoted));
   CHECK_EQUAL(1, VddkFake_LiveCount("asyncRequests"));
   CHECK_EQUAL(VIX_E_ASYNC_MIXEDMODE_UNSUPPORTED, VixDiskLib_Read(disk, 0, 1, buffer + 100 * SECTOR));
   letTimePass();
   CHECK_OK(VixDiskLib_Wait(disk));
   CHECK_EQUAL(7 * MILLISECOND, notedTime - start);
   stopTime();
   CHECK_EQUAL(VIX_ASYNC, VixDiskLib_ReadAsync(disk, 0, 10, buffer, note, &notedTime));
   CHECK(buffer[0] == 0xdb && buffer[10 * SECTOR - 1] == 0xdb); /* for whoever looks too early */
   letTimePass();
   CHECK_OK(VixDiskLib_Wait(disk));
   checkPattern(buffer, 0, 10, 1);
   CHECK_EQUAL(2, atomic_load(&numNoted));
   stop();
}

static void aHeldRequestStaysAfterItsTime(void)
{
   startWith("file", 7000, 0, 0);
   VddkFake_HoldAsync(TRUE);
   CHECK_EQUAL(VIX_ASYNC, VixDiskLib_ReadAsync(disk, 0, 1, buffer, NULL, NULL));
   VddkFake_AwaitHeldAsync(1);
   CHECK_EQUAL(1, VddkFake_LiveCount("asyncRequests"));
   VddkFake_HoldAsync(FALSE);
   CHECK_OK(VixDiskLib_Wait(disk));
   stop();
}

static void closeAndExitWaitForWhatIsOnTheWay(void)
{
   uint64 start;

   for (int way = 0; way < 2; way++) {
      startWith("nbd", 7000, 0, 0);
      start = now();
      atomic_store(&numNoted, 0);
      CHECK_EQUAL(VIX_ASYNC, VixDiskLib_ReadAsync(disk, 0, 2048, buffer, note, &notedTime));
      if (way == 0) {
         CHECK_OK(VixDiskLib_Close(disk));
      } else {
         VixDiskLib_Exit();
         startLibrary();
      }
      CHECK_EQUAL(1, atomic_load(&numNoted));
      CHECK_EQUAL(28 * MILLISECOND, notedTime - start);
      disk = openDisk("a.vmdk", 0);
      stop();
   }
}

static void aNewTimingIsForNewRequests(void)
{
   uint64 first;
   uint64 second;
   uint64 start;

   startWith("file", 1000000, 0, 0);
   stopTime();
   start = now();
   CHECK_EQUAL(VIX_ASYNC, VixDiskLib_ReadAsync(disk, 0, 1, buffer, note, &first));
   CHECK(VddkFake_SetTiming("file", 20000, 0, 0));
   CHECK_EQUAL(VIX_ASYNC, VixDiskLib_ReadAsync(disk, 1, 1, buffer + SECTOR, note, &second));
   letTimePass();
   CHECK_OK(VixDiskLib_Wait(disk));
   CHECK_EQUAL(SECOND, first - start);
   CHECK_EQUAL(20 * MILLISECOND, second - start);
   stop();
}

static sem_t isBlocked;
static sem_t isFree;

static void block(void *data, VixError result)
{
   (void)data;
   CHECK_OK(result);
   sem_post(&isBlocked);
   sem_wait(&isFree);
}

static void unblock(void *data, VixError result)
{
   (void)data;
   CHECK_OK(result);
   sem_post(&isFree);
}

/* One callback waits for another one, whose request is made before or during the first. */
static void aCallbackThatTakesLongHoldsUpNoOthers(void)
{
   CHECK(sem_init(&isBlocked, 0, 0) == 0 && sem_init(&isFree, 0, 0) == 0);
   startWith("file", 2000, 0, 0);
   for (unsigned round = 0; round < 40; round++) {
      bool isDuring = round % 2 == 1;

      goByRealClock(round % 4 < 2);
      VddkFake_SetAsync(2 + round % 3, seed);
      CHECK_EQUAL(VIX_ASYNC, VixDiskLib_ReadAsync(disk, 0, 1, buffer, block, NULL));
      if (isDuring) {
         sem_wait(&isBlocked);
      }
      CHECK_EQUAL(VIX_ASYNC, VixDiskLib_ReadAsync(disk, 1, 1, buffer + SECTOR, unblock, NULL));
      if (!isDuring) {
         sem_wait(&isBlocked);
      }
      CHECK_OK(VixDiskLib_Wait(disk));
   }
   goByRealClock(false);
   stop();
   sem_destroy(&isBlocked);
   sem_destroy(&isFree);
}

/* A thread that is told to rest leaves what it was about to do to those that are still at work. */
static void theNumberOfThreadsChangesWhileRequestsAreOnTheWay(void)
{
   goByRealClock(true);
   startWith("file", 300, 0, 0);
   for (unsigned round = 0; round < 2000; round++) {
      for (unsigned i = 0; i < 4; i++) {
         uint64 sector = (uint64)i * PIECE * 8;

         CHECK_EQUAL(VIX_ASYNC, VixDiskLib_ReadAsync(disk, sector, PIECE * 8, buffer + sector * SECTOR, NULL, NULL));
      }
      for (unsigned i = 0; VddkFake_LiveCount("asyncRequests") > round % 4; i++) {
         VddkFake_SetAsync((round + i) % 4, seed);
      }
      CHECK_OK(VixDiskLib_Wait(disk));
   }
   stop();
   goByRealClock(false);
}

/* ---------------------------------------------------------------------------------------------- configuration */

static void theConfigurationSetsTheTimeOfEachTransport(void)
{
   static const char *const names[] = {"file", "nbd", "nbdssl", "san", "hotadd"};

   for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
      uint64 start;
      char text[256];

      snprintf(text, sizeof text,
               "vddkFake.time.%s.latencyMicros=3000\nvddkFake.time.%s.bytesPerSecond=64000\n"
               "vddkFake.time.%s.requestsAtOnce=1\n",
               names[i], names[i], names[i]);
      transport = names[i];
      startWithConfig(text);
      CHECK(!wasLogged("not known"));
      CHECK_EQUAL(3 * MILLISECOND + 8 * MILLISECOND, timeToRead(disk, 1));
      stopTime();
      start = now();
      CHECK_EQUAL(VIX_ASYNC, VixDiskLib_ReadAsync(disk, 0, 1, buffer, NULL, NULL));
      CHECK_EQUAL(VIX_ASYNC, VixDiskLib_ReadAsync(disk, 1, 1, buffer + SECTOR, NULL, NULL));
      letTimePass();
      CHECK_OK(VixDiskLib_Wait(disk));
      CHECK_EQUAL(2 * 11 * MILLISECOND, now() - start); /* not at once, which would save a latency */
      transport = names[(i + 1) % 5];
      CHECK_EQUAL(0, timeToRead(disk, 1));
      CHECK_OK(VixDiskLib_Close(disk));
      stopLibrary();
      transport = names[i];
      startLibrary(); /* without that configuration */
      disk = openDisk("a.vmdk", 0);
      CHECK_EQUAL(0, timeToRead(disk, 1));
      stop();
   }
}

static void aTimingThatWasSetStaysAcrossExit(void)
{
   startWith("file", 3000, 0, 0);
   CHECK_OK(VixDiskLib_Close(disk));
   stopLibrary();
   startLibrary();
   disk = openDisk("a.vmdk", 0);
   CHECK_EQUAL(3 * MILLISECOND, timeToRead(disk, 1));
   CHECK(!VddkFake_SetTiming("scsi", 1, 1, 1));
   CHECK(!VddkFake_SetTiming("", 1, 1, 1));
   CHECK(!VddkFake_SetTiming(NULL, 1, 1, 1));
   CHECK_EQUAL(3 * MILLISECOND, timeToRead(disk, 1));
   CHECK(VddkFake_SetTiming("file", UINT64_MAX, 0, 0)); /* which is an hour */
   CHECK_EQUAL(3600 * SECOND, timeToRead(disk, 1));
   stop();
}

static pthread_t callbackThread;

static void noteThread(void *data, VixError result)
{
   (void)data;
   CHECK_OK(result);
   callbackThread = pthread_self();
}

static void theConfigurationSetsTheThreads(void)
{
   startWithConfig("");
   CHECK_OK(VixDiskLib_Close(disk));
   stopLibrary();
   VddkFake_SetAsync(0, 0);
   for (unsigned threads = 0; threads < 3; threads += 2) {
      char text[100];

      snprintf(text, sizeof text, "vddkFake.async.threads=%u\nvddkFake.async.seed=5\n", threads);
      writeText("vddk.conf", text);
      CHECK_OK(tryStartLibrary(8, 0, pathOf("vddk.conf")));
      local = connectLocally();
      disk = openDisk("a.vmdk", 0);
      CHECK_EQUAL(VIX_ASYNC, VixDiskLib_ReadAsync(disk, 0, 1, buffer, noteThread, NULL));
      CHECK_OK(VixDiskLib_Wait(disk));
      CHECK((threads == 0) == (pthread_equal(callbackThread, pthread_self()) != 0));
      CHECK_OK(VixDiskLib_Close(disk));
      stopLibrary();
   }
   VddkFake_SetAsync(0, 0);
}

/* -------------------------------------------------------------------------------------------- the real clock */

#define TRIES 10

/*
 * With a busy machine, requests may be made late and noticed late, but never early. A quiet moment for one of the tries
 * is enough to be in time; without any, only what no load explains is a failure.
 */
static void checkRealDepth(unsigned depth, uint64 latency, uint64 bytesPerSecond)
{
   unsigned rounds = 40 / depth + 4;
   uint64 onWire = nanosOf(PIECE * SECTOR, bytesPerSecond);
   uint64 expected = reckon(depth, rounds, latency, onWire, 0);
   uint64 least = (latency + onWire) * rounds;
   uint64 best = UINT64_MAX;

   least = least > onWire * depth * rounds ? least : onWire * depth * rounds;
   for (int i = 0; i < TRIES && best > expected + expected / 20; i++) {
      uint64 time = timeChains(depth, rounds);

      CHECK(time >= least);
      best = time < best ? time : best;
   }
   printf("depth %2u: %6.1f ms, reckoned %6.1f ms, %+.1f %%\n", depth, (double)best / 1e6, (double)expected / 1e6,
          ((double)best - (double)expected) * 100 / (double)expected);
   CHECK(best < expected * 3);
}

static void requestsComeInTimeByTheRealClock(void)
{
   goByRealClock(true);
   startWith("file", 4000, 100000000, 0);
   for (unsigned limited = 0; limited < 2; limited++) {
      uint64 bytesPerSecond = limited ? 100000000 : 0;

      CHECK(VddkFake_SetTiming("file", 4000, bytesPerSecond, 0));
      for (uint32 threads = 1; threads < 5; threads += 3) {
         VddkFake_SetAsync(threads, seed);
         for (unsigned depth = 1; depth <= MAX_DEPTH; depth *= 2) {
            checkRealDepth(depth, 4 * MILLISECOND, bytesPerSecond);
         }
      }
   }
   stop();
   goByRealClock(false);
}

#define READERS 8u

static void *readOften(void *unused)
{
   VixDiskLibHandle own;
   uint8 *bytes = malloc(2048 * SECTOR);

   (void)unused;
   CHECK_OK(VixDiskLib_Open(local, pathOf("a.vmdk"), VIXDISKLIB_FLAG_OPEN_READ_ONLY, &own));
   for (int i = 0; i < 10; i++) {
      CHECK_OK(VixDiskLib_Read(own, 0, 512, bytes));
   }
   CHECK_OK(VixDiskLib_Close(own));
   free(bytes);
   return NULL;
}

/* Those who wait by themselves, together: 80 times 256 KiB on a wire, and other requests at the same time. */
static void threadsShareTheWireByTheRealClock(void)
{
   uint64 onWire = 80 * 4 * nanosOf(65536, 400000000);
   pthread_t readers[READERS];
   uint64 start;

   goByRealClock(true);
   startWith("nbd", 300, 400000000, 0);
   start = now();
   for (unsigned i = 0; i < READERS; i++) {
      CHECK(pthread_create(&readers[i], NULL, readOften, NULL) == 0);
   }
   for (unsigned i = 0; i < 50; i++) {
      CHECK_EQUAL(VIX_ASYNC, VixDiskLib_ReadAsync(disk, i, 1, buffer + i * SECTOR, NULL, NULL));
   }
   CHECK_OK(VixDiskLib_Wait(disk));
   for (unsigned i = 0; i < READERS; i++) {
      pthread_join(readers[i], NULL);
   }
   CHECK(now() - start >= onWire);
   stop();
   goByRealClock(false);
}

int main(void)
{
   seed = chooseSeed();
   RUN(aRequestTakesTheLatencyAndTheTimeOfItsBytes);
   RUN(aRequestThatIsRefusedTakesNoTime);
   RUN(aSynchronousRequestPaysALatencyForEachRoundOfFragments);
   RUN(theBuffersAreThoseOfTheConfiguration);
   RUN(requestsComeAsFastAsTheirDepthAllows);
   RUN(theHostServesSoManyAtOnce);
   RUN(aDiskHasAsManyFragmentsOnTheWayAsBuffers);
   RUN(disksOfAConnectionShareItsHostAndItsWire);
   RUN(requestsComeInAnOrderThatTheSeedDetermines);
   RUN(aRequestIsInFlightUntilItsTimeHasCome);
   RUN(aHeldRequestStaysAfterItsTime);
   RUN(closeAndExitWaitForWhatIsOnTheWay);
   RUN(aNewTimingIsForNewRequests);
   RUN(aCallbackThatTakesLongHoldsUpNoOthers);
   RUN(theNumberOfThreadsChangesWhileRequestsAreOnTheWay);
   RUN(theConfigurationSetsTheTimeOfEachTransport);
   RUN(aTimingThatWasSetStaysAcrossExit);
   RUN(theConfigurationSetsTheThreads);
   RUN(requestsComeInTimeByTheRealClock);
   RUN(threadsShareTheWireByTheRealClock);
   return finish();
}
