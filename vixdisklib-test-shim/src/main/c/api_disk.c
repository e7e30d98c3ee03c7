/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Exported functions: open disks and their data.
 */
#include <stdlib.h>

#include "async.h"
#include "call.h"
#include "control.h"
#include "ledger.h"
#include "log.h"
#include "strict.h"
#include "pace.h"

/* ---------------------------------------------------------------------------------------- open and close */

/* A disk of a server has no links that could be opened alone: they are the server's business. */
static VixError openManaged(const Connection *connection, VixDiskLibConnection connectionHandle, const char *path,
                            uint32 flags, Disk **disk)
{
   uint32 readOnly = flags & VIXDISKLIB_FLAG_OPEN_READ_ONLY;
   ManagedDisk *managed;
   char *realPath;
   VixError error = managed_openDisk(connection->managed, path, readOnly == 0, flags, &realPath, &managed);

   if (error != VIX_OK) {
      return error;
   }
   error = disk_open(realPath, readOnly, connectionHandle, disk);
   free(realPath);
   if (error == VIX_OK) {
      disk_setManaged(*disk, managed);
   } else {
      (void)managed_closeDisk(managed);
   }
   return error;
}

/*
 * Of the flags, READ_ONLY and SINGLE_LINK change something here. UNBUFFERED is advice that costs callers aligned
 * buffers if it is taken; compression is for a network.
 */
static VixError openDisk(Call *call, VixDiskLibConnection connection, const char *path, uint32 flags,
                         VixDiskLibHandle *handle)
{
   Disk *disk;
   VixError error;

   if (call->connection->readOnly) {
      flags |= VIXDISKLIB_FLAG_OPEN_READ_ONLY;
   }
   error = call->connection->managed != NULL ? openManaged(call->connection, connection, path, flags, &disk)
                                             : disk_open(path, flags, connection, &disk);
   if (error != VIX_OK) {
      log_warn("VixDiskLib: cannot open \"%s\" (error %llu).\n", path, (unsigned long long)error);
      return error;
   }
   log_info("VixDiskLib: opened \"%s\" of %llu sectors%s.\n", path, (unsigned long long)disk->capacity,
            disk->readOnly ? ", read-only" : "");
   disk->connectionNumber = call->connectionNumber;
   disk->openedAs = sharedText_create(path);
   *handle = handles_add(&disk_handles, &disk->handled);
   if (*handle == NULL) {
      (void)disk_release(disk);
      return VIX_E_OUT_OF_MEMORY;
   }
   call->disk = disk;
   call->diskNumber = disk->handled.number;
   return VIX_OK;
}

EXPORTED VixError VixDiskLib_Open(const VixDiskLibConnection connection, const char *path, uint32 flags,
                                  VixDiskLibHandle *diskHandle)
{
   Call call;
   VixError error;

   call_begin(&call, __func__);
   if (diskHandle != NULL) {
      *diskHandle = NULL;
   }
   error = call_useConnection(&call, connection);
   if (error == VIX_OK) {
      call_setPath(&call, path);
      error = call_check(&call, diskHandle != NULL && (!isAbsent(path) || !connection_needsPath(call.connection)));
   }
   if (error == VIX_OK) {
      error = openDisk(&call, connection, isAbsent(path) ? "" : path, flags, diskHandle);
   }
   if (error == VIX_OK && !connection_isOpen(connection)) {
      /* A Disconnect on another thread came in between, and has not seen the disk. */
      (void)disk_closeAll(connection);
      *diskHandle = NULL;
      error = VIX_E_DISK_INVALID_CONNECTION;
   }
   return call_end(&call, error);
}

/* Closes the disk of a call, whose handle is removed. */
static VixError closeDisk(Call *call)
{
   Disk *disk = call->disk;
   VixError planned;
   VixError error;

   call_leaveDisk(call);
   error = disk_close(disk);
   planned = call_plan(call);
   return planned != VIX_OK ? planned : error;
}

/*
 * Waits for asynchronous requests, which callers should have waited for, and for nothing else: a call that is still
 * using the disk on another thread keeps its files open until it returns. A planned failure is reported, but the handle
 * is invalid in any case, except when a callback tries to close a disk that has requests.
 */
EXPORTED VixError VixDiskLib_Close(VixDiskLibHandle diskHandle)
{
   Call call;
   VixError error;

   call_begin(&call, __func__);
   error = call_useAnyDisk(&call, diskHandle);
   if (error == VIX_OK) {
      error = async_beginClose(call.disk);
   }
   if (error == VIX_OK && handles_remove(&disk_handles, diskHandle) == NULL) {
      call_tellStale(&call, &disk_handles, diskHandle);
      error = VIX_E_DISK_INVAL;
   }
   if (error == VIX_OK) {
      error = closeDisk(&call);
   }
   return call_end(&call, error);
}

EXPORTED const char *VixDiskLib_GetTransportMode(VixDiskLibHandle diskHandle)
{
   const char *mode = NULL;
   Call call;
   VixError error;

   call_begin(&call, __func__);
   error = call_useDisk(&call, diskHandle);
   if (error == VIX_OK) {
      mode = call_planNothing(&call) ? NULL : disk_transport(call.disk);
   }
   (void)call_end(&call, error);
   return mode;
}

EXPORTED VixError VixDiskLib_GetInfo(VixDiskLibHandle diskHandle, VixDiskLibInfo **info)
{
   Call call;
   VixError error;

   call_begin(&call, __func__);
   if (info != NULL) {
      *info = NULL;
   }
   error = call_useDiskAndCheck(&call, diskHandle, info != NULL);
   if (error == VIX_OK) {
      error = disk_getInfo(call.disk, info);
   }
   if (error == VIX_OK && !ledger_add(LEDGER_INFO, *info)) {
      disk_freeInfo(*info);
      *info = NULL;
      error = VIX_E_OUT_OF_MEMORY;
   }
   return call_end(&call, error);
}

EXPORTED void VixDiskLib_FreeInfo(VixDiskLibInfo *info)
{
   Call call;
   VixError error = VIX_OK;

   call_begin(&call, __func__);
   if (info == NULL) {
      /* There is nothing to free. */
   } else if (ledger_remove(LEDGER_INFO, info)) {
      disk_freeInfo(info);
   } else {
      error = call_refuseMemory(&call, info, "what GetInfo returned");
   }
   (void)call_end(&call, error);
}

/* --------------------------------------------------------------------------------------------------- data */

EXPORTED VixError VixDiskLib_Read(VixDiskLibHandle diskHandle, VixDiskLibSectorType startSector,
                                  VixDiskLibSectorType numSectors, uint8 *readBuffer)
{
   Call call;
   VixError error;

   call_begin(&call, __func__);
   call_setSectors(&call, startSector, numSectors);
   error = call_useDiskAndCheck(&call, diskHandle, readBuffer != NULL);
   if (error == VIX_OK) {
      error = async_beginSync(call.disk, __func__);
   }
   if (error == VIX_OK) {
      strict_checkBuffer(__func__, readBuffer, numSectors, true);
      control_passRead();
      error = pace_read(call.disk, startSector, numSectors, readBuffer);
      async_endSync(call.disk);
   }
   return call_end(&call, error);
}

EXPORTED VixError VixDiskLib_Write(VixDiskLibHandle diskHandle, VixDiskLibSectorType startSector,
                                   VixDiskLibSectorType numSectors, const uint8 *writeBuffer)
{
   Call call;
   VixError error;

   call_begin(&call, __func__);
   call_setSectors(&call, startSector, numSectors);
   error = call_useDiskAndCheck(&call, diskHandle, writeBuffer != NULL);
   if (error == VIX_OK) {
      error = async_beginSync(call.disk, __func__);
   }
   if (error == VIX_OK) {
      strict_checkBuffer(__func__, writeBuffer, numSectors, false);
      error = pace_write(call.disk, startSector, numSectors, writeBuffer);
      async_endSync(call.disk);
   }
   return call_end(&call, error);
}

EXPORTED VixError VixDiskLib_Flush(VixDiskLibHandle diskHandle)
{
   Call call;
   VixError error;

   call_begin(&call, __func__);
   error = call_useDiskAndCheck(&call, diskHandle, true);
   if (error == VIX_OK) {
      error = async_beginSync(call.disk, __func__);
   }
   if (error == VIX_OK) {
      error = disk_flush(call.disk);
      async_endSync(call.disk);
   }
   return call_end(&call, error);
}

/* ------------------------------------------------------------------------------------------------- blocks */

EXPORTED VixError VixDiskLib_QueryAllocatedBlocks(VixDiskLibHandle diskHandle, VixDiskLibSectorType startSector,
                                                  VixDiskLibSectorType numSectors, VixDiskLibSectorType chunkSize,
                                                  VixDiskLibBlockList **blockList)
{
   Call call;
   VixError error;

   call_begin(&call, __func__);
   call_setSectors(&call, startSector, numSectors);
   if (blockList != NULL) {
      *blockList = NULL;
   }
   error = call_useDiskAndCheck(&call, diskHandle, blockList != NULL);
   if (error == VIX_OK) {
      error = disk_getAllocatedBlocks(call.disk, startSector, numSectors, chunkSize, blockList);
   }
   if (error == VIX_OK && !ledger_add(LEDGER_BLOCK_LIST, *blockList)) {
      free(*blockList);
      *blockList = NULL;
      error = VIX_E_OUT_OF_MEMORY;
   }
   return call_end(&call, error);
}

/* Needs no running library, like the other functions that free. A planned failure is reported after freeing. */
EXPORTED VixError VixDiskLib_FreeBlockList(VixDiskLibBlockList *blockList)
{
   Call call;
   VixError error = VIX_OK;

   call_begin(&call, __func__);
   if (blockList != NULL && !ledger_remove(LEDGER_BLOCK_LIST, blockList)) {
      error = call_refuseMemory(&call, blockList, "what QueryAllocatedBlocks returned");
   } else {
      free(blockList);
      error = call_plan(&call);
   }
   return call_end(&call, error);
}

/* ----------------------------------------------------------------------------------------------- metadata */

EXPORTED VixError VixDiskLib_ReadMetadata(VixDiskLibHandle diskHandle, const char *key, char *buf, size_t bufLen,
                                          size_t *requiredLen)
{
   Call call;
   VixError error;

   call_begin(&call, __func__);
   error = call_useDiskAndCheck(&call, diskHandle, key != NULL);
   if (error == VIX_OK) {
      error = disk_readMetadata(call.disk, key, buf, bufLen, requiredLen);
   }
   return call_end(&call, error);
}

EXPORTED VixError VixDiskLib_WriteMetadata(VixDiskLibHandle diskHandle, const char *key, const char *val)
{
   Call call;
   VixError error;

   call_begin(&call, __func__);
   error = call_useDiskAndCheck(&call, diskHandle, key != NULL && val != NULL);
   if (error == VIX_OK) {
      error = disk_writeMetadata(call.disk, key, val);
   }
   return call_end(&call, error);
}

EXPORTED VixError VixDiskLib_GetMetadataKeys(VixDiskLibHandle diskHandle, char *keys, size_t maxLen,
                                             size_t *requiredLen)
{
   Call call;
   VixError error;

   call_begin(&call, __func__);
   error = call_useDiskAndCheck(&call, diskHandle, true);
   if (error == VIX_OK) {
      error = disk_getMetadataKeys(call.disk, keys, maxLen, requiredLen);
   }
   return call_end(&call, error);
}
