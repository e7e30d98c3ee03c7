/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "access.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "errors.h"
#include "log.h"

#define PREPARED "prepared"
#define ATTACHED "attached"

/* The longest record: names of a server and an object, and an identity. */
#define MAX_RECORD_BYTES 4096

struct Lease {
   Lease *next;
   char *folder;
   char *path;
   int fd; /* that has the lock */
   bool prepared;
};

/* The leases of this process. A child that is forked has none: the locks would live on in it. */
static pthread_mutex_t leasesLock = PTHREAD_MUTEX_INITIALIZER;
static Lease *leases;

/* ------------------------------------------------------------------------------------------------------ leases */

static void freeLease(Lease *lease)
{
   if (lease->fd >= 0) {
      close(lease->fd);
   }
   free(lease->folder);
   free(lease->path);
   free(lease);
}

static void lockLeases(void)
{
   pthread_mutex_lock(&leasesLock);
}

static void unlockLeases(void)
{
   pthread_mutex_unlock(&leasesLock);
}

static void closeInChild(void)
{
   for (Lease *lease = leases; lease != NULL; lease = lease->next) {
      close(lease->fd);
      lease->fd = -1;
   }
   leases = NULL;
   pthread_mutex_unlock(&leasesLock);
}

static void watchForks(void)
{
   (void)pthread_atfork(lockLeases, unlockLeases, closeInChild);
}

static void addLease(Lease *lease)
{
   lockLeases();
   lease->next = leases;
   leases = lease;
   unlockLeases();
}

/* Takes a lease out of the list; false if it is not in there. */
static bool unlinkLease(const Lease *lease)
{
   Lease **link;
   bool found;

   lockLeases();
   for (link = &leases; *link != NULL && *link != lease; link = &(*link)->next) {
   }
   found = *link != NULL;
   if (found) {
      *link = lease->next;
   }
   unlockLeases();
   return found;
}

/* Takes the lease with a record out of the list; NULL if it is not of this process. */
static Lease *unlinkLeaseOf(const char *path)
{
   Lease **link;
   Lease *lease;

   lockLeases();
   for (link = &leases; *link != NULL && strcmp((*link)->path, path) != 0; link = &(*link)->next) {
   }
   lease = *link;
   if (lease != NULL) {
      *link = lease->next;
   }
   unlockLeases();
   return lease;
}

/* ------------------------------------------------------------------------------------------------------ folder */

static bool lockFile(int fd, int command)
{
   struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
   int result;

   do {
      result = fcntl(fd, command, &lock);
   } while (result != 0 && errno == EINTR);
   return result == 0;
}

static VixError fail(const char *folder, const char *what)
{
   VixError error = errors_fromErrno(errno);

   log_warn("VixDiskLib: %s in the folder \"%s\" of the servers' state (error %llu).\n", what, folder,
            (unsigned long long)error);
   return error;
}

/* Locks the folder, which is made if there is none; others wait until the file is closed. */
static VixError lockFolder(const char *folder, int *fd)
{
   char *path;

   if (mkdir(folder, 0777) != 0 && errno != EEXIST) {
      return fail(folder, "cannot make a folder");
   }
   if (asprintf(&path, "%s/lock", folder) < 0) {
      return VIX_E_OUT_OF_MEMORY;
   }
   *fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
   free(path);
   if (*fd < 0) {
      return fail(folder, "cannot open the lock");
   }
   if (!lockFile(*fd, F_OFD_SETLKW)) {
      VixError error = fail(folder, "cannot take the lock");

      close(*fd);
      return error;
   }
   return VIX_OK;
}

/* ----------------------------------------------------------------------------------------------------- records */

typedef struct Record {
   char *path;
   char *text;            /* what the fields are pieces of */
   const char *fields[5]; /* kind, server, object, identity or transport, process */
   bool live;
} Record;

enum { FIELD_KIND, FIELD_SERVER, FIELD_OBJECT, FIELD_DETAIL, FIELD_PROCESS, NUM_FIELDS };

typedef struct Records {
   Record *items;
   size_t count;
} Records;

static void freeRecords(Records *records)
{
   for (size_t i = 0; i < records->count; i++) {
      free(records->items[i].path);
      free(records->items[i].text);
   }
   free(records->items);
}

/* Splits a text into one field for each line; a line end in a field was written as a blank. */
static bool splitFields(Record *record)
{
   char *rest = record->text;

   for (int i = 0; i < NUM_FIELDS; i++) {
      char *end = rest != NULL ? strchr(rest, '\n') : NULL;

      if (end == NULL) {
         return false;
      }
      *end = '\0';
      record->fields[i] = rest;
      rest = end + 1;
   }
   return true;
}

/* Reads a record. False if it is gone, or was never finished, and then it is removed: whoever made it is dead. */
static bool readRecord(Record *record)
{
   int fd = open(record->path, O_RDWR | O_CLOEXEC);
   ssize_t length;

   if (fd < 0) {
      return false;
   }
   record->live = !lockFile(fd, F_OFD_SETLK);
   length = pread(fd, record->text, MAX_RECORD_BYTES - 1, 0);
   close(fd);
   record->text[length > 0 ? length : 0] = '\0';
   if (!splitFields(record)) {
      if (!record->live) {
         (void)unlink(record->path);
      }
      return false;
   }
   return true;
}

static int isRecord(const struct dirent *entry)
{
   return strncmp(entry->d_name, "access-", 7) == 0;
}

static bool addRecord(Records *records, const char *folder, const char *name)
{
   Record record = {.text = malloc(MAX_RECORD_BYTES)};
   Record *items = realloc(records->items, (records->count + 1) * sizeof *items);

   if (items != NULL) {
      records->items = items;
   }
   if (record.text == NULL || items == NULL || asprintf(&record.path, "%s/%s", folder, name) < 0) {
      free(record.text);
      return false;
   }
   if (readRecord(&record)) {
      items[records->count++] = record;
   } else {
      free(record.path);
      free(record.text);
   }
   return true;
}

/* All records, with the folder locked. */
static VixError readRecords(const char *folder, Records *records)
{
   struct dirent **entries;
   int count = scandir(folder, &entries, isRecord, alphasort);
   VixError error = VIX_OK;

   *records = (Records){NULL, 0};
   if (count < 0) {
      return fail(folder, "cannot read the records");
   }
   for (int i = 0; i < count; i++) {
      if (error == VIX_OK && !addRecord(records, folder, entries[i]->d_name)) {
         error = VIX_E_OUT_OF_MEMORY;
      }
      free(entries[i]);
   }
   free(entries);
   if (error != VIX_OK) {
      freeRecords(records);
   }
   return error;
}

static bool isOf(const Record *record, const char *server, const char *object)
{
   return strcasecmp(record->fields[FIELD_SERVER], server) == 0 &&
          (object == NULL || strcmp(record->fields[FIELD_OBJECT], object) == 0);
}

/* Fields are lines: what would end one becomes a blank, here and in what they are compared with. */
static char *toField(const char *text)
{
   char *field = strdup(text);

   for (char *c = field; c != NULL && *c != '\0'; c++) {
      *c = (unsigned char)*c < ' ' ? ' ' : *c;
   }
   return field;
}

static VixError writeRecord(const Lease *lease, const char *server, const char *object, const char *detail)
{
   char text[MAX_RECORD_BYTES];
   int length = snprintf(text, sizeof text, "%s\n%s\n%s\n%s\n%ld\n", lease->prepared ? PREPARED : ATTACHED, server,
                         object, detail, (long)getpid());

   if (length < 0 || (size_t)length >= sizeof text) {
      return VIX_E_ARGUMENT_TOO_BIG;
   }
   if (!lockFile(lease->fd, F_OFD_SETLK) || write(lease->fd, text, (size_t)length) != length) {
      return fail(lease->folder, "cannot write a record");
   }
   return VIX_OK;
}

/* A file for a record, with the folder locked. */
static VixError makeLease(const char *folder, bool prepared, Lease **lease)
{
   Lease *made = calloc(1, sizeof *made);

   if (made == NULL) {
      return VIX_E_OUT_OF_MEMORY;
   }
   made->fd = -1;
   made->prepared = prepared;
   made->folder = strdup(folder);
   if (made->folder == NULL || asprintf(&made->path, "%s/access-XXXXXX", folder) < 0) {
      made->path = NULL;
      freeLease(made);
      return VIX_E_OUT_OF_MEMORY;
   }
   made->fd = mkostemp(made->path, O_CLOEXEC);
   if (made->fd < 0) {
      VixError error = fail(folder, "cannot make a record");

      freeLease(made);
      return error;
   }
   *lease = made;
   return VIX_OK;
}

static VixError record(const char *folder, bool prepared, const char *server, const char *object, const char *detail,
                       Lease **lease)
{
   static pthread_once_t watching = PTHREAD_ONCE_INIT;
   int folderLock;
   VixError error = lockFolder(folder, &folderLock);

   pthread_once(&watching, watchForks);
   if (error != VIX_OK) {
      return error;
   }
   error = makeLease(folder, prepared, lease);
   if (error == VIX_OK) {
      error = writeRecord(*lease, server, object, detail);
      if (error == VIX_OK) {
         addLease(*lease);
      } else {
         (void)unlink((*lease)->path);
         freeLease(*lease);
      }
   }
   close(folderLock);
   return error;
}

/* ------------------------------------------------------------------------------------------- what others use */

VixError access_attach(const char *folder, const char *server, const char *object, const char *transport, Lease **lease)
{
   return record(folder, false, server, object, transport, lease);
}

void access_detach(Lease *lease)
{
   int folderLock;
   bool isLocked;

   if (!unlinkLease(lease)) {
      /* It is that of the process which this one was forked from. */
      freeLease(lease);
      return;
   }
   isLocked = lockFolder(lease->folder, &folderLock) == VIX_OK;
   (void)unlink(lease->path);
   freeLease(lease);
   if (isLocked) {
      close(folderLock);
   }
}

VixError access_prepare(const char *folder, const char *server, const char *object, const char *identity)
{
   char *field = toField(identity);
   Lease *lease;
   VixError error = field != NULL ? record(folder, true, server, object, field, &lease) : VIX_E_OUT_OF_MEMORY;

   free(field);
   return error;
}

static bool canEnd(const Record *candidate, const char *server, const char *object, const char *identity)
{
   return strcmp(candidate->fields[FIELD_KIND], PREPARED) == 0 && isOf(candidate, server, object) &&
          strcmp(candidate->fields[FIELD_DETAIL], identity) == 0;
}

/* Whether the record was this process's or nobody's, and is no more. */
static bool endRecord(const Record *candidate)
{
   Lease *lease = unlinkLeaseOf(candidate->path);

   if (lease != NULL || !candidate->live) {
      (void)unlink(candidate->path);
   }
   if (lease != NULL) {
      freeLease(lease);
   }
   return lease != NULL || !candidate->live;
}

static bool isOwn(const Record *candidate)
{
   char process[24];

   (void)snprintf(process, sizeof process, "%ld", (long)getpid());
   return candidate->live && strcmp(candidate->fields[FIELD_PROCESS], process) == 0;
}

/*
 * Ends one of the records: first this process's own, then one that was left over. Tells whose there is, if it has to
 * stay; "" if there is none.
 */
static bool endOneOf(const Records *records, const char *server, const char *object, const char *identity,
                     char *process, size_t size)
{
   *process = '\0';
   for (int own = 1; own >= 0; own--) {
      for (size_t i = 0; i < records->count; i++) {
         const Record *candidate = &records->items[i];

         if (canEnd(candidate, server, object, identity) && isOwn(candidate) == (own == 1)) {
            if (endRecord(candidate)) {
               return true;
            }
            (void)snprintf(process, size, "%s", candidate->fields[FIELD_PROCESS]);
         }
      }
   }
   return false;
}

/* Nothing is logged while the folder is locked: a callback may come back here. */
static VixError endLocked(const char *folder, const char *server, const char *object, const char *identity, bool *ended,
                          char *process, size_t size)
{
   Records records;
   int folderLock;
   VixError error = lockFolder(folder, &folderLock);

   if (error != VIX_OK) {
      return error;
   }
   error = readRecords(folder, &records);
   if (error == VIX_OK) {
      *ended = endOneOf(&records, server, object, identity, process, size);
      freeRecords(&records);
   }
   close(folderLock);
   return error;
}

VixError access_end(const char *folder, const char *server, const char *object, const char *identity)
{
   char process[24];
   bool ended = false;
   char *field = toField(identity);
   VixError error =
      field != NULL ? endLocked(folder, server, object, field, &ended, process, sizeof process) : VIX_E_OUT_OF_MEMORY;

   free(field);
   if (error == VIX_OK && !ended) {
      if (*process != '\0') {
         log_warn("VixDiskLib: \"%s\" stays prepared for access by process %s, which is running.\n", object, process);
      } else {
         log_info("VixDiskLib: \"%s\" was not prepared for access with this identity.\n", object);
      }
   }
   return error;
}

/* Whether no record before this one is of the same object. */
static bool isFirst(const Records *records, size_t index)
{
   size_t i = 0;

   while (i < index && !isOf(&records->items[i], records->items[index].fields[FIELD_SERVER],
                             records->items[index].fields[FIELD_OBJECT])) {
      i++;
   }
   return i == index;
}

/* Removes what was left over of an object; true if there is more. */
static bool cleanObject(const Records *records, const char *server, const char *object)
{
   bool remains = false;

   for (size_t i = 0; i < records->count; i++) {
      const Record *candidate = &records->items[i];

      if (isOf(candidate, server, object)) {
         remains = candidate->live || unlink(candidate->path) != 0 || remains;
      }
   }
   return remains;
}

static void cleanAll(const Records *records, const char *server, uint32 *numCleanedUp, uint32 *numRemaining)
{
   for (size_t i = 0; i < records->count; i++) {
      const char *object = records->items[i].fields[FIELD_OBJECT];

      if (isOf(&records->items[i], server, NULL) && isFirst(records, i)) {
         if (cleanObject(records, server, object)) {
            ++*numRemaining;
         } else {
            ++*numCleanedUp;
         }
      }
   }
}

VixError access_cleanUp(const char *folder, const char *server, uint32 *numCleanedUp, uint32 *numRemaining)
{
   Records records;
   int folderLock;
   VixError error;

   *numCleanedUp = 0;
   *numRemaining = 0;
   if (access(folder, F_OK) != 0) {
      return VIX_OK;
   }
   error = lockFolder(folder, &folderLock);
   if (error != VIX_OK) {
      return error;
   }
   error = readRecords(folder, &records);
   if (error == VIX_OK) {
      cleanAll(&records, server, numCleanedUp, numRemaining);
      freeRecords(&records);
   }
   close(folderLock);
   return error;
}

uint64 access_countPrepared(void)
{
   uint64 count = 0;

   lockLeases();
   for (const Lease *lease = leases; lease != NULL; lease = lease->next) {
      count += lease->prepared;
   }
   unlockLeases();
   return count;
}

void access_giveUp(void)
{
   Lease **link;

   lockLeases();
   for (link = &leases; *link != NULL;) {
      Lease *lease = *link;

      if (lease->prepared) {
         *link = lease->next;
         freeLease(lease);
      } else {
         link = &lease->next;
      }
   }
   unlockLeases();
}
