/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Disks as parents and children.
 */
#include <stdlib.h>

#include "create.h"
#include "disk.h"
#include "log.h"
#include "path.h"
#include "text.h"

/* ------------------------------------------------------------------------------------------------ children */

/* A child is what its parent is, but for the files. */
static void readSpec(const Disk *parent, char *adapterName, size_t size, DiskSpec *spec)
{
   const Descriptor *descriptor = parent->link->descriptor;
   uint32 hardwareVersion = descriptor_getNumber(descriptor, "ddb.virtualHWVersion");

   descriptor_get(descriptor, "ddb.adapterType", adapterName, size);
   *spec = (DiskSpec){.capacity = descriptor->capacity,
                      .adapterName = adapterName[0] != '\0' ? adapterName : "lsilogic",
                      .geometry = disk_geometry(parent),
                      .hardwareVersion = hardwareVersion != 0 ? hardwareVersion : (uint32)VIXDISKLIB_HWVERSION_CURRENT,
                      .physicalSectorSize = descriptor_getNumber(descriptor, "ddb.physicalSectorSize"),
                      .parentContentId = descriptor->contentId};
}

/*
 * A writer gives its disk a new identity with its first write. One that has done that already would go on writing under
 * the child, and no open would notice; so there is none but the one whose handle this is.
 */
static VixError checkNoOtherWriter(const Disk *disk, const Link *opened)
{
   if (disk->readOnly && file_isLocked(&opened->main)) {
      log_warn("VixDiskLib: \"%s\" cannot be a parent while it is written.\n", opened->path);
      return VIX_E_FILE_ALREADY_LOCKED;
   }
   return VIX_OK;
}

/* Whether a disk still is what it was when it was opened, and what it has written is there to stay. */
static VixError checkParent(const Disk *parent)
{
   Link *now;
   VixError error = parent->readOnly ? VIX_OK : link_flush(parent->link);

   if (error == VIX_OK) {
      error = link_openDescriptor(parent->link->path, false, &now);
   }
   if (error != VIX_OK) {
      return error;
   }
   error = checkNoOtherWriter(parent, now);
   if (error == VIX_OK && now->descriptor->contentId != parent->link->descriptor->contentId) {
      log_warn("VixDiskLib: \"%s\" has been written since it was opened.\n", now->path);
      error = VIX_E_DISK_CID_MISMATCH;
   }
   (void)link_close(now);
   return error;
}

/* How a descriptor names another disk, if it can. */
static VixError makeHint(const char *childPath, const char *parentPath, char **hint)
{
   if (!path_fitsDescriptor(parentPath)) {
      return VIX_E_FILE_NAME_INVALID;
   }
   if (!text_isUtf8(parentPath)) {
      return VIX_E_INVALID_UTF8_STRING;
   }
   *hint = path_from(childPath, parentPath);
   return *hint != NULL ? VIX_OK : VIX_E_OUT_OF_MEMORY;
}

static VixError createChildAt(Disk *parent, const char *path, VixDiskLibDiskType type)
{
   char adapterName[32];
   char *hint;
   DiskSpec spec;
   NewDisk *child;
   VixError error = checkParent(parent);

   if (error == VIX_OK) {
      error = makeHint(path, parent->link->path, &hint);
   }
   if (error != VIX_OK) {
      return error;
   }
   readSpec(parent, adapterName, sizeof adapterName, &spec);
   spec.type = type;
   spec.parentHint = hint;
   error = newDisk_make(path, &spec, &child);
   if (error == VIX_OK) {
      error = newDisk_finish(child);
   }
   free(hint);
   return error;
}

VixError disk_createChild(Disk *parent, const char *path, VixDiskLibDiskType type, Progress *progress)
{
   char *childPath;
   VixError error;

   if (type != VIXDISKLIB_DISK_MONOLITHIC_SPARSE && type != VIXDISKLIB_DISK_SPLIT_SPARSE) {
      log_warn("VixDiskLib: a child is monolithic sparse or split sparse, not of type %d.\n", (int)type);
      return VIX_E_INVALID_ARG;
   }
   error = path_resolveNew(path, &childPath);
   if (error != VIX_OK) {
      return error;
   }
   progress_report(progress, 0, 1);
   pthread_mutex_lock(&parent->lock);
   error = createChildAt(parent, childPath, type);
   if (error == VIX_OK) {
      /* The next write to the parent takes the child off it. */
      parent->link->contentIdChanged = false;
   }
   pthread_mutex_unlock(&parent->lock);
   free(childPath);
   if (error == VIX_OK) {
      progress_report(progress, 1, 1);
   }
   return error;
}

/* ------------------------------------------------------------------------------------------------ attaching */

static bool isInChain(const Link *chain, const Link *wanted)
{
   for (const Link *link = chain; link != NULL; link = link->parent) {
      if (link->main.device == wanted->main.device && link->main.inode == wanted->main.inode) {
         return true;
      }
   }
   return false;
}

static VixError checkNotInChain(const Link *parent, const Link *child)
{
   if (isInChain(parent, child)) {
      log_warn("VixDiskLib: \"%s\" cannot be the parent of \"%s\", which it is or is a child of.\n", parent->path,
               child->path);
      return VIX_E_DISK_PARENT_NOTALLOWED;
   }
   return VIX_OK;
}

/* Whether a child can get another parent. */
static VixError checkChild(const Disk *disk, const Link *parent)
{
   const Link *child = disk->link;

   if (disk->readOnly) {
      return VIX_E_FILE_READ_ONLY;
   }
   if (child->descriptor->parentContentId == NO_PARENT) {
      log_warn("VixDiskLib: \"%s\" is no child, and cannot be attached to \"%s\".\n", child->path, parent->path);
      return VIX_E_DISK_ATTACH_ROOTLINK;
   }
   if (child->parent != NULL) {
      log_warn("VixDiskLib: \"%s\" is open with its parents; open it with SINGLE_LINK to attach it.\n", child->path);
      return VIX_E_INVALID_ARG;
   }
   return VIX_OK;
}

/* Whether a chain can take the place of a link's parent. */
static VixError checkChain(const Disk *parentDisk, const Link *parent, const Link *child)
{
   VixError error = checkNotInChain(parent, child);

   if (error != VIX_OK) {
      return error;
   }
   if (parent->descriptor->capacity != child->descriptor->capacity) {
      log_warn("VixDiskLib: \"%s\" has %llu sectors, \"%s\" has %llu.\n", parent->path,
               (unsigned long long)parent->descriptor->capacity, child->path,
               (unsigned long long)child->descriptor->capacity);
      return VIX_E_DISK_CAPACITY_MISMATCH;
   }
   return checkNoOtherWriter(parentDisk, parent);
}

/* Opens a parent anew and looks whether it can be attached: its handle may be that of a writer, or of one link only. */
static VixError openFor(const Disk *parent, const Disk *child, Link **opened)
{
   VixError error = checkNotInChain(parent->link, child->link);

   if (error == VIX_OK) {
      error = checkChild(child, parent->link);
   }
   if (error == VIX_OK) {
      error = link_open(parent->link->path, false, false, opened);
   }
   if (error != VIX_OK) {
      return error;
   }
   error = checkChain(parent, *opened, child->link);
   if (error != VIX_OK) {
      link_close(*opened);
   }
   return error;
}

/* Always in the same order, so that two threads that do it the other way round do not wait for each other. */
static void lockBoth(Disk *one, Disk *other)
{
   Disk *first = (uintptr_t)one < (uintptr_t)other ? one : other;

   pthread_mutex_lock(&first->lock);
   if (one != other) {
      pthread_mutex_lock(first == one ? &other->lock : &one->lock);
   }
}

static void unlockBoth(Disk *one, Disk *other)
{
   pthread_mutex_unlock(&one->lock);
   if (one != other) {
      pthread_mutex_unlock(&other->lock);
   }
}

VixError disk_isAttachPossible(Disk *parent, Disk *child)
{
   Link *opened;
   VixError error;

   lockBoth(parent, child);
   error = openFor(parent, child, &opened);
   unlockBoth(parent, child);
   if (error == VIX_OK) {
      link_close(opened);
   }
   return error;
}

static VixError attachTo(Link *parent, Link *child)
{
   char *hint;
   VixError error = makeHint(child->path, parent->path, &hint);

   if (error == VIX_OK) {
      error = descriptor_canHold(child->descriptor, hint)
                 ? link_setText(child, descriptor_withParent(child->descriptor, parent->descriptor->contentId, hint))
                 : VIX_E_DISK_ENCODING;
      free(hint);
   }
   if (error == VIX_OK) {
      child->parent = parent;
      child->parentMissing = false;
   }
   return error;
}

VixError disk_attach(Disk *parent, Disk *child)
{
   Link *opened;
   VixError error;

   lockBoth(parent, child);
   error = openFor(parent, child, &opened);
   if (error == VIX_OK) {
      error = attachTo(opened, child->link);
      if (error != VIX_OK) {
         link_close(opened);
      }
   }
   unlockBoth(parent, child);
   return error;
}
