/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * The inventory: the vCenters, hosts, virtual machines and disks that there are, in a file that people and tests write.
 * It has sections, "[vm vm-42]", of lines "key = value"; a value may stand between quotation marks, in which two of
 * them are one; "#" begins a comment at the start of a line or after a blank. Whatever is wrong in it is told to the
 * log, with its line and what to do about it, but for passwords and session cookies, which are told to nobody.
 */
#ifndef INVENTORY_H
#define INVENTORY_H

#include "common.h"
#include "transport.h"

typedef enum { SERVER_UP, SERVER_DOWN, SERVER_MAINTENANCE, SERVER_REFUSING } ServerState;

enum { PRIVILEGE_READ = 1, PRIVILEGE_WRITE = 2, PRIVILEGE_PREPARE = 4 };

/* A text and the line that it is in. */
typedef struct InventoryText {
   char *text;
   int line;
} InventoryText;

/* What every section has: the name in its first line. */
typedef struct InventoryEntry {
   char *id;
   int line;
} InventoryEntry;

/* An array of entries of one kind, or of what has many values. */
typedef struct InventoryList {
   void *items;
   size_t count;
} InventoryList;

typedef struct InventoryServer {
   InventoryEntry entry; /* by the name that it has in the network */
   bool isHost;          /* an ESXi host, and no vCenter */
   uint32 port;
   uint32 nfcPort;
   char *thumbprint; /* NULL if none is checked */
   ServerState state;
   uint64 connections; /* at most at once; 0 for no limit */
   uint64 nfcMemory;   /* bytes; 0 for no limit */
} InventoryServer;

typedef struct InventoryUser {
   InventoryEntry entry;
   char *password;         /* NULL if there is no way in with a password */
   InventoryList sessions; /* of InventoryText */
   InventoryList servers;  /* of InventoryText; empty for all */
   unsigned privileges;
} InventoryUser;

typedef struct InventoryDatastore {
   InventoryEntry entry; /* by the name in "[name] folder/disk.vmdk" */
   char *moref;
   char *folder; /* absolute */
   bool transports[TRANSPORT_KINDS];
} InventoryDatastore;

/* A disk in a datastore. */
typedef struct InventoryDisk {
   char *datastore; /* its name */
   char *path;
   int line;
} InventoryDisk;

typedef struct InventoryVm {
   InventoryEntry entry; /* by its moref */
   char *name;
   InventoryList servers; /* of InventoryText; empty for all */
   bool isOn;
   InventoryList disks; /* of InventoryDisk */
} InventoryVm;

typedef struct InventorySnapshot {
   InventoryEntry entry; /* by its moref */
   char *vm;
   InventoryList disks; /* of InventoryDisk; empty for those of the machine */
} InventorySnapshot;

typedef struct InventoryFcdSnapshot {
   char *id;
   char *path;
} InventoryFcdSnapshot;

/* A first-class disk. */
typedef struct InventoryFcd {
   InventoryEntry entry;    /* by its identifier */
   char *datastore;         /* its moref */
   char *path;              /* in the datastore */
   InventoryList snapshots; /* of InventoryFcdSnapshot */
} InventoryFcd;

/* Does not change after it was read. */
typedef struct Inventory {
   InventoryList servers;
   InventoryList users;
   InventoryList datastores;
   InventoryList vms;
   InventoryList snapshots;
   InventoryList fcds;
} Inventory;

/*
 * Reads an inventory of this name from a text; NULL if anything is wrong in it. Folders in it count from that of the
 * name. What is unknown is told and overlooked.
 */
Inventory *inventory_parse(const char *path, const char *text, size_t length);

/* Frees an inventory; the secrets in it are overwritten. NULL is allowed. */
void inventory_free(Inventory *inventory);

/* What there is of a name; NULL if there is nothing. Servers are found in capitals too, as in the network. */
const InventoryServer *inventory_server(const Inventory *inventory, const char *name);
const InventoryDatastore *inventory_datastore(const Inventory *inventory, const char *name);
const InventoryDatastore *inventory_datastoreOfMoref(const Inventory *inventory, const char *moref);
const InventoryVm *inventory_vm(const Inventory *inventory, const char *moref);
const InventorySnapshot *inventory_snapshot(const Inventory *inventory, const char *moref);
const InventoryFcd *inventory_fcd(const Inventory *inventory, const char *id);

/* A user of a server, by the name or by the cookie of a session. */
const InventoryUser *inventory_user(const Inventory *inventory, const InventoryServer *server, const char *name);
const InventoryUser *inventory_userOfSession(const Inventory *inventory, const InventoryServer *server,
                                             const char *cookie);

/* Whether a list of servers, which may be empty for all, has a server. */
bool inventory_isOn(const InventoryList *servers, const InventoryServer *server);

/* The disk of a list that a path "[datastore] folder/disk.vmdk" names; NULL if none. */
const InventoryDisk *inventory_disk(const InventoryList *disks, const char *path);

/* Takes "[datastore] folder/disk.vmdk" apart, into heap memory; false if it has another form or without memory. */
bool inventory_splitPath(const char *path, char **datastore, char **inDatastore);

/* Whether a path in a datastore stays there: it is relative, and has no "..". */
bool inventory_staysInside(const char *path);

#endif /* INVENTORY_H */
