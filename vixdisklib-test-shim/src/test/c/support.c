/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "support.h"

#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <pthread.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

VixDiskLibConnection local;

static char folder[PATH_MAX];
static const char *currentTest = "";

/* ------------------------------------------------------------------------------------------------ checks */

static int removeEntry(const char *path, const struct stat *status, int kind, struct FTW *position)
{
   (void)status;
   (void)kind;
   (void)position;
   return remove(path);
}

static void removeFolder(void)
{
   if (folder[0] != '\0') {
      nftw(folder, removeEntry, 16, FTW_DEPTH | FTW_PHYS);
      folder[0] = '\0';
   }
}

void failCheck(const char *file, int line, const char *what)
{
   fprintf(stderr, "%s:%d: in %s: failed: %s\n", file, line, currentTest, what);
   removeFolder();
   _exit(1);
}

void failNumber(const char *file, int line, const char *what, uint64 expected, uint64 actual)
{
   char text[256];

   snprintf(text, sizeof text, "%s is %" PRIu64 ", not %" PRIu64, what, actual, expected);
   failCheck(file, line, text);
}

void runTest(const char *name, void (*test)(void))
{
   const char *base = getenv("TMPDIR");

   currentTest = name;
   printf("%s\n", name);
   fflush(stdout);
   snprintf(folder, sizeof folder, "%s/vddkFakeXXXXXX", base != NULL ? base : "/tmp");
   CHECK(mkdtemp(folder) != NULL);
   test();
   removeFolder();
}

int finish(void)
{
   static const char *const kinds[] = {"connections", "disks",         "infos",        "blockLists",
                                       "errorTexts",  "connectParams", "asyncRequests"};

   currentTest = "finish";
   for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
      checkEqual(__FILE__, __LINE__, kinds[i], 0, VddkFake_LiveCount(kinds[i]));
   }
   return 0;
}

const char *pathOf(const char *name)
{
   static _Thread_local char paths[16][PATH_MAX + 256];
   static _Thread_local unsigned next;
   char *path = paths[next++ % 16];

   snprintf(path, sizeof paths[0], "%s/%s", folder, name);
   return path;
}

/* --------------------------------------------------------------------------------------------------- log */

static pthread_mutex_t logLock = PTHREAD_MUTEX_INITIALIZER;
static char logged[65536];
static size_t loggedLength;

__attribute__((format(printf, 1, 0))) static void collect(const char *format, va_list args)
{
   int length;

   pthread_mutex_lock(&logLock);
   length = vsnprintf(logged + loggedLength, sizeof logged - loggedLength, format, args);
   loggedLength += length > 0 ? (size_t)length : 0;
   if (loggedLength >= sizeof logged - 4096) {
      loggedLength = 0;
   }
   pthread_mutex_unlock(&logLock);
}

bool wasLogged(const char *text)
{
   bool found;

   pthread_mutex_lock(&logLock);
   found = strstr(logged, text) != NULL;
   pthread_mutex_unlock(&logLock);
   return found;
}

/* --------------------------------------------------------------------------------------------- library */

VixError tryStartLibraryIn(const char *libDir, uint32 major, uint32 minor, const char *configFile)
{
   loggedLength = 0;
   logged[0] = '\0';
   return VixDiskLib_InitEx(major, minor, collect, collect, collect, libDir, configFile);
}

VixError tryStartLibrary(uint32 major, uint32 minor, const char *configFile)
{
   return tryStartLibraryIn(NULL, major, minor, configFile);
}

void startLibraryFor(uint32 major, uint32 minor)
{
   CHECK_OK(tryStartLibrary(major, minor, NULL));
   local = connectLocally();
}

void startLibrary(void)
{
   startLibraryFor(8, 0);
}

void stopLibrary(void)
{
   CHECK_OK(VixDiskLib_Disconnect(local));
   VixDiskLib_Exit();
}

VixDiskLibConnection connectLocally(void)
{
   VixDiskLibConnection connection;

   CHECK_OK(VixDiskLib_ConnectEx(NULL, FALSE, NULL, NULL, &connection));
   return connection;
}

VixError tryCreate(const char *name, VixDiskLibDiskType type, uint64 capacity)
{
   VixDiskLibCreateParams params = {.diskType = type,
                                    .adapterType = VIXDISKLIB_ADAPTER_SCSI_LSILOGIC,
                                    .hwVersion = VIXDISKLIB_HWVERSION_CURRENT,
                                    .capacity = capacity};

   return VixDiskLib_Create(local, pathOf(name), &params, NULL, NULL);
}

void createDisk(const char *name, VixDiskLibDiskType type, uint64 capacity)
{
   CHECK_OK(tryCreate(name, type, capacity));
}

VixDiskLibHandle openDisk(const char *name, uint32 flags)
{
   VixDiskLibHandle disk;

   CHECK_OK(VixDiskLib_Open(local, pathOf(name), flags, &disk));
   CHECK(disk != NULL);
   return disk;
}

VixError tryOpen(const char *name, uint32 flags)
{
   VixDiskLibHandle disk;
   VixError error = VixDiskLib_Open(local, pathOf(name), flags, &disk);

   if (error == VIX_OK) {
      CHECK_OK(VixDiskLib_Close(disk));
   } else {
      CHECK(disk == NULL);
   }
   return error;
}

/* ------------------------------------------------------------------------------------------------- files */

void writeFile(const char *name, const void *bytes, size_t length)
{
   FILE *file = fopen(pathOf(name), "wb");

   CHECK(file != NULL);
   CHECK_EQUAL(length, fwrite(bytes, 1, length, file));
   CHECK(fclose(file) == 0);
}

void writeText(const char *name, const char *text)
{
   writeFile(name, text, strlen(text));
}

uint8 *readFile(const char *name, size_t *length)
{
   FILE *file = fopen(pathOf(name), "rb");
   uint8 *bytes;

   CHECK(file != NULL);
   CHECK(fseek(file, 0, SEEK_END) == 0);
   *length = (size_t)ftell(file);
   rewind(file);
   bytes = malloc(*length + 1);
   CHECK(bytes != NULL);
   CHECK_EQUAL(*length, fread(bytes, 1, *length, file));
   bytes[*length] = 0;
   fclose(file);
   return bytes;
}

bool fileExists(const char *name)
{
   return access(pathOf(name), F_OK) == 0;
}

void patchFile(const char *name, uint64 offset, const void *bytes, size_t length)
{
   int fd = open(pathOf(name), O_RDWR | O_CREAT | O_CLOEXEC, 0666);

   CHECK(fd >= 0);
   CHECK(pwrite(fd, bytes, length, (off_t)offset) == (ssize_t)length);
   close(fd);
}

/* ---------------------------------------------------------------------------------------------- patterns */

void fillPattern(uint8 *buffer, uint64 sector, uint64 count, uint32 seed)
{
   for (uint64 i = 0; i < count; i++) {
      uint64 value = (sector + i) * UINT64_C(0x9e3779b97f4a7c15) + seed;

      for (unsigned j = 0; j < SECTOR / sizeof value; j++) {
         uint64 word = (value + j) | 1;

         memcpy(buffer + i * SECTOR + j * sizeof word, &word, sizeof word);
      }
   }
}

void checkPattern(const uint8 *buffer, uint64 sector, uint64 count, uint32 seed)
{
   uint8 expected[SECTOR];

   for (uint64 i = 0; i < count; i++) {
      fillPattern(expected, sector + i, 1, seed);
      if (memcmp(expected, buffer + i * SECTOR, SECTOR) != 0) {
         failNumber(__FILE__, __LINE__, "contents of sector", sector + i, UINT64_MAX);
      }
   }
}

bool isZero(const uint8 *buffer, size_t length)
{
   for (size_t i = 0; i < length; i++) {
      if (buffer[i] != 0) {
         return false;
      }
   }
   return true;
}

uint64 nextRandom(Random *random, uint64 limit)
{
   random->state ^= random->state << 13;
   random->state ^= random->state >> 7;
   random->state ^= random->state << 17;
   return (random->state >> 11) % limit;
}

uint64 chooseSeed(void)
{
   const char *given = getenv("SEED");
   uint64 seed = given != NULL ? strtoull(given, NULL, 0) : (uint64)time(NULL) * 2654435761u;

   seed |= 1;
   printf("SEED=%" PRIu64 "\n", seed);
   fflush(stdout);
   return seed;
}
