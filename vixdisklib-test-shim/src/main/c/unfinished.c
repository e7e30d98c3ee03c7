/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "unfinished.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "errors.h"
#include "log.h"
#include "path.h"

/* How often, and how many nanoseconds after the last time, a file is looked at again that somebody has locked. */
#define MAX_WAITS 5000
#define WAIT_NANOSECONDS 1000000

/*
 * Opens the file that is there; VIX_E_FILE_NOT_FOUND if it is not any more. Another name of somebody's file, or a link
 * to it, is none of these: it is in the way, or removed.
 */
static VixError openThere(Unfinished *made, bool removing)
{
   struct stat status;
   VixError error = lstat(made->path, &status) == 0 ? VIX_OK : errors_fromErrno(errno);

   if (error == VIX_OK && S_ISREG(status.st_mode) && status.st_nlink == 1) {
      error = file_open(made->path, true, &made->file);
   } else if (error == VIX_OK) {
      error =
         removing && (unlink(made->path) == 0 || errno == ENOENT) ? VIX_E_FILE_NOT_FOUND : VIX_E_FILE_ALREADY_EXISTS;
   }
   if (error != VIX_OK && error != VIX_E_FILE_NOT_FOUND) {
      log_warn("VixDiskLib: \"%s\" is in the way.\n", made->path);
      error = VIX_E_FILE_ALREADY_EXISTS;
   }
   return error;
}

/* Opens the file, whether there is one already or not. */
static VixError openOrCreate(Unfinished *made, bool removing)
{
   VixError error;

   do {
      error = file_create(made->path, &made->file);
      made->left = error == VIX_E_FILE_ALREADY_EXISTS;
      if (made->left) {
         error = openThere(made, removing);
      }
   } while (made->left && error == VIX_E_FILE_NOT_FOUND);
   return error;
}

/* Has the file of that name locked; until then, somebody else can have taken it over, finished it or removed it. */
static VixError acquire(Unfinished *made, bool replacing)
{
   int waits = replacing ? MAX_WAITS : 0;

   for (;;) {
      VixError error = openOrCreate(made, replacing);

      if (error != VIX_OK) {
         return error;
      }
      error = file_lock(&made->file, 0, 0);
      if (error == VIX_OK && file_isAt(&made->file, made->path)) {
         return VIX_OK;
      }
      file_close(&made->file);
      if (error == VIX_E_FILE_ALREADY_LOCKED && waits > 0) {
         const struct timespec pause = {0, WAIT_NANOSECONDS};

         (void)nanosleep(&pause, NULL);
         waits--;
      } else if (error != VIX_OK) {
         return error;
      }
   }
}

static bool exists(const char *path)
{
   return access(path, F_OK) == 0;
}

static void forgetPath(Unfinished *unfinished)
{
   free(unfinished->path);
   unfinished->path = NULL;
}

static VixError make(const char *path, bool replacing, Unfinished *made)
{
   VixError error;

   *made = (Unfinished){.path = path_unfinished(path), .file = FILE_CLOSED};
   if (made->path == NULL) {
      return VIX_E_OUT_OF_MEMORY;
   }
   error = acquire(made, replacing);
   if (error != VIX_OK) {
      forgetPath(made);
      return error == VIX_E_FILE_ALREADY_LOCKED && !replacing ? VIX_E_FILE_ALREADY_EXISTS : error;
   }
   if (made->left) {
      log_info("VixDiskLib: what is left of an attempt to make \"%s\" is replaced.\n", path);
      error = file_resize(&made->file, 0);
   }
   if (error != VIX_OK) {
      unfinished_end(made);
   }
   return error;
}

VixError unfinished_make(const char *path, Unfinished *made)
{
   VixError error = exists(path) ? VIX_E_FILE_ALREADY_EXISTS : make(path, false, made);

   if (error == VIX_OK && exists(path)) { /* since whoever was at work before has finished it */
      unfinished_end(made);
      error = VIX_E_FILE_ALREADY_EXISTS;
   }
   return error;
}

VixError unfinished_makeReplacement(const char *path, Unfinished *made)
{
   return make(path, true, made);
}

VixError unfinished_fill(Unfinished *unfinished, const File *from, const char *text, size_t length)
{
   VixError error;

   file_copyOwner(from, &unfinished->file);
   error = file_write(&unfinished->file, 0, text, length);
   return error == VIX_OK ? file_sync(&unfinished->file) : error;
}

VixError unfinished_name(Unfinished *unfinished, const char *path)
{
   VixError error = file_moveNew(unfinished->path, path);

   if (error == VIX_OK) {
      forgetPath(unfinished);
   }
   return error;
}

VixError unfinished_replace(Unfinished *unfinished, const char *path)
{
   if (rename(unfinished->path, path) != 0) {
      return errors_fromErrno(errno);
   }
   file_syncFolder(path);
   forgetPath(unfinished);
   return VIX_OK;
}

void unfinished_end(Unfinished *unfinished)
{
   if (unfinished->path != NULL) {
      if (file_isAt(&unfinished->file, unfinished->path)) {
         (void)unlink(unfinished->path);
      }
      forgetPath(unfinished);
   }
   file_close(&unfinished->file);
}
