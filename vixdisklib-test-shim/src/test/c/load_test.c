/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * The library as programs get it: loaded at run time, by its path. Its argument is the folder of the fake VDDK.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vixDiskLib.h"

static void check(int condition, const char *what)
{
   if (!condition) {
      fprintf(stderr, "failed: %s\n", what);
      exit(1);
   }
}

static int countThreads(void)
{
   DIR *tasks = opendir("/proc/self/task");
   int count = 0;

   while (readdir(tasks) != NULL) {
      count++;
   }
   closedir(tasks);
   return count - 2;
}

static void *find(void *library, const char *name)
{
   void *symbol = dlsym(library, name);

   check(symbol != NULL, name);
   return symbol;
}

typedef VixError InitEx(uint32, uint32, VixDiskLibGenericLogFunc *, VixDiskLibGenericLogFunc *,
                        VixDiskLibGenericLogFunc *, const char *, const char *);

static void useLibrary(const char *path, const char *libDir)
{
   void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
   InitEx *initEx;
   void (*exitLibrary)(void);
   const char *(*listTransportModes)(void);

   check(library != NULL, "dlopen");
   check(countThreads() == 1, "no thread by loading");
   check(dlclose(library) == 0, "dlclose without InitEx");
   library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
   *(void **)&initEx = find(library, "VixDiskLib_InitEx");
   *(void **)&exitLibrary = find(library, "VixDiskLib_Exit");
   *(void **)&listTransportModes = find(library, "VixDiskLib_ListTransportModes");
   check(initEx(8, 0, NULL, NULL, NULL, libDir, NULL) == VIX_OK, "InitEx");
   check(countThreads() == 2, "a thread by InitEx");
   check(strcmp(listTransportModes(), "file:san:hotadd:nbdssl:nbd") == 0, "transport modes");
   exitLibrary();
   check(countThreads() == 1, "no thread after Exit");
   check(dlclose(library) == 0, "dlclose after Exit");
}

int main(int argc, char **argv)
{
   char path[4096];
   void *plugin;

   check(argc == 2, "usage: load_test <vddk>");
   snprintf(path, sizeof path, "%s/lib64/libvixDiskLib.so", argv[1]);
   useLibrary(path, argv[1]);
   /* A program that has loaded the plugin by its path need not say where it is. */
   snprintf(path, sizeof path, "%s/lib64/libdiskLibPlugin.so", argv[1]);
   plugin = dlopen(path, RTLD_NOW | RTLD_LOCAL);
   check(plugin != NULL, "dlopen of the plugin");
   snprintf(path, sizeof path, "%s/lib64/libvixDiskLib.so.8.0.3", argv[1]);
   useLibrary(path, NULL);
   return 0;
}
