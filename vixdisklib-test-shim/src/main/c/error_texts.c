/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "error_texts.h"

#include <stdlib.h>

typedef struct {
   uint64 code;
   const char *text;
} ErrorText;

#define TEXT(code, text) {code, text},
static const ErrorText texts[] = {
#include "error_texts.inc"
};
#undef TEXT

static int compareCodes(const void *left, const void *right)
{
   uint64 a = ((const ErrorText *)left)->code;
   uint64 b = ((const ErrorText *)right)->code;

   return (a > b) - (a < b);
}

EXPORTED const char *VddkFakeTexts_ofError(uint64 code)
{
   const ErrorText key = {code, NULL};
   const ErrorText *found = bsearch(&key, texts, sizeof texts / sizeof texts[0], sizeof texts[0], compareCodes);

   return found != NULL ? found->text : NULL;
}
