/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * The faults of VixDiskLib_SetInjectedFault.
 */
#include "support.h"

#include <limits.h>
#include <pthread.h>

#include "vddkFaultInjection.h"

static VixError start(void)
{
   return VixDiskLib_InitEx(8, 0, NULL, NULL, NULL, NULL, NULL);
}

static void initFailsWithTheInjectedErrorUntilTheFaultIsTakenBack(void)
{
   VixDiskLibConnection connection;

   CHECK_EQUAL(TRUE, VixDiskLib_SetInjectedFault(VDDK_FAULT_DISKLIB_INIT_FAILED, TRUE, VIX_E_OUT_OF_MEMORY));
   CHECK_EQUAL(VIX_E_OUT_OF_MEMORY, start());
   CHECK_EQUAL(VIX_E_OUT_OF_MEMORY, start());
   CHECK_EQUAL(VIX_E_OUT_OF_MEMORY, VixDiskLib_Init(8, 0, NULL, NULL, NULL, NULL));
   CHECK_EQUAL(VIX_E_DISK_NOINIT, VixDiskLib_Connect(NULL, &connection));
   CHECK_EQUAL(TRUE, VixDiskLib_SetInjectedFault(VDDK_FAULT_DISKLIB_INIT_FAILED, FALSE, VIX_E_OUT_OF_MEMORY));
   CHECK_OK(start());
   CHECK_EQUAL(TRUE, VixDiskLib_SetInjectedFault(VDDK_FAULT_DISKLIB_INIT_FAILED, (Bool)4, VIX_E_FAIL));
   VixDiskLib_Exit();
   CHECK_EQUAL(VIX_E_FAIL, start());
   CHECK_EQUAL(TRUE, VixDiskLib_SetInjectedFault(VDDK_FAULT_DISKLIB_INIT_FAILED, FALSE, 0));
}

static void theLogTellsWhichFaultHasOccurred(void)
{
   CHECK_EQUAL(TRUE, VixDiskLib_SetInjectedFault(VDDK_FAULT_DISKLIB_INIT_FAILED, TRUE, VIX_E_FAIL));
   CHECK_EQUAL(VIX_E_FAIL, tryStartLibrary(8, 0, NULL));
   CHECK(wasLogged("the injected fault 10 occurs (error 1)"));
   CHECK_EQUAL(TRUE, VixDiskLib_SetInjectedFault(VDDK_FAULT_DISKLIB_INIT_FAILED, FALSE, 0));
}

static void faultsOfServersDoNotOccurOnLocalDisks(void)
{
   for (int id = 0; id < VDDK_FAULT_INJECTION_LAST_ENTRY; id++) {
      if (id != VDDK_FAULT_DISKLIB_INIT_FAILED) {
         CHECK_EQUAL(TRUE, VixDiskLib_SetInjectedFault(id, TRUE, VIX_E_FAIL));
      }
   }
   startLibrary();
   createDisk("a.vmdk", VIXDISKLIB_DISK_MONOLITHIC_SPARSE, 1000);
   CHECK_OK(tryOpen("a.vmdk", 0));
   stopLibrary();
   for (int id = 0; id < VDDK_FAULT_INJECTION_LAST_ENTRY; id++) {
      CHECK_EQUAL(TRUE, VixDiskLib_SetInjectedFault(id, FALSE, 0));
   }
}

static void whatIsNoFaultOrNoErrorIsRefused(void)
{
   static const int ids[] = {INT_MIN, -1, VDDK_FAULT_INJECTION_LAST_ENTRY, INT_MAX};

   for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
      CHECK_EQUAL(FALSE, VixDiskLib_SetInjectedFault(ids[i], TRUE, VIX_E_FAIL));
      CHECK_EQUAL(FALSE, VixDiskLib_SetInjectedFault(ids[i], FALSE, 0));
   }
   CHECK_EQUAL(FALSE, VixDiskLib_SetInjectedFault(VDDK_FAULT_DISKLIB_INIT_FAILED, TRUE, VIX_OK));
   CHECK_EQUAL(FALSE, VixDiskLib_SetInjectedFault(VDDK_FAULT_DISKLIB_INIT_FAILED, TRUE, -1));
   CHECK_OK(start());
   VixDiskLib_Exit();
}

static void *setAndTakeBack(void *unused)
{
   for (int i = 0; i < 1000; i++) {
      CHECK_EQUAL(TRUE, VixDiskLib_SetInjectedFault(VDDK_FAULT_DISKLIB_INIT_FAILED, i % 2 == 0, VIX_E_FAIL));
   }
   return unused;
}

static void faultsCanBeSetWhileTheLibraryStarts(void)
{
   pthread_t thread;

   CHECK(pthread_create(&thread, NULL, setAndTakeBack, NULL) == 0);
   for (int i = 0; i < 100; i++) {
      VixError error = start();

      CHECK(error == VIX_OK || error == VIX_E_FAIL);
      VixDiskLib_Exit();
   }
   CHECK(pthread_join(thread, NULL) == 0);
   CHECK_OK(start());
   VixDiskLib_Exit();
}

int main(void)
{
   RUN(initFailsWithTheInjectedErrorUntilTheFaultIsTakenBack);
   RUN(theLogTellsWhichFaultHasOccurred);
   RUN(faultsOfServersDoNotOccurOnLocalDisks);
   RUN(whatIsNoFaultOrNoErrorIsRefused);
   RUN(faultsCanBeSetWhileTheLibraryStarts);
   return finish();
}
