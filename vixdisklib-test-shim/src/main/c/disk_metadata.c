/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Metadata: the disk database of the descriptor, whose keys callers write without their "ddb.".
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "disk.h"
#include "text.h"

#define PREFIX "ddb."
#define PREFIX_LENGTH 4

static char *databaseKey(const char *key)
{
   char *result;

   return asprintf(&result, PREFIX "%s", key) < 0 ? NULL : result;
}

/* A key that a line can hold and that is found again as it was written. */
static VixError checkKey(const char *key)
{
   if (*key == '\0') {
      return VIX_E_INVALID_ARG;
   }
   for (const char *c = key; *c != '\0'; c++) {
      if ((unsigned char)*c <= ' ' || *c == '=' || *c == '"' || *c == '#' || *c == 0x7f) {
         return VIX_E_INVALID_ARG;
      }
   }
   return text_isUtf8(key) ? VIX_OK : VIX_E_INVALID_UTF8_STRING;
}

static VixError checkValue(const char *value)
{
   for (const char *c = value; *c != '\0'; c++) {
      if ((unsigned char)*c < ' ' || *c == '"' || *c == 0x7f) {
         return VIX_E_INVALID_ARG;
      }
   }
   return text_isUtf8(value) ? VIX_OK : VIX_E_INVALID_UTF8_STRING;
}

/* Copies a value, if the buffer has room for it and its NUL. */
static VixError copyValue(TextSpan value, char *buffer, size_t size, size_t *required)
{
   if (required != NULL) {
      *required = value.length + 1;
   }
   if (buffer == NULL || size <= value.length) {
      return VIX_E_BUFFER_TOOSMALL;
   }
   memcpy(buffer, value.start, value.length);
   buffer[value.length] = '\0';
   return VIX_OK;
}

VixError disk_readMetadata(Disk *disk, const char *key, char *buffer, size_t size, size_t *required)
{
   char *fullKey = databaseKey(key);
   VixError error = VIX_E_DISK_KEY_NOTFOUND;
   TextSpan value;

   if (required != NULL) {
      *required = 0;
   }
   if (fullKey == NULL) {
      return VIX_E_OUT_OF_MEMORY;
   }
   pthread_mutex_lock(&disk->lock);
   if (descriptor_find(disk->link->descriptor, fullKey, &value)) {
      error = copyValue(value, buffer, size, required);
   }
   pthread_mutex_unlock(&disk->lock);
   free(fullKey);
   return error;
}

VixError disk_writeMetadata(Disk *disk, const char *key, const char *value)
{
   char *fullKey;
   VixError error = checkKey(key);

   if (error == VIX_OK) {
      error = checkValue(value);
   }
   if (error != VIX_OK) {
      return error;
   }
   if (disk->readOnly) {
      return VIX_E_FILE_READ_ONLY;
   }
   fullKey = databaseKey(key);
   if (fullKey == NULL) {
      return VIX_E_OUT_OF_MEMORY;
   }
   pthread_mutex_lock(&disk->lock);
   error = link_setText(disk->link, descriptor_withValue(disk->link->descriptor, fullKey, value));
   pthread_mutex_unlock(&disk->lock);
   free(fullKey);
   return error;
}

/* The next key of the database, without its prefix. */
static bool nextKey(const char **rest, TextSpan *key)
{
   TextSpan line;
   TextSpan value;

   while (descriptor_nextLine(rest, &line)) {
      if (descriptor_splitLine(line, key, &value) && key->length > PREFIX_LENGTH &&
          memcmp(key->start, PREFIX, PREFIX_LENGTH) == 0) {
         key->start += PREFIX_LENGTH;
         key->length -= PREFIX_LENGTH;
         return true;
      }
   }
   return false;
}

static int compareKeys(const void *left, const void *right)
{
   const TextSpan *a = left;
   const TextSpan *b = right;
   int order = memcmp(a->start, b->start, minOf(a->length, b->length));

   return order != 0 ? order : (a->length > b->length) - (a->length < b->length);
}

/* All keys of the database, each once, in the order of their names, as heap memory. */
static VixError collectKeys(const Descriptor *descriptor, TextSpan **keys, size_t *count)
{
   const char *rest = descriptor->text;
   size_t total = 0;
   TextSpan key;

   while (nextKey(&rest, &key)) {
      total++;
   }
   *count = 0;
   *keys = malloc((total + 1) * sizeof **keys);
   if (*keys == NULL) {
      return VIX_E_OUT_OF_MEMORY;
   }
   rest = descriptor->text;
   for (size_t i = 0; i < total && nextKey(&rest, &key); i++) {
      (*keys)[i] = key;
   }
   qsort(*keys, total, sizeof **keys, compareKeys);
   for (size_t i = 0; i < total; i++) {
      if (i == 0 || compareKeys(&(*keys)[i - 1], &(*keys)[i]) != 0) {
         (*keys)[(*count)++] = (*keys)[i];
      }
   }
   return VIX_OK;
}

/* Writes keys one after the other, each with a NUL, and one more NUL at the end. */
static void copyKeys(const TextSpan *keys, size_t count, char *buffer)
{
   for (size_t i = 0; i < count; i++) {
      memcpy(buffer, keys[i].start, keys[i].length);
      buffer[keys[i].length] = '\0';
      buffer += keys[i].length + 1;
   }
   *buffer = '\0';
}

static VixError getKeys(const Descriptor *descriptor, char *buffer, size_t size, size_t *required)
{
   size_t needed = 1;
   TextSpan *keys;
   size_t count;
   VixError error = collectKeys(descriptor, &keys, &count);

   if (error != VIX_OK) {
      return error;
   }
   for (size_t i = 0; i < count; i++) {
      needed += keys[i].length + 1;
   }
   if (required != NULL) {
      *required = needed;
   }
   if (buffer != NULL && size >= needed) {
      copyKeys(keys, count, buffer);
   } else {
      error = VIX_E_BUFFER_TOOSMALL;
   }
   free(keys);
   return error;
}

VixError disk_getMetadataKeys(Disk *disk, char *buffer, size_t size, size_t *required)
{
   VixError error;

   pthread_mutex_lock(&disk->lock);
   error = getKeys(disk->link->descriptor, buffer, size, required);
   pthread_mutex_unlock(&disk->lock);
   return error;
}
