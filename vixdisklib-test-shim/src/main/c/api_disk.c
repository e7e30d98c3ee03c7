/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Exported functions: open disks and their data.
 */
#include <stdlib.h>

#include "api.h"
#include "async.h"
#include "control.h"
#include "ledger.h"
#include "log.h"

/* ---------------------------------------------------------------------------------------- open and close */

/*
 * Of the flags, READ_ONLY and SINGLE_LINK change something here. UNBUFFERED is advice that costs callers aligned
 * buffers if it is taken; compression is for a network.
 */
static VixError openDisk(const Connection *connection, VixDiskLibConnection connectionHandle, const char *path,
                         uint32 flags, VixDiskLibHandle *handle)
{
   Disk *disk;
   VixError error;

   if (connection->readOnly) {
      flags |= VIXDISKLIB_FLAG_OPEN_READ_ONLY;
   }
   error = disk_open(path, flags, connectionHandle, &disk);

   if (error != VIX_OK) {
      log_warn("VixDiskLib: cannot open \"%s\" (error %llu).\n", path, (unsigned long long)error);
      return error;
   }
   log_info("VixDiskLib: opened \"%s\" of %llu sectors%s.\n", path, (unsigned long long)disk->capacity,
            disk->readOnly ? ", read-only" : "");
   *handle = handles_add(&disk_handles, &disk->handled);
   if (*handle == NULL) {
      (void)disk_release(disk);
      return VIX_E_OUT_OF_MEMORY;
   }
   return VIX_OK;
}

EXPORTED VixError VixDiskLib_Open(const VixDiskLibConnection connection, const char *path, uint32 flags,
                                  VixDiskLibHandle *diskHandle)
{
   Connection *found;
   VixError error;

   if (diskHandle != NULL) {
      *diskHandle = NULL;
   }
   error = api_acquireConnection(connection, &found);
   if (error != VIX_OK) {
      return error;
   }
   error = api_check(diskHandle != NULL && !isAbsent(path), __func__);
   if (error == VIX_OK) {
      error = openDisk(found, connection, path, flags, diskHandle);
   }
   connection_release(found);
   if (error == VIX_OK && !connection_isOpen(connection)) {
      /* A Disconnect on another thread came in between, and has not seen the disk. */
      (void)disk_closeAll(connection);
      *diskHandle = NULL;
      error = VIX_E_DISK_INVALID_CONNECTION;
   }
   return error;
}

/*
 * Waits for asynchronous requests, which callers should have waited for, and for nothing else: a call that is still
 * using the disk on another thread keeps its files open until it returns. A planned failure is reported, but the handle
 * is invalid in any case, except when a callback tries to close a disk that has requests.
 */
EXPORTED VixError VixDiskLib_Close(VixDiskLibHandle diskHandle)
{
   VixError planned;
   Disk *disk;
   VixError error = api_acquireAnyDisk(diskHandle, &disk);

   if (error != VIX_OK) {
      return error;
   }
   error = async_beginClose(disk);
   if (error == VIX_OK && handles_remove(&disk_handles, diskHandle) == NULL) {
      error = VIX_E_DISK_INVAL;
   }
   (void)disk_release(disk);
   if (error != VIX_OK) {
      return error;
   }
   error = disk_close(disk);
   planned = control_takeFailure(__func__);
   return planned != VIX_OK ? planned : error;
}

EXPORTED const char *VixDiskLib_GetTransportMode(VixDiskLibHandle diskHandle)
{
   Disk *disk;

   if (api_acquireDisk(diskHandle, &disk) != VIX_OK) {
      return NULL;
   }
   (void)api_leave(disk, VIX_OK);
   return "file";
}

EXPORTED VixError VixDiskLib_GetInfo(VixDiskLibHandle diskHandle, VixDiskLibInfo **info)
{
   Disk *disk;
   VixError error;

   if (info != NULL) {
      *info = NULL;
   }
   error = api_acquireDisk(diskHandle, &disk);
   if (error != VIX_OK) {
      return error;
   }
   error = api_check(info != NULL, __func__);
   if (error == VIX_OK) {
      error = disk_getInfo(disk, info);
   }
   if (error == VIX_OK && !ledger_add(LEDGER_INFO, *info)) {
      disk_freeInfo(*info);
      *info = NULL;
      error = VIX_E_OUT_OF_MEMORY;
   }
   return api_leave(disk, error);
}

EXPORTED void VixDiskLib_FreeInfo(VixDiskLibInfo *info)
{
   if (info == NULL) {
      return;
   }
   if (ledger_remove(LEDGER_INFO, info)) {
      disk_freeInfo(info);
   } else {
      log_warn("VixDiskLib: FreeInfo was given memory that GetInfo did not return.\n");
   }
}

/* --------------------------------------------------------------------------------------------------- data */

EXPORTED VixError VixDiskLib_Read(VixDiskLibHandle diskHandle, VixDiskLibSectorType startSector,
                                  VixDiskLibSectorType numSectors, uint8 *readBuffer)
{
   Disk *disk;
   VixError error = api_acquireDisk(diskHandle, &disk);

   if (error != VIX_OK) {
      return error;
   }
   error = api_check(readBuffer != NULL, __func__);
   if (error == VIX_OK) {
      error = async_beginSync(disk, __func__);
   }
   if (error == VIX_OK) {
      control_passRead();
      error = disk_read(disk, startSector, numSectors, readBuffer);
      async_endSync(disk);
   }
   return api_leave(disk, error);
}

EXPORTED VixError VixDiskLib_Write(VixDiskLibHandle diskHandle, VixDiskLibSectorType startSector,
                                   VixDiskLibSectorType numSectors, const uint8 *writeBuffer)
{
   Disk *disk;
   VixError error = api_acquireDisk(diskHandle, &disk);

   if (error != VIX_OK) {
      return error;
   }
   error = api_check(writeBuffer != NULL, __func__);
   if (error == VIX_OK) {
      error = async_beginSync(disk, __func__);
   }
   if (error == VIX_OK) {
      error = disk_write(disk, startSector, numSectors, writeBuffer);
      async_endSync(disk);
   }
   return api_leave(disk, error);
}

EXPORTED VixError VixDiskLib_Flush(VixDiskLibHandle diskHandle)
{
   Disk *disk;
   VixError error = api_acquireDisk(diskHandle, &disk);

   if (error != VIX_OK) {
      return error;
   }
   error = api_check(true, __func__);
   if (error == VIX_OK) {
      error = async_beginSync(disk, __func__);
   }
   if (error == VIX_OK) {
      error = disk_flush(disk);
      async_endSync(disk);
   }
   return api_leave(disk, error);
}

/* ------------------------------------------------------------------------------------------------- blocks */

EXPORTED VixError VixDiskLib_QueryAllocatedBlocks(VixDiskLibHandle diskHandle, VixDiskLibSectorType startSector,
                                                  VixDiskLibSectorType numSectors, VixDiskLibSectorType chunkSize,
                                                  VixDiskLibBlockList **blockList)
{
   Disk *disk;
   VixError error;

   if (blockList != NULL) {
      *blockList = NULL;
   }
   error = api_acquireDisk(diskHandle, &disk);
   if (error != VIX_OK) {
      return error;
   }
   error = api_check(blockList != NULL, __func__);
   if (error == VIX_OK) {
      error = disk_getAllocatedBlocks(disk, startSector, numSectors, chunkSize, blockList);
   }
   if (error == VIX_OK && !ledger_add(LEDGER_BLOCK_LIST, *blockList)) {
      free(*blockList);
      *blockList = NULL;
      error = VIX_E_OUT_OF_MEMORY;
   }
   return api_leave(disk, error);
}

/* Needs no running library, like the other functions that free. A planned failure is reported after freeing. */
EXPORTED VixError VixDiskLib_FreeBlockList(VixDiskLibBlockList *blockList)
{
   if (blockList != NULL) {
      if (!ledger_remove(LEDGER_BLOCK_LIST, blockList)) {
         log_warn("VixDiskLib: FreeBlockList was given memory that QueryAllocatedBlocks did not return.\n");
         return VIX_E_INVALID_ARG;
      }
      free(blockList);
   }
   return control_takeFailure(__func__);
}

/* ----------------------------------------------------------------------------------------------- metadata */

EXPORTED VixError VixDiskLib_ReadMetadata(VixDiskLibHandle diskHandle, const char *key, char *buf, size_t bufLen,
                                          size_t *requiredLen)
{
   Disk *disk;
   VixError error = api_acquireDisk(diskHandle, &disk);

   if (error != VIX_OK) {
      return error;
   }
   error = api_check(key != NULL, __func__);
   return api_leave(disk, error != VIX_OK ? error : disk_readMetadata(disk, key, buf, bufLen, requiredLen));
}

EXPORTED VixError VixDiskLib_WriteMetadata(VixDiskLibHandle diskHandle, const char *key, const char *val)
{
   Disk *disk;
   VixError error = api_acquireDisk(diskHandle, &disk);

   if (error != VIX_OK) {
      return error;
   }
   error = api_check(key != NULL && val != NULL, __func__);
   return api_leave(disk, error != VIX_OK ? error : disk_writeMetadata(disk, key, val));
}

EXPORTED VixError VixDiskLib_GetMetadataKeys(VixDiskLibHandle diskHandle, char *keys, size_t maxLen,
                                             size_t *requiredLen)
{
   Disk *disk;
   VixError error = api_acquireDisk(diskHandle, &disk);

   if (error != VIX_OK) {
      return error;
   }
   error = api_check(true, __func__);
   return api_leave(disk, error != VIX_OK ? error : disk_getMetadataKeys(disk, keys, maxLen, requiredLen));
}
