/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "manage.h"
#include "disk.h"
#include "errors.h"
#include "link.h"
#include "log.h"
#include "path.h"
#include "pieces.h"

/* Deletes a file; one that is gone is fine, since an attempt that was interrupted may be repeated. */
static VixError removeFile(const char *path)
{
   return unlink(path) == 0 || errno == ENOENT ? VIX_OK : errors_fromErrno(errno);
}

static VixError removeExtents(const Link *link)
{
   VixError error = VIX_OK;

   for (size_t i = 0; !link->embedded && error == VIX_OK && i < link->descriptor->numExtents; i++) {
      const char *name = link->descriptor->extents[i].fileName;
      char *path = name != NULL ? path_beside(link->path, name) : NULL;

      if (path != NULL) {
         pieces_removeSecondName(path);
         error = removeFile(path);
      } else if (name != NULL) {
         error = VIX_E_OUT_OF_MEMORY;
      }
      free(path);
   }
   return error;
}

/* The descriptor goes last: as long as it is there, it tells which files there are still to delete. */
static VixError removeAll(const Link *link)
{
   VixError error = disk_isOpen(link->path) ? VIX_E_FILE_ALREADY_LOCKED : VIX_OK;

   if (error == VIX_OK) {
      error = link_checkNames(link);
   }
   if (error == VIX_OK) {
      error = removeExtents(link);
   }
   return error == VIX_OK ? removeFile(link->path) : error;
}

VixError manage_unlink(const char *path)
{
   char *realPath;
   Link *link;
   VixError error = path_resolve(path, &realPath);

   if (error != VIX_OK) {
      return error;
   }
   error = link_openDescriptor(realPath, true, &link);
   if (error == VIX_OK) {
      error = removeAll(link);
      (void)link_close(link);
   }
   if (error == VIX_OK && strcmp(path, realPath) != 0) {
      /* The path was a symbolic link, or led through one; if it is still there, it leads nowhere now. */
      (void)unlink(path);
   }
   free(realPath);
   return error;
}
