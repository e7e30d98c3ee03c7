/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * What servers remember of their clients: virtual machines that were prepared for access, and disks that are attached
 * by HotAdd or read by SAN. Each of these is a file in a folder that all processes share, and which its process has
 * locked for as long as it lives; one that is not locked is left over from a process that is dead. All changes are made
 * under a lock of the folder, and a process that is killed at any of them leaves its record or no record.
 */
#ifndef ACCESS_H
#define ACCESS_H

#include "common.h"

/* A record of this process. */
typedef struct Lease Lease;

/* The record of a disk that is attached to, or of a machine or other object of a server. */
VixError access_attach(const char *folder, const char *server, const char *object, const char *transport,
                       Lease **lease);
void access_detach(Lease *lease);

/*
 * The records of PrepareForAccess, of which a machine can have many. The second removes one with the same identity: of
 * this process, or else one that was left over; that there is none is no error.
 */
VixError access_prepare(const char *folder, const char *server, const char *object, const char *identity);
VixError access_end(const char *folder, const char *server, const char *object, const char *identity);

/*
 * Removes the records on a server that were left over, and counts the objects that had some. Those that a process has
 * a record of, which is alive, remain.
 */
VixError access_cleanUp(const char *folder, const char *server, uint32 *numCleanedUp, uint32 *numRemaining);

/* How many times this process has prepared a machine and not ended it. */
uint64 access_countPrepared(void);

/* Lets go of the machines that are still prepared, when the library stops: their records are left over then. */
void access_giveUp(void);

#endif /* ACCESS_H */
