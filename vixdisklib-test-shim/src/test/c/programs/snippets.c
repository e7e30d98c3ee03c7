/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * The statements that the pages of VMware's documentation give as examples, with what they need around them: on
 * ConnectEx, on the advanced transports, on disk operations, and on PrepareForAccess. They are as printed there, save
 * where that is no C ("*libDir" in a call) or does not fit any header: the member vmName of the oldest version, now
 * vmxSpec; int for uint32 in Cleanup; FreeInfo, which has no result and takes no pointer to a pointer.
 *
 *   snippets <new disk> <configuration file>
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vixDiskLib.h"

/* The version that the program was written for. */
#define VIXDISKLIB_VERSION_MAJOR 7
#define VIXDISKLIB_VERSION_MINOR 0

#define SECTORS 2048

static struct {
   Bool isRemote;
   char *vmxSpec;
   char *diskPath;
   VixDiskLibConnection connection;
   uint32 openFlags;
} appGlobals;

static char hostName[] = "vcenter.example.com";
static char userName[] = "administrator";
static char password[] = "secret";
static uint32 port = 443;

static unsigned numMessages;

static void logFunc(const char *format, va_list args)
{
   (void)format;
   (void)args;
   numMessages++;
}

static void Sleep(unsigned milliseconds)
{
   (void)milliseconds; /* nothing changes by waiting */
}

static void require(int condition, const char *what)
{
   if (!condition) {
      fprintf(stderr, "%s\n", what);
      exit(1);
   }
}

static void initialize(const char *configFile)
{
   uint32 majorVersion = VIXDISKLIB_VERSION_MAJOR;
   uint32 minorVersion = VIXDISKLIB_VERSION_MINOR;
   const char *libDir = NULL;

   VixError vixErr = VixDiskLib_InitEx(majorVersion, minorVersion, &logFunc, &logFunc, &logFunc, libDir, configFile);

   require(vixErr == VIX_OK, "InitEx");
   printf("Transport methods: %s\n", VixDiskLib_ListTransportModes());
}

static void connectEx(void)
{
   VixDiskLibConnection connection;
   VixDiskLibConnectParams cnxParams = {0};
   if (appGlobals.isRemote) {
      cnxParams.vmxSpec = appGlobals.vmxSpec;
      cnxParams.serverName = hostName;
      cnxParams.credType = VIXDISKLIB_CRED_UID;
      cnxParams.creds.uid.userName = userName;
      cnxParams.creds.uid.password = password;
      cnxParams.port = port;
   }
   VixError vixError = VixDiskLib_ConnectEx(&cnxParams, TRUE, "snapshot-47", "san:nbd:file", &connection);

   require(vixError == VIX_OK, "ConnectEx");
   require(VixDiskLib_Disconnect(connection) == VIX_OK, "Disconnect");
   vixError = VixDiskLib_ConnectEx(&cnxParams, FALSE, NULL, NULL, &appGlobals.connection);
   require(vixError == VIX_OK, "ConnectEx for writing");
}

static void createDisk(void)
{
   VixDiskLibCreateParams createParams;
   VixError vixError;

   memset(&createParams, 0, sizeof createParams);
   createParams.diskType = VIXDISKLIB_DISK_MONOLITHIC_SPARSE;
   createParams.adapterType = VIXDISKLIB_ADAPTER_SCSI_BUSLOGIC;
   createParams.hwVersion = VIXDISKLIB_HWVERSION_WORKSTATION_5;
   createParams.capacity = SECTORS;
   vixError = VixDiskLib_Create(appGlobals.connection, appGlobals.diskPath, &createParams, NULL, NULL);
   require(vixError == VIX_OK, "Create");
}

static void useDisk(void)
{
   static uint8 written[VIXDISKLIB_SECTOR_SIZE];
   static uint8 buf[VIXDISKLIB_SECTOR_SIZE];
   VixDiskLibHandle srcHandle;
   VixDiskLibInfo *diskInfo;
   VixDiskLibSectorType i;
   VixError vixError;

   vixError = VixDiskLib_Open(appGlobals.connection, appGlobals.diskPath, appGlobals.openFlags, &srcHandle);
   require(vixError == VIX_OK, "Open");
   printf("Selected transport method: %s\n", VixDiskLib_GetTransportMode(srcHandle));
   for (i = 0; i < SECTORS; i += 100) {
      memset(written, (int)(i / 100 + 1), sizeof written);
      vixError = VixDiskLib_Write(srcHandle, i, 1, written);
      require(vixError == VIX_OK, "Write");
      vixError = VixDiskLib_Read(srcHandle, i, 1, buf);
      require(vixError == VIX_OK && memcmp(buf, written, sizeof buf) == 0, "Read");
   }
   vixError = VixDiskLib_GetInfo(srcHandle, &diskInfo);
   require(vixError == VIX_OK && diskInfo->capacity == SECTORS, "GetInfo");
   VixDiskLib_FreeInfo(diskInfo);
   VixDiskLib_Close(srcHandle);
}

static void prepare(void)
{
   VixDiskLibConnectParams cnxParams = {0};
   VixError vixError;

   vixError = VixDiskLib_PrepareForAccess(&cnxParams, "vmName");
   require(vixError != VIX_OK, "PrepareForAccess needs a vCenter");
   vixError = VixDiskLib_EndAccess(&cnxParams, "vmName");
   require(vixError != VIX_OK, "EndAccess needs a vCenter");
   if (appGlobals.vmxSpec != NULL) {
      for (int i = 0; i < 10; i++) {
         vixError = VixDiskLib_PrepareForAccess(&cnxParams, "Sample");
         if (vixError == VIX_OK) {
            break;
         } else {
            Sleep(60000);
         }
      }
   }
}

static void cleanUp(void)
{
   VixDiskLibConnectParams cnxParams = {0};
   uint32 numCleanedUp, numRemaining;
   VixError vixError = VixDiskLib_Cleanup(&cnxParams, &numCleanedUp, &numRemaining);

   require(vixError == VIX_OK && numCleanedUp == 0 && numRemaining == 0, "Cleanup");
}

int main(int argc, char **argv)
{
   require(argc == 3, "usage: snippets <new disk> <configuration file>");
   appGlobals.diskPath = argv[1];
   initialize(argv[2]);
   connectEx();
   createDisk();
   useDisk();
   prepare();
   require(VixDiskLib_Disconnect(appGlobals.connection) == VIX_OK, "Disconnect");
   cleanUp();
   VixDiskLib_Exit();
   require(numMessages > 0, "nothing was logged");
   return 0;
}
