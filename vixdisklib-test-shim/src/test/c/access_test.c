/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * What servers remember of their clients, between processes and after their death.
 */
#include "vsphere_support.h"

#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "access.h"

#define VCENTER "vcenter.example"
#define READ_ONLY VIXDISKLIB_FLAG_OPEN_READ_ONLY

static VixError prepare(const char *vm)
{
   VixDiskLibConnectParams params = paramsFor(VCENTER, vm);

   return VixDiskLib_PrepareForAccess(&params, "backup");
}

static VixError end(const char *vm)
{
   VixDiskLibConnectParams params = paramsFor(VCENTER, vm);

   return VixDiskLib_EndAccess(&params, "backup");
}

static void checkCleanup(VixError expected, uint32 expectedCleaned, uint32 expectedRemaining)
{
   VixDiskLibConnectParams params = paramsFor(VCENTER, NULL);
   uint32 cleaned = 77;
   uint32 remaining = 77;

   CHECK_EQUAL(expected, VixDiskLib_Cleanup(&params, &cleaned, &remaining));
   CHECK_EQUAL(expectedCleaned, cleaned);
   CHECK_EQUAL(expectedRemaining, remaining);
}

/* How many records there are of all machines. */
static int countRecords(void)
{
   DIR *folder = opendir(pathOf("inventory.ini.state"));
   struct dirent *entry;
   int count = 0;

   while (folder != NULL && (entry = readdir(folder)) != NULL) {
      count += strncmp(entry->d_name, "access-", 7) == 0;
   }
   if (folder != NULL) {
      closedir(folder);
   }
   return count;
}

/* ------------------------------------------------------------------------------------------------- one process */

static void accessIsPreparedAndEnded(void)
{
   startVsphere();
   CHECK_OK(prepare("moref=vm-42"));
   CHECK_EQUAL(1, access_countPrepared());
   CHECK_OK(prepare("moref=vm-42"));
   CHECK_OK(prepare("moref=vm-43"));
   CHECK_EQUAL(3, countRecords());
   CHECK_OK(end("moref=vm-42"));
   CHECK_EQUAL(2, countRecords());
   CHECK_OK(end("moref=vm-42"));
   CHECK_OK(end("moref=vm-43"));
   CHECK_EQUAL(0, countRecords());
   CHECK_EQUAL(0, access_countPrepared());
   CHECK_OK(end("moref=vm-42")); /* which was not prepared */
   CHECK(wasLogged("was not prepared"));
   stopVsphere();
}

static void onlyTheSameIdentityEndsAccess(void)
{
   VixDiskLibConnectParams params = paramsFor(VCENTER, "moref=vm-42");

   startVsphere();
   CHECK_OK(prepare("moref=vm-42"));
   CHECK_OK(VixDiskLib_EndAccess(&params, "another"));
   CHECK_EQUAL(1, countRecords());
   CHECK_OK(VixDiskLib_PrepareForAccess(&params, "with a\nline end"));
   CHECK_OK(VixDiskLib_EndAccess(&params, "with a\nline end"));
   CHECK_EQUAL(1, countRecords());
   CHECK_OK(end("moref=vm-42"));
   CHECK_EQUAL(0, countRecords());
   CHECK_EQUAL(VIX_E_INVALID_ARG, VixDiskLib_PrepareForAccess(&params, NULL));
   CHECK_EQUAL(VIX_E_INVALID_ARG,
               VixDiskLib_PrepareForAccess(&params, "more than fifty characters, which is what an identity can have"));
   CHECK(wasLogged("PrepareForAccess needs an identity of at most 50 characters"));
   stopVsphere();
}

static void hostsDoNotMoveMachines(void)
{
   VixDiskLibConnectParams params = paramsFor("esxi.example", "moref=vm-44");

   startVsphere();
   params.port = 8443;
   CHECK_EQUAL(VIX_E_NOT_SUPPORTED, VixDiskLib_PrepareForAccess(&params, "backup"));
   CHECK(wasLogged("VDDK: HostAgent is not a VirtualCenter, cannot disable sVmotion."));
   CHECK_EQUAL(VIX_E_NOT_SUPPORTED, VixDiskLib_EndAccess(&params, "backup"));
   params.vmxSpec = NULL;
   CHECK_OK(VixDiskLib_Cleanup(&params, NULL, NULL));
   stopVsphere();
}

static void accessIsForThoseWhoMayConnect(void)
{
   VixDiskLibConnectParams params = paramsFor(VCENTER, "moref=vm-9");

   startVsphere();
   CHECK_EQUAL(VIX_E_VM_NOT_FOUND, VixDiskLib_PrepareForAccess(&params, "backup"));
   params.vmxSpec = (char[]){"moref=vm-42"};
   params.creds.uid.password = (char[]){"wrong"};
   CHECK_EQUAL(VIX_E_AUTHENTICATION_FAIL, VixDiskLib_PrepareForAccess(&params, "backup"));
   CHECK_EQUAL(VIX_E_AUTHENTICATION_FAIL, VixDiskLib_EndAccess(&params, "backup"));
   CHECK_EQUAL(VIX_E_INVALID_ARG, VixDiskLib_Cleanup(&params, NULL, NULL)); /* a machine */
   CHECK(wasLogged("Cleanup is for a server"));
   params.vmxSpec = NULL;
   CHECK_EQUAL(VIX_E_AUTHENTICATION_FAIL, VixDiskLib_Cleanup(&params, NULL, NULL));
   CHECK_EQUAL(0, countRecords());
   stopVsphere();
}

static void allMachinesWithAFirstClassDiskArePrepared(void)
{
   VixDiskLibConnectParams params = paramsFor(VCENTER, NULL);

   startVsphere();
   params.specType = VIXDISKLIB_SPEC_VSTORAGE_OBJECT;
   params.spec.vStorageObjSpec.id = (char[]){"attached"};
   params.spec.vStorageObjSpec.datastoreMoRef = (char[]){"datastore-11"};
   editInventory("power = on", "disk = [ds1] web/web.vmdk");
   CHECK_OK(VixDiskLib_PrepareForAccess(&params, "backup"));
   CHECK_EQUAL(2, countRecords());
   CHECK_OK(end("moref=vm-42"));
   CHECK_OK(VixDiskLib_EndAccess(&params, "backup"));
   CHECK_EQUAL(0, countRecords());
   params.specType = VIXDISKLIB_SPEC_DATASTORE;
   params.spec.dsSpec.datastoreMoRef = (char[]){"datastore-11"};
   params.spec.dsSpec.diskFolder = (char[]){"web"};
   CHECK_EQUAL(VIX_E_NOT_SUPPORTED, VixDiskLib_PrepareForAccess(&params, "backup"));
   stopVsphere();
}

/* EndAccess answers well also if it has found nothing to end; then the preparation is still there. */
static void anotherIdentityDoesNotMatchAPreparation(void)
{
   VixDiskLibConnectParams params = paramsFor(VCENTER, "moref=vm-42");
   char text[512];

   VddkFake_SetStrict(1);
   VddkFake_ForgetBrokenRules();
   startVsphere();
   CHECK_OK(prepare("moref=vm-42"));
   CHECK_OK(VixDiskLib_EndAccess(&params, "another"));
   stopVsphere();
   CHECK_EQUAL(1, VddkFake_BrokenRules(text, sizeof text, NULL));
   CHECK(strstr(text, "unmatched-prepare: VixDiskLib_Exit: ") == text);
   CHECK(strstr(text, "PrepareForAccess of vm-42 of " VCENTER " with the identity \"backup\"") != NULL);
   VddkFake_ForgetBrokenRules();
   startVsphere();
   CHECK_OK(prepare("moref=vm-42"));
   CHECK_OK(end("moid=vm-42")); /* another word for the same machine */
   stopVsphere();
   CHECK_EQUAL(0, VddkFake_BrokenRules(NULL, 0, NULL));
   VddkFake_SetStrict(0);
}

static void whatIsPreparedAtExitIsLeftOver(void)
{
   startVsphere();
   CHECK_OK(prepare("moref=vm-42"));
   stopVsphere();
   CHECK_EQUAL(0, access_countPrepared());
   startVsphere();
   checkCleanup(VIX_OK, 1, 0);
   checkCleanup(VIX_OK, 0, 0);
   CHECK_EQUAL(0, countRecords());
   CHECK_OK(prepare("moref=vm-42"));
   stopVsphere();
   startVsphere();
   CHECK_OK(end("moref=vm-42"));
   CHECK_EQUAL(0, countRecords());
   stopVsphere();
}

static void disksThatAreAttachedAreRemembered(void)
{
   static const char *const transports[] = {"hotadd", "san", "nbd"};

   startVsphere();
   for (size_t i = 0; i < 3; i++) {
      VixDiskLibConnection connection = connectTo("moref=vm-42", NULL, transports[i]);
      VixDiskLibHandle disk;
      bool attached = i < 2;

      CHECK_OK(VixDiskLib_Open(connection, "[ds1] web/web.vmdk", READ_ONLY, &disk));
      CHECK_EQUAL(attached, countRecords());
      checkCleanup(attached ? VIX_E_OBJECT_IS_BUSY : VIX_OK, 0, attached);
      CHECK_OK(VixDiskLib_Close(disk));
      CHECK_EQUAL(0, countRecords());
      CHECK_OK(VixDiskLib_Disconnect(connection));
   }
   stopVsphere();
}

static void theFolderOfTheStateCanBeElsewhere(void)
{
   startVsphereWith("vddkFake.state = \"elsewhere\"\n", true);
   CHECK_OK(prepare("moref=vm-42"));
   CHECK_EQUAL(0, countRecords());
   CHECK(fileExists("elsewhere/lock"));
   CHECK_OK(end("moref=vm-42"));
   stopVsphere();
   writeText("a file", "");
   startVsphereWith("vddkFake.state = \"a file/state\"\n", true);
   CHECK(prepare("moref=vm-42") != VIX_OK);
   CHECK(wasLogged("cannot make a folder"));
   checkCleanup(VIX_OK, 0, 0);
   stopVsphere();
}

static void noSecretIsKept(void)
{
   DIR *folder;
   struct dirent *entry;

   startVsphere();
   CHECK_OK(prepare("moref=vm-42"));
   folder = opendir(pathOf("inventory.ini.state"));
   while ((entry = readdir(folder)) != NULL) {
      if (entry->d_name[0] != '.') {
         char name[512];
         size_t length;
         uint8 *text;

         snprintf(name, sizeof name, "inventory.ini.state/%s", entry->d_name);
         text = readFile(name, &length);
         CHECK(strstr((char *)text, "s3cret") == NULL);
         free(text);
      }
   }
   closedir(folder);
   CHECK_OK(end("moref=vm-42"));
   stopVsphere();
}

/* A file that a process has not finished when it was killed, and others that are none of ours. */
static void whatWasNeverFinishedIsOverlooked(void)
{
   startVsphere();
   CHECK(mkdir(pathOf("inventory.ini.state"), 0777) == 0);
   writeText("inventory.ini.state/access-1", "");
   writeText("inventory.ini.state/access-2", "prepared\n" VCENTER "\nvm-42\n");
   writeText("inventory.ini.state/readme", "what is here?\n");
   CHECK(mkdir(pathOf("inventory.ini.state/access-3"), 0777) == 0);
   checkCleanup(VIX_OK, 0, 0);
   CHECK_EQUAL(1, countRecords());
   CHECK(fileExists("inventory.ini.state/readme"));
   writeText("inventory.ini.state/access-2", "prepared\nVCENTER.example\nvm-42\nbackup\n1\n");
   writeText("inventory.ini.state/access-4", "prepared\nesxi.example\nvm-42\nbackup\n1\n");
   checkCleanup(VIX_OK, 1, 0);
   CHECK_EQUAL(2, countRecords());
   stopVsphere();
}

static void *prepareOften(void *unused)
{
   for (int i = 0; i < 20; i++) {
      CHECK_OK(prepare("moref=vm-42"));
      CHECK_OK(end("moref=vm-42"));
   }
   return unused;
}

static void threadsPrepareAtOnce(void)
{
   pthread_t threads[4];

   startVsphere();
   for (int i = 0; i < 4; i++) {
      CHECK(pthread_create(&threads[i], NULL, prepareOften, NULL) == 0);
   }
   for (int i = 0; i < 4; i++) {
      CHECK(pthread_join(threads[i], NULL) == 0);
   }
   CHECK_EQUAL(0, countRecords());
   stopVsphere();
}

/* ------------------------------------------------------------------------------------------------- two processes */

typedef struct Child {
   pid_t process;
   int tells;   /* one letter when it is where it should be */
   int listens; /* until it reads one */
} Child;

/* Runs something in a process of its own, which tells when it is done, and waits to be killed or told to end. */
static Child spawn(void (*run)(void), void (*undo)(void))
{
   int up[2];
   int down[2];
   char letter;
   Child child;

   CHECK(pipe(up) == 0 && pipe(down) == 0);
   fflush(stdout);
   child.process = fork();
   CHECK(child.process >= 0);
   if (child.process == 0) {
      close(up[0]);
      close(down[1]);
      startVsphere();
      run();
      CHECK(write(up[1], "r", 1) == 1);
      CHECK(read(down[0], &letter, 1) == 1);
      undo();
      stopVsphere();
      _exit(0);
   }
   close(up[1]);
   close(down[0]);
   child.tells = up[0];
   child.listens = down[1];
   CHECK(read(child.tells, &letter, 1) == 1);
   return child;
}

static void endChild(const Child *child, bool killed)
{
   int status;

   if (killed) {
      CHECK(kill(child->process, SIGKILL) == 0);
   } else {
      CHECK(write(child->listens, "e", 1) == 1);
   }
   CHECK(waitpid(child->process, &status, 0) == child->process);
   CHECK(killed ? WIFSIGNALED(status) : WIFEXITED(status) && WEXITSTATUS(status) == 0);
   close(child->tells);
   close(child->listens);
}

static void prepareTwo(void)
{
   CHECK_OK(prepare("moref=vm-42"));
   CHECK_OK(prepare("moref=vm-42"));
   CHECK_OK(prepare("moref=vm-43"));
}

static void endTwo(void)
{
   CHECK_OK(end("moref=vm-42"));
   CHECK_OK(end("moref=vm-42"));
   CHECK_OK(end("moref=vm-43"));
}

static void makeFiles(void)
{
   startVsphere();
   stopVsphere();
}

static void otherProcessesSeeWhatIsPrepared(void)
{
   Child child;

   makeFiles();
   child = spawn(prepareTwo, endTwo);
   startVsphere();
   CHECK_EQUAL(3, countRecords());
   checkCleanup(VIX_E_OBJECT_IS_BUSY, 0, 2);
   CHECK_OK(end("moref=vm-42"));
   CHECK(wasLogged("stays prepared for access by process"));
   CHECK_EQUAL(3, countRecords());
   CHECK_OK(prepare("moref=vm-42"));
   CHECK_OK(end("moref=vm-42")); /* its own */
   CHECK_EQUAL(3, countRecords());
   endChild(&child, false);
   CHECK_EQUAL(0, countRecords());
   checkCleanup(VIX_OK, 0, 0);
   stopVsphere();
}

static void aKilledProcessIsCleanedUpAfter(void)
{
   Child dead;
   Child living;

   makeFiles();
   dead = spawn(prepareTwo, endTwo);
   endChild(&dead, true);
   startVsphere();
   CHECK_EQUAL(3, countRecords());
   checkCleanup(VIX_OK, 2, 0);
   CHECK_EQUAL(0, countRecords());
   stopVsphere();

   /* A machine that one of two processes still has remains. */
   dead = spawn(prepareTwo, endTwo);
   living = spawn(prepareTwo, endTwo);
   endChild(&dead, true);
   startVsphere();
   CHECK_EQUAL(6, countRecords());
   checkCleanup(VIX_E_OBJECT_IS_BUSY, 0, 2);
   CHECK_EQUAL(3, countRecords());
   stopVsphere();
   endChild(&living, false);
   CHECK_EQUAL(0, countRecords());
}

static void whatAKilledProcessHasPreparedCanBeEnded(void)
{
   Child child;

   makeFiles();
   child = spawn(prepareTwo, endTwo);
   endChild(&child, true);
   startVsphere();
   CHECK_OK(end("moref=vm-42"));
   CHECK_EQUAL(2, countRecords());
   CHECK_OK(end("moref=vm-42"));
   CHECK_OK(end("moref=vm-43"));
   CHECK_EQUAL(0, countRecords());
   stopVsphere();
}

static void itsOwnAccessIsEndedBeforeThatOfTheDead(void)
{
   Child child;

   makeFiles();
   child = spawn(prepareTwo, endTwo);
   endChild(&child, true);
   startVsphere();
   for (int i = 0; i < 8; i++) { /* whose records have names in any order */
      CHECK_OK(prepare("moref=vm-42"));
      CHECK_OK(end("moref=vm-42"));
      CHECK_EQUAL(0, access_countPrepared());
      CHECK_EQUAL(3, countRecords());
   }
   stopVsphere();
}

static VixDiskLibConnection attachedOn;

static void attachDisk(void)
{
   VixDiskLibHandle disk;

   attachedOn = connectTo("moref=vm-42", NULL, "hotadd");
   CHECK_OK(VixDiskLib_Open(attachedOn, "[ds1] web/web.vmdk", READ_ONLY, &disk));
}

static void detachDisk(void)
{
   CHECK_OK(VixDiskLib_Disconnect(attachedOn));
}

static void disksOfAKilledProcessAreDetached(void)
{
   Child dead;
   Child living;

   makeFiles();
   dead = spawn(attachDisk, detachDisk);
   living = spawn(attachDisk, detachDisk);
   CHECK_EQUAL(2, countRecords());
   endChild(&dead, true);
   startVsphere();
   checkCleanup(VIX_E_OBJECT_IS_BUSY, 0, 1);
   endChild(&living, false);
   CHECK_EQUAL(0, countRecords());
   stopVsphere();
   dead = spawn(attachDisk, detachDisk);
   endChild(&dead, true);
   startVsphere();
   checkCleanup(VIX_OK, 1, 0);
   CHECK_EQUAL(0, countRecords());
   stopVsphere();
}

/* A child that a program has forked, and that lives on, does not keep what its parent had. */
static void aForkedChildHoldsNothing(void)
{
   Child child;
   int begun[2]; /* the grandchild has written to it */
   int ends[2];
   int status;
   char letter = 'x';
   pid_t grandchild;

   makeFiles();
   CHECK(pipe(begun) == 0 && pipe(ends) == 0);
   child = spawn(prepareTwo, endTwo);
   endChild(&child, true);
   startVsphere();
   checkCleanup(VIX_OK, 2, 0);
   CHECK_OK(prepare("moref=vm-42"));
   fflush(stdout);
   grandchild = fork();
   CHECK(grandchild >= 0);
   if (grandchild == 0) {
      close(ends[1]);
      _exit(write(begun[1], &letter, 1) == 1 && read(ends[0], &letter, 1) == 0 && access_countPrepared() == 0 ? 0 : 1);
   }
   close(begun[1]);
   close(ends[0]);
   CHECK(read(begun[0], &letter, 1) == 1); /* until it runs, it has what its parent had */
   close(begun[0]);
   stopVsphere(); /* which lets go of the machine, as does a process that dies */
   startVsphere();
   checkCleanup(VIX_OK, 1, 0);
   stopVsphere();
   close(ends[1]);
   CHECK(waitpid(grandchild, &status, 0) == grandchild && WIFEXITED(status));
   CHECK_EQUAL(0, WEXITSTATUS(status));
}

int main(void)
{
   RUN(accessIsPreparedAndEnded);
   RUN(onlyTheSameIdentityEndsAccess);
   RUN(hostsDoNotMoveMachines);
   RUN(accessIsForThoseWhoMayConnect);
   RUN(allMachinesWithAFirstClassDiskArePrepared);
   RUN(anotherIdentityDoesNotMatchAPreparation);
   RUN(whatIsPreparedAtExitIsLeftOver);
   RUN(disksThatAreAttachedAreRemembered);
   RUN(theFolderOfTheStateCanBeElsewhere);
   RUN(noSecretIsKept);
   RUN(whatWasNeverFinishedIsOverlooked);
   RUN(threadsPrepareAtOnce);
   RUN(otherProcessesSeeWhatIsPrepared);
   RUN(aKilledProcessIsCleanedUpAfter);
   RUN(whatAKilledProcessHasPreparedCanBeEnded);
   RUN(itsOwnAccessIsEndedBeforeThatOfTheDead);
   RUN(disksOfAKilledProcessAreDetached);
   RUN(aForkedChildHoldsNothing);
   return finish();
}
