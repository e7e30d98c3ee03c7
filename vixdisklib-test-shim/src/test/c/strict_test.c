/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * The rules for callers: that they are noticed when they are broken, and are not when they are kept.
 */
#include "support.h"

#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/wait.h>
#include <unistd.h>

#include "strict.h"

#define CAPACITY 10000u
#define READ_ONLY VIXDISKLIB_FLAG_OPEN_READ_ONLY

static uint8 buffer[64 * SECTOR];
static uint8 otherBuffer[64 * SECTOR];

/* ------------------------------------------------------------------------------------------------- helpers */

static const char *brokenRules(void)
{
   static char text[65536];

   (void)VddkFake_BrokenRules(text, sizeof text, NULL);
   return text;
}

static uint64 countBroken(void)
{
   return VddkFake_BrokenRules(NULL, 0, NULL);
}

static void failBroken(int line, const char *expected)
{
   fprintf(stderr, "line %d: expected: %s\nbroken rules:\n%s", line, expected, brokenRules());
   failCheck(__FILE__, line, expected);
}

/* Checks that these rules, "<rule>: <function>: " each, were broken in this order and no others, and forgets them. */
#define CHECK_BROKEN(...) checkBroken(__LINE__, (const char *const[]){__VA_ARGS__, NULL})
static void checkBroken(int line, const char *const *expected)
{
   const char *text = brokenRules();

   for (; *expected != NULL; expected++) {
      if (strncmp(text, *expected, strlen(*expected)) != 0) {
         failBroken(line, *expected);
      }
      text = strchr(text, '\n') + 1;
   }
   if (*text != '\0') {
      failBroken(line, "nothing more");
   }
   VddkFake_ForgetBrokenRules();
   checkEqual(__FILE__, line, "broken rules", 0, countBroken());
}

#define CHECK_KEPT() (countBroken() == 0 ? (void)0 : failBroken(__LINE__, "nothing"))

/* Starts the library and the watch for its callers, with a disk. */
static VixDiskLibHandle start(void)
{
   VddkFake_ForgetBrokenRules();
   VddkFake_SetStrict(1);
   startLibrary();
   createDisk("a.vmdk", VIXDISKLIB_DISK_MONOLITHIC_FLAT, CAPACITY);
   return openDisk("a.vmdk", 0);
}

static void stop(void)
{
   stopLibrary();
   CHECK_KEPT();
   VddkFake_SetStrict(0);
}

static void closeAndStop(VixDiskLibHandle disk)
{
   CHECK_OK(VixDiskLib_Close(disk));
   stop();
}

static void onAnotherThread(void *(*run)(void *), void *argument)
{
   pthread_t thread;

   CHECK(pthread_create(&thread, NULL, run, argument) == 0);
   pthread_join(thread, NULL);
}

/* ------------------------------------------------------------------------------------------ opening threads */

static void *openAndClose(void *unused)
{
   VixDiskLibConnection connection;
   VixDiskLibHandle disk;
   VixDiskLibBlockList *blocks;

   (void)unused;
   CHECK_OK(VixDiskLib_Connect(NULL, &connection));
   CHECK_OK(VixDiskLib_Disconnect(connection));
   CHECK_OK(VixDiskLib_ConnectEx(NULL, TRUE, NULL, NULL, &connection));
   CHECK_OK(VixDiskLib_Open(connection, pathOf("a.vmdk"), READ_ONLY, &disk));
   CHECK_OK(VixDiskLib_Read(disk, 0, 1, buffer));
   CHECK_OK(VixDiskLib_QueryAllocatedBlocks(disk, 0, 128, 128, &blocks));
   CHECK_OK(VixDiskLib_FreeBlockList(blocks));
   CHECK_OK(VixDiskLib_Close(disk));
   CHECK_OK(VixDiskLib_Disconnect(connection));
   return NULL;
}

static void openingAndClosingIsForOneThread(void)
{
   CHECK_OK(VixDiskLib_Close(start()));
   openAndClose(NULL);
   CHECK_KEPT();
   onAnotherThread(openAndClose, NULL);
   CHECK(strstr(brokenRules(), "on thread ") != NULL);
   CHECK_BROKEN("open-thread: VixDiskLib_Connect: ", "open-thread: VixDiskLib_Disconnect: ",
                "open-thread: VixDiskLib_ConnectEx: ", "open-thread: VixDiskLib_Open: ",
                "open-thread: VixDiskLib_QueryAllocatedBlocks: ", "open-thread: VixDiskLib_Close: ",
                "open-thread: VixDiskLib_Disconnect: ");

   /* When this is turned on again, and when the library is started again, the thread may be another one. */
   VddkFake_SetStrict(0);
   VddkFake_SetStrict(1);
   onAnotherThread(openAndClose, NULL);
   CHECK_KEPT();
   openAndClose(NULL);
   CHECK_EQUAL(7, countBroken());
   VddkFake_ForgetBrokenRules();
   VixDiskLib_Exit();
   CHECK_BROKEN("exit-with-connections: VixDiskLib_Exit: ");
   CHECK_OK(tryStartLibrary(8, 0, NULL));
   openAndClose(NULL);
   CHECK_KEPT();
   VixDiskLib_Exit();
   CHECK_OK(tryStartLibrary(8, 0, NULL));
   onAnotherThread(openAndClose, NULL);
   CHECK_KEPT();
   local = connectLocally();
   CHECK_BROKEN("open-thread: VixDiskLib_ConnectEx: ");
   CHECK_OK(VixDiskLib_Disconnect(local));
   CHECK_BROKEN("open-thread: VixDiskLib_Disconnect: ");
   VixDiskLib_Exit();
   CHECK_KEPT();
   VddkFake_SetStrict(0);
}

static sem_t reached;
static sem_t released;
static const char *stopsAt; /* a message that has this in its format; NULL for none */

/* Stops the thread that logs a message until it is released. */
static void stopAtMessage(const char *format, va_list args)
{
   (void)args;
   if (stopsAt != NULL && strstr(format, stopsAt) != NULL) {
      stopsAt = NULL;
      sem_post(&reached);
      sem_wait(&released);
   }
}

static void openingAndClosingMayBeForOneThreadAtATime(void)
{
   pthread_t thread;

   CHECK_OK(VixDiskLib_Close(start()));
   stop();
   writeText("vddk.conf", "vddkFake.strict = 1\nvddkFake.strict.openThread = 0\n");
   CHECK_OK(VixDiskLib_InitEx(8, 0, stopAtMessage, NULL, NULL, NULL, pathOf("vddk.conf")));
   openAndClose(NULL);
   onAnotherThread(openAndClose, NULL);
   CHECK_KEPT();

   stopsAt = "opened";
   CHECK(pthread_create(&thread, NULL, openAndClose, NULL) == 0);
   sem_wait(&reached);
   CHECK_OK(VixDiskLib_FreeBlockList(NULL));
   CHECK_KEPT();
   local = connectLocally();
   CHECK(strstr(brokenRules(), "while VixDiskLib_Open goes on") != NULL);
   CHECK_BROKEN("open-thread: VixDiskLib_ConnectEx: ");
   sem_post(&released);
   pthread_join(thread, NULL);

   /* Other calls may go on. */
   VddkFake_HoldReads(TRUE);
   CHECK(pthread_create(&thread, NULL, openAndClose, NULL) == 0);
   VddkFake_AwaitHeldReads(1);
   CHECK_OK(VixDiskLib_Disconnect(connectLocally()));
   VddkFake_HoldReads(FALSE);
   pthread_join(thread, NULL);
   stopLibrary();
   CHECK_KEPT();

   /* Without the setting, it is one thread again. */
   startLibrary();
   onAnotherThread(openAndClose, NULL);
   CHECK_EQUAL(7, countBroken());
   VddkFake_ForgetBrokenRules();
   stop();
}

/* ------------------------------------------------------------------------------------------ threads in a disk */

static void *readFirst(void *disk)
{
   CHECK_OK(VixDiskLib_Read(disk, 0, 1, otherBuffer));
   return NULL;
}

static void twoThreadsAreNotInOneDisk(void)
{
   VixDiskLibHandle disk = start();
   VixDiskLibHandle other;
   VixDiskLibInfo *info;
   pthread_t thread;

   createDisk("b.vmdk", VIXDISKLIB_DISK_MONOLITHIC_FLAT, CAPACITY);
   other = openDisk("b.vmdk", 0);
   onAnotherThread(readFirst, disk);
   VddkFake_HoldReads(TRUE);
   CHECK(pthread_create(&thread, NULL, readFirst, disk) == 0);
   VddkFake_AwaitHeldReads(1);
   CHECK_OK(VixDiskLib_GetInfo(other, &info));
   VixDiskLib_FreeInfo(info);
   CHECK(VixDiskLib_GetTransportMode(disk) != NULL);
   CHECK_KEPT();
   CHECK_OK(VixDiskLib_GetInfo(disk, &info));
   VixDiskLib_FreeInfo(info);
   CHECK(strstr(brokenRules(), "a.vmdk\" on thread ") != NULL);
   CHECK(strstr(brokenRules(), "while VixDiskLib_Read goes on") != NULL);
   CHECK_BROKEN("handle-threads: VixDiskLib_GetInfo: ");
   CHECK(VixDiskLib_IsAttachPossible(other, disk) != VIX_OK);
   CHECK_BROKEN("handle-threads: VixDiskLib_IsAttachPossible: ");
   CHECK_OK(VixDiskLib_Wait(disk));
   CHECK_BROKEN("handle-threads: VixDiskLib_Wait: ");
   VddkFake_HoldReads(FALSE);
   pthread_join(thread, NULL);
   CHECK_OK(VixDiskLib_GetInfo(disk, &info));
   VixDiskLib_FreeInfo(info);
   CHECK_OK(VixDiskLib_Close(other));
   closeAndStop(disk);
}

static void *attachTwo(void *disks)
{
   CHECK(VixDiskLib_IsAttachPossible(((VixDiskLibHandle *)disks)[0], ((VixDiskLibHandle *)disks)[1]) != VIX_OK);
   return NULL;
}

static void twoThreadsAreNotInAnyOfTwoDisks(void)
{
   VixDiskLibHandle disks[2];
   pthread_t thread;

   CHECK_OK(VixDiskLib_Close(start()));
   stop();
   VddkFake_SetStrict(1);
   CHECK_OK(VixDiskLib_InitEx(8, 0, NULL, stopAtMessage, NULL, NULL, NULL));
   local = connectLocally();
   createDisk("b.vmdk", VIXDISKLIB_DISK_MONOLITHIC_FLAT, CAPACITY);
   disks[0] = openDisk("a.vmdk", 0);
   disks[1] = openDisk("b.vmdk", 0);
   stopsAt = "cannot be";
   CHECK(pthread_create(&thread, NULL, attachTwo, disks) == 0);
   sem_wait(&reached);
   CHECK_OK(VixDiskLib_Wait(disks[0]));
   CHECK_BROKEN("handle-threads: VixDiskLib_Wait: ");
   CHECK_OK(VixDiskLib_Wait(disks[1]));
   CHECK_BROKEN("handle-threads: VixDiskLib_Wait: ");
   sem_post(&released);
   pthread_join(thread, NULL);
   CHECK_OK(VixDiskLib_Close(disks[0]));
   closeAndStop(disks[1]);
}

static void *waitFor(void *disk)
{
   CHECK_OK(VixDiskLib_Wait(disk));
   return NULL;
}

static void aDiskThatIsWaitedForIsNotUsedByAnotherThread(void)
{
   VixDiskLibHandle disk = start();
   VixDiskLibInfo *info;
   pthread_t thread;

   VddkFake_SetAsync(1, 1);
   VddkFake_HoldAsync(TRUE);
   CHECK_EQUAL(VIX_ASYNC, VixDiskLib_ReadAsync(disk, 0, 1, buffer, NULL, NULL));
   CHECK(pthread_create(&thread, NULL, waitFor, disk) == 0);
   while (strstr(brokenRules(), "handle-threads: VixDiskLib_GetInfo: ") == NULL) {
      CHECK_OK(VixDiskLib_GetInfo(disk, &info));
      VixDiskLib_FreeInfo(info);
   }
   VddkFake_HoldAsync(FALSE);
   pthread_join(thread, NULL);
   VddkFake_SetAsync(0, 0);
   VddkFake_ForgetBrokenRules();
   closeAndStop(disk);
}

typedef struct {
   VixDiskLibHandle disk;
   sem_t goOn;
} Chain;

static void noteEnd(void *unused, VixError result)
{
   (void)unused;
   CHECK_OK(result);
}

static void readNext(void *data, VixError result)
{
   Chain *chain = data;

   CHECK_OK(result);
   sem_wait(&chain->goOn);
   CHECK_EQUAL(VIX_ASYNC, VixDiskLib_ReadAsync(chain->disk, 1, 1, otherBuffer, noteEnd, NULL));
}

static void callbacksMayGoOnWhileTheirDiskIsWaitedFor(void)
{
   Chain chain = {.disk = start()};

   sem_init(&chain.goOn, 0, 0);
   VddkFake_SetAsync(1, 1);
   for (int i = 0; i < 100; i++) {
      CHECK_EQUAL(VIX_ASYNC, VixDiskLib_ReadAsync(chain.disk, 0, 1, buffer, readNext, &chain));
      sem_post(&chain.goOn);
      CHECK_OK(VixDiskLib_Wait(chain.disk));
   }
   VddkFake_SetAsync(0, 0);
   sem_destroy(&chain.goOn);
   closeAndStop(chain.disk);
}

/* -------------------------------------------------------------------------------------- requests in flight */

static void readSync(void *disk, VixError result)
{
   CHECK_OK(result);
   CHECK_EQUAL(VIX_E_ASYNC_MIXEDMODE_UNSUPPORTED, VixDiskLib_Read(disk, 0, 1, otherBuffer));
}

static void synchronousAndAsynchronousCallsAreNotMixed(void)
{
   VixDiskLibHandle disk = start();
   pthread_t thread;

   VddkFake_SetAsync(1, 1);
   VddkFake_HoldAsync(TRUE);
   CHECK_EQUAL(VIX_ASYNC, VixDiskLib_ReadAsync(disk, 0, 1, buffer, NULL, NULL));
   CHECK_KEPT();
   CHECK_EQUAL(VIX_E_ASYNC_MIXEDMODE_UNSUPPORTED, VixDiskLib_Flush(disk));
   CHECK(strstr(brokenRules(), "a.vmdk\" while asynchronous requests are in flight") != NULL);
   CHECK_BROKEN("mixed-io: VixDiskLib_Flush: ");
   VddkFake_HoldAsync(FALSE);
   CHECK_OK(VixDiskLib_Wait(disk));
   VddkFake_SetAsync(0, 0);
   CHECK_OK(VixDiskLib_Flush(disk));
   CHECK_KEPT();
   CHECK_EQUAL(VIX_ASYNC, VixDiskLib_ReadAsync(disk, 0, 1, buffer, readSync, disk));
   CHECK_BROKEN("mixed-io: VixDiskLib_Read: ");

   VddkFake_HoldReads(TRUE);
   CHECK(pthread_create(&thread, NULL, readFirst, disk) == 0);
   VddkFake_AwaitHeldReads(1);
   CHECK_EQUAL(VIX_E_ASYNC_MIXEDMODE_UNSUPPORTED, VixDiskLib_ReadAsync(disk, 0, 1, buffer, NULL, NULL));
   CHECK_BROKEN("handle-threads: VixDiskLib_ReadAsync: ", "mixed-io: VixDiskLib_ReadAsync: ");
   VddkFake_HoldReads(FALSE);
   pthread_join(thread, NULL);
   closeAndStop(disk);
}

/* A path with a line end in it begins no line. */
static void eachBrokenRuleIsOneLine(void)
{
   VixDiskLibHandle disk;

   closeAndStop(start());
   CHECK(rename(pathOf("a.vmdk"), pathOf("a\nb.vmdk")) == 0);
   startLibrary();
   VddkFake_SetStrict(1);
   disk = openDisk("a\nb.vmdk", 0);
   CHECK_EQUAL(VIX_ASYNC, VixDiskLib_ReadAsync(disk, 0, 1, buffer, readSync, disk));
   CHECK(strstr(brokenRules(), "a?b.vmdk") != NULL);
   CHECK_BROKEN("mixed-io: VixDiskLib_Read: ");
   closeAndStop(disk);
}

static void theBufferOfAWriteStaysAsItIs(void)
{
   VixDiskLibHandle disk = start();

   for (int threads = 0; threads < 2; threads++) {
      VddkFake_SetAsync(1, 1);
      VddkFake_HoldAsync(TRUE);
      CHECK_EQUAL(VIX_ASYNC, VixDiskLib_WriteAsync(disk, 0, 3, buffer, NULL, NULL));
      CHECK_EQUAL(VIX_ASYNC, VixDiskLib_ReadAsync(disk, 0, 3, otherBuffer, NULL, NULL));
      buffer[3 * SECTOR] ^= 1;
      otherBuffer[0] ^= 1;
      buffer[3 * SECTOR - 1] ^= threads == 1;
      VddkFake_HoldAsync(FALSE);
      CHECK_OK(VixDiskLib_Wait(disk));
      if (threads == 1) {
         CHECK_BROKEN("buffer-changed: VixDiskLib_WriteAsync: ");
      } else {
         CHECK_KEPT();
      }
   }
   VddkFake_SetAsync(0, 0);
   closeAndStop(disk);
}

static void theBufferOfARequestIsNotGivenToAnother(void)
{
   VixDiskLibHandle disk = start();
   VixDiskLibHandle other;

   createDisk("b.vmdk", VIXDISKLIB_DISK_MONOLITHIC_FLAT, CAPACITY);
   other = openDisk("b.vmdk", 0);
   VddkFake_SetAsync(2, 1);
   VddkFake_HoldAsync(TRUE);
   CHECK_EQUAL(VIX_ASYNC, VixDiskLib_ReadAsync(disk, 0, 8, buffer + 8 * SECTOR, NULL, NULL));

   /* Beside it there may be others, and what is only read may be read by several. */
   CHECK_EQUAL(VIX_ASYNC, VixDiskLib_ReadAsync(disk, 0, 8, buffer + 16 * SECTOR, NULL, NULL));
   CHECK_EQUAL(VIX_ASYNC, VixDiskLib_WriteAsync(disk, 100, 8, buffer, NULL, NULL));
   CHECK_EQUAL(VIX_ASYNC, VixDiskLib_WriteAsync(disk, 200, 8, buffer, NULL, NULL));
   CHECK_OK(VixDiskLib_Write(other, 200, 8, buffer));
   CHECK_EQUAL(VIX_E_DISK_OUTOFRANGE, VixDiskLib_Write(other, 0, (UINT64_C(1) << 55) + 1, buffer + 8 * SECTOR));
   CHECK_KEPT();

   CHECK_EQUAL(VIX_ASYNC, VixDiskLib_WriteAsync(disk, 300, 1, buffer + 15 * SECTOR, NULL, NULL));
   CHECK(strstr(brokenRules(), "that of a VixDiskLib_ReadAsync") != NULL);
   CHECK_BROKEN("buffer-overlap: VixDiskLib_WriteAsync: ");
   CHECK_EQUAL(VIX_ASYNC, VixDiskLib_ReadAsync(disk, 300, 9, buffer + 23 * SECTOR, NULL, NULL));
   CHECK_BROKEN("buffer-overlap: VixDiskLib_ReadAsync: ");
   CHECK_OK(VixDiskLib_Read(other, 300, 1, buffer));
   CHECK_BROKEN("buffer-overlap: VixDiskLib_Read: ");
   CHECK_OK(VixDiskLib_Write(other, 300, 1, buffer + 8 * SECTOR));
   CHECK_BROKEN("buffer-overlap: VixDiskLib_Write: ");
   VddkFake_HoldAsync(FALSE);
   CHECK_OK(VixDiskLib_Wait(disk));
   VddkFake_ForgetBrokenRules(); /* of the buffers that others have written to meanwhile */

   CHECK_EQUAL(VIX_ASYNC, VixDiskLib_ReadAsync(disk, 0, 8, buffer, NULL, NULL));
   CHECK_OK(VixDiskLib_Wait(disk));
   VddkFake_SetAsync(0, 0);
   CHECK_OK(VixDiskLib_Close(other));
   closeAndStop(disk);
}

static void readAgain(void *disk, VixError result)
{
   CHECK_OK(result);
   if (disk != NULL) {
      CHECK_EQUAL(VIX_ASYNC, VixDiskLib_ReadAsync(disk, 0, 8, buffer, readAgain, NULL));
   }
}

static void aCallbackHasItsBufferBack(void)
{
   VixDiskLibHandle disk = start();

   CHECK_EQUAL(VIX_ASYNC, VixDiskLib_ReadAsync(disk, 0, 8, buffer, readAgain, disk));
   CHECK_EQUAL(VIX_E_DISK_OUTOFRANGE, VixDiskLib_ReadAsync(disk, CAPACITY, 8, buffer, NULL, NULL));
   CHECK_EQUAL(VIX_ASYNC, VixDiskLib_ReadAsync(disk, 0, 8, buffer, NULL, NULL));
   closeAndStop(disk);
}

/* -------------------------------------------------------------------------------------------------- handles */

static void handlesThatAreNotOpenAreNotUsed(void)
{
   VixDiskLibHandle disk = start();
   VixDiskLibConnection connection = connectLocally();
   VixDiskLibConnectParams *params;

   CHECK_OK(VixDiskLib_Close(disk));
   CHECK(openDisk("a.vmdk", READ_ONLY) != NULL); /* in its place, and for Disconnect to close */
   CHECK_EQUAL(VIX_E_DISK_INVAL, VixDiskLib_Read(disk, 0, 1, buffer));
   CHECK(strstr(brokenRules(), "is not open any more") != NULL);
   CHECK_BROKEN("stale-handle: VixDiskLib_Read: ");
   CHECK_EQUAL(VIX_E_DISK_INVAL, VixDiskLib_Close(disk));
   CHECK_BROKEN("stale-handle: VixDiskLib_Close: ");
   CHECK_EQUAL(VIX_E_DISK_INVAL, VixDiskLib_Flush((VixDiskLibHandle)(void *)buffer));
   CHECK(strstr(brokenRules(), "there never was a disk") != NULL);
   CHECK_BROKEN("stale-handle: VixDiskLib_Flush: ");
   CHECK_EQUAL(VIX_E_DISK_INVAL, VixDiskLib_Flush((VixDiskLibHandle)(void *)local));
   CHECK_BROKEN("stale-handle: VixDiskLib_Flush: there never was");
   CHECK_EQUAL(VIX_E_DISK_INVAL, VixDiskLib_Flush((VixDiskLibHandle)(void *)((char *)(void *)disk + (99 << 20))));
   CHECK_BROKEN("stale-handle: VixDiskLib_Flush: there never was");
   CHECK_OK(VixDiskLib_Disconnect(connection));
   CHECK_KEPT();
   CHECK_EQUAL(VIX_E_DISK_INVALID_CONNECTION, VixDiskLib_Disconnect(connection));
   CHECK_BROKEN("stale-handle: VixDiskLib_Disconnect: the connection");
   CHECK_EQUAL(VIX_E_DISK_INVALID_CONNECTION, VixDiskLib_GetConnectParams(connection, &params));
   CHECK_BROKEN("stale-handle: VixDiskLib_GetConnectParams: ");
   CHECK_OK(VixDiskLib_Disconnect(local));
   CHECK_BROKEN("disconnect-with-disks: VixDiskLib_Disconnect: 1 disks");
   VixDiskLib_Exit();
   CHECK_EQUAL(VIX_E_DISK_NOINIT, VixDiskLib_Close(disk));
   CHECK_EQUAL(VIX_E_DISK_NOINIT, VixDiskLib_Disconnect(local));
   CHECK_EQUAL(VIX_E_DISK_NOINIT, VixDiskLib_GetConnectParams(local, &params));
   CHECK_BROKEN("stale-handle: VixDiskLib_Close: ", "stale-handle: VixDiskLib_Disconnect: ",
                "stale-handle: VixDiskLib_GetConnectParams: ");
   VddkFake_SetStrict(0);
}

static void anAttachedParentIsGoodForCloseOnly(void)
{
   VixDiskLibHandle parent = start();
   VixDiskLibHandle child;
   VixDiskLibInfo *info;

   CHECK_OK(VixDiskLib_CreateChild(parent, pathOf("child.vmdk"), VIXDISKLIB_DISK_MONOLITHIC_SPARSE, NULL, NULL));
   child = openDisk("child.vmdk", VIXDISKLIB_FLAG_OPEN_SINGLE_LINK);
   CHECK_OK(VixDiskLib_Attach(parent, child));
   CHECK_KEPT();
   CHECK_EQUAL(VIX_E_DISK_INVAL, VixDiskLib_GetInfo(parent, &info));
   CHECK(strstr(brokenRules(), "was attached as a parent") != NULL);
   CHECK_BROKEN("stale-handle: VixDiskLib_GetInfo: ");
   CHECK_OK(VixDiskLib_Close(parent));
   closeAndStop(child);
}

static void closeDisk(void *disk, VixError result)
{
   CHECK_OK(result);
   CHECK_EQUAL(VIX_E_OBJECT_IS_BUSY, VixDiskLib_Close(disk));
}

static void closeComesAfterTheLastCallback(void)
{
   VixDiskLibHandle disk = start();

   CHECK_EQUAL(VIX_ASYNC, VixDiskLib_ReadAsync(disk, 0, 1, buffer, closeDisk, disk));
   CHECK_BROKEN("close-in-flight: VixDiskLib_Close: ");
   VddkFake_SetAsync(1, 1);
   VddkFake_HoldAsync(TRUE);
   CHECK_EQUAL(VIX_ASYNC, VixDiskLib_ReadAsync(disk, 0, 1, buffer, NULL, NULL));
   CHECK_OK(VixDiskLib_Close(disk));
   CHECK_BROKEN("close-in-flight: VixDiskLib_Close: ");
   VddkFake_HoldAsync(FALSE);
   VddkFake_SetAsync(0, 0);
   stop();
}

static void disconnect(void *connection, VixError result)
{
   CHECK_OK(result);
   CHECK_EQUAL(VIX_E_OBJECT_IS_BUSY, VixDiskLib_Disconnect(connection));
}

static void disksAreClosedBeforeTheirConnection(void)
{
   VixDiskLibHandle disk = start();
   VixDiskLibConnection other = connectLocally();

   CHECK_OK(VixDiskLib_Disconnect(other));
   CHECK_KEPT();
   CHECK_EQUAL(VIX_ASYNC, VixDiskLib_ReadAsync(disk, 0, 1, buffer, disconnect, local));
   CHECK_BROKEN("disconnect-with-disks: VixDiskLib_Disconnect: in a callback");
   CHECK_OK(VixDiskLib_Disconnect(local));
   CHECK_BROKEN("disconnect-with-disks: VixDiskLib_Disconnect: 1 disks are open");
   VixDiskLib_Exit();
   CHECK_KEPT();
   VddkFake_SetStrict(0);
}

/* ---------------------------------------------------------------------------------------------------- leaks */

static void nothingIsLeftAtExit(void)
{
   VixDiskLibHandle disk = start();
   VixDiskLibConnectParams *params = VixDiskLib_AllocateConnectParams();
   VixDiskLibConnectParams *copied;
   VixDiskLibBlockList *blocks;
   VixDiskLibInfo *info;
   char *text = VixDiskLib_GetErrorText(1, NULL);

   CHECK_OK(VixDiskLib_GetInfo(disk, &info));
   CHECK_OK(VixDiskLib_QueryAllocatedBlocks(disk, 0, 128, 128, &blocks));
   CHECK_OK(VixDiskLib_GetConnectParams(local, &copied));
   CHECK_KEPT();
   VixDiskLib_Exit();
   CHECK_BROKEN("exit-with-disks: VixDiskLib_Exit: 1 disks", "exit-with-connections: VixDiskLib_Exit: 1 connections",
                "leaked-info: VixDiskLib_Exit: 1 infos", "leaked-blocks: VixDiskLib_Exit: 1 block lists",
                "leaked-error-text: VixDiskLib_Exit: 1 error texts",
                "leaked-connect-params: VixDiskLib_Exit: 2 connect params");
   VixDiskLib_FreeInfo(info);
   VixDiskLib_FreeErrorText(text);
   VixDiskLib_FreeConnectParams(params);
   VixDiskLib_FreeConnectParams(copied);
   CHECK_OK(VixDiskLib_FreeBlockList(blocks));
   startLibrary();
   stop();
}

static void everyPreparationIsEnded(void)
{
   CHECK_OK(VixDiskLib_Close(start()));
   strict_beginAccess("vcenter", "moref=vm-1", "backup");
   strict_beginAccess("vcenter", "moref=vm-1", "backup");
   strict_beginAccess("vcenter", "moref=vm-2", "backup");
   strict_beginAccess("other", "moref=vm-2", "backup");
   strict_endAccess("vcenter", "moref=vm-1", "backup");
   strict_endAccess("vcenter", "moref=vm-2", "backup");
   strict_endAccess("vcenter", "moref=vm-3", "backup");
   strict_endAccess(NULL, NULL, NULL);
   stopLibrary();
   CHECK(strstr(brokenRules(), "moref=vm-2 of other ") != NULL);
   CHECK(strstr(brokenRules(), "moref=vm-1 of vcenter ") != NULL);
   CHECK_BROKEN("unmatched-prepare: VixDiskLib_Exit: ", "unmatched-prepare: VixDiskLib_Exit: ");
   startLibrary();
   strict_beginAccess("vcenter", "moref=vm-1", "backup");
   strict_endAccess("vcenter", "moref=vm-1", "backup");
   stop();
}

static void onlyMemoryOfTheLibraryIsFreed(void)
{
   VixDiskLibHandle disk = start();
   VixDiskLibInfo *info;

   CHECK_OK(VixDiskLib_GetInfo(disk, &info));
   VixDiskLib_FreeErrorText((char *)(void *)info);
   VixDiskLib_FreeInfo(info);
   VixDiskLib_FreeInfo(info);
   VixDiskLib_FreeConnectParams((VixDiskLibConnectParams *)(void *)buffer);
   CHECK_EQUAL(VIX_E_INVALID_ARG, VixDiskLib_FreeBlockList((VixDiskLibBlockList *)(void *)buffer));
   CHECK_BROKEN("wrong-free: VixDiskLib_FreeErrorText: ", "wrong-free: VixDiskLib_FreeInfo: ",
                "wrong-free: VixDiskLib_FreeConnectParams: ", "wrong-free: VixDiskLib_FreeBlockList: ");
   VixDiskLib_FreeErrorText(NULL);
   VixDiskLib_FreeInfo(NULL);
   VixDiskLib_FreeConnectParams(NULL);
   CHECK_OK(VixDiskLib_FreeBlockList(NULL));
   closeAndStop(disk);
}

/* ------------------------------------------------------------------------------------------------ callbacks */

static bool callsFromLog;

static void callFromLog(const char *format, va_list args)
{
   (void)format;
   (void)args;
   if (callsFromLog) {
      callsFromLog = false;
      VixDiskLib_FreeErrorText(VixDiskLib_GetErrorText(1, NULL));
   }
}

static Bool callFromProgress(void *data, int percent)
{
   (void)data;
   if (percent == 100) {
      CHECK(VixDiskLib_ListTransportModes() != NULL);
   }
   return TRUE;
}

static void textFromCompletion(void *data, VixError result)
{
   (void)data;
   VixDiskLib_FreeErrorText(VixDiskLib_GetErrorText(result, NULL));
}

static void nothingIsCalledInALogOrProgressCallback(void)
{
   VixDiskLibCreateParams params = {VIXDISKLIB_DISK_MONOLITHIC_FLAT, VIXDISKLIB_ADAPTER_IDE, 0, CAPACITY, 0, 0};
   VixDiskLibHandle disk;

   VddkFake_ForgetBrokenRules();
   VddkFake_SetStrict(1);
   CHECK_OK(VixDiskLib_InitEx(8, 0, callFromLog, NULL, NULL, NULL, NULL));
   local = connectLocally();
   CHECK_OK(VixDiskLib_Create(local, pathOf("a.vmdk"), &params, callFromProgress, NULL));
   CHECK_BROKEN("call-in-callback: VixDiskLib_ListTransportModes: in a progress callback");
   callsFromLog = true;
   disk = openDisk("a.vmdk", 0);
   CHECK(!callsFromLog);
   CHECK_BROKEN("call-in-callback: VixDiskLib_GetErrorText: in a log callback",
                "call-in-callback: VixDiskLib_FreeErrorText: in a log callback");
   CHECK_EQUAL(VIX_ASYNC, VixDiskLib_ReadAsync(disk, 0, 1, buffer, textFromCompletion, NULL));
   closeAndStop(disk);
}

/* ---------------------------------------------------------------------------------------------------- modes */

static void breakRules(void)
{
   VixDiskLib_FreeInfo((VixDiskLibInfo *)(void *)buffer);
   VixDiskLib_FreeErrorText((char *)(void *)buffer);
}

static void nothingIsRecordedThatNobodyAskedFor(void)
{
   CHECK_OK(VixDiskLib_Close(start()));
   VddkFake_SetStrict(0);
   breakRules();
   CHECK_EQUAL(0, countBroken());
   VddkFake_SetStrict(-1);
   breakRules();
   CHECK_EQUAL(0, countBroken());
   stop();
}

static void theLogIsTold(void)
{
   CHECK_OK(VixDiskLib_Close(start()));
   breakRules();
   CHECK(wasLogged("broken rule wrong-free: VixDiskLib_FreeErrorText: "));
   VddkFake_ForgetBrokenRules();
   stop();
}

static void linesThatDoNotFitAreLeftOut(void)
{
   char text[1000];
   size_t required;
   size_t size;

   CHECK_OK(VixDiskLib_Close(start()));
   CHECK_EQUAL(0, VddkFake_BrokenRules(text, sizeof text, &required));
   CHECK_EQUAL(1, required);
   CHECK_EQUAL(0, strlen(text));
   breakRules();
   CHECK_EQUAL(2, VddkFake_BrokenRules(text, sizeof text, &required));
   CHECK_EQUAL(strlen(text) + 1, required);
   size = (size_t)(strchr(text, '\n') - text) + 1;
   CHECK_EQUAL(2, VddkFake_BrokenRules(text, required - 1, NULL));
   CHECK_EQUAL(size, strlen(text));
   VddkFake_ForgetBrokenRules();
   for (int i = 0; i < 20000; i++) {
      breakRules();
   }
   CHECK_EQUAL(40000, VddkFake_BrokenRules(text, sizeof text, &required));
   CHECK(required > (1 << 20) - 2000 && required <= (1 << 20) + 1);
   VddkFake_ForgetBrokenRules();
   stop();
}

/* Runs a part of the test in a process that is to end by SIGABRT, or not to, and returns what it wrote to its standard
 * error. */
static const char *runInChild(void (*run)(void), bool aborts)
{
   static char text[4096];
   int ends[2];
   ssize_t length;
   pid_t child;
   int status;

   CHECK(pipe(ends) == 0);
   child = fork();
   CHECK(child >= 0);
   if (child == 0) {
      signal(SIGABRT, SIG_DFL);
      dup2(ends[1], STDERR_FILENO);
      run();
      _exit(0);
   }
   close(ends[1]);
   length = read(ends[0], text, sizeof text - 1);
   text[length > 0 ? length : 0] = '\0';
   close(ends[0]);
   CHECK(waitpid(child, &status, 0) == child);
   CHECK(aborts ? WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT : WIFEXITED(status) && WEXITSTATUS(status) == 0);
   return text;
}

static void startAndBreakRules(void)
{
   CHECK_OK(tryStartLibrary(8, 0, pathOf("vddk.conf")));
   breakRules();
   VixDiskLib_Exit();
}

static void breakRulesIn2(void)
{
   VddkFake_SetStrict(2);
   breakRules();
}

static void useDiskIn2(void)
{
   VixDiskLibHandle disk;

   VddkFake_SetStrict(2);
   CHECK_OK(tryStartLibrary(8, 0, NULL));
   local = connectLocally();
   disk = openDisk("a.vmdk", 0);
   CHECK_OK(VixDiskLib_Read(disk, 0, 1, buffer));
   CHECK_OK(VixDiskLib_Close(disk));
   stopLibrary();
}

static void theFirstBrokenRuleMayEndTheProcess(void)
{
   const char *text = runInChild(breakRulesIn2, true);

   CHECK(strncmp(text, "VixDiskLib: broken rule wrong-free: VixDiskLib_FreeInfo: ", 57) == 0);
   CHECK(strchr(text, '\n') != NULL && strchr(text, '\n')[1] == '\0');
   writeText("vddk.conf", "vddkFake.strict = 2\n");
   text = runInChild(startAndBreakRules, true);
   CHECK(strncmp(text, "VixDiskLib: broken rule wrong-free: ", 36) == 0);
   CHECK_OK(VixDiskLib_Close(start()));
   stop();
   CHECK(*runInChild(useDiskIn2, false) == '\0');
}

static void theConfigurationTurnsItOnAndOff(void)
{
   VddkFake_ForgetBrokenRules();
   VddkFake_SetStrict(0);
   writeText("vddk.conf", "vddkFake.strict = 1\n");
   startAndBreakRules();
   CHECK_BROKEN("wrong-free: VixDiskLib_FreeInfo: ", "wrong-free: VixDiskLib_FreeErrorText: ");
   writeText("vddk.conf", "\n"); /* stays as it was */
   startAndBreakRules();
   CHECK_BROKEN("wrong-free: VixDiskLib_FreeInfo: ", "wrong-free: VixDiskLib_FreeErrorText: ");
   writeText("vddk.conf", "vddkFake.strict = 0\n");
   startAndBreakRules();
   CHECK_KEPT();
}

static void theChildOfAForkEndsNothingOfItsParents(void)
{
   VixDiskLibHandle disk = start();
   pid_t child;
   int status;

   strict_beginAccess("vcenter", "moref=vm-1", "backup");
   child = fork();
   CHECK(child >= 0);
   if (child == 0) {
      strict_stop();
      _exit(strstr(brokenRules(), "unmatched-prepare") != NULL);
   }
   CHECK(waitpid(child, &status, 0) == child);
   CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
   strict_endAccess("vcenter", "moref=vm-1", "backup");
   closeAndStop(disk);
}

/* -------------------------------------------------------------------------------------- a correct program */

static void *workOnDisk(void *disk)
{
   uint8 *mine = malloc(64 * SECTOR);
   VixDiskLibInfo *info;
   size_t required;

   CHECK_OK(VixDiskLib_GetInfo(disk, &info));
   VixDiskLib_FreeInfo(info);
   CHECK_EQUAL(VIX_E_BUFFER_TOOSMALL, VixDiskLib_GetMetadataKeys(disk, NULL, 0, &required));
   for (uint64 i = 0; i < 16; i++) {
      fillPattern(mine + i * 4 * SECTOR, i * 4, 4, 7);
      CHECK_EQUAL(VIX_ASYNC, VixDiskLib_WriteAsync(disk, i * 4, 4, mine + i * 4 * SECTOR, noteEnd, NULL));
   }
   CHECK_OK(VixDiskLib_Wait(disk));
   CHECK_OK(VixDiskLib_Flush(disk));
   for (uint64 i = 0; i < 16; i++) {
      CHECK_EQUAL(VIX_ASYNC, VixDiskLib_ReadAsync(disk, i * 4, 4, mine + i * 4 * SECTOR, noteEnd, NULL));
   }
   CHECK_OK(VixDiskLib_Wait(disk));
   checkPattern(mine, 0, 64, 7);
   CHECK_OK(VixDiskLib_Write(disk, 100, 64, mine));
   CHECK_OK(VixDiskLib_Read(disk, 100, 64, mine));
   CHECK_OK(VixDiskLib_WriteMetadata(disk, "who", "me"));
   free(mine);
   return NULL;
}

/* Opens and closes on one thread, and works with each disk on one thread of its own. */
static void aCorrectProgramBreaksNoRule(void)
{
   enum { DISKS = 3 };
   VixDiskLibCreateParams params = {VIXDISKLIB_DISK_MONOLITHIC_SPARSE, VIXDISKLIB_ADAPTER_IDE, 0, CAPACITY, 0, 0};
   VixDiskLibConnectParams *connectParams;
   VixDiskLibHandle disks[DISKS];
   VixDiskLibBlockList *blocks;
   VixDiskLibHandle child;
   pthread_t threads[DISKS];

   CHECK_OK(VixDiskLib_Close(start()));
   VddkFake_SetAsync(3, chooseSeed());
   CHECK_OK(VixDiskLib_GetConnectParams(local, &connectParams));
   VixDiskLib_FreeConnectParams(connectParams);
   for (int i = 0; i < DISKS; i++) {
      char name[32];

      snprintf(name, sizeof name, "disk%d.vmdk", i);
      createDisk(name, i == 0 ? VIXDISKLIB_DISK_MONOLITHIC_SPARSE : VIXDISKLIB_DISK_SPLIT_FLAT, CAPACITY);
      disks[i] = openDisk(name, 0);
   }
   for (int i = 0; i < DISKS; i++) {
      CHECK(pthread_create(&threads[i], NULL, workOnDisk, disks[i]) == 0);
   }
   for (int i = 0; i < DISKS; i++) {
      pthread_join(threads[i], NULL);
   }
   CHECK_OK(VixDiskLib_QueryAllocatedBlocks(disks[0], 0, 128, 128, &blocks));
   CHECK_OK(VixDiskLib_FreeBlockList(blocks));
   CHECK_OK(VixDiskLib_CreateChild(disks[0], pathOf("child.vmdk"), VIXDISKLIB_DISK_MONOLITHIC_SPARSE, NULL, NULL));
   child = openDisk("child.vmdk", VIXDISKLIB_FLAG_OPEN_SINGLE_LINK);
   CHECK_OK(VixDiskLib_IsAttachPossible(disks[0], child));
   CHECK_OK(VixDiskLib_Attach(disks[0], child));
   CHECK_OK(VixDiskLib_Close(child));
   for (int i = 0; i < DISKS; i++) {
      CHECK_OK(VixDiskLib_Close(disks[i]));
   }
   CHECK_OK(VixDiskLib_Clone(local, pathOf("clone.vmdk"), local, pathOf("child.vmdk"), &params, NULL, NULL, FALSE));
   CHECK_OK(VixDiskLib_Unlink(local, pathOf("clone.vmdk")));
   VddkFake_SetAsync(0, 0);
   stop();
}

int main(void)
{
   sem_init(&reached, 0, 0);
   sem_init(&released, 0, 0);
   RUN(openingAndClosingIsForOneThread);
   RUN(openingAndClosingMayBeForOneThreadAtATime);
   RUN(twoThreadsAreNotInOneDisk);
   RUN(twoThreadsAreNotInAnyOfTwoDisks);
   RUN(aDiskThatIsWaitedForIsNotUsedByAnotherThread);
   RUN(callbacksMayGoOnWhileTheirDiskIsWaitedFor);
   RUN(synchronousAndAsynchronousCallsAreNotMixed);
   RUN(eachBrokenRuleIsOneLine);
   RUN(theBufferOfAWriteStaysAsItIs);
   RUN(theBufferOfARequestIsNotGivenToAnother);
   RUN(aCallbackHasItsBufferBack);
   RUN(handlesThatAreNotOpenAreNotUsed);
   RUN(anAttachedParentIsGoodForCloseOnly);
   RUN(closeComesAfterTheLastCallback);
   RUN(disksAreClosedBeforeTheirConnection);
   RUN(nothingIsLeftAtExit);
   RUN(everyPreparationIsEnded);
   RUN(onlyMemoryOfTheLibraryIsFreed);
   RUN(nothingIsCalledInALogOrProgressCallback);
   RUN(nothingIsRecordedThatNobodyAskedFor);
   RUN(theLogIsTold);
   RUN(linesThatDoNotFitAreLeftOut);
   RUN(theFirstBrokenRuleMayEndTheProcess);
   RUN(theConfigurationTurnsItOnAndOff);
   RUN(theChildOfAForkEndsNothingOfItsParents);
   RUN(aCorrectProgramBreaksNoRule);
   return finish();
}
