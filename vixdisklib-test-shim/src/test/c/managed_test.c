/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Connections to the servers of an inventory, and their disks. Compiled for each version.
 */
#include "vsphere_support.h"

#include <sys/stat.h>
#include <unistd.h>

#include "vddkFaultInjection.h"
#include "version.h"

#define VCENTER "vcenter.example"
#define WEB "[ds1] web/web.vmdk"
#define DATABASE "[ds1] db/db.vmdk"
#define READ_ONLY VIXDISKLIB_FLAG_OPEN_READ_ONLY

static uint8 buffer[DISK_SECTORS * SECTOR];

/* Texts that a struct of the caller points to. */
static char *text(const char *string)
{
   return (char *)(uintptr_t)string;
}

/* Before 8.0.2, all that went wrong with a host was one error of Open. */
static VixError errorOfHost(VixError error)
{
   return version_isAtLeast(8, 0, 2) ? error : VIX_E_FILE_ACCESS_ERROR;
}

static VixError openOnce(const char *spec, const char *snapshot, const char *transports, const char *path, uint32 flags)
{
   VixDiskLibConnection connection = connectTo(spec, snapshot, transports);
   VixError error = tryOpenOn(connection, path, flags);

   CHECK_OK(VixDiskLib_Disconnect(connection));
   return error;
}

/* --------------------------------------------------------------------------------------------------- connecting */

static void aDiskOfAServerIsReadAndWritten(void)
{
   VixDiskLibConnection connection;
   VixDiskLibHandle disk;
   VixDiskLibInfo *info;

   startVsphere();
   connection = connectTo("moref=vm-42", NULL, "nbd");
   CHECK_OK(VixDiskLib_Open(connection, WEB, 0, &disk));
   CHECK_OK(VixDiskLib_GetInfo(disk, &info));
   CHECK_EQUAL(DISK_SECTORS, info->capacity);
   VixDiskLib_FreeInfo(info);
   CHECK(strcmp("nbd", VixDiskLib_GetTransportMode(disk)) == 0);
   fillPattern(buffer, 7, 3, 1);
   CHECK_OK(VixDiskLib_Write(disk, 7, 3, buffer));
   CHECK_OK(VixDiskLib_Close(disk));
   CHECK_OK(VixDiskLib_Disconnect(connection));
   disk = openDisk("ds1/web/web.vmdk", READ_ONLY);
   CHECK(strcmp("file", VixDiskLib_GetTransportMode(disk)) == 0);
   memset(buffer, 0, sizeof buffer);
   CHECK_OK(VixDiskLib_Read(disk, 7, 3, buffer));
   checkPattern(buffer, 7, 3, 1);
   CHECK_OK(VixDiskLib_Close(disk));
   stopVsphere();
}

static void connectIsConnectExWithoutSnapshotAndTransports(void)
{
   VixDiskLibConnectParams params = paramsFor(VCENTER, "moref=vm-42");
   VixDiskLibConnection connection;
   VixDiskLibHandle disk;

   startVsphereWith("", false);
   CHECK_OK(VixDiskLib_Connect(&params, &connection));
   CHECK_OK(VixDiskLib_Open(connection, WEB, 0, &disk));
   CHECK(strcmp("nbdssl", VixDiskLib_GetTransportMode(disk)) == 0);
   CHECK_OK(VixDiskLib_Close(disk));
   CHECK_OK(VixDiskLib_Disconnect(connection));
   params.creds.uid.password = text("wrong");
   CHECK_EQUAL(VIX_E_AUTHENTICATION_FAIL, VixDiskLib_Connect(&params, &connection));
   stopVsphere();
}

static void whatAConnectionNeedsHasToBeThere(void)
{
   VixDiskLibConnectParams params = paramsFor(NULL, "moref=vm-42");

   startVsphere();
   CHECK_EQUAL(VIX_E_INVALID_ARG, tryConnect(&params, NULL));
   params.serverName = text("");
   CHECK_EQUAL(VIX_E_INVALID_ARG, tryConnect(&params, NULL));
   CHECK(wasLogged("lack the server"));
   params = paramsFor(VCENTER, NULL);
   CHECK_EQUAL(VIX_E_INVALID_ARG, tryConnect(&params, NULL));
   params.vmxSpec = text("");
   CHECK_EQUAL(VIX_E_INVALID_ARG, tryConnect(&params, NULL));
   CHECK(wasLogged("lack a specification"));
   for (int i = 0; i < 4; i++) {
      params = paramsFor(VCENTER, "moref=vm-42");
      *(i < 2 ? &params.creds.uid.userName : &params.creds.uid.password) = i % 2 == 0 ? NULL : text("");
      CHECK_EQUAL(VIX_E_INVALID_ARG, tryConnect(&params, NULL));
   }
   params = paramsFor(VCENTER, "moref=vm-42");
   params.credType = (VixDiskLibCredType)0;
   CHECK_EQUAL(VIX_E_INVALID_ARG, tryConnect(&params, NULL));
   params.credType = VIXDISKLIB_CRED_SESSIONID;
   params.creds.sessionId.cookie = text("");
   CHECK_EQUAL(VIX_E_INVALID_ARG, tryConnect(&params, NULL));
   CHECK(wasLogged("lack credentials"));
   stopVsphere();
}

static void emptyTextsAreAbsentOnes(void)
{
   VixDiskLibConnectParams params = paramsFor(VCENTER, "moref=vm-42");
   VixDiskLibConnection connection;
   VixDiskLibHandle disk;

   startVsphereWith("", false);
   params.thumbPrint = text("");
   params.vimApiVer = text("");
   CHECK_OK(VixDiskLib_ConnectEx(&params, FALSE, "", "", &connection));
   CHECK_OK(VixDiskLib_Open(connection, WEB, 0, &disk));
   CHECK(strcmp("nbdssl", VixDiskLib_GetTransportMode(disk)) == 0);
   CHECK_OK(VixDiskLib_Close(disk));
   CHECK_EQUAL(VIX_E_INVALID_ARG, VixDiskLib_Open(connection, "", 0, &disk));
   CHECK_OK(VixDiskLib_Disconnect(connection));
   stopVsphere();
}

static void serversAreFoundByTheirNameInAnyCase(void)
{
   VixDiskLibConnectParams params = paramsFor("vcenter.example.com", "moref=vm-42");

   startVsphere();
   CHECK_EQUAL(VIX_E_HOST_SERVER_NOT_FOUND, tryConnect(&params, NULL));
   CHECK(wasLogged("no server \"vcenter.example.com\""));
   params.serverName = text("VCenter.Example");
   CHECK_OK(tryConnect(&params, NULL));
   stopVsphere();
}

static void theWrongPortIsRefused(void)
{
   VixDiskLibConnectParams params = paramsFor(VCENTER, "moref=vm-42");

   startVsphere();
   params.port = 443;
   CHECK_OK(tryConnect(&params, NULL));
   params.port = 8443;
   CHECK_EQUAL(VIX_E_HOST_NETWORK_CONN_REFUSED, tryConnect(&params, NULL));
   CHECK(wasLogged("at port 443, not at 8443"));
   params = paramsFor("esxi.example", "moref=vm-44");
   CHECK_EQUAL(VIX_E_HOST_NETWORK_CONN_REFUSED, tryConnect(&params, NULL));
   params.port = 8443;
   CHECK_OK(tryConnect(&params, NULL));
   stopVsphere();
}

static void aServerThatIsNotUpIsNotReached(void)
{
   VixDiskLibConnectParams params = paramsFor(VCENTER, "moref=vm-42");
   VixDiskLibConnection connection;

   startVsphere();
   connection = connectTo("moref=vm-42", NULL, "nbd");
   editInventory("type = vcenter", "state = down");
   CHECK_EQUAL(VIX_E_CANNOT_CONNECT_TO_HOST, tryConnect(&params, NULL));
   CHECK_EQUAL(VIX_E_CANNOT_CONNECT_TO_HOST, tryOpenOn(connection, WEB, 0));
   editInventory("state = down", "state = maintenance");
   CHECK_EQUAL(version_isAtLeast(7, 0, 1) ? VIX_E_HOST_SERVER_NOT_AVAILABLE : VIX_E_CANNOT_CONNECT_TO_HOST,
               tryConnect(&params, NULL));
   CHECK_EQUAL(errorOfHost(VIX_E_HOST_SERVER_SHUTDOWN), tryOpenOn(connection, WEB, 0));
   editInventory("state = maintenance", "state = refusing");
   CHECK_EQUAL(VIX_E_HOST_NETWORK_CONN_REFUSED, tryConnect(&params, NULL));
   CHECK_EQUAL(errorOfHost(VIX_E_HOST_NETWORK_CONN_REFUSED), tryOpenOn(connection, WEB, 0));
   editInventory("state = refusing", "state = up");
   CHECK_OK(tryConnect(&params, NULL));
   CHECK_OK(tryOpenOn(connection, WEB, 0));
   CHECK_OK(VixDiskLib_Disconnect(connection));
   stopVsphere();
}

static void whoIsNotKnownDoesNotGetIn(void)
{
   VixDiskLibConnectParams params = paramsFor(VCENTER, "moref=vm-42");

   startVsphere();
   params.creds.uid.userName = text("root");
   CHECK_EQUAL(VIX_E_AUTHENTICATION_FAIL, tryConnect(&params, NULL));
   params = paramsFor(VCENTER, "moref=vm-42");
   params.creds.uid.password = text("s3cret");
   CHECK_EQUAL(VIX_E_AUTHENTICATION_FAIL, tryConnect(&params, NULL));
   params.creds.uid.userName = text("local");
   params.creds.uid.password = text("local");
   CHECK_EQUAL(VIX_E_AUTHENTICATION_FAIL, tryConnect(&params, NULL));
   params.serverName = text("esxi.example");
   params.vmxSpec = text("moref=vm-44");
   params.port = 8443;
   CHECK_OK(tryConnect(&params, NULL));
   stopVsphere();
}

static void aSessionIsAsGoodAsAPassword(void)
{
   VixDiskLibConnectParams params = paramsFor(VCENTER, "moref=vm-42");
   VixDiskLibConnection connection;

   startVsphere();
   params.credType = VIXDISKLIB_CRED_SESSIONID;
   params.creds.sessionId.cookie = text(COOKIE);
   params.creds.sessionId.userName = NULL;
   params.creds.sessionId.key = text("a key that nobody looks at");
   CHECK_OK(VixDiskLib_ConnectEx(&params, FALSE, NULL, "nbd", &connection));
   CHECK_OK(tryOpenOn(connection, WEB, 0));
   editInventory("session = " COOKIE, "session = another");
   CHECK_EQUAL(VIX_E_AUTHENTICATION_FAIL, tryOpenOn(connection, WEB, 0));
   CHECK_EQUAL(VIX_E_AUTHENTICATION_FAIL, tryConnect(&params, NULL));
   CHECK(!wasLogged(COOKIE) && !wasLogged("a key that"));
   CHECK_OK(VixDiskLib_Disconnect(connection));
   stopVsphere();
}

static void otherCredentialsAreNotSupported(void)
{
   static const VixDiskLibCredType types[] = {VIXDISKLIB_CRED_TICKETID, VIXDISKLIB_CRED_SSPI, VIXDISKLIB_CRED_UNKNOWN};
   VixDiskLibConnectParams params = paramsFor(VCENTER, "moref=vm-42");

   startVsphere();
   for (size_t i = 0; i < 3; i++) {
      params.credType = types[i];
      CHECK_EQUAL(VIX_E_NOT_SUPPORTED, tryConnect(&params, NULL));
   }
   stopVsphere();
}

static void virtualMachinesAreNamedInSeveralWays(void)
{
   static const struct {
      const char *spec;
      VixError error;
   } specs[] = {
      {"moref=vm-42", VIX_OK},
      {"moid=vm-42", VIX_OK},
      {"moref=vm-43", VIX_OK},
      {"moref=vm-4", VIX_E_VM_NOT_FOUND},
      {"moref=", VIX_E_VM_NOT_FOUND},
      {"moref=vm-44", VIX_E_VM_NOT_FOUND}, /* which is on the other server */
      {"[ds1] web/web.vmx?dcPath=DC&dsName=ds1", VIX_OK},
      {"web/other.vmx?dcPath=DC&dsName=ds1", VIX_OK},
      {"web/other.vmx?dcPath=DC&dsName=slow", VIX_E_VM_NOT_FOUND},
      {"elsewhere/database server.vmx?dcPath=DC&dsName=ds9", VIX_OK},
      {"elsewhere/database.vmx?dcPath=DC&dsName=ds9", VIX_E_VM_NOT_FOUND},
      {"vm-42", VIX_E_INVALID_ARG},
      {"web/web.vmdk?dcPath=DC", VIX_E_INVALID_ARG},
   };

   startVsphere();
   for (size_t i = 0; i < sizeof specs / sizeof specs[0]; i++) {
      VixDiskLibConnectParams params = paramsFor(VCENTER, specs[i].spec);

      CHECK_EQUAL(specs[i].error, tryConnect(&params, NULL));
   }
   stopVsphere();
}

static void aSnapshotIsOneOfTheVirtualMachine(void)
{
   VixDiskLibConnectParams params = paramsFor(VCENTER, "moref=vm-42");

   startVsphere();
   CHECK_OK(tryConnect(&params, "snapshot-48"));
   CHECK_EQUAL(VIX_E_SNAPSHOT_NOTFOUND, tryConnect(&params, "snapshot-47"));
   CHECK_EQUAL(VIX_E_SNAPSHOT_NOTFOUND, tryConnect(&params, "snapshot-4"));
   stopVsphere();
}

static void aServerTakesSoManyConnections(void)
{
   VixDiskLibConnectParams params = paramsFor(VCENTER, "moref=vm-42");
   VixDiskLibConnection first;
   VixDiskLibConnection second;

   startVsphere();
   editInventory("type = vcenter", "connections = 2");
   first = connectTo("moref=vm-42", NULL, NULL);
   second = connectTo("moref=vm-43", NULL, NULL);
   CHECK_EQUAL(VIX_E_TOO_MANY_LOGONS, tryConnect(&params, NULL));
   CHECK_OK(VixDiskLib_Disconnect(first));
   CHECK_OK(tryConnect(&params, NULL));
   first = connectTo("moref=vm-42", NULL, NULL);
   CHECK_EQUAL(VIX_E_TOO_MANY_LOGONS, tryConnect(&params, NULL));
   editInventory("connections = 2", "connections = 0");
   CHECK_OK(tryConnect(&params, NULL));
   CHECK_OK(VixDiskLib_Disconnect(first));
   CHECK_OK(VixDiskLib_Disconnect(second));
   stopVsphere();
}

static void fiftyTwoConnectionsAreWhatAServerTakes(void)
{
   VixDiskLibConnectParams params = paramsFor(VCENTER, "moref=vm-42");

   startVsphere();
   for (int i = 0; i < 52; i++) {
      (void)connectTo("moref=vm-42", NULL, NULL);
   }
   CHECK_EQUAL(VIX_E_TOO_MANY_LOGONS, tryConnect(&params, NULL));
   VixDiskLib_Exit();
   startVsphere();
   CHECK_OK(tryConnect(&params, NULL));
   stopVsphere();
}

/* ------------------------------------------------------------------------------------------------------ opening */

static void theThumbprintIsComparedInOpen(void)
{
   VixDiskLibConnectParams params = paramsFor(VCENTER, "moref=vm-42");
   VixDiskLibConnection connection;

   startVsphere();
   params.thumbPrint = text("5a:7b:00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff:01:03");
   CHECK_OK(VixDiskLib_ConnectEx(&params, FALSE, NULL, "nbd", &connection));
   CHECK_EQUAL(VIX_E_FAIL, tryOpenOn(connection, WEB, 0));
   CHECK(wasLogged("is 5A:7B:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:01:02, not 5a:7b:"));
   CHECK_OK(VixDiskLib_Disconnect(connection));
   params.thumbPrint = text("5a:7b:00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff:01:02");
   CHECK_OK(VixDiskLib_ConnectEx(&params, FALSE, NULL, "nbd", &connection));
   CHECK_OK(tryOpenOn(connection, WEB, 0));
   CHECK_OK(VixDiskLib_Disconnect(connection));
   stopVsphere();
}

static void thePortForDataIsTriedInOpen(void)
{
   VixDiskLibConnectParams params = paramsFor(VCENTER, "moref=vm-42");
   VixDiskLibConnection connection;

   startVsphere();
   params.nfcHostPort = 903;
   CHECK_OK(VixDiskLib_ConnectEx(&params, FALSE, NULL, "nbd", &connection));
   CHECK_EQUAL(errorOfHost(VIX_E_HOST_NETWORK_CONN_REFUSED), tryOpenOn(connection, WEB, 0));
   CHECK(wasLogged("at port 902, not at 903"));
   CHECK_OK(VixDiskLib_Disconnect(connection));
   params.nfcHostPort = 902;
   CHECK_OK(VixDiskLib_ConnectEx(&params, FALSE, NULL, "nbd", &connection));
   CHECK_OK(tryOpenOn(connection, WEB, 0));
   CHECK_OK(VixDiskLib_Disconnect(connection));
   stopVsphere();
   startVsphereWith("vixDiskLib.transport.hotadd.NoNfcSession=1\n", true);
   params.nfcHostPort = 903;
   CHECK_OK(VixDiskLib_ConnectEx(&params, FALSE, NULL, "hotadd", &connection));
   CHECK_OK(tryOpenOn(connection, WEB, READ_ONLY));
   CHECK_OK(VixDiskLib_Disconnect(connection));
   stopVsphere();
}

static void checkTransport(const char *list, const char *path, const char *expected)
{
   VixDiskLibConnection connection = connectTo("moref=vm-42", NULL, list);
   VixDiskLibHandle disk;
   VixError error = VixDiskLib_Open(connection, path, READ_ONLY, &disk);

   CHECK_EQUAL(expected != NULL ? VIX_OK : VIX_E_FILE_ACCESS_ERROR, error);
   if (expected != NULL) {
      CHECK(strcmp(expected, VixDiskLib_GetTransportMode(disk)) == 0);
      CHECK_OK(VixDiskLib_Close(disk));
   }
   CHECK_OK(VixDiskLib_Disconnect(connection));
}

static void theFirstTransportThatWorksIsTaken(void)
{
   startVsphere();
   checkTransport(NULL, WEB, "san");
   checkTransport("", WEB, "san");
   checkTransport("nbd:hotadd", WEB, "nbd");
   checkTransport("hotadd:nbd", WEB, "hotadd");
   checkTransport("file:fibre:::NBD:nbdssl", WEB, "nbdssl");
   checkTransport("san:hotadd:nbd", "[slow] web.vmdk", "nbd");
   checkTransport(NULL, "[slow] web.vmdk", "nbdssl");
   checkTransport("san:hotadd", "[slow] web.vmdk", NULL);
   checkTransport("file", WEB, NULL);
   checkTransport("telepathy", WEB, NULL);
   CHECK(wasLogged("none of the transports \"telepathy\" works for the datastore \"ds1\""));
   stopVsphere();
}

static void advancedTransportsNeedThePlugin(void)
{
   startVsphereWith("", false);
   checkTransport("san:hotadd", WEB, NULL);
   checkTransport("san:hotadd:nbd", WEB, "nbd");
   checkTransport(NULL, WEB, "nbdssl");
   CHECK(wasLogged("the transport san needs the plugin"));
   stopVsphere();
}

static void onlyDisksOfTheVirtualMachineAreOpened(void)
{
   startVsphere();
   CHECK_OK(openOnce("moref=vm-42", NULL, "nbd", WEB, 0));
   CHECK_OK(openOnce("moref=vm-42", NULL, "nbd", "[ds1]web/web.vmdk", 0));
   CHECK_EQUAL(VIX_E_FILE_NOT_FOUND, openOnce("moref=vm-42", NULL, "nbd", DATABASE, 0));
   CHECK_EQUAL(VIX_E_FILE_NOT_FOUND, openOnce("moref=vm-42", NULL, "nbd", "[slow] web/web.vmdk", 0));
   CHECK_EQUAL(VIX_E_FILE_NOT_FOUND, openOnce("moref=vm-42", NULL, "nbd", "web/web.vmdk", 0));
   CHECK_EQUAL(VIX_E_FILE_NOT_FOUND, openOnce("moref=vm-42", NULL, "nbd", pathOf("ds1/web/web.vmdk"), 0));
   CHECK_EQUAL(VIX_E_FILE_NOT_FOUND, openOnce("moref=vm-42", NULL, "nbd", "[]", 0));
   CHECK_OK(openOnce("moref=vm-42", "snapshot-48", "nbd", WEB, 0)); /* which has all disks of the machine */
   CHECK_EQUAL(VIX_E_FILE_NOT_FOUND, openOnce("moref=vm-43", "snapshot-47", "nbd", "[ds1] db/log.vmdk", 0));
   CHECK(unlink(pathOf("ds1/web/web.vmdk")) == 0);
   CHECK_EQUAL(VIX_E_FILE_NOT_FOUND, openOnce("moref=vm-42", NULL, "nbd", WEB, 0));
   stopVsphere();
}

static void aRunningMachineIsReadFromASnapshot(void)
{
   startVsphere();
   CHECK_EQUAL(VIX_E_FILE_ACCESS_ERROR, openOnce("moref=vm-43", NULL, "nbd", DATABASE, READ_ONLY));
   CHECK_EQUAL(VIX_E_FILE_ACCESS_ERROR, openOnce("moref=vm-43", "", "nbd", DATABASE, 0));
   CHECK(wasLogged("\"vm-43\" is running; connect with a snapshot"));
   CHECK_OK(openOnce("moref=vm-43", "snapshot-47", "nbd", DATABASE, READ_ONLY));
   editInventory("power = on", "power = off");
   CHECK_OK(openOnce("moref=vm-43", NULL, "nbd", DATABASE, 0));
   stopVsphere();
}

static void sanAndHotAddWriteBelowASnapshotOnly(void)
{
   static const char *const transports[] = {"san", "hotadd", "san:nbd"};

   startVsphere();
   for (size_t i = 0; i < 3; i++) {
      CHECK_EQUAL(VIX_E_FILE_ACCESS_ERROR, openOnce("moref=vm-42", NULL, transports[i], WEB, 0));
      CHECK_OK(openOnce("moref=vm-42", NULL, transports[i], WEB, READ_ONLY));
      CHECK_OK(openOnce("moref=vm-42", "snapshot-48", transports[i], WEB, 0));
   }
   stopVsphere();
}

static VixError openAs(const char *user, uint32 flags)
{
   VixDiskLibConnectParams params = paramsFor(VCENTER, "moref=vm-42");
   VixDiskLibConnection connection;
   VixError error;

   params.creds.uid.userName = text(user);
   params.creds.uid.password = text(user);
   CHECK_OK(VixDiskLib_ConnectEx(&params, FALSE, NULL, "nbd", &connection));
   error = tryOpenOn(connection, WEB, flags);
   CHECK_OK(VixDiskLib_Disconnect(connection));
   return error;
}

static void everythingNeedsItsPrivilege(void)
{
   VixDiskLibConnectParams params = paramsFor(VCENTER, "moref=vm-42");

   startVsphere();
   CHECK_OK(openAs("reader", READ_ONLY));
   CHECK_EQUAL(VIX_E_HOST_USER_PERMISSIONS, openAs("reader", 0));
   CHECK(wasLogged("\"reader\" lacks the privilege \"write\""));
   CHECK_EQUAL(VIX_E_HOST_USER_PERMISSIONS, openAs("nobody", READ_ONLY));
   params.creds.uid.userName = text("reader");
   params.creds.uid.password = text("reader");
   CHECK_EQUAL(VIX_E_HOST_USER_PERMISSIONS, VixDiskLib_PrepareForAccess(&params, "backup"));
   CHECK_EQUAL(VIX_E_HOST_USER_PERMISSIONS, VixDiskLib_EndAccess(&params, "backup"));
   params.vmxSpec = NULL;
   CHECK_EQUAL(VIX_E_HOST_USER_PERMISSIONS, VixDiskLib_Cleanup(&params, NULL, NULL));
   stopVsphere();
}

static void aReadOnlyConnectionHasReadOnlyDisks(void)
{
   VixDiskLibConnectParams params = paramsFor(VCENTER, "moref=vm-42");
   VixDiskLibConnection connection;
   VixDiskLibHandle disk;

   startVsphere();
   params.creds.uid.userName = text("reader");
   params.creds.uid.password = text("reader");
   CHECK_OK(VixDiskLib_ConnectEx(&params, TRUE, NULL, "san", &connection));
   CHECK_OK(VixDiskLib_Open(connection, WEB, 0, &disk));
   CHECK_EQUAL(VIX_E_FILE_READ_ONLY, VixDiskLib_Write(disk, 0, 1, buffer));
   CHECK(wasLogged("web.vmdk\" is open read-only"));
   CHECK_OK(VixDiskLib_Close(disk));
   CHECK_OK(VixDiskLib_Disconnect(connection));
   stopVsphere();
}

static void atMostOneKindOfCompressionIsAskedFor(void)
{
   static const uint32 kinds[] = {VIXDISKLIB_FLAG_OPEN_COMPRESSION_ZLIB, VIXDISKLIB_FLAG_OPEN_COMPRESSION_FASTLZ,
                                  VIXDISKLIB_FLAG_OPEN_COMPRESSION_SKIPZ};

   startVsphere();
   for (size_t i = 0; i < 3; i++) {
      CHECK_OK(openOnce("moref=vm-42", NULL, "nbdssl", WEB, kinds[i]));
      CHECK_OK(openOnce("moref=vm-42", NULL, "nbd", WEB, kinds[i]));
      CHECK_EQUAL(VIX_E_INVALID_ARG, openOnce("moref=vm-42", NULL, "nbdssl", WEB, kinds[i] | kinds[(i + 1) % 3]));
   }
   stopVsphere();
}

static void singleLinkIsForLocalDisks(void)
{
   VixDiskLibHandle parent;
   VixDiskLibConnection connection;
   VixDiskLibHandle disk;

   startVsphere();
   parent = openDisk("ds1/fcd/one.vmdk", 0);
   fillPattern(buffer, 0, 1, 5);
   CHECK_OK(VixDiskLib_Write(parent, 0, 1, buffer));
   CHECK(unlink(pathOf("ds1/web/web.vmdk")) == 0);
   CHECK_OK(VixDiskLib_CreateChild(parent, pathOf("ds1/web/web.vmdk"), VIXDISKLIB_DISK_MONOLITHIC_SPARSE, NULL, NULL));
   CHECK_OK(VixDiskLib_Close(parent));
   connection = connectTo("moref=vm-42", NULL, "nbd");
   CHECK_OK(VixDiskLib_Open(connection, WEB, VIXDISKLIB_FLAG_OPEN_SINGLE_LINK, &disk));
   CHECK_OK(VixDiskLib_Read(disk, 0, 1, buffer));
   checkPattern(buffer, 0, 1, 5);
   CHECK_OK(VixDiskLib_Close(disk));
   CHECK_OK(VixDiskLib_Disconnect(connection));
   stopVsphere();
}

/* ------------------------------------------------------------------------------------------------------- memory */

static void sixteenMebibytesOfBuffersAreTheMostOfASession(void)
{
   static const struct {
      const char *settings;
      VixError error;
   } sizes[] = {
      {"vixDiskLib.nfcAio.Session.BufSizeIn64KB=16\nvixDiskLib.nfcAio.Session.BufCount=16\n", VIX_OK},
      {"vixDiskLib.nfcAio.Session.BufSizeIn64KB=16\nvixDiskLib.nfcAio.Session.BufCount=17\n", VIX_E_OUT_OF_MEMORY},
      {"vixDiskLib.nfcAio.Session.BufSizeIn64KB=4294967295\nvixDiskLib.nfcAio.Session.BufCount=4294967295\n",
       VIX_E_OUT_OF_MEMORY},
   };

   for (size_t i = 0; i < 3; i++) {
      VixError error = version_isAtLeast(7, 0, 3) ? sizes[i].error : VIX_OK;

      startVsphereWith(sizes[i].settings, true);
      CHECK_EQUAL(error, openOnce("moref=vm-42", NULL, "nbd", WEB, 0));
      CHECK_EQUAL(error, openOnce("moref=vm-42", NULL, "nbdssl", WEB, 0));
      CHECK_OK(openOnce("moref=vm-42", NULL, "hotadd", WEB, READ_ONLY));
      stopVsphere();
   }
}

static void aHostHasSoMuchMemoryForItsDisks(void)
{
   VixDiskLibConnection connection;
   VixDiskLibHandle first;
   VixDiskLibHandle second;

   startVsphere();
   editInventory("type = vcenter", "nfcMemory = 640KiB"); /* two disks have 256 KiB each */
   connection = connectTo("moref=vm-42", NULL, "nbd");
   CHECK_OK(VixDiskLib_Open(connection, WEB, READ_ONLY, &first));
   CHECK_OK(VixDiskLib_Open(connection, WEB, READ_ONLY, &second));
   CHECK_EQUAL(VIX_E_OUT_OF_MEMORY, tryOpenOn(connection, "[slow] web.vmdk", READ_ONLY));
   CHECK(wasLogged("[NFC ERROR]") && wasLogged("Failed to allocate the requested 262144 bytes"));
   CHECK_OK(VixDiskLib_Read(first, 0, 256, buffer));
   CHECK_EQUAL(VIX_E_OUT_OF_MEMORY, VixDiskLib_Read(first, 0, 257, buffer));
   CHECK(wasLogged("Failed to allocate the requested 131584 bytes"));
   CHECK_OK(VixDiskLib_Close(second));
   CHECK_OK(VixDiskLib_Read(first, 0, 257, buffer));
   CHECK_OK(VixDiskLib_Close(first));
   CHECK_OK(VixDiskLib_Open(connection, WEB, 0, &first));
   CHECK_EQUAL(VIX_E_OUT_OF_MEMORY, VixDiskLib_Write(first, 0, 769, buffer));
   CHECK_OK(VixDiskLib_Write(first, 0, 768, buffer));
   CHECK_OK(VixDiskLib_Close(first));
   CHECK_OK(VixDiskLib_Disconnect(connection));
   connection = connectTo("moref=vm-42", NULL, "san"); /* which goes round the host */
   CHECK_OK(VixDiskLib_Open(connection, WEB, READ_ONLY, &first));
   CHECK_OK(VixDiskLib_Read(first, 0, DISK_SECTORS, buffer));
   CHECK_OK(VixDiskLib_Close(first));
   CHECK_OK(VixDiskLib_Disconnect(connection));
   stopVsphere();
}

static void keepResult(void *data, VixError result)
{
   *(VixError *)data = result;
}

static void anAsynchronousRequestLearnsOfMemoryFromItsCallback(void)
{
   VixDiskLibConnection connection;
   VixDiskLibHandle disk;
   VixError result = VIX_OK;

   startVsphere();
   editInventory("type = vcenter", "nfcMemory = 1MiB");
   connection = connectTo("moref=vm-42", NULL, "nbd");
   CHECK_OK(VixDiskLib_Open(connection, WEB, READ_ONLY, &disk));
   CHECK_EQUAL(VIX_ASYNC, VixDiskLib_ReadAsync(disk, 0, DISK_SECTORS, buffer, keepResult, &result));
   CHECK_OK(VixDiskLib_Wait(disk));
   CHECK_EQUAL(VIX_E_OUT_OF_MEMORY, result);
   CHECK_OK(VixDiskLib_Close(disk));
   CHECK_OK(VixDiskLib_Disconnect(connection));
   stopVsphere();
}

/* --------------------------------------------------------------------------------- first-class disks, datastores */

static VixDiskLibConnectParams fcdParams(const char *id, const char *datastore, const char *snapshot)
{
   VixDiskLibConnectParams params = paramsFor(VCENTER, NULL);

   params.specType = VIXDISKLIB_SPEC_VSTORAGE_OBJECT;
   params.spec.vStorageObjSpec.id = text(id);
   params.spec.vStorageObjSpec.datastoreMoRef = text(datastore);
   params.spec.vStorageObjSpec.ssId = text(snapshot);
   return params;
}

static void aFirstClassDiskIsOpenedWithoutItsPath(void)
{
   VixDiskLibConnectParams params = fcdParams("6f0b2c4e", "datastore-11", NULL);
   VixDiskLibConnection connection;
   VixDiskLibHandle disk;

   startVsphere();
   disk = openDisk("ds1/fcd/one-000001.vmdk", 0);
   fillPattern(buffer, 0, 1, 9);
   CHECK_OK(VixDiskLib_Write(disk, 0, 1, buffer));
   CHECK_OK(VixDiskLib_Close(disk));
   CHECK_OK(VixDiskLib_ConnectEx(&params, FALSE, NULL, "nbd", &connection));
   CHECK_OK(VixDiskLib_Open(connection, NULL, 0, &disk));
   CHECK_OK(VixDiskLib_Read(disk, 0, 1, buffer));
   CHECK(isZero(buffer, SECTOR));
   CHECK_OK(VixDiskLib_Close(disk));
   CHECK_OK(tryOpenOn(connection, "[ds9] whatever.vmdk", 0));
   CHECK_OK(VixDiskLib_Disconnect(connection));
   params = fcdParams("6f0b2c4e", "datastore-11", "8c1d");
   CHECK_OK(VixDiskLib_ConnectEx(&params, FALSE, NULL, "hotadd", &connection));
   CHECK_OK(VixDiskLib_Open(connection, NULL, 0, &disk));
   CHECK_OK(VixDiskLib_Read(disk, 0, 1, buffer));
   checkPattern(buffer, 0, 1, 9);
   CHECK_OK(VixDiskLib_Close(disk));
   CHECK_OK(VixDiskLib_Disconnect(connection));
   params = fcdParams("6f0b2c4e", "datastore-11", "");
   CHECK_OK(VixDiskLib_ConnectEx(&params, FALSE, NULL, "hotadd", &connection));
   CHECK_EQUAL(VIX_E_FILE_ACCESS_ERROR, tryOpenOn(connection, NULL, 0));
   CHECK_OK(tryOpenOn(connection, NULL, READ_ONLY));
   CHECK_OK(VixDiskLib_Disconnect(connection));
   stopVsphere();
}

static void aFirstClassDiskIsInItsDatastore(void)
{
   static const struct {
      const char *id, *datastore, *snapshot;
      VixError error;
   } specs[] = {
      {"6f0b2c4e", "datastore-11", "8c1d", VIX_OK},
      {"6f0b2c4f", "datastore-11", NULL, VIX_E_OBJECT_NOT_FOUND},
      {"6f0b2c4e", "datastore-12", NULL, VIX_E_OBJECT_NOT_FOUND},
      {"6f0b2c4e", "datastore-99", NULL, VIX_E_OBJECT_NOT_FOUND},
      {"6f0b2c4e", "datastore-11", "8c1e", VIX_E_OBJECT_NOT_FOUND},
      {NULL, "datastore-11", NULL, VIX_E_INVALID_ARG},
      {"6f0b2c4e", "", NULL, VIX_E_INVALID_ARG},
   };

   startVsphere();
   for (size_t i = 0; i < sizeof specs / sizeof specs[0]; i++) {
      VixDiskLibConnectParams params = fcdParams(specs[i].id, specs[i].datastore, specs[i].snapshot);

      CHECK_EQUAL(specs[i].error, tryConnect(&params, NULL));
      CHECK_EQUAL(VIX_E_INVALID_ARG, tryConnect(&params, "snapshot-48"));
   }
   stopVsphere();
}

/* What is where the specifications are today had no meaning before 6.7. */
static void oldVersionsKnowVirtualMachinesOnly(void)
{
   VixDiskLibConnectParams params = fcdParams("6f0b2c4e", "datastore-11", NULL);

   startVsphere();
   CHECK_EQUAL(VIX_E_INVALID_ARG, tryConnect(&params, NULL));
   params.vmxSpec = text("moref=vm-42");
   CHECK_OK(tryConnect(&params, NULL));
   stopVsphere();
}

static VixDiskLibConnectParams folderParams(const char *datastore, const char *folder)
{
   VixDiskLibConnectParams params = paramsFor(VCENTER, NULL);

   params.specType = VIXDISKLIB_SPEC_DATASTORE;
   params.spec.dsSpec.datastoreMoRef = text(datastore);
   params.spec.dsSpec.diskFolder = text(folder);
   return params;
}

static VixError openInFolder(const char *folder, const char *transports, const char *path, uint32 flags)
{
   VixDiskLibConnectParams params = folderParams("datastore-11", folder);
   VixDiskLibConnection connection;
   VixError error;

   CHECK_OK(VixDiskLib_ConnectEx(&params, FALSE, NULL, transports, &connection));
   error = tryOpenOn(connection, path, flags);
   CHECK_OK(VixDiskLib_Disconnect(connection));
   return error;
}

static void aFolderOfADatastoreHasDisks(void)
{
   VixDiskLibConnectParams params = folderParams("datastore-99", "web");

   startVsphere();
   CHECK_EQUAL(VIX_E_OBJECT_NOT_FOUND, tryConnect(&params, NULL));
   params = folderParams("datastore-11", "");
   CHECK_EQUAL(VIX_E_INVALID_ARG, tryConnect(&params, NULL));
   params = folderParams(NULL, "web");
   CHECK_EQUAL(VIX_E_INVALID_ARG, tryConnect(&params, NULL));
   params = folderParams("datastore-11", "web");
   CHECK_EQUAL(VIX_E_INVALID_ARG, tryConnect(&params, "snapshot-48"));
   CHECK_OK(openInFolder("web", "nbd", "web.vmdk", 0));
   CHECK_OK(openInFolder("[ds1] web", "nbdssl", "web.vmdk", 0));
   CHECK_OK(openInFolder("web", "hotadd", "web.vmdk", 0));
   CHECK_EQUAL(VIX_E_FILE_ACCESS_ERROR, openInFolder("web", "san", "web.vmdk", READ_ONLY));
   CHECK_EQUAL(VIX_E_INVALID_ARG, openInFolder("web", "nbd", NULL, 0));
   CHECK_EQUAL(VIX_E_FILE_NOT_FOUND, openInFolder("web", "nbd", "none.vmdk", 0));
   CHECK_EQUAL(VIX_E_FILE_NOT_FOUND, openInFolder("none", "nbd", "web.vmdk", 0));
   stopVsphere();
}

static void nothingOutsideOfTheFolderIsOpened(void)
{
   startVsphere();
   CHECK(symlink(pathOf("ds1/db/db.vmdk"), pathOf("ds1/web/link.vmdk")) == 0);
   CHECK(symlink(pathOf("ds1/web/web.vmdk"), pathOf("ds1/web/own.vmdk")) == 0);
   CHECK_EQUAL(VIX_E_FILE_NOT_FOUND, openInFolder("web", "nbd", "link.vmdk", READ_ONLY));
   CHECK_OK(openInFolder("web", "nbd", "own.vmdk", READ_ONLY));
   CHECK_EQUAL(VIX_E_FILE_NOT_FOUND, openInFolder("web", "nbd", "../db/db.vmdk", READ_ONLY));
   CHECK_EQUAL(VIX_E_FILE_NOT_FOUND, openInFolder("web", "nbd", "../web/web.vmdk", READ_ONLY));
   CHECK_EQUAL(VIX_E_FILE_NOT_FOUND, openInFolder("web", "nbd", pathOf("ds1/web/web.vmdk"), READ_ONLY));
   CHECK_EQUAL(VIX_E_FILE_NOT_FOUND, openInFolder("../slow", "nbd", "web.vmdk", READ_ONLY));
   stopVsphere();
}

static void foldersOfDatastoresAreKnownFrom801On(void)
{
   VixDiskLibConnectParams params = folderParams("datastore-11", "web");

   startVsphere();
   CHECK_EQUAL(version_isAtLeast(8, 0, 1) ? VIX_OK : VIX_E_NOT_SUPPORTED, tryConnect(&params, NULL));
   params.specType = (VixDiskLibSpecType)7;
   CHECK_EQUAL(VIX_E_NOT_SUPPORTED, tryConnect(&params, NULL));
   stopVsphere();
}

/* ---------------------------------------------------------------------------------------------- other functions */

static void manyFunctionsAreForLocalDisksOnly(void)
{
   VixDiskLibCreateParams create = {VIXDISKLIB_DISK_MONOLITHIC_SPARSE, VIXDISKLIB_ADAPTER_IDE, 0, 1000, 0, 0};
   VixDiskLibConnection connection;
   VixDiskLibHandle disk;
   VixDiskLibHandle localDisk;
   uint64 bytes;

   startVsphere();
   connection = connectTo("moref=vm-42", NULL, "nbd");
   localDisk = openDisk("ds1/fcd/one.vmdk", 0);
   CHECK_OK(VixDiskLib_Open(connection, WEB, 0, &disk));
   CHECK_EQUAL(VIX_E_NOT_SUPPORTED_ON_REMOTE_OBJECT,
               VixDiskLib_Create(connection, pathOf("new.vmdk"), &create, NULL, NULL));
   CHECK_EQUAL(VIX_E_NOT_SUPPORTED_ON_REMOTE_OBJECT, VixDiskLib_Unlink(connection, pathOf("ds1/db/db.vmdk")));
   CHECK_EQUAL(VIX_E_NOT_SUPPORTED_ON_REMOTE_OBJECT,
               VixDiskLib_Grow(connection, pathOf("ds1/db/db.vmdk"), 10000, FALSE, NULL, NULL));
   CHECK_EQUAL(VIX_E_NOT_SUPPORTED_ON_REMOTE_OBJECT,
               VixDiskLib_CheckRepair(connection, pathOf("ds1/db/db.vmdk"), FALSE));
   CHECK_EQUAL(VIX_E_NOT_SUPPORTED_ON_REMOTE_OBJECT,
               VixDiskLib_CreateChild(disk, pathOf("new.vmdk"), VIXDISKLIB_DISK_MONOLITHIC_SPARSE, NULL, NULL));
   CHECK_EQUAL(VIX_E_NOT_SUPPORTED_ON_REMOTE_OBJECT, VixDiskLib_Shrink(disk, NULL, NULL));
   CHECK_EQUAL(VIX_E_NOT_SUPPORTED_ON_REMOTE_OBJECT, VixDiskLib_Defragment(disk, NULL, NULL));
   CHECK_EQUAL(VIX_E_NOT_SUPPORTED_ON_REMOTE_OBJECT, VixDiskLib_IsAttachPossible(localDisk, disk));
   CHECK_EQUAL(VIX_E_NOT_SUPPORTED_ON_REMOTE_OBJECT, VixDiskLib_Attach(localDisk, disk));
   CHECK(fileExists("ds1/db/db.vmdk") && !fileExists("new.vmdk"));
   CHECK_OK(VixDiskLib_SpaceNeededForClone(disk, VIXDISKLIB_DISK_MONOLITHIC_FLAT, &bytes));
   CHECK_EQUAL(DISK_SECTORS * SECTOR, bytes);
   CHECK_OK(VixDiskLib_Close(disk));
   if (version_isAtLeast(7, 0, 0)) {
      CHECK_OK(VixDiskLib_Close(localDisk));
   }
   CHECK_OK(VixDiskLib_Disconnect(connection));
   stopVsphere();
}

/* The documented way to make a local child of a remote disk. */
static void aLocalChildIsAttachedToADiskOfAServer(void)
{
   VixDiskLibConnection connection;
   VixDiskLibHandle parent;
   VixDiskLibHandle child;
   VixDiskLibHandle model;

   startVsphere();
   connection = connectTo("moref=vm-42", NULL, "nbd");
   CHECK_OK(VixDiskLib_Open(connection, WEB, 0, &parent));
   fillPattern(buffer, 0, 4, 3);
   CHECK_OK(VixDiskLib_Write(parent, 0, 4, buffer));
   CHECK_OK(VixDiskLib_Close(parent));
   model = openDisk("slow/web.vmdk", READ_ONLY);
   CHECK_OK(VixDiskLib_CreateChild(model, pathOf("child.vmdk"), VIXDISKLIB_DISK_MONOLITHIC_SPARSE, NULL, NULL));
   CHECK_OK(VixDiskLib_Close(model));
   CHECK_OK(VixDiskLib_Open(connection, WEB, READ_ONLY, &parent));
   child = openDisk("child.vmdk", VIXDISKLIB_FLAG_OPEN_SINGLE_LINK);
   CHECK_OK(VixDiskLib_IsAttachPossible(parent, child));
   CHECK_OK(VixDiskLib_Attach(parent, child));
   memset(buffer, 0, sizeof buffer);
   CHECK_OK(VixDiskLib_Read(child, 0, 4, buffer));
   checkPattern(buffer, 0, 4, 3);
   CHECK_OK(VixDiskLib_Close(child));
   if (version_isAtLeast(7, 0, 0)) {
      CHECK_OK(VixDiskLib_Close(parent));
   }
   CHECK_OK(VixDiskLib_Disconnect(connection));
   stopVsphere();
}

static VixError cloneToServer(VixDiskLibConnection connection, const char *path, int type, bool overwrite)
{
   VixDiskLibCreateParams params = {.diskType = (VixDiskLibDiskType)type};

   return VixDiskLib_Clone(connection, path, local, pathOf("source.vmdk"), &params, NULL, NULL, overwrite);
}

static void makeSource(void)
{
   VixDiskLibHandle disk;

   createDisk("source.vmdk", VIXDISKLIB_DISK_MONOLITHIC_SPARSE, DISK_SECTORS + 1000);
   disk = openDisk("source.vmdk", 0);
   fillPattern(buffer, 100, 300, 4);
   CHECK_OK(VixDiskLib_Write(disk, 100, 300, buffer));
   CHECK_OK(VixDiskLib_Close(disk));
}

static void checkClone(const char *name, const char *createType, bool isThin)
{
   VixDiskLibHandle disk = openDisk(name, READ_ONLY);
   char value[8] = "";
   size_t length;
   uint8 *descriptor;

   memset(buffer, 0, sizeof buffer);
   CHECK_OK(VixDiskLib_Read(disk, 100, 300, buffer));
   checkPattern(buffer, 100, 300, 4);
   CHECK_EQUAL(isThin ? VIX_OK : VIX_E_DISK_KEY_NOTFOUND,
               VixDiskLib_ReadMetadata(disk, "thinProvisioned", value, sizeof value, NULL));
   CHECK(strcmp(isThin ? "1" : "", value) == 0);
   CHECK_OK(VixDiskLib_Close(disk));
   descriptor = readFile(name, &length);
   CHECK(strstr((char *)descriptor, createType) != NULL);
   free(descriptor);
}

static void aLocalDiskReplacesOneOfAServer(void)
{
   VixDiskLibConnection connection;

   startVsphere();
   makeSource();
   connection = connectTo("moref=vm-42", NULL, "nbd");
   CHECK_EQUAL(VIX_E_FILE_ALREADY_EXISTS, cloneToServer(connection, WEB, VIXDISKLIB_DISK_VMFS_THIN, false));
   CHECK_EQUAL(VIX_E_FILE_NOT_FOUND, cloneToServer(connection, "[ds1] web/new.vmdk", VIXDISKLIB_DISK_VMFS_FLAT, true));
   CHECK_EQUAL(VIX_E_FILE_NOT_FOUND, cloneToServer(connection, DATABASE, VIXDISKLIB_DISK_VMFS_FLAT, true));
   CHECK_OK(cloneToServer(connection, WEB, VIXDISKLIB_DISK_VMFS_THIN, true));
   checkClone("ds1/web/web.vmdk", "vmfs", true);
   CHECK_OK(cloneToServer(connection, WEB, VIXDISKLIB_DISK_STREAM_OPTIMIZED, true));
   checkClone("ds1/web/web.vmdk", "vmfs", false);
   CHECK_OK(cloneToServer(connection, WEB, 4711, true)); /* nothing else counts, not even whether it is there */
   CHECK(unlink(pathOf("slow/web.vmdk")) == 0);
   CHECK_EQUAL(VIX_E_FILE_NOT_FOUND, cloneToServer(connection, "[slow] web.vmdk", VIXDISKLIB_DISK_VMFS_FLAT, true));
   CHECK_OK(VixDiskLib_Disconnect(connection));
   stopVsphere();
}

static void aCloneToAServerNeedsAMachineThatIsOff(void)
{
   VixDiskLibConnectParams params = fcdParams("6f0b2c4e", "datastore-11", NULL);
   VixDiskLibConnection connection;

   startVsphere();
   makeSource();
   connection = connectTo("moref=vm-43", NULL, "nbd");
   CHECK_EQUAL(VIX_E_FILE_ACCESS_ERROR, cloneToServer(connection, DATABASE, VIXDISKLIB_DISK_VMFS_FLAT, true));
   editInventory("power = on", "power = off");
   CHECK_OK(cloneToServer(connection, DATABASE, VIXDISKLIB_DISK_VMFS_FLAT, true));
   CHECK_OK(VixDiskLib_Disconnect(connection));
   if (version_isAtLeast(6, 7, 0)) {
      CHECK_OK(VixDiskLib_ConnectEx(&params, FALSE, NULL, NULL, &connection));
      CHECK_EQUAL(VIX_E_NOT_SUPPORTED,
                  cloneToServer(connection, "[ds1] fcd/one.vmdk", VIXDISKLIB_DISK_VMFS_FLAT, true));
      CHECK_OK(VixDiskLib_Disconnect(connection));
   }
   params = paramsFor(VCENTER, "moref=vm-42");
   CHECK_OK(VixDiskLib_ConnectEx(&params, TRUE, NULL, NULL, &connection));
   CHECK_EQUAL(VIX_E_FILE_READ_ONLY, cloneToServer(connection, WEB, VIXDISKLIB_DISK_VMFS_FLAT, true));
   CHECK_OK(VixDiskLib_Disconnect(connection));
   params.creds.uid.userName = params.creds.uid.password = text("reader");
   CHECK_OK(VixDiskLib_ConnectEx(&params, FALSE, NULL, NULL, &connection));
   CHECK_EQUAL(VIX_E_HOST_USER_PERMISSIONS, cloneToServer(connection, WEB, VIXDISKLIB_DISK_VMFS_FLAT, true));
   CHECK_OK(VixDiskLib_Disconnect(connection));
   stopVsphere();
}

static void aDiskOfAServerIsClonedAsALocalOne(void)
{
   VixDiskLibCreateParams params = {VIXDISKLIB_DISK_STREAM_OPTIMIZED, VIXDISKLIB_ADAPTER_IDE, 0, 0, 0, 0};
   VixDiskLibConnection connection;

   startVsphere();
   makeSource();
   connection = connectTo("moref=vm-42", NULL, "nbd");
   CHECK_OK(cloneToServer(connection, WEB, VIXDISKLIB_DISK_VMFS_FLAT, true));
   CHECK_OK(VixDiskLib_Clone(local, pathOf("copy.vmdk"), connection, WEB, &params, NULL, NULL, FALSE));
   checkClone("copy.vmdk", "KDMV", false);
   CHECK_EQUAL(VIX_E_FILE_ALREADY_EXISTS,
               VixDiskLib_Clone(local, pathOf("copy.vmdk"), connection, WEB, &params, NULL, NULL, FALSE));
   CHECK_EQUAL(VIX_E_FILE_NOT_FOUND,
               VixDiskLib_Clone(local, pathOf("other.vmdk"), connection, DATABASE, &params, NULL, NULL, FALSE));
   CHECK_EQUAL(VIX_E_NOT_SUPPORTED_ON_REMOTE_OBJECT,
               VixDiskLib_Clone(connection, "[slow] web.vmdk", connection, WEB, &params, NULL, NULL, TRUE));
   CHECK_OK(VixDiskLib_Disconnect(connection));
   connection = connectTo("moref=vm-43", NULL, "nbd");
   CHECK_EQUAL(VIX_E_FILE_ACCESS_ERROR,
               VixDiskLib_Clone(local, pathOf("other.vmdk"), connection, DATABASE, &params, NULL, NULL, FALSE));
   CHECK(!fileExists("other.vmdk"));
   CHECK_OK(VixDiskLib_Disconnect(connection));
   stopVsphere();
}

static void aFirstClassDiskIsClonedWithoutItsPath(void)
{
   VixDiskLibCreateParams create = {VIXDISKLIB_DISK_MONOLITHIC_SPARSE, VIXDISKLIB_ADAPTER_IDE, 0, 0, 0, 0};
   VixDiskLibConnectParams params = fcdParams("6f0b2c4e", "datastore-11", NULL);
   VixDiskLibConnection connection;

   startVsphere();
   CHECK_OK(VixDiskLib_ConnectEx(&params, FALSE, NULL, NULL, &connection));
   CHECK_OK(VixDiskLib_Clone(local, pathOf("copy.vmdk"), connection, NULL, &create, NULL, NULL, FALSE));
   CHECK_OK(tryOpen("copy.vmdk", 0));
   CHECK_OK(VixDiskLib_Disconnect(connection));
   stopVsphere();
}

static void theParametersOfAConnectionAreGivenBack(void)
{
   VixDiskLibConnection connection;
   VixDiskLibConnectParams *copy;

   startVsphere();
   connection = connectTo("moref=vm-42", "snapshot-48", NULL);
   CHECK_OK(VixDiskLib_GetConnectParams(connection, &copy));
   CHECK(strcmp(VCENTER, copy->serverName) == 0 && strcmp("moref=vm-42", copy->vmxSpec) == 0);
   CHECK(strcmp("backup", copy->creds.uid.userName) == 0);
   VixDiskLib_FreeConnectParams(copy);
   CHECK_OK(VixDiskLib_Disconnect(connection));
   stopVsphere();
}

/* ------------------------------------------------------------------------------------------------------- faults */

static VixError openWithFault(int fault, const char *transports)
{
   VixError error;

   CHECK(VixDiskLib_SetInjectedFault(fault, TRUE, VIX_E_HOST_TCP_CONN_LOST));
   error = openOnce("moref=vm-42", NULL, transports, WEB, READ_ONLY);
   CHECK(VixDiskLib_SetInjectedFault(fault, FALSE, 0));
   return error;
}

static void injectedFaultsMakeTransportsFail(void)
{
   static const int ofSan[] = {VDDK_FAULT_SAN_SERVER_CONNECT, VDDK_FAULT_SAN_BLOCK_LIST_INIT,
                               VDDK_FAULT_SAN_UNKNOWN_ADAPTER, VDDK_FAULT_SAN_DISK_OPEN};
   static const int ofHotAdd[] = {VDDK_FAULT_HOTADD_DISK_NOT_FOUND, VDDK_FAULT_HOTADD_ADD_FAILED,
                                  VDDK_FAULT_HOTADD_AHCI_ONLY};

   startVsphere();
   for (size_t i = 0; i < 4; i++) {
      CHECK_EQUAL(VIX_E_HOST_TCP_CONN_LOST, openWithFault(ofSan[i], "san"));
      CHECK_OK(openWithFault(ofSan[i], "san:nbd"));
      CHECK_OK(openWithFault(ofSan[i], "hotadd"));
   }
   for (size_t i = 0; i < 3; i++) {
      CHECK_EQUAL(VIX_E_HOST_TCP_CONN_LOST, openWithFault(ofHotAdd[i], "hotadd"));
      CHECK_OK(openWithFault(ofHotAdd[i], "hotadd:nbd"));
      CHECK_OK(openWithFault(ofHotAdd[i], "san"));
   }
   stopVsphere();
}

/* What an asynchronous request tells its callback. */
static VixError readAsync(VixDiskLibHandle disk)
{
   VixError result = VIX_ASYNC;

   CHECK_EQUAL(VIX_ASYNC, VixDiskLib_ReadAsync(disk, 0, 1, buffer, keepResult, &result));
   CHECK_OK(VixDiskLib_Wait(disk));
   return result;
}

static void injectedFaultsOccurLaterToo(void)
{
   static const int ofLogin[] = {VDDK_FAULT_VIM_LOAD_BAD_KEY, VDDK_FAULT_VIM_BAD_TICKET};
   static const int ofReading[] = {VDDK_FAULT_SAN_START_IO, VDDK_FAULT_SAN_IO};
   VixDiskLibConnectParams params = paramsFor(VCENTER, "moref=vm-42");
   VixDiskLibConnection connection;
   VixDiskLibHandle disk;

   startVsphere();
   for (size_t i = 0; i < 2; i++) {
      CHECK(VixDiskLib_SetInjectedFault(ofLogin[i], TRUE, VIX_E_FAIL));
      CHECK_EQUAL(VIX_E_FAIL, tryConnect(&params, NULL));
      CHECK(VixDiskLib_SetInjectedFault(ofLogin[i], FALSE, 0));
   }
   connection = connectTo("moref=vm-42", NULL, "san");
   CHECK_OK(VixDiskLib_Open(connection, WEB, READ_ONLY, &disk));
   for (size_t i = 0; i < 2; i++) {
      CHECK(VixDiskLib_SetInjectedFault(ofReading[i], TRUE, VIX_E_FAIL));
      CHECK_EQUAL(VIX_E_FAIL, VixDiskLib_Read(disk, 0, 1, buffer));
      CHECK(VixDiskLib_SetInjectedFault(ofReading[i], FALSE, 0));
      CHECK_OK(VixDiskLib_Read(disk, 0, 1, buffer));
   }
   CHECK(VixDiskLib_SetInjectedFault(VDDK_FAULT_SAN_ASYNC_IO, TRUE, VIX_E_FILE_ERROR));
   CHECK_OK(VixDiskLib_Read(disk, 0, 1, buffer));
   CHECK_EQUAL(VIX_E_FILE_ERROR, readAsync(disk));
   CHECK(VixDiskLib_SetInjectedFault(VDDK_FAULT_SAN_ASYNC_IO, FALSE, 0));
   CHECK_OK(readAsync(disk));
   CHECK_OK(VixDiskLib_Close(disk));
   CHECK_OK(VixDiskLib_Disconnect(connection));
   connection = connectTo("moref=vm-42", NULL, "hotadd");
   CHECK_OK(VixDiskLib_Open(connection, WEB, READ_ONLY, &disk));
   CHECK(VixDiskLib_SetInjectedFault(VDDK_FAULT_HOTADD_REMOVE_FAILED, TRUE, VIX_E_FAIL));
   CHECK_EQUAL(VIX_E_FAIL, VixDiskLib_Close(disk));
   CHECK(VixDiskLib_SetInjectedFault(VDDK_FAULT_HOTADD_REMOVE_FAILED, FALSE, 0));
   CHECK_OK(VixDiskLib_Disconnect(connection));
   stopVsphere();
}

/* ---------------------------------------------------------------------------------------------------- inventory */

static void anotherInventoryCanBeTakenAtAnyTime(void)
{
   VixDiskLibConnectParams params = paramsFor("other.example", "moref=vm-1");
   VixDiskLibConnectParams first = paramsFor(VCENTER, "moref=vm-42");

   startVsphere();
   writeText("other.ini", "[server other.example]\n[user backup]\npassword = \""
                          "s3cret#of the\"\"user\"\n[vm vm-1]\n");
   CHECK_EQUAL(FALSE, VddkFake_SetInventory(pathOf("none.ini")));
   CHECK_OK(tryConnect(&first, NULL));
   CHECK_EQUAL(TRUE, VddkFake_SetInventory(pathOf("other.ini")));
   CHECK_OK(tryConnect(&params, NULL));
   CHECK_EQUAL(VIX_E_HOST_SERVER_NOT_FOUND, tryConnect(&first, NULL));
   CHECK_EQUAL(TRUE, VddkFake_SetInventory(""));
   CHECK_OK(tryConnect(&first, NULL));
   CHECK_EQUAL(VIX_E_HOST_SERVER_NOT_FOUND, tryConnect(&params, NULL));
   stopVsphere();
}

/* Folders count from that of the inventory, so the same text somewhere else is another one. */
static void aCopyOfTheInventoryIsAnotherOne(void)
{
   size_t length;
   uint8 *inventory;

   startVsphere();
   CHECK_OK(openOnce("moref=vm-42", NULL, "nbd", WEB, 0));
   inventory = readFile("inventory.ini", &length);
   CHECK(mkdir(pathOf("elsewhere"), 0777) == 0);
   writeFile("elsewhere/copy.ini", inventory, length);
   free(inventory);
   CHECK_EQUAL(TRUE, VddkFake_SetInventory(pathOf("elsewhere/copy.ini")));
   CHECK_EQUAL(VIX_E_FILE_NOT_FOUND, openOnce("moref=vm-42", NULL, "nbd", WEB, 0));
   CHECK_EQUAL(TRUE, VddkFake_SetInventory(NULL));
   CHECK_OK(openOnce("moref=vm-42", NULL, "nbd", WEB, 0));
   stopVsphere();
}

static void whatGoesAwayFromTheInventoryIsMissed(void)
{
   VixDiskLibConnection connection;
   VixDiskLibHandle disk;

   startVsphere();
   connection = connectTo("moref=vm-42", "snapshot-48", "nbd");
   CHECK_OK(VixDiskLib_Open(connection, WEB, READ_ONLY, &disk));
   editInventory("[snapshot snapshot-48]", "[snapshot snapshot-49]");
   CHECK_EQUAL(VIX_E_SNAPSHOT_NOTFOUND, tryOpenOn(connection, WEB, READ_ONLY));
   editInventory("[vm vm-42]", "[vm vm-62]");
   editInventory("vm = vm-42", "vm = vm-62");
   CHECK_EQUAL(VIX_E_VM_NOT_FOUND, tryOpenOn(connection, WEB, READ_ONLY));
   CHECK_OK(VixDiskLib_Read(disk, 0, 1, buffer));
   CHECK(unlink(pathOf("inventory.ini")) == 0);
   CHECK_EQUAL(VIX_E_INVALID_ARG, tryOpenOn(connection, WEB, READ_ONLY));
   CHECK(wasLogged("cannot be read (error 4)"));
   CHECK_OK(VixDiskLib_Close(disk));
   CHECK_OK(VixDiskLib_Disconnect(connection));
   stopVsphere();
}

static void mistakesInTheInventoryAreToldAndKeepItFromBeingUsed(void)
{
   static const struct {
      const char *text;
      const char *told;
   } mistakes[] = {
      {"port = 1\n", "line 1 of the inventory"},
      {"\n[server a\n", "line 2 of the inventory"},
      {"[server a]\ntype = vCenter\n", "type is not \"vCenter\"; write one of vcenter, esxi"},
      {"[server a]\nport = 0\n", "write a number from 1 to 65535"},
      {"[server a]\nport = 443x\n", "port is not \"443x\""},
      {"[server a]\nport = 443\nport = 443\n", "line 3"},
      {"[server a]\nthumbprint = 11:22\n", "no thumbprint"},
      {"[server a]\nnfcMemory = 48MB\n", "write a size such as 48MiB"},
      {"[server a]\nstate =\n", "\"state\" has no value"},
      {"[server a]\n[server a]\n", "[server a] is there already"},
      {"[server ]\n", "has no name"},
      {"[user a]\nprivileges = read, rite\n", "not \"rite\""},
      {"[user a]\nservers = b\n", "there is no server \"b\"; add a section [server b]"},
      {"[datastore a]\n", "[datastore a] lacks \"folder\""},
      {"[datastore a]\nfolder = a\ntransports = nbd:smb\n", "\"smb\" is no transport"},
      {"[vm a]\nserver = b\n", "there is no server \"b\""},
      {"[vm a]\ndisk = a.vmdk\n", "\"a.vmdk\" is no disk; write it as [datastore] folder/disk.vmdk"},
      {"[vm a]\ndisk = [b] a.vmdk\n", "there is no datastore \"b\""},
      {"[vm a]\ndisk = [b] ../a.vmdk\n", "leads out of the datastore"},
      {"[snapshot a]\nvm = b\n", "there is no machine \"b\""},
      {"[snapshot a]\n", "lacks \"vm\""},
      {"[datastore a]\nfolder = a\nmoref = c\n[datastore b]\nfolder = b\nmoref = c\n", "that of another datastore"},
      {"[fcd a]\npath = a\ndatastore = b\n", "no datastore with the moref \"b\""},
      {"[fcd a]\npath = ../a\ndatastore = b\n", "leads out of the datastore"},
      {"[fcd a]\npath = /a\ndatastore = b\n", "\"/a\" leads out of the datastore"},
      {"[fcd a]\nsnapshot = b\n", "identifier and its path"},
      {"[user a]\nname\n", "neither a section nor of the form key = value"},
      {"[user a]\npassword = \"a\"b\n", "do not match"},
      {"[user \xff]\n", "not in UTF-8"},
   };
   VixDiskLibConnectParams params = paramsFor("a", "moref=vm-42");

   startVsphere();
   for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
      CHECK(!wasLogged(mistakes[i].told) || i == 1);
      writeText("inventory.ini", mistakes[i].text);
      CHECK_EQUAL(VIX_E_INVALID_ARG, tryConnect(&params, NULL));
      CHECK(wasLogged(mistakes[i].told));
      stopVsphere();
      startVsphere();
   }
   writeFile("inventory.ini", "[server a]\n\0", 12);
   CHECK_EQUAL(VIX_E_INVALID_ARG, tryConnect(&params, NULL));
   CHECK(wasLogged("NUL byte"));
   stopVsphere();
}

static void whatIsUnknownInTheInventoryIsOverlooked(void)
{
   VixDiskLibConnectParams params = paramsFor("a", "moref=b");

   writeText("inventory.ini", "\xef\xbb\xbf[server a]\r\ncolour = blue\r\n[planet mars]\r\nmoons = 2\r\n[vm b]#c\n# d\n"
                              "[user backup] # e\npassword = \"s3cret#of the\"\"user\" # f\n[vm b#c]\n");
   startVsphereWith("", false);
   CHECK_EQUAL(VIX_E_INVALID_ARG, tryConnect(&params, NULL)); /* a comment follows a blank */
   CHECK(wasLogged("line 5") && wasLogged("lacks its \"]\""));
   editInventory("[vm b]#c", "[vm b] #c");
   CHECK_OK(tryConnect(&params, NULL));
   CHECK(wasLogged("line 2 of the inventory") && wasLogged("\"colour\" is no key of a server"));
   CHECK(wasLogged("sections of the kind \"planet\" are not known"));
   params.vmxSpec = text("moref=b#c");
   CHECK_OK(tryConnect(&params, NULL));
   stopVsphere();
}

static void secretsAreToldToNobody(void)
{
   VixDiskLibConnectParams params = paramsFor(VCENTER, "moref=vm-42");

   startVsphere();
   CHECK_OK(tryConnect(&params, NULL));
   params.creds.uid.password = text("another secret");
   CHECK_EQUAL(VIX_E_AUTHENTICATION_FAIL, tryConnect(&params, NULL));
   editInventory("password = reader", "password reader-secret");
   CHECK_EQUAL(VIX_E_INVALID_ARG, tryConnect(&params, NULL));
   editInventory("password reader-secret", "pasword = reader-secret");
   editInventory("password = nobody", "password = \"nobody-secret");
   CHECK_EQUAL(VIX_E_INVALID_ARG, tryConnect(&params, NULL));
   CHECK(wasLogged("\"pasword\" is no key"));
   CHECK(!wasLogged("s3cret") && !wasLogged("another secret") && !wasLogged("-secret") && !wasLogged(COOKIE));
   stopVsphere();
}

int main(void)
{
   bool knowsSpecs = version_isAtLeast(6, 7, 0);

   RUN(aDiskOfAServerIsReadAndWritten);
   RUN(connectIsConnectExWithoutSnapshotAndTransports);
   RUN(whatAConnectionNeedsHasToBeThere);
   RUN(emptyTextsAreAbsentOnes);
   RUN(serversAreFoundByTheirNameInAnyCase);
   RUN(theWrongPortIsRefused);
   RUN(aServerThatIsNotUpIsNotReached);
   RUN(whoIsNotKnownDoesNotGetIn);
   RUN(aSessionIsAsGoodAsAPassword);
   RUN(otherCredentialsAreNotSupported);
   RUN(virtualMachinesAreNamedInSeveralWays);
   RUN(aSnapshotIsOneOfTheVirtualMachine);
   RUN(aServerTakesSoManyConnections);
   RUN(fiftyTwoConnectionsAreWhatAServerTakes);
   RUN(theThumbprintIsComparedInOpen);
   RUN(thePortForDataIsTriedInOpen);
   RUN(theFirstTransportThatWorksIsTaken);
   RUN(advancedTransportsNeedThePlugin);
   RUN(onlyDisksOfTheVirtualMachineAreOpened);
   RUN(aRunningMachineIsReadFromASnapshot);
   RUN(sanAndHotAddWriteBelowASnapshotOnly);
   RUN(everythingNeedsItsPrivilege);
   RUN(aReadOnlyConnectionHasReadOnlyDisks);
   RUN(atMostOneKindOfCompressionIsAskedFor);
   RUN(singleLinkIsForLocalDisks);
   RUN(sixteenMebibytesOfBuffersAreTheMostOfASession);
   RUN(aHostHasSoMuchMemoryForItsDisks);
   RUN(anAsynchronousRequestLearnsOfMemoryFromItsCallback);
   if (knowsSpecs) {
      RUN(aFirstClassDiskIsOpenedWithoutItsPath);
      RUN(aFirstClassDiskIsInItsDatastore);
      RUN(aFirstClassDiskIsClonedWithoutItsPath);
      RUN(foldersOfDatastoresAreKnownFrom801On);
   } else {
      RUN(oldVersionsKnowVirtualMachinesOnly);
   }
   if (version_isAtLeast(8, 0, 1)) {
      RUN(aFolderOfADatastoreHasDisks);
      RUN(nothingOutsideOfTheFolderIsOpened);
   }
   RUN(manyFunctionsAreForLocalDisksOnly);
   RUN(aLocalChildIsAttachedToADiskOfAServer);
   RUN(aLocalDiskReplacesOneOfAServer);
   RUN(aCloneToAServerNeedsAMachineThatIsOff);
   RUN(aDiskOfAServerIsClonedAsALocalOne);
   RUN(theParametersOfAConnectionAreGivenBack);
   RUN(injectedFaultsMakeTransportsFail);
   RUN(injectedFaultsOccurLaterToo);
   RUN(anotherInventoryCanBeTakenAtAnyTime);
   RUN(aCopyOfTheInventoryIsAnotherOne);
   RUN(whatGoesAwayFromTheInventoryIsMissed);
   RUN(mistakesInTheInventoryAreToldAndKeepItFromBeingUsed);
   RUN(whatIsUnknownInTheInventoryIsOverlooked);
   RUN(secretsAreToldToNobody);
   return finish();
}
