/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * What descriptors mean, and what the library says of those that mean nothing.
 */
#include "descriptor.h"

#include <time.h>

#include "support.h"

#define TITLE "# Disk DescriptorFile\n"
#define HEADER TITLE "version=1\nCID=12345678\nparentCID=ffffffff\ncreateType=\"monolithicFlat\"\n"

static Descriptor *parse(const char *text)
{
   Descriptor *descriptor;

   CHECK_OK(descriptor_parse(text, strlen(text), &descriptor));
   return descriptor;
}

/* Parses what must be refused, and checks what is said about it. */
static void refuse(VixError expected, const char *message, const char *text)
{
   Descriptor *descriptor;

   startLibrary();
   CHECK_EQUAL(expected, descriptor_parse(text, strlen(text), &descriptor));
   CHECK(wasLogged(message));
   stopLibrary();
}

static void checkName(const char *expected, const char *encoding, const char *name)
{
   char text[512];
   Descriptor *descriptor;
   char *hint;

   snprintf(text, sizeof text, HEADER "%sparentFileNameHint=\"%s\"\nRW 1 FLAT \"%s\" 0\n", encoding, name, name);
   descriptor = parse(text);
   CHECK(strcmp(expected, descriptor->extents[0].fileName) == 0);
   hint = descriptor_parentHint(descriptor);
   CHECK(hint != NULL && strcmp(expected, hint) == 0);
   free(hint);
   descriptor_free(descriptor);
}

static void namesAreReadInTheEncodingOfTheDescriptor(void)
{
   checkName("plain", "", "plain");
   checkName("plain", "encoding=\"windows-1252\"\n", "plain");
   checkName("Stra\u00dfe \u20ac", "encoding=\"windows-1252\"\n",
             "Stra\xdf"
             "e \x80");
   checkName("Stra\u00dfe", "ENCODING = \"Windows-1252\"\r\n",
             "Stra\xdf"
             "e");
   checkName("\u78c1\u76d8", "encoding=GBK\n", "\xb4\xc5\xc5\xcc");
   checkName("\u8868\\", "encoding=\"Shift_JIS\"\n", "\x95\\\\");
   checkName("\u0414", "encoding=\"windows-1251\"\n", "\xc4");
   checkName("\u0414", "encoding=\"UTF-8\"\n", "\u0414");
}

/* It is not for the library to say what is the name of a file. */
static void namesOfNoEncodingAreTakenAsTheyAre(void)
{
   checkName("\xff\xfe", "", "\xff\xfe");
   checkName("\xff\xfe", "encoding=\"UTF-8\"\n", "\xff\xfe");
   checkName("\xff\xfe", "encoding=\"\"\n", "\xff\xfe");
}

static void unknownEncodingsAreRefused(void)
{
   refuse(VIX_E_DISK_ENCODING, "\"klingon\"", HEADER "encoding=\"klingon\"\nRW 1 ZERO\n");
   refuse(VIX_E_DISK_ENCODING, "\"UTF-8//IGNORE\"", HEADER "encoding=\"UTF-8//IGNORE\"\nRW 1 ZERO\n");
   refuse(VIX_E_DISK_ENCODING, "is not known",
          HEADER "encoding=\"a name that is longer than that of any encoding\"\nRW 1 ZERO\n");
}

static void namesThatAreNotInTheEncodingAreRefused(void)
{
   refuse(VIX_E_DISK_ENCODING, "cannot be converted", HEADER "encoding=\"windows-1252\"\nRW 1 FLAT \"\x81\" 0\n");
   refuse(VIX_E_DISK_ENCODING, "cannot be converted",
          HEADER "encoding=\"GBK\"\nparentFileNameHint=\"\xb4\"\nRW 1 ZERO\n");
}

static void aDescriptorTellsItsTypeAndParent(void)
{
   Descriptor *descriptor = parse(HEADER "RW 1 ZERO\n");
   TextSpan type = descriptor_createType(descriptor);

   CHECK(type.length == 14 && memcmp(type.start, "monolithicFlat", 14) == 0);
   CHECK(descriptor_isOfType(descriptor, "MonolithicFLAT"));
   CHECK(!descriptor_isOfType(descriptor, "monolithicFla") && !descriptor_isOfType(descriptor, "monolithicFlat2"));
   CHECK(descriptor_parentHint(descriptor) == NULL);
   descriptor_free(descriptor);
   descriptor = parse(HEADER "parentFileNameHint=\"\"\nRW 1 ZERO\n");
   CHECK(descriptor_parentHint(descriptor) == NULL);
   descriptor_free(descriptor);
}

static void linesThatAreNoExtentsAreNamed(void)
{
   refuse(VIX_E_DISK_INVALIDDISK, "line 6 of a descriptor, \"RW -1 ZERO\"", HEADER "RW -1 ZERO\nRW 1 ZERO\n");
   refuse(VIX_E_DISK_INVALIDDISK, "line 8", HEADER "\n#\nRW 1 FLAT data.bin\n");
   refuse(VIX_E_DISK_INVALIDDISK, "line 7", HEADER "RW 18014398509481983 ZERO\nRW 1 ZERO\n");
   refuse(VIX_E_DISK_INVALIDDISK, "has no extents", HEADER);
}

/* One bit changes RW to SW, and the rest of the disk would be in another place. */
static void extentsOfAnUnknownAccessAreNotOverlooked(void)
{
   Descriptor *descriptor;

   refuse(VIX_E_DISK_INVALIDDISK, "\"SW 1 ZERO\"", HEADER "SW 1 ZERO\nRW 1 ZERO\n");
   descriptor = parse(HEADER "# SW 1 ZERO\nSW\nSW one ZERO\nSW 1\nx = SW 1 ZERO\nSW 1 = 1\nRW 1 ZERO\n");
   CHECK_EQUAL(1, descriptor->numExtents);
   descriptor_free(descriptor);
}

static void keysThatAreMissingAreNamed(void)
{
   refuse(VIX_E_DISK_INVALIDDISK, "\"version\"", TITLE "CID=1\ncreateType=\"x\"\nRW 1 ZERO\n");
   refuse(VIX_E_DISK_INVALIDDISK, "\"version\"", TITLE "version=0\nCID=1\ncreateType=\"x\"\nRW 1 ZERO\n");
   refuse(VIX_E_DISK_INVALIDDISK, "\"CID\"", TITLE "version=1\ncreateType=\"x\"\nRW 1 ZERO\n");
   refuse(VIX_E_DISK_INVALIDDISK, "\"CID\"", TITLE "version=1\nCID=123456789\ncreateType=\"x\"\nRW 1 ZERO\n");
   refuse(VIX_E_DISK_INVALIDDISK, "\"parentCID\"",
          TITLE "version=1\nCID=1\nparentCID=no\ncreateType=\"x\"\nRW 1 ZERO\n");
   refuse(VIX_E_DISK_INVALIDDISK, "\"createType\"", TITLE "version=1\nCID=1\nRW 1 ZERO\n");
}

/* A name is decoded for each of many extents, in a text that is as long as can be. */
static void longDescriptorsAreReadAtOnce(void)
{
   size_t size = DESCRIPTOR_MAX_BYTES;
   char *text = malloc(size);
   clock_t start = clock();
   Descriptor *descriptor;
   size_t length;

   memset(text, '\n', size);
   length = (size_t)snprintf(text, size, HEADER);
   for (int i = 0; i < DESCRIPTOR_MAX_EXTENTS; i++) {
      length += (size_t)snprintf(text + length, size - length, "RW 1 FLAT \"%d\" 0\n", i);
   }
   text[length] = '\n';
   CHECK_OK(descriptor_parse(text, size, &descriptor));
   CHECK_EQUAL(DESCRIPTOR_MAX_EXTENTS, descriptor->capacity);
   CHECK(strcmp("2047", descriptor->extents[2047].fileName) == 0);
   CHECK(clock() - start < 3 * CLOCKS_PER_SEC); /* of this process, however busy the machine is */
   descriptor_free(descriptor);
   free(text);
}

/* What other programs leave behind the text is not part of it, neither before nor after the text grows. */
static void whatIsBehindAnEmbeddedDescriptorStaysThere(void)
{
   static const char junk[] = "RW 5 ZERO\nRW 5 ZERO\nRW 5 ZERO\nRW 5 ZERO\nRW 5 ZERO\n";
   VixDiskLibHandle disk;
   size_t length;
   uint8 *image;
   size_t textLength;
   char value[32];

   startLibrary();
   createDisk("x.vmdk", VIXDISKLIB_DISK_MONOLITHIC_SPARSE, 100);
   image = readFile("x.vmdk", &length);
   textLength = strlen((const char *)image + SECTOR);
   free(image);
   patchFile("x.vmdk", SECTOR + textLength + 3, junk, sizeof junk);
   disk = openDisk("x.vmdk", 0);
   CHECK_OK(VixDiskLib_WriteMetadata(disk, "a", "b"));
   CHECK_OK(VixDiskLib_WriteMetadata(disk, "a", "bcdefgh"));
   CHECK_OK(VixDiskLib_Close(disk));
   disk = openDisk("x.vmdk", 0);
   CHECK_OK(VixDiskLib_ReadMetadata(disk, "a", value, sizeof value, NULL));
   CHECK(strcmp("bcdefgh", value) == 0);
   CHECK_OK(VixDiskLib_Close(disk));
   stopLibrary();
}

int main(void)
{
   RUN(namesAreReadInTheEncodingOfTheDescriptor);
   RUN(namesOfNoEncodingAreTakenAsTheyAre);
   RUN(unknownEncodingsAreRefused);
   RUN(namesThatAreNotInTheEncodingAreRefused);
   RUN(aDescriptorTellsItsTypeAndParent);
   RUN(linesThatAreNoExtentsAreNamed);
   RUN(extentsOfAnUnknownAccessAreNotOverlooked);
   RUN(keysThatAreMissingAreNamed);
   RUN(longDescriptorsAreReadAtOnce);
   RUN(whatIsBehindAnEmbeddedDescriptorStaysThere);
   return finish();
}
