/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "inventory.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* --------------------------------------------------------------------------------------------------- finding */

static const InventoryEntry *findEntry(const InventoryList *list, size_t size, const char *id,
                                       int (*compare)(const char *, const char *))
{
   const char *items = list->items;

   for (size_t i = 0; i < list->count; i++) {
      const InventoryEntry *entry = (const void *)(items + i * size);

      if (compare(entry->id, id) == 0) {
         return entry;
      }
   }
   return NULL;
}

const InventoryServer *inventory_server(const Inventory *inventory, const char *name)
{
   return (const void *)findEntry(&inventory->servers, sizeof(InventoryServer), name, strcasecmp);
}

const InventoryDatastore *inventory_datastore(const Inventory *inventory, const char *name)
{
   return (const void *)findEntry(&inventory->datastores, sizeof(InventoryDatastore), name, strcmp);
}

const InventoryDatastore *inventory_datastoreOfMoref(const Inventory *inventory, const char *moref)
{
   const InventoryDatastore *datastores = inventory->datastores.items;

   for (size_t i = 0; i < inventory->datastores.count; i++) {
      if (datastores[i].moref != NULL && strcmp(datastores[i].moref, moref) == 0) {
         return &datastores[i];
      }
   }
   return NULL;
}

const InventoryVm *inventory_vm(const Inventory *inventory, const char *moref)
{
   return (const void *)findEntry(&inventory->vms, sizeof(InventoryVm), moref, strcmp);
}

const InventorySnapshot *inventory_snapshot(const Inventory *inventory, const char *moref)
{
   return (const void *)findEntry(&inventory->snapshots, sizeof(InventorySnapshot), moref, strcmp);
}

const InventoryFcd *inventory_fcd(const Inventory *inventory, const char *id)
{
   return (const void *)findEntry(&inventory->fcds, sizeof(InventoryFcd), id, strcmp);
}

bool inventory_isOn(const InventoryList *servers, const InventoryServer *server)
{
   const InventoryText *names = servers->items;
   size_t i = 0;

   while (i < servers->count && strcasecmp(names[i].text, server->entry.id) != 0) {
      i++;
   }
   return servers->count == 0 || i < servers->count;
}

const InventoryUser *inventory_user(const Inventory *inventory, const InventoryServer *server, const char *name)
{
   const InventoryUser *user = (const void *)findEntry(&inventory->users, sizeof(InventoryUser), name, strcmp);

   return user != NULL && inventory_isOn(&user->servers, server) ? user : NULL;
}

static bool hasSession(const InventoryUser *user, const char *cookie)
{
   const InventoryText *sessions = user->sessions.items;
   size_t i = 0;

   while (i < user->sessions.count && strcmp(sessions[i].text, cookie) != 0) {
      i++;
   }
   return i < user->sessions.count;
}

const InventoryUser *inventory_userOfSession(const Inventory *inventory, const InventoryServer *server,
                                             const char *cookie)
{
   const InventoryUser *users = inventory->users.items;

   for (size_t i = 0; i < inventory->users.count; i++) {
      if (inventory_isOn(&users[i].servers, server) && hasSession(&users[i], cookie)) {
         return &users[i];
      }
   }
   return NULL;
}

/* ---------------------------------------------------------------------------------------------------- paths */

bool inventory_splitPath(const char *path, char **datastore, char **inDatastore)
{
   const char *end = path[0] == '[' ? strchr(path, ']') : NULL;
   const char *rest = end;

   if (end == NULL || end == path + 1) {
      return false;
   }
   do {
      rest++;
   } while (*rest == ' ' || *rest == '/');
   if (*rest == '\0') {
      return false;
   }
   *datastore = strndup(path + 1, (size_t)(end - path - 1));
   *inDatastore = strdup(rest);
   if (*datastore == NULL || *inDatastore == NULL) {
      free(*datastore);
      free(*inDatastore);
      return false;
   }
   return true;
}

bool inventory_staysInside(const char *path)
{
   const char *part = path;

   if (path[0] == '/') {
      return false;
   }
   while (strncmp(part, "..", 2) != 0 || (part[2] != '/' && part[2] != '\0')) {
      part = strchr(part, '/');
      if (part == NULL) {
         return true;
      }
      part++;
   }
   return false;
}

const InventoryDisk *inventory_disk(const InventoryList *disks, const char *path)
{
   const InventoryDisk *items = disks->items;
   const InventoryDisk *found = NULL;
   char *datastore;
   char *inDatastore;

   if (!inventory_splitPath(path, &datastore, &inDatastore)) {
      return NULL;
   }
   for (size_t i = 0; found == NULL && i < disks->count; i++) {
      if (strcmp(items[i].datastore, datastore) == 0 && strcmp(items[i].path, inDatastore) == 0) {
         found = &items[i];
      }
   }
   free(datastore);
   free(inDatastore);
   return found;
}

/* -------------------------------------------------------------------------------------------------- freeing */

static void freeSecret(char *text)
{
   if (text != NULL) {
      explicit_bzero(text, strlen(text));
      free(text);
   }
}

static void freeTexts(InventoryList *list, void (*freeText)(char *))
{
   InventoryText *texts = list->items;

   for (size_t i = 0; i < list->count; i++) {
      freeText(texts[i].text);
   }
   free(texts);
}

static void freeName(char *text)
{
   free(text);
}

static void freeDisks(InventoryList *list)
{
   InventoryDisk *disks = list->items;

   for (size_t i = 0; i < list->count; i++) {
      free(disks[i].datastore);
      free(disks[i].path);
   }
   free(disks);
}

static void freeServer(InventoryServer *server)
{
   free(server->entry.id);
   free(server->thumbprint);
}

static void freeUser(InventoryUser *user)
{
   free(user->entry.id);
   freeSecret(user->password);
   freeTexts(&user->sessions, freeSecret);
   freeTexts(&user->servers, freeName);
}

static void freeDatastore(InventoryDatastore *datastore)
{
   free(datastore->entry.id);
   free(datastore->moref);
   free(datastore->folder);
}

static void freeVm(InventoryVm *vm)
{
   free(vm->entry.id);
   free(vm->name);
   freeTexts(&vm->servers, freeName);
   freeDisks(&vm->disks);
}

static void freeSnapshot(InventorySnapshot *snapshot)
{
   free(snapshot->entry.id);
   free(snapshot->vm);
   freeDisks(&snapshot->disks);
}

static void freeFcd(InventoryFcd *fcd)
{
   InventoryFcdSnapshot *snapshots = fcd->snapshots.items;

   for (size_t i = 0; i < fcd->snapshots.count; i++) {
      free(snapshots[i].id);
      free(snapshots[i].path);
   }
   free(snapshots);
   free(fcd->entry.id);
   free(fcd->datastore);
   free(fcd->path);
}

#define FREE_ALL(list, Type, freeItem)                                                                                 \
   do {                                                                                                                \
      for (size_t i = 0; i < (list).count; i++) {                                                                      \
         freeItem((Type *)(list).items + i);                                                                           \
      }                                                                                                                \
      free((list).items);                                                                                              \
   } while (0)

void inventory_free(Inventory *inventory)
{
   if (inventory == NULL) {
      return;
   }
   FREE_ALL(inventory->servers, InventoryServer, freeServer);
   FREE_ALL(inventory->users, InventoryUser, freeUser);
   FREE_ALL(inventory->datastores, InventoryDatastore, freeDatastore);
   FREE_ALL(inventory->vms, InventoryVm, freeVm);
   FREE_ALL(inventory->snapshots, InventorySnapshot, freeSnapshot);
   FREE_ALL(inventory->fcds, InventoryFcd, freeFcd);
   free(inventory);
}
