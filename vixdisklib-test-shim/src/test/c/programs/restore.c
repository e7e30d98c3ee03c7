/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * A user's program: makes a sparse disk of a raw file, and leaves out what is all zeros.
 *
 *   restore <raw file> <new disk>
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vixDiskLib.h"

#define GRAIN (128 * VIXDISKLIB_SECTOR_SIZE)

static unsigned char buffer[GRAIN];
static int lastPercentage = -1;

static void check(VixError error, const char *what)
{
   if (VIX_FAILED(error)) {
      char *text = VixDiskLib_GetErrorText(error, NULL);

      fprintf(stderr, "%s: %s (%llu)\n", what, text, (unsigned long long)error);
      VixDiskLib_FreeErrorText(text);
      exit(1);
   }
}

static Bool showProgress(void *data, int percentage)
{
   *(int *)data = percentage;
   return TRUE;
}

static VixDiskLibSectorType sizeOf(FILE *raw)
{
   VixDiskLibSectorType bytes;

   if (fseeko(raw, 0, SEEK_END) != 0) {
      perror("the raw file");
      exit(1);
   }
   bytes = (VixDiskLibSectorType)ftello(raw);
   rewind(raw);
   return (bytes + VIXDISKLIB_SECTOR_SIZE - 1) / VIXDISKLIB_SECTOR_SIZE;
}

static int isZero(size_t length)
{
   return length == 0 || (buffer[0] == 0 && memcmp(buffer, buffer + 1, length - 1) == 0);
}

static void restore(FILE *raw, VixDiskLibHandle disk)
{
   VixDiskLibSectorType sector = 0;
   size_t length;

   while ((length = fread(buffer, 1, GRAIN, raw)) > 0) {
      VixDiskLibSectorType count = (length + VIXDISKLIB_SECTOR_SIZE - 1) / VIXDISKLIB_SECTOR_SIZE;

      memset(buffer + length, 0, (size_t)(count * VIXDISKLIB_SECTOR_SIZE) - length);
      if (!isZero(length)) {
         check(VixDiskLib_Write(disk, sector, count, buffer), "VixDiskLib_Write");
      }
      sector += count;
   }
   check(VixDiskLib_Flush(disk), "VixDiskLib_Flush");
}

int main(int argc, char **argv)
{
   VixDiskLibCreateParams createParams;
   VixDiskLibConnectParams connectParams;
   VixDiskLibConnection connection = NULL;
   VixDiskLibHandle disk = NULL;
   FILE *raw;

   if (argc != 3) {
      fprintf(stderr, "usage: %s <raw file> <new disk>\n", argv[0]);
      return 2;
   }
   raw = fopen(argv[1], "rb");
   if (raw == NULL) {
      perror(argv[1]);
      return 1;
   }
   check(VixDiskLib_Init(1, 2, NULL, NULL, NULL, NULL), "VixDiskLib_Init");
   memset(&connectParams, 0, sizeof connectParams);
   check(VixDiskLib_Connect(&connectParams, &connection), "VixDiskLib_Connect");
   memset(&createParams, 0, sizeof createParams);
   createParams.diskType = VIXDISKLIB_DISK_MONOLITHIC_SPARSE;
   createParams.adapterType = VIXDISKLIB_ADAPTER_SCSI_LSILOGIC;
   createParams.hwVersion = VIXDISKLIB_HWVERSION_WORKSTATION_5;
   createParams.capacity = sizeOf(raw);
   check(VixDiskLib_Create(connection, argv[2], &createParams, showProgress, &lastPercentage), "VixDiskLib_Create");
   check(VixDiskLib_Open(connection, argv[2], 0, &disk), argv[2]);
   restore(raw, disk);
   check(VixDiskLib_WriteMetadata(disk, "restoredFrom", "a raw file"), "VixDiskLib_WriteMetadata");
   check(VixDiskLib_Close(disk), "VixDiskLib_Close");
   check(VixDiskLib_Disconnect(connection), "VixDiskLib_Disconnect");
   VixDiskLib_Exit();
   fclose(raw);
   return lastPercentage == 100 ? 0 : 1;
}
