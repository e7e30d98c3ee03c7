/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Disks of servers: which file, and which way to it.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "config.h"
#include "errors.h"
#include "faults.h"
#include "library.h"
#include "log.h"
#include "managed.h"
#include "managed_open.h"
#include "version.h"

#define DEFAULT_NFC_PORT 902

/* What the buffers of a session can have together, in the unit of their size. */
#define BUFFER_UNIT (UINT64_C(64) << 10)
#define MAX_SESSION_BUFFERS (UINT64_C(16) << 20 >> 16)

/* --------------------------------------------------------------------------------------------------- beginning */

/* What a certificate shows is compared when the host is reached, and that is in Open. */
static VixError checkThumbprint(const Login *login, const char *given)
{
   const char *own = login->server->thumbprint;

   if (isAbsent(given) || own == NULL || strcasecmp(given, own) == 0) {
      return VIX_OK;
   }
   log_warn("VixDiskLib: the thumbprint of \"%s\" is %s, not %s as the parameters have it.\n", login->server->entry.id,
            own, given);
   return VIX_E_FAIL;
}

VixError managed_beginOpen(const Managed *managed, bool writing, Opening *opening)
{
   VixError error;

   *opening = (Opening){.managed = managed, .writing = writing};
   error = managed_loginAgain(managed, &opening->login);
   if (error != VIX_OK) {
      return error;
   }
   error = checkThumbprint(&opening->login, managed->params->thumbPrint);
   if (error == VIX_OK) {
      error = managed_checkPrivilege(&opening->login, PRIVILEGE_READ, "read");
   }
   if (error == VIX_OK && writing) {
      error = managed_checkPrivilege(&opening->login, PRIVILEGE_WRITE, "write");
   }
   if (error == VIX_OK) {
      error = managed_findTarget(&opening->login, managed->params, managed->snapshot, &opening->target);
   }
   if (error != VIX_OK) {
      managed_logout(&opening->login);
   }
   return error;
}

void managed_endOpen(Opening *opening)
{
   managed_logout(&opening->login);
}

/* ------------------------------------------------------------------------------------------------------- files */

static VixError join(const char *folder, const char *path, char **joined)
{
   return asprintf(joined, "%s/%s", folder, path) >= 0 ? VIX_OK : VIX_E_OUT_OF_MEMORY;
}

VixError managed_findVmFile(Opening *opening, const InventoryList *disks, const char *path, char **realPath)
{
   const InventoryDisk *disk = inventory_disk(disks, path);

   if (disk == NULL) {
      log_warn("VixDiskLib: the virtual machine \"%s\" has no disk \"%s\"%s%s.\n", opening->target.vm->entry.id, path,
               opening->target.snapshot != NULL ? " in its snapshot " : "",
               opening->target.snapshot != NULL ? opening->target.snapshot->entry.id : "");
      return VIX_E_FILE_NOT_FOUND;
   }
   opening->datastore = inventory_datastore(opening->login.vsphere->inventory, disk->datastore);
   return join(opening->datastore->folder, disk->path, realPath);
}

/* What is written while a machine runs goes to its snapshots only. */
static VixError findFileOfVm(Opening *opening, const char *path, char **realPath)
{
   const InventoryVm *vm = opening->target.vm;
   const InventorySnapshot *snapshot = opening->target.snapshot;

   if (vm->isOn && snapshot == NULL) {
      log_warn("VixDiskLib: the virtual machine \"%s\" is running; connect with a snapshot to open its disks.\n",
               vm->entry.id);
      return VIX_E_FILE_ACCESS_ERROR;
   }
   return managed_findVmFile(opening, snapshot != NULL && snapshot->disks.count > 0 ? &snapshot->disks : &vm->disks,
                             path, realPath);
}

/* Whether a canonical path is in a folder, whose own path becomes canonical for it. */
static bool isIn(const char *folder, const char *path)
{
   char *root = realpath(folder, NULL);
   size_t length = root != NULL ? strlen(root) : 0;
   bool result = root != NULL && strncmp(path, root, length) == 0 && path[length] == '/';

   free(root);
   return result;
}

/* The folder may be named with its datastore, as that of a virtual machine's disk. */
static const char *skipDatastore(const char *folder)
{
   const char *end = folder[0] == '[' ? strchr(folder, ']') : NULL;

   return end != NULL ? end + 1 + strspn(end + 1, " /") : folder;
}

static VixError resolveInside(const char *folder, const char *path, char **realPath)
{
   char *joined;
   VixError error = join(folder, path, &joined);

   if (error != VIX_OK) {
      return error;
   }
   *realPath = realpath(joined, NULL);
   error = *realPath != NULL ? VIX_OK : errors_fromErrno(errno);
   free(joined);
   if (error == VIX_OK && !isIn(folder, *realPath)) {
      free(*realPath);
      error = VIX_E_FILE_NOT_FOUND;
   }
   return error;
}

static VixError findFileInFolder(Opening *opening, const char *path, char **realPath)
{
   const char *diskFolder = skipDatastore(opening->managed->params->spec.dsSpec.diskFolder);
   char *folder;
   VixError error = VIX_E_FILE_NOT_FOUND;

   opening->datastore = opening->target.datastore;
   if (inventory_staysInside(diskFolder) && inventory_staysInside(path)) {
      error = join(opening->datastore->folder, diskFolder, &folder);
      if (error == VIX_OK) {
         error = resolveInside(folder, path, realPath);
         free(folder);
      }
   }
   if (error == VIX_E_FILE_NOT_FOUND) {
      log_warn("VixDiskLib: there is no disk \"%s\" in the folder \"%s\" of the datastore \"%s\".\n", path, diskFolder,
               opening->datastore->entry.id);
   }
   return error;
}

static VixError findFile(Opening *opening, const char *path, char **realPath)
{
   if (opening->target.vm != NULL) {
      return findFileOfVm(opening, path, realPath);
   }
   if (opening->target.fcd != NULL) {
      opening->datastore = opening->target.datastore;
      return join(opening->datastore->folder, opening->target.fcdPath, realPath);
   }
   return findFileInFolder(opening, path, realPath);
}

/* -------------------------------------------------------------------------------------------------- transports */

static bool hasToken(const char *list, Transport wanted)
{
   const char *token;
   size_t length;

   while (transport_nextToken(&list, &token, &length)) {
      if (transport_ofToken(token, length) == wanted) {
         return true;
      }
   }
   return false;
}

static bool isAvailable(const Opening *opening, Transport transport)
{
   bool isDatastoreSpec = opening->target.vm == NULL && opening->target.fcd == NULL;

   if (!hasToken(library_transportModes(), transport)) {
      log_info("VixDiskLib: the transport %s needs the plugin, which is not loaded.\n", transport_name(transport));
      return false;
   }
   if (!opening->datastore->transports[transport] || (isDatastoreSpec && transport == TRANSPORT_SAN)) {
      log_info("VixDiskLib: the transport %s does not work for the datastore \"%s\".\n", transport_name(transport),
               opening->datastore->entry.id);
      return false;
   }
   return true;
}

/* The faults that keep a transport from opening a disk. */
static bool hasFault(Transport transport, VixError *error)
{
   static const int ofSan[] = {VDDK_FAULT_SAN_SERVER_CONNECT, VDDK_FAULT_SAN_BLOCK_LIST_INIT,
                               VDDK_FAULT_SAN_UNKNOWN_ADAPTER, VDDK_FAULT_SAN_DISK_OPEN};
   static const int ofHotAdd[] = {VDDK_FAULT_HOTADD_DISK_NOT_FOUND, VDDK_FAULT_HOTADD_ADD_FAILED,
                                  VDDK_FAULT_HOTADD_AHCI_ONLY};
   const int *faults = transport == TRANSPORT_SAN ? ofSan : ofHotAdd;
   size_t count = transport == TRANSPORT_SAN      ? sizeof ofSan / sizeof ofSan[0]
                  : transport == TRANSPORT_HOTADD ? sizeof ofHotAdd / sizeof ofHotAdd[0]
                                                  : 0;

   for (size_t i = 0; i < count; i++) {
      if (faults_occurs(faults[i], error)) {
         return true;
      }
   }
   return false;
}

VixError managed_negotiate(Opening *opening)
{
   const char *list = opening->managed->transports != NULL ? opening->managed->transports : library_transportModes();
   const char *rest = list;
   const char *token;
   size_t length;
   VixError error = VIX_E_FILE_ACCESS_ERROR;

   while (transport_nextToken(&rest, &token, &length)) {
      opening->transport = transport_ofToken(token, length);
      if (opening->transport != TRANSPORT_KINDS && isAvailable(opening, opening->transport) &&
          !hasFault(opening->transport, &error)) {
         return VIX_OK;
      }
   }
   log_warn("VixDiskLib: none of the transports \"%s\" works for the datastore \"%s\".\n", list,
            opening->datastore->entry.id);
   return error;
}

/* SAN and HotAdd change the disk below the virtual machine, which needs to have been put aside by a snapshot. */
static VixError checkSnapshot(const Opening *opening)
{
   bool hasSnapshots = opening->target.vm != NULL || opening->target.fcd != NULL;
   bool hasSnapshot = opening->target.snapshot != NULL ||
                      (opening->target.fcd != NULL && !isAbsent(opening->managed->params->spec.vStorageObjSpec.ssId));

   if (transport_isNetwork(opening->transport) || !opening->writing || !hasSnapshots || hasSnapshot) {
      return VIX_OK;
   }
   log_warn("VixDiskLib: the transport %s writes only to disks that have a snapshot.\n",
            transport_name(opening->transport));
   return VIX_E_FILE_ACCESS_ERROR;
}

/* The data channel of the host, which HotAdd can do without. Before 8.0.2, all that goes wrong there was one error. */
static VixError checkNfcPort(const Opening *opening)
{
   uint32 port = opening->managed->params->nfcHostPort;
   const InventoryServer *server = opening->login.server;

   port = port != 0 ? port : DEFAULT_NFC_PORT;
   if (port == server->nfcPort ||
       (opening->transport == TRANSPORT_HOTADD && config_number(CONFIG_HOTADD_NO_NFC_SESSION) != 0)) {
      return VIX_OK;
   }
   log_warn("VixDiskLib: the hosts of \"%s\" take data at port %u, not at %u.\n", server->entry.id, server->nfcPort,
            port);
   return version_isAtLeast(8, 0, 2) ? VIX_E_HOST_NETWORK_CONN_REFUSED : VIX_E_FILE_ACCESS_ERROR;
}

/* -------------------------------------------------------------------------------------------------------- disks */

static void tellMemory(const ServerUse *use, uint64 bytes)
{
   log_warn("VixDiskLib: [NFC ERROR] the host of \"%s\": Failed to allocate the requested %llu bytes.\n", use->name,
            (unsigned long long)bytes);
}

static VixError takeBuffers(ManagedDisk *disk, const InventoryServer *server)
{
   uint64 size = config_number(CONFIG_NFC_BUFFER_SIZE);
   uint64 count = config_number(CONFIG_NFC_BUFFER_COUNT);

   if (count > MAX_SESSION_BUFFERS / size) {
      log_warn("VixDiskLib: [NFC ERROR] %llu buffers of %llu times 64 KiB are more than the 16 MiB of a session.\n",
               (unsigned long long)count, (unsigned long long)size);
      return VIX_E_OUT_OF_MEMORY;
   }
   if (!managed_take(&disk->use->bufferBytes, size * count * BUFFER_UNIT, server->nfcMemory)) {
      tellMemory(disk->use, size * count * BUFFER_UNIT);
      return VIX_E_OUT_OF_MEMORY;
   }
   disk->bufferBytes = size * count * BUFFER_UNIT;
   disk->memory = server->nfcMemory;
   return VIX_OK;
}

/* What a disk is to those who clean up: the virtual machine, or what is there in its place. */
static VixError attach(ManagedDisk *disk, const Opening *opening)
{
   const Target *target = &opening->target;
   char *object;
   int length = target->vm != NULL    ? asprintf(&object, "%s", target->vm->entry.id)
                : target->fcd != NULL ? asprintf(&object, "fcd %s", target->fcd->entry.id)
                                      : asprintf(&object, "datastore %s", target->datastore->moref);
   VixError error;

   if (length < 0) {
      return VIX_E_OUT_OF_MEMORY;
   }
   error = access_attach(opening->login.vsphere->stateFolder, opening->login.server->entry.id, object,
                         transport_name(disk->transport), &disk->lease);
   free(object);
   return error;
}

VixError managed_makeDisk(const Opening *opening, ManagedDisk **disk)
{
   ManagedDisk *made = calloc(1, sizeof *made);
   VixError error;

   if (made == NULL) {
      return VIX_E_OUT_OF_MEMORY;
   }
   made->transport = opening->transport;
   made->use = managed_holdServer(opening->login.server->entry.id);
   if (made->use == NULL) {
      free(made);
      return VIX_E_OUT_OF_MEMORY;
   }
   error = transport_isNetwork(made->transport) ? takeBuffers(made, opening->login.server) : attach(made, opening);
   if (error != VIX_OK) {
      (void)managed_closeDisk(made);
      return error;
   }
   *disk = made;
   return VIX_OK;
}

/* Compression is for NBDSSL; elsewhere it is without effect, but for more than one kind at once. */
static VixError checkFlags(uint32 flags)
{
   if (__builtin_popcount(flags & VIXDISKLIB_FLAG_OPEN_COMPRESSION_MASK) > 1) {
      log_warn("VixDiskLib: the flags 0x%x ask for more than one kind of compression.\n", flags);
      return VIX_E_INVALID_ARG;
   }
   return VIX_OK;
}

static VixError open(Opening *opening, const char *path, char **realPath, ManagedDisk **disk)
{
   VixError error = findFile(opening, path, realPath);

   if (error != VIX_OK) {
      return error;
   }
   error = managed_negotiate(opening);
   if (error == VIX_OK) {
      error = checkSnapshot(opening);
   }
   if (error == VIX_OK) {
      error = checkNfcPort(opening);
   }
   if (error == VIX_OK) {
      error = managed_makeDisk(opening, disk);
   }
   if (error != VIX_OK) {
      free(*realPath);
   }
   return error;
}

VixError managed_openDisk(Managed *managed, const char *path, bool writing, uint32 flags, char **realPath,
                          ManagedDisk **disk)
{
   Opening opening;
   VixError error = checkFlags(flags);

   if (error == VIX_OK) {
      error = managed_beginOpen(managed, writing, &opening);
   }
   if (error != VIX_OK) {
      return error;
   }
   error = open(&opening, path, realPath, disk);
   managed_endOpen(&opening);
   return error;
}

VixError managed_closeDisk(ManagedDisk *disk)
{
   VixError error = VIX_OK;

   if (disk->lease != NULL) {
      if (disk->transport == TRANSPORT_HOTADD) {
         (void)faults_occurs(VDDK_FAULT_HOTADD_REMOVE_FAILED, &error);
      }
      access_detach(disk->lease);
   }
   managed_giveBack(&disk->use->bufferBytes, disk->bufferBytes);
   managed_releaseServer(disk->use);
   free(disk);
   return error;
}

bool managed_needsPath(const Managed *managed)
{
   return managed->params->specType != VIXDISKLIB_SPEC_VSTORAGE_OBJECT;
}

VixError managed_admit(const ManagedDisk *disk, uint64 sectors)
{
   VixError error = VIX_OK;

   if (disk->transport == TRANSPORT_SAN) {
      (void)(faults_occurs(VDDK_FAULT_SAN_START_IO, &error) || faults_occurs(VDDK_FAULT_SAN_IO, &error));
   } else if (!managed_fits(&disk->use->bufferBytes, sectors * SECTOR_SIZE, disk->memory)) {
      tellMemory(disk->use, sectors * SECTOR_SIZE);
      error = VIX_E_OUT_OF_MEMORY;
   }
   return error;
}

VixError managed_admitAsync(const ManagedDisk *disk)
{
   VixError error = VIX_OK;

   if (disk->transport == TRANSPORT_SAN) {
      (void)faults_occurs(VDDK_FAULT_SAN_ASYNC_IO, &error);
   }
   return error;
}
