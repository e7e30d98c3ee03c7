/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "support.h"

#include <dirent.h>
#include <pthread.h>
#include <stdatomic.h>

static pthread_t mainThread;
static atomic_int messages;
static atomic_int foreignMessages;
static atomic_int warnings;
static char lastMessage[1024];

__attribute__((format(printf, 1, 0))) static void countLog(const char *format, va_list args)
{
   char text[1024];

   vsnprintf(text, sizeof text, format, args);
   atomic_fetch_add(&messages, 1);
   if (!pthread_equal(pthread_self(), mainThread)) {
      atomic_fetch_add(&foreignMessages, 1);
      strcpy(lastMessage, text);
   }
}

__attribute__((format(printf, 1, 0))) static void countWarning(const char *format, va_list args)
{
   countLog(format, args);
   atomic_fetch_add(&warnings, 1);
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

static VixError start(uint32 major, uint32 minor)
{
   return VixDiskLib_InitEx(major, minor, NULL, NULL, NULL, NULL, NULL);
}

static void nothingWorksBeforeInit(void)
{
   VixDiskLibConnection connection;
   VixDiskLibHandle handle = (VixDiskLibHandle)(uintptr_t)16;

   CHECK_EQUAL(VIX_E_DISK_NOINIT, VixDiskLib_Connect(NULL, &connection));
   CHECK_EQUAL(VIX_E_DISK_NOINIT, VixDiskLib_ConnectEx(NULL, FALSE, NULL, NULL, &connection));
   CHECK_EQUAL(VIX_E_DISK_NOINIT, VixDiskLib_Open(NULL, "/x", 0, &handle));
   CHECK_EQUAL(VIX_E_DISK_NOINIT, VixDiskLib_Close(handle));
   CHECK_EQUAL(VIX_E_DISK_NOINIT, VixDiskLib_Cleanup(NULL, NULL, NULL));
   CHECK_EQUAL(VIX_E_DISK_NOINIT, VixDiskLib_Rename("/a", "/b"));
   CHECK(VixDiskLib_ListTransportModes() == NULL);
   CHECK(VixDiskLib_GetTransportMode(handle) == NULL);
   VixDiskLib_Exit();
}

static void parametersAndTextsWorkBeforeInit(void)
{
   VixDiskLibConnectParams *params = VixDiskLib_AllocateConnectParams();
   char *text = VixDiskLib_GetErrorText(VIX_OK, NULL);

   CHECK(params != NULL && text != NULL);
   CHECK(isZero((const uint8 *)params, sizeof *params));
   VixDiskLib_FreeConnectParams(params);
   VixDiskLib_FreeErrorText(text);
   VixDiskLib_FreeConnectParams(NULL);
   VixDiskLib_FreeErrorText(NULL);
   VixDiskLib_FreeInfo(NULL);
   CHECK_OK(VixDiskLib_FreeBlockList(NULL));
}

static void olderCallersAreWelcomeAndNewerOnesAreNot(void)
{
   static const uint32 versions[][2] = {{1, 0}, {6, 5}, {6, 7}, {7, 0}, {8, 0}, {8, 99}};

   for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++) {
      CHECK_OK(start(versions[i][0], versions[i][1]));
      VixDiskLib_Exit();
   }
   CHECK_EQUAL(VIX_E_NOT_SUPPORTED, start(9, 0));
   CHECK_EQUAL(VIX_E_NOT_SUPPORTED, start(UINT32_MAX, 0));
   CHECK_OK(VixDiskLib_Init(1, 0, NULL, NULL, NULL, NULL));
   VixDiskLib_Exit();
}

static void theLibraryIsInitialisedOnceAtATime(void)
{
   CHECK_OK(tryStartLibrary(8, 0, NULL));
   CHECK_EQUAL(VIX_E_INVALID_ARG, start(8, 0));
   CHECK(wasLogged("initialised already"));
   VixDiskLib_Exit();
   CHECK_OK(start(8, 0));
   CHECK_EQUAL(VIX_E_INVALID_ARG, start(8, 0));
   CHECK_EQUAL(VIX_E_INVALID_ARG, VixDiskLib_Init(8, 0, NULL, NULL, NULL, NULL));
   VixDiskLib_Exit();
   VixDiskLib_Exit();
   CHECK_OK(start(8, 0));
   VixDiskLib_Exit();
}

static void theLibraryHasAThreadOfItsOwnThatLogs(void)
{
   int threads = countThreads();

   mainThread = pthread_self();
   CHECK_OK(VixDiskLib_InitEx(8, 0, countLog, countWarning, countWarning, NULL, NULL));
   CHECK(messages >= 3 && foreignMessages >= 1);
   CHECK_EQUAL(threads + 1, countThreads());
   messages = 0;
   VddkFake_LogFromLibraryThread(0, "hello");
   CHECK_EQUAL(1, messages);
   CHECK(strcmp(lastMessage, "hello [-7 1234567890123 2.50 text 42 % 18446744073709551615]\n") == 0);
   warnings = 0;
   VddkFake_LogFromLibraryThread(1, "careful");
   CHECK_EQUAL(1, warnings);
   VixDiskLib_Exit();
   CHECK_EQUAL(threads, countThreads());
   messages = 0;
   VddkFake_LogFromLibraryThread(0, "nobody hears this");
   CHECK_EQUAL(0, messages);
}

static void withoutPluginThereAreNoAdvancedTransports(void)
{
   warnings = 0;
   CHECK_OK(VixDiskLib_InitEx(8, 0, countLog, countWarning, countWarning, pathOf("nowhere"), NULL));
   CHECK(warnings >= 1);
   CHECK(strcmp(VixDiskLib_ListTransportModes(), "file:nbdssl:nbd") == 0);
   VixDiskLib_Exit();
}

static void thePluginIsFoundBelowTheLibraryFolder(void)
{
   const char *libDir = getenv("VDDK_DIR");

   if (libDir == NULL) {
      return;
   }
   CHECK_OK(VixDiskLib_InitEx(8, 0, NULL, NULL, NULL, libDir, NULL));
   CHECK(strcmp(VixDiskLib_ListTransportModes(), "file:san:hotadd:nbdssl:nbd") == 0);
   VixDiskLib_Exit();
   CHECK_OK(VixDiskLib_Init(8, 0, NULL, NULL, NULL, libDir));
   CHECK(strcmp(VixDiskLib_ListTransportModes(), "file:nbdssl:nbd") == 0);
   VixDiskLib_Exit();
}

static void startWithConfig(const char *config)
{
   startLibrary();
   stopLibrary();
   CHECK_OK(VixDiskLib_InitEx(8, 0, countLog, countWarning, countWarning, pathOf("none"), config));
   VixDiskLib_Exit();
}

static void theConfigurationIsReadAndItsFaultsAreWarnings(void)
{
   writeText("good.conf", "# a comment\r\n\n  tmpDirectory = \"/tmp\"\nvixDiskLib.transport.LogLevel=3\n");
   warnings = 0;
   startWithConfig(pathOf("good.conf"));
   CHECK_EQUAL(1, warnings); /* the missing plugin */
   writeText("bad.conf", "unknown.setting=1\nno equals sign\n=nothing\n");
   warnings = 0;
   startWithConfig(pathOf("bad.conf"));
   CHECK_EQUAL(4, warnings);
   warnings = 0;
   startWithConfig(pathOf("missing.conf"));
   CHECK_EQUAL(2, warnings);
   startWithConfig(pathOf("."));
   startWithConfig("");
}

/* A callback that does all that it must not do. */
__attribute__((format(printf, 1, 0))) static void callBack(const char *format, va_list args)
{
   static VixDiskLibConnection connection;
   VixDiskLibHandle disk;

   countLog(format, args);
   CHECK_EQUAL(VIX_E_INVALID_ARG, start(8, 0));
   VixDiskLib_Exit();
   VddkFake_LogFromLibraryThread(0, "from a callback");
   (void)VixDiskLib_ListTransportModes();
   VixDiskLib_FreeErrorText(VixDiskLib_GetErrorText(VIX_E_FAIL, NULL));
   if (VixDiskLib_Connect(NULL, &connection) == VIX_OK) {
      CHECK_EQUAL(VIX_E_FILE_NOT_FOUND, VixDiskLib_Open(connection, "/none", 0, &disk));
      CHECK_OK(VixDiskLib_Disconnect(connection));
   }
}

static void callbacksThatCallBackDoNoHarm(void)
{
   VixDiskLibConnection connection;

   CHECK_OK(VixDiskLib_InitEx(8, 0, callBack, callBack, callBack, NULL, pathOf("none.conf")));
   messages = 0;
   CHECK_OK(VixDiskLib_Connect(NULL, &connection));
   CHECK_EQUAL(1, messages);
   VddkFake_LogFromLibraryThread(1, "hello");
   CHECK_EQUAL(2, messages);
   CHECK_OK(VixDiskLib_Disconnect(connection));
   VixDiskLib_Exit();
   CHECK(VixDiskLib_ListTransportModes() == NULL);
}

static Bool exitAtTheStart(void *data, int percent)
{
   (void)data;
   if (percent == 0) {
      VixDiskLib_Exit();
   }
   return TRUE;
}

static void exitFromProgressIsSurvived(void)
{
   VixDiskLibCreateParams params = {VIXDISKLIB_DISK_MONOLITHIC_FLAT, VIXDISKLIB_ADAPTER_IDE, 0, 1000, 0, 0};

   startLibrary();
   CHECK_OK(VixDiskLib_Create(local, pathOf("a.vmdk"), &params, exitAtTheStart, NULL));
   startLibrary();
   CHECK_OK(tryOpen("a.vmdk", 0));
   stopLibrary();
}

static void exitClosesWhatIsOpen(void)
{
   VixDiskLibHandle disk;
   VixDiskLibConnection connection;

   startLibrary();
   createDisk("a.vmdk", VIXDISKLIB_DISK_MONOLITHIC_SPARSE, 1000);
   disk = openDisk("a.vmdk", 0);
   connection = local;
   VixDiskLib_Exit();
   CHECK_EQUAL(VIX_E_DISK_NOINIT, VixDiskLib_Close(disk));
   startLibrary();
   CHECK_EQUAL(VIX_E_DISK_INVAL, VixDiskLib_Close(disk));
   CHECK_EQUAL(VIX_E_DISK_INVALID_CONNECTION, VixDiskLib_Disconnect(connection));
   CHECK_OK(tryOpen("a.vmdk", 0));
   stopLibrary();
}

int main(void)
{
   RUN(nothingWorksBeforeInit);
   RUN(parametersAndTextsWorkBeforeInit);
   RUN(olderCallersAreWelcomeAndNewerOnesAreNot);
   RUN(theLibraryIsInitialisedOnceAtATime);
   RUN(theLibraryHasAThreadOfItsOwnThatLogs);
   RUN(withoutPluginThereAreNoAdvancedTransports);
   RUN(thePluginIsFoundBelowTheLibraryFolder);
   RUN(theConfigurationIsReadAndItsFaultsAreWarnings);
   RUN(callbacksThatCallBackDoNoHarm);
   RUN(exitFromProgressIsSurvived);
   RUN(exitClosesWhatIsOpen);
   return finish();
}
