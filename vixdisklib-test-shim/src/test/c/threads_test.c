/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Many threads at once, on different disks as is allowed and on one disk as is not.
 */
#include "disks.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#define THREADS 6
#define CAPACITY 20001u

static VixDiskLibHandle shared;

static void runThreads(void *(*run)(void *))
{
   pthread_t threads[THREADS];
   static int numbers[THREADS];

   for (int i = 0; i < THREADS; i++) {
      numbers[i] = i;
      CHECK(pthread_create(&threads[i], NULL, run, &numbers[i]) == 0);
   }
   for (int i = 0; i < THREADS; i++) {
      pthread_join(threads[i], NULL);
   }
}

static void *useOwnDisk(void *number)
{
   int me = *(int *)number;
   Random random = {(uint64)me + 1};
   uint8 *buffer = malloc(64 * SECTOR);
   VixDiskLibHandle disk;
   char path[64];

   snprintf(path, sizeof path, "own%d.vmdk", me);
   for (int round = 0; round < 5; round++) {
      CHECK_OK(VixDiskLib_Open(local, pathOf(path), 0, &disk));
      for (int i = 0; i < 100; i++) {
         uint64 sector = nextRandom(&random, CAPACITY - 64);
         VixDiskLibInfo *info;

         fillPattern(buffer, sector, 64, (uint32)me);
         CHECK_OK(VixDiskLib_Write(disk, sector, 64, buffer));
         memset(buffer, 0, 64 * SECTOR);
         CHECK_OK(VixDiskLib_Read(disk, sector, 64, buffer));
         checkPattern(buffer, sector, 64, (uint32)me);
         CHECK_OK(VixDiskLib_GetInfo(disk, &info));
         VixDiskLib_FreeInfo(info);
      }
      CHECK_OK(VixDiskLib_WriteMetadata(disk, "round", "done"));
      CHECK_OK(VixDiskLib_Close(disk));
   }
   free(buffer);
   return NULL;
}

static void differentDisksAreUsedAtTheSameTime(void)
{
   startLibrary();
   for (int i = 0; i < THREADS; i++) {
      char name[64];

      snprintf(name, sizeof name, "own%d.vmdk", i);
      createDisk(name, i % 2 == 0 ? VIXDISKLIB_DISK_MONOLITHIC_SPARSE : VIXDISKLIB_DISK_MONOLITHIC_FLAT, CAPACITY);
   }
   runThreads(useOwnDisk);
   stopLibrary();
}

static void *useSharedDisk(void *number)
{
   Random random = {(uint64) * (int *)number + 100};
   uint8 *buffer = malloc(64 * SECTOR);

   for (int i = 0; i < 300; i++) {
      uint64 sector = nextRandom(&random, CAPACITY - 64);
      VixError error;

      fillPattern(buffer, sector, 64, 5);
      error = VixDiskLib_Write(shared, sector, 64, buffer);
      CHECK(error == VIX_OK || error == VIX_E_DISK_INVAL);
      error = VixDiskLib_Read(shared, sector, 64, buffer);
      CHECK(error == VIX_OK || error == VIX_E_DISK_INVAL);
      if (error == VIX_OK) {
         checkPattern(buffer, sector, 64, 5);
      }
      if (*(int *)number == 0 && i == 200) {
         CHECK_OK(VixDiskLib_Close(shared));
      }
      if (i % 16 == 0) {
         error = VixDiskLib_WriteMetadata(shared, "key", i % 32 == 0 ? "short" : "somewhat longer");
         CHECK(error == VIX_OK || error == VIX_E_DISK_INVAL);
      }
   }
   free(buffer);
   return NULL;
}

static void oneDiskSurvivesBeingUsedAtTheSameTime(void)
{
   startLibrary();
   createDisk("shared.vmdk", VIXDISKLIB_DISK_MONOLITHIC_SPARSE, CAPACITY);
   shared = openDisk("shared.vmdk", 0);
   runThreads(useSharedDisk);
   CHECK_OK(tryOpen("shared.vmdk", 0));
   stopLibrary();
}

static void *readShared(void *result)
{
   uint8 buffer[SECTOR];

   *(VixError *)result = VixDiskLib_Read(shared, 0, 1, buffer);
   return NULL;
}

static void aReadOutlivesTheClosingOfItsDisk(void)
{
   pthread_t reader;
   VixError result = VIX_E_FAIL;

   startLibrary();
   createDisk("a.vmdk", VIXDISKLIB_DISK_MONOLITHIC_SPARSE, 1000);
   for (int way = 0; way < 3; way++) {
      VixDiskLibConnection connection = connectLocally();

      CHECK_OK(VixDiskLib_Open(connection, pathOf("a.vmdk"), 0, &shared));
      VddkFake_HoldReads(TRUE);
      CHECK(pthread_create(&reader, NULL, readShared, &result) == 0);
      VddkFake_AwaitHeldReads(1);
      CHECK_OK(way == 0 ? VixDiskLib_Close(shared) : VIX_OK);
      CHECK_OK(way < 2 ? VixDiskLib_Disconnect(connection) : VIX_OK);
      CHECK_EQUAL(way < 2 ? VIX_E_DISK_INVAL : VIX_OK, VixDiskLib_Flush(shared));
      if (way == 2) {
         VixDiskLib_Exit();
      }
      VddkFake_HoldReads(FALSE);
      pthread_join(reader, NULL);
      CHECK_OK(result);
   }
   CHECK_EQUAL(0, VddkFake_LiveCount("disks"));
}

static void *logFromLibrary(void *number)
{
   for (int i = 0; i < 20; i++) {
      VddkFake_LogFromLibraryThread(*(int *)number % 2, "many at once");
   }
   return NULL;
}

static void theLibraryThreadServesAll(void)
{
   startLibrary();
   runThreads(logFromLibrary);
   CHECK(wasLogged("many at once"));
   stopLibrary();
}

/* ------------------------------------------------------------------------------------------ everything at once */

#define HANDLES 8
#define NAMES 6
#define CALLS 250

static _Atomic(VixDiskLibHandle) handles[HANDLES]; /* of all threads, some of them closed by now */
static atomic_uint accepted;
static atomic_uint called;

typedef struct Caller {
   Random random;
   VixDiskLibConnection connection;
   uint8 *buffer;
} Caller;

static VixDiskLibHandle anyHandle(Caller *caller)
{
   return atomic_load(&handles[nextRandom(&caller->random, HANDLES)]);
}

static const char *const names[NAMES] = {"0.vmdk", "1.vmdk", "2.vmdk", "3.vmdk", "4.vmdk", "5.vmdk"};

static const char *anyName(Caller *caller)
{
   return pathOf(names[nextRandom(&caller->random, NAMES)]);
}

static VixDiskLibDiskType anyType(Caller *caller)
{
   static const VixDiskLibDiskType types[] = {VIXDISKLIB_DISK_MONOLITHIC_SPARSE, VIXDISKLIB_DISK_MONOLITHIC_FLAT,
                                              VIXDISKLIB_DISK_SPLIT_SPARSE, VIXDISKLIB_DISK_STREAM_OPTIMIZED};

   return types[nextRandom(&caller->random, sizeof types / sizeof types[0])];
}

static VixError openAny(Caller *caller)
{
   static const uint32 flags[] = {0, VIXDISKLIB_FLAG_OPEN_READ_ONLY, VIXDISKLIB_FLAG_OPEN_SINGLE_LINK};
   VixDiskLibConnection on = nextRandom(&caller->random, 2) == 0 ? local : caller->connection;
   VixDiskLibHandle disk;
   VixError error = VixDiskLib_Open(on, anyName(caller), flags[nextRandom(&caller->random, 3)], &disk);

   if (error == VIX_OK) {
      disk = atomic_exchange(&handles[nextRandom(&caller->random, HANDLES)], disk);
      error = disk != NULL ? VixDiskLib_Close(disk) : VIX_OK;
   }
   return error;
}

static void endRequest(void *buffer, VixError result)
{
   (void)result;
   free(buffer);
   atomic_fetch_add(&called, 1);
}

static VixError request(Caller *caller, bool write)
{
   uint64 sector = nextRandom(&caller->random, CAPACITY - 64);
   uint8 *buffer = malloc(64 * SECTOR);
   VixError error;

   fillPattern(buffer, sector, 64, 5);
   error = write ? VixDiskLib_WriteAsync(anyHandle(caller), sector, 64, buffer, endRequest, buffer)
                 : VixDiskLib_ReadAsync(anyHandle(caller), sector, 64, buffer, endRequest, buffer);
   if (error == VIX_ASYNC) {
      atomic_fetch_add(&accepted, 1);
      return VIX_OK;
   }
   free(buffer);
   return error;
}

static VixError useData(Caller *caller, uint64 what)
{
   VixDiskLibHandle disk = anyHandle(caller);
   uint64 sector = nextRandom(&caller->random, CAPACITY - 64);
   VixDiskLibBlockList *list;
   VixError error;

   switch (what) {
   case 0:
      return VixDiskLib_Read(disk, sector, 64, caller->buffer);
   case 1:
      fillPattern(caller->buffer, sector, 64, 5);
      return VixDiskLib_Write(disk, sector, 64, caller->buffer);
   case 2:
      return request(caller, false);
   case 3:
      return request(caller, true);
   case 4:
      return VixDiskLib_Wait(disk);
   case 5:
      return VixDiskLib_Flush(disk);
   case 6:
      return VixDiskLib_Shrink(disk, NULL, NULL);
   case 7:
      return VixDiskLib_Defragment(disk, NULL, NULL);
   default:
      error = VixDiskLib_QueryAllocatedBlocks(disk, 0, CAPACITY / GRAIN * GRAIN, GRAIN, &list);
      CHECK(error != VIX_OK || VixDiskLib_FreeBlockList(list) == VIX_OK);
      return error;
   }
}

static VixError askDisk(Caller *caller, uint64 what)
{
   VixDiskLibHandle disk = anyHandle(caller);
   char text[256];
   uint64 space;
   VixDiskLibInfo *info;
   VixError error;

   switch (what) {
   case 0:
      error = VixDiskLib_GetInfo(disk, &info);
      VixDiskLib_FreeInfo(info);
      return error;
   case 1:
      return VixDiskLib_ReadMetadata(disk, "key", text, sizeof text, NULL);
   case 2:
      return VixDiskLib_WriteMetadata(disk, "key", nextRandom(&caller->random, 2) == 0 ? "short" : "somewhat longer");
   case 3:
      return VixDiskLib_GetMetadataKeys(disk, text, sizeof text, NULL);
   case 4:
      return VixDiskLib_SpaceNeededForClone(disk, anyType(caller), &space);
   default:
      (void)VixDiskLib_GetTransportMode(disk);
      return VIX_OK;
   }
}

static VixError manageFiles(Caller *caller, uint64 what)
{
   VixDiskLibCreateParams params = {anyType(caller), VIXDISKLIB_ADAPTER_SCSI_LSILOGIC, 7, CAPACITY, 512, 512};
   VixError error;

   switch (what) {
   case 0:
      return VixDiskLib_Create(caller->connection, anyName(caller), &params, NULL, NULL);
   case 1:
      error = VixDiskLib_Clone(caller->connection, anyName(caller), local, anyName(caller), &params, NULL, NULL,
                               nextRandom(&caller->random, 2) == 0);
      /* Readers ask for no lock, and the file of one that is shrunk on the way ends too early. */
      return error == VIX_E_FILE_ERROR ? VIX_OK : error;
   case 2:
      return VixDiskLib_CreateChild(anyHandle(caller), anyName(caller), VIXDISKLIB_DISK_MONOLITHIC_SPARSE, NULL, NULL);
   case 3:
      return VixDiskLib_IsAttachPossible(anyHandle(caller), anyHandle(caller));
   case 4:
      return VixDiskLib_Attach(anyHandle(caller), anyHandle(caller));
   case 5:
      return VixDiskLib_Grow(caller->connection, anyName(caller), CAPACITY, TRUE, NULL, NULL);
   case 6:
      return VixDiskLib_Rename(anyName(caller), anyName(caller));
   case 7:
      return VixDiskLib_CheckRepair(caller->connection, anyName(caller), nextRandom(&caller->random, 2) == 0);
   default:
      return VixDiskLib_Unlink(caller->connection, anyName(caller));
   }
}

static VixError useLibrary(Caller *caller, uint64 what)
{
   VixDiskLibConnectParams *params;
   VixError error;

   switch (what) {
   case 0:
      VixDiskLib_FreeErrorText(VixDiskLib_GetErrorText(nextRandom(&caller->random, 65536), NULL));
      return VIX_OK;
   case 1:
      VixDiskLib_FreeConnectParams(VixDiskLib_AllocateConnectParams());
      return VIX_OK;
   case 2:
      error = VixDiskLib_GetConnectParams(caller->connection, &params);
      VixDiskLib_FreeConnectParams(params);
      return error;
   case 3:
      (void)VixDiskLib_ListTransportModes();
      return VixDiskLib_Cleanup(NULL, NULL, NULL);
   case 4:
      error = VixDiskLib_Disconnect(caller->connection); /* with whatever disks it has */
      return error == VIX_OK ? VixDiskLib_Connect(NULL, &caller->connection) : error;
   default:
      return VixDiskLib_Close(atomic_exchange(&handles[nextRandom(&caller->random, HANDLES)], NULL));
   }
}

static VixError callAny(Caller *caller)
{
   switch (nextRandom(&caller->random, 10)) {
   case 0:
   case 1:
      return openAny(caller);
   case 2:
   case 3:
   case 4:
   case 5:
      return useData(caller, nextRandom(&caller->random, 9));
   case 6:
   case 7:
      return manageFiles(caller, nextRandom(&caller->random, 9));
   case 8:
      return askDisk(caller, nextRandom(&caller->random, 6));
   default:
      return useLibrary(caller, nextRandom(&caller->random, 6));
   }
}

static uint64 allSeed;
static bool exiting;

static void *callAll(void *number)
{
   uint64 me = (uint64) * (int *)number;
   Caller caller = {{allSeed + me * 7919}, NULL, malloc(64 * SECTOR)};

   CHECK(VixDiskLib_Connect(NULL, &caller.connection) == VIX_OK || exiting);
   for (int i = 0; i < CALLS; i++) {
      VixError error = callAny(&caller);

      CHECK(error != VIX_E_FAIL && error != VIX_E_OUT_OF_MEMORY && error != VIX_E_FILE_ERROR);
      CHECK(error != VIX_E_DISK_NOINIT || exiting);
      if (exiting && me == 0 && i == CALLS / 2) {
         VixDiskLib_Exit();
      }
   }
   (void)VixDiskLib_Disconnect(caller.connection);
   free(caller.buffer);
   return NULL;
}

static void callEverything(void)
{
   startLibrary();
   VddkFake_SetAsync(3, allSeed);
   for (int i = 0; i < HANDLES; i++) {
      atomic_store(&handles[i], NULL);
   }
   for (int i = 0; i < NAMES; i += 2) {
      createDisk(names[i], VIXDISKLIB_DISK_MONOLITHIC_SPARSE, CAPACITY);
   }
   runThreads(callAll);
   VddkFake_SetAsync(0, 0);
}

/* Whatever was done to the disks, those that there are have no damage. */
static void checkWhatIsLeft(void)
{
   for (int i = 0; i < NAMES; i++) {
      VixError error = VixDiskLib_CheckRepair(local, pathOf(names[i]), FALSE);

      CHECK(error == VIX_OK || error == VIX_E_FILE_NOT_FOUND);
   }
   CHECK_EQUAL(atomic_load(&accepted), atomic_load(&called));
}

static void everyFunctionIsCalledAtTheSameTime(void)
{
   allSeed = chooseSeed();
   exiting = false;
   callEverything();
   stopLibrary(); /* which ends the requests of disks that are open */
   startLibrary();
   checkWhatIsLeft();
   stopLibrary();
}

static void theLibraryEndsWhileItIsUsed(void)
{
   allSeed = chooseSeed();
   exiting = true;
   callEverything();
   startLibrary();
   checkWhatIsLeft();
   stopLibrary();
}

static atomic_uint opened;

/* Connects and opens as fast as it can, and leaves everything open. */
static void *openUntilTheEnd(void *unused)
{
   VixDiskLibConnection connection;
   VixDiskLibHandle disk;
   VixError error = VIX_OK;

   (void)unused;
   while (error == VIX_OK && (error = VixDiskLib_Connect(NULL, &connection)) == VIX_OK) {
      error = VixDiskLib_Open(connection, pathOf("shared.vmdk"), VIXDISKLIB_FLAG_OPEN_READ_ONLY, &disk);
      atomic_fetch_add(&opened, 1);
   }
   CHECK(error == VIX_E_DISK_NOINIT || error == VIX_E_DISK_INVALID_CONNECTION);
   return NULL;
}

static void nothingIsOpenOnceTheLibraryHasEnded(void)
{
   startLibrary();
   createDisk("shared.vmdk", VIXDISKLIB_DISK_MONOLITHIC_SPARSE, CAPACITY);
   stopLibrary();
   for (int round = 0; round < 100; round++) {
      pthread_t threads[THREADS];

      CHECK_OK(tryStartLibrary(8, 0, NULL));
      atomic_store(&opened, 0);
      for (int i = 0; i < THREADS; i++) {
         CHECK(pthread_create(&threads[i], NULL, openUntilTheEnd, NULL) == 0);
      }
      while (atomic_load(&opened) < 2 * THREADS) {
         sched_yield();
      }
      VixDiskLib_Exit();
      for (int i = 0; i < THREADS; i++) {
         pthread_join(threads[i], NULL);
      }
      CHECK_EQUAL(0, VddkFake_LiveCount("disks"));
      CHECK_EQUAL(0, VddkFake_LiveCount("connections"));
   }
}

/* ------------------------------------------------------------------------------------------ chains and copies */

static const char *ownName(int me, const char *what)
{
   char name[32];

   snprintf(name, sizeof name, "%s%d.vmdk", what, me);
   return pathOf(name);
}

/* Makes a child of the disk of all, and attaches it to it. */
static void makeChild(int me, uint8 *buffer)
{
   const char *path = ownName(me, "child");
   VixDiskLibHandle parent;
   VixDiskLibHandle child;

   CHECK_OK(VixDiskLib_Open(local, pathOf("base.vmdk"), VIXDISKLIB_FLAG_OPEN_READ_ONLY, &parent));
   CHECK_OK(VixDiskLib_CreateChild(parent, path, VIXDISKLIB_DISK_MONOLITHIC_SPARSE, NULL, NULL));
   CHECK_OK(VixDiskLib_Open(local, path, VIXDISKLIB_FLAG_OPEN_SINGLE_LINK, &child));
   CHECK_OK(VixDiskLib_IsAttachPossible(parent, child));
   CHECK_OK(VixDiskLib_Attach(parent, child));
   CHECK_OK(VixDiskLib_Close(parent));
   CHECK_OK(VixDiskLib_Read(child, 0, 64, buffer));
   checkPattern(buffer, 0, 64, 5);
   fillPattern(buffer, 10, 3, (uint32)me);
   CHECK_OK(VixDiskLib_Write(child, 10, 3, buffer));
   CHECK_OK(VixDiskLib_Close(child));
}

/* Copies the chain, and does to the copy what there is to do. */
static void useCopy(int me, uint8 *buffer)
{
   VixDiskLibCreateParams params = {VIXDISKLIB_DISK_SPLIT_SPARSE, VIXDISKLIB_ADAPTER_IDE, 7, 0, 512, 512};
   const char *copy = ownName(me, "copy");
   const char *moved = ownName(me, "moved");
   VixDiskLibHandle disk;

   CHECK_OK(VixDiskLib_Clone(local, copy, local, ownName(me, "child"), &params, NULL, NULL, FALSE));
   CHECK_OK(VixDiskLib_Grow(local, copy, CAPACITY + 1000, TRUE, NULL, NULL));
   CHECK_OK(VixDiskLib_Rename(copy, moved));
   CHECK_OK(VixDiskLib_CheckRepair(local, moved, TRUE));
   CHECK_OK(VixDiskLib_Open(local, moved, 0, &disk));
   CHECK_OK(VixDiskLib_Shrink(disk, NULL, NULL));
   CHECK_OK(VixDiskLib_Defragment(disk, NULL, NULL));
   CHECK_OK(VixDiskLib_Read(disk, 0, 64, buffer));
   checkPattern(buffer, 0, 10, 5);
   checkPattern(buffer + 10 * SECTOR, 10, 3, (uint32)me);
   checkPattern(buffer + 13 * SECTOR, 13, 51, 5);
   CHECK_OK(VixDiskLib_Close(disk));
   CHECK_OK(VixDiskLib_Unlink(local, moved));
}

static void *makeChains(void *number)
{
   int me = *(int *)number;
   uint8 *buffer = malloc(64 * SECTOR);

   for (int round = 0; round < 4; round++) {
      makeChild(me, buffer);
      CHECK_EQUAL(VIX_E_FILE_ALREADY_EXISTS, tryCreate("base.vmdk", VIXDISKLIB_DISK_MONOLITHIC_FLAT, CAPACITY));
      useCopy(me, buffer);
      CHECK_OK(VixDiskLib_Unlink(local, ownName(me, "child")));
   }
   free(buffer);
   return NULL;
}

static void createBase(void)
{
   uint8 *buffer = malloc(64 * SECTOR);
   VixDiskLibHandle disk;

   createDisk("base.vmdk", VIXDISKLIB_DISK_MONOLITHIC_FLAT, CAPACITY);
   disk = openDisk("base.vmdk", 0);
   fillPattern(buffer, 0, 64, 5);
   CHECK_OK(VixDiskLib_Write(disk, 0, 64, buffer));
   CHECK_OK(VixDiskLib_Close(disk));
   free(buffer);
}

static void chainsOnOneDiskAreMadeAtTheSameTime(void)
{
   startLibrary();
   createBase();
   runThreads(makeChains);
   stopLibrary();
}

static char *const splitNames[] = {"x.vmdk", "y.vmdk"};

static const char *anySplitName(Random *random)
{
   return pathOf(splitNames[nextRandom(random, 2)]);
}

/* Makes, renames, changes and deletes disks of two names, as all threads do. */
static void *contendForNames(void *number)
{
   Random random = {(uint64) * (int *)number + 1};
   VixDiskLibCreateParams params = {VIXDISKLIB_DISK_SPLIT_SPARSE, VIXDISKLIB_ADAPTER_IDE, 7, CAPACITY, 512, 512};
   VixDiskLibHandle disk;
   VixError error;

   for (int i = 0; i < 300; i++) {
      const char *name = anySplitName(&random);

      switch (nextRandom(&random, 4)) {
      case 0:
         error = VixDiskLib_Create(local, name, &params, NULL, NULL);
         break;
      case 1:
         error = VixDiskLib_Rename(name, anySplitName(&random));
         break;
      case 2:
         error = VixDiskLib_Unlink(local, name);
         break;
      default:
         error = VixDiskLib_Open(local, name, 0, &disk);
         if (error == VIX_OK) {
            CHECK_OK(VixDiskLib_WriteMetadata(disk, "key", i % 2 == 0 ? "short" : "somewhat longer"));
            CHECK_OK(VixDiskLib_Close(disk));
         }
      }
      CHECK(error == VIX_OK || error == VIX_E_FILE_NOT_FOUND || error == VIX_E_FILE_ALREADY_EXISTS ||
            error == VIX_E_FILE_ALREADY_LOCKED);
   }
   return NULL;
}

static void *renameToAndFro(void *number)
{
   for (int i = 0; i < 100; i++) {
      int from = (i + *(int *)number) % 2;
      VixError error = VixDiskLib_Rename(pathOf(splitNames[from]), pathOf(splitNames[1 - from]));

      CHECK(error == VIX_OK || error == VIX_E_FILE_NOT_FOUND || error == VIX_E_FILE_ALREADY_EXISTS ||
            error == VIX_E_FILE_ALREADY_LOCKED);
   }
   return NULL;
}

static void aDiskSurvivesBeingRenamedToAndFro(void)
{
   startLibrary();
   createDisk("x.vmdk", VIXDISKLIB_DISK_SPLIT_SPARSE, UINT64_C(40000000)); /* of ten extents */
   runThreads(renameToAndFro);
   CHECK_EQUAL(11, countFiles());
   CHECK_OK(tryOpen(fileExists("x.vmdk") ? "x.vmdk" : "y.vmdk", 0));
   stopLibrary();
}

static void disksAreWholeWhoeverWantsTheirNames(void)
{
   startLibrary();
   for (int round = 0; round < 10; round++) {
      runThreads(contendForNames);
      for (int i = 0; i < 2; i++) {
         VixError error = VixDiskLib_Unlink(local, pathOf(splitNames[i]));

         CHECK(error == VIX_OK || error == VIX_E_FILE_NOT_FOUND);
      }
      CHECK_EQUAL(0, countFiles());
   }
   stopLibrary();
}

/* Some change the descriptor of the disk of all, some ask whether it could be a parent, in both orders. */
static void *askForParent(void *number)
{
   int me = *(int *)number;
   VixDiskLibHandle child;

   CHECK_OK(VixDiskLib_Open(local, ownName(me, "child"), VIXDISKLIB_FLAG_OPEN_SINGLE_LINK, &child));
   for (int round = 0; round < 30; round++) {
      CHECK_OK(VixDiskLib_WriteMetadata(shared, "key", round % 2 == 0 ? "short" : "somewhat longer"));
      CHECK_OK(VixDiskLib_IsAttachPossible(shared, child));
      CHECK_EQUAL(VIX_E_DISK_ATTACH_ROOTLINK, VixDiskLib_IsAttachPossible(child, shared));
      CHECK_EQUAL(VIX_E_DISK_PARENT_NOTALLOWED, VixDiskLib_IsAttachPossible(child, child));
   }
   CHECK_OK(VixDiskLib_Close(child));
   return NULL;
}

static void aDiskIsAParentWhileItIsChanged(void)
{
   startLibrary();
   createBase();
   shared = openDisk("base.vmdk", 0);
   for (int i = 0; i < THREADS; i++) {
      CHECK_OK(VixDiskLib_CreateChild(shared, ownName(i, "child"), VIXDISKLIB_DISK_MONOLITHIC_SPARSE, NULL, NULL));
   }
   runThreads(askForParent);
   CHECK_OK(VixDiskLib_Close(shared));
   stopLibrary();
}

int main(void)
{
   RUN(differentDisksAreUsedAtTheSameTime);
   RUN(oneDiskSurvivesBeingUsedAtTheSameTime);
   RUN(aReadOutlivesTheClosingOfItsDisk);
   RUN(theLibraryThreadServesAll);
   RUN(chainsOnOneDiskAreMadeAtTheSameTime);
   RUN(aDiskIsAParentWhileItIsChanged);
   RUN(aDiskSurvivesBeingRenamedToAndFro);
   RUN(disksAreWholeWhoeverWantsTheirNames);
   RUN(everyFunctionIsCalledAtTheSameTime);
   RUN(theLibraryEndsWhileItIsUsed);
   RUN(nothingIsOpenOnceTheLibraryHasEnded);
   return finish();
}
