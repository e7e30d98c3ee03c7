/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * How links are opened and closed.
 */
#include "link.h"

#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "path.h"
#include "sparse_header.h"

/* --------------------------------------------------------------------------------------------- descriptor */

/* Reads the text that the descriptor is in. */
static VixError parseAt(Link *link, uint64 offset, uint64 bytes)
{
   char *text = malloc((size_t)bytes);
   VixError error;

   if (text == NULL) {
      return VIX_E_OUT_OF_MEMORY;
   }
   error = file_read(&link->main, offset, text, (size_t)bytes);
   if (error == VIX_OK) {
      error = descriptor_parse(text, (size_t)bytes, &link->descriptor);
   }
   free(text);
   return error;
}

static VixError readEmbedded(Link *link)
{
   SparseHeader header;
   VixError error = sparse_readHeader(&link->main, &header);

   if (error != VIX_OK) {
      return error;
   }
   if (header.descriptorOffset == 0) {
      log_warn("VixDiskLib: \"%s\" is an extent of a disk; open the file with its descriptor.\n", link->path);
      return VIX_E_DISK_INVALIDDISK;
   }
   link->embedded = true;
   link->descriptorOffset = header.descriptorOffset * SECTOR_SIZE;
   link->descriptorRoom = header.descriptorSize * SECTOR_SIZE;
   error = parseAt(link, link->descriptorOffset, link->descriptorRoom);
   if (error == VIX_OK &&
       (link->descriptor->numExtents != 1 || link->descriptor->extents[0].kind != EXTENT_LINE_SPARSE)) {
      log_warn("VixDiskLib: the descriptor in \"%s\" is not that of a monolithic disk.\n", link->path);
      error = VIX_E_DISK_INVALIDDISK;
   }
   return error;
}

static VixError readDescriptor(Link *link)
{
   uint8 start[512];
   size_t length = (size_t)minOf(sizeof start, link->main.size);
   VixError error = file_read(&link->main, 0, start, length);

   if (error != VIX_OK) {
      return error;
   }
   if (length >= 4 && sparse_isHosted(start)) {
      return readEmbedded(link);
   }
   if (length >= 4 && sparse_isEsx(start)) {
      log_warn("VixDiskLib: \"%s\" is a sparse extent of ESX, which is not supported.\n", link->path);
      return VIX_E_NOT_SUPPORTED;
   }
   if (link->main.size > DESCRIPTOR_MAX_BYTES || !descriptor_isOne((const char *)start, length)) {
      return VIX_E_DISK_INVALIDDISK;
   }
   return parseAt(link, 0, link->main.size);
}

/* Reads the descriptor of an open main file, which it takes; or leaves as it is if it fails. */
static VixError takeMain(const char *path, File *main, Link **link)
{
   Link *opened = calloc(1, sizeof *opened);
   VixError error;

   if (opened == NULL || (opened->path = strdup(path)) == NULL) {
      free(opened);
      return VIX_E_OUT_OF_MEMORY;
   }
   opened->writable = main->writable;
   opened->main = *main;
   error = readDescriptor(opened);
   if (error != VIX_OK) {
      opened->main = (File)FILE_CLOSED;
      link_close(opened);
      return error;
   }
   *main = (File)FILE_CLOSED;
   *link = opened;
   return VIX_OK;
}

VixError link_openDescriptor(const char *path, bool writable, Link **link)
{
   File main = FILE_CLOSED;
   VixError error = writable ? file_openLocked(path, &main) : file_open(path, false, &main);

   if (error == VIX_OK) {
      error = takeMain(path, &main, link);
      file_close(&main);
   }
   return error;
}

/* ----------------------------------------------------------------------------------------------- extents */

/*
 * Locks what an extent has of its file: all of it if it is sparse and grows. So two descriptors, or two extents of one,
 * that share a file do not write over each other.
 */
static VixError lockExtentFile(const ExtentLine *line, File *file)
{
   bool flat = line->kind == EXTENT_LINE_FLAT;

   return file_lock(file, flat ? line->startSector * SECTOR_SIZE : 0, flat ? line->sectors * SECTOR_SIZE : 0);
}

/* Opens the file of an extent, unless it is the main file. An extent that is not to be written is only read. */
static VixError openExtentFile(Link *link, const ExtentLine *line, Extent *extent)
{
   bool writable = link->writable && extent->access == ACCESS_READ_WRITE;
   char *path;
   VixError error;

   if (link->embedded) {
      /* The name in the descriptor is of no use: the file may have been renamed. */
      extent->file = &link->main;
      return VIX_OK;
   }
   path = path_beside(link->path, line->fileName);
   if (path == NULL) {
      return VIX_E_OUT_OF_MEMORY;
   }
   error = file_open(path, writable, &extent->ownFile);
   if (error == VIX_OK && writable) {
      error = lockExtentFile(line, &extent->ownFile);
   }
   if (error != VIX_OK) {
      log_warn("VixDiskLib: cannot open the extent \"%s\".\n", path);
   }
   extent->file = &extent->ownFile;
   free(path);
   return error;
}

static VixError openExtent(Link *link, const ExtentLine *line, Extent *extent)
{
   VixError error;

   extent->link = link;
   extent->access = line->access;
   extent->sectors = line->sectors;
   extent->ownFile = (File)FILE_CLOSED;
   if (line->kind == EXTENT_LINE_ZERO) {
      extent_beZero(extent);
      return VIX_OK;
   }
   if (line->kind == EXTENT_LINE_OTHER) {
      log_warn("VixDiskLib: \"%s\" has an extent of a type that is not supported.\n", link->path);
      return VIX_E_NOT_SUPPORTED;
   }
   error = openExtentFile(link, line, extent);
   if (error == VIX_OK) {
      error = line->kind == EXTENT_LINE_FLAT ? extent_beFlat(extent, line->startSector) : extent_beSparse(extent);
   }
   if (error != VIX_OK) {
      file_close(&extent->ownFile);
   }
   return error;
}

static VixError openExtents(Link *link)
{
   const Descriptor *descriptor = link->descriptor;
   uint64 firstSector = 0;
   uint64 numTables = 0;

   link->extents = calloc(descriptor->numExtents, sizeof *link->extents);
   if (link->extents == NULL) {
      return VIX_E_OUT_OF_MEMORY;
   }
   for (size_t i = 0; i < descriptor->numExtents; i++) {
      VixError error = openExtent(link, &descriptor->extents[i], &link->extents[i]);

      if (error != VIX_OK) {
         return error;
      }
      link->extents[i].firstSector = firstSector;
      firstSector += link->extents[i].sectors;
      link->numExtents++;
      numTables += link->extents[i].numTables;
      if (numTables > SPARSE_MAX_TABLES) {
         log_warn("VixDiskLib: the sparse extents of \"%s\" are too big together.\n", link->path);
         return VIX_E_FILE_TOO_BIG;
      }
   }
   return VIX_OK;
}

/* Opens the rest of a link, whose parent is still to come. */
static VixError openRest(Link *opened)
{
   opened->parentMissing = opened->descriptor->parentContentId != NO_PARENT;
   return openExtents(opened);
}

/* Opens one link. */
static VixError openAlone(const char *path, bool writable, Link **link)
{
   Link *opened;
   VixError error = link_openDescriptor(path, writable, &opened);

   if (error != VIX_OK) {
      return error;
   }
   error = openRest(opened);
   if (error != VIX_OK) {
      link_close(opened);
      return error;
   }
   *link = opened;
   return VIX_OK;
}

VixError link_openMade(const char *path, File *main, Link **link)
{
   Link *opened;
   VixError error = takeMain(path, main, &opened);

   if (error != VIX_OK) {
      return error;
   }
   error = openRest(opened);
   if (error != VIX_OK) {
      *main = opened->main;
      opened->main = (File)FILE_CLOSED;
      link_close(opened);
      return error;
   }
   *link = opened;
   return VIX_OK;
}

/* ------------------------------------------------------------------------------------------------ chains */

/* Finds a file beside a link that is called like the parent; not the link itself, if it is called so. */
static VixError resolveBeside(const Link *link, const char *name, char **path)
{
   char *candidate = path_beside(link->path, name);
   VixError error = candidate != NULL ? path_resolve(candidate, path) : VIX_E_OUT_OF_MEMORY;

   free(candidate);
   if (error == VIX_OK && strcmp(*path, link->path) == 0) {
      free(*path);
      error = VIX_E_FILE_NOT_FOUND;
   }
   return error;
}

/*
 * The canonical path of a link's parent. Where the hint leads nowhere, a file of that name beside the child is taken:
 * chains are moved as a whole.
 */
static VixError resolveParent(const Link *link, char **path)
{
   char *hint = descriptor_parentHint(link->descriptor);
   char *candidate = hint != NULL ? path_beside(link->path, hint) : NULL;
   VixError error = candidate != NULL ? path_resolve(candidate, path) : VIX_E_OUT_OF_MEMORY;

   if (hint == NULL) {
      log_warn("VixDiskLib: \"%s\" has a parent, and nothing tells where it is.\n", link->path);
      return VIX_E_DISK_INVALIDCHAIN;
   }
   free(candidate);
   if (error == VIX_E_FILE_NOT_FOUND && hint[0] != '\0') {
      error = resolveBeside(link, path_lastPart(hint), path);
   }
   if (error != VIX_OK) {
      log_warn("VixDiskLib: the parent \"%s\" of \"%s\" cannot be found.\n", hint, link->path);
   }
   free(hint);
   return error;
}

static VixError checkParent(const Link *top, const Link *child, const Link *parent)
{
   for (const Link *link = top; link != NULL; link = link->parent) {
      if (link->main.device == parent->main.device && link->main.inode == parent->main.inode) {
         log_warn("VixDiskLib: the chain of \"%s\" comes back to \"%s\".\n", top->path, parent->path);
         return VIX_E_DISK_INVALIDCHAIN;
      }
   }
   return link_checkFit(parent, child);
}

VixError link_checkFit(const Link *parent, const Link *child)
{
   if (parent->descriptor->capacity != child->descriptor->capacity) {
      log_warn("VixDiskLib: \"%s\" has %llu sectors, its parent \"%s\" has %llu.\n", child->path,
               (unsigned long long)child->descriptor->capacity, parent->path,
               (unsigned long long)parent->descriptor->capacity);
      return VIX_E_DISK_CAPACITY_MISMATCH;
   }
   if (parent->descriptor->contentId != child->descriptor->parentContentId) {
      log_warn("VixDiskLib: \"%s\" has been written since its child \"%s\" was made (CID %08x, not %08x).\n",
               parent->path, child->path, parent->descriptor->contentId, child->descriptor->parentContentId);
      return VIX_E_DISK_CID_MISMATCH;
   }
   return VIX_OK;
}

/*
 * A descriptor can name any file, and whoever gets hold of one must not be able to delete or move other people's: only
 * files beside the descriptor are, and one name that leads elsewhere makes the library refuse the whole.
 */
VixError link_checkNames(const Link *link)
{
   for (size_t i = 0; !link->embedded && i < link->descriptor->numExtents; i++) {
      const char *name = link->descriptor->extents[i].fileName;

      if (name != NULL && (strchr(name, '/') != NULL || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)) {
         log_warn("VixDiskLib: \"%s\" stays as it is: its extent \"%s\" is not beside it.\n", link->path, name);
         return VIX_E_FILE_NAME_INVALID;
      }
   }
   return VIX_OK;
}

static VixError openParent(const Link *top, Link *child)
{
   Link *parent;
   char *path;
   VixError error = resolveParent(child, &path);

   if (error != VIX_OK) {
      return error;
   }
   error = openAlone(path, false, &parent);
   free(path);
   if (error != VIX_OK) {
      return error;
   }
   error = checkParent(top, child, parent);
   if (error != VIX_OK) {
      link_close(parent);
      return error;
   }
   child->parent = parent;
   child->parentMissing = false;
   return VIX_OK;
}

static VixError openParents(Link *top)
{
   int depth = 1;

   for (Link *link = top; link->parentMissing; link = link->parent) {
      VixError error = depth < LINK_MAX_DEPTH ? openParent(top, link) : VIX_E_DISK_TOOMANYREDO;

      if (error != VIX_OK) {
         return error;
      }
      depth++;
   }
   return VIX_OK;
}

VixError link_open(const char *path, bool writable, bool alone, Link **link)
{
   Link *opened;
   VixError error = openAlone(path, writable, &opened);

   if (error == VIX_OK && !alone) {
      error = openParents(opened);
      if (error != VIX_OK) {
         link_close(opened);
      }
   }
   if (error == VIX_OK) {
      *link = opened;
   }
   return error;
}

/* Closes one link and frees it. */
static VixError closeAlone(Link *link)
{
   VixError result = VIX_OK;
   VixError error;

   for (size_t i = 0; i < link->numExtents; i++) {
      error = link->extents[i].type->close(&link->extents[i]);
      result = result == VIX_OK ? error : result;
   }
   error = file_close(&link->main);
   result = result == VIX_OK ? error : result;
   free(link->extents);
   descriptor_free(link->descriptor);
   free(link->path);
   free(link);
   return result;
}

VixError link_close(Link *link)
{
   VixError result = VIX_OK;

   while (link != NULL) {
      Link *parent = link->parent;
      VixError error = closeAlone(link);

      result = result == VIX_OK ? error : result;
      link = parent;
   }
   return result;
}
