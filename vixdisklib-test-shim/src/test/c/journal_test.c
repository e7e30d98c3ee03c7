/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * The journal of calls, and their counts.
 */
#include "support.h"

#include <stdarg.h>
#include <pthread.h>
#include <time.h>

#define KEPT 4096u
#define THREADS 4
#define CALLS 1500

static uint8 buffer[8 * SECTOR];

/* The whole journal, good until the next time. */
static const char *journal(void)
{
   static char *text;
   size_t size = 0;
   size_t required;

   (void)VddkFake_ReadJournal(NULL, 0, &required);
   while (required > size) {
      size = required;
      free(text);
      text = malloc(size);
      (void)VddkFake_ReadJournal(text, size, &required);
   }
   return text;
}

static size_t countLines(const char *text)
{
   size_t lines = 0;

   for (; *text != '\0'; text++) {
      lines += *text == '\n';
   }
   return lines;
}

/* The last line of the journal that is about a function, without its end from "micros" on; NULL if there is none. */
static const char *lastLine(const char *function)
{
   static char line[8192];
   char name[64];
   const char *found = NULL;

   snprintf(name, sizeof name, " VixDiskLib_%s ", function);
   for (const char *at = journal(); (at = strstr(at, name)) != NULL; at++) {
      found = at;
   }
   if (found == NULL) {
      return NULL;
   }
   snprintf(line, sizeof line, "%.*s", (int)(strstr(found, " micros=") - found), found);
   return line;
}

/* Checks what comes behind the thread in the last line of a function. */
static void checkLine(const char *function, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void checkLine(const char *function, const char *format, ...)
{
   const char *line = lastLine(function);
   char expected[8192];
   va_list args;

   va_start(args, format);
   vsnprintf(expected, sizeof expected, format, args);
   va_end(args);
   CHECK(line != NULL);
   line = strchr(strstr(line, "thread="), ' ') + 1;
   if (strcmp(expected, line) != 0) {
      fprintf(stderr, "expected: %s\nis:       %s\n", expected, line);
   }
   CHECK(strcmp(expected, line) == 0);
}

static void aLineSaysWhatACallWasAbout(void)
{
   VixDiskLibHandle first;
   VixDiskLibHandle disk;
   VixDiskLibConnection connection;
   unsigned long long connections;
   unsigned long long disks;

   startLibrary();
   createDisk("a.vmdk", VIXDISKLIB_DISK_MONOLITHIC_FLAT, 1000);
   checkLine("Create", "connection=%llu path=\"%s\" result=0", 1ULL, pathOf("a.vmdk"));
   connection = connectLocally();
   CHECK(sscanf(strstr(lastLine("ConnectEx"), "connection="), "connection=%llu", &connections) == 1);
   first = openDisk("a.vmdk", VIXDISKLIB_FLAG_OPEN_READ_ONLY);
   CHECK(sscanf(strstr(lastLine("Open"), "disk="), "disk=%llu", &disks) == 1);
   checkLine("Open", "connection=%llu disk=%llu path=\"%s\" result=0", connections - 1, disks, pathOf("a.vmdk"));
   CHECK_OK(VixDiskLib_Open(connection, pathOf("a.vmdk"), VIXDISKLIB_FLAG_OPEN_READ_ONLY, &disk));
   disks++;
   CHECK_OK(VixDiskLib_Read(disk, 10, 8, buffer));
   checkLine("Read", "connection=%llu disk=%llu path=\"%s\" sectors=10+8 result=0", connections, disks,
             pathOf("a.vmdk"));
   CHECK_EQUAL(VIX_E_FILE_READ_ONLY, VixDiskLib_Write(disk, 0, 1, buffer));
   checkLine("Write", "connection=%llu disk=%llu path=\"%s\" sectors=0+1 result=11", connections, disks,
             pathOf("a.vmdk"));
   CHECK_EQUAL(VIX_ASYNC, VixDiskLib_ReadAsync(disk, 1, 2, buffer, NULL, NULL));
   checkLine("ReadAsync", "connection=%llu disk=%llu path=\"%s\" sectors=1+2 result=25000", connections, disks,
             pathOf("a.vmdk"));
   CHECK_OK(VixDiskLib_Close(disk));
   checkLine("Close", "connection=%llu disk=%llu path=\"%s\" result=0", connections, disks, pathOf("a.vmdk"));
   CHECK_EQUAL(VIX_E_DISK_INVAL, VixDiskLib_Close(disk));
   checkLine("Close", "result=16000");
   CHECK_OK(VixDiskLib_Close(first));
   CHECK_OK(VixDiskLib_Disconnect(connection));
   checkLine("Disconnect", "connection=%llu result=0", connections);
   CHECK_EQUAL(VIX_E_FILE_NOT_FOUND, tryOpen("none.vmdk", 0));
   checkLine("Open", "connection=%llu path=\"%s\" result=4", connections - 1, pathOf("none.vmdk"));
   CHECK_OK(VixDiskLib_Rename(pathOf("a.vmdk"), pathOf("b.vmdk")));
   checkLine("Rename", "path=\"%s\" result=0", pathOf("a.vmdk"));
   stopLibrary();
   checkLine("Exit", "result=0");
}

static void *nameMyself(void *unused)
{
   (void)unused;
   pthread_setname_np(pthread_self(), "a b\"c");
   VixDiskLib_FreeErrorText(NULL);
   return NULL;
}

static void aLineSaysWhichThreadAndHowLong(void)
{
   pthread_t thread;
   const char *text;
   unsigned long long micros;

   CHECK(pthread_create(&thread, NULL, nameMyself, NULL) == 0);
   pthread_join(thread, NULL);
   CHECK(strncmp(lastLine("FreeErrorText"), " VixDiskLib_FreeErrorText thread=a_b_c/", 38) == 0);
   text = strstr(journal(), " micros=");
   CHECK(text != NULL && sscanf(text, " micros=%llu\n", &micros) == 1);
   CHECK(micros < 60 * 1000000ULL);
}

static void *readUntilReleased(void *disk)
{
   CHECK_OK(VixDiskLib_Read(disk, 0, 1, buffer));
   return NULL;
}

static void aCallThatIsHeldTakesItsTimeAndIsCountedAtItsEnd(void)
{
   struct timespec start;
   struct timespec end;
   unsigned long long micros;
   long long least;
   VixDiskLibHandle disk;
   pthread_t thread;

   startLibrary();
   createDisk("a.vmdk", VIXDISKLIB_DISK_MONOLITHIC_FLAT, 1000);
   disk = openDisk("a.vmdk", 0);
   VddkFake_HoldReads(TRUE);
   VddkFake_ForgetJournal();
   CHECK(pthread_create(&thread, NULL, readUntilReleased, disk) == 0);
   VddkFake_AwaitHeldReads(1);
   clock_gettime(CLOCK_MONOTONIC, &start);
   do {
      clock_gettime(CLOCK_MONOTONIC, &end);
      least = (end.tv_sec - start.tv_sec) * 1000000LL + (end.tv_nsec - start.tv_nsec) / 1000;
   } while (least < 2000);
   CHECK_EQUAL(0, VddkFake_CallCount("VixDiskLib_Read"));
   VddkFake_HoldReads(FALSE);
   pthread_join(thread, NULL);
   CHECK_EQUAL(1, VddkFake_CallCount("VixDiskLib_Read"));
   CHECK(sscanf(strstr(journal(), " micros="), " micros=%llu", &micros) == 1);
   CHECK(micros >= 2000);
   CHECK_OK(VixDiskLib_Close(disk));
   stopLibrary();
}

static void pathsStayBetweenTheirQuotes(void)
{
   startLibrary();
   CHECK_EQUAL(VIX_E_FILE_NOT_FOUND, tryOpen("a\"b\\c\nd\x7f.vmdk", 0));
   CHECK(strstr(lastLine("Open"), "/a\\\"b\\\\c\\x0ad\\x7f.vmdk\" result=4") != NULL);
   stopLibrary();
}

static void theLastCallsAreKeptAndAllAreCounted(void)
{
   char *text;
   size_t required;
   size_t size;

   VddkFake_ForgetJournal();
   CHECK_EQUAL(0, VddkFake_ReadJournal(NULL, 0, &required));
   CHECK_EQUAL(1, required);
   CHECK_EQUAL(0, VddkFake_CallCount("VixDiskLib_FreeInfo"));
   for (unsigned i = 0; i < KEPT + 100; i++) {
      VixDiskLib_FreeInfo(NULL);
   }
   VixDiskLib_FreeErrorText(NULL);
   CHECK_EQUAL(KEPT + 100, VddkFake_CallCount("VixDiskLib_FreeInfo"));
   CHECK_EQUAL(KEPT + 100, VddkFake_CallCount("FreeInfo"));
   CHECK_EQUAL(1, VddkFake_CallCount("FreeErrorText"));
   CHECK_EQUAL(0, VddkFake_CallCount("Free"));
   CHECK_EQUAL(0, VddkFake_CallCount(NULL));
   CHECK_EQUAL(KEPT, VddkFake_ReadJournal(NULL, 0, &size));
   CHECK_EQUAL(KEPT, countLines(journal()));
   CHECK(strncmp(journal(), "102 VixDiskLib_FreeInfo thread=", 31) == 0);
   CHECK(strstr(journal(), "\n4197 VixDiskLib_FreeErrorText thread=") != NULL);

   /* What does not fit is left out in whole lines. */
   text = malloc(size);
   memset(text, 'x', size);
   CHECK_EQUAL(KEPT, VddkFake_ReadJournal(text, size - 1, NULL));
   CHECK_EQUAL(KEPT - 1, countLines(text));
   CHECK(text[strlen(text) - 1] == '\n');
   CHECK_EQUAL(KEPT, VddkFake_ReadJournal(text, size, &required));
   CHECK_EQUAL(KEPT, countLines(text));
   CHECK_EQUAL(size, required);
   CHECK_EQUAL(size - 1, strlen(text));
   CHECK_EQUAL(KEPT, VddkFake_ReadJournal(text, 5, NULL));
   CHECK_EQUAL(0, strlen(text));
   free(text);
}

static void theFileHasTheLinesFromInitExToExit(void)
{
   char *text;
   size_t length;

   writeText("vddk.conf", "vddkFake.journal = \"calls.txt\"\n");
   VddkFake_ForgetJournal();
   VixDiskLib_FreeInfo(NULL);
   CHECK_OK(tryStartLibrary(8, 0, pathOf("vddk.conf")));
   local = connectLocally();
   createDisk("a.vmdk", VIXDISKLIB_DISK_MONOLITHIC_FLAT, 1000);
   stopLibrary();
   text = (char *)readFile("calls.txt", &length);
   CHECK(strncmp(text, "2 VixDiskLib_InitEx thread=", 27) == 0);
   CHECK(strcmp(strchr(journal(), '\n') + 1, text) == 0);
   free(text);
   VixDiskLib_FreeInfo(NULL);
   CHECK_OK(tryStartLibrary(8, 0, NULL));
   VixDiskLib_Exit();
   text = (char *)readFile("calls.txt", &length);
   CHECK_EQUAL(5, countLines(text));
   free(text);

   /* A second time, it is appended to. */
   CHECK_OK(tryStartLibrary(8, 0, pathOf("vddk.conf")));
   VixDiskLib_Exit();
   text = (char *)readFile("calls.txt", &length);
   CHECK_EQUAL(7, countLines(text));
   free(text);
   writeText("vddk.conf", "vddkFake.journal = no/such/folder\n");
   CHECK_OK(tryStartLibrary(8, 0, pathOf("vddk.conf")));
   CHECK(wasLogged("/no/such/folder\" cannot be written"));
   VixDiskLib_Exit();
}

static void noSecretsAreInTheJournal(void)
{
   VixDiskLibConnectParams *params = VixDiskLib_AllocateConnectParams();
   VixDiskLibConnection connection;
   char *text;
   size_t length;

   writeText("vddk.conf", "vddkFake.journal = calls.txt\n");
   CHECK_OK(tryStartLibrary(8, 0, pathOf("vddk.conf")));
   params->serverName = strdup("vcenter");
   params->vmxSpec = strdup("moref=vm-1");
   params->credType = VIXDISKLIB_CRED_UID;
   params->creds.uid.userName = strdup("someone");
   params->creds.uid.password = strdup("hush-hush");
   CHECK(VixDiskLib_ConnectEx(params, FALSE, "snapshot-1", "nbd", &connection) != VIX_OK);
   CHECK(VixDiskLib_PrepareForAccess(params, "me") != VIX_OK);
   free(params->serverName);
   free(params->vmxSpec);
   free(params->creds.uid.userName);
   free(params->creds.uid.password);
   VixDiskLib_FreeConnectParams(params);
   VixDiskLib_Exit();
   text = (char *)readFile("calls.txt", &length);
   CHECK(strstr(text, "ConnectEx") != NULL);
   CHECK(strstr(text, "hush-hush") == NULL && strstr(journal(), "hush-hush") == NULL);
   CHECK(strstr(text, "someone") == NULL);
   free(text);
}

/* Calls every function once, most of them with nothing that they could use. */
static void callAll(void)
{
   VixDiskLibConnectParams *params = VixDiskLib_AllocateConnectParams();
   uint32 number;
   uint64 space;

   (void)VixDiskLib_Init(8, 0, NULL, NULL, NULL, NULL);
   (void)VixDiskLib_InitEx(8, 0, NULL, NULL, NULL, NULL, NULL);
   VixDiskLib_FreeErrorText(VixDiskLib_GetErrorText(0, NULL));
   (void)VixDiskLib_ListTransportModes();
   (void)VixDiskLib_Connect(NULL, NULL);
   (void)VixDiskLib_ConnectEx(NULL, FALSE, NULL, NULL, NULL);
   (void)VixDiskLib_GetConnectParams(NULL, NULL);
   VixDiskLib_FreeConnectParams(params);
   (void)VixDiskLib_PrepareForAccess(NULL, NULL);
   (void)VixDiskLib_EndAccess(NULL, NULL);
   (void)VixDiskLib_Cleanup(NULL, &number, &number);
   (void)VixDiskLib_Create(NULL, NULL, NULL, NULL, NULL);
   (void)VixDiskLib_CreateChild(NULL, NULL, VIXDISKLIB_DISK_UNKNOWN, NULL, NULL);
   (void)VixDiskLib_Open(NULL, NULL, 0, NULL);
   (void)VixDiskLib_GetInfo(NULL, NULL);
   VixDiskLib_FreeInfo(NULL);
   (void)VixDiskLib_GetTransportMode(NULL);
   (void)VixDiskLib_Read(NULL, 0, 0, NULL);
   (void)VixDiskLib_Write(NULL, 0, 0, NULL);
   (void)VixDiskLib_ReadAsync(NULL, 0, 0, NULL, NULL, NULL);
   (void)VixDiskLib_WriteAsync(NULL, 0, 0, NULL, NULL, NULL);
   (void)VixDiskLib_Wait(NULL);
   (void)VixDiskLib_Flush(NULL);
   (void)VixDiskLib_QueryAllocatedBlocks(NULL, 0, 0, 0, NULL);
   (void)VixDiskLib_FreeBlockList(NULL);
   (void)VixDiskLib_ReadMetadata(NULL, NULL, NULL, 0, NULL);
   (void)VixDiskLib_WriteMetadata(NULL, NULL, NULL);
   (void)VixDiskLib_GetMetadataKeys(NULL, NULL, 0, NULL);
   (void)VixDiskLib_Unlink(NULL, NULL);
   (void)VixDiskLib_Grow(NULL, NULL, 0, FALSE, NULL, NULL);
   (void)VixDiskLib_Shrink(NULL, NULL, NULL);
   (void)VixDiskLib_Defragment(NULL, NULL, NULL);
   (void)VixDiskLib_Rename(NULL, NULL);
   (void)VixDiskLib_Clone(NULL, NULL, NULL, NULL, NULL, NULL, NULL, FALSE);
   (void)VixDiskLib_SpaceNeededForClone(NULL, VIXDISKLIB_DISK_UNKNOWN, &space);
   (void)VixDiskLib_IsAttachPossible(NULL, NULL);
   (void)VixDiskLib_Attach(NULL, NULL);
   (void)VixDiskLib_CheckRepair(NULL, NULL, FALSE);
   (void)VixDiskLib_Close(NULL);
   (void)VixDiskLib_Disconnect(NULL);
   VixDiskLib_Exit();
}

static void everyFunctionIsInTheJournal(void)
{
   static const char *const names[] = {
#define FUNCTION(name) #name,
#include "abi_functions.inc"
#undef FUNCTION
   };
   const size_t number = sizeof names / sizeof names[0];

   VddkFake_ForgetJournal();
   callAll();
   for (size_t i = 0; i < number; i++) {
      if (VddkFake_CallCount(names[i]) != 1) {
         fprintf(stderr, "%s\n", names[i]);
      }
      CHECK_EQUAL(1, VddkFake_CallCount(names[i]));
   }
   CHECK_EQUAL(number, VddkFake_ReadJournal(NULL, 0, NULL));
}

static void *callOften(void *unused)
{
   (void)unused;
   for (int i = 0; i < CALLS; i++) {
      VixDiskLib_FreeErrorText(VixDiskLib_GetErrorText((VixError)i, NULL));
      if (i % 100 == 0) {
         (void)VddkFake_ReadJournal(NULL, 0, NULL);
      }
   }
   return NULL;
}

static void manyThreadsAreInItAtOnce(void)
{
   pthread_t threads[THREADS];
   unsigned long long expected = 2 * THREADS * CALLS - KEPT + 1;

   VddkFake_ForgetJournal();
   for (int i = 0; i < THREADS; i++) {
      CHECK(pthread_create(&threads[i], NULL, callOften, NULL) == 0);
   }
   for (int i = 0; i < THREADS; i++) {
      pthread_join(threads[i], NULL);
   }
   CHECK_EQUAL(THREADS * CALLS, VddkFake_CallCount("GetErrorText"));
   CHECK_EQUAL(THREADS * CALLS, VddkFake_CallCount("FreeErrorText"));
   for (const char *line = journal(); *line != '\0'; line = strchr(line, '\n') + 1) {
      CHECK_EQUAL(expected++, strtoull(line, NULL, 10));
   }
}

int main(void)
{
   RUN(aLineSaysWhatACallWasAbout);
   RUN(aLineSaysWhichThreadAndHowLong);
   RUN(aCallThatIsHeldTakesItsTimeAndIsCountedAtItsEnd);
   RUN(pathsStayBetweenTheirQuotes);
   RUN(theLastCallsAreKeptAndAllAreCounted);
   RUN(theFileHasTheLinesFromInitExToExit);
   RUN(noSecretsAreInTheJournal);
   RUN(everyFunctionIsInTheJournal);
   RUN(manyThreadsAreInItAtOnce);
   VddkFake_ForgetJournal();
   return finish();
}
