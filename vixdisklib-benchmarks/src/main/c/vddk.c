/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "vddk.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* More than any VDDK has beside its library. */
#define MAX_COMPANIONS 64

#define LIBRARY "libvixDiskLib.so"

void fail(const char *format, ...)
{
   va_list arguments;

   va_start(arguments, format);
   fputs("yardstick: ", stderr);
   vfprintf(stderr, format, arguments);
   fputc('\n', stderr);
   va_end(arguments);
   exit(EXIT_FAILURE);
}

static void *open(const char *directory, const char *name)
{
   char path[PATH_MAX];

   if ((size_t)snprintf(path, sizeof path, "%s/lib64/%s", directory, name) >= sizeof path) {
      fail("the path is too long: %s", directory);
   }
   return dlopen(path, RTLD_NOW | RTLD_GLOBAL);
}

/* Loads the file that the last dlopen has missed, which its message begins with. */
static bool openMissing(const char *directory, const char *message)
{
   char name[NAME_MAX + 1];
   size_t length = strcspn(message, ":");

   if (length > NAME_MAX || memchr(message, '/', length) != NULL) {
      return false;
   }
   memcpy(name, message, length);
   name[length] = '\0';
   return open(directory, name) != NULL;
}

/*
 * Libraries of a VDDK need each other by bare name. One that is loaded already is found by it, so nobody has to set
 * LD_LIBRARY_PATH.
 */
static void *openWithCompanions(const char *directory)
{
   for (int i = 0; i < MAX_COMPANIONS; i++) {
      void *library = open(directory, LIBRARY);
      const char *message = library == NULL ? dlerror() : NULL;

      if (library != NULL) {
         return library;
      }
      if (!openMissing(directory, message)) {
         fail("cannot load the library: %s", message);
      }
   }
   fail("%s/lib64/%s needs too many libraries", directory, LIBRARY);
}

static void *find(void *library, const char *name)
{
   void *function = dlsym(library, name);

   if (function == NULL) {
      fail("the library has no %s", name);
   }
   return function;
}

void vddk_load(Vddk *vddk, const char *directory)
{
   void *library = openWithCompanions(directory);
   void *function;

/* C knows no other way from a pointer to data to one to a function. */
#define VDDK_FIND(name)                                                                                                \
   function = find(library, "VixDiskLib_" #name);                                                                      \
   memcpy(&vddk->name, &function, sizeof function);
   VDDK_FUNCTIONS(VDDK_FIND)
#undef VDDK_FIND
}
