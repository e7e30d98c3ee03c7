/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "inventory.h"
#include "log.h"
#include "path.h"
#include "text.h"

/* What the log is told about one inventory; who mends so much looks again. */
#define MAX_COMPLAINTS 20

#define DEFAULT_PORT 443
#define DEFAULT_NFC_PORT 902

/* What the documentation says that a vCenter takes, and a host has for the buffers of its disks. */
#define DEFAULT_CONNECTIONS 52
#define DEFAULT_NFC_MEMORY (UINT64_C(48) << 20)

typedef struct Parsing Parsing;

/* A key of a section. Its function keeps the value in the newest entry, or complains. */
typedef struct {
   const char *name;
   void (*take)(Parsing *parsing, const char *value);
   bool repeats;
   bool required;
} Key;

/* A kind of section. */
typedef struct {
   const char *name;
   size_t list; /* where the inventory has the list of its entries */
   size_t size; /* of an entry */
   void (*begin)(Parsing *parsing);
   const Key *keys;
   size_t numKeys;
} Kind;

struct Parsing {
   const char *path;
   Inventory *inventory;
   int line;
   int complaints;
   const Kind *kind; /* of the section; NULL in one that is overlooked */
   const Key *key;
   void *entry; /* the section's */
   uint32 seen; /* a bit for each key of the section */
   bool began;  /* there was a section */
};

/* ------------------------------------------------------------------------------------------------- complaints */

__attribute__((format(printf, 3, 0))) static void tell(const Parsing *parsing, int line, const char *format,
                                                       va_list args)
{
   char *message;

   if (vasprintf(&message, format, args) >= 0) {
      log_warn("VixDiskLib: line %d of the inventory \"%s\": %s.\n", line, parsing->path, message);
      free(message);
   }
}

/* Tells what is wrong; the inventory cannot be used then. */
__attribute__((format(printf, 3, 4))) static void complain(Parsing *parsing, int line, const char *format, ...)
{
   va_list args;

   parsing->complaints++;
   if (parsing->complaints <= MAX_COMPLAINTS) {
      va_start(args, format);
      tell(parsing, line, format, args);
      va_end(args);
   }
}

__attribute__((format(printf, 2, 3))) static void warn(const Parsing *parsing, const char *format, ...)
{
   va_list args;

   va_start(args, format);
   tell(parsing, parsing->line, format, args);
   va_end(args);
}

static void complainOfMemory(Parsing *parsing)
{
   complain(parsing, parsing->line, "there is no memory for it");
}

/* ----------------------------------------------------------------------------------------------------- values */

static char *copyOf(Parsing *parsing, const char *value)
{
   char *copy = strdup(value);

   if (copy == NULL) {
      complainOfMemory(parsing);
   }
   return copy;
}

/* Appends zeros to a list, which has room for powers of two; NULL without memory. */
static void *append(Parsing *parsing, InventoryList *list, size_t size)
{
   void *item;

   if ((list->count & (list->count - 1)) == 0) {
      size_t room = list->count == 0 ? 1 : list->count * 2;
      void *items = realloc(list->items, room * size);

      if (items == NULL) {
         complainOfMemory(parsing);
         return NULL;
      }
      list->items = items;
   }
   item = (char *)list->items + list->count * size;
   memset(item, 0, size);
   list->count++;
   return item;
}

static void appendText(Parsing *parsing, InventoryList *list, const char *text)
{
   char *copy = copyOf(parsing, text);
   InventoryText *item = copy != NULL ? append(parsing, list, sizeof *item) : NULL;

   if (item != NULL) {
      *item = (InventoryText){copy, parsing->line};
   } else {
      free(copy);
   }
}

/* Does something with each word of a value; words are separated by blanks or commas. */
static void eachWord(Parsing *parsing, const char *value, void (*take)(Parsing *, const char *))
{
   static const char separators[] = " \t,";
   char *words = copyOf(parsing, value);
   char *rest = words;
   char *word;

   while (words != NULL && (word = strsep(&rest, separators)) != NULL) {
      if (*word != '\0') {
         take(parsing, word);
      }
   }
   free(words);
}

/* The position of a value among words that end with NULL, which is what it has to be. */
static int choose(Parsing *parsing, const char *value, const char *const *words)
{
   int i = 0;

   while (words[i] != NULL && strcmp(words[i], value) != 0) {
      i++;
   }
   if (words[i] == NULL) {
      char allowed[100] = "";

      for (i = 0; words[i] != NULL; i++) {
         size_t length = strlen(allowed);

         (void)snprintf(allowed + length, sizeof allowed - length, "%s%s", i > 0 ? ", " : "", words[i]);
      }
      complain(parsing, parsing->line, "%s is not \"%s\"; write one of %s", parsing->key->name, value, allowed);
      i = 0;
   }
   return i;
}

/* Digits, and what is behind them. */
static bool readDigits(const char *text, uint64 most, uint64 *number, const char **end)
{
   const char *c = text;

   for (*number = 0; isdigit((unsigned char)*c) && *number <= most; c++) {
      *number = *number * 10 + (uint64)(*c - '0');
   }
   *end = c;
   return c > text && *number <= most;
}

static uint64 takeNumber(Parsing *parsing, const char *value, uint64 least, uint64 most)
{
   const char *end;
   uint64 number;

   if (!readDigits(value, most, &number, &end) || *end != '\0' || number < least) {
      complain(parsing, parsing->line, "%s is not \"%s\"; write a number from %llu to %llu", parsing->key->name, value,
               (unsigned long long)least, (unsigned long long)most);
      return least;
   }
   return number;
}

static uint64 takeSize(Parsing *parsing, const char *value)
{
   static const char *const units[] = {"", "KiB", "MiB", "GiB"};
   const char *end;
   uint64 number;
   unsigned i = 0;

   if (readDigits(value, UINT32_MAX, &number, &end)) {
      while (*end == ' ') {
         end++;
      }
      while (i < 4 && strcmp(end, units[i]) != 0) {
         i++;
      }
      if (i < 4) {
         return number << (10 * i);
      }
   }
   complain(parsing, parsing->line, "%s is not \"%s\"; write a size such as 48MiB", parsing->key->name, value);
   return 0;
}

static char *takePathInside(Parsing *parsing, const char *value)
{
   if (!inventory_staysInside(value)) {
      complain(parsing, parsing->line, "\"%s\" leads out of the datastore; write a path in its folder", value);
      return NULL;
   }
   return copyOf(parsing, value);
}

static void takeDisk(Parsing *parsing, InventoryList *list, const char *value)
{
   InventoryDisk *disk;
   char *datastore;
   char *path;

   if (!inventory_splitPath(value, &datastore, &path)) {
      complain(parsing, parsing->line, "\"%s\" is no disk; write it as [datastore] folder/disk.vmdk", value);
      return;
   }
   disk = inventory_staysInside(path) ? append(parsing, list, sizeof *disk) : NULL;
   if (disk != NULL) {
      *disk = (InventoryDisk){datastore, path, parsing->line};
      return;
   }
   complain(parsing, parsing->line, "\"%s\" leads out of the datastore; write a path in its folder", value);
   free(datastore);
   free(path);
}

/* --------------------------------------------------------------------------------------------------- sections */

static void beginServer(Parsing *parsing)
{
   InventoryServer *server = parsing->entry;

   server->port = DEFAULT_PORT;
   server->nfcPort = DEFAULT_NFC_PORT;
   server->connections = DEFAULT_CONNECTIONS;
   server->nfcMemory = DEFAULT_NFC_MEMORY;
}

static void takeType(Parsing *parsing, const char *value)
{
   ((InventoryServer *)parsing->entry)->isHost =
      choose(parsing, value, (const char *const[]){"vcenter", "esxi", NULL}) == 1;
}

static void takePort(Parsing *parsing, const char *value)
{
   ((InventoryServer *)parsing->entry)->port = (uint32)takeNumber(parsing, value, 1, UINT16_MAX);
}

static void takeNfcPort(Parsing *parsing, const char *value)
{
   ((InventoryServer *)parsing->entry)->nfcPort = (uint32)takeNumber(parsing, value, 1, UINT16_MAX);
}

/* Bytes in hexadecimal, with colons: 20 of SHA-1, or 32 of SHA-256. */
static bool isFingerprint(const char *value)
{
   size_t length = strlen(value);

   for (size_t i = 0; i < length; i++) {
      if (i % 3 == 2 ? value[i] != ':' : !isxdigit((unsigned char)value[i])) {
         return false;
      }
   }
   return length == 20 * 3 - 1 || length == 32 * 3 - 1;
}

static void takeThumbprint(Parsing *parsing, const char *value)
{
   if (!isFingerprint(value)) {
      complain(parsing, parsing->line, "\"%s\" is no thumbprint; write 20 bytes in hexadecimal with colons between",
               value);
      return;
   }
   ((InventoryServer *)parsing->entry)->thumbprint = copyOf(parsing, value);
}

static void takeState(Parsing *parsing, const char *value)
{
   static const char *const states[] = {"up", "down", "maintenance", "refusing", NULL};

   ((InventoryServer *)parsing->entry)->state = (ServerState)choose(parsing, value, states);
}

static void takeConnections(Parsing *parsing, const char *value)
{
   ((InventoryServer *)parsing->entry)->connections = takeNumber(parsing, value, 0, UINT32_MAX);
}

static void takeNfcMemory(Parsing *parsing, const char *value)
{
   ((InventoryServer *)parsing->entry)->nfcMemory = takeSize(parsing, value);
}

static const Key serverKeys[] = {
   {"type", takeType, false, false},           {"port", takePort, false, false},
   {"nfcPort", takeNfcPort, false, false},     {"thumbprint", takeThumbprint, false, false},
   {"state", takeState, false, false},         {"connections", takeConnections, false, false},
   {"nfcMemory", takeNfcMemory, false, false},
};

static void beginUser(Parsing *parsing)
{
   ((InventoryUser *)parsing->entry)->privileges = PRIVILEGE_READ | PRIVILEGE_WRITE | PRIVILEGE_PREPARE;
}

static void takePassword(Parsing *parsing, const char *value)
{
   ((InventoryUser *)parsing->entry)->password = copyOf(parsing, value);
}

static void takeSession(Parsing *parsing, const char *value)
{
   appendText(parsing, &((InventoryUser *)parsing->entry)->sessions, value);
}

static void takePrivilege(Parsing *parsing, const char *word)
{
   static const char *const privileges[] = {"read", "write", "prepare", NULL};

   ((InventoryUser *)parsing->entry)->privileges |= 1U << choose(parsing, word, privileges);
}

static void takePrivileges(Parsing *parsing, const char *value)
{
   ((InventoryUser *)parsing->entry)->privileges = 0;
   eachWord(parsing, value, takePrivilege);
}

static void takeUserServer(Parsing *parsing, const char *word)
{
   appendText(parsing, &((InventoryUser *)parsing->entry)->servers, word);
}

static void takeUserServers(Parsing *parsing, const char *value)
{
   eachWord(parsing, value, takeUserServer);
}

static const Key userKeys[] = {
   {"password", takePassword, false, false},
   {"session", takeSession, true, false},
   {"privileges", takePrivileges, false, false},
   {"servers", takeUserServers, true, false},
};

static void beginDatastore(Parsing *parsing)
{
   InventoryDatastore *datastore = parsing->entry;

   datastore->transports[TRANSPORT_NBDSSL] = true;
   datastore->transports[TRANSPORT_NBD] = true;
}

static void takeMoref(Parsing *parsing, const char *value)
{
   InventoryDatastore *datastore = parsing->entry;

   if (inventory_datastoreOfMoref(parsing->inventory, value) != NULL) {
      complain(parsing, parsing->line, "the moref \"%s\" is that of another datastore; give each its own", value);
      return;
   }
   datastore->moref = copyOf(parsing, value);
}

static void takeFolder(Parsing *parsing, const char *value)
{
   char *folder = path_beside(parsing->path, value);

   if (folder == NULL) {
      complainOfMemory(parsing);
   }
   ((InventoryDatastore *)parsing->entry)->folder = folder;
}

static void takeTransports(Parsing *parsing, const char *value)
{
   bool *transports = ((InventoryDatastore *)parsing->entry)->transports;
   const char *token;
   size_t length;

   memset(transports, 0, TRANSPORT_KINDS * sizeof *transports);
   while (transport_nextToken(&value, &token, &length)) {
      Transport transport = transport_ofToken(token, length);

      if (transport == TRANSPORT_KINDS) {
         complain(parsing, parsing->line, "\"%.*s\" is no transport of servers; write such as san:hotadd:nbdssl:nbd",
                  (int)minOf(length, 100), token);
      } else {
         transports[transport] = true;
      }
   }
}

static const Key datastoreKeys[] = {
   {"moref", takeMoref, false, false},
   {"folder", takeFolder, false, true},
   {"transports", takeTransports, false, false},
};

static void takeVmName(Parsing *parsing, const char *value)
{
   ((InventoryVm *)parsing->entry)->name = copyOf(parsing, value);
}

static void takeVmServer(Parsing *parsing, const char *value)
{
   appendText(parsing, &((InventoryVm *)parsing->entry)->servers, value);
}

static void takePower(Parsing *parsing, const char *value)
{
   ((InventoryVm *)parsing->entry)->isOn = choose(parsing, value, (const char *const[]){"off", "on", NULL}) == 1;
}

static void takeVmDisk(Parsing *parsing, const char *value)
{
   takeDisk(parsing, &((InventoryVm *)parsing->entry)->disks, value);
}

static const Key vmKeys[] = {
   {"name", takeVmName, false, false},
   {"server", takeVmServer, true, false},
   {"power", takePower, false, false},
   {"disk", takeVmDisk, true, false},
};

static void takeSnapshotVm(Parsing *parsing, const char *value)
{
   ((InventorySnapshot *)parsing->entry)->vm = copyOf(parsing, value);
}

static void takeSnapshotDisk(Parsing *parsing, const char *value)
{
   takeDisk(parsing, &((InventorySnapshot *)parsing->entry)->disks, value);
}

static const Key snapshotKeys[] = {
   {"vm", takeSnapshotVm, false, true},
   {"disk", takeSnapshotDisk, true, false},
};

static void takeFcdDatastore(Parsing *parsing, const char *value)
{
   ((InventoryFcd *)parsing->entry)->datastore = copyOf(parsing, value);
}

static void takeFcdPath(Parsing *parsing, const char *value)
{
   ((InventoryFcd *)parsing->entry)->path = takePathInside(parsing, value);
}

static void takeFcdSnapshot(Parsing *parsing, const char *value)
{
   size_t idLength = strcspn(value, " \t");
   const char *path = value + idLength + strspn(value + idLength, " \t");
   InventoryFcdSnapshot *snapshot;

   if (*path == '\0') {
      complain(parsing, parsing->line, "a snapshot is its identifier and its path, with a blank between");
      return;
   }
   snapshot = append(parsing, &((InventoryFcd *)parsing->entry)->snapshots, sizeof *snapshot);
   if (snapshot != NULL) {
      snapshot->id = strndup(value, idLength);
      snapshot->path = takePathInside(parsing, path);
      if (snapshot->id == NULL) {
         complainOfMemory(parsing);
      }
   }
}

static const Key fcdKeys[] = {
   {"datastore", takeFcdDatastore, false, true},
   {"path", takeFcdPath, false, true},
   {"snapshot", takeFcdSnapshot, true, false},
};

static void beginPlain(Parsing *parsing)
{
   (void)parsing;
}

#define KEYS(keys) (keys), sizeof(keys) / sizeof(keys)[0]

static const Kind kinds[] = {
   {"server", offsetof(Inventory, servers), sizeof(InventoryServer), beginServer, KEYS(serverKeys)},
   {"user", offsetof(Inventory, users), sizeof(InventoryUser), beginUser, KEYS(userKeys)},
   {"datastore", offsetof(Inventory, datastores), sizeof(InventoryDatastore), beginDatastore, KEYS(datastoreKeys)},
   {"vm", offsetof(Inventory, vms), sizeof(InventoryVm), beginPlain, KEYS(vmKeys)},
   {"snapshot", offsetof(Inventory, snapshots), sizeof(InventorySnapshot), beginPlain, KEYS(snapshotKeys)},
   {"fcd", offsetof(Inventory, fcds), sizeof(InventoryFcd), beginPlain, KEYS(fcdKeys)},
};

#define NUM_KINDS (sizeof kinds / sizeof kinds[0])

/* Whether all that the section needs is there; asked when it ends. */
static void endSection(Parsing *parsing)
{
   const Kind *kind = parsing->kind;

   for (size_t i = 0; kind != NULL && i < kind->numKeys; i++) {
      if (kind->keys[i].required && (parsing->seen >> i & 1) == 0) {
         const InventoryEntry *entry = parsing->entry;

         complain(parsing, entry->line, "[%s %s] lacks \"%s\"; add a line for it", kind->name, entry->id,
                  kind->keys[i].name);
      }
   }
   parsing->kind = NULL;
}

static bool isThere(const InventoryList *list, size_t size, const char *id)
{
   const char *items = list->items;

   for (size_t i = 0; i < list->count; i++) {
      if (strcmp(((const InventoryEntry *)(const void *)(items + i * size))->id, id) == 0) {
         return true;
      }
   }
   return false;
}

static void beginSection(Parsing *parsing, const Kind *kind, const char *id)
{
   InventoryList *list = (void *)((char *)parsing->inventory + kind->list);
   char *copy;

   if (isThere(list, kind->size, id)) {
      complain(parsing, parsing->line, "[%s %s] is there already; make one section of both", kind->name, id);
      return;
   }
   copy = copyOf(parsing, id);
   parsing->entry = copy != NULL ? append(parsing, list, kind->size) : NULL;
   if (parsing->entry == NULL) {
      free(copy);
      return;
   }
   *(InventoryEntry *)parsing->entry = (InventoryEntry){copy, parsing->line};
   parsing->kind = kind;
   parsing->seen = 0;
   kind->begin(parsing);
}

/* ------------------------------------------------------------------------------------------------------ lines */

static char *skipBlanks(char *text)
{
   return text + strspn(text, " \t");
}

/* Takes blanks off the end. */
static void trimEnd(char *text)
{
   size_t length = strlen(text);

   while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t')) {
      length--;
   }
   text[length] = '\0';
}

/* Takes a comment off, which begins behind a blank. */
static void cutComment(char *text)
{
   for (char *c = text; *c != '\0'; c++) {
      if (*c == '#' && (c == text || c[-1] == ' ' || c[-1] == '\t')) {
         *c = '\0';
         break;
      }
   }
   trimEnd(text);
}

/* Takes the quotation marks off, in which two of them are one. */
static bool unquote(char *text)
{
   char *from = text + 1;
   char *to = text;

   while (*from != '\0' && (*from != '"' || from[1] == '"')) {
      from += *from == '"' ? 1 : 0;
      *to++ = *from++;
   }
   if (*from != '"') {
      return false;
   }
   from = from + 1 + strspn(from + 1, " \t");
   *to = '\0';
   return *from == '\0' || *from == '#';
}

static void readSection(Parsing *parsing, char *line)
{
   size_t length;
   char *id;
   size_t i = 0;

   endSection(parsing);
   parsing->began = true;
   cutComment(line);
   length = strlen(line);
   if (line[length - 1] != ']') {
      complain(parsing, parsing->line, "the section lacks its \"]\"; write it as [vm vm-42]");
      return;
   }
   line[length - 1] = '\0';
   id = skipBlanks(line + 1);
   line = strsep(&id, " \t");
   while (i < NUM_KINDS && strcmp(kinds[i].name, line) != 0) {
      i++;
   }
   if (i == NUM_KINDS) {
      warn(parsing, "sections of the kind \"%s\" are not known, and this one is overlooked", line);
      return;
   }
   id = id != NULL ? skipBlanks(id) : line + strlen(line);
   trimEnd(id);
   if (*id == '\0') {
      complain(parsing, parsing->line, "the section has no name; write it as [%s name]", line);
      return;
   }
   beginSection(parsing, &kinds[i], id);
}

static void takeValue(Parsing *parsing, const char *name, const char *value)
{
   const Kind *kind = parsing->kind;
   size_t i = 0;

   while (i < kind->numKeys && strcmp(kind->keys[i].name, name) != 0) {
      i++;
   }
   if (i == kind->numKeys) {
      warn(parsing, "\"%s\" is no key of a %s, and is overlooked", name, kind->name);
      return;
   }
   parsing->key = &kind->keys[i];
   if ((parsing->seen >> i & 1) != 0 && !parsing->key->repeats) {
      complain(parsing, parsing->line, "\"%s\" is there twice; remove one of them", name);
      return;
   }
   parsing->seen |= 1U << i;
   if (*value == '\0') {
      complain(parsing, parsing->line, "\"%s\" has no value; remove the line, or write one", name);
      return;
   }
   parsing->key->take(parsing, value);
}

/* Nothing of a line that cannot be read is told: it may have a secret in it. */
static void readValue(Parsing *parsing, char *line)
{
   char *value = strchr(line, '=');

   if (value == NULL) {
      complain(parsing, parsing->line, "it is neither a section nor of the form key = value");
      return;
   }
   *value = '\0';
   trimEnd(line);
   value = skipBlanks(value + 1);
   if (*value != '"') {
      cutComment(value);
   } else if (!unquote(value)) {
      complain(parsing, parsing->line, "the quotation marks around the value of \"%s\" do not match", line);
      return;
   }
   if (parsing->kind != NULL) {
      takeValue(parsing, line, value);
   } else if (!parsing->began) {
      complain(parsing, parsing->line, "\"%s\" is in no section; write one such as [server name] before it", line);
   }
}

static void readLine(Parsing *parsing, char *line)
{
   line = skipBlanks(line);
   trimEnd(line);
   if (*line == '\0' || *line == '#') {
      return;
   }
   if (!text_isUtf8(line)) {
      complain(parsing, parsing->line, "it is not in UTF-8; save the file in that encoding");
   } else if (*line == '[') {
      readSection(parsing, line);
   } else {
      readValue(parsing, line);
   }
}

/* ------------------------------------------------------------------------------------------------- references */

static void checkServers(Parsing *parsing, const InventoryList *servers)
{
   const InventoryText *names = servers->items;

   for (size_t i = 0; i < servers->count; i++) {
      if (inventory_server(parsing->inventory, names[i].text) == NULL) {
         complain(parsing, names[i].line, "there is no server \"%s\"; add a section [server %s] or correct the name",
                  names[i].text, names[i].text);
      }
   }
}

static void checkDisks(Parsing *parsing, const InventoryList *list)
{
   const InventoryDisk *disks = list->items;

   for (size_t i = 0; i < list->count; i++) {
      if (inventory_datastore(parsing->inventory, disks[i].datastore) == NULL) {
         complain(parsing, disks[i].line,
                  "there is no datastore \"%s\"; add a section [datastore %s] or correct the name", disks[i].datastore,
                  disks[i].datastore);
      }
   }
}

/* Whether everything that is named somewhere is there. Only called for what was read without a complaint. */
static void checkReferences(Parsing *parsing)
{
   const Inventory *inventory = parsing->inventory;

   for (size_t i = 0; i < inventory->users.count; i++) {
      checkServers(parsing, &((const InventoryUser *)inventory->users.items)[i].servers);
   }
   for (size_t i = 0; i < inventory->vms.count; i++) {
      const InventoryVm *vm = (const InventoryVm *)inventory->vms.items + i;

      checkServers(parsing, &vm->servers);
      checkDisks(parsing, &vm->disks);
   }
   for (size_t i = 0; i < inventory->snapshots.count; i++) {
      const InventorySnapshot *snapshot = (const InventorySnapshot *)inventory->snapshots.items + i;

      checkDisks(parsing, &snapshot->disks);
      if (inventory_vm(inventory, snapshot->vm) == NULL) {
         complain(parsing, snapshot->entry.line,
                  "there is no machine \"%s\"; add a section [vm %s] or correct the name", snapshot->vm, snapshot->vm);
      }
   }
   for (size_t i = 0; i < inventory->fcds.count; i++) {
      const InventoryFcd *fcd = (const InventoryFcd *)inventory->fcds.items + i;

      if (inventory_datastoreOfMoref(inventory, fcd->datastore) == NULL) {
         complain(parsing, fcd->entry.line, "there is no datastore with the moref \"%s\"; give one \"moref = %s\"",
                  fcd->datastore, fcd->datastore);
      }
   }
}

/* ---------------------------------------------------------------------------------------------------- the text */

/* Reads all lines of a text that ends with a NUL, which it takes apart. */
static void readLines(Parsing *parsing, char *text)
{
   char *rest = text;
   char *line;

   while ((line = strsep(&rest, "\n")) != NULL) {
      size_t length = strlen(line);

      if (length > 0 && line[length - 1] == '\r') {
         line[length - 1] = '\0';
      }
      parsing->line++;
      readLine(parsing, line);
   }
   endSection(parsing);
   if (parsing->complaints == 0) {
      checkReferences(parsing);
   }
   if (parsing->complaints > MAX_COMPLAINTS) {
      log_warn("VixDiskLib: there are %d more mistakes in the inventory \"%s\".\n",
               parsing->complaints - MAX_COMPLAINTS, parsing->path);
   }
}

static size_t skipByteOrderMark(const char *text, size_t length)
{
   return length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

Inventory *inventory_parse(const char *path, const char *text, size_t length)
{
   Parsing parsing = {.path = path, .inventory = calloc(1, sizeof *parsing.inventory)};
   char *copy = malloc(length + 1);

   if (copy == NULL || parsing.inventory == NULL) {
      complainOfMemory(&parsing);
   } else {
      memcpy(copy, text, length);
      copy[length] = '\0';
      if (memchr(copy, '\0', length) != NULL) {
         complain(&parsing, 1, "the file has a NUL byte in it; save it as a text in UTF-8");
      } else {
         readLines(&parsing, copy + skipByteOrderMark(copy, length));
      }
      explicit_bzero(copy, length);
   }
   free(copy);
   if (parsing.complaints > 0) {
      inventory_free(parsing.inventory);
      return NULL;
   }
   return parsing.inventory;
}
