/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "path.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "errors.h"
#include "log.h"

VixError path_resolve(const char *path, char **resolved)
{
   if (path[0] != '/') {
      log_warn("VixDiskLib: \"%s\" is not an absolute path; the working directory is used.\n", path);
   }
   *resolved = realpath(path, NULL);
   return *resolved != NULL ? VIX_OK : errors_fromErrno(errno);
}

VixError path_resolveNew(const char *path, char **resolved)
{
   const char *name = path_lastPart(path);
   char *folder;
   char *realFolder;
   VixError error;

   *resolved = NULL;
   if (*name == '\0' || strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
      return VIX_E_FILE_NAME_INVALID;
   }
   if (strlen(name) > NAME_MAX) {
      return VIX_E_FILE_NAME_TOO_LONG;
   }
   folder = name == path ? strdup(".") : strndup(path, (size_t)(name - path));
   if (folder == NULL) {
      return VIX_E_OUT_OF_MEMORY;
   }
   error = path_resolve(folder, &realFolder);
   free(folder);
   if (error != VIX_OK) {
      return error;
   }
   if (asprintf(resolved, "%s/%s", strcmp(realFolder, "/") == 0 ? "" : realFolder, name) < 0) {
      *resolved = NULL;
      error = VIX_E_OUT_OF_MEMORY;
   }
   free(realFolder);
   return error;
}

char *path_beside(const char *descriptorPath, const char *name)
{
   size_t folderLength = (size_t)(path_lastPart(descriptorPath) - descriptorPath);
   char *result;

   if (name[0] == '/') {
      return strdup(name);
   }
   return asprintf(&result, "%.*s%s", (int)folderLength, descriptorPath, name) < 0 ? NULL : result;
}

char *path_from(const char *descriptorPath, const char *path)
{
   size_t folderLength = (size_t)(path_lastPart(descriptorPath) - descriptorPath);
   bool beside = strncmp(path, descriptorPath, folderLength) == 0 && strchr(path + folderLength, '/') == NULL;

   return strdup(beside ? path + folderLength : path);
}

size_t path_stemLength(const char *path)
{
   size_t length = strlen(path);

   return length > 5 && strcasecmp(path + length - 5, ".vmdk") == 0 ? length - 5 : length;
}

char *path_withSuffix(const char *path, const char *suffix)
{
   char *result;

   return asprintf(&result, "%.*s%s", (int)path_stemLength(path), path, suffix) < 0 ? NULL : result;
}

char *path_unfinished(const char *path)
{
   static const char suffix[] = ".vddk-new";
   size_t longest = (size_t)(path_lastPart(path) - path) + NAME_MAX - strlen(suffix);
   char *result;

   /* A name that has no room for the suffix loses its end; another one like it is in its way while it is made. */
   return asprintf(&result, "%.*s%s", (int)minOf(strlen(path), longest), path, suffix) < 0 ? NULL : result;
}

const char *path_lastPart(const char *path)
{
   const char *slash = strrchr(path, '/');

   return slash != NULL ? slash + 1 : path;
}

bool path_fitsDescriptor(const char *name)
{
   for (const char *c = name; *c != '\0'; c++) {
      if (*c == '"' || (unsigned char)*c < ' ') {
         return false;
      }
   }
   return true;
}
