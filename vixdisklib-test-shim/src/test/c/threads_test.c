/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Many threads at once, on different disks as is allowed and on one disk as is not.
 */
#include "support.h"

#include <pthread.h>

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

int main(void)
{
   RUN(differentDisksAreUsedAtTheSameTime);
   RUN(oneDiskSurvivesBeingUsedAtTheSameTime);
   RUN(aReadOutlivesTheClosingOfItsDisk);
   RUN(theLibraryThreadServesAll);
   return finish();
}
