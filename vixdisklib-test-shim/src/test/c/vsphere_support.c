/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "vsphere_support.h"

#include <sys/stat.h>

#include "version.h"

static const char inventory[] = "# a vCenter and a host of its own\n"
                                "[server vcenter.example]\n"
                                "type = vcenter\n"
                                "thumbprint = 5A:7B:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:01:02\n"
                                "[server esxi.example] # with other ports\n"
                                "type = esxi\n"
                                "port = 8443\n"
                                "nfcPort = 9902\n"
                                "\n"
                                "[user backup]\n"
                                "password = \"s3cret#of the\"\"user\"   # which is hard to write\n"
                                "session = " COOKIE "\n"
                                "[user reader]\n"
                                "password = reader\n"
                                "privileges = read\n"
                                "[user nobody]\n"
                                "password = nobody\n"
                                "privileges = write, prepare\n"
                                "[user local]\n"
                                "password = local\n"
                                "servers = esxi.example\n"
                                "\n"
                                "[datastore ds1]\n"
                                "moref = datastore-11\n"
                                "folder = ds1\n"
                                "transports = hotadd:nbd:nbdssl:san\n"
                                "[datastore slow]\n"
                                "moref = datastore-12\n"
                                "folder = slow\n"
                                "\n"
                                "[vm vm-42]\n"
                                "name = web\n"
                                "server = vcenter.example\n"
                                "disk = [ds1] web/web.vmdk\n"
                                "disk = [slow] web.vmdk\n"
                                "[vm vm-43]\n"
                                "name = database server\n"
                                "power = on\n"
                                "disk = [ds1] db/db.vmdk\n"
                                "disk = [ds1] db/log.vmdk\n"
                                "[vm vm-44]\n"
                                "server = esxi.example\n"
                                "[snapshot snapshot-47]\n"
                                "vm = vm-43\n"
                                "disk = [ds1] db/db.vmdk\n"
                                "[snapshot snapshot-48]\n"
                                "vm = vm-42\n"
                                "\n"
                                "[fcd 6f0b2c4e]\n"
                                "datastore = datastore-11\n"
                                "path = fcd/one.vmdk\n"
                                "snapshot = 8c1d fcd/one-000001.vmdk\n"
                                "[fcd attached]\n"
                                "datastore = datastore-11\n"
                                "path = web/web.vmdk\n";

static void makeDisks(void)
{
   static const char *const folders[] = {"ds1", "ds1/web", "ds1/db", "ds1/fcd", "slow"};
   static const char *const disks[] = {"ds1/web/web.vmdk", "ds1/db/db.vmdk",          "ds1/db/log.vmdk",
                                       "ds1/fcd/one.vmdk", "ds1/fcd/one-000001.vmdk", "slow/web.vmdk"};

   for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
      CHECK(mkdir(pathOf(folders[i]), 0777) == 0);
   }
   for (size_t i = 0; i < sizeof disks / sizeof disks[0]; i++) {
      createDisk(disks[i], VIXDISKLIB_DISK_MONOLITHIC_SPARSE, DISK_SECTORS);
   }
}

void startVsphereWith(const char *settings, bool withPlugin)
{
   char config[1024];

   snprintf(config, sizeof config, "vddkFake.inventory = inventory.ini\n%s", settings);
   if (!fileExists("inventory.ini")) {
      writeText("inventory.ini", inventory);
   }
   writeText("vddk.conf", config);
   CHECK_OK(tryStartLibraryIn(withPlugin ? getenv("VDDK_DIR") : NULL, version_own.major, version_own.minor,
                              pathOf("vddk.conf")));
   CHECK_EQUAL(withPlugin, strstr(VixDiskLib_ListTransportModes(), "hotadd") != NULL);
   local = connectLocally();
   if (!fileExists("ds1")) {
      makeDisks();
   }
}

void startVsphere(void)
{
   startVsphereWith("", true);
}

void stopVsphere(void)
{
   stopLibrary();
}

void editInventory(const char *from, const char *to)
{
   size_t length;
   char *text = (char *)readFile("inventory.ini", &length);
   char *place = strstr(text, from);
   char *edited = malloc(length + strlen(to) + 1);

   CHECK(place != NULL && edited != NULL);
   sprintf(edited, "%.*s%s%s", (int)(place - text), text, to, place + strlen(from));
   writeText("inventory.ini", edited);
   free(edited);
   free(text);
}

VixDiskLibConnectParams paramsFor(const char *server, const char *spec)
{
   VixDiskLibConnectParams params = {
      .vmxSpec = (char *)(uintptr_t)spec, .serverName = (char *)(uintptr_t)server, .credType = VIXDISKLIB_CRED_UID};

   params.creds.uid.userName = (char *)(uintptr_t) "backup";
   params.creds.uid.password = (char *)(uintptr_t)SECRET;
   return params;
}

VixDiskLibConnection connectTo(const char *spec, const char *snapshot, const char *transports)
{
   VixDiskLibConnectParams params = paramsFor("vcenter.example", spec);
   VixDiskLibConnection connection;

   CHECK_OK(VixDiskLib_ConnectEx(&params, FALSE, snapshot, transports, &connection));
   return connection;
}

VixError tryConnect(const VixDiskLibConnectParams *params, const char *snapshot)
{
   VixDiskLibConnection connection;
   VixError error = VixDiskLib_ConnectEx(params, FALSE, snapshot, NULL, &connection);

   if (error == VIX_OK) {
      CHECK_OK(VixDiskLib_Disconnect(connection));
   } else {
      CHECK(connection == NULL);
   }
   return error;
}

VixError tryOpenOn(VixDiskLibConnection connection, const char *path, uint32 flags)
{
   VixDiskLibHandle disk;
   VixError error = VixDiskLib_Open(connection, path, flags, &disk);

   if (error == VIX_OK) {
      CHECK_OK(VixDiskLib_Close(disk));
   } else {
      CHECK(disk == NULL);
   }
   return error;
}
