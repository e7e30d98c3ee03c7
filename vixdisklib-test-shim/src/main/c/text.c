/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "text.h"

/* Bytes of the character that begins with this byte; 0 if none does. */
static int lengthOf(unsigned char lead)
{
   if (lead < 0x80) {
      return 1;
   }
   if (lead < 0xc2 || lead > 0xf4) {
      return 0;
   }
   return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

/* Whether the second byte is right for the first: no overlong forms, no surrogates, nothing past the last character. */
static bool isSecond(unsigned char lead, unsigned char second)
{
   unsigned char low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
   unsigned char high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;

   return second >= low && second <= high;
}

bool text_isUtf8(const char *text)
{
   const unsigned char *c = (const unsigned char *)text;

   while (*c != '\0') {
      int length = lengthOf(*c);

      if (length == 0 || (length > 1 && !isSecond(c[0], c[1]))) {
         return false;
      }
      for (int i = 2; i < length; i++) {
         if (c[i] < 0x80 || c[i] > 0xbf) {
            return false;
         }
      }
      c += length;
   }
   return true;
}
