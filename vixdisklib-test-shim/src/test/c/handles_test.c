/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "support.h"

static VixDiskLibHandle disk;
static _Alignas(16) uint8 buffer[128 * SECTOR];

static VixDiskLibCreateParams someParams(void)
{
   return (VixDiskLibCreateParams){VIXDISKLIB_DISK_MONOLITHIC_SPARSE, VIXDISKLIB_ADAPTER_IDE, 0, 1000, 0, 0};
}

/* What every function with a disk answers; all other arguments are good. */
static void checkDiskFunctions(VixDiskLibHandle handle, VixError expected)
{
   VixDiskLibInfo *info = (VixDiskLibInfo *)(void *)buffer;
   VixDiskLibBlockList *blocks = (VixDiskLibBlockList *)(void *)buffer;
   VixDiskLibHandle parent;
   size_t required;
   uint64 space;

   CHECK_EQUAL(expected, VixDiskLib_GetInfo(handle, &info));
   CHECK(info == NULL);
   CHECK_EQUAL(expected, VixDiskLib_Read(handle, 0, 1, buffer));
   CHECK_EQUAL(expected, VixDiskLib_Write(handle, 0, 1, buffer));
   CHECK_EQUAL(expected, VixDiskLib_ReadAsync(handle, 0, 1, buffer, NULL, NULL));
   CHECK_EQUAL(expected, VixDiskLib_WriteAsync(handle, 0, 1, buffer, NULL, NULL));
   CHECK_EQUAL(expected, VixDiskLib_Wait(handle));
   CHECK_EQUAL(expected, VixDiskLib_Flush(handle));
   CHECK_EQUAL(expected, VixDiskLib_QueryAllocatedBlocks(handle, 0, 128, 128, &blocks));
   CHECK(blocks == NULL);
   CHECK_EQUAL(expected, VixDiskLib_ReadMetadata(handle, "uuid", NULL, 0, &required));
   CHECK_EQUAL(expected, VixDiskLib_WriteMetadata(handle, "key", "value"));
   CHECK_EQUAL(expected, VixDiskLib_GetMetadataKeys(handle, NULL, 0, &required));
   CHECK_EQUAL(expected, VixDiskLib_CreateChild(handle, "/c", VIXDISKLIB_DISK_MONOLITHIC_SPARSE, NULL, NULL));
   CHECK_EQUAL(expected, VixDiskLib_Shrink(handle, NULL, NULL));
   CHECK_EQUAL(expected, VixDiskLib_Defragment(handle, NULL, NULL));
   CHECK_EQUAL(expected, VixDiskLib_SpaceNeededForClone(handle, VIXDISKLIB_DISK_UNKNOWN, &space));
   CHECK_EQUAL(expected, VixDiskLib_IsAttachPossible(handle, disk));
   CHECK_EQUAL(expected, VixDiskLib_IsAttachPossible(disk, handle));
   CHECK_EQUAL(expected, VixDiskLib_Attach(handle, disk));
   parent = openDisk("a.vmdk", VIXDISKLIB_FLAG_OPEN_READ_ONLY); /* of no more use afterwards */
   CHECK_EQUAL(expected, VixDiskLib_Attach(parent, handle));
   CHECK_OK(VixDiskLib_Close(parent));
   CHECK(VixDiskLib_GetTransportMode(handle) == NULL);
   CHECK_EQUAL(expected, VixDiskLib_Close(handle));
}

static void checkConnectionFunctions(VixDiskLibConnection connection)
{
   VixDiskLibCreateParams params = someParams();
   VixDiskLibConnectParams *connectParams = (VixDiskLibConnectParams *)(void *)buffer;
   VixDiskLibHandle opened = disk;
   const VixError expected = VIX_E_DISK_INVALID_CONNECTION;

   CHECK_EQUAL(expected, VixDiskLib_GetConnectParams(connection, &connectParams));
   CHECK(connectParams == NULL);
   CHECK_EQUAL(expected, VixDiskLib_Open(connection, pathOf("a.vmdk"), 0, &opened));
   CHECK(opened == NULL);
   CHECK_EQUAL(expected, VixDiskLib_Create(connection, pathOf("b.vmdk"), &params, NULL, NULL));
   CHECK_EQUAL(expected, VixDiskLib_Unlink(connection, pathOf("a.vmdk")));
   CHECK_EQUAL(expected, VixDiskLib_Grow(connection, pathOf("a.vmdk"), 2000, FALSE, NULL, NULL));
   CHECK_EQUAL(expected, VixDiskLib_Clone(connection, "/x", local, "/y", &params, NULL, NULL, FALSE));
   CHECK_EQUAL(expected, VixDiskLib_Clone(local, "/x", connection, "/y", &params, NULL, NULL, FALSE));
   CHECK_EQUAL(expected, VixDiskLib_CheckRepair(connection, pathOf("a.vmdk"), FALSE));
   CHECK_EQUAL(expected, VixDiskLib_Disconnect(connection));
}

static void handlesThatAreNotOpenAreRefused(void)
{
   VixDiskLibHandle stale;
   VixDiskLibConnection staleConnection;

   startLibrary();
   createDisk("a.vmdk", VIXDISKLIB_DISK_MONOLITHIC_SPARSE, 1000);
   disk = openDisk("a.vmdk", VIXDISKLIB_FLAG_OPEN_READ_ONLY);
   stale = openDisk("a.vmdk", VIXDISKLIB_FLAG_OPEN_READ_ONLY);
   CHECK_OK(VixDiskLib_Close(stale));
   checkDiskFunctions(stale, VIX_E_DISK_INVAL);
   CHECK_OK(VixDiskLib_Close(openDisk("a.vmdk", VIXDISKLIB_FLAG_OPEN_READ_ONLY)));
   checkDiskFunctions(stale, VIX_E_DISK_INVAL); /* its place was used again */
   checkDiskFunctions((VixDiskLibHandle)(void *)buffer, VIX_E_DISK_INVAL);
   checkDiskFunctions((VixDiskLibHandle)(uintptr_t)1, VIX_E_DISK_INVAL);
   checkDiskFunctions((VixDiskLibHandle)(uintptr_t)UINTPTR_MAX, VIX_E_DISK_INVAL);
   checkDiskFunctions((VixDiskLibHandle)(void *)local, VIX_E_DISK_INVAL);
   checkDiskFunctions(NULL, VIX_E_INVALID_ARG);
   staleConnection = connectLocally();
   CHECK_OK(VixDiskLib_Disconnect(staleConnection));
   checkConnectionFunctions(staleConnection);
   checkConnectionFunctions((VixDiskLibConnection)(void *)disk);
   checkConnectionFunctions((VixDiskLibConnection)(void *)buffer);
   checkConnectionFunctions(NULL);
   CHECK_OK(VixDiskLib_Close(disk));
   stopLibrary();
}

static void missingPointersAreRefused(void)
{
   VixDiskLibCreateParams params = someParams();
   const VixError expected = VIX_E_INVALID_ARG;
   VixDiskLibHandle opened;

   startLibrary();
   createDisk("a.vmdk", VIXDISKLIB_DISK_MONOLITHIC_SPARSE, 1000);
   disk = openDisk("a.vmdk", 0);
   CHECK_EQUAL(expected, VixDiskLib_Connect(NULL, NULL));
   CHECK_EQUAL(expected, VixDiskLib_ConnectEx(NULL, FALSE, NULL, NULL, NULL));
   CHECK_EQUAL(expected, VixDiskLib_GetConnectParams(local, NULL));
   CHECK_EQUAL(expected, VixDiskLib_Open(local, NULL, 0, &opened));
   CHECK_EQUAL(expected, VixDiskLib_Open(local, "", 0, &opened));
   CHECK_EQUAL(expected, VixDiskLib_Open(local, pathOf("a.vmdk"), 0, NULL));
   CHECK_EQUAL(expected, VixDiskLib_GetInfo(disk, NULL));
   CHECK_EQUAL(expected, VixDiskLib_Read(disk, 0, 1, NULL));
   CHECK_EQUAL(expected, VixDiskLib_Write(disk, 0, 1, NULL));
   CHECK_EQUAL(expected, VixDiskLib_ReadAsync(disk, 0, 1, NULL, NULL, NULL));
   CHECK_EQUAL(expected, VixDiskLib_WriteAsync(disk, 0, 1, NULL, NULL, NULL));
   CHECK_EQUAL(expected, VixDiskLib_QueryAllocatedBlocks(disk, 0, 128, 128, NULL));
   CHECK_EQUAL(expected, VixDiskLib_ReadMetadata(disk, NULL, NULL, 0, NULL));
   CHECK_EQUAL(expected, VixDiskLib_WriteMetadata(disk, NULL, "x"));
   CHECK_EQUAL(expected, VixDiskLib_WriteMetadata(disk, "x", NULL));
   CHECK_EQUAL(expected, VixDiskLib_CreateChild(disk, NULL, VIXDISKLIB_DISK_MONOLITHIC_SPARSE, NULL, NULL));
   CHECK_EQUAL(expected, VixDiskLib_SpaceNeededForClone(disk, VIXDISKLIB_DISK_UNKNOWN, NULL));
   CHECK_EQUAL(expected, VixDiskLib_Create(local, NULL, &params, NULL, NULL));
   CHECK_EQUAL(expected, VixDiskLib_Create(local, "/x.vmdk", NULL, NULL, NULL));
   CHECK_EQUAL(expected, VixDiskLib_Unlink(local, NULL));
   CHECK_EQUAL(expected, VixDiskLib_Grow(local, NULL, 1, FALSE, NULL, NULL));
   CHECK_EQUAL(expected, VixDiskLib_Rename(NULL, "/x"));
   CHECK_EQUAL(expected, VixDiskLib_Rename("/x", NULL));
   CHECK_EQUAL(expected, VixDiskLib_Clone(local, NULL, local, "/x", &params, NULL, NULL, FALSE));
   CHECK_EQUAL(expected, VixDiskLib_Clone(local, "/x", local, NULL, &params, NULL, NULL, FALSE));
   CHECK_EQUAL(expected, VixDiskLib_Clone(local, "/x", local, "/x", NULL, NULL, NULL, FALSE));
   CHECK_EQUAL(expected, VixDiskLib_CheckRepair(local, NULL, FALSE));
   CHECK_EQUAL(expected, VixDiskLib_PrepareForAccess(NULL, NULL));
   CHECK_EQUAL(expected, VixDiskLib_EndAccess(NULL, NULL));
   CHECK_OK(VixDiskLib_Close(disk));
   stopLibrary();
}

static void disconnectInvalidatesItsDisksAndNoOthers(void)
{
   VixDiskLibConnection other;
   VixDiskLibHandle mine;
   VixDiskLibHandle theirs;

   startLibrary();
   createDisk("a.vmdk", VIXDISKLIB_DISK_MONOLITHIC_FLAT, 1000);
   other = connectLocally();
   mine = openDisk("a.vmdk", VIXDISKLIB_FLAG_OPEN_READ_ONLY);
   CHECK_OK(VixDiskLib_Open(other, pathOf("a.vmdk"), VIXDISKLIB_FLAG_OPEN_READ_ONLY, &theirs));
   CHECK_EQUAL(2, VddkFake_LiveCount("disks"));
   CHECK_EQUAL(2, VddkFake_LiveCount("connections"));
   CHECK_OK(VixDiskLib_Disconnect(connectLocally()));
   CHECK(!wasLogged("close disks before"));
   CHECK_OK(VixDiskLib_Disconnect(other));
   CHECK(wasLogged("close disks before"));
   CHECK_EQUAL(1, VddkFake_LiveCount("disks"));
   CHECK_EQUAL(VIX_E_DISK_INVAL, VixDiskLib_Read(theirs, 0, 1, buffer));
   CHECK_OK(VixDiskLib_Read(mine, 0, 1, buffer));
   CHECK_OK(VixDiskLib_Close(mine));
   stopLibrary();
}

static void memoryIsFreedOnceAndNothingElseIs(void)
{
   VixDiskLibInfo *info;
   VixDiskLibBlockList *blocks;
   VixDiskLibConnectParams *params;

   startLibrary();
   createDisk("a.vmdk", VIXDISKLIB_DISK_MONOLITHIC_FLAT, 1000);
   disk = openDisk("a.vmdk", 0);
   CHECK_OK(VixDiskLib_GetInfo(disk, &info));
   CHECK_OK(VixDiskLib_QueryAllocatedBlocks(disk, 0, 128, 128, &blocks));
   CHECK_OK(VixDiskLib_GetConnectParams(local, &params));
   CHECK_EQUAL(1, VddkFake_LiveCount("infos"));
   CHECK_EQUAL(1, VddkFake_LiveCount("blockLists"));
   CHECK_EQUAL(1, VddkFake_LiveCount("connectParams"));
   CHECK_EQUAL(0, VddkFake_LiveCount("nonsense"));
   CHECK_EQUAL(0, VddkFake_LiveCount(NULL));
   CHECK_EQUAL(VIX_E_INVALID_ARG, VixDiskLib_FreeBlockList((VixDiskLibBlockList *)(void *)info));
   VixDiskLib_FreeInfo((VixDiskLibInfo *)(void *)blocks);
   VixDiskLib_FreeConnectParams((VixDiskLibConnectParams *)(void *)buffer);
   for (int i = 0; i < 2; i++) {
      VixDiskLib_FreeInfo(info);
      VixDiskLib_FreeConnectParams(params);
      CHECK_EQUAL(i == 0 ? VIX_OK : VIX_E_INVALID_ARG, VixDiskLib_FreeBlockList(blocks));
   }
   CHECK_OK(VixDiskLib_Close(disk));
   stopLibrary();
}

static void manyHandlesAreOpenAtOnce(void)
{
   enum { MANY = 300 };
   VixDiskLibHandle handles[MANY];

   startLibrary();
   createDisk("a.vmdk", VIXDISKLIB_DISK_MONOLITHIC_SPARSE, 1000);
   for (int i = 0; i < MANY; i++) {
      handles[i] = openDisk("a.vmdk", VIXDISKLIB_FLAG_OPEN_READ_ONLY);
      for (int j = 0; j < i; j++) {
         CHECK(handles[i] != handles[j]);
      }
   }
   CHECK_EQUAL(MANY, VddkFake_LiveCount("disks"));
   for (int i = 0; i < MANY; i++) {
      CHECK_OK(VixDiskLib_Read(handles[i], 0, 1, buffer));
      CHECK_OK(VixDiskLib_Close(handles[i]));
   }
   stopLibrary();
}

int main(void)
{
   RUN(handlesThatAreNotOpenAreRefused);
   RUN(missingPointersAreRefused);
   RUN(disconnectInvalidatesItsDisksAndNoOthers);
   RUN(memoryIsFreedOnceAndNothingElseIs);
   RUN(manyHandlesAreOpenAtOnce);
   return finish();
}
