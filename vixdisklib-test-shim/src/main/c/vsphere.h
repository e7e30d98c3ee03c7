/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * The simulated vSphere as it is now: the inventory, which may be edited while programs run, and the folder of what
 * outlives them.
 */
#ifndef VSPHERE_H
#define VSPHERE_H

#include "common.h"
#include "inventory.h"

typedef struct Vsphere {
   unsigned references; /* with the lock of vsphere.c held */
   char *path;          /* of the inventory */
   char *stateFolder;
   char *text; /* that the inventory was read from */
   size_t length;
   Inventory *inventory;
} Vsphere;

/*
 * What the file of the inventory says at this moment, until it is given back. VIX_E_HOST_SERVER_NOT_FOUND if no
 * inventory is configured, VIX_E_INVALID_ARG if it cannot be read; the log says why.
 */
VixError vsphere_acquire(Vsphere **vsphere);
void vsphere_release(Vsphere *vsphere);

/* Forgets what was read, when the library stops. */
void vsphere_forget(void);

#endif /* VSPHERE_H */
