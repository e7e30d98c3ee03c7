/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "descriptor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "encoding.h"
#include "log.h"

/* As much of a line as goes into the log. */
#define MAX_LOGGED 200

/* ------------------------------------------------------------------------------------------------- spans */

static bool isBlank(char c)
{
   return c == ' ' || c == '\t';
}

static TextSpan trimmed(TextSpan span)
{
   while (span.length > 0 && isBlank(span.start[0])) {
      span.start++;
      span.length--;
   }
   while (span.length > 0 && isBlank(span.start[span.length - 1])) {
      span.length--;
   }
   return span;
}

static bool spanIs(TextSpan span, const char *text)
{
   return span.length == strlen(text) && memcmp(span.start, text, span.length) == 0;
}

static bool spanIsAnyCase(TextSpan span, const char *text)
{
   return span.length == strlen(text) && strncasecmp(span.start, text, span.length) == 0;
}

/* The span as a number in a base; false if it is none, is empty or is greater than the limit. */
static bool toNumber(TextSpan span, unsigned base, uint64 limit, uint64 *number)
{
   uint64 value = 0;

   for (size_t i = 0; i < span.length; i++) {
      char c = span.start[i];
      unsigned digit = c >= '0' && c <= '9'   ? (unsigned)(c - '0')
                       : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a' + 10)
                       : c >= 'A' && c <= 'F' ? (unsigned)(c - 'A' + 10)
                                              : 99;

      if (digit >= base || digit > limit || value > (limit - digit) / base) {
         return false;
      }
      value = value * base + digit;
   }
   *number = value;
   return span.length > 0;
}

bool descriptor_nextLine(const char **rest, TextSpan *line)
{
   const char *end = *rest;

   if (*end == '\0') {
      return false;
   }
   while (*end != '\0' && *end != '\r' && *end != '\n') {
      end++;
   }
   *line = (TextSpan){*rest, (size_t)(end - *rest)};
   if (end[0] == '\r' && end[1] == '\n') {
      end++;
   }
   *rest = *end == '\0' ? end : end + 1;
   return true;
}

bool descriptor_splitLine(TextSpan line, TextSpan *key, TextSpan *value)
{
   const char *equals;

   line = trimmed(line);
   equals = line.length > 0 && line.start[0] != '#' ? memchr(line.start, '=', line.length) : NULL;
   if (equals == NULL) {
      return false;
   }
   *key = trimmed((TextSpan){line.start, (size_t)(equals - line.start)});
   *value = trimmed((TextSpan){equals + 1, (size_t)(line.start + line.length - equals - 1)});
   if (value->length >= 2 && value->start[0] == '"' && value->start[value->length - 1] == '"') {
      value->start++;
      value->length -= 2;
   }
   return key->length > 0;
}

/* ---------------------------------------------------------------------------------------------- extents */

/* Takes the next word off a line. */
static TextSpan nextWord(TextSpan *line)
{
   TextSpan word;

   *line = trimmed(*line);
   word = (TextSpan){line->start, 0};
   while (word.length < line->length && !isBlank(word.start[word.length])) {
      word.length++;
   }
   line->start += word.length;
   line->length -= word.length;
   return word;
}

/* Takes the next name in quotes off a line. */
static bool nextName(TextSpan *line, TextSpan *name)
{
   const char *end;

   *line = trimmed(*line);
   if (line->length < 3 || line->start[0] != '"' || (end = memchr(line->start + 1, '"', line->length - 1)) == NULL ||
       end == line->start + 1) {
      return false;
   }
   *name = (TextSpan){line->start + 1, (size_t)(end - line->start - 1)};
   line->length -= (size_t)(end + 1 - line->start);
   line->start = end + 1;
   return true;
}

static bool parseAccess(TextSpan word, ExtentAccess *access)
{
   if (spanIsAnyCase(word, "RW")) {
      *access = ACCESS_READ_WRITE;
   } else if (spanIsAnyCase(word, "RDONLY")) {
      *access = ACCESS_READ_ONLY;
   } else if (spanIsAnyCase(word, "NOACCESS")) {
      *access = ACCESS_NONE;
   } else {
      return false;
   }
   return true;
}

static ExtentLineKind parseKind(TextSpan word)
{
   if (spanIsAnyCase(word, "FLAT") || spanIsAnyCase(word, "VMFS")) {
      return EXTENT_LINE_FLAT;
   }
   if (spanIsAnyCase(word, "SPARSE")) {
      return EXTENT_LINE_SPARSE;
   }
   return spanIsAnyCase(word, "ZERO") ? EXTENT_LINE_ZERO : EXTENT_LINE_OTHER;
}

/* A name in the descriptor as a file has it; *name is heap memory. */
static VixError decodeName(const Descriptor *descriptor, TextSpan span, char **name)
{
   VixError error = encoding_decode(descriptor->encoding, span.start, span.length, name);

   if (error == VIX_E_DISK_ENCODING) {
      log_warn("VixDiskLib: a file name in a descriptor cannot be converted from its encoding \"%s\".\n",
               descriptor->encoding);
   }
   return error;
}

/* Reads 'RW 2048 FLAT "name" 0', whose first word was taken off and is in *extent. */
static VixError parseExtent(const Descriptor *descriptor, TextSpan rest, ExtentLine *extent)
{
   extent->sectorsText = nextWord(&rest);
   if (!toNumber(extent->sectorsText, 10, MAX_SECTORS, &extent->sectors) || extent->sectors == 0) {
      return VIX_E_DISK_INVALIDDISK;
   }
   extent->keyword = nextWord(&rest);
   extent->kind = parseKind(extent->keyword);
   if (extent->kind == EXTENT_LINE_ZERO) {
      return VIX_OK;
   }
   if (!nextName(&rest, &extent->nameText)) {
      return VIX_E_DISK_INVALIDDISK;
   }
   /* The start is left out for VMFS; what may follow it identifies a partition of a device. */
   rest = trimmed(rest);
   if (rest.length > 0 && extent->kind == EXTENT_LINE_FLAT &&
       !toNumber(nextWord(&rest), 10, MAX_SECTORS - extent->sectors, &extent->startSector)) {
      return VIX_E_DISK_INVALIDDISK;
   }
   return decodeName(descriptor, extent->nameText, &extent->fileName);
}

/* Adds an extent that a line describes. */
static VixError addExtent(Descriptor *descriptor, ExtentAccess access, TextSpan line, TextSpan rest)
{
   ExtentLine *extent;
   VixError error;

   if (descriptor->numExtents == DESCRIPTOR_MAX_EXTENTS) {
      return VIX_E_DISK_INVALIDDISK;
   }
   if ((descriptor->numExtents & (descriptor->numExtents - 1)) == 0) {
      size_t room = descriptor->numExtents == 0 ? 1 : descriptor->numExtents * 2;
      ExtentLine *extents = realloc(descriptor->extents, room * sizeof *extents);

      if (extents == NULL) {
         return VIX_E_OUT_OF_MEMORY;
      }
      descriptor->extents = extents;
   }
   extent = &descriptor->extents[descriptor->numExtents++];
   *extent = (ExtentLine){.access = access, .line = line};
   error = parseExtent(descriptor, rest, extent);
   if (error != VIX_OK) {
      return error;
   }
   if (extent->sectors > MAX_SECTORS - descriptor->capacity) {
      return VIX_E_DISK_INVALIDDISK;
   }
   descriptor->capacity += extent->sectors;
   return VIX_OK;
}

/* ------------------------------------------------------------------------------------------ descriptors */

bool descriptor_isOne(const char *bytes, size_t length)
{
   static const char byteOrderMark[] = "\xef\xbb\xbf";
   static const char title[] = "# Disk DescriptorFile";
   TextSpan start = {bytes, length};

   if (length >= 3 && memcmp(bytes, byteOrderMark, 3) == 0) {
      start.start += 3;
      start.length -= 3;
   }
   while (start.length > 0 && (isBlank(start.start[0]) || start.start[0] == '\r' || start.start[0] == '\n')) {
      start.start++;
      start.length--;
   }
   return start.length >= sizeof title - 1 && strncasecmp(start.start, title, sizeof title - 1) == 0;
}

/*
 * Whether a line that begins with no known kind of access looks like an extent otherwise. To overlook one would move
 * all that comes after it to another place.
 */
static bool looksLikeExtent(TextSpan line)
{
   uint64 number;

   return memchr(line.start, '=', line.length) == NULL && toNumber(nextWord(&line), 10, UINT64_MAX, &number) &&
          nextWord(&line).length > 0;
}

static VixError parseLine(Descriptor *descriptor, TextSpan line)
{
   TextSpan rest = line;
   TextSpan first = nextWord(&rest);
   ExtentAccess access;

   if (parseAccess(first, &access)) {
      return addExtent(descriptor, access, line, rest);
   }
   return first.length > 0 && first.start[0] != '#' && looksLikeExtent(rest) ? VIX_E_DISK_INVALIDDISK : VIX_OK;
}

static VixError parseExtents(Descriptor *descriptor)
{
   const char *rest = descriptor->text;
   unsigned number = 0;
   TextSpan line;

   while (descriptor_nextLine(&rest, &line)) {
      VixError error = parseLine(descriptor, line);

      number++;
      if (error != VIX_OK) {
         log_warn("VixDiskLib: line %u of a descriptor, \"%.*s\", is no extent (error %llu).\n", number,
                  (int)minOf(line.length, MAX_LOGGED), line.start, (unsigned long long)error);
         return error;
      }
   }
   return VIX_OK;
}

static bool missing(const char *key)
{
   log_warn("VixDiskLib: a descriptor has no \"%s\", or one that makes no sense.\n", key);
   return false;
}

static bool parseHeader(Descriptor *descriptor)
{
   TextSpan value;
   uint64 number;

   if (!descriptor_find(descriptor, "version", &value) || !toNumber(value, 10, 9, &number) || number == 0) {
      return missing("version");
   }
   if (!descriptor_find(descriptor, "CID", &value) || !toNumber(value, 16, UINT32_MAX, &number)) {
      return missing("CID");
   }
   descriptor->contentId = (uint32)number;
   number = NO_PARENT;
   if (descriptor_find(descriptor, "parentCID", &value) && !toNumber(value, 16, UINT32_MAX, &number)) {
      return missing("parentCID");
   }
   descriptor->parentContentId = (uint32)number;
   return descriptor_find(descriptor, "createType", &value) || missing("createType");
}

static VixError parseEncoding(Descriptor *descriptor)
{
   TextSpan value;

   if (!descriptor_find(descriptor, "encoding", &value)) {
      return VIX_OK;
   }
   descriptor_get(descriptor, "encoding", descriptor->encoding, sizeof descriptor->encoding);
   if (strlen(descriptor->encoding) != value.length || !encoding_isKnown(descriptor->encoding)) {
      log_warn("VixDiskLib: the encoding \"%.*s\" of a descriptor is not known.\n", (int)value.length, value.start);
      return VIX_E_DISK_ENCODING;
   }
   return VIX_OK;
}

/* Finds out now what could only fail later. */
static VixError checkParentHint(const Descriptor *descriptor)
{
   TextSpan value;
   char *hint = NULL;
   VixError error = VIX_OK;

   if (descriptor_find(descriptor, "parentFileNameHint", &value)) {
      error = decodeName(descriptor, value, &hint);
      free(hint);
   }
   return error;
}

static VixError parseText(Descriptor *descriptor)
{
   VixError error = parseHeader(descriptor) ? parseEncoding(descriptor) : VIX_E_DISK_INVALIDDISK;

   if (error == VIX_OK) {
      error = checkParentHint(descriptor);
   }
   if (error == VIX_OK) {
      error = parseExtents(descriptor);
   }
   if (error == VIX_OK && descriptor->numExtents == 0) {
      log_warn("VixDiskLib: a descriptor has no extents.\n");
      error = VIX_E_DISK_INVALIDDISK;
   }
   return error;
}

VixError descriptor_parse(const char *bytes, size_t length, Descriptor **descriptor)
{
   Descriptor *parsed;
   VixError error;

   length = strnlen(bytes, length);
   if (length > DESCRIPTOR_MAX_BYTES || !descriptor_isOne(bytes, length)) {
      return VIX_E_DISK_INVALIDDISK;
   }
   parsed = calloc(1, sizeof *parsed);
   if (parsed == NULL || (parsed->text = malloc(length + 1)) == NULL) {
      free(parsed);
      return VIX_E_OUT_OF_MEMORY;
   }
   memcpy(parsed->text, bytes, length);
   parsed->text[length] = '\0';
   parsed->length = length;
   error = parseText(parsed);
   if (error != VIX_OK) {
      descriptor_free(parsed);
      return error;
   }
   *descriptor = parsed;
   return VIX_OK;
}

void descriptor_free(Descriptor *descriptor)
{
   if (descriptor == NULL) {
      return;
   }
   for (size_t i = 0; i < descriptor->numExtents; i++) {
      free(descriptor->extents[i].fileName);
   }
   free(descriptor->extents);
   free(descriptor->text);
   free(descriptor);
}

/* ------------------------------------------------------------------------------------------------ values */

/* Header keys are written in more than one way ("CID", "cid"); keys of the database are told apart by case. */
static bool isKey(TextSpan found, const char *key)
{
   return strncmp(key, "ddb.", 4) == 0 ? spanIs(found, key) : spanIsAnyCase(found, key);
}

bool descriptor_findLine(const Descriptor *descriptor, const char *key, TextSpan *line, TextSpan *value)
{
   const char *rest = descriptor->text;
   TextSpan found;

   while (descriptor_nextLine(&rest, line)) {
      if (descriptor_splitLine(*line, &found, value) && isKey(found, key)) {
         return true;
      }
   }
   return false;
}

bool descriptor_find(const Descriptor *descriptor, const char *key, TextSpan *value)
{
   TextSpan line;

   return descriptor_findLine(descriptor, key, &line, value);
}

void descriptor_get(const Descriptor *descriptor, const char *key, char *buffer, size_t size)
{
   TextSpan value;

   if (descriptor_find(descriptor, key, &value) && value.length < size) {
      memcpy(buffer, value.start, value.length);
      buffer[value.length] = '\0';
   } else {
      buffer[0] = '\0';
   }
}

uint32 descriptor_getNumber(const Descriptor *descriptor, const char *key)
{
   TextSpan value;
   uint64 number;

   return descriptor_find(descriptor, key, &value) && toNumber(value, 10, UINT32_MAX, &number) ? (uint32)number : 0;
}

TextSpan descriptor_createType(const Descriptor *descriptor)
{
   TextSpan value = {"", 0};

   (void)descriptor_find(descriptor, "createType", &value); /* without it, this would be no descriptor */
   return value;
}

bool descriptor_isOfType(const Descriptor *descriptor, const char *createType)
{
   return spanIsAnyCase(descriptor_createType(descriptor), createType);
}

char *descriptor_parentHint(const Descriptor *descriptor)
{
   TextSpan value;
   char *hint;

   if (!descriptor_find(descriptor, "parentFileNameHint", &value) || value.length == 0) {
      return NULL;
   }
   return decodeName(descriptor, value, &hint) == VIX_OK ? hint : NULL;
}
