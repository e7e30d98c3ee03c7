/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * An inventory with any contents is refused, or everything that it names is there.
 */
#include <string.h>

#include "fuzz.h"
#include "inventory.h"

static void checkServers(const Inventory *inventory, const InventoryList *servers)
{
   const InventoryText *names = servers->items;

   for (size_t i = 0; i < servers->count; i++) {
      const InventoryServer *server = inventory_server(inventory, names[i].text);

      FUZZ_CHECK(server != NULL && inventory_isOn(servers, server));
   }
}

static void checkDisks(const Inventory *inventory, const InventoryList *list)
{
   const InventoryDisk *disks = list->items;

   for (size_t i = 0; i < list->count; i++) {
      const InventoryDatastore *datastore = inventory_datastore(inventory, disks[i].datastore);

      FUZZ_CHECK(datastore != NULL && datastore->folder != NULL && datastore->folder[0] == '/');
      FUZZ_CHECK(inventory_staysInside(disks[i].path));
   }
}

static void checkServer(const InventoryServer *server)
{
   FUZZ_CHECK(server->entry.id[0] != '\0' && server->entry.line > 0);
   FUZZ_CHECK(server->port > 0 && server->port <= 65535 && server->nfcPort > 0 && server->nfcPort <= 65535);
}

static void checkUser(const Inventory *inventory, const InventoryUser *user)
{
   const InventoryText *sessions = user->sessions.items;

   checkServers(inventory, &user->servers);
   for (size_t i = 0; user->servers.count == 0 && inventory->servers.count > 0 && i < user->sessions.count; i++) {
      FUZZ_CHECK(inventory_userOfSession(inventory, inventory->servers.items, sessions[i].text) != NULL);
   }
}

static void checkFcd(const Inventory *inventory, const InventoryFcd *fcd)
{
   const InventoryFcdSnapshot *snapshots = fcd->snapshots.items;

   FUZZ_CHECK(inventory_datastoreOfMoref(inventory, fcd->datastore) != NULL && inventory_staysInside(fcd->path));
   for (size_t i = 0; i < fcd->snapshots.count; i++) {
      FUZZ_CHECK(snapshots[i].id[0] != '\0' && inventory_staysInside(snapshots[i].path));
   }
}

static void checkAll(const Inventory *inventory)
{
   for (size_t i = 0; i < inventory->servers.count; i++) {
      checkServer((const InventoryServer *)inventory->servers.items + i);
   }
   for (size_t i = 0; i < inventory->users.count; i++) {
      checkUser(inventory, (const InventoryUser *)inventory->users.items + i);
   }
   for (size_t i = 0; i < inventory->vms.count; i++) {
      const InventoryVm *vm = (const InventoryVm *)inventory->vms.items + i;

      FUZZ_CHECK(inventory_vm(inventory, vm->entry.id) == vm);
      checkServers(inventory, &vm->servers);
      checkDisks(inventory, &vm->disks);
   }
   for (size_t i = 0; i < inventory->snapshots.count; i++) {
      const InventorySnapshot *snapshot = (const InventorySnapshot *)inventory->snapshots.items + i;

      FUZZ_CHECK(inventory_vm(inventory, snapshot->vm) != NULL);
      checkDisks(inventory, &snapshot->disks);
   }
   for (size_t i = 0; i < inventory->fcds.count; i++) {
      checkFcd(inventory, (const InventoryFcd *)inventory->fcds.items + i);
   }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
   Inventory *inventory = inventory_parse("/folder/inventory.ini", (const char *)data, size);
   Inventory *again = inventory_parse("/folder/inventory.ini", (const char *)data, size);

   FUZZ_CHECK((inventory == NULL) == (again == NULL));
   if (inventory != NULL) {
      checkAll(inventory);
      FUZZ_CHECK(inventory->vms.count == again->vms.count);
   }
   inventory_free(inventory);
   inventory_free(again);
   return 0;
}
