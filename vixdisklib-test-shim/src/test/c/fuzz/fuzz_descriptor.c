/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * A descriptor with any contents is refused or understood, and an edit changes its own line and nothing of what the
 * rest means.
 */
#include <string.h>

#include "descriptor.h"
#include "fuzz.h"

static void checkExtents(const Descriptor *descriptor)
{
   uint64 capacity = 0;

   FUZZ_CHECK(descriptor->numExtents > 0 && descriptor->numExtents <= DESCRIPTOR_MAX_EXTENTS);
   for (size_t i = 0; i < descriptor->numExtents; i++) {
      const ExtentLine *extent = &descriptor->extents[i];

      FUZZ_CHECK(extent->sectors > 0 && extent->sectors <= MAX_SECTORS);
      FUZZ_CHECK(extent->startSector <= MAX_SECTORS - extent->sectors);
      FUZZ_CHECK(extent->kind == EXTENT_LINE_ZERO || (extent->fileName != NULL && extent->fileName[0] != '\0'));
      capacity += extent->sectors;
   }
   FUZZ_CHECK(capacity == descriptor->capacity && capacity <= MAX_SECTORS);
}

static void checkText(const Descriptor *descriptor)
{
   char *hint = descriptor_parentHint(descriptor);
   char buffer[8];

   FUZZ_CHECK(strlen(descriptor->text) == descriptor->length && descriptor->length <= DESCRIPTOR_MAX_BYTES);
   FUZZ_CHECK(hint == NULL || hint[0] != '\0');
   free(hint);
   descriptor_get(descriptor, "ddb.adapterType", buffer, sizeof buffer);
   FUZZ_CHECK(strlen(buffer) < sizeof buffer);
   (void)descriptor_getNumber(descriptor, "ddb.geometry.heads");
}

static bool sameName(const char *a, const char *b)
{
   return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool sameSpan(TextSpan a, TextSpan b)
{
   return a.length == b.length && memcmp(a.start, b.start, a.length) == 0;
}

static void checkSameMeaning(const Descriptor *a, const Descriptor *b)
{
   char *hint = descriptor_parentHint(a);
   char *sameHint = descriptor_parentHint(b);

   FUZZ_CHECK(sameName(hint, sameHint));
   free(hint);
   free(sameHint);
   FUZZ_CHECK(a->contentId == b->contentId && a->parentContentId == b->parentContentId);
   FUZZ_CHECK(sameSpan(descriptor_createType(a), descriptor_createType(b)));
   FUZZ_CHECK(a->numExtents == b->numExtents && a->capacity == b->capacity);
   for (size_t i = 0; i < a->numExtents; i++) {
      const ExtentLine *one = &a->extents[i];
      const ExtentLine *other = &b->extents[i];

      FUZZ_CHECK(one->access == other->access && one->sectors == other->sectors && one->kind == other->kind);
      FUZZ_CHECK(one->startSector == other->startSector && sameName(one->fileName, other->fileName));
   }
}

/* Whether all values of the database but one are the same in both, in the same order. */
static void checkDatabase(const Descriptor *before, const Descriptor *after, const char *edited)
{
   const char *rest = before->text;
   TextSpan line;
   TextSpan key;
   TextSpan value;
   TextSpan found;
   char name[64];

   while (descriptor_nextLine(&rest, &line)) {
      if (descriptor_splitLine(line, &key, &value) && key.length < sizeof name && key.length > 4 &&
          memcmp(key.start, "ddb.", 4) == 0) {
         snprintf(name, sizeof name, "%.*s", (int)key.length, key.start);
         if (strcmp(name, edited) != 0) {
            FUZZ_CHECK(descriptor_find(before, name, &value) && descriptor_find(after, name, &found));
            FUZZ_CHECK(sameSpan(value, found));
         }
      }
   }
}

static Descriptor *parseEdited(char *text)
{
   Descriptor *edited;

   FUZZ_CHECK(text != NULL);
   FUZZ_CHECK(descriptor_parse(text, strlen(text), &edited) == VIX_OK);
   free(text);
   return edited;
}

static void edit(const Descriptor *descriptor, const char *key, const char *value)
{
   Descriptor *edited = parseEdited(descriptor_withValue(descriptor, key, value));
   TextSpan found;

   checkSameMeaning(descriptor, edited);
   checkDatabase(descriptor, edited, key);
   FUZZ_CHECK(descriptor_find(edited, key, &found));
   FUZZ_CHECK(found.length == strlen(value) && memcmp(found.start, value, found.length) == 0);
   descriptor_free(edited);
}

static void editParent(const Descriptor *descriptor)
{
   Descriptor *edited = parseEdited(descriptor_withParent(descriptor, 0x12345678, "the base.vmdk"));
   char *hint = descriptor_parentHint(edited);

   FUZZ_CHECK(edited->parentContentId == 0x12345678 && hint != NULL && strcmp(hint, "the base.vmdk") == 0);
   FUZZ_CHECK(edited->contentId == descriptor->contentId && edited->capacity == descriptor->capacity);
   checkDatabase(descriptor, edited, "");
   free(hint);
   descriptor_free(edited);
}

static void editNames(const Descriptor *descriptor)
{
   static char name[] = "another name.vmdk";
   char **names = calloc(descriptor->numExtents, sizeof *names);
   Descriptor *edited;

   FUZZ_CHECK(names != NULL);
   for (size_t i = 0; i < descriptor->numExtents; i++) {
      names[i] = name;
   }
   edited = parseEdited(descriptor_withNames(descriptor, names));
   free(names);
   FUZZ_CHECK(edited->numExtents == descriptor->numExtents && edited->capacity == descriptor->capacity);
   for (size_t i = 0; i < edited->numExtents; i++) {
      FUZZ_CHECK(sameName(edited->extents[i].fileName, descriptor->extents[i].fileName != NULL ? name : NULL));
      FUZZ_CHECK(edited->extents[i].startSector == descriptor->extents[i].startSector);
   }
   checkDatabase(descriptor, edited, "");
   descriptor_free(edited);
}

static void editLastExtent(const Descriptor *descriptor)
{
   uint64 others = descriptor->capacity - descriptor->extents[descriptor->numExtents - 1].sectors;
   Descriptor *edited;

   if (descriptor->numExtents == DESCRIPTOR_MAX_EXTENTS || others > MAX_SECTORS - 12 ||
       descriptor->extents[descriptor->numExtents - 1].startSector > MAX_SECTORS - 12) {
      return;
   }
   edited = parseEdited(descriptor_withLastExtent(descriptor, 5, "RW 7 ZERO"));
   FUZZ_CHECK(edited->numExtents == descriptor->numExtents + 1 && edited->capacity == others + 12);
   FUZZ_CHECK(edited->extents[descriptor->numExtents].kind == EXTENT_LINE_ZERO);
   checkDatabase(descriptor, edited, "");
   descriptor_free(edited);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
   Descriptor *descriptor;

   if (descriptor_parse((const char *)data, size, &descriptor) != VIX_OK) {
      return 0;
   }
   checkExtents(descriptor);
   checkText(descriptor);
   if (descriptor->length < DESCRIPTOR_MAX_BYTES / 2) {
      edit(descriptor, "ddb.adapterType", "lsilogic");
      edit(descriptor, "ddb.fuzz", " a = # value ");
      edit(descriptor, "ddb.uuid", "");
      editParent(descriptor);
      editNames(descriptor);
      editLastExtent(descriptor);
   }
   descriptor_free(descriptor);
   return 0;
}
