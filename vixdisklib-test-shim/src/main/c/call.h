/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * A call of an exported function, from its first line to its last: what it was given, which objects it holds, and what
 * comes out of it. Every exported function begins and ends one, so that whoever wants to see, judge or disturb calls
 * has one place for it.
 *
 * Each function checks in this order: is the library running, are the handles valid, are the pointers set, is a failure
 * planned; then it hands over to the part that does the work. What a function gives out by a pointer is NULL after
 * every failure, so that giving it back does no harm.
 *
 * Which codes the real library returns for wrong handles and missing pointers is not known. Here, they are
 *    VIX_E_DISK_NOINIT              before InitEx and after Exit
 *    VIX_E_DISK_INVALID_CONNECTION  for a connection that is not open, NULL included
 *    VIX_E_DISK_INVAL               for a disk that is not open
 *    VIX_E_INVALID_ARG              for NULL in place of a disk, and for every other missing pointer
 */
#ifndef CALL_H
#define CALL_H

#include "async.h"
#include "common.h"
#include "connection.h"
#include "disk.h"
#include "shared_text.h"

/* What strict.c keeps of a call, under its lock. */
typedef struct CallWatch {
   struct Call *next;
   uint64 thread;
   uint64 disks[2];   /* numbers of those that the call uses, or 0 */
   bool inCompletion; /* in the callback of an asynchronous request */
   bool listed;
} CallWatch;

typedef struct Call {
   const char *function;     /* its name, with "VixDiskLib_" */
   const struct Call *outer; /* the one in whose callback this one is made, on the same thread */
   uint64 begin;             /* nanoseconds of the monotonic clock, as below */
   uint64 end;

   /* What the call holds until it ends; the second ones are of functions with two connections or two disks. */
   Connection *connection;
   Connection *otherConnection;
   Disk *disk;
   Disk *otherDisk;

   /* For those who look at calls. They stay when the objects are given back. */
   uint64 connectionNumber; /* 0 for none, as below */
   const void *connectionHandle;
   uint64 diskNumber;
   const char *path;      /* of the disk as it was opened, or that the function was given; NULL for none */
   const char *otherPath; /* of a function that has two; NULL for none */
   SharedText *diskPath;  /* what holds the path, if it is that of the disk */
   bool hasSectors;
   uint64 sector;
   uint64 count;

   CallWatch watch;
} Call;

/* The function is its name as __func__ gives it, which lasts. */
void call_begin(Call *call, const char *function);

/* Gives back what the call holds. Returns the result. */
VixError call_end(Call *call, VixError result);

/* The innermost call on this thread; NULL outside of calls. */
const Call *call_current(void);

/* VIX_E_DISK_NOINIT unless the library is running. */
VixError call_enter(Call *call);

/*
 * Have the call hold what a handle is of; each of them enters the library first. call_useAnyDisk takes a disk that was
 * attached as a parent too, which is for Close only.
 */
VixError call_useConnection(Call *call, VixDiskLibConnection handle);
VixError call_useOtherConnection(Call *call, VixDiskLibConnection handle);
VixError call_useDisk(Call *call, VixDiskLibHandle handle);
VixError call_useAnyDisk(Call *call, VixDiskLibHandle handle);
VixError call_useOtherDisk(Call *call, VixDiskLibHandle handle);

/* Gives the disk back before the call ends, as one does that closes it. */
void call_leaveDisk(Call *call);

/* Tell what the call is about. The path is to last until it ends. */
void call_setConnection(Call *call, const Connection *connection);
void call_setDisk(Call *call, const Disk *disk);
void call_setPath(Call *call, const char *path);
void call_setOtherPath(Call *call, const char *path);
void call_setSectors(Call *call, uint64 sector, uint64 count);

/* The last two checks: the pointers that must be set are, and no failure is planned for the call. */
VixError call_check(Call *call, bool pointersAreSet);

/* All checks of a function with one disk, which the call then holds. */
VixError call_useDiskAndCheck(Call *call, VixDiskLibHandle handle, bool pointersAreSet);

/*
 * The failure that is planned for the call, after the time that it is to take. What must be done in any case asks for
 * it after its work.
 */
VixError call_plan(Call *call);

/* The same for a call that makes a request, which gets the part of the plan that comes true after the call. */
VixError call_planRequest(Call *call, AsyncRequest *request);

/* The same for a function that returns a pointer: whether it is to be NULL. */
bool call_planNothing(const Call *call);

/* Tells the strict mode about a handle that is not open. */
void call_tellStale(const Call *call, HandleTable *table, const void *handle);

/* The result of a function that was given memory to free that it does not know; what it should be is for the log. */
VixError call_refuseMemory(const Call *call, const void *memory, const char *expected);

#endif /* CALL_H */
