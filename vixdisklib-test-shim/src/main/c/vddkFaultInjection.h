/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Faults that a program can have VixDiskLib run into, to test what it does then. A VDDK has a header of this name too,
 * which has more faults; its release builds accept them and do nothing. The numbers of those below are VMware's, their
 * names are not.
 */
#ifndef VDDK_FAULT_INJECTION_H
#define VDDK_FAULT_INJECTION_H

#include "vixDiskLib.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
   VDDK_FAULT_SAN_SERVER_CONNECT = 0,
   VDDK_FAULT_SAN_BLOCK_LIST_INIT = 1,
   VDDK_FAULT_SAN_START_IO = 2,
   VDDK_FAULT_SAN_UNKNOWN_ADAPTER = 3,
   VDDK_FAULT_SAN_DISK_OPEN = 4,
   VDDK_FAULT_SAN_ASYNC_IO = 5,
   VDDK_FAULT_SAN_IO = 6,
   VDDK_FAULT_HOTADD_DISK_NOT_FOUND = 7,
   VDDK_FAULT_HOTADD_ADD_FAILED = 8,
   VDDK_FAULT_HOTADD_REMOVE_FAILED = 9,
   VDDK_FAULT_DISKLIB_INIT_FAILED = 10, /* Init and InitEx fail */
   VDDK_FAULT_VIM_LOAD_BAD_KEY = 11,
   VDDK_FAULT_VIM_BAD_TICKET = 12,
   VDDK_FAULT_HOTADD_AHCI_ONLY = 13,
   VDDK_FAULT_INJECTION_LAST_ENTRY
};

/*
 * Has a fault occur from now on (enabled TRUE), with an error of VixDiskLib, or no longer (FALSE). May be called from
 * any thread at any time, also before InitEx; what was set stays across Exit. TRUE if it was set; FALSE for a fault
 * that does not exist, and for an error to occur that is none (0 or less).
 *
 * Faults other than VDDK_FAULT_DISKLIB_INIT_FAILED concern servers. They are remembered, and occur on connections to
 * servers only.
 */
Bool VixDiskLib_SetInjectedFault(int id, Bool enabled, int faultErr);

#ifdef __cplusplus
}
#endif

#endif /* VDDK_FAULT_INJECTION_H */
