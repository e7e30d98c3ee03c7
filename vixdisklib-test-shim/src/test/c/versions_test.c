/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * What differs from version to version of VixDiskLib. The argument says which one was compiled into this program.
 */
#include "support.h"

#include <malloc.h>
#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

typedef struct {
   const char *text;
   uint32 major;
   uint32 minor;
   bool knowsSpecs;
   bool knowsDatastores;
   bool knowsSectorSizes;
   bool knowsServerShutdown;
} Expected;

static const Expected versions[] = {
   {"6.5.4", 6, 5, false, false, false, false}, {"6.7.3", 6, 7, true, false, false, false},
   {"7.0.3", 7, 0, true, false, true, true},    {"8.0.3", 8, 0, true, true, true, true},
   {"9.0.0.0", 9, 0, true, true, true, true},
};

static const Expected *own;

/* What callers can say that they were written for, and how long their structs are. */
typedef struct {
   uint32 major;
   uint32 minor;
   size_t connectParamsSize;
   size_t createParamsSize;
} Caller;

static const Caller callers[] = {
   {1, 0, 56, 24},  {4, 1, 56, 24},  {5, 0, 72, 24},  {6, 0, 72, 24},  {6, 5, 80, 24},
   {6, 7, 128, 24}, {6, 8, 128, 24}, {7, 0, 128, 32}, {8, 0, 128, 32}, {9, 0, 128, 32},
};

#define NUM_CALLERS (sizeof callers / sizeof callers[0])

static bool canStart(const Caller *caller)
{
   return caller->major <= own->major;
}

static void startFor(const Caller *caller)
{
   CHECK_OK(VixDiskLib_InitEx(caller->major, caller->minor, NULL, NULL, NULL, NULL, NULL));
}

/* Zeros that end where the memory ends. */
static void *allocateAtTheEnd(size_t size)
{
   size_t page = (size_t)sysconf(_SC_PAGESIZE);
   char *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

   CHECK(pages != MAP_FAILED);
   CHECK(mprotect(pages + page, page, PROT_NONE) == 0);
   return pages + page - size;
}

static void freeAtTheEnd(void *memory, size_t size)
{
   size_t page = (size_t)sysconf(_SC_PAGESIZE);

   CHECK(munmap((char *)memory + size - page, 2 * page) == 0);
}

static void theLogTellsTheVersion(void)
{
   char text[32];

   snprintf(text, sizeof text, "version %s ", own->text);
   startLibraryFor(own->major, own->minor);
   CHECK(wasLogged(text));
   CHECK(!wasLogged("newer"));
   stopLibrary();
}

static void aLaterMajorVersionIsRefusedAndALaterMinorOneIsNot(void)
{
   CHECK_EQUAL(VIX_E_NOT_SUPPORTED, tryStartLibrary(own->major + 1, 0, NULL));
   CHECK(wasLogged(".0, which is newer than"));
   CHECK_EQUAL(VIX_E_NOT_SUPPORTED, VixDiskLib_Init(own->major + 1, 0, NULL, NULL, NULL, NULL));
   startLibraryFor(own->major, own->minor + 1);
   CHECK(wasLogged("newer than"));
   stopLibrary();
}

static void structsThatAreGivenOutHaveTheSizeOfTheVersion(void)
{
   VixDiskLibConnectParams *params = VixDiskLib_AllocateConnectParams();
   VixDiskLibConnectParams *copy;
   VixDiskLibHandle disk;
   VixDiskLibInfo *info;

   startLibraryFor(own->major, own->minor);
   createDisk("a.vmdk", VIXDISKLIB_DISK_MONOLITHIC_SPARSE, 1000);
   disk = openDisk("a.vmdk", 0);
   CHECK_OK(VixDiskLib_GetInfo(disk, &info));
   CHECK_OK(VixDiskLib_GetConnectParams(local, &copy));
   CHECK(malloc_usable_size(info) >= 56);
   CHECK_EQUAL(own->knowsSectorSizes, malloc_usable_size(info) >= 64);
   CHECK(malloc_usable_size(params) >= 80 && malloc_usable_size(copy) >= 80);
   CHECK_EQUAL(own->knowsSpecs, malloc_usable_size(params) >= 128);
   CHECK_EQUAL(own->knowsSpecs, malloc_usable_size(copy) >= 128);
   CHECK_EQUAL(1000, info->capacity);
   CHECK(info->uuid != NULL);
   VixDiskLib_FreeInfo(info);
   VixDiskLib_FreeConnectParams(params);
   VixDiskLib_FreeConnectParams(copy);
   CHECK_OK(VixDiskLib_Close(disk));
   stopLibrary();
}

static void connectWith(const VixDiskLibConnectParams *params, const Caller *caller)
{
   VixDiskLibConnection connection;
   VixDiskLibConnectParams *copy;

   CHECK_OK(VixDiskLib_Connect(params, &connection));
   CHECK_OK(VixDiskLib_GetConnectParams(connection, &copy));
   CHECK_EQUAL(caller->major >= 5 ? 4711 : 0, copy->port);
   VixDiskLib_FreeConnectParams(copy);
   CHECK_OK(VixDiskLib_Disconnect(connection));
   CHECK_OK(VixDiskLib_ConnectEx(params, TRUE, NULL, NULL, &connection));
   CHECK_OK(VixDiskLib_Disconnect(connection));
   CHECK_OK(VixDiskLib_Cleanup(params, NULL, NULL));
   CHECK_EQUAL(VIX_E_NOT_SUPPORTED, VixDiskLib_PrepareForAccess(params, "a"));
   CHECK_EQUAL(VIX_E_NOT_SUPPORTED, VixDiskLib_EndAccess(params, "a"));
}

static void parametersAreReadNoFurtherThanTheCallerHasThem(void)
{
   for (size_t i = 0; i < NUM_CALLERS; i++) {
      if (canStart(&callers[i])) {
         size_t size = callers[i].connectParamsSize;
         VixDiskLibConnectParams *params = allocateAtTheEnd(size);
         VixDiskLibConnection connection;

         /* In the oldest structs there is something else, of which nothing is followed. */
         memset((char *)params + 16, callers[i].major < 5 ? 0x41 : 0, size - 16);
         if (callers[i].major >= 5) {
            params->port = 4711;
         }
         startFor(&callers[i]);
         connectWith(params, &callers[i]);
         params->serverName = (char[]){"server.example"};
         CHECK(VixDiskLib_Connect(params, &connection) != VIX_OK);
         params->serverName = NULL;
         params->vmxSpec = (char[]){"moref=vm-1"};
         CHECK(VixDiskLib_Connect(params, &connection) != VIX_OK);
         VixDiskLib_Exit();
         freeAtTheEnd(params, size);
      }
   }
}

static void createParametersAreReadNoFurtherThanTheCallerHasThem(void)
{
   for (size_t i = 0; i < NUM_CALLERS; i++) {
      if (canStart(&callers[i])) {
         size_t size = callers[i].createParamsSize;
         VixDiskLibCreateParams *params = allocateAtTheEnd(size);
         bool withSizes = size > offsetof(VixDiskLibCreateParams, physicalSectorSize);
         char name[32];
         VixDiskLibHandle disk;
         VixDiskLibInfo *info;

         snprintf(name, sizeof name, "%zu.vmdk", i);
         params->diskType = VIXDISKLIB_DISK_MONOLITHIC_SPARSE;
         params->adapterType = VIXDISKLIB_ADAPTER_IDE;
         params->capacity = 1000;
         if (withSizes) {
            params->physicalSectorSize = 4096;
         }
         startFor(&callers[i]);
         local = connectLocally();
         CHECK_OK(VixDiskLib_Create(local, pathOf(name), params, NULL, NULL));
         disk = openDisk(name, 0);
         CHECK_OK(VixDiskLib_GetInfo(disk, &info));
         if (own->knowsSectorSizes) {
            CHECK_EQUAL(512, info->logicalSectorSize);
            CHECK_EQUAL(withSizes ? 4096 : 512, info->physicalSectorSize);
         }
         VixDiskLib_FreeInfo(info);
         VixDiskLib_Exit();
         freeAtTheEnd(params, size);
      }
   }
}

/* What the library has understood of a specification in parameters that it has allocated. */
static void checkSpec(VixDiskLibSpecType type, bool isKnown)
{
   VixDiskLibConnectParams *params = VixDiskLib_AllocateConnectParams();
   VixDiskLibConnectParams *copy;
   VixDiskLibConnection connection;

   params->specType = type;
   params->spec.dsSpec.datastoreMoRef = (char[]){"datastore-1"};
   params->spec.dsSpec.diskFolder = (char[]){"folder"};
   CHECK_OK(VixDiskLib_Connect(params, &connection));
   CHECK_OK(VixDiskLib_GetConnectParams(connection, &copy));
   CHECK_EQUAL(isKnown, copy->spec.dsSpec.diskFolder != NULL);
   CHECK(copy->spec.dsSpec.diskFolder != params->spec.dsSpec.diskFolder);
   CHECK_OK(VixDiskLib_Disconnect(connection));
   VixDiskLib_FreeConnectParams(params);
   VixDiskLib_FreeConnectParams(copy);
}

static void specificationsAreKnownFromTheirVersionOnWhateverTheCallerSays(void)
{
   for (size_t i = 0; i < NUM_CALLERS; i++) {
      if (own->knowsSpecs && canStart(&callers[i])) {
         startFor(&callers[i]);
         checkSpec(VIXDISKLIB_SPEC_VSTORAGE_OBJECT, true);
         checkSpec(VIXDISKLIB_SPEC_DATASTORE, own->knowsDatastores);
         VixDiskLib_Exit();
      }
   }
}

static bool hasText(VixError error)
{
   char *text = VixDiskLib_GetErrorText(error, NULL);
   bool found = strcmp(text, "Unknown error code") != 0;

   VixDiskLib_FreeErrorText(text);
   return found;
}

static void errorsHaveATextFromTheirVersionOn(void)
{
   CHECK(hasText(VIX_OK) && hasText(VIX_E_DISK_OUTOFRANGE) && hasText(VIX_E_ARGUMENT_TOO_BIG));
   CHECK(hasText(VIX_ASYNC) && hasText(VIX_E_ASYNC_MIXEDMODE_UNSUPPORTED) && hasText(VIX_E_HOST_NBD_HASHFILE_INIT));
   CHECK(!hasText(VIX_E_SNAPSHOT_RRSUSPEND));
   CHECK_EQUAL(own->knowsServerShutdown, hasText(VIX_E_HOST_SERVER_SHUTDOWN));
   CHECK_EQUAL(own->knowsServerShutdown, hasText(VIX_E_HOST_SERVER_NOT_AVAILABLE));
}

/* The buffers came with 7.0.3. */
static void settingsAreKnownFromTheirVersionOn(void)
{
   writeText("a.conf", "vixDiskLib.nfcAio.Session.BufCount=8\nvixDiskLib.nfc.LogLevel=2\n");
   CHECK_OK(tryStartLibrary(own->major, own->minor, pathOf("a.conf")));
   CHECK_EQUAL(own->major >= 7, !wasLogged("\"vixDiskLib.nfcAio.Session.BufCount\" is not known"));
   CHECK(!wasLogged("\"vixDiskLib.nfc.LogLevel\""));
   VixDiskLib_Exit();
}

int main(int argc, char **argv)
{
   for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++) {
      if (argc == 2 && strcmp(argv[1], versions[i].text) == 0) {
         own = &versions[i];
      }
   }
   CHECK(own != NULL);
   RUN(theLogTellsTheVersion);
   RUN(aLaterMajorVersionIsRefusedAndALaterMinorOneIsNot);
   RUN(structsThatAreGivenOutHaveTheSizeOfTheVersion);
   RUN(parametersAreReadNoFurtherThanTheCallerHasThem);
   RUN(createParametersAreReadNoFurtherThanTheCallerHasThem);
   RUN(specificationsAreKnownFromTheirVersionOnWhateverTheCallerSays);
   RUN(errorsHaveATextFromTheirVersionOn);
   RUN(settingsAreKnownFromTheirVersionOn);
   return finish();
}
