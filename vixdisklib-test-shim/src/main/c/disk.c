/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "disk.h"

#include <stdlib.h>
#include <string.h>

#include "async.h"
#include "log.h"
#include "path.h"

HandleTable disk_handles = HANDLE_TABLE(2);

VixError disk_open(const char *path, uint32 flags, const void *connection, Disk **disk)
{
   Disk *opened = calloc(1, sizeof *opened);
   bool readOnly = (flags & VIXDISKLIB_FLAG_OPEN_READ_ONLY) != 0;
   char *realPath;
   VixError error;

   if (opened == NULL) {
      return VIX_E_OUT_OF_MEMORY;
   }
   error = path_resolve(path, &realPath);
   if (error == VIX_OK) {
      error = link_open(realPath, !readOnly, (flags & VIXDISKLIB_FLAG_OPEN_SINGLE_LINK) != 0, &opened->link);
      free(realPath);
   }
   if (error != VIX_OK) {
      free(opened);
      return error;
   }
   opened->readOnly = readOnly;
   opened->capacity = opened->link->descriptor->capacity;
   opened->connection = connection;
   pthread_mutex_init(&opened->lock, NULL);
   atomic_init(&opened->attached, false);
   atomic_init(&opened->handled.references, 1);
   *disk = opened;
   return VIX_OK;
}

void disk_setManaged(Disk *disk, ManagedDisk *managed)
{
   disk->managed = managed;
}

const char *disk_transport(const Disk *disk)
{
   return transport_name(disk->managed != NULL ? disk->managed->transport : TRANSPORT_FILE);
}

VixError disk_checkLocal(const Disk *disk, const char *function)
{
   if (disk->managed == NULL) {
      return VIX_OK;
   }
   log_warn("VixDiskLib: %s works with local disks only, and \"%s\" is one of a server.\n", function, disk->link->path);
   return VIX_E_NOT_SUPPORTED_ON_REMOTE_OBJECT;
}

VixError disk_release(Disk *disk)
{
   VixError error;

   if (!handled_release(&disk->handled)) {
      return VIX_OK;
   }
   error = link_close(disk->link);
   if (disk->managed != NULL) {
      VixError detaching = managed_closeDisk(disk->managed);

      error = error != VIX_OK ? error : detaching;
   }
   pthread_mutex_destroy(&disk->lock);
   sharedText_release(disk->openedAs);
   free(disk);
   return error;
}

VixError disk_close(Disk *disk)
{
   async_drain(disk);
   return disk_release(disk);
}

static bool isOfConnection(const Handled *object, const void *connection)
{
   return connection == NULL || ((const Disk *)object)->connection == connection;
}

uint64 disk_closeAll(const void *connection)
{
   uint64 count = 0;
   Handled *object;

   while ((object = handles_removeIf(&disk_handles, isOfConnection, connection)) != NULL) {
      (void)disk_close((Disk *)object);
      count++;
   }
   return count;
}

bool disk_isAnyOpen(const void *connection)
{
   return handles_any(&disk_handles, isOfConnection, connection);
}

static bool hasPath(const Handled *object, const void *path)
{
   for (const Link *link = ((const Disk *)object)->link; link != NULL; link = link->parent) {
      if (strcmp(link->path, path) == 0) {
         return true;
      }
   }
   return false;
}

bool disk_isOpen(const char *path)
{
   return handles_any(&disk_handles, hasPath, path);
}

VixError disk_check(const Disk *disk, bool writing, uint64 sector, uint64 count)
{
   if (writing && disk->readOnly) {
      log_warn("VixDiskLib: \"%s\" is open read-only, and is not written.\n", disk->link->path);
      return VIX_E_FILE_READ_ONLY;
   }
   if (sector > disk->capacity || count > disk->capacity - sector) {
      log_warn("VixDiskLib: %llu sectors from %llu are beyond the end of \"%s\", which has %llu.\n",
               (unsigned long long)count, (unsigned long long)sector, disk->link->path,
               (unsigned long long)disk->capacity);
      return VIX_E_DISK_OUTOFRANGE;
   }
   return VIX_OK;
}

VixError disk_read(Disk *disk, uint64 sector, uint64 count, uint8 *buffer)
{
   VixError error = disk_check(disk, false, sector, count);

   if (error == VIX_OK && disk->managed != NULL) {
      error = managed_admit(disk->managed, count);
   }
   if (error == VIX_OK) {
      pthread_mutex_lock(&disk->lock);
      error = link_read(disk->link, sector, count, buffer);
      pthread_mutex_unlock(&disk->lock);
   }
   return error;
}

VixError disk_write(Disk *disk, uint64 sector, uint64 count, const uint8 *buffer)
{
   VixError error = disk_check(disk, true, sector, count);

   if (error == VIX_OK && disk->managed != NULL) {
      error = managed_admit(disk->managed, count);
   }
   if (error == VIX_OK) {
      pthread_mutex_lock(&disk->lock);
      error = link_write(disk->link, sector, count, buffer);
      pthread_mutex_unlock(&disk->lock);
   }
   return error;
}

VixError disk_flush(Disk *disk)
{
   VixError error;

   pthread_mutex_lock(&disk->lock);
   error = link_flush(disk->link);
   pthread_mutex_unlock(&disk->lock);
   return error;
}
