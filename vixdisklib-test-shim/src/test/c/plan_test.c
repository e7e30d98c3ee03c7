/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Fault plans: how they are written, and where they come from.
 */
#include "plan_support.h"

static void aWrongPlanIsRefusedAndSaysWhere(void)
{
   static const struct {
      const char *text;
      const char *message;
   } plans[] = {
      {"Reed return=1", "line 1: \"Reed\" is no function that returns an error or a pointer"},
      {"\n# comment\nRead nht=2 return=1", "line 3: \"nht=2\" is no condition and no action"},
      {"FreeInfo return=1", "line 1: \"FreeInfo\" is no function that returns an error or a pointer"},
      {"Read", "line 1: \"Read\" has no action: return=, callback=, delay=, hang, drop, full or null"},
      {"Read nth=1", "line 1: \"Read\" has no action"},
      {"Read nth=1 nth=2 return=1", "line 1: \"nth=2\" is there twice"},
      {"Read nth=0 return=1", "\"nth=0\" has no number from 1"},
      {"Read nth= return=1", "\"nth=\" has no number from 1"},
      {"Read nth=-1 return=1", "\"nth=-1\" has no number from 1"},
      {"Read nth=18446744073709551616 return=1", "has no number from 1"},
      {"Read every=x return=1", "\"every=x\" has no number from 1"},
      {"Read times=1.5 return=1", "\"times=1.5\" has no number from 1"},
      {"Read disk= return=1", "\"disk=\" has no path"},
      {"Read disk=\"a return=1", "\"disk=\"a return=1\" has no path"},
      {"Read disk=a\"b\" return=1", "has no path"},
      {"ConnectEx disk=a return=1", "\"disk=a\" is of no use with a function that has no disk"},
      {"Open sectors=1-2 return=1", "\"sectors=1-2\" is of no use with a function that has no sectors"},
      {"Read sectors=2-1 return=1", "\"sectors=2-1\" has no sectors"},
      {"Read sectors=1- return=1", "has no sectors"},
      {"Read sectors=1-2-3 return=1", "has no sectors"},
      {"Read sectors=a return=1", "has no sectors"},
      {"Read chance=1.1 return=1", "\"chance=1.1\" has no chance"},
      {"Read chance=101% return=1", "has no chance"},
      {"Read chance=0. return=1", "has no chance"},
      {"Read chance=.5 return=1", "has no chance"},
      {"Read chance=0,5 return=1", "has no chance"},
      {"Read chance=% return=1", "has no chance"},
      {"Read seed=1 return=1", "\"Read\" has a seed= without a chance="},
      {"Read chance=1 seed=x return=1", "\"seed=x\" has no number"},
      {"Write after=1MB return=1", "\"after=1MB\" has no size"},
      {"Write after=MiB return=1", "has no size"},
      {"Write after=18446744073709551615KiB return=1", "has no size"},
      {"Read return=0", "\"return=0\" has no error"},
      {"Read return=VIX_OK", "\"return=VIX_OK\" has no error"},
      {"Read return=VIX_ASYNC", "has no error"},
      {"Read return=25000", "has no error"},
      {"Read return=VIX_E_NONSENSE", "has no error"},
      {"Read return=0x", "has no error"},
      {"Read return=", "has no error"},
      {"Read callback=0", "\"callback=0\" has no error"},
      {"Read return=1 callback=2", "\"callback=2\" is a second result for the same call"},
      {"Write full return=1", "\"return=1\" is a second result"},
      {"Read full", "\"full\" is of no use with a function that takes no space"},
      {"Read null", "\"null\" is of no use with a function that gives nothing out"},
      {"Open null return=1", "\"return=1\" is a second result"},
      {"GetErrorText return=1", "\"return=1\" is of no use with a function that returns no error"},
      {"GetTransportMode drop", "\"drop\" is of no use with a function that returns no error"},
      {"Read delay=10", "\"delay=10\" has no time"},
      {"Read delay=1m", "has no time"},
      {"Read delay=ms", "has no time"},
      {"Read delay=86401s", "has no time"},
      {"Read hang=1", "\"hang=1\" is no condition and no action"},
      {"Read return=1\nWrite drop\nRead drop2", "line 3: \"drop2\" is no condition"},
   };
   char message[200];

   startWith("Read return=1");
   for (size_t i = 0; i < sizeof plans / sizeof plans[0]; i++) {
      CHECK(!VddkFake_SetFaultPlan(plans[i].text, message, sizeof message));
      if (strstr(message, plans[i].message) == NULL || strncmp(message, "line ", 5) != 0) {
         failCheck(plans[i].text, 0, message);
      }
      CHECK_EQUAL(VIX_E_FAIL, readAt(0, 1)); /* the old plan stays */
   }
   CHECK(!VddkFake_SetFaultPlan("x", NULL, 0));
   CHECK(!VddkFake_SetFaultPlan("x", message, 8));
   CHECK(strcmp(message, "line 1:") == 0);
   CHECK(VddkFake_SetFaultPlan("", message, sizeof message));
   CHECK(message[0] == '\0');
   CHECK_OK(readAt(0, 1));
   stop();
}

static void thePlanIsReadAsItIsWritten(void)
{
   startWith("\r\n# all of it\r\n\t  VixDiskLib_Read \t nth=1   return=0x2 # the first\r\n"
             "Read nth=2 return=VIX_E_FILE_ERROR\n * nth=3 return=11\r\nRead nth=4 return=VIX_E_HOST_SERVER_SHUTDOWN");
   CHECK_EQUAL(VIX_E_OUT_OF_MEMORY, readAt(0, 1));
   CHECK_EQUAL(VIX_E_FILE_ERROR, readAt(0, 1));
   CHECK_EQUAL(VIX_E_FILE_READ_ONLY, readAt(0, 1));
   CHECK_EQUAL(VIX_E_HOST_SERVER_SHUTDOWN, readAt(0, 1));
   CHECK_OK(readAt(0, 1));
   setPlan("# nothing");
   CHECK_OK(readAt(0, 1));
   stop();
}

static void theConfigurationNamesAPlan(void)
{
   startLibrary();
   createDisk("a.vmdk", VIXDISKLIB_DISK_MONOLITHIC_FLAT, CAPACITY);
   stopLibrary();
   writeText("faults.txt", "Read return=1\n");
   writeText("vddk.conf", "vddkFake.faults=\"faults.txt\"\n");
   CHECK_OK(tryStartLibrary(8, 0, pathOf("vddk.conf")));
   CHECK(wasLogged("faults.txt\" has 1 rules"));
   local = connectLocally();
   disk = openDisk("a.vmdk", 0);
   CHECK_EQUAL(VIX_E_FAIL, readAt(0, 1));
   CHECK_OK(VixDiskLib_Close(disk));
   stopLibrary();
   startLibrary(); /* without it */
   disk = openDisk("a.vmdk", 0);
   CHECK_OK(readAt(0, 1));
   setPlan("Read return=2");
   CHECK_OK(VixDiskLib_Close(disk));
   stopLibrary();
   writeText("faults.txt", "Read return=1\n\nRead retrun=1\n");
   CHECK_OK(tryStartLibrary(8, 0, pathOf("vddk.conf")));
   CHECK(wasLogged("faults.txt\" has no effect: line 3: \"retrun=1\" is no condition and no action"));
   VixDiskLib_Exit();
   writeFile("faults.txt", "Read \0 return=1\n", 16);
   CHECK_OK(tryStartLibrary(8, 0, pathOf("vddk.conf")));
   CHECK(wasLogged("has a NUL byte"));
   VixDiskLib_Exit();
   writeText("vddk.conf", "vddkFake.faults=nowhere.txt\n");
   CHECK_OK(tryStartLibrary(8, 0, pathOf("vddk.conf")));
   CHECK(wasLogged("nowhere.txt\" cannot be read (error 4)"));
   local = connectLocally();
   disk = openDisk("a.vmdk", 0);
   CHECK_EQUAL(VIX_E_OUT_OF_MEMORY, readAt(0, 1)); /* the plan that was set stays */
   stop();
}

static atomic_bool ended;

static void *useDisk(void *path)
{
   VixDiskLibHandle own;
   uint8 bytes[SECTOR];

   while (!atomic_load(&ended)) {
      VixError error = VixDiskLib_Open(local, path, VIXDISKLIB_FLAG_OPEN_READ_ONLY, &own);

      if (error == VIX_OK) {
         error = VixDiskLib_Read(own, 0, 1, bytes);
         CHECK(error == VIX_OK || error == 5 || error == 6 || error == 7);
         error = VixDiskLib_ReadAsync(own, 0, 1, bytes, NULL, NULL);
         CHECK(error == VIX_ASYNC || error == 5 || error == 6);
         CHECK_OK(VixDiskLib_Wait(own));
         CHECK_OK(VixDiskLib_Close(own));
      }
   }
   return NULL;
}

static void thePlanChangesWhileCallsAreRunning(void)
{
   static const char *const plans[] = {"Read disk=a* every=3 return=5\n* chance=0.5 seed=3 delay=1us",
                                       "ReadAsync disk=a.vmdk times=7 callback=6",
                                       "Read sectors=0-1 hang return=7",
                                       "",
                                       "Open chance=50% return=5\nRead* return=1",
                                       "Read after=1 return=6"};
   pthread_t users[4];
   char path[1000];

   startWith("");
   VddkFake_SetAsync(2, seed);
   snprintf(path, sizeof path, "%s", pathOf("a.vmdk"));
   CHECK_OK(VixDiskLib_Close(disk));
   atomic_store(&ended, false);
   for (size_t i = 0; i < 4; i++) {
      CHECK(pthread_create(&users[i], NULL, useDisk, path) == 0);
   }
   for (size_t i = 0; i < 300; i++) {
      (void)VddkFake_SetFaultPlan(plans[i % 6], NULL, 0);
      if (i % 6 == 2) {
         VddkFake_AwaitHangs(1);
         setPlan(NULL);
      }
      VddkFake_ReleaseHangs();
   }
   atomic_store(&ended, true);
   setPlan(NULL);
   VddkFake_ReleaseHangs();
   for (size_t i = 0; i < 4; i++) {
      pthread_join(users[i], NULL);
   }
   disk = openDisk("a.vmdk", 0);
   stop();
}

int main(void)
{
   seed = chooseSeed();
   RUN(aWrongPlanIsRefusedAndSaysWhere);
   RUN(thePlanIsReadAsItIsWritten);
   RUN(theConfigurationNamesAPlan);
   RUN(thePlanChangesWhileCallsAreRunning);
   return finish();
}
