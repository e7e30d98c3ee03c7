/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "strict.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "async.h"
#include "caller.h"
#include "config.h"
#include "ledger.h"
#include "log.h"
#include "text_buffer.h"
#include "vddkFake.h"

enum { MODE_OFF, MODE_RECORD, MODE_ABORT };

/* What a detail can have, and all lines together; what is more is only counted. */
#define MAX_DETAIL 1024
#define MAX_LINES (1u << 20)

static const char *const ruleNames[RULES] = {
   [RULE_OPEN_THREAD] = "open-thread",
   [RULE_HANDLE_THREADS] = "handle-threads",
   [RULE_MIXED_IO] = "mixed-io",
   [RULE_BUFFER_CHANGED] = "buffer-changed",
   [RULE_BUFFER_OVERLAP] = "buffer-overlap",
   [RULE_STALE_HANDLE] = "stale-handle",
   [RULE_CLOSE_IN_FLIGHT] = "close-in-flight",
   [RULE_DISCONNECT_WITH_DISKS] = "disconnect-with-disks",
   [RULE_EXIT_WITH_DISKS] = "exit-with-disks",
   [RULE_EXIT_WITH_CONNECTIONS] = "exit-with-connections",
   [RULE_LEAKED_INFO] = "leaked-info",
   [RULE_LEAKED_BLOCKS] = "leaked-blocks",
   [RULE_LEAKED_ERROR_TEXT] = "leaked-error-text",
   [RULE_LEAKED_CONNECT_PARAMS] = "leaked-connect-params",
   [RULE_UNMATCHED_PREPARE] = "unmatched-prepare",
   [RULE_WRONG_FREE] = "wrong-free",
   [RULE_CALL_IN_CALLBACK] = "call-in-callback",
};

static atomic_int mode;
static atomic_bool anyThreadOpens; /* if they do so one after the other */

/* Guards all below. Nothing is called with it that could wait for anything else. */
static pthread_mutex_t strictLock = PTHREAD_MUTEX_INITIALIZER;

static uint64 numBroken;
static char *brokenLines;
static size_t brokenLength;
static size_t brokenRoom;

static Call *calls;       /* that are going on, the last one first */
static Caller openThread; /* the first that connected, opened or closed something; its number is 0 if there is none */

static bool isOn(void)
{
   return atomic_load_explicit(&mode, memory_order_relaxed) != MODE_OFF;
}

/* --------------------------------------------------------------------------------------------- broken rules */

/* With the lock held. */
static bool makeRoom(size_t length)
{
   size_t room = brokenRoom == 0 ? 4096 : brokenRoom * 2;
   char *larger;

   if (brokenRoom - brokenLength > length) {
      return true;
   }
   if (room > MAX_LINES || (larger = realloc(brokenLines, room)) == NULL) {
      return false;
   }
   brokenLines = larger;
   brokenRoom = room;
   return true;
}

static void record(const char *line, size_t length)
{
   pthread_mutex_lock(&strictLock);
   numBroken++;
   if (makeRoom(length)) {
      memcpy(brokenLines + brokenLength, line, length);
      brokenLength += length;
   }
   pthread_mutex_unlock(&strictLock);
}

/* Paths can have line ends in them, which would end a line of broken rules. */
static void keepOnOneLine(char *text)
{
   for (; *text != '\0'; text++) {
      if ((unsigned char)*text < ' ') {
         *text = '?';
      }
   }
}

void strict_break(Rule rule, const char *function, const char *format, ...)
{
   char line[MAX_DETAIL + 128];
   char detail[MAX_DETAIL];
   va_list args;
   int length;

   if (!isOn()) {
      return;
   }
   if (function == NULL) {
      function = call_current() != NULL ? call_current()->function : "?";
   }
   va_start(args, format);
   vsnprintf(detail, sizeof detail, format, args);
   va_end(args);
   keepOnOneLine(detail);
   length = snprintf(line, sizeof line, "%s: %s: %s\n", ruleNames[rule], function, detail);
   record(line, (size_t)length);
   log_warn("VixDiskLib: broken rule %s", line);
   if (atomic_load(&mode) == MODE_ABORT) {
      dprintf(STDERR_FILENO, "VixDiskLib: broken rule %s", line);
      abort();
   }
}

/* --------------------------------------------------------------------------------------------------- calls */

static bool isOneOf(const char *function, const char *const *names, size_t numNames)
{
   for (size_t i = 0; i < numNames; i++) {
      if (strcmp(function, names[i]) == 0) {
         return true;
      }
   }
   return false;
}

static bool opensOrCloses(const Call *call)
{
   static const char *const names[] = {"VixDiskLib_Open", "VixDiskLib_Close", "VixDiskLib_Connect",
                                       "VixDiskLib_ConnectEx", "VixDiskLib_Disconnect"};

   return isOneOf(call->function, names, sizeof names / sizeof names[0]);
}

/*
 * Whether a function is to be called on the one thread that opens and closes. Programs that do without such a thread
 * and have a lock instead, as nbdkit, take it for opening and closing only.
 */
static bool isForOpenThread(const Call *call)
{
   return opensOrCloses(call) || strcmp(call->function, "VixDiskLib_QueryAllocatedBlocks") == 0;
}

/* Whether a function does nothing with a disk but wait for its requests, whose callbacks may use it meanwhile. */
static bool waits(const Call *call)
{
   static const char *const names[] = {"VixDiskLib_Wait", "VixDiskLib_Close"};

   return isOneOf(call->function, names, sizeof names / sizeof names[0]);
}

/* A call on another thread that opens or closes something; with the lock held. */
static const Call *findOtherOpening(const Call *call)
{
   const Call *other = calls;

   while (other != NULL && (other->watch.thread == call->watch.thread || !opensOrCloses(other))) {
      other = other->watch.next;
   }
   return other;
}

static void checkOneAtATime(const Call *call)
{
   const Call *other;
   const char *function;

   pthread_mutex_lock(&strictLock);
   other = findOtherOpening(call);
   function = other != NULL ? other->function : NULL;
   pthread_mutex_unlock(&strictLock);
   if (function != NULL) {
      strict_break(RULE_OPEN_THREAD, call->function, "on thread %s/%d while %s goes on on another one",
                   caller_self()->name, caller_self()->id, function);
   }
}

static void checkOpenThread(const Call *call)
{
   const Caller *caller = caller_self();
   Caller first;

   if (!isForOpenThread(call)) {
      return;
   }
   pthread_mutex_lock(&strictLock);
   if (openThread.number == 0) {
      openThread = *caller;
   }
   first = openThread;
   pthread_mutex_unlock(&strictLock);
   if (first.number != caller->number) {
      strict_break(RULE_OPEN_THREAD, call->function, "on thread %s/%d, but the first such call was on thread %s/%d",
                   caller->name, caller->id, first.name, first.id);
   }
}

void strict_beginCall(Call *call)
{
   if (!isOn()) {
      return;
   }
   call->watch.thread = caller_self()->number;
   call->watch.listed = true;
   pthread_mutex_lock(&strictLock);
   call->watch.next = calls;
   calls = call;
   pthread_mutex_unlock(&strictLock);
   if (log_isCalling() || progress_isCalling()) {
      strict_break(RULE_CALL_IN_CALLBACK, call->function, "in a %s callback", log_isCalling() ? "log" : "progress");
   }
   if (!atomic_load(&anyThreadOpens)) {
      checkOpenThread(call);
   } else if (opensOrCloses(call)) {
      checkOneAtATime(call);
   }
}

void strict_endCall(Call *call)
{
   Call **link = &calls;

   if (!call->watch.listed) {
      return;
   }
   pthread_mutex_lock(&strictLock);
   while (*link != NULL && *link != call) { /* it is not there in the child of a fork */
      link = &(*link)->watch.next;
   }
   if (*link != NULL) {
      *link = call->watch.next;
   }
   pthread_mutex_unlock(&strictLock);
}

static bool usesDisk(const Call *call, uint64 disk)
{
   return call->watch.disks[0] == disk || call->watch.disks[1] == disk;
}

/* Whether two calls are not to use a disk at once. */
static bool exclude(const Call *call, const Call *other)
{
   if (call->watch.thread == other->watch.thread) {
      return false;
   }
   return !(waits(other) && call->watch.inCompletion) && !(waits(call) && other->watch.inCompletion);
}

/* A call on another thread that is not to use a disk at the same time; with the lock held. */
static const Call *findOtherUser(const Call *call, uint64 disk)
{
   const Call *other = calls;

   while (other != NULL && !(usesDisk(other, disk) && exclude(call, other))) {
      other = other->watch.next;
   }
   return other;
}

void strict_useDisk(Call *call, const Disk *disk)
{
   uint64 number = disk->handled.number;
   const char *function;
   const Call *other;

   /* Which transport a disk has may be asked for on any thread. */
   if (!call->watch.listed || strcmp(call->function, "VixDiskLib_GetTransportMode") == 0) {
      return;
   }
   pthread_mutex_lock(&strictLock);
   call->watch.inCompletion = async_isCalling();
   other = findOtherUser(call, number);
   function = other != NULL ? other->function : NULL;
   call->watch.disks[call->watch.disks[0] == 0 ? 0 : 1] = number;
   pthread_mutex_unlock(&strictLock);
   if (function != NULL) {
      strict_break(RULE_HANDLE_THREADS, call->function, "on \"%s\" on thread %s/%d while %s goes on on another one",
                   disk->link->path, caller_self()->name, caller_self()->id, function);
   }
}

/* ------------------------------------------------------------------------------------------------- buffers */

struct StrictBuffer {
   StrictBuffer *next;
   const char *function;
   const unsigned char *bytes;
   uint64 size;
   bool written;    /* by the library */
   uint64 checksum; /* of a buffer that is not */
};

static StrictBuffer *buffers;

/* Any change of one byte changes it, since each step can be undone. */
static uint64 checksumOf(const unsigned char *bytes, uint64 size)
{
   uint64 sum = 0;

   for (uint64 i = 0; i < size; i += sizeof sum) {
      uint64 word;

      memcpy(&word, bytes + i, sizeof word);
      sum = (sum ^ word) * UINT64_C(0x9e3779b97f4a7c15);
      sum ^= sum >> 32;
   }
   return sum;
}

static bool overlap(const StrictBuffer *a, const StrictBuffer *b)
{
   return a->bytes < b->bytes + b->size && b->bytes < a->bytes + a->size;
}

/* Looks for a request whose buffer one of the two changes that the other one has, too. */
static void checkOverlap(const StrictBuffer *buffer)
{
   const char *function = NULL;

   pthread_mutex_lock(&strictLock);
   for (const StrictBuffer *other = buffers; other != NULL; other = other->next) {
      if ((buffer->written || other->written) && overlap(buffer, other)) {
         function = other->function;
      }
   }
   pthread_mutex_unlock(&strictLock);
   if (function != NULL) {
      strict_break(RULE_BUFFER_OVERLAP, buffer->function,
                   "the buffer has bytes of that of a %s that has not called its callback", function);
   }
}

static StrictBuffer bufferOf(const char *function, const void *bytes, uint64 sectors, bool written)
{
   return (StrictBuffer){NULL, function, bytes, sectors * SECTOR_SIZE, written, 0};
}

void strict_checkBuffer(const char *function, const void *bytes, uint64 sectors, bool written)
{
   if (isOn() && sectors <= MAX_SECTORS) {
      StrictBuffer buffer = bufferOf(function, bytes, sectors, written);

      checkOverlap(&buffer);
   }
}

StrictBuffer *strict_beginBuffer(const char *function, const void *bytes, uint64 sectors, bool written)
{
   StrictBuffer *buffer = isOn() ? malloc(sizeof *buffer) : NULL;

   if (buffer == NULL) {
      return NULL;
   }
   *buffer = bufferOf(function, bytes, sectors, written);
   checkOverlap(buffer);
   if (!written) {
      buffer->checksum = checksumOf(buffer->bytes, buffer->size);
   }
   pthread_mutex_lock(&strictLock);
   buffer->next = buffers;
   buffers = buffer;
   pthread_mutex_unlock(&strictLock);
   return buffer;
}

void strict_forgetBuffer(StrictBuffer *buffer)
{
   StrictBuffer **link = &buffers;

   if (buffer == NULL) {
      return;
   }
   pthread_mutex_lock(&strictLock);
   while (*link != NULL && *link != buffer) { /* it is not there in the child of a fork */
      link = &(*link)->next;
   }
   if (*link != NULL) {
      *link = buffer->next;
   }
   pthread_mutex_unlock(&strictLock);
   free(buffer);
}

void strict_endBuffer(StrictBuffer *buffer)
{
   if (buffer != NULL && !buffer->written && checksumOf(buffer->bytes, buffer->size) != buffer->checksum) {
      strict_break(RULE_BUFFER_CHANGED, buffer->function,
                   "the buffer was changed before the callback of the request was called");
   }
   strict_forgetBuffer(buffer);
}

/* ------------------------------------------------------------------------------------------------- accesses */

typedef struct Access {
   struct Access *next;
   char name[];
} Access;

static Access *accesses;

static Access *newAccess(const char *server, const char *object, const char *identity)
{
   const char *parts[] = {server != NULL ? server : "", object != NULL ? object : "", identity != NULL ? identity : ""};
   size_t size = strlen(parts[0]) + strlen(parts[1]) + strlen(parts[2]) + sizeof " of  with the identity \"\"";
   Access *access = malloc(sizeof *access + size);

   if (access != NULL) {
      access->next = NULL;
      snprintf(access->name, size, "%s of %s with the identity \"%s\"", parts[1], parts[0], parts[2]);
   }
   return access;
}

void strict_beginAccess(const char *server, const char *object, const char *identity)
{
   Access *access = newAccess(server, object, identity);

   if (access != NULL) {
      pthread_mutex_lock(&strictLock);
      access->next = accesses;
      accesses = access;
      pthread_mutex_unlock(&strictLock);
   }
}

void strict_endAccess(const char *server, const char *object, const char *identity)
{
   Access *wanted = newAccess(server, object, identity);
   Access **link = &accesses;
   Access *found = NULL;

   if (wanted == NULL) {
      return;
   }
   pthread_mutex_lock(&strictLock);
   while (*link != NULL && strcmp((*link)->name, wanted->name) != 0) {
      link = &(*link)->next;
   }
   if (*link != NULL) {
      found = *link;
      *link = found->next;
   }
   pthread_mutex_unlock(&strictLock);
   free(found);
   free(wanted);
}

/* Ends them all, as a process does that ends. */
static void checkAccesses(void)
{
   Access *access;

   pthread_mutex_lock(&strictLock);
   access = accesses;
   accesses = NULL;
   pthread_mutex_unlock(&strictLock);
   while (access != NULL) {
      Access *next = access->next;

      strict_break(RULE_UNMATCHED_PREPARE, NULL, "PrepareForAccess of %s has had no EndAccess", access->name);
      free(access);
      access = next;
   }
}

/* ---------------------------------------------------------------------------------------- start and stop */

void strict_start(void)
{
   uint64 wanted = config_number(CONFIG_FAKE_STRICT);

   if (wanted != CONFIG_UNSET) {
      VddkFake_SetStrict((int)wanted);
   }
   atomic_store(&anyThreadOpens, config_number(CONFIG_FAKE_STRICT_OPEN_THREAD) == 0);
   pthread_mutex_lock(&strictLock);
   openThread.number = 0;
   pthread_mutex_unlock(&strictLock);
}

static void checkLeft(Rule rule, uint64 number, const char *what)
{
   if (number > 0) {
      strict_break(rule, NULL, "%llu %s", (unsigned long long)number, what);
   }
}

void strict_stop(void)
{
   checkLeft(RULE_EXIT_WITH_DISKS, handles_count(&disk_handles), "disks are open");
   checkLeft(RULE_EXIT_WITH_CONNECTIONS, handles_count(&connection_handles), "connections are open");
   checkLeft(RULE_LEAKED_INFO, ledger_count(LEDGER_INFO), "infos were not given to FreeInfo");
   checkLeft(RULE_LEAKED_BLOCKS, ledger_count(LEDGER_BLOCK_LIST), "block lists were not given to FreeBlockList");
   checkLeft(RULE_LEAKED_ERROR_TEXT, ledger_count(LEDGER_ERROR_TEXT), "error texts were not given to FreeErrorText");
   checkLeft(RULE_LEAKED_CONNECT_PARAMS,
             ledger_count(LEDGER_PLAIN_CONNECT_PARAMS) + ledger_count(LEDGER_OWNED_CONNECT_PARAMS),
             "connect params were not given to FreeConnectParams");
   checkAccesses();
}

void strict_startInChild(void)
{
   pthread_mutex_init(&strictLock, NULL);
   calls = NULL;
   buffers = NULL;
   accesses = NULL; /* those of the parent, which is to end them */
   openThread.number = 0;
}

/* --------------------------------------------------------------------------------------- the control surface */

EXPORTED void VddkFake_SetStrict(int wanted)
{
   int previous = atomic_exchange(&mode, wanted <= MODE_OFF ? MODE_OFF : wanted >= MODE_ABORT ? MODE_ABORT : wanted);

   if (previous == MODE_OFF) {
      pthread_mutex_lock(&strictLock);
      openThread.number = 0;
      pthread_mutex_unlock(&strictLock);
   }
}

EXPORTED uint64 VddkFake_BrokenRules(char *buffer, size_t size, size_t *required)
{
   TextBuffer lines = {buffer, buffer != NULL ? size : 0, 0};
   uint64 number;
   size_t needed;

   pthread_mutex_lock(&strictLock);
   number = numBroken;
   textBuffer_print(&lines, "%.*s", (int)brokenLength, brokenLines != NULL ? brokenLines : "");
   pthread_mutex_unlock(&strictLock);
   needed = textBuffer_end(&lines);
   if (required != NULL) {
      *required = needed;
   }
   return number;
}

EXPORTED void VddkFake_ForgetBrokenRules(void)
{
   pthread_mutex_lock(&strictLock);
   numBroken = 0;
   brokenLength = 0;
   pthread_mutex_unlock(&strictLock);
}
