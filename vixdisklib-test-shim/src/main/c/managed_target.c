/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * What a specification leads to.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "log.h"
#include "managed.h"
#include "path.h"
#include "version.h"

/* ------------------------------------------------------------------------------------------ virtual machines */

/* A path to a machine's configuration as callers gave it before there were references, taken apart. */
typedef struct {
   char *datastore; /* NULL if it does not say */
   char *path;      /* in the datastore */
} OldSpec;

static void freeOldSpec(OldSpec *old)
{
   free(old->datastore);
   free(old->path);
}

/* The value of "name=value" among what is separated by "&"; NULL if it is not there. */
static char *findOption(const char *options, const char *name)
{
   size_t length = strlen(name);

   while (options != NULL) {
      if (strncasecmp(options, name, length) == 0 && options[length] == '=') {
         options += length + 1;
         return strndup(options, strcspn(options, "&"));
      }
      options = strchr(options, '&');
      options = options != NULL ? options + 1 : NULL;
   }
   return NULL;
}

/* "[datastore] web/web.vmx?dcPath=DC&dsName=ds1", where the datastore need be there once only. */
static bool readOldSpec(const char *spec, OldSpec *old)
{
   const char *question = strchr(spec, '?');
   char *path = strndup(spec, question != NULL ? (size_t)(question - spec) : strlen(spec));
   size_t length = path != NULL ? strlen(path) : 0;

   *old = (OldSpec){NULL, NULL};
   if (length > 4 && strcasecmp(path + length - 4, ".vmx") == 0 &&
       !inventory_splitPath(path, &old->datastore, &old->path)) {
      old->path = strdup(path);
      old->datastore = question != NULL ? findOption(question + 1, "dsName") : NULL;
   }
   free(path);
   return old->path != NULL;
}

/* Whether two paths are in the same folder. */
static bool haveSameFolder(const char *a, const char *b)
{
   size_t length = (size_t)(path_lastPart(a) - a);

   return length == (size_t)(path_lastPart(b) - b) && strncmp(a, b, length) == 0;
}

static bool hasDiskBeside(const InventoryVm *vm, const OldSpec *old)
{
   const InventoryDisk *disks = vm->disks.items;

   for (size_t i = 0; i < vm->disks.count; i++) {
      if ((old->datastore == NULL || strcmp(disks[i].datastore, old->datastore) == 0) &&
          haveSameFolder(disks[i].path, old->path)) {
         return true;
      }
   }
   return false;
}

static bool isNamed(const InventoryVm *vm, const OldSpec *old)
{
   const char *file = path_lastPart(old->path);

   return vm->name != NULL && strlen(vm->name) == strlen(file) - 4 && strncmp(vm->name, file, strlen(vm->name)) == 0;
}

static const InventoryVm *findOld(const Inventory *inventory, const OldSpec *old,
                                  bool (*fits)(const InventoryVm *, const OldSpec *))
{
   const InventoryVm *vms = inventory->vms.items;

   for (size_t i = 0; i < inventory->vms.count; i++) {
      if (fits(&vms[i], old)) {
         return &vms[i];
      }
   }
   return NULL;
}

/* NULL in *vm if there is no such machine. */
static VixError findBySpec(const Inventory *inventory, const char *spec, const InventoryVm **vm)
{
   OldSpec old;

   if (strncasecmp(spec, "moref=", 6) == 0 || strncasecmp(spec, "moid=", 5) == 0) {
      *vm = inventory_vm(inventory, strchr(spec, '=') + 1);
      return VIX_OK;
   }
   if (!readOldSpec(spec, &old)) {
      log_warn("VixDiskLib: \"%s\" is no specification of a virtual machine; write moref=<reference>.\n", spec);
      return VIX_E_INVALID_ARG;
   }
   *vm = findOld(inventory, &old, hasDiskBeside);
   if (*vm == NULL) {
      *vm = findOld(inventory, &old, isNamed);
   }
   freeOldSpec(&old);
   return VIX_OK;
}

static VixError findSnapshot(const Login *login, const char *name, Target *target)
{
   target->snapshot = inventory_snapshot(login->vsphere->inventory, name);
   if (target->snapshot == NULL || strcmp(target->snapshot->vm, target->vm->entry.id) != 0) {
      log_warn("VixDiskLib: the virtual machine \"%s\" has no snapshot \"%s\".\n", target->vm->entry.id, name);
      return VIX_E_SNAPSHOT_NOTFOUND;
   }
   return VIX_OK;
}

static VixError findVm(const Login *login, const char *spec, const char *snapshot, Target *target)
{
   VixError error;

   if (isAbsent(spec)) {
      log_warn("VixDiskLib: the parameters for \"%s\" lack a specification; set vmxSpec, or another one.\n",
               login->server->entry.id);
      return VIX_E_INVALID_ARG;
   }
   error = findBySpec(login->vsphere->inventory, spec, &target->vm);
   if (error != VIX_OK) {
      return error;
   }
   if (target->vm == NULL || !inventory_isOn(&target->vm->servers, login->server)) {
      log_warn("VixDiskLib: \"%s\" has no virtual machine \"%s\".\n", login->server->entry.id, spec);
      return VIX_E_VM_NOT_FOUND;
   }
   return isAbsent(snapshot) ? VIX_OK : findSnapshot(login, snapshot, target);
}

/* ------------------------------------------------------------------------------------- disks and datastores */

/* The file of a first-class disk or of one of its snapshots; NULL if there is none. */
static const char *findFcdPath(const InventoryFcd *fcd, const char *snapshot)
{
   const InventoryFcdSnapshot *snapshots = fcd->snapshots.items;

   if (isAbsent(snapshot)) {
      return fcd->path;
   }
   for (size_t i = 0; i < fcd->snapshots.count; i++) {
      if (strcmp(snapshots[i].id, snapshot) == 0) {
         return snapshots[i].path;
      }
   }
   return NULL;
}

static VixError findFcd(const Login *login, const VixDiskLibVStorageObjectSpec *spec, Target *target)
{
   const Inventory *inventory = login->vsphere->inventory;

   if (isAbsent(spec->id) || isAbsent(spec->datastoreMoRef)) {
      log_warn("VixDiskLib: the specification of a first-class disk lacks its identifier or its datastore.\n");
      return VIX_E_INVALID_ARG;
   }
   target->fcd = inventory_fcd(inventory, spec->id);
   if (target->fcd != NULL && strcmp(target->fcd->datastore, spec->datastoreMoRef) == 0) {
      target->datastore = inventory_datastoreOfMoref(inventory, spec->datastoreMoRef);
      target->fcdPath = findFcdPath(target->fcd, spec->ssId);
   }
   if (target->fcdPath == NULL) {
      log_warn("VixDiskLib: there is no first-class disk \"%s\" in the datastore \"%s\"%s%s.\n", spec->id,
               spec->datastoreMoRef, isAbsent(spec->ssId) ? "" : " with a snapshot ",
               isAbsent(spec->ssId) ? "" : spec->ssId);
      return VIX_E_OBJECT_NOT_FOUND;
   }
   return VIX_OK;
}

static VixError findDatastore(const Login *login, const VixDiskLibDatastoreSpec *spec, Target *target)
{
   if (isAbsent(spec->datastoreMoRef) || isAbsent(spec->diskFolder)) {
      log_warn("VixDiskLib: the specification of a datastore lacks its reference or the folder.\n");
      return VIX_E_INVALID_ARG;
   }
   target->datastore = inventory_datastoreOfMoref(login->vsphere->inventory, spec->datastoreMoRef);
   if (target->datastore == NULL) {
      log_warn("VixDiskLib: there is no datastore \"%s\".\n", spec->datastoreMoRef);
      return VIX_E_OBJECT_NOT_FOUND;
   }
   return VIX_OK;
}

/* Snapshots of what is no virtual machine are given in another way, or there are none. */
static VixError refuseSnapshot(const char *snapshot)
{
   if (isAbsent(snapshot)) {
      return VIX_OK;
   }
   log_warn("VixDiskLib: the snapshot \"%s\" is given without a virtual machine.\n", snapshot);
   return VIX_E_INVALID_ARG;
}

VixError managed_findTarget(const Login *login, const VixDiskLibConnectParams *params, const char *snapshot,
                            Target *target)
{
   VixError error;

   *target = (Target){0};
   if (params->specType == VIXDISKLIB_SPEC_VMX) { /* also before 6.7, where there is nothing to read */
      return findVm(login, params->vmxSpec, snapshot, target);
   }
   error = refuseSnapshot(snapshot);
   if (error != VIX_OK) {
      return error;
   }
   if (params->specType == VIXDISKLIB_SPEC_VSTORAGE_OBJECT) {
      return findFcd(login, &params->spec.vStorageObjSpec, target);
   }
   if (params->specType == VIXDISKLIB_SPEC_DATASTORE && version_isAtLeast(8, 0, 1)) {
      return findDatastore(login, &params->spec.dsSpec, target);
   }
   log_warn("VixDiskLib: specifications of type %d are not supported by version %s.\n", (int)params->specType,
            version_own.text);
   return VIX_E_NOT_SUPPORTED;
}
