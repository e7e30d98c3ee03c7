/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * The library as programs get it: loaded at run time, by its path. Its arguments are the folder of a fake VDDK and its
 * version. Each test is a process of its own, since what was loaded once leaves traces.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "vixDiskLib.h"

static const char *vddk;
static const char *version;
static const char *program;
static char disk[64];

#define CHECK(condition) check(condition, #condition, __LINE__)

static void check(int condition, const char *what, int line)
{
   if (!condition) {
      fprintf(stderr, "load_test.c:%d: failed: %s\n", line, what);
      _exit(1);
   }
}

/* ------------------------------------------------------------------------------------------- the library */

static VixError (*initEx)(uint32, uint32, VixDiskLibGenericLogFunc *, VixDiskLibGenericLogFunc *,
                          VixDiskLibGenericLogFunc *, const char *, const char *);
static void (*exitLibrary)(void);
static const char *(*listTransportModes)(void);
static char *(*getErrorText)(VixError, const char *);
static void (*freeErrorText)(char *);
static VixError (*connectTo)(const VixDiskLibConnectParams *, VixDiskLibConnection *);
static VixError (*create)(VixDiskLibConnection, const char *, const VixDiskLibCreateParams *, VixDiskLibProgressFunc,
                          void *);
static VixError (*openDisk)(VixDiskLibConnection, const char *, uint32, VixDiskLibHandle *);
static VixError (*closeDisk)(VixDiskLibHandle);
static VixError (*readDisk)(VixDiskLibHandle, VixDiskLibSectorType, VixDiskLibSectorType, uint8 *);
static VixError (*writeDisk)(VixDiskLibHandle, VixDiskLibSectorType, VixDiskLibSectorType, const uint8 *);
static VixError (*disconnect)(VixDiskLibConnection);

static void *library;

static const char *pathOf(const char *name)
{
   static char path[4096];

   snprintf(path, sizeof path, "%s/lib64/%s", vddk, name);
   return path;
}

static void *load(const char *name)
{
   void *loaded = dlopen(pathOf(name), RTLD_NOW | RTLD_LOCAL);

   if (loaded == NULL) {
      fprintf(stderr, "%s\n", dlerror());
   }
   CHECK(loaded != NULL);
   return loaded;
}

static void find(void *function, const char *name)
{
   void *symbol = dlsym(library, name);

   check(symbol != NULL, name, __LINE__);
   memcpy(function, &symbol, sizeof symbol);
}

static void loadLibrary(void)
{
   char name[64];

   snprintf(name, sizeof name, "libvixDiskLib.so.%s", version);
   library = load(name);
   find(&initEx, "VixDiskLib_InitEx");
   find(&exitLibrary, "VixDiskLib_Exit");
   find(&listTransportModes, "VixDiskLib_ListTransportModes");
   find(&getErrorText, "VixDiskLib_GetErrorText");
   find(&freeErrorText, "VixDiskLib_FreeErrorText");
   find(&connectTo, "VixDiskLib_Connect");
   find(&create, "VixDiskLib_Create");
   find(&openDisk, "VixDiskLib_Open");
   find(&closeDisk, "VixDiskLib_Close");
   find(&readDisk, "VixDiskLib_Read");
   find(&writeDisk, "VixDiskLib_Write");
   find(&disconnect, "VixDiskLib_Disconnect");
}

static VixError start(const char *libDir)
{
   return initEx((uint32)strtoul(version, NULL, 10), 0, NULL, NULL, NULL, libDir, NULL);
}

/* Whether something of the tree is mapped whose name has this in it. */
static int isMapped(const char *name)
{
   FILE *maps = fopen("/proc/self/maps", "r");
   char line[8192];
   int found = 0;

   CHECK(maps != NULL);
   while (fgets(line, sizeof line, maps) != NULL) {
      found |= strstr(line, vddk) != NULL && strstr(line, name) != NULL;
   }
   fclose(maps);
   return found;
}

static int countThreads(void)
{
   DIR *tasks = opendir("/proc/self/task");
   int count = 0;

   CHECK(tasks != NULL);
   while (readdir(tasks) != NULL) {
      count++;
   }
   closedir(tasks);
   return count - 2;
}

/* ------------------------------------------------------------------------------------------------- disks */

static VixDiskLibConnection connection;
static VixDiskLibHandle handle;
static uint8 buffer[VIXDISKLIB_SECTOR_SIZE];

static void *connectAndCreate(void *unused)
{
   VixDiskLibCreateParams params = {VIXDISKLIB_DISK_MONOLITHIC_SPARSE, VIXDISKLIB_ADAPTER_IDE, 0, 1000, 0, 0};

   CHECK(connectTo(NULL, &connection) == VIX_OK);
   CHECK(create(connection, disk, &params, NULL, NULL) == VIX_OK);
   CHECK(openDisk(connection, disk, 0, &handle) == VIX_OK);
   return unused;
}

static void *writeSector(void *unused)
{
   memset(buffer, 0x5a, sizeof buffer);
   CHECK(writeDisk(handle, 999, 1, buffer) == VIX_OK);
   return unused;
}

static void *readSector(void *unused)
{
   memset(buffer, 0, sizeof buffer);
   CHECK(readDisk(handle, 999, 1, buffer) == VIX_OK);
   CHECK(buffer[0] == 0x5a && buffer[sizeof buffer - 1] == 0x5a);
   return unused;
}

static void *closeAll(void *unused)
{
   CHECK(closeDisk(handle) == VIX_OK);
   CHECK(disconnect(connection) == VIX_OK);
   return unused;
}

static void onAThreadOfItsOwn(void *(*run)(void *))
{
   pthread_t thread;

   CHECK(pthread_create(&thread, NULL, run, NULL) == 0);
   CHECK(pthread_join(thread, NULL) == 0);
}

static void checkDisk(void)
{
   CHECK(start(vddk) == VIX_OK);
   CHECK(connectTo(NULL, &connection) == VIX_OK);
   CHECK(openDisk(connection, disk, 0, &handle) == VIX_OK);
   readSector(NULL);
   closeAll(NULL);
   exitLibrary();
}

/* ------------------------------------------------------------------------------------------------- tests */

static void withoutItsCompanionItIsNotLoaded(void)
{
   CHECK(dlopen(pathOf("libvixDiskLib.so"), RTLD_NOW) == NULL);
   CHECK(strstr(dlerror(), "libvddkFakeTexts.so: cannot open shared object file") != NULL);
}

static void loadedAfterItsCompanionItIsUsedByItsPath(void)
{
   char *text;

   load("libvddkFakeTexts.so");
   loadLibrary();
   CHECK(start(vddk) == VIX_OK);
   CHECK(strcmp(listTransportModes(), "file:san:hotadd:nbdssl:nbd") == 0);
   text = getErrorText(VIX_E_FAIL, NULL);
   CHECK(strcmp(text, "Unknown error") == 0);
   freeErrorText(text);
   exitLibrary();
}

static void thePluginIsFoundOnceItIsLoaded(void)
{
   load("libvddkFakeTexts.so");
   load("libdiskLibPlugin.so");
   loadLibrary();
   CHECK(start(NULL) == VIX_OK);
   CHECK(strcmp(listTransportModes(), "file:san:hotadd:nbdssl:nbd") == 0);
   exitLibrary();
}

/* In a program that was started with the variable set, which is when the dynamic loader looks at it. */
static void loadedThroughTheLibraryPathItNeedsNothingElse(void)
{
   CHECK(setenv("LD_LIBRARY_PATH", pathOf(""), 1) == 0);
   execl(program, program, vddk, version, "libraryPath", (char *)NULL);
   CHECK(0);
}

static int runThroughTheLibraryPath(void)
{
   loadLibrary();
   CHECK(isMapped("libvddkFakeTexts.so"));
   CHECK(start(NULL) == VIX_OK);
   CHECK(strcmp(listTransportModes(), "file:san:hotadd:nbdssl:nbd") == 0);
   exitLibrary();
   return 0;
}

static void onlyTheFunctionsOfTheVersionAreThere(void)
{
   static const char *const newIn67[] = {"VixDiskLib_AllocateConnectParams", "VixDiskLib_QueryAllocatedBlocks",
                                         "VixDiskLib_FreeBlockList"};

   load("libvddkFakeTexts.so");
   loadLibrary();
   for (size_t i = 0; i < sizeof newIn67 / sizeof newIn67[0]; i++) {
      CHECK((dlsym(library, newIn67[i]) != NULL) == (strncmp(version, "6.5", 3) != 0));
   }
   CHECK(dlsym(library, "VixDiskLib_FreeConnectParams") != NULL);
   CHECK(dlsym(library, "VixDiskLib_SetInjectedFault") != NULL);
}

static void whereItIsNotInitialisedItLeavesNothing(void)
{
   size_t before = 0;

   /* The dynamic loader needs memory of its own at first. */
   for (int i = 0; i < 50; i++) {
      void *companion = load("libvddkFakeTexts.so");

      loadLibrary();
      CHECK(countThreads() == 1);
      CHECK(isMapped("libvixDiskLib.so"));
      CHECK(dlclose(library) == 0);
      CHECK(dlclose(companion) == 0);
      CHECK(!isMapped(".so"));
      before = i == 10 ? mallinfo2().uordblks : before;
   }
   CHECK(mallinfo2().uordblks <= before);
}

static void initialisedOnOneThreadItIsUsedOnOthers(void)
{
   load("libvddkFakeTexts.so");
   loadLibrary();
   CHECK(start(vddk) == VIX_OK);
   CHECK(countThreads() == 2);
   onAThreadOfItsOwn(connectAndCreate);
   onAThreadOfItsOwn(writeSector);
   onAThreadOfItsOwn(readSector);
   onAThreadOfItsOwn(closeAll);
   exitLibrary();
   CHECK(countThreads() == 1);
}

static void exitWithADiskOpenLosesNothing(void)
{
   load("libvddkFakeTexts.so");
   loadLibrary();
   CHECK(start(vddk) == VIX_OK);
   connectAndCreate(NULL);
   writeSector(NULL);
   exitLibrary();
   CHECK(countThreads() == 1);
   checkDisk();
}

static void aProcessThatEndsWithoutExitLosesNothing(void)
{
   pid_t child = fork();
   int status;

   CHECK(child >= 0);
   if (child == 0) {
      load("libvddkFakeTexts.so");
      loadLibrary();
      CHECK(start(vddk) == VIX_OK);
      connectAndCreate(NULL);
      writeSector(NULL);
      exit(3);
   }
   CHECK(waitpid(child, &status, 0) == child);
   CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 3);
   load("libvddkFakeTexts.so");
   loadLibrary();
   checkDisk();
}

static void afterExitItIsUnloadedAndCanBeLoadedAgain(void)
{
   void *companion = load("libvddkFakeTexts.so");

   for (int i = 0; i < 3; i++) {
      loadLibrary();
      CHECK(start(vddk) == VIX_OK);
      connectAndCreate(NULL);
      writeSector(NULL);
      if (i != 1) {
         closeAll(NULL);
      }
      exitLibrary();
      CHECK(dlclose(library) == 0);
      CHECK(countThreads() == 1);
      CHECK(!isMapped("libvixDiskLib.so") && !isMapped("libdiskLibPlugin.so"));
      loadLibrary();
      checkDisk();
      CHECK(dlclose(library) == 0);
      CHECK(unlink(disk) == 0);
   }
   CHECK(dlclose(companion) == 0);
   CHECK(!isMapped(".so"));
}

/* A handler for forks that outlives its library would be called in every later fork. */
static void afterItIsUnloadedTheProcessCanFork(void)
{
   void *companion = load("libvddkFakeTexts.so");
   pid_t child;
   int status;

   loadLibrary();
   CHECK(start(vddk) == VIX_OK);
   exitLibrary();
   CHECK(dlclose(library) == 0 && dlclose(companion) == 0);
   child = fork();
   if (child == 0) {
      _exit(7);
   }
   CHECK(waitpid(child, &status, 0) == child);
   CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 7);
}

/* Runs a test in a process of its own, and ends this one if it fails. */
static void run(const char *name, void (*test)(void))
{
   pid_t child;
   int status;

   printf("%s\n", name);
   fflush(stdout);
   child = fork();
   CHECK(child >= 0);
   if (child == 0) {
      /* As long as it takes, it is a hang after this. */
      alarm(60);
      test();
      _exit(0);
   }
   CHECK(waitpid(child, &status, 0) == child);
   (void)unlink(disk);
   if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
      fprintf(stderr, "%s: status %#x\n", name, (unsigned)status);
      exit(1);
   }
}

#define RUN(test) run(#test, test)

int main(int argc, char **argv)
{
   CHECK(argc >= 3);
   program = argv[0];
   vddk = argv[1];
   version = argv[2];
   snprintf(disk, sizeof disk, "/tmp/load_test.%ld.vmdk", (long)getpid());
   if (argc == 4) {
      return runThroughTheLibraryPath();
   }
   CHECK(unsetenv("LD_LIBRARY_PATH") == 0);
   RUN(withoutItsCompanionItIsNotLoaded);
   RUN(loadedAfterItsCompanionItIsUsedByItsPath);
   RUN(thePluginIsFoundOnceItIsLoaded);
   RUN(loadedThroughTheLibraryPathItNeedsNothingElse);
   RUN(onlyTheFunctionsOfTheVersionAreThere);
   RUN(whereItIsNotInitialisedItLeavesNothing);
   RUN(initialisedOnOneThreadItIsUsedOnOthers);
   RUN(exitWithADiskOpenLosesNothing);
   RUN(aProcessThatEndsWithoutExitLosesNothing);
   RUN(afterExitItIsUnloadedAndCanBeLoadedAgain);
   RUN(afterItIsUnloadedTheProcessCanFork);
   return 0;
}
