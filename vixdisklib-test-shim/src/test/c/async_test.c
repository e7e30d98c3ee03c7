/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Asynchronous requests: carried out by the call that makes them, and by the library's threads in a random order.
 */
#include "support.h"

#include <dirent.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

#define CAPACITY 40000u
#define MANY 10000u

/* What a callback has seen. */
typedef struct Call {
   atomic_uint times;
   unsigned place; /* among all callbacks since start */
   VixError result;
   pthread_t thread;
} Call;

static VixDiskLibHandle disk;
static uint64 seed;
static Call calls[MANY];
static atomic_uint numCalls;
static uint8 buffer[MANY * SECTOR];

static void note(void *data, VixError result)
{
   Call *call = data;

   call->place = atomic_fetch_add(&numCalls, 1);
   call->result = result;
   call->thread = pthread_self();
   sched_yield();
   atomic_fetch_add(&call->times, 1);
}

/* The library with a new disk, and no call seen yet. */
static void startWith(uint32 threads)
{
   memset(calls, 0, sizeof calls);
   atomic_store(&numCalls, 0);
   startLibrary();
   VddkFake_SetAsync(threads, seed);
   createDisk("a.vmdk", VIXDISKLIB_DISK_MONOLITHIC_SPARSE, CAPACITY);
   disk = openDisk("a.vmdk", 0);
}

/* Ends it; the disk is already closed. */
static void stop(void)
{
   CHECK_EQUAL(0, VddkFake_LiveCount("asyncRequests"));
   stopLibrary();
   VddkFake_SetAsync(0, 0);
}

static void closeAndStop(void)
{
   CHECK_OK(VixDiskLib_Close(disk));
   CHECK_OK(VixDiskLib_Unlink(local, pathOf("a.vmdk")));
   stop();
}

static VixError readOne(uint64 sector, Call *call)
{
   return VixDiskLib_ReadAsync(disk, sector, 1, buffer + sector * SECTOR, note, call);
}

/* Starts the reading of the first sectors, one by one. */
static void readFirst(unsigned count)
{
   for (unsigned i = 0; i < count; i++) {
      CHECK_EQUAL(VIX_ASYNC, readOne(i, &calls[i]));
   }
}

/* Checks that the first requests were called back once, with this result. */
static void checkCalls(unsigned count, VixError result)
{
   CHECK_EQUAL(count, atomic_load(&numCalls));
   for (unsigned i = 0; i < count; i++) {
      CHECK_EQUAL(1, atomic_load(&calls[i].times));
      CHECK_EQUAL(result, calls[i].result);
   }
}

/* ------------------------------------------------------------------------------------------------- requests */

static void aRequestIsDoneBeforeTheCallReturns(void)
{
   startWith(0);
   fillPattern(buffer, 100, 300, 1);
   CHECK_EQUAL(VIX_ASYNC, VixDiskLib_WriteAsync(disk, 100, 300, buffer, note, &calls[0]));
   CHECK_EQUAL(1, atomic_load(&calls[0].times));
   memset(buffer, 0, 300 * SECTOR);
   CHECK_EQUAL(VIX_ASYNC, VixDiskLib_ReadAsync(disk, 100, 300, buffer, note, &calls[1]));
   checkPattern(buffer, 100, 300, 1);
   checkCalls(2, VIX_OK);
   CHECK(calls[0].place == 0 && calls[1].place == 1);
   CHECK(pthread_equal(calls[0].thread, pthread_self()) && pthread_equal(calls[1].thread, pthread_self()));
   memset(buffer, 0, SECTOR);
   CHECK_EQUAL(VIX_ASYNC, VixDiskLib_ReadAsync(disk, 100, 1, buffer, NULL, NULL));
   checkPattern(buffer, 100, 1, 1);
   CHECK_EQUAL(VIX_ASYNC, VixDiskLib_ReadAsync(disk, CAPACITY, 0, buffer, note, &calls[2]));
   checkCalls(3, VIX_OK);
   CHECK_OK(VixDiskLib_Wait(disk));
   CHECK_OK(VixDiskLib_Flush(disk));
   closeAndStop();
}

static void aHeldRequestIsInFlight(void)
{
   startWith(1);
   fillPattern(buffer, 5, 1, 1);
   CHECK_OK(VixDiskLib_Write(disk, 5, 1, buffer));
   VddkFake_HoldAsync(TRUE);
   memset(buffer, 0, SECTOR);
   CHECK_EQUAL(VIX_ASYNC, VixDiskLib_ReadAsync(disk, 5, 1, buffer, note, &calls[0]));
   CHECK_EQUAL(VIX_ASYNC, VixDiskLib_ReadAsync(disk, 6, 1, buffer + SECTOR, NULL, NULL));
   VddkFake_AwaitHeldAsync(2);
   CHECK_EQUAL(2, VddkFake_LiveCount("asyncRequests"));
   CHECK_EQUAL(0, atomic_load(&numCalls));
   CHECK_EQUAL(0xdb, buffer[0]); /* neither what was there nor what was read */
   CHECK_EQUAL(0xdb, buffer[2 * SECTOR - 1]);
   VddkFake_SetAsync(0, 0); /* what is queued is done all the same */
   VddkFake_HoldAsync(FALSE);
   CHECK_OK(VixDiskLib_Wait(disk));
   checkCalls(1, VIX_OK);
   checkPattern(buffer, 5, 1, 1);
   CHECK(isZero(buffer + SECTOR, SECTOR));
   CHECK(!pthread_equal(calls[0].thread, pthread_self()));
   closeAndStop();
}

/* The order in which 50 requests are done, by one thread. */
static void findOrder(uint64 orderSeed, unsigned order[50])
{
   startWith(1);
   VddkFake_SetAsync(1, orderSeed);
   VddkFake_HoldAsync(TRUE);
   readFirst(50);
   VddkFake_HoldAsync(FALSE);
   CHECK_OK(VixDiskLib_Wait(disk));
   checkCalls(50, VIX_OK);
   for (unsigned i = 0; i < 50; i++) {
      order[i] = calls[i].place;
   }
   closeAndStop();
}

static void theOrderDependsOnTheSeedAlone(void)
{
   unsigned orders[4][50];

   for (unsigned i = 0; i < 50; i++) {
      orders[0][i] = i;
   }
   findOrder(seed, orders[1]);
   findOrder(seed, orders[2]);
   findOrder(seed + 1, orders[3]);
   CHECK(memcmp(orders[1], orders[2], sizeof orders[1]) == 0);
   CHECK(memcmp(orders[1], orders[0], sizeof orders[1]) != 0);
   CHECK(memcmp(orders[1], orders[3], sizeof orders[1]) != 0);
}

/* ---------------------------------------------------------------------------------------------------- errors */

static void checkRefusals(uint32 threads)
{
   VixDiskLibHandle stale;
   VixDiskLibHandle readOnly;

   startWith(threads);
   stale = openDisk("a.vmdk", VIXDISKLIB_FLAG_OPEN_READ_ONLY);
   CHECK_OK(VixDiskLib_Close(stale));
   readOnly = openDisk("a.vmdk", VIXDISKLIB_FLAG_OPEN_READ_ONLY);
   CHECK_EQUAL(VIX_E_INVALID_ARG, VixDiskLib_ReadAsync(disk, 0, 1, NULL, note, &calls[0]));
   CHECK_EQUAL(VIX_E_INVALID_ARG, VixDiskLib_WriteAsync(disk, 0, 1, NULL, note, &calls[0]));
   CHECK_EQUAL(VIX_E_DISK_OUTOFRANGE, VixDiskLib_ReadAsync(disk, CAPACITY, 1, buffer, note, &calls[0]));
   CHECK_EQUAL(VIX_E_DISK_OUTOFRANGE, VixDiskLib_WriteAsync(disk, 1, UINT64_MAX, buffer, note, &calls[0]));
   CHECK_EQUAL(VIX_E_FILE_READ_ONLY, VixDiskLib_WriteAsync(readOnly, 0, 1, buffer, note, &calls[0]));
   CHECK_EQUAL(VIX_E_DISK_INVAL, VixDiskLib_ReadAsync(stale, 0, 1, buffer, note, &calls[0]));
   CHECK_EQUAL(VIX_E_INVALID_ARG, VixDiskLib_WriteAsync(NULL, 0, 1, buffer, note, &calls[0]));
   VddkFake_FailNext("VixDiskLib_ReadAsync", VIX_E_HOST_TCP_CONN_LOST);
   VddkFake_FailNextAsync("VixDiskLib_ReadAsync", VIX_E_FAIL); /* waits for one that is accepted */
   CHECK_EQUAL(VIX_E_HOST_TCP_CONN_LOST, readOne(0, &calls[0]));
   VddkFake_FailNextAsync("VixDiskLib_ReadAsync", VIX_OK);
   CHECK_EQUAL(0, VddkFake_LiveCount("asyncRequests"));
   CHECK_OK(VixDiskLib_Close(readOnly));
   closeAndStop();
   CHECK_EQUAL(VIX_E_DISK_NOINIT, readOne(0, &calls[0]));
   CHECK_EQUAL(VIX_E_DISK_NOINIT, VixDiskLib_Wait(disk));
   CHECK_EQUAL(0, atomic_load(&numCalls));
}

static void whatIsRefusedIsNotCalledBack(void)
{
   checkRefusals(0);
   checkRefusals(2);
}

static void checkFailures(uint32 threads)
{
   startWith(threads);
   VddkFake_FailNextAsync("VixDiskLib_ReadAsync", VIX_E_HOST_TCP_CONN_LOST);
   VddkFake_FailNextAsync("VixDiskLib_WriteAsync", VIX_E_DISK_FULL);
   VddkFake_FailNextAsync("VixDiskLib_Read", VIX_E_FAIL); /* no request: not heeded */
   VddkFake_FailNextAsync(NULL, VIX_E_FAIL);
   fillPattern(buffer, 0, 1, 1);
   CHECK_EQUAL(VIX_ASYNC, VixDiskLib_WriteAsync(disk, 0, 1, buffer, note, &calls[0]));
   CHECK_EQUAL(VIX_ASYNC, VixDiskLib_ReadAsync(disk, 1, 1, buffer + SECTOR, note, &calls[1]));
   CHECK_OK(VixDiskLib_Wait(disk));
   CHECK_EQUAL(VIX_E_DISK_FULL, calls[0].result);
   CHECK_EQUAL(VIX_E_HOST_TCP_CONN_LOST, calls[1].result);
   CHECK(wasLogged("WriteAsync of 1 sectors from 0 of"));
   CHECK_OK(VixDiskLib_Read(disk, 0, 1, buffer));
   CHECK(isZero(buffer, SECTOR));
   CHECK_EQUAL(VIX_ASYNC, VixDiskLib_WriteAsync(disk, 0, 1, buffer, note, &calls[2]));
   CHECK_EQUAL(VIX_ASYNC, VixDiskLib_ReadAsync(disk, 1, 1, buffer + SECTOR, note, &calls[3]));
   CHECK_OK(VixDiskLib_Wait(disk));
   CHECK_EQUAL(4, atomic_load(&numCalls));
   CHECK(calls[2].result == VIX_OK && calls[3].result == VIX_OK);
   CHECK_OK(VixDiskLib_Close(disk));
   writeText("b.vmdk", "# Disk DescriptorFile\nversion=1\nCID=12345678\nparentCID=ffffffff\ncreateType=\"custom\"\n"
                       "NOACCESS 10 FLAT \"a.vmdk\" 0\n");
   disk = openDisk("b.vmdk", VIXDISKLIB_FLAG_OPEN_READ_ONLY);
   CHECK_EQUAL(VIX_ASYNC, readOne(0, &calls[4]));
   CHECK_OK(VixDiskLib_Wait(disk));
   CHECK_EQUAL(1, atomic_load(&calls[4].times));
   CHECK_EQUAL(VIX_E_FILE_ACCESS_ERROR, calls[4].result);
   CHECK_OK(VixDiskLib_Close(disk));
   CHECK_OK(VixDiskLib_Unlink(local, pathOf("a.vmdk")));
   stop();
}

static void whatGoesWrongLaterIsToldToTheCallback(void)
{
   checkFailures(0);
   checkFailures(2);
}

/* --------------------------------------------------------------------------------------------------- mixing */

/* What the functions answer which use the disk at once. */
static void checkSync(VixError expected)
{
   uint8 sector[SECTOR] = {0};

   CHECK_EQUAL(expected, VixDiskLib_Read(disk, 1000, 1, sector));
   CHECK_EQUAL(expected, VixDiskLib_Write(disk, 1000, 1, sector));
   CHECK_EQUAL(expected, VixDiskLib_Flush(disk));
}

static void checkQuestions(void)
{
   VixDiskLibBlockList *blocks;
   VixDiskLibInfo *info;
   size_t required;

   CHECK_OK(VixDiskLib_GetInfo(disk, &info));
   VixDiskLib_FreeInfo(info);
   CHECK_OK(VixDiskLib_QueryAllocatedBlocks(disk, 0, 128, 128, &blocks));
   CHECK_OK(VixDiskLib_FreeBlockList(blocks));
   CHECK_OK(VixDiskLib_WriteMetadata(disk, "key", "value"));
   CHECK_EQUAL(VIX_E_BUFFER_TOOSMALL, VixDiskLib_ReadMetadata(disk, "key", NULL, 0, &required));
   CHECK_EQUAL(VIX_E_BUFFER_TOOSMALL, VixDiskLib_GetMetadataKeys(disk, NULL, 0, &required));
   CHECK(strcmp(VixDiskLib_GetTransportMode(disk), "file") == 0);
}

static void nothingElseIsReadOrWrittenWhileRequestsAreInFlight(void)
{
   VixDiskLibHandle other;
   uint8 sector[SECTOR];

   startWith(2);
   createDisk("b.vmdk", VIXDISKLIB_DISK_MONOLITHIC_SPARSE, CAPACITY);
   other = openDisk("b.vmdk", 0);
   checkSync(VIX_OK);
   VddkFake_HoldAsync(TRUE);
   readFirst(3);
   checkSync(VIX_E_ASYNC_MIXEDMODE_UNSUPPORTED);
   CHECK(wasLogged("VixDiskLib_Write on "));
   CHECK(wasLogged("while 3 asynchronous requests are in flight; call Wait first"));
   checkQuestions();
   CHECK_OK(VixDiskLib_Read(other, 0, 1, sector));
   CHECK_OK(VixDiskLib_Wait(other));
   VddkFake_HoldAsync(FALSE);
   CHECK_OK(VixDiskLib_Wait(disk));
   checkSync(VIX_OK);
   readFirst(1);
   CHECK_OK(VixDiskLib_Wait(disk));
   CHECK_OK(VixDiskLib_Close(other));
   closeAndStop();
}

static void *readSync(void *unused)
{
   static uint8 sector[SECTOR];

   (void)unused;
   CHECK_OK(VixDiskLib_Read(disk, 0, 1, sector));
   return NULL;
}

static void noRequestIsAcceptedDuringARead(void)
{
   pthread_t reader;

   startWith(2);
   VddkFake_HoldReads(TRUE);
   CHECK(pthread_create(&reader, NULL, readSync, NULL) == 0);
   VddkFake_AwaitHeldReads(1);
   CHECK_EQUAL(VIX_E_ASYNC_MIXEDMODE_UNSUPPORTED, readOne(0, &calls[0]));
   CHECK(wasLogged("while a synchronous call is using it"));
   CHECK_OK(VixDiskLib_Wait(disk));
   VddkFake_HoldReads(FALSE);
   pthread_join(reader, NULL);
   readFirst(1);
   CHECK_OK(VixDiskLib_Wait(disk));
   checkCalls(1, VIX_OK);
   closeAndStop();
}

static void *readAsync(void *unused)
{
   (void)unused;
   readFirst(1);
   return NULL;
}

static void aRequestThatIsCarriedOutAtOnceCanBeHeld(void)
{
   pthread_t reader;

   startWith(0);
   for (int closing = 0; closing < 2; closing++) {
      VddkFake_HoldAsync(TRUE);
      CHECK(pthread_create(&reader, NULL, readAsync, NULL) == 0);
      VddkFake_AwaitHeldAsync(1);
      checkSync(VIX_E_ASYNC_MIXEDMODE_UNSUPPORTED);
      if (closing) {
         CHECK_OK(VixDiskLib_Close(disk));
         CHECK_EQUAL(2, atomic_load(&calls[0].times));
         VddkFake_HoldAsync(FALSE);
      } else {
         VddkFake_HoldAsync(FALSE);
         CHECK_OK(VixDiskLib_Wait(disk));
         CHECK_EQUAL(1, atomic_load(&calls[0].times));
      }
      pthread_join(reader, NULL);
   }
   stop();
}

/* ------------------------------------------------------------------------------------------------- callbacks */

static atomic_bool tried;

/* Does in a callback what could never end there. */
static void tryEverything(void *other, VixError result)
{
   uint8 sector[SECTOR];

   CHECK_OK(result);
   checkSync(VIX_E_ASYNC_MIXEDMODE_UNSUPPORTED);
   checkQuestions();
   CHECK_EQUAL(VIX_E_OBJECT_IS_BUSY, VixDiskLib_Wait(disk));
   CHECK_EQUAL(VIX_E_OBJECT_IS_BUSY, VixDiskLib_Close(disk));
   CHECK_EQUAL(VIX_E_OBJECT_IS_BUSY, VixDiskLib_Disconnect(local));
   VixDiskLib_Exit();
   CHECK_EQUAL(VIX_E_INVALID_ARG, VixDiskLib_InitEx(8, 0, NULL, NULL, NULL, NULL, NULL));
   CHECK_OK(VixDiskLib_Read(other, 0, 1, sector));
   CHECK_OK(VixDiskLib_Wait(other));
   CHECK_OK(VixDiskLib_Close(other));
   CHECK_EQUAL(VIX_ASYNC, readOne(0, &calls[0]));
   atomic_store(&tried, true);
}

static void checkTrials(uint32 threads)
{
   VixDiskLibHandle other;

   startWith(threads);
   createDisk("b.vmdk", VIXDISKLIB_DISK_MONOLITHIC_SPARSE, CAPACITY);
   other = openDisk("b.vmdk", 0);
   atomic_store(&tried, false);
   CHECK_EQUAL(VIX_ASYNC, VixDiskLib_ReadAsync(disk, 5, 1, buffer + 5 * SECTOR, tryEverything, other));
   CHECK_OK(VixDiskLib_Wait(disk));
   CHECK(atomic_load(&tried));
   checkCalls(1, VIX_OK);
   CHECK(wasLogged("Wait on ") && wasLogged("Close on ") && wasLogged("Exit does nothing in a callback"));
   checkSync(VIX_OK);
   CHECK_OK(VixDiskLib_Unlink(local, pathOf("b.vmdk")));
   closeAndStop();
}

static void aCallbackCannotWaitForItself(void)
{
   checkTrials(0);
   checkTrials(1);
}

/* Starts the reading of the sector that follows the one of this call. */
static void readNext(void *data, VixError result)
{
   Call *call = data;
   size_t sector = (size_t)(call - calls) + 1;

   if (sector < 500) {
      CHECK_EQUAL(VIX_ASYNC, VixDiskLib_ReadAsync(disk, sector, 1, buffer + sector * SECTOR, readNext, call + 1));
   }
   note(call, result);
}

static void aCallbackMakesTheNextRequest(void)
{
   for (uint32 threads = 0; threads < 3; threads++) {
      startWith(threads);
      CHECK_EQUAL(VIX_ASYNC, VixDiskLib_ReadAsync(disk, 0, 1, buffer, readNext, &calls[0]));
      CHECK_OK(VixDiskLib_Wait(disk));
      checkCalls(500, VIX_OK);
      CHECK(wasLogged("64 callbacks run inside each other") == (threads == 0));
      closeAndStop();
   }
}

static void checkThread(void *data, VixError result)
{
   char name[16] = "";
   sigset_t blocked;

   pthread_getname_np(pthread_self(), name, sizeof name);
   CHECK(strcmp(name, "vixDiskLibAsync") == 0);
   CHECK(pthread_sigmask(SIG_BLOCK, NULL, &blocked) == 0);
   CHECK(sigismember(&blocked, SIGTERM) && sigismember(&blocked, SIGUSR1) && !sigismember(&blocked, SIGSEGV));
   note(data, result);
}

static void theLibrarysThreadsLeaveSignalsToTheProgram(void)
{
   startWith(3);
   CHECK_EQUAL(VIX_ASYNC, VixDiskLib_ReadAsync(disk, 0, 1, buffer, checkThread, &calls[0]));
   CHECK_OK(VixDiskLib_Wait(disk));
   checkCalls(1, VIX_OK);
   closeAndStop();
}

/* ------------------------------------------------------------------------------------------------------ ends */

static void requestsEndWithTheirDisk(void)
{
   for (int way = 0; way < 3; way++) {
      startWith(2);
      VddkFake_HoldAsync(TRUE);
      fillPattern(buffer, 0, 20, 7);
      for (unsigned i = 0; i < 20; i++) {
         CHECK_EQUAL(VIX_ASYNC, VixDiskLib_WriteAsync(disk, i, 1, buffer + i * SECTOR, note, &calls[i]));
      }
      if (way == 0) {
         CHECK_OK(VixDiskLib_Close(disk));
      } else if (way == 1) {
         CHECK_OK(VixDiskLib_Disconnect(local));
      } else {
         VixDiskLib_Exit();
      }
      checkCalls(20, VIX_OK);
      CHECK(wasLogged("is closed while 20 asynchronous requests are not done"));
      CHECK_EQUAL(way < 2 ? VIX_E_DISK_INVAL : VIX_E_DISK_NOINIT, VixDiskLib_Wait(disk));
      VddkFake_HoldAsync(FALSE);
      if (way == 1) {
         local = connectLocally();
      } else if (way == 2) {
         startLibrary();
      }
      disk = openDisk("a.vmdk", 0);
      memset(buffer, 0, 20 * SECTOR);
      CHECK_OK(VixDiskLib_Read(disk, 0, 20, buffer));
      checkPattern(buffer, 0, 20, 7);
      closeAndStop();
   }
}

/* Says that it runs, and returns some time after Exit was called. */
static void stayUntilExit(void *data, VixError result)
{
   atomic_store(&tried, true);
   while (VixDiskLib_ListTransportModes() != NULL) {
      sched_yield();
   }
   for (int i = 0; i < 1000; i++) {
      sched_yield();
   }
   CHECK_EQUAL(VIX_E_DISK_NOINIT, readOne(1, &calls[1]));
   CHECK_EQUAL(VIX_E_INVALID_ARG, VixDiskLib_InitEx(8, 0, NULL, NULL, NULL, NULL, NULL));
   note(data, result);
}

static void exitWaitsForCallbacks(void)
{
   startWith(1);
   atomic_store(&tried, false);
   CHECK_EQUAL(VIX_ASYNC, VixDiskLib_ReadAsync(disk, 0, 1, buffer, stayUntilExit, &calls[0]));
   while (!atomic_load(&tried)) {
      sched_yield();
   }
   VixDiskLib_Exit();
   checkCalls(1, VIX_OK);
   VddkFake_SetAsync(0, 0);
}

/* The thread sanitizer does not go along with threads in the child of a process that has some. */
#ifndef __SANITIZE_THREAD__
static void useInChild(void)
{
   CHECK_EQUAL(0, VddkFake_LiveCount("asyncRequests"));
   CHECK_EQUAL(VIX_E_DISK_NOINIT, readOne(0, &calls[0]));
   VixDiskLib_Exit();
   VddkFake_HoldAsync(FALSE);
   startLibrary();
   CHECK_OK(VixDiskLib_Wait(disk)); /* of the parent: nothing is in flight here */
   createDisk("b.vmdk", VIXDISKLIB_DISK_MONOLITHIC_SPARSE, CAPACITY);
   disk = openDisk("b.vmdk", 0);
   readFirst(100);
   CHECK_OK(VixDiskLib_Wait(disk));
   checkCalls(100, VIX_OK);
   VixDiskLib_Exit();
   _exit(0);
}

static int countAsyncThreads(void)
{
   DIR *tasks = opendir("/proc/self/task");
   int count = 0;

   CHECK(tasks != NULL);
   for (struct dirent *task = readdir(tasks); task != NULL; task = readdir(tasks)) {
      char path[300];
      char name[20] = "";
      FILE *file;

      snprintf(path, sizeof path, "/proc/self/task/%s/comm", task->d_name);
      file = fopen(path, "r");
      if (file != NULL) {
         count += fgets(name, sizeof name, file) != NULL && strcmp(name, "vixDiskLibAsync\n") == 0;
         fclose(file);
      }
   }
   closedir(tasks);
   return count;
}

/* A thread that only just begins may have locks of the address sanitizer, which the child of a fork would never get. */
static void awaitAsyncThreads(int count)
{
   while (countAsyncThreads() < count) {
      sched_yield();
   }
}

static void theChildOfAForkHasNoRequests(void)
{
   pid_t child;
   int status;

   startWith(2);
   VddkFake_HoldAsync(TRUE);
   readFirst(5);
   awaitAsyncThreads(2);
   fflush(stdout);
   child = fork();
   if (child == 0) {
      useInChild();
   }
   CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status));
   CHECK_EQUAL(0, WEXITSTATUS(status));
   VddkFake_HoldAsync(FALSE);
   CHECK_OK(VixDiskLib_Wait(disk));
   checkCalls(5, VIX_OK);
   closeAndStop();
}
#endif

/* ----------------------------------------------------------------------------------------------------- crowds */

/* Each of many requests has a sector of its own: the even ones read what is there, the odd ones write. */
static void manyRequestsAreAllDoneOnce(void)
{
   for (uint32 threads = 0; threads < 5; threads += 2) {
      startWith(threads);
      fillPattern(buffer, 0, MANY, 1);
      CHECK_OK(VixDiskLib_Write(disk, 0, MANY, buffer));
      for (unsigned i = 0; i < MANY; i++) {
         uint8 *sector = buffer + (size_t)i * SECTOR;

         if (i % 2 == 0) {
            memset(sector, 0, SECTOR);
            CHECK_EQUAL(VIX_ASYNC, VixDiskLib_ReadAsync(disk, i, 1, sector, note, &calls[i]));
         } else {
            fillPattern(sector, i, 1, 2);
            CHECK_EQUAL(VIX_ASYNC, VixDiskLib_WriteAsync(disk, i, 1, sector, note, &calls[i]));
         }
      }
      CHECK_OK(VixDiskLib_Wait(disk));
      checkCalls(MANY, VIX_OK);
      for (unsigned i = 0; i < MANY; i += 2) {
         checkPattern(buffer + (size_t)i * SECTOR, i, 1, 1);
      }
      CHECK_OK(VixDiskLib_Read(disk, 0, MANY, buffer));
      for (unsigned i = 0; i < MANY; i++) {
         checkPattern(buffer + (size_t)i * SECTOR, i, 1, i % 2 == 0 ? 1 : 2);
      }
      closeAndStop();
   }
}

#define USERS 6u
#define DEPTH 16u
#define PIECE 64u

/* Rounds of requests on a disk of its own: writes of pieces side by side, then reads of them. */
static void *useOwnDisk(void *number)
{
   unsigned me = *(unsigned *)number;
   Random random = {seed + me * 2};
   uint8 *bytes = malloc(DEPTH * PIECE * SECTOR);
   Call *mine = &calls[me * 2 * DEPTH];
   VixDiskLibHandle own;
   char name[64];

   snprintf(name, sizeof name, "own%u.vmdk", me);
   CHECK_OK(VixDiskLib_Open(local, pathOf(name), 0, &own));
   for (unsigned round = 1; round <= 10; round++) {
      uint64 start = nextRandom(&random, CAPACITY - DEPTH * PIECE);

      fillPattern(bytes, start, DEPTH * PIECE, me);
      for (unsigned i = 0; i < DEPTH; i++) {
         CHECK_EQUAL(VIX_ASYNC,
                     VixDiskLib_WriteAsync(own, start + i * PIECE, PIECE, bytes + i * PIECE * SECTOR, note, &mine[i]));
      }
      CHECK_OK(VixDiskLib_Wait(own));
      for (unsigned i = 0; i < DEPTH; i++) {
         CHECK_EQUAL(VIX_ASYNC, VixDiskLib_ReadAsync(own, start + i * PIECE, PIECE, bytes + i * PIECE * SECTOR, note,
                                                     &mine[DEPTH + i]));
      }
      CHECK_OK(VixDiskLib_Wait(own));
      checkPattern(bytes, start, DEPTH * PIECE, me);
      for (unsigned i = 0; i < 2 * DEPTH; i++) {
         CHECK_EQUAL(round, atomic_load(&mine[i].times));
         CHECK_OK(mine[i].result);
      }
      CHECK_OK(VixDiskLib_Flush(own));
   }
   CHECK_OK(VixDiskLib_Close(own));
   free(bytes);
   return NULL;
}

static void manyDisksAreUsedAtTheSameTime(void)
{
   pthread_t users[USERS];
   unsigned numbers[USERS];

   for (uint32 threads = 0; threads < 5; threads += 4) {
      startWith(threads);
      for (unsigned i = 0; i < USERS; i++) {
         char name[64];

         snprintf(name, sizeof name, "own%u.vmdk", i);
         createDisk(name, i % 2 == 0 ? VIXDISKLIB_DISK_MONOLITHIC_SPARSE : VIXDISKLIB_DISK_MONOLITHIC_FLAT, CAPACITY);
         numbers[i] = i;
         CHECK(pthread_create(&users[i], NULL, useOwnDisk, &numbers[i]) == 0);
      }
      for (unsigned i = 0; i < USERS; i++) {
         char name[64];

         pthread_join(users[i], NULL);
         snprintf(name, sizeof name, "own%u.vmdk", i);
         CHECK_OK(VixDiskLib_Unlink(local, pathOf(name)));
      }
      closeAndStop();
   }
}

static atomic_uint numAccepted;

static void count(void *counter, VixError result)
{
   CHECK_OK(result);
   atomic_fetch_add((atomic_uint *)counter, 1);
}

/* Makes requests for nothing until the disk is closed. */
static void *useUntilClosed(void *unused)
{
   VixError error;

   (void)unused;
   for (;;) {
      for (int i = 0; i < 8; i++) {
         error = VixDiskLib_ReadAsync(disk, 0, 0, buffer, count, &numCalls);
         if (error != VIX_ASYNC) {
            CHECK_EQUAL(VIX_E_DISK_INVAL, error);
            return NULL;
         }
         atomic_fetch_add(&numAccepted, 1);
      }
      error = VixDiskLib_Wait(disk);
      CHECK(error == VIX_OK || error == VIX_E_DISK_INVAL);
   }
}

static void requestsRaceWithTheClosingOfTheirDisk(void)
{
   pthread_t users[USERS];

   startWith(2);
   atomic_store(&numAccepted, 0);
   for (int round = 0; round < 50; round++) {
      unsigned before = atomic_load(&numCalls);

      for (unsigned i = 0; i < USERS; i++) {
         CHECK(pthread_create(&users[i], NULL, useUntilClosed, NULL) == 0);
      }
      while (atomic_load(&numCalls) < before + 100) {
         sched_yield();
      }
      CHECK_OK(VixDiskLib_Close(disk));
      CHECK_EQUAL(0, VddkFake_LiveCount("asyncRequests"));
      for (unsigned i = 0; i < USERS; i++) {
         pthread_join(users[i], NULL);
      }
      CHECK_EQUAL(atomic_load(&numAccepted), atomic_load(&numCalls));
      disk = openDisk("a.vmdk", 0);
   }
   closeAndStop();
}

int main(void)
{
   seed = chooseSeed();
   RUN(aRequestIsDoneBeforeTheCallReturns);
   RUN(aHeldRequestIsInFlight);
   RUN(theOrderDependsOnTheSeedAlone);
   RUN(whatIsRefusedIsNotCalledBack);
   RUN(whatGoesWrongLaterIsToldToTheCallback);
   RUN(nothingElseIsReadOrWrittenWhileRequestsAreInFlight);
   RUN(noRequestIsAcceptedDuringARead);
   RUN(aRequestThatIsCarriedOutAtOnceCanBeHeld);
   RUN(aCallbackCannotWaitForItself);
   RUN(aCallbackMakesTheNextRequest);
   RUN(theLibrarysThreadsLeaveSignalsToTheProgram);
   RUN(requestsEndWithTheirDisk);
   RUN(exitWaitsForCallbacks);
#ifndef __SANITIZE_THREAD__
   RUN(theChildOfAForkHasNoRequests);
#endif
   RUN(manyRequestsAreAllDoneOnce);
   RUN(manyDisksAreUsedAtTheSameTime);
   RUN(requestsRaceWithTheClosingOfTheirDisk);
   return finish();
}
