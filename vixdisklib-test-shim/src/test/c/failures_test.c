/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Planned failures, for every function that returns an error.
 */
#include "support.h"

#define PLANNED UINT64_C(0x200000001)

static VixDiskLibHandle disk;
static uint8 buffer[SECTOR];
static int numFunctions;

static bool byPlan; /* or by a single call */

static void planFailure(const char *function)
{
   char text[128];

   if (byPlan) {
      snprintf(text, sizeof text, "%s nth=1 return=0x200000001\n", function + strlen("VixDiskLib_"));
      CHECK(VddkFake_SetFaultPlan(text, NULL, 0));
   } else {
      VddkFake_FailNext(function, PLANNED);
   }
}

/* Plans a failure, sees it come, and sees it gone. */
#define CHECK_FAILS_ONCE(function, ...)                                                                                \
   do {                                                                                                                \
      planFailure(#function);                                                                                          \
      CHECK_EQUAL(PLANNED, function(__VA_ARGS__));                                                                     \
      CHECK(function(__VA_ARGS__) != PLANNED);                                                                         \
      numFunctions++;                                                                                                  \
   } while (0)

static void functionsFailOnce(void)
{
   VixDiskLibCreateParams params = {VIXDISKLIB_DISK_MONOLITHIC_SPARSE, VIXDISKLIB_ADAPTER_IDE, 0, 1000, 0, 0};
   VixDiskLibBlockList *blocks = NULL;
   VixDiskLibConnectParams *connectParams = NULL;
   VixDiskLibInfo *info = NULL;
   VixDiskLibConnection connection = NULL;
   VixDiskLibHandle opened = NULL;
   const char *path = pathOf("a.vmdk");
   size_t required;
   uint64 space;

   CHECK_FAILS_ONCE(VixDiskLib_Init, 8, 0, NULL, NULL, NULL, NULL);
   VixDiskLib_Exit();
   CHECK_FAILS_ONCE(VixDiskLib_InitEx, 8, 0, NULL, NULL, NULL, NULL, NULL);
   local = connectLocally();
   CHECK_FAILS_ONCE(VixDiskLib_Connect, NULL, &connection);
   CHECK_OK(VixDiskLib_Disconnect(connection));
   CHECK_FAILS_ONCE(VixDiskLib_ConnectEx, NULL, FALSE, NULL, NULL, &connection);
   CHECK_FAILS_ONCE(VixDiskLib_Disconnect, connection);
   CHECK_FAILS_ONCE(VixDiskLib_GetConnectParams, local, &connectParams);
   VixDiskLib_FreeConnectParams(connectParams);
   CHECK_FAILS_ONCE(VixDiskLib_PrepareForAccess, NULL, "x");
   CHECK_FAILS_ONCE(VixDiskLib_EndAccess, NULL, "x");
   CHECK_FAILS_ONCE(VixDiskLib_Cleanup, NULL, NULL, NULL);
   CHECK_FAILS_ONCE(VixDiskLib_Create, local, path, &params, NULL, NULL);
   CHECK_FAILS_ONCE(VixDiskLib_Open, local, path, 0, &opened);
   disk = opened;
   CHECK_FAILS_ONCE(VixDiskLib_GetInfo, disk, &info);
   VixDiskLib_FreeInfo(info);
   CHECK_FAILS_ONCE(VixDiskLib_Read, disk, 0, 1, buffer);
   CHECK_FAILS_ONCE(VixDiskLib_Write, disk, 0, 1, buffer);
   CHECK_FAILS_ONCE(VixDiskLib_ReadAsync, disk, 0, 1, buffer, NULL, NULL);
   CHECK_FAILS_ONCE(VixDiskLib_WriteAsync, disk, 0, 1, buffer, NULL, NULL);
   CHECK_FAILS_ONCE(VixDiskLib_Wait, disk);
   CHECK_FAILS_ONCE(VixDiskLib_Flush, disk);
   CHECK_FAILS_ONCE(VixDiskLib_QueryAllocatedBlocks, disk, 0, 128, 128, &blocks);
   CHECK_FAILS_ONCE(VixDiskLib_FreeBlockList, blocks);
   CHECK_FAILS_ONCE(VixDiskLib_ReadMetadata, disk, "uuid", NULL, 0, &required);
   CHECK_FAILS_ONCE(VixDiskLib_WriteMetadata, disk, "key", "value");
   CHECK_FAILS_ONCE(VixDiskLib_GetMetadataKeys, disk, NULL, 0, &required);
   CHECK_FAILS_ONCE(VixDiskLib_CreateChild, disk, "/c", VIXDISKLIB_DISK_MONOLITHIC_SPARSE, NULL, NULL);
   CHECK_FAILS_ONCE(VixDiskLib_Shrink, disk, NULL, NULL);
   CHECK_FAILS_ONCE(VixDiskLib_Defragment, disk, NULL, NULL);
   CHECK_FAILS_ONCE(VixDiskLib_SpaceNeededForClone, disk, VIXDISKLIB_DISK_UNKNOWN, &space);
   CHECK_FAILS_ONCE(VixDiskLib_IsAttachPossible, disk, disk);
   CHECK_FAILS_ONCE(VixDiskLib_Attach, disk, disk);
   CHECK_FAILS_ONCE(VixDiskLib_Grow, local, path, 2000, FALSE, NULL, NULL);
   CHECK_FAILS_ONCE(VixDiskLib_Rename, "/x", "/y");
   CHECK_FAILS_ONCE(VixDiskLib_Clone, local, "/x", local, "/y", &params, NULL, NULL, FALSE);
   CHECK_FAILS_ONCE(VixDiskLib_CheckRepair, local, path, FALSE);
   CHECK_FAILS_ONCE(VixDiskLib_Close, disk);
   CHECK_FAILS_ONCE(VixDiskLib_Unlink, local, path);
   CHECK_EQUAL(35, numFunctions); /* of 43: the others return no error */
   numFunctions = 0;
   stopLibrary();
}

static void functionsFailOnceByThePlan(void)
{
   byPlan = true;
   functionsFailOnce();
   CHECK(VddkFake_SetFaultPlan(NULL, NULL, 0));
   byPlan = false;
}

static void aFailureIsPlannedForTheFunctionAlone(void)
{
   startLibrary();
   createDisk("a.vmdk", VIXDISKLIB_DISK_MONOLITHIC_FLAT, 1000);
   disk = openDisk("a.vmdk", 0);
   VddkFake_FailNext("VixDiskLib_Read", VIX_E_HOST_TCP_CONN_LOST);
   VddkFake_FailNext("VixDiskLib_Read", VIX_E_FAIL); /* takes the place of the first */
   VddkFake_FailNext("VixDiskLib_Nonsense", VIX_E_FAIL);
   VddkFake_FailNext(NULL, VIX_E_FAIL);
   CHECK_OK(VixDiskLib_Write(disk, 0, 1, buffer));
   CHECK_EQUAL(VIX_E_INVALID_ARG, VixDiskLib_Read(disk, 0, 1, NULL)); /* checks come first */
   CHECK_EQUAL(VIX_E_FAIL, VixDiskLib_Read(disk, 0, 1, buffer));
   CHECK_OK(VixDiskLib_Read(disk, 0, 1, buffer));
   VddkFake_FailNext("VixDiskLib_Read", VIX_E_FAIL);
   VddkFake_FailNext("VixDiskLib_Read", VIX_OK);
   CHECK_OK(VixDiskLib_Read(disk, 0, 1, buffer));
   VddkFake_FailNext("VixDiskLib_Nonsense", VIX_OK);
   VddkFake_FailNext("VixDiskLib_Close", VIX_E_FAIL);
   CHECK_EQUAL(VIX_E_FAIL, VixDiskLib_Close(disk));
   CHECK_EQUAL(0, VddkFake_LiveCount("disks"));
   CHECK_EQUAL(VIX_E_DISK_INVAL, VixDiskLib_Close(disk));
   stopLibrary();
}

int main(void)
{
   RUN(functionsFailOnce);
   RUN(functionsFailOnceByThePlan);
   RUN(aFailureIsPlannedForTheFunctionAlone);
   return finish();
}
