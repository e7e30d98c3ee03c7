/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * What the exported functions have in common. Each of them checks in this order: is the library running, are the
 * handles valid, are the pointers set, is a failure planned; then it hands over to the part that does the work. What a
 * function gives out by a pointer is NULL after every failure, so that giving it back does no harm.
 *
 * Which codes the real library returns for wrong handles and missing pointers is not known. Here, they are
 *    VIX_E_DISK_NOINIT              before InitEx and after Exit
 *    VIX_E_DISK_INVALID_CONNECTION  for a connection that is not open, NULL included
 *    VIX_E_DISK_INVAL               for a disk that is not open
 *    VIX_E_INVALID_ARG              for NULL in place of a disk, and for every other missing pointer
 */
#ifndef API_H
#define API_H

#include "common.h"
#include "connection.h"
#include "disk.h"

/* VIX_E_DISK_NOINIT unless the library is running. */
VixError api_enter(void);

/* The disk of a handle, to be given back with disk_release; one that was attached as a parent only for Close. */
VixError api_acquireDisk(VixDiskLibHandle handle, Disk **disk);
VixError api_acquireAnyDisk(VixDiskLibHandle handle, Disk **disk);

/* The connection of a handle, to be given back with connection_release. */
VixError api_acquireConnection(VixDiskLibConnection handle, Connection **connection);

/* The last two checks: the pointers that must be set are, and no failure is planned for the function. */
VixError api_check(bool pointersAreSet, const char *function);

/* Gives back the disk of a call that has come to a result. */
VixError api_leave(Disk *disk, VixError result);

/* The end of a function that this library does not have yet. */
VixError api_notYet(const char *function);

#endif /* API_H */
