/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * A user's program: prints what a disk says about itself.
 *
 *   dump <disk>
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vixDiskLib.h"

/* The version that the program was written for. */
#define VIXDISKLIB_VERSION_MAJOR 7
#define VIXDISKLIB_VERSION_MINOR 0

static void logMessage(const char *format, va_list args)
{
   fprintf(stderr, "log: ");
   vfprintf(stderr, format, args);
}

static void check(VixError error, const char *what)
{
   if (VIX_FAILED(error)) {
      char *text = VixDiskLib_GetErrorText(error, NULL);

      fprintf(stderr, "%s: %s (%llu)\n", what, text, (unsigned long long)error);
      VixDiskLib_FreeErrorText(text);
      exit(1);
   }
}

static const char *nameOf(VixDiskLibAdapterType adapter)
{
   switch (adapter) {
   case VIXDISKLIB_ADAPTER_IDE:
      return "ide";
   case VIXDISKLIB_ADAPTER_SCSI_BUSLOGIC:
      return "buslogic";
   case VIXDISKLIB_ADAPTER_SCSI_LSILOGIC:
      return "lsilogic";
   default:
      return "unknown";
   }
}

static void dumpInfo(VixDiskLibHandle disk)
{
   VixDiskLibInfo *info = NULL;

   check(VixDiskLib_GetInfo(disk, &info), "VixDiskLib_GetInfo");
   printf("capacity          = %llu sectors\n", (unsigned long long)info->capacity);
   printf("number of links   = %d\n", info->numLinks);
   printf("adapter type      = %s\n", nameOf(info->adapterType));
   printf("BIOS geometry     = %u/%u/%u\n", info->biosGeo.cylinders, info->biosGeo.heads, info->biosGeo.sectors);
   printf("physical geometry = %u/%u/%u\n", info->physGeo.cylinders, info->physGeo.heads, info->physGeo.sectors);
   printf("uuid              = %s\n", info->uuid);
   printf("parent            = %s\n", info->parentFileNameHint != NULL ? info->parentFileNameHint : "none");
   printf("transport mode    = %s\n", VixDiskLib_GetTransportMode(disk));
   VixDiskLib_FreeInfo(info);
}

static void dumpValue(VixDiskLibHandle disk, const char *key)
{
   size_t length = 0;
   VixError error = VixDiskLib_ReadMetadata(disk, key, NULL, 0, &length);
   char *value;

   if (error != VIX_OK && error != VIX_E_BUFFER_TOOSMALL) {
      check(error, key);
   }
   value = (char *)malloc(length);
   check(VixDiskLib_ReadMetadata(disk, key, value, length, NULL), key);
   printf("%s = %s\n", key, value);
   free(value);
}

static void dumpMetadata(VixDiskLibHandle disk)
{
   size_t length = 0;
   VixError error = VixDiskLib_GetMetadataKeys(disk, NULL, 0, &length);
   char *keys;
   char *key;

   if (error != VIX_OK && error != VIX_E_BUFFER_TOOSMALL) {
      check(error, "VixDiskLib_GetMetadataKeys");
   }
   keys = (char *)malloc(length);
   check(VixDiskLib_GetMetadataKeys(disk, keys, length, NULL), "VixDiskLib_GetMetadataKeys");
   for (key = keys; *key != '\0'; key += strlen(key) + 1) {
      dumpValue(disk, key);
   }
   free(keys);
}

int main(int argc, char **argv)
{
   VixDiskLibConnectParams params;
   VixDiskLibConnection connection = NULL;
   VixDiskLibHandle disk = NULL;

   if (argc != 2) {
      fprintf(stderr, "usage: %s <disk>\n", argv[0]);
      return 2;
   }
   check(VixDiskLib_InitEx(VIXDISKLIB_VERSION_MAJOR, VIXDISKLIB_VERSION_MINOR, logMessage, logMessage, logMessage, NULL,
                           NULL),
         "VixDiskLib_InitEx");
   memset(&params, 0, sizeof params);
   check(VixDiskLib_Connect(&params, &connection), "VixDiskLib_Connect");
   check(VixDiskLib_Open(connection, argv[1], VIXDISKLIB_FLAG_OPEN_READ_ONLY, &disk), argv[1]);
   dumpInfo(disk);
   dumpMetadata(disk);
   check(VixDiskLib_Close(disk), "VixDiskLib_Close");
   check(VixDiskLib_Disconnect(connection), "VixDiskLib_Disconnect");
   VixDiskLib_Exit();
   return 0;
}
