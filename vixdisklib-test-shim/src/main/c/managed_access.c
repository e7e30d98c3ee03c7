/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * PrepareForAccess, EndAccess and Cleanup: what servers remember of their clients.
 */
#include <string.h>

#include "log.h"
#include "managed.h"
#include "strict.h"

/* Does something to the record of a virtual machine. */
typedef VixError (*AccessChange)(const char *folder, const char *server, const char *object, const char *identity);

/* Only a vCenter moves virtual machines. */
static VixError checkVCenter(const Login *login)
{
   if (login->server->isHost) {
      log_warn("VDDK: HostAgent is not a VirtualCenter, cannot disable sVmotion.\n");
      return VIX_E_NOT_SUPPORTED;
   }
   return managed_checkPrivilege(login, PRIVILEGE_PREPARE, "prepare");
}

/* Whether a first-class disk is attached to a virtual machine: it is one of its disks. */
static bool isAttached(const Target *target, const InventoryVm *vm)
{
   const InventoryDisk *disks = vm->disks.items;

   for (size_t i = 0; i < vm->disks.count; i++) {
      if (strcmp(disks[i].datastore, target->datastore->entry.id) == 0 &&
          strcmp(disks[i].path, target->fcd->path) == 0) {
         return true;
      }
   }
   return false;
}

/* One after the other; after an error, those before stay as they have become. */
static VixError changeAttached(const Login *login, const Target *target, const char *identity, AccessChange change)
{
   const InventoryList *vms = &login->vsphere->inventory->vms;
   VixError error = VIX_OK;

   for (size_t i = 0; error == VIX_OK && i < vms->count; i++) {
      const InventoryVm *vm = (const InventoryVm *)vms->items + i;

      if (inventory_isOn(&vm->servers, login->server) && isAttached(target, vm)) {
         error = change(login->vsphere->stateFolder, login->server->entry.id, vm->entry.id, identity);
      }
   }
   return error;
}

static VixError changeTarget(const Login *login, const Target *target, const char *identity, AccessChange change)
{
   if (target->vm != NULL) {
      return change(login->vsphere->stateFolder, login->server->entry.id, target->vm->entry.id, identity);
   }
   if (target->fcd != NULL) {
      return changeAttached(login, target, identity, change);
   }
   log_warn("VixDiskLib: a datastore has no virtual machine that could be kept from moving.\n");
   return VIX_E_NOT_SUPPORTED;
}

static VixError changeAccess(const VixDiskLibConnectParams *params, const char *identity, AccessChange change)
{
   Login login;
   Target target;
   VixError error = managed_login(params, &login);

   if (error != VIX_OK) {
      return error;
   }
   error = checkVCenter(&login);
   if (error == VIX_OK) {
      error = managed_findTarget(&login, params, NULL, &target);
   }
   if (error == VIX_OK) {
      error = changeTarget(&login, &target, identity, change);
   }
   managed_logout(&login);
   return error;
}

/* Both tell the rules about a machine as the inventory has it, in whatever way it was named. */
static VixError prepare(const char *folder, const char *server, const char *object, const char *identity)
{
   VixError error = access_prepare(folder, server, object, identity);

   if (error == VIX_OK) {
      strict_beginAccess(server, object, identity);
   }
   return error;
}

static VixError end(const char *folder, const char *server, const char *object, const char *identity)
{
   VixError error = access_end(folder, server, object, identity);

   if (error == VIX_OK) {
      strict_endAccess(server, object, identity);
   }
   return error;
}

VixError managed_prepareForAccess(const VixDiskLibConnectParams *params, const char *identity)
{
   return changeAccess(params, identity, prepare);
}

VixError managed_endAccess(const VixDiskLibConnectParams *params, const char *identity)
{
   return changeAccess(params, identity, end);
}

VixError managed_cleanUp(const VixDiskLibConnectParams *params, uint32 *numCleanedUp, uint32 *numRemaining)
{
   Login login;
   VixError error = managed_login(params, &login);

   *numCleanedUp = 0;
   *numRemaining = 0;
   if (error != VIX_OK) {
      return error;
   }
   error = managed_checkPrivilege(&login, PRIVILEGE_PREPARE, "prepare");
   if (error == VIX_OK) {
      error = access_cleanUp(login.vsphere->stateFolder, login.server->entry.id, numCleanedUp, numRemaining);
   }
   if (error == VIX_OK && *numRemaining > 0) {
      log_warn("VixDiskLib: %u virtual machines of \"%s\" are in use by processes that are running.\n", *numRemaining,
               login.server->entry.id);
      error = VIX_E_OBJECT_IS_BUSY;
   }
   managed_logout(&login);
   return error;
}
