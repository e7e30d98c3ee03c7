/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Exported functions: disks as files.
 */
#include <stdlib.h>

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
   if (error == VIX_OK) {
      error = connection_checkLocal(call->connection, function);
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
      call_setOtherPath(&call, dstFileName);
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

/* What a clone is made of. */
typedef struct {
   const Connection *source;
   const char *sourcePath;
   const Connection *target;
   const char *targetPath;
   const VixDiskLibCreateParams *params;
   bool overwrite;
   Progress *progress;
} Cloning;

static VixError cloneToLocal(const Cloning *cloning, const char *sourcePath)
{
   DiskSpec spec;
   VixError error = create_readParams(cloning->params, library_callerKnows(7, 0), &spec);

   return error != VIX_OK ? error
                          : manage_clone(cloning->targetPath, sourcePath, &spec, cloning->overwrite, cloning->progress);
}

/* The source is open for as long as it is copied, as every disk of a server. */
static VixError cloneFromServer(const Cloning *cloning)
{
   ManagedDisk *disk;
   char *realPath;
   VixError error = managed_openDisk(cloning->source->managed, cloning->sourcePath, false, 0, &realPath, &disk);

   if (error != VIX_OK) {
      return error;
   }
   error = cloneToLocal(cloning, realPath);
   free(realPath);
   (void)managed_closeDisk(disk);
   return error;
}

static VixError cloneTo(const Cloning *cloning)
{
   if (cloning->target->readOnly) {
      return VIX_E_FILE_READ_ONLY;
   }
   if (cloning->target->managed == NULL) {
      return cloning->source->managed != NULL ? cloneFromServer(cloning) : cloneToLocal(cloning, cloning->sourcePath);
   }
   if (cloning->source->managed != NULL) {
      log_warn("VixDiskLib: Clone does not copy from a server to a server.\n");
      return VIX_E_NOT_SUPPORTED_ON_REMOTE_OBJECT;
   }
   return managed_cloneTo(cloning->target->managed, cloning->targetPath, cloning->sourcePath, cloning->params->diskType,
                          cloning->overwrite, cloning->progress);
}

static VixError cloneAndTell(const Cloning *cloning)
{
   VixError error = cloneTo(cloning);

   if (error != VIX_OK) {
      log_warn("VixDiskLib: cannot clone \"%s\" to \"%s\" (error %llu).\n", cloning->sourcePath, cloning->targetPath,
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
   bool hasSource;
   Call call;
   VixError error;

   call_begin(&call, __func__);
   error = call_useOtherConnection(&call, srcConnection);
   if (error == VIX_OK) {
      error = call_useConnection(&call, dstConnection);
   }
   if (error == VIX_OK) {
      call_setPath(&call, dstPath);
      hasSource = !isAbsent(srcPath) || !connection_needsPath(call.otherConnection);
      call_setOtherPath(&call, srcPath);
      error = call_check(&call, !isAbsent(dstPath) && hasSource && vixCreateParams != NULL);
   }
   if (error == VIX_OK) {
      Cloning cloning = {call.otherConnection,
                         isAbsent(srcPath) ? "" : srcPath,
                         call.connection,
                         dstPath,
                         vixCreateParams,
                         overWrite != 0,
                         &progress};

      error = cloneAndTell(&cloning);
   }
   return call_end(&call, error);
}

EXPORTED VixError VixDiskLib_SpaceNeededForClone(VixDiskLibHandle diskHandle, VixDiskLibDiskType cloneDiskType,
                                                 uint64 *spaceNeeded)
{
   Call call;
   VixError error;

   call_begin(&call, __func__);
   error = call_useDiskAndCheck(&call, diskHandle, spaceNeeded != NULL);
   if (error == VIX_OK) {
      error = disk_getSpaceForClone(call.disk, cloneDiskType, spaceNeeded);
   }
   return call_end(&call, error);
}
