/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "journal.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "caller.h"
#include "config.h"
#include "log.h"
#include "log_file.h"
#include "text_buffer.h"
#include "vddkFake.h"

/* How many calls are kept. */
#define MAX_ENTRIES 4096u

/* More than there are functions. */
#define MAX_FUNCTIONS 64u

#define PREFIX "VixDiskLib_"

/* Longer lines of the file are cut. */
#define MAX_LINE 16384

typedef struct {
   uint64 number;
   const char *function;
   Caller caller;
   uint64 connection;
   uint64 disk;
   SharedText *path;
   bool hasSectors;
   uint64 sector;
   uint64 count;
   VixError result;
   uint64 micros;
} Entry;

static pthread_mutex_t journalLock = PTHREAD_MUTEX_INITIALIZER;

static Entry entries[MAX_ENTRIES]; /* the one with number n at n % MAX_ENTRIES */
static uint64 numCalls;            /* the number of the last entry */

static struct {
   const char *function; /* looked up by its address, which each function has only one of */
   uint64 calls;
} counts[MAX_FUNCTIONS];

static int fileDescriptor = LOG_FILE_CLOSED;

/* ---------------------------------------------------------------------------------------------- lines */

static void printEntry(TextBuffer *buffer, const Entry *entry)
{
   textBuffer_print(buffer, "%llu %s thread=%s/%d", (unsigned long long)entry->number, entry->function,
                    entry->caller.name, entry->caller.id);
   if (entry->connection != 0) {
      textBuffer_print(buffer, " connection=%llu", (unsigned long long)entry->connection);
   }
   if (entry->disk != 0) {
      textBuffer_print(buffer, " disk=%llu", (unsigned long long)entry->disk);
   }
   if (entry->path != NULL) {
      textBuffer_print(buffer, " path=");
      textBuffer_printQuoted(buffer, entry->path->text);
   }
   if (entry->hasSectors) {
      textBuffer_print(buffer, " sectors=%llu+%llu", (unsigned long long)entry->sector,
                       (unsigned long long)entry->count);
   }
   textBuffer_print(buffer, " result=%llu micros=%llu\n", (unsigned long long)entry->result,
                    (unsigned long long)entry->micros);
}

/* With the lock held, so that the lines of the file are in the order of the entries. */
static void writeEntry(const Entry *entry)
{
   char line[MAX_LINE];
   TextBuffer buffer = {line, sizeof line, 0};

   printEntry(&buffer, entry);
   if (buffer.length >= sizeof line) {
      buffer.length = sizeof line - 1;
      line[buffer.length - 1] = '\n';
   }
   /* A line that does not fit on the disk any more is lost: there is nobody to tell. */
   while (write(fileDescriptor, line, buffer.length) < 0 && errno == EINTR) {
   }
}

/* -------------------------------------------------------------------------------------------- entries */

static void count(const char *function)
{
   size_t i = 0;

   while (i < MAX_FUNCTIONS - 1 && counts[i].function != NULL && counts[i].function != function) {
      i++;
   }
   counts[i].function = function;
   counts[i].calls++;
}

void journal_add(Call *call, VixError result)
{
   SharedText *path = call->diskPath != NULL ? call->diskPath : sharedText_create(call->path);
   const Caller *caller = caller_self();
   SharedText *forgotten;
   Entry *entry;

   call->diskPath = NULL;
   pthread_mutex_lock(&journalLock);
   entry = &entries[++numCalls % MAX_ENTRIES];
   forgotten = entry->path;
   *entry = (Entry){.number = numCalls,
                    .function = call->function,
                    .caller = *caller,
                    .connection = call->connectionNumber,
                    .disk = call->diskNumber,
                    .path = path,
                    .hasSectors = call->hasSectors,
                    .sector = call->sector,
                    .count = call->count,
                    .result = result,
                    .micros = (call->end - call->begin) / 1000};
   count(entry->function);
   if (fileDescriptor != LOG_FILE_CLOSED) {
      writeEntry(entry);
   }
   pthread_mutex_unlock(&journalLock);
   sharedText_release(forgotten);
}

/* ---------------------------------------------------------------------------------------------- the file */

void journal_endFile(void)
{
   pthread_mutex_lock(&journalLock);
   if (fileDescriptor != LOG_FILE_CLOSED) {
      close(fileDescriptor);
      fileDescriptor = LOG_FILE_CLOSED;
   }
   pthread_mutex_unlock(&journalLock);
}

void journal_beginFile(void)
{
   char *path = config_path(CONFIG_FAKE_JOURNAL);
   int fd = LOG_FILE_CLOSED;
   VixError error = path != NULL ? logFile_open(path, &fd) : VIX_OK;

   journal_endFile();
   if (error != VIX_OK) {
      log_warn("VixDiskLib: the journal \"%s\" cannot be written (error %llu).\n", path, (unsigned long long)error);
   } else {
      pthread_mutex_lock(&journalLock);
      fileDescriptor = fd;
      pthread_mutex_unlock(&journalLock);
   }
   free(path);
}

void journal_startInChild(void)
{
   pthread_mutex_init(&journalLock, NULL);
}

/* --------------------------------------------------------------------------------------- the control surface */

EXPORTED uint64 VddkFake_ReadJournal(char *buffer, size_t size, size_t *required)
{
   TextBuffer lines = {buffer, buffer != NULL ? size : 0, 0};
   uint64 number;
   size_t needed;

   pthread_mutex_lock(&journalLock);
   number = minOf(numCalls, MAX_ENTRIES);
   for (uint64 i = numCalls - number + 1; i <= numCalls; i++) {
      printEntry(&lines, &entries[i % MAX_ENTRIES]);
   }
   pthread_mutex_unlock(&journalLock);
   needed = textBuffer_end(&lines);
   if (required != NULL) {
      *required = needed;
   }
   return number;
}

EXPORTED uint64 VddkFake_CallCount(const char *function)
{
   uint64 calls = 0;

   if (function == NULL) {
      return 0;
   }
   pthread_mutex_lock(&journalLock);
   for (size_t i = 0; i < MAX_FUNCTIONS && counts[i].function != NULL; i++) {
      if (strcmp(counts[i].function, function) == 0 || strcmp(counts[i].function + strlen(PREFIX), function) == 0) {
         calls = counts[i].calls;
      }
   }
   pthread_mutex_unlock(&journalLock);
   return calls;
}

EXPORTED void VddkFake_ForgetJournal(void)
{
   pthread_mutex_lock(&journalLock);
   for (size_t i = 0; i < MAX_ENTRIES; i++) {
      sharedText_release(entries[i].path);
      entries[i].path = NULL;
   }
   for (size_t i = 0; i < MAX_FUNCTIONS; i++) {
      counts[i].calls = 0;
   }
   numCalls = 0;
   pthread_mutex_unlock(&journalLock);
}
