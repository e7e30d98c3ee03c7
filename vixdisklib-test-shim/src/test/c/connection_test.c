/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "support.h"

static uint8 buffer[SECTOR];

static void aLocalConnectionNeedsNoParameters(void)
{
   VixDiskLibConnectParams *params = VixDiskLib_AllocateConnectParams();
   VixDiskLibConnection connection;

   startLibrary();
   CHECK_OK(VixDiskLib_Connect(NULL, &connection));
   CHECK_OK(VixDiskLib_Disconnect(connection));
   CHECK_OK(VixDiskLib_Connect(params, &connection));
   CHECK_OK(VixDiskLib_Disconnect(connection));
   params->vmxSpec = (char[]){""};
   params->serverName = (char[]){""};
   CHECK_OK(VixDiskLib_ConnectEx(params, FALSE, "", "", &connection));
   CHECK_OK(VixDiskLib_Disconnect(connection));
   VixDiskLib_FreeConnectParams(params);
   stopLibrary();
}

static void thereAreNoServersWithoutAnInventory(void)
{
   VixDiskLibConnectParams *params = VixDiskLib_AllocateConnectParams();
   VixDiskLibConnection connection = (VixDiskLibConnection)(void *)buffer;

   startLibrary();
   params->serverName = (char[]){"vcenter.example"};
   CHECK_EQUAL(VIX_E_INVALID_ARG, VixDiskLib_Connect(params, &connection));
   CHECK(connection == NULL);
   params->vmxSpec = (char[]){"moref=vm-1"};
   params->credType = VIXDISKLIB_CRED_UID;
   params->creds.uid.userName = (char[]){"root"};
   params->creds.uid.password = (char[]){"secret"};
   CHECK_EQUAL(VIX_E_HOST_SERVER_NOT_FOUND, VixDiskLib_ConnectEx(params, TRUE, "snapshot-1", "nbd", &connection));
   CHECK(wasLogged("vddkFake.inventory=<file>"));
   CHECK_EQUAL(VIX_E_HOST_SERVER_NOT_FOUND, VixDiskLib_PrepareForAccess(params, "backup"));
   CHECK_EQUAL(VIX_E_HOST_SERVER_NOT_FOUND, VixDiskLib_EndAccess(params, "backup"));
   CHECK_EQUAL(VIX_E_INVALID_ARG, VixDiskLib_Cleanup(params, NULL, NULL));
   params->vmxSpec = NULL;
   CHECK_EQUAL(VIX_E_HOST_SERVER_NOT_FOUND, VixDiskLib_Cleanup(params, NULL, NULL));
   VixDiskLib_FreeConnectParams(params);
   stopLibrary();
}

static void theParametersOfAConnectionAreACopy(void)
{
   VixDiskLibConnectParams *params = VixDiskLib_AllocateConnectParams();
   VixDiskLibConnectParams *copy;
   VixDiskLibConnection connection;
   char user[] = "root";
   char password[] = "secret";
   char id[] = "fcd-1";

   startLibrary();
   params->credType = VIXDISKLIB_CRED_UID;
   params->creds.uid.userName = user;
   params->creds.uid.password = password;
   params->port = 4711;
   params->specType = VIXDISKLIB_SPEC_VSTORAGE_OBJECT;
   params->spec.vStorageObjSpec.id = id;
   CHECK_OK(VixDiskLib_Connect(params, &connection));
   memset(user, 'x', 4);
   memset(password, 'x', 6);
   memset(id, 'x', 5);
   VixDiskLib_FreeConnectParams(params);
   CHECK_OK(VixDiskLib_GetConnectParams(connection, &copy));
   CHECK_OK(VixDiskLib_Disconnect(connection));
   CHECK(strcmp(copy->creds.uid.userName, "root") == 0 && strcmp(copy->creds.uid.password, "secret") == 0);
   CHECK(strcmp(copy->spec.vStorageObjSpec.id, "fcd-1") == 0 && copy->spec.vStorageObjSpec.ssId == NULL);
   CHECK_EQUAL(4711, copy->port);
   VixDiskLib_FreeConnectParams(copy);
   stopLibrary();
}

static void sessionCredentialsAndDatastoresAreCopiedToo(void)
{
   VixDiskLibConnectParams params = {.credType = VIXDISKLIB_CRED_SESSIONID, .specType = VIXDISKLIB_SPEC_DATASTORE};
   VixDiskLibConnectParams *copy;
   VixDiskLibConnection connection;

   startLibrary();
   params.creds.sessionId.cookie = (char[]){"cookie"};
   params.creds.sessionId.userName = (char[]){"user"};
   params.creds.sessionId.key = (char[]){"key"};
   params.spec.dsSpec.datastoreMoRef = (char[]){"datastore-1"};
   params.spec.dsSpec.diskFolder = (char[]){"folder"};
   CHECK_OK(VixDiskLib_Connect(&params, &connection));
   CHECK_OK(VixDiskLib_GetConnectParams(connection, &copy));
   CHECK(strcmp(copy->creds.sessionId.key, "key") == 0 && strcmp(copy->spec.dsSpec.diskFolder, "folder") == 0);
   CHECK(copy->creds.sessionId.key != params.creds.sessionId.key);
   VixDiskLib_FreeConnectParams(copy);
   CHECK_OK(VixDiskLib_Disconnect(connection));
   stopLibrary();
}

static void aReadOnlyConnectionHasReadOnlyDisks(void)
{
   VixDiskLibConnection connection;
   VixDiskLibHandle disk;
   VixDiskLibCreateParams params = {VIXDISKLIB_DISK_MONOLITHIC_SPARSE, VIXDISKLIB_ADAPTER_IDE, 0, 1000, 0, 0};

   startLibrary();
   createDisk("a.vmdk", VIXDISKLIB_DISK_MONOLITHIC_SPARSE, 1000);
   CHECK_OK(VixDiskLib_ConnectEx(NULL, (Bool)4, NULL, NULL, &connection));
   CHECK_OK(VixDiskLib_Open(connection, pathOf("a.vmdk"), 0, &disk));
   CHECK_OK(VixDiskLib_Read(disk, 0, 1, buffer));
   CHECK_EQUAL(VIX_E_FILE_READ_ONLY, VixDiskLib_Write(disk, 0, 1, buffer));
   CHECK_EQUAL(VIX_E_FILE_READ_ONLY, VixDiskLib_WriteMetadata(disk, "a", "b"));
   CHECK_OK(VixDiskLib_Flush(disk));
   CHECK_OK(VixDiskLib_Close(disk));
   CHECK_EQUAL(VIX_E_FILE_READ_ONLY, VixDiskLib_Create(connection, pathOf("b.vmdk"), &params, NULL, NULL));
   CHECK_EQUAL(VIX_E_FILE_READ_ONLY, VixDiskLib_Unlink(connection, pathOf("a.vmdk")));
   CHECK_OK(VixDiskLib_Disconnect(connection));
   stopLibrary();
}

static void localHasNoAccessToPrepareAndNothingToCleanUp(void)
{
   uint32 cleaned = 7;
   uint32 remaining = 7;

   startLibrary();
   CHECK_EQUAL(VIX_E_NOT_SUPPORTED, VixDiskLib_PrepareForAccess(NULL, "backup"));
   CHECK_EQUAL(VIX_E_NOT_SUPPORTED, VixDiskLib_EndAccess(NULL, "backup"));
   CHECK_EQUAL(VIX_E_INVALID_ARG,
               VixDiskLib_EndAccess(NULL, "more than fifty characters, which is what an identity can have"));
   CHECK_OK(VixDiskLib_Cleanup(NULL, &cleaned, &remaining));
   CHECK(cleaned == 0 && remaining == 0);
   CHECK_OK(VixDiskLib_Cleanup(NULL, NULL, NULL));
   stopLibrary();
}

int main(void)
{
   RUN(aLocalConnectionNeedsNoParameters);
   RUN(thereAreNoServersWithoutAnInventory);
   RUN(theParametersOfAConnectionAreACopy);
   RUN(sessionCredentialsAndDatastoresAreCopiedToo);
   RUN(aReadOnlyConnectionHasReadOnlyDisks);
   RUN(localHasNoAccessToPrepareAndNothingToCleanUp);
   return finish();
}
