/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Reading fault plans.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "descriptor.h"
#include "plan.h"

/* How much of a word a message has. */
#define MAX_TOLD 60

#define MAX_DELAY_NANOS (UINT64_C(86400) * 1000000000u)

static const PlanFunction functions[] = {
   {"AllocateConnectParams", PLAN_GIVES | PLAN_RETURNS_NO_ERROR},
   {"Attach", PLAN_HAS_DISK | PLAN_TAKES_SPACE},
   {"CheckRepair", PLAN_HAS_DISK},
   {"Cleanup", 0},
   {"Clone", PLAN_HAS_DISK | PLAN_TAKES_SPACE},
   {"Close", PLAN_HAS_DISK | PLAN_TAKES_SPACE},
   {"Connect", PLAN_GIVES},
   {"ConnectEx", PLAN_GIVES},
   {"Create", PLAN_HAS_DISK | PLAN_TAKES_SPACE},
   {"CreateChild", PLAN_HAS_DISK | PLAN_TAKES_SPACE},
   {"Defragment", PLAN_HAS_DISK | PLAN_TAKES_SPACE},
   {"Disconnect", 0},
   {"EndAccess", 0},
   {"Flush", PLAN_HAS_DISK | PLAN_TAKES_SPACE},
   {"FreeBlockList", 0},
   {"GetConnectParams", PLAN_GIVES},
   {"GetErrorText", PLAN_GIVES | PLAN_RETURNS_NO_ERROR},
   {"GetInfo", PLAN_HAS_DISK | PLAN_GIVES},
   {"GetMetadataKeys", PLAN_HAS_DISK},
   {"GetTransportMode", PLAN_HAS_DISK | PLAN_GIVES | PLAN_RETURNS_NO_ERROR},
   {"Grow", PLAN_HAS_DISK | PLAN_TAKES_SPACE},
   {"Init", 0},
   {"InitEx", 0},
   {"IsAttachPossible", PLAN_HAS_DISK},
   {"ListTransportModes", PLAN_GIVES | PLAN_RETURNS_NO_ERROR},
   {"Open", PLAN_HAS_DISK | PLAN_GIVES},
   {"PrepareForAccess", 0},
   {"QueryAllocatedBlocks", PLAN_HAS_DISK | PLAN_HAS_SECTORS | PLAN_GIVES},
   {"Read", PLAN_HAS_DISK | PLAN_HAS_SECTORS},
   {"ReadAsync", PLAN_HAS_DISK | PLAN_HAS_SECTORS},
   {"ReadMetadata", PLAN_HAS_DISK},
   {"Rename", PLAN_HAS_DISK},
   {"Shrink", PLAN_HAS_DISK | PLAN_TAKES_SPACE},
   {"SpaceNeededForClone", PLAN_HAS_DISK},
   {"Unlink", PLAN_HAS_DISK},
   {"Wait", PLAN_HAS_DISK},
   {"Write", PLAN_HAS_DISK | PLAN_HAS_SECTORS | PLAN_TAKES_SPACE | PLAN_WRITES},
   {"WriteAsync", PLAN_HAS_DISK | PLAN_HAS_SECTORS | PLAN_TAKES_SPACE | PLAN_WRITES},
   {"WriteMetadata", PLAN_HAS_DISK | PLAN_TAKES_SPACE},
};

static const struct {
   const char *name;
   VixError error;
} codes[] = {
#define TEXT(code, text) {#code, code},
#include "error_texts.inc"
#undef TEXT
};

/* The reading of a line. */
typedef struct Reading {
   PlanRule *rule;
   TextSpan rest;  /* of the line */
   TextSpan word;  /* the one that is being read */
   TextSpan value; /* what it has after "=" */
   uint32 seen;    /* bits of the words that were there */
   bool hasSeed;
   bool hasAction;
   const char *fault; /* what is wrong with the word; NULL for nothing */
} Reading;

/* ------------------------------------------------------------------------------------------------ parts of words */

static bool spanIs(TextSpan span, const char *text)
{
   return span.length == strlen(text) && memcmp(span.start, text, span.length) == 0;
}

/* Takes a prefix off a span that has it. */
static bool takePrefix(TextSpan *span, const char *prefix)
{
   size_t length = strlen(prefix);

   if (span->length < length || memcmp(span->start, prefix, length) != 0) {
      return false;
   }
   span->start += length;
   span->length -= length;
   return true;
}

static int digitOf(char c, unsigned base)
{
   if (c >= '0' && c <= '9') {
      return c - '0';
   }
   if (base == 16 && c >= 'a' && c <= 'f') {
      return c - 'a' + 10;
   }
   return base == 16 && c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Takes the digits off the beginning of a span; false if there are none, or too many. */
static bool takeDigits(TextSpan *span, unsigned base, uint64 *number)
{
   size_t count = 0;
   int digit;

   *number = 0;
   while (count < span->length && (digit = digitOf(span->start[count], base)) >= 0) {
      if (*number > (UINT64_MAX - (unsigned)digit) / base) {
         return false;
      }
      *number = *number * base + (unsigned)digit;
      count++;
   }
   span->start += count;
   span->length -= count;
   return count > 0;
}

static bool readNumber(TextSpan span, uint64 *number)
{
   return takeDigits(&span, 10, number) && span.length == 0;
}

typedef struct Unit {
   const char *name;
   uint64 factor;
} Unit;

/* A number with one of some units, of which the last has no name. */
static bool readMeasure(TextSpan span, const Unit *units, uint64 *number)
{
   if (!takeDigits(&span, 10, number)) {
      return false;
   }
   while (units->name != NULL && !spanIs(span, units->name)) {
      units++;
   }
   if (units->name == NULL || *number > UINT64_MAX / units->factor) {
      return false;
   }
   *number *= units->factor;
   return true;
}

/* ------------------------------------------------------------------------------------------------- conditions */

static const char *readCount(TextSpan value, uint64 *count)
{
   return readNumber(value, count) && *count > 0 ? NULL : "has no number from 1";
}

static const char *readNth(Reading *reading)
{
   return readCount(reading->value, &reading->rule->nth);
}

static const char *readEvery(Reading *reading)
{
   return readCount(reading->value, &reading->rule->every);
}

static const char *readTimes(Reading *reading)
{
   return readCount(reading->value, &reading->rule->times);
}

static bool lacks(const Reading *reading, unsigned trait)
{
   return reading->rule->function != NULL && (reading->rule->function->traits & trait) == 0;
}

static const char *readDisk(Reading *reading)
{
   TextSpan value = reading->value;

   if (lacks(reading, PLAN_HAS_DISK)) {
      return "is of no use with a function that has no disk";
   }
   if (value.length >= 2 && value.start[0] == '"' && value.start[value.length - 1] == '"') {
      value = (TextSpan){value.start + 1, value.length - 2};
   }
   if (value.length == 0 || memchr(value.start, '"', value.length) != NULL) {
      return "has no path, which may have quotes at both ends";
   }
   reading->rule->disk = strndup(value.start, value.length);
   return reading->rule->disk != NULL ? NULL : "is too much for the memory";
}

static const char *readSectors(Reading *reading)
{
   PlanRule *rule = reading->rule;
   TextSpan value = reading->value;

   if (lacks(reading, PLAN_HAS_SECTORS)) {
      return "is of no use with a function that has no sectors";
   }
   rule->hasSectors = true;
   if (takeDigits(&value, 10, &rule->firstSector)) {
      rule->lastSector = rule->firstSector;
      if (value.length == 0 ||
          (takePrefix(&value, "-") && readNumber(value, &rule->lastSector) && rule->lastSector >= rule->firstSector)) {
         return NULL;
      }
   }
   return "has no sectors, which are two numbers and a hyphen";
}

/* Adds the decimals of a number whose unit is given; false unless there is nothing else. */
static bool addDecimals(TextSpan decimals, uint64 unit, uint64 *number)
{
   for (size_t i = 0; i < decimals.length; i++) {
      int digit = digitOf(decimals.start[i], 10);

      if (digit < 0) {
         return false;
      }
      unit /= 10;
      *number += (unsigned)digit * unit;
   }
   return decimals.length > 0;
}

/* A part of 1, or percent. */
static const char *readChance(Reading *reading)
{
   TextSpan value = reading->value;
   uint64 *chance = &reading->rule->chance;
   uint64 unit = PLAN_CERTAIN;
   bool valid;

   reading->rule->hasChance = true;
   if (value.length > 0 && value.start[value.length - 1] == '%') {
      value.length--;
      unit /= 100;
   }
   valid = takeDigits(&value, 10, chance) && *chance <= PLAN_CERTAIN / unit;
   *chance *= valid ? unit : 0;
   if (valid && value.length > 0) {
      valid = takePrefix(&value, ".") && addDecimals(value, unit, chance);
   }
   return valid && *chance <= PLAN_CERTAIN ? NULL : "has no chance, which is a number from 0 to 1 or from 0% to 100%";
}

static const char *readSeed(Reading *reading)
{
   reading->hasSeed = true;
   return readNumber(reading->value, &reading->rule->randomState) ? NULL : "has no number";
}

static const char *readAfter(Reading *reading)
{
   static const Unit units[] = {{"", 1},
                                {"B", 1},
                                {"KiB", UINT64_C(1) << 10},
                                {"MiB", UINT64_C(1) << 20},
                                {"GiB", UINT64_C(1) << 30},
                                {"TiB", UINT64_C(1) << 40},
                                {NULL, 0}};

   return readMeasure(reading->value, units, &reading->rule->after)
             ? NULL
             : "has no size, which is a number of bytes, KiB, MiB, GiB or TiB";
}

/* --------------------------------------------------------------------------------------------------- actions */

/* VIX_OK would be no failure, and VIX_ASYNC would promise a callback that never comes. */
static bool isFailure(VixError error)
{
   return error != VIX_OK && error != VIX_ASYNC && error != PLAN_NOTHING;
}

static bool returnsNoError(const Reading *reading)
{
   return reading->rule->function != NULL && (reading->rule->function->traits & PLAN_RETURNS_NO_ERROR) != 0;
}

static const char *setError(Reading *reading, VixError error)
{
   if (error != PLAN_NOTHING && returnsNoError(reading)) {
      return "is of no use with a function that returns no error";
   }
   if (reading->rule->error != VIX_OK) {
      return "is a second result for the same call";
   }
   reading->rule->error = error;
   return NULL;
}

static const char *readError(Reading *reading)
{
   TextSpan value = reading->value;
   VixError error = VIX_OK;

   if (takePrefix(&value, "0x") ? !takeDigits(&value, 16, &error) || value.length > 0 : !readNumber(value, &error)) {
      error = VIX_OK;
      for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
         if (spanIs(reading->value, codes[i].name)) {
            error = codes[i].error;
         }
      }
   }
   return isFailure(error) ? setError(reading, error) : "has no error, which is a number or a name such as VIX_E_FAIL";
}

static const char *readReturn(Reading *reading)
{
   return readError(reading);
}

static const char *readCallback(Reading *reading)
{
   reading->rule->byCallback = true;
   return readError(reading);
}

static const char *readDelay(Reading *reading)
{
   static const Unit units[] = {{"us", 1000}, {"ms", 1000000}, {"s", 1000000000}, {NULL, 0}};
   uint64 *delay = &reading->rule->delayNanos;

   return readMeasure(reading->value, units, delay) && *delay <= MAX_DELAY_NANOS
             ? NULL
             : "has no time, which is a number of us, ms or s, up to a day";
}

static const char *readHang(Reading *reading)
{
   reading->rule->hangs = true;
   return NULL;
}

static const char *readDrop(Reading *reading)
{
   if (returnsNoError(reading)) {
      return "is of no use with a function that returns no error";
   }
   reading->rule->drops = true;
   return NULL;
}

static const char *readFull(Reading *reading)
{
   if (lacks(reading, PLAN_TAKES_SPACE)) {
      return "is of no use with a function that takes no space";
   }
   reading->rule->isFull = true;
   reading->rule->byCallback = true;
   return setError(reading, VIX_E_DISK_FULL);
}

static const char *readNull(Reading *reading)
{
   if (lacks(reading, PLAN_GIVES)) {
      return "is of no use with a function that gives nothing out";
   }
   reading->rule->isNull = true;
   return setError(reading, PLAN_NOTHING);
}

/* ------------------------------------------------------------------------------------------------------ lines */

static const struct {
   const char *name; /* with "=" if a value follows */
   bool isAction;
   const char *(*read)(Reading *);
} words[] = {
   {"nth=", false, readNth},          {"every=", false, readEvery},     {"times=", false, readTimes},
   {"disk=", false, readDisk},        {"sectors=", false, readSectors}, {"chance=", false, readChance},
   {"seed=", false, readSeed},        {"after=", false, readAfter},     {"return=", true, readReturn},
   {"callback=", true, readCallback}, {"delay=", true, readDelay},      {"hang", true, readHang},
   {"drop", true, readDrop},          {"full", true, readFull},         {"null", true, readNull},
};

static bool isBlank(char c)
{
   return c == ' ' || c == '\t';
}

/* Takes the next word off a line; false at its end, or at a comment. Blanks between quotes belong to the word. */
static bool nextWord(TextSpan *rest, TextSpan *word)
{
   bool quoted = false;

   while (rest->length > 0 && isBlank(*rest->start)) {
      rest->start++;
      rest->length--;
   }
   *word = (TextSpan){rest->start, 0};
   if (rest->length == 0 || *rest->start == '#') {
      return false;
   }
   while (rest->length > 0 && (quoted || !isBlank(*rest->start))) {
      quoted = quoted != (*rest->start == '"');
      word->length++;
      rest->start++;
      rest->length--;
   }
   return true;
}

static const char *readWord(Reading *reading)
{
   for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
      bool hasValue = strchr(words[i].name, '=') != NULL;

      reading->value = reading->word;
      if (hasValue ? takePrefix(&reading->value, words[i].name) : spanIs(reading->word, words[i].name)) {
         if ((reading->seen & 1u << i) != 0) {
            return "is there twice";
         }
         reading->seen |= 1u << i;
         reading->hasAction = reading->hasAction || words[i].isAction;
         return words[i].read(reading);
      }
   }
   return "is no condition and no action";
}

const PlanFunction *plan_findFunction(const char *name, size_t length)
{
   const TextSpan span = {name, length};

   for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
      if (spanIs(span, functions[i].name)) {
         return &functions[i];
      }
   }
   return NULL;
}

static const char *readFunction(Reading *reading)
{
   TextSpan name = reading->word;

   if (spanIs(name, "*")) {
      return NULL;
   }
   (void)takePrefix(&name, "VixDiskLib_");
   reading->rule->function = plan_findFunction(name.start, name.length);
   return reading->rule->function != NULL ? NULL : "is no function that returns an error or a pointer";
}

/* Reads a line whose first word was read. */
static void readRule(Reading *reading)
{
   TextSpan first = reading->word;

   reading->fault = readFunction(reading);
   while (reading->fault == NULL && nextWord(&reading->rest, &reading->word)) {
      reading->fault = readWord(reading);
   }
   if (reading->fault == NULL) {
      reading->word = first;
      if (!reading->hasAction) {
         reading->fault = "has no action: return=, callback=, delay=, hang, drop, full or null";
      } else if (reading->hasSeed && !reading->rule->hasChance) {
         reading->fault = "has a seed= without a chance=";
      }
   }
}

/* A new rule at the end of a plan; NULL without memory. */
static PlanRule *addRule(Plan *plan)
{
   PlanRule *larger = realloc(plan->rules, (plan->numRules + 1) * sizeof *larger);

   if (larger == NULL) {
      return NULL;
   }
   plan->rules = larger;
   larger[plan->numRules] = (PlanRule){.function = NULL};
   return &larger[plan->numRules++];
}

static void tell(char *message, size_t size, unsigned line, const Reading *reading)
{
   TextSpan word = reading->word;

   if (message != NULL && size > 0) {
      snprintf(message, size, "line %u: \"%.*s%s\" %s", line, (int)minOf(word.length, MAX_TOLD), word.start,
               word.length > MAX_TOLD ? "..." : "", reading->fault);
   }
}

/* Takes the next line off a text. */
static TextSpan nextLine(TextSpan *rest)
{
   const char *end = memchr(rest->start, '\n', rest->length);
   TextSpan line = {rest->start, end != NULL ? (size_t)(end - rest->start) : rest->length};
   size_t whole = line.length + (end != NULL);

   rest->start += whole;
   rest->length -= whole;
   if (line.length > 0 && line.start[line.length - 1] == '\r') {
      line.length--;
   }
   return line;
}

static void readLine(TextSpan line, Plan *plan, Reading *reading)
{
   *reading = (Reading){.rest = line};
   if (memchr(line.start, '\0', line.length) != NULL) {
      reading->fault = "has a NUL byte";
   } else if (nextWord(&reading->rest, &reading->word)) {
      reading->rule = addRule(plan);
      if (reading->rule != NULL) {
         readRule(reading);
      } else {
         reading->fault = "is too much for the memory";
      }
   }
}

bool plan_read(const char *text, size_t length, Plan *plan, char *message, size_t size)
{
   TextSpan rest = {text, length};
   Reading reading = {.fault = NULL};

   *plan = (Plan){NULL, 0};
   for (unsigned line = 1; rest.length > 0 && reading.fault == NULL; line++) {
      readLine(nextLine(&rest), plan, &reading);
      if (reading.fault != NULL) {
         tell(message, size, line, &reading);
      }
   }
   if (reading.fault != NULL) {
      plan_free(plan);
   }
   return reading.fault == NULL;
}

void plan_free(Plan *plan)
{
   for (size_t i = 0; i < plan->numRules; i++) {
      free(plan->rules[i].disk);
   }
   free(plan->rules);
   *plan = (Plan){NULL, 0};
}
