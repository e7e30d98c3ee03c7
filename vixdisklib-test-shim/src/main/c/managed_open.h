/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * The steps in which a disk of a server is opened, for those that take some of them only.
 */
#ifndef MANAGED_OPEN_H
#define MANAGED_OPEN_H

#include "common.h"
#include "managed.h"

typedef struct Opening {
   const Managed *managed;
   bool writing;
   Login login;
   Target target;
   const InventoryDatastore *datastore; /* that the file is in */
   Transport transport;
} Opening;

/* Looks whether the server is there, is the right one, and allows it. What has begun is to be ended. */
VixError managed_beginOpen(const Managed *managed, bool writing, Opening *opening);
void managed_endOpen(Opening *opening);

/* Finds the file of one of these disks of the virtual machine, as heap memory; VIX_E_FILE_NOT_FOUND. */
VixError managed_findVmFile(Opening *opening, const InventoryList *disks, const char *path, char **realPath);

/* Chooses the first transport that works; VIX_E_FILE_ACCESS_ERROR if none does. */
VixError managed_negotiate(Opening *opening);

/* Takes what a disk needs of its server. */
VixError managed_makeDisk(const Opening *opening, ManagedDisk **disk);

#endif /* MANAGED_OPEN_H */
