/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Exported functions: disks as files.
 */
#include "api.h"
#include "create.h"
#include "library.h"
#include "log.h"
#include "manage.h"

EXPORTED VixError VixDiskLib_Create(const VixDiskLibConnection connection, const char *path,
                                    const VixDiskLibCreateParams *createParams, VixDiskLibProgressFunc progressFunc,
                                    void *progressCallbackData)
{
   Progress progress = PROGRESS(progressFunc, progressCallbackData);
   DiskSpec spec;
   Connection *found;
   VixError error = api_acquireConnection(connection, &found);

   if (error != VIX_OK) {
      return error;
   }
   error = api_check(!isAbsent(path) && createParams != NULL, __func__);
   if (error == VIX_OK && found->readOnly) {
      error = VIX_E_FILE_READ_ONLY;
   }
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
   if (error != VIX_OK) {
      log_warn("VixDiskLib: Create failed (error %llu).\n", (unsigned long long)error);
   }
   connection_release(found);
   return error;
}

EXPORTED VixError VixDiskLib_Unlink(VixDiskLibConnection connection, const char *path)
{
   Connection *found;
   VixError error = api_acquireConnection(connection, &found);

   if (error != VIX_OK) {
      return error;
   }
   error = api_check(!isAbsent(path), __func__);
   if (error == VIX_OK && found->readOnly) {
      error = VIX_E_FILE_READ_ONLY;
   }
   if (error == VIX_OK) {
      error = manage_unlink(path);
   }
   connection_release(found);
   return error;
}

EXPORTED VixError VixDiskLib_Rename(const char *srcFileName, const char *dstFileName)
{
   VixError error = api_enter();

   if (error == VIX_OK) {
      error = api_check(!isAbsent(srcFileName) && !isAbsent(dstFileName), __func__);
   }
   if (error == VIX_OK) {
      error = manage_rename(srcFileName, dstFileName);
      if (error != VIX_OK) {
         log_warn("VixDiskLib: cannot rename \"%s\" to \"%s\" (error %llu).\n", srcFileName, dstFileName,
                  (unsigned long long)error);
      }
   }
   return error;
}

EXPORTED VixError VixDiskLib_Grow(VixDiskLibConnection connection, const char *path, VixDiskLibSectorType capacity,
                                  Bool updateGeometry, VixDiskLibProgressFunc progressFunc, void *progressCallbackData)
{
   Progress progress = PROGRESS(progressFunc, progressCallbackData);
   Connection *found;
   VixError error = api_acquireConnection(connection, &found);

   if (error != VIX_OK) {
      return error;
   }
   error = api_check(!isAbsent(path), __func__);
   if (error == VIX_OK && found->readOnly) {
      error = VIX_E_FILE_READ_ONLY;
   }
   if (error == VIX_OK) {
      error = manage_grow(path, capacity, updateGeometry != 0, &progress);
      if (error != VIX_OK) {
         log_warn("VixDiskLib: cannot grow \"%s\" (error %llu).\n", path, (unsigned long long)error);
      }
   }
   connection_release(found);
   return error;
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
   Connection *source;
   Connection *target;
   VixError error = api_acquireConnection(srcConnection, &source);

   if (error != VIX_OK) {
      return error;
   }
   error = api_acquireConnection(dstConnection, &target);
   if (error == VIX_OK) {
      error = api_check(!isAbsent(dstPath) && !isAbsent(srcPath) && vixCreateParams != NULL, __func__);
      if (error == VIX_OK) {
         error = cloneTo(target, dstPath, srcPath, vixCreateParams, overWrite != 0, &progress);
      }
      connection_release(target);
   }
   connection_release(source);
   return error;
}

EXPORTED VixError VixDiskLib_SpaceNeededForClone(VixDiskLibHandle diskHandle, VixDiskLibDiskType cloneDiskType,
                                                 uint64 *spaceNeeded)
{
   Disk *disk;
   VixError error = api_acquireDisk(diskHandle, &disk);

   if (error != VIX_OK) {
      return error;
   }
   error = api_check(spaceNeeded != NULL, __func__);
   return api_leave(disk, error != VIX_OK ? error : disk_getSpaceForClone(disk, cloneDiskType, spaceNeeded));
}
