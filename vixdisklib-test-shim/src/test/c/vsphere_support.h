/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * A small vSphere for the tests of the managed side.
 */
#ifndef VSPHERE_SUPPORT_H
#define VSPHERE_SUPPORT_H

#include "support.h"

#define SECRET "s3cret#of the\"user"
#define COOKIE "52a8c0de-cookie"

/* Sectors of every disk. */
#define DISK_SECTORS 8192u

/* Writes the inventory and its disks, and starts the library with it, as its own version. */
void startVsphere(void);

/* The same with more settings, and without the plugin. */
void startVsphereWith(const char *settings, bool withPlugin);
void stopVsphere(void);

/* Puts a text in the place of another in the inventory. */
void editInventory(const char *from, const char *to);

/* Parameters with a user that may do everything, for a virtual machine (NULL for none). */
VixDiskLibConnectParams paramsFor(const char *server, const char *spec);

/* A connection to the vCenter. */
VixDiskLibConnection connectTo(const char *spec, const char *snapshot, const char *transports);
VixError tryConnect(const VixDiskLibConnectParams *params, const char *snapshot);

/* Opens a disk on a connection and closes it. */
VixError tryOpenOn(VixDiskLibConnection connection, const char *path, uint32 flags);

#endif /* VSPHERE_SUPPORT_H */
