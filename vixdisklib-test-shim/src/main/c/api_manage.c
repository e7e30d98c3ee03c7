/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Exported functions: disks as files.
 */
#include "call.h"
#include "create.h"
#include "library.h"
#include "log.h"
#include "manage.h"

/* Begins a call that changes the file at a path, with a connection that lets it. */
static VixError beginChange(Call *call, const char *function, VixDiskLibConnection connection, const char *path,
                            bool pointersAreSet)
{
   VixError error;

   call_begin(call, function);
   error = call_useConnection(call, connection);
   if (error == VIX_OK) {
      call_setPath(call, path);
      error = call_check(call, !isAbsent(path) && pointersAreSet);
   }
   return error == VIX_OK && call->connection->readOnly ? VIX_E_FILE_READ_ONLY : error;
}

EXPORTED VixError VixDiskLib_Create(const VixDiskLibConnection connection, const char *path,
                                    const VixDiskLibCreateParams *createParams, VixDiskLibProgressFunc progressFunc,
                                    void *progressCallbackData)
{
   Progress progress = PROGRESS(progressFunc, progressCallbackData);
   DiskSpec spec;
   Call call;
   VixError error = beginChange(&call, __func__, connection, path, createParams != NULL);

   if (error == VIX_OK) {
      error = create_readParams(createParams, library_callerKnows(7, 0), &spec);
   }
   if (error == VIX_OK && createParams->capacity == 0) {
      error = VIX_E_INVALID_ARG;
   }
   if (error == VIX_OK) {
      create_setCapacity(&spec, createParams->capacity);
      error = create_disk(path, &spec, &progress);
   }
   if (error != VIX_OK && call.connection != NULL) {
      log_warn("VixDiskLib: Create failed (error %llu).\n", (unsigned long long)error);
   }
   return call_end(&call, error);
}

EXPORTED VixError VixDiskLib_Unlink(VixDiskLibConnection connection, const char *path)
{
   Call call;
   VixError error = beginChange(&call, __func__, connection, path, true);

   if (error == VIX_OK) {
      error = manage_unlink(path);
   }
   return call_end(&call, error);
}

EXPORTED VixError VixDiskLib_Rename(const char *srcFileName, const char *dstFileName)
{
   Call call;
   VixError error;

   call_begin(&call, __func__);
   error = call_enter(&call);
   if (error == VIX_OK) {
      call_setPath(&call, srcFileName);
      error = call_check(&call, !isAbsent(srcFileName) && !isAbsent(dstFileName));
   }
   if (error == VIX_OK) {
      error = manage_rename(srcFileName, dstFileName);
      if (error != VIX_OK) {
         log_warn("VixDiskLib: cannot rename \"%s\" to \"%s\" (error %llu).\n", srcFileName, dstFileName,
                  (unsigned long long)error);
      }
   }
   return call_end(&call, error);
}

EXPORTED VixError VixDiskLib_Grow(VixDiskLibConnection connection, const char *path, VixDiskLibSectorType capacity,
                                  Bool updateGeometry, VixDiskLibProgressFunc progressFunc, void *progressCallbackData)
{
   Progress progress = PROGRESS(progressFunc, progressCallbackData);
   Call call;
   VixError error = beginChange(&call, __func__, connection, path, true);

   if (error == VIX_OK) {
      error = manage_grow(path, capacity, updateGeometry != 0, &progress);
      if (error != VIX_OK) {
         log_warn("VixDiskLib: cannot grow \"%s\" (error %llu).\n", path, (unsigned long long)error);
      }
   }
   return call_end(&call, error);
}

/* ------------------------------------------------------------------------------------------------- cloning */

static VixError cloneTo(const Connection *target, const char *targetPath, const char *sourcePath,
                        const VixDiskLibCreateParams *params, bool overwrite, Progress *progress)
{
   DiskSpec spec;
   VixError error =
      target->readOnly ? VIX_E_FILE_READ_ONLY : create_readParams(params, library_callerKnows(7, 0), &spec);

   if (error == VIX_OK) {
      error = manage_clone(targetPath, sourcePath, &spec, overwrite, progress);
   }
   if (error != VIX_OK) {
      log_warn("VixDiskLib: cannot clone \"%s\" to \"%s\" (error %llu).\n", sourcePath, targetPath,
               (unsigned long long)error);
   }
   return error;
}

EXPORTED VixError VixDiskLib_Clone(const VixDiskLibConnection dstConnection, const char *dstPath,
                                   const VixDiskLibConnection srcConnection, const char *srcPath,
                                   const VixDiskLibCreateParams *vixCreateParams, VixDiskLibProgressFunc progressFunc,
                                   void *progressCallbackData, Bool overWrite)
{
   Progress progress = PROGRESS(progressFunc, progressCallbackData);
   Call call;
   VixError error;

   call_begin(&call, __func__);
   error = call_useOtherConnection(&call, srcConnection);
   if (error == VIX_OK) {
      error = call_useConnection(&call, dstConnection);
   }
   if (error == VIX_OK) {
      call_setPath(&call, dstPath);
      error = call_check(&call, !isAbsent(dstPath) && !isAbsent(srcPath) && vixCreateParams != NULL);
   }
   if (error == VIX_OK) {
      error = cloneTo(call.connection, dstPath, srcPath, vixCreateParams, overWrite != 0, &progress);
   }
   return call_end(&call, error);
}

EXPORTED VixError VixDiskLib_SpaceNeededForClone(VixDiskLibHandle diskHandle, VixDiskLibDiskType cloneDiskType,
                                                 uint64 *spaceNeeded)
{
   Call call;
   VixError error;

   call_begin(&call, __func__);
   error = call_useDisk(&call, diskHandle);
   if (error == VIX_OK) {
      error = call_check(&call, spaceNeeded != NULL);
   }
   if (error == VIX_OK) {
      error = disk_getSpaceForClone(call.disk, cloneDiskType, spaceNeeded);
   }
   return call_end(&call, error);
}
