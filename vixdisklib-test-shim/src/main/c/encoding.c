/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "encoding.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* An encoding, and what iconv calls it. */
typedef struct Encoding {
   const char *name;
   const char *charset; /* NULL for a text that is taken as it is */
} Encoding;

/*
 * Only these reach iconv, which knows hundreds more that are of no use here and were not all made for hostile input.
 * Where Windows means an extension of a standard, that extension is meant.
 */
static const Encoding encodings[] = {
   {"", NULL},
   {"UTF-8", NULL},
   {"UTF8", NULL},
   {"US-ASCII", NULL},
   {"ASCII", NULL},
   {"windows-1250", "CP1250"},
   {"windows-1251", "CP1251"},
   {"windows-1252", "CP1252"},
   {"windows-1253", "CP1253"},
   {"windows-1254", "CP1254"},
   {"windows-1255", "CP1255"},
   {"windows-1256", "CP1256"},
   {"windows-1257", "CP1257"},
   {"windows-1258", "CP1258"},
   {"windows-874", "CP874"},
   {"windows-932", "CP932"},
   {"windows-31j", "CP932"},
   {"Shift_JIS", "CP932"},
   {"windows-936", "CP936"},
   {"GBK", "CP936"},
   {"GB2312", "CP936"},
   {"GB18030", "GB18030"},
   {"windows-949", "CP949"},
   {"EUC-KR", "CP949"},
   {"windows-950", "CP950"},
   {"Big5", "CP950"},
   {"EUC-JP", "EUC-JP"},
   {"TIS-620", "CP874"},
   {"KOI8-R", "KOI8-R"},
   {"ISO-8859-1", "ISO-8859-1"},
   {"ISO-8859-2", "ISO-8859-2"},
   {"ISO-8859-5", "ISO-8859-5"},
   {"ISO-8859-7", "ISO-8859-7"},
   {"ISO-8859-9", "ISO-8859-9"},
   {"ISO-8859-15", "ISO-8859-15"},
};

static const Encoding *find(const char *name)
{
   for (size_t i = 0; i < sizeof encodings / sizeof encodings[0]; i++) {
      if (strcasecmp(name, encodings[i].name) == 0) {
         return &encodings[i];
      }
   }
   return NULL;
}

bool encoding_isKnown(const char *encoding)
{
   return find(encoding) != NULL;
}

/* All encodings have ASCII in them, so a text of that needs no converter, which a small system may not have. */
static bool isAscii(const char *text, size_t length)
{
   for (size_t i = 0; i < length; i++) {
      if ((unsigned char)text[i] >= 0x80) {
         return false;
      }
   }
   return true;
}

/* Converts with room for all that can come out. */
static VixError convert(iconv_t converter, const char *text, size_t length, char **decoded)
{
   size_t room = length * 4 + 16; /* no character has more than four bytes; some encodings keep one back */
   char *result = calloc(1, room + 1);
   char *to = result;
   char *from = (char *)text;

   if (result == NULL) {
      return VIX_E_OUT_OF_MEMORY;
   }
   if (iconv(converter, &from, &length, &to, &room) == (size_t)-1 ||
       iconv(converter, NULL, NULL, &to, &room) == (size_t)-1) {
      free(result);
      return VIX_E_DISK_ENCODING;
   }
   *decoded = result;
   return VIX_OK;
}

VixError encoding_decode(const char *encoding, const char *text, size_t length, char **decoded)
{
   const Encoding *known = find(encoding);
   iconv_t converter;
   VixError error;

   if (known == NULL) {
      return VIX_E_DISK_ENCODING;
   }
   if (known->charset == NULL || isAscii(text, length)) {
      *decoded = strndup(text, length);
      return *decoded != NULL ? VIX_OK : VIX_E_OUT_OF_MEMORY;
   }
   converter = iconv_open("UTF-8", known->charset);
   if (converter == (iconv_t)-1) {
      return errno == EINVAL ? VIX_E_DISK_ENCODING : VIX_E_OUT_OF_MEMORY;
   }
   error = convert(converter, text, length, decoded);
   (void)iconv_close(converter);
   return error;
}
