/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Clones of local disks on servers.
 */
#include <stdlib.h>

#include "adapter.h"
#include "disk.h"
#include "log.h"
#include "manage.h"
#include "managed.h"
#include "managed_open.h"

/* What stays of the disk that is replaced. The adapter's name is in the caller's buffer. */
static VixError readOld(const char *path, DiskSpec *spec, char *adapterName, size_t size)
{
   Link *old;
   VixError error = link_openDescriptor(path, false, &old);

   if (error != VIX_OK) {
      return error;
   }
   descriptor_get(old->descriptor, "ddb.adapterType", adapterName, size);
   *spec = (DiskSpec){.type = VIXDISKLIB_DISK_VMFS_FLAT,
                      .adapterName = adapterName[0] != '\0' ? adapterName : "lsilogic",
                      .hardwareVersion = descriptor_getNumber(old->descriptor, "ddb.virtualHWVersion"),
                      .physicalSectorSize = VIXDISKLIB_SECTOR_SIZE,
                      .parentContentId = NO_PARENT};
   if (spec->hardwareVersion == 0) {
      spec->hardwareVersion = VIXDISKLIB_HWVERSION_CURRENT;
   }
   return link_close(old);
}

/* Thin disks of servers look like others, have holes, and say so. */
static VixError markThin(const char *path)
{
   Disk *disk;
   VixError error = disk_open(path, 0, NULL, &disk);
   VixError closing;

   if (error != VIX_OK) {
      return error;
   }
   error = disk_writeMetadata(disk, "thinProvisioned", "1");
   closing = disk_release(disk);
   return error != VIX_OK ? error : closing;
}

static VixError replace(const char *path, const char *sourcePath, VixDiskLibDiskType type, Progress *progress)
{
   char adapterName[32];
   DiskSpec spec;
   VixError error = readOld(path, &spec, adapterName, sizeof adapterName);

   if (error == VIX_OK) {
      error = manage_clone(path, sourcePath, &spec, true, progress);
   }
   return error == VIX_OK && type == VIXDISKLIB_DISK_VMFS_THIN ? markThin(path) : error;
}

/* Whether the target can be replaced: it is there, and belongs to a virtual machine that is off. */
static VixError findTargetFile(Opening *opening, const char *path, bool overwrite, char **realPath)
{
   const InventoryVm *vm = opening->target.vm;
   VixError error;

   if (vm == NULL) {
      log_warn("VixDiskLib: Clone to a server needs the specification of a virtual machine.\n");
      return VIX_E_NOT_SUPPORTED;
   }
   error = managed_findVmFile(opening, &vm->disks, path, realPath);
   if (error != VIX_OK) {
      return error;
   }
   if (!overwrite) {
      log_warn("VixDiskLib: Clone to a server replaces a disk, which the caller does not allow.\n");
      error = VIX_E_FILE_ALREADY_EXISTS;
   } else if (vm->isOn) {
      log_warn("VixDiskLib: Clone to a server needs the virtual machine \"%s\" to be off.\n", vm->entry.id);
      error = VIX_E_FILE_ACCESS_ERROR;
   } else {
      error = managed_negotiate(opening);
   }
   if (error != VIX_OK) {
      free(*realPath);
   }
   return error;
}

VixError managed_cloneTo(Managed *managed, const char *targetPath, const char *sourcePath, VixDiskLibDiskType type,
                         bool overwrite, Progress *progress)
{
   Opening opening;
   ManagedDisk *disk;
   char *realPath;
   VixError error = managed_beginOpen(managed, true, &opening);

   if (error != VIX_OK) {
      return error;
   }
   error = findTargetFile(&opening, targetPath, overwrite, &realPath);
   if (error == VIX_OK) {
      error = managed_makeDisk(&opening, &disk);
      if (error == VIX_OK) {
         error = replace(realPath, sourcePath, type, progress);
         (void)managed_closeDisk(disk);
      }
      free(realPath);
   }
   managed_endOpen(&opening);
   return error;
}
