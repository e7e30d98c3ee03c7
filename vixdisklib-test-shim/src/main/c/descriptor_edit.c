/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Edits of descriptors. Each changes its own place in the text and leaves the rest as it is.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "descriptor.h"
#include "path.h"

/* One place of a text, and what is to stand there. */
typedef struct Edit {
   TextSpan old;
   const char *text;
} Edit;

/* The text with edits, which are in the order of their places. */
static char *apply(const Descriptor *descriptor, const Edit *edits, size_t count)
{
   const char *from = descriptor->text;
   char *result = NULL;
   size_t length;
   FILE *to = open_memstream(&result, &length);
   bool failed;

   if (to == NULL) {
      return NULL;
   }
   for (size_t i = 0; i < count; i++) {
      fwrite(from, 1, (size_t)(edits[i].old.start - from), to);
      fputs(edits[i].text, to);
      from = edits[i].old.start + edits[i].old.length;
   }
   fputs(from, to);
   failed = ferror(to) != 0;
   if (fclose(to) != 0 || failed) {
      free(result);
      return NULL;
   }
   return result;
}

static const char *newlineOf(const Descriptor *descriptor)
{
   return strstr(descriptor->text, "\r\n") != NULL ? "\r\n" : "\n";
}

static bool isAscii(const char *text)
{
   for (const char *c = text; *c != '\0'; c++) {
      if ((unsigned char)*c > 0x7e) {
         return false;
      }
   }
   return true;
}

bool descriptor_canHold(const Descriptor *descriptor, const char *name)
{
   char encoding[16];

   descriptor_get(descriptor, "encoding", encoding, sizeof encoding);
   return path_fitsDescriptor(name) && (isAscii(name) || strcasecmp(encoding, "UTF-8") == 0);
}

/* Replaces the line of a key, or adds one after another line. */
static char *withLine(const Descriptor *descriptor, const char *key, TextSpan after, const char *newLine)
{
   TextSpan line;
   TextSpan value;
   char *added;
   char *result;

   if (descriptor_findLine(descriptor, key, &line, &value)) {
      return apply(descriptor, &(Edit){line, newLine}, 1);
   }
   if (asprintf(&added, "%s%s", newlineOf(descriptor), newLine) < 0) {
      return NULL;
   }
   after.start += after.length;
   after.length = 0;
   result = apply(descriptor, &(Edit){after, added}, 1);
   free(added);
   return result;
}

/* The last line of the text that is not empty. */
static TextSpan lastLine(const Descriptor *descriptor)
{
   const char *rest = descriptor->text;
   TextSpan last = {rest, 0};
   TextSpan line;

   while (descriptor_nextLine(&rest, &line)) {
      last = line.length > 0 ? line : last;
   }
   return last;
}

char *descriptor_withValue(const Descriptor *descriptor, const char *key, const char *value)
{
   char *line;
   char *result;

   if (asprintf(&line, "%s = \"%s\"", key, value) < 0) {
      return NULL;
   }
   result = withLine(descriptor, key, lastLine(descriptor), line);
   free(line);
   return result;
}

char *descriptor_withParent(const Descriptor *descriptor, uint32 contentId, const char *hint)
{
   Descriptor withHint = *descriptor;
   TextSpan type;
   TextSpan value;
   char *line;
   char *result;

   (void)descriptor_findLine(descriptor, "createType", &type, &value); /* without it, this would be no descriptor */
   if (asprintf(&line, "parentFileNameHint=\"%s\"", hint) < 0) {
      return NULL;
   }
   withHint.text = withLine(descriptor, "parentFileNameHint", type, line);
   free(line);
   if (withHint.text == NULL) {
      return NULL;
   }
   (void)descriptor_findLine(&withHint, "createType", &type, &value);
   if (asprintf(&line, "parentCID=%08x", contentId) < 0) {
      free(withHint.text);
      return NULL;
   }
   result = withLine(&withHint, "parentCID", type, line);
   free(line);
   free(withHint.text);
   return result;
}

char *descriptor_withLastExtent(const Descriptor *descriptor, uint64 sectors, const char *moreLines)
{
   const ExtentLine *last = &descriptor->extents[descriptor->numExtents - 1];
   TextSpan end = {last->line.start + last->line.length, 0};
   char number[24];
   char *added;
   char *result;

   snprintf(number, sizeof number, "%llu", (unsigned long long)sectors);
   if (asprintf(&added, "%s%s", moreLines[0] != '\0' ? newlineOf(descriptor) : "", moreLines) < 0) {
      return NULL;
   }
   result = apply(descriptor, (Edit[]){{last->sectorsText, number}, {end, added}}, 2);
   free(added);
   return result;
}

char *descriptor_withNames(const Descriptor *descriptor, char *const *names)
{
   Edit *edits = calloc(descriptor->numExtents, sizeof *edits);
   size_t count = 0;
   char *result;

   if (edits == NULL) {
      return NULL;
   }
   for (size_t i = 0; i < descriptor->numExtents; i++) {
      if (descriptor->extents[i].fileName != NULL) {
         edits[count++] = (Edit){descriptor->extents[i].nameText, names[i]};
      }
   }
   result = apply(descriptor, edits, count);
   free(edits);
   return result;
}
