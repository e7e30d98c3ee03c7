/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Rename. The extents get their new names beside the old ones, then the new descriptor appears, then what is old goes:
 * a process that is killed leaves the old disk, the new one or both, and both are the same.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "disk.h"
#include "errors.h"
#include "link.h"
#include "log.h"
#include "manage.h"
#include "path.h"
#include "pieces.h"
#include "unfinished.h"

typedef struct Renaming {
   Link *link;
   const char *newPath;
   char **newNames; /* of the extents, each with a place */
   size_t named;    /* extents that have their new name */
   bool made;       /* the new disk is there, and what is left to do is to remove the old one */
} Renaming;

/* --------------------------------------------------------------------------------------------------- names */

/* The name of an extent in the new disk: what begins with the old disk's name now begins with the new one's. */
static char *newNameOf(const Renaming *renaming, const char *name)
{
   const char *oldName = path_lastPart(renaming->link->path);
   const char *newName = path_lastPart(renaming->newPath);
   size_t stem = path_stemLength(oldName);
   char *result;

   if (renaming->link->embedded) {
      return strdup(newName);
   }
   if (strncmp(name, oldName, stem) != 0) {
      return strdup(name);
   }
   return asprintf(&result, "%.*s%s", (int)path_stemLength(newName), newName, name + stem) < 0 ? NULL : result;
}

static VixError makeNames(Renaming *renaming)
{
   const Descriptor *descriptor = renaming->link->descriptor;

   renaming->newNames = calloc(descriptor->numExtents, sizeof *renaming->newNames);
   if (renaming->newNames == NULL) {
      return VIX_E_OUT_OF_MEMORY;
   }
   for (size_t i = 0; i < descriptor->numExtents; i++) {
      if (descriptor->extents[i].fileName != NULL) {
         renaming->newNames[i] = newNameOf(renaming, descriptor->extents[i].fileName);
         if (renaming->newNames[i] == NULL) {
            return VIX_E_OUT_OF_MEMORY;
         }
         if (!descriptor_canHold(descriptor, renaming->newNames[i])) {
            return VIX_E_FILE_NAME_INVALID;
         }
      }
   }
   return VIX_OK;
}

static void freeNames(Renaming *renaming)
{
   for (size_t i = 0; renaming->newNames != NULL && i < renaming->link->descriptor->numExtents; i++) {
      free(renaming->newNames[i]);
   }
   free(renaming->newNames);
}

/* ------------------------------------------------------------------------------------------------- extents */

typedef VixError (*PathPairAction)(const char *oldPath, const char *newPath);

/* Does something with the old and the new path of an extent, if it has two. */
static VixError withPaths(const Renaming *renaming, size_t extent, PathPairAction action)
{
   const char *name = renaming->link->descriptor->extents[extent].fileName;
   char *oldPath;
   char *newPath;
   VixError error;

   if (name == NULL) {
      return VIX_OK;
   }
   oldPath = path_beside(renaming->link->path, name);
   newPath = path_beside(renaming->newPath, renaming->newNames[extent]);
   if (oldPath == NULL || newPath == NULL) {
      error = VIX_E_OUT_OF_MEMORY;
   } else {
      error = strcmp(oldPath, newPath) == 0 ? VIX_OK : action(oldPath, newPath);
   }
   free(oldPath);
   free(newPath);
   return error;
}

/* Gives a file a second name, which an attempt that was killed may have done already. */
static VixError addName(const char *oldPath, const char *newPath)
{
   VixError error = file_addName(oldPath, newPath);

   return error == VIX_E_FILE_ALREADY_EXISTS && file_haveSame(oldPath, newPath) ? VIX_OK : error;
}

static VixError checkName(const char *oldPath, const char *newPath)
{
   return file_haveSame(oldPath, newPath) ? VIX_OK : VIX_E_FILE_ALREADY_EXISTS;
}

static VixError removeLeftover(const char *oldPath, const char *newPath)
{
   (void)oldPath;
   pieces_removeLeftover(newPath);
   return VIX_OK;
}

static VixError takeNameBack(const char *oldPath, const char *newPath)
{
   if (access(oldPath, F_OK) == 0) {
      (void)unlink(newPath);
   } else {
      (void)file_moveNew(newPath, oldPath);
   }
   return VIX_OK;
}

static VixError removeOldName(const char *oldPath, const char *newPath)
{
   (void)newPath;
   pieces_removeSecondName(oldPath);
   return unlink(oldPath) == 0 || errno == ENOENT ? VIX_OK : errors_fromErrno(errno);
}

static VixError nameExtents(Renaming *renaming)
{
   VixError error = VIX_OK;

   while (error == VIX_OK && renaming->named < renaming->link->descriptor->numExtents) {
      error = withPaths(renaming, renaming->named, addName);
      if (error == VIX_OK) {
         renaming->named++;
      }
   }
   return error;
}

/* ---------------------------------------------------------------------------------------------- descriptors */

/* Whether a file has exactly this text. */
static bool hasText(const char *path, const char *text)
{
   size_t length = strlen(text);
   char *actual = malloc(length);
   File file = FILE_CLOSED;
   bool same = actual != NULL && file_open(path, false, &file) == VIX_OK && file.size == length &&
               file_read(&file, 0, actual, length) == VIX_OK && memcmp(actual, text, length) == 0;

   file_close(&file);
   free(actual);
   return same;
}

/* Whether the new disk is there as an attempt leaves it that was killed: its descriptor, and all extents. */
static bool isMadeAlready(const Renaming *renaming)
{
   char *text;
   bool made;

   if (renaming->link->embedded || file_haveSame(renaming->link->path, renaming->newPath)) {
      return false;
   }
   text = descriptor_withNames(renaming->link->descriptor, renaming->newNames);
   made = text != NULL && hasText(renaming->newPath, text);
   for (size_t i = 0; made && i < renaming->link->descriptor->numExtents; i++) {
      made = withPaths(renaming, i, checkName) == VIX_OK;
   }
   free(text);
   return made;
}

/* Gives the new descriptor its text, and its name. */
static VixError finishDescriptor(const Renaming *renaming, Unfinished *made)
{
   char *text = descriptor_withNames(renaming->link->descriptor, renaming->newNames);
   VixError error =
      text != NULL ? unfinished_fill(made, &renaming->link->main, text, strlen(text)) : VIX_E_OUT_OF_MEMORY;

   free(text);
   return error == VIX_OK ? unfinished_name(made, renaming->newPath) : error;
}

/* A name of the parent that counts from the old folder does not from the new one. */
static VixError makeHintAbsolute(const Renaming *renaming)
{
   Link *link = renaming->link;
   char *hint = descriptor_parentHint(link->descriptor);
   size_t folderLength = (size_t)(path_lastPart(link->path) - link->path);
   bool sameFolder = (size_t)(path_lastPart(renaming->newPath) - renaming->newPath) == folderLength &&
                     memcmp(link->path, renaming->newPath, folderLength) == 0;
   char *absolute;
   VixError error = VIX_OK;

   if (hint != NULL && hint[0] != '/' && !sameFolder) {
      absolute = path_beside(link->path, hint);
      error =
         absolute == NULL ? VIX_E_OUT_OF_MEMORY
         : descriptor_canHold(link->descriptor, absolute)
            ? link_setText(link, descriptor_withParent(link->descriptor, link->descriptor->parentContentId, absolute))
            : VIX_E_FILE_NAME_INVALID;
      free(absolute);
   }
   free(hint);
   return error;
}

/* -------------------------------------------------------------------------------------------------- disks */

static VixError fillNew(Renaming *renaming, Unfinished *made)
{
   VixError error;

   for (size_t i = 0; made->left && i < renaming->link->descriptor->numExtents; i++) {
      (void)withPaths(renaming, i, removeLeftover);
   }
   error = nameExtents(renaming);
   if (error == VIX_OK) {
      error = finishDescriptor(renaming, made);
   }
   for (size_t i = 0; error != VIX_OK && i < renaming->named; i++) {
      (void)withPaths(renaming, i, takeNameBack);
   }
   return error;
}

/* Has the new disk there, with a lock on it. */
static VixError makeNew(Renaming *renaming, Unfinished *made)
{
   VixError error;

   if (renaming->made) {
      return file_openLocked(renaming->newPath, &made->file);
   }
   error = unfinished_make(renaming->newPath, made);
   return error == VIX_OK ? fillNew(renaming, made) : error;
}

/* The descriptor goes first, so that no disk is ever without extents. */
static VixError removeOld(const Renaming *renaming)
{
   VixError error = removeOldName(renaming->link->path, NULL);

   for (size_t i = 0; error == VIX_OK && i < renaming->link->descriptor->numExtents; i++) {
      error = withPaths(renaming, i, removeOldName);
   }
   return error;
}

static VixError renamePieces(Renaming *renaming)
{
   Unfinished made = {.path = NULL, .file = FILE_CLOSED};
   VixError error = link_checkNames(renaming->link);

   if (error == VIX_OK) {
      error = makeNew(renaming, &made);
   }
   if (error == VIX_OK) {
      /* Nobody renames the new disk back as long as the old one is not gone. */
      error = removeOld(renaming);
   }
   unfinished_end(&made);
   return error;
}

/* The descriptor is in the file, and the name in it is for people and for other programs. */
static VixError renameFile(const Renaming *renaming)
{
   VixError error = file_moveNew(renaming->link->path, renaming->newPath);
   char *text;

   if (error == VIX_OK) {
      text = descriptor_withNames(renaming->link->descriptor, renaming->newNames);
      if (link_setText(renaming->link, text) != VIX_OK) {
         log_info("VixDiskLib: the descriptor in \"%s\" still has the old name.\n", renaming->newPath);
      }
   }
   return error;
}

static VixError renameLink(Link *link, const char *newPath)
{
   Renaming renaming = {.link = link, .newPath = newPath};
   VixError error = makeNames(&renaming);

   if (error == VIX_OK && disk_isOpen(link->path)) {
      error = VIX_E_FILE_ALREADY_LOCKED;
   }
   if (error == VIX_OK && access(newPath, F_OK) == 0) {
      renaming.made = isMadeAlready(&renaming);
      error = renaming.made ? VIX_OK : VIX_E_FILE_ALREADY_EXISTS;
   }
   if (error == VIX_OK) {
      error = makeHintAbsolute(&renaming);
   }
   if (error == VIX_OK) {
      error = link->embedded ? renameFile(&renaming) : renamePieces(&renaming);
   }
   freeNames(&renaming);
   return error;
}

VixError manage_rename(const char *path, const char *newPath)
{
   char *realPath;
   char *realNewPath = NULL;
   Link *link = NULL;
   VixError error = path_resolve(path, &realPath);

   if (error != VIX_OK) {
      return error;
   }
   error = path_resolveNew(newPath, &realNewPath);
   if (error == VIX_OK) {
      error = link_openDescriptor(realPath, true, &link);
   }
   if (error == VIX_OK) {
      error = renameLink(link, realNewPath);
      (void)link_close(link);
   }
   free(realNewPath);
   free(realPath);
   return error;
}
