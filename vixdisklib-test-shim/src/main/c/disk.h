/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Open disks. Functions here check what depends on the disk, such as bounds; the exported functions check the rest.
 */
#ifndef DISK_H
#define DISK_H

#include <pthread.h>

#include "common.h"
#include "handles.h"
#include "link.h"
#include "managed.h"
#include "progress.h"
#include "shared_text.h"

/* Who is using a disk; async_use.c keeps this, under the lock of async_lock.h. */
typedef struct DiskUse {
   uint64 process;     /* number of the process, counted by forks, that the counts are of */
   uint64 inFlight;    /* asynchronous requests until their callback is called */
   uint64 calling;     /* asynchronous requests whose callback is running */
   uint64 synchronous; /* calls that cannot be mixed with asynchronous requests */
   bool closing;
} DiskUse;

typedef struct Disk {
   Handled handled;
   DiskUse use;
   const void *connection; /* handle of the connection that it was opened on */
   uint64 connectionNumber;
   SharedText *openedAs; /* the path that Open was given; NULL for none */
   bool readOnly;
   atomic_bool attached; /* as a parent: its handle is good for nothing but Close */
   pthread_mutex_t lock; /* one operation at a time, whatever callers do */
   uint64 capacity;      /* in sectors */
   Link *link;
   ManagedDisk *managed; /* what it has of its server; NULL for a local disk */
} Disk;

/* The handles of all open disks. */
extern HandleTable disk_handles;

/* Opens a disk with the flags of Open; of these, UNBUFFERED and those for compression are without effect. */
VixError disk_open(const char *path, uint32 flags, const void *connection, Disk **disk);

/* Has an open disk be one of a server, whose share it gives back when it closes. */
void disk_setManaged(Disk *disk, ManagedDisk *managed);

/* How the data of a disk is reached: "file", or one of the transports of servers. */
const char *disk_transport(const Disk *disk);

/* VIX_E_NOT_SUPPORTED_ON_REMOTE_OBJECT for a function that works with local disks only. */
VixError disk_checkLocal(const Disk *disk, const char *function);

/* Gives back the reference of a handle that was removed, when the asynchronous requests of the disk are done. */
VixError disk_close(Disk *disk);

/* Gives a reference back; the last one closes the disk, and then the error is that of its last writes. */
VixError disk_release(Disk *disk);

/* Whether the disk can be written, if that is wanted, and has these sectors. */
VixError disk_check(const Disk *disk, bool writing, uint64 sector, uint64 count);

/*
 * Closes all disks of a connection, or all disks there are if it is NULL; one that is being used closes when its call
 * returns. Tells how many there were.
 */
uint64 disk_closeAll(const void *connection);

/* Whether a disk of this connection is open. */
bool disk_isAnyOpen(const void *connection);

/* Whether a disk of this process, or a parent that it was opened with, has its main file at this canonical path. */
bool disk_isOpen(const char *path);

VixError disk_read(Disk *disk, uint64 sector, uint64 count, uint8 *buffer);
VixError disk_write(Disk *disk, uint64 sector, uint64 count, const uint8 *buffer);
VixError disk_flush(Disk *disk);

/* Cylinders, heads and sectors as the descriptor has them, or the customary ones. */
VixDiskLibGeometry disk_geometry(const Disk *disk);

/* Heap memory for disk_freeInfo. */
VixError disk_getInfo(Disk *disk, VixDiskLibInfo **info);
void disk_freeInfo(VixDiskLibInfo *info);

/* Heap memory. */
VixError disk_getAllocatedBlocks(Disk *disk, uint64 start, uint64 count, uint64 chunk, VixDiskLibBlockList **list);

/* An estimate of the bytes that a clone of a type takes; VIX_E_INVALID_ARG for types of servers. */
VixError disk_getSpaceForClone(Disk *disk, VixDiskLibDiskType type, uint64 *bytes);

/* VIX_E_FILE_ALREADY_LOCKED if the disk has other handles. Progress is reported while the disk is locked. */
VixError disk_shrink(Disk *disk, VixDiskLibProgressFunc function, void *data);
VixError disk_defragment(Disk *disk, VixDiskLibProgressFunc function, void *data);

/* The metadata functions; sizes are as the exported functions have them. */
VixError disk_readMetadata(Disk *disk, const char *key, char *buffer, size_t size, size_t *required);
VixError disk_writeMetadata(Disk *disk, const char *key, const char *value);
VixError disk_getMetadataKeys(Disk *disk, char *buffer, size_t size, size_t *required);

/*
 * Makes a child of a disk. A write to the disk makes it unusable. VIX_E_FILE_ALREADY_LOCKED if another handle writes
 * the disk, VIX_E_DISK_CID_MISMATCH if one has since the disk was opened.
 */
VixError disk_createChild(Disk *parent, const char *path, VixDiskLibDiskType type, Progress *progress);

/* Whether a child that was opened without parents can get another one, and that it does. The parent stays open. */
VixError disk_isAttachPossible(Disk *parent, Disk *child);
VixError disk_attach(Disk *parent, Disk *child);

#endif /* DISK_H */
