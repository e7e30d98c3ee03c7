/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "faults.h"

#include <stdatomic.h>

#include "log.h"

/* The error of each fault that is to occur; 0 for the others. */
static atomic_int faultErrors[VDDK_FAULT_INJECTION_LAST_ENTRY];

bool faults_occurs(int id, VixError *error)
{
   int faultError = atomic_load(&faultErrors[id]);

   if (faultError == 0) {
      return false;
   }
   log_warn("VixDiskLib: the injected fault %d occurs (error %d).\n", id, faultError);
   *error = (VixError)faultError;
   return true;
}

EXPORTED Bool VixDiskLib_SetInjectedFault(int id, Bool enabled, int faultErr)
{
   if (id < 0 || id >= VDDK_FAULT_INJECTION_LAST_ENTRY) {
      log_warn("VixDiskLib: there is no fault %d to inject.\n", id);
      return FALSE;
   }
   if (enabled && faultErr <= 0) {
      log_warn("VixDiskLib: fault %d cannot be injected with %d, which is no error.\n", id, faultErr);
      return FALSE;
   }
   atomic_store(&faultErrors[id], enabled ? faultErr : 0);
   return TRUE;
}
