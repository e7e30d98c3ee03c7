/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Changes to the descriptor of an open link. A process that is killed on the way leaves the old text or the new one.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "link.h"
#include "log.h"
#include "random.h"
#include "unfinished.h"

#define CONTENT_ID_DIGITS 8

/* ---------------------------------------------------------------------------------------- a new text */

/* Writes what differs from the old text, and zeros over what is left of it and to end it with, in one go. */
static VixError rewriteArea(Link *link, const char *text, size_t length)
{
   size_t oldLength = link->descriptor->length;
   size_t end = (size_t)minOf((length > oldLength ? length : oldLength) + 1, link->descriptorRoom);
   size_t start = 0;
   char *area;
   VixError error;

   if (length > link->descriptorRoom) {
      /* Not VIX_E_DISK_FULL: making room on the file system would not help. */
      return VIX_E_ARGUMENT_TOO_BIG;
   }
   while (start < length && start < oldLength && text[start] == link->descriptor->text[start]) {
      start++;
   }
   if (start == length && start == oldLength) {
      return VIX_OK;
   }
   area = calloc(1, end - start);
   if (area == NULL) {
      return VIX_E_OUT_OF_MEMORY;
   }
   memcpy(area, text + start, length - start);
   error = file_write(&link->main, link->descriptorOffset + start, area, end - start);
   free(area);
   return error != VIX_OK ? error : file_sync(&link->main);
}

/* Puts a new file in place of the descriptor; it is locked from the first, so that no other writer comes in between. */
static VixError replaceFile(Link *link, const char *text, size_t length)
{
   Unfinished replacement;
   VixError error = unfinished_makeReplacement(link->path, &replacement);

   if (error != VIX_OK) {
      return error;
   }
   error = unfinished_fill(&replacement, &link->main, text, length);
   if (error == VIX_OK) {
      error = unfinished_replace(&replacement, link->path);
   }
   if (error == VIX_OK) {
      file_close(&link->main);
      link->main = replacement.file;
      replacement.file = (File)FILE_CLOSED;
   }
   unfinished_end(&replacement);
   return error;
}

VixError link_setText(Link *link, char *text)
{
   size_t length = text != NULL ? strlen(text) : 0;
   Descriptor *descriptor;
   VixError error = text != NULL ? VIX_OK : VIX_E_OUT_OF_MEMORY;

   if (length > DESCRIPTOR_MAX_BYTES) {
      error = VIX_E_ARGUMENT_TOO_BIG;
   }
   if (error == VIX_OK) {
      error = descriptor_parse(text, length, &descriptor);
   }
   if (error == VIX_OK) {
      error = link->embedded ? rewriteArea(link, text, length) : replaceFile(link, text, length);
      if (error != VIX_OK) {
         descriptor_free(descriptor);
      }
   }
   free(text);
   if (error == VIX_OK) {
      descriptor_free(link->descriptor);
      link->descriptor = descriptor;
   }
   return error;
}

/* ------------------------------------------------------------------------------------ the content ID */

/* How many digits an identity has that is the end of a value; 0 if the value is no hexadecimal number. */
static size_t countDigits(TextSpan value)
{
   for (size_t i = 0; i < value.length; i++) {
      if (!isxdigit((unsigned char)value.start[i])) {
         return 0;
      }
   }
   return minOf(value.length, CONTENT_ID_DIGITS);
}

/* Overwrites the end of a value with an identity, in the text and in the file. */
static VixError overwrite(Link *link, TextSpan value, uint32 contentId)
{
   char hex[CONTENT_ID_DIGITS + 1];
   size_t digits = countDigits(value);
   size_t place = (size_t)(value.start - link->descriptor->text) + value.length - digits;

   snprintf(hex, sizeof hex, "%08x", contentId);
   memcpy(link->descriptor->text + place, hex + CONTENT_ID_DIGITS - digits, digits);
   return file_write(&link->main, link->descriptorOffset + place, link->descriptor->text + place, digits);
}

/* An identity that is not the old one and is written with so many digits. */
static uint32 newContentId(uint32 old, size_t digits)
{
   uint32 contentId;

   do {
      contentId = random_number() >> (4 * (CONTENT_ID_DIGITS - digits));
   } while (contentId == NO_PARENT || contentId == old);
   return contentId;
}

/*
 * The digits are changed where they are, so the text keeps its length and there is no moment without it. That leaves an
 * identity with fewer than eight digits, as other programs write those that begin with zeros, as many as it has.
 */
VixError link_changeContentId(Link *link)
{
   TextSpan value = {NULL, 0};
   uint32 contentId;
   VixError error;

   (void)descriptor_find(link->descriptor, "CID", &value); /* without it, this would be no descriptor */
   contentId = newContentId(link->descriptor->contentId, countDigits(value));
   error = overwrite(link, value, contentId);
   if (error == VIX_OK && descriptor_find(link->descriptor, "ddb.longContentID", &value)) {
      error = overwrite(link, value, contentId);
   }
   if (error == VIX_OK) {
      link->descriptor->contentId = contentId;
      link->contentIdChanged = true;
   }
   return error;
}
