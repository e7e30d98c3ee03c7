/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "support.h"

typedef struct {
   const char *name;
   long long value;
} Constant;

/* All constants of the header, of which the errors are those that begin with VIX_. */
#define CONSTANT(name) {#name, (long long)(name)},
static const Constant constants[] = {
#include "abi_constants.inc"
};

#define NUM_CONSTANTS (sizeof constants / sizeof constants[0])

/* All errors but one, which the header has for old callers only. */
static bool isError(const Constant *constant)
{
   return strncmp(constant->name, "VIX_", 4) == 0 && constant->value != VIX_E_SNAPSHOT_RRSUSPEND;
}

static char *textOf(uint64 error)
{
   char *text = VixDiskLib_GetErrorText(error, NULL);

   CHECK(text != NULL);
   return text;
}

static void everyErrorHasATextOfItsOwn(void)
{
   static char *texts[NUM_CONSTANTS];
   char *general = textOf(9999);
   size_t count = 0;

   for (size_t i = 0; i < NUM_CONSTANTS; i++) {
      if (isError(&constants[i])) {
         char *text = textOf((uint64)constants[i].value);

         CHECK(strlen(text) > 8 && text[strlen(text) - 1] != '.' && strcmp(text, general) != 0);
         for (size_t j = 0; j < count; j++) {
            CHECK(strcmp(text, texts[j]) != 0);
         }
         texts[count++] = text;
      }
   }
   CHECK_EQUAL(268, count);
   for (size_t i = 0; i < count; i++) {
      VixDiskLib_FreeErrorText(texts[i]);
   }
   VixDiskLib_FreeErrorText(general);
}

static void theUpperBitsDoNotChangeTheText(void)
{
   char *plain = textOf(VIX_E_FILE_NOT_FOUND);
   char *decorated = textOf(UINT64_C(0x1234567800020000) | VIX_E_FILE_NOT_FOUND);

   CHECK(strcmp(plain, decorated) == 0);
   VixDiskLib_FreeErrorText(plain);
   VixDiskLib_FreeErrorText(decorated);
}

static void wellKnownTextsAreTheUsualOnes(void)
{
   static const struct {
      VixError error;
      const char *text;
   } known[] = {
      {VIX_E_FAIL, "Unknown error"},
      {VIX_E_INVALID_ARG, "One of the parameters was invalid"},
      {VIX_E_FILE_ACCESS_ERROR, "You do not have access rights to this file"},
   };

   for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
      char *text = textOf(known[i].error);

      CHECK(strcmp(text, known[i].text) == 0);
      VixDiskLib_FreeErrorText(text);
   }
}

static void textsAreFreedOnceAndNothingElseIs(void)
{
   char *text = textOf(VIX_OK);
   char foreign[] = "foreign";

   CHECK_EQUAL(1, VddkFake_LiveCount("errorTexts"));
   VixDiskLib_FreeErrorText(text);
   CHECK_EQUAL(0, VddkFake_LiveCount("errorTexts"));
   VixDiskLib_FreeErrorText(text);
   VixDiskLib_FreeErrorText(foreign);
}

int main(void)
{
   RUN(everyErrorHasATextOfItsOwn);
   RUN(theUpperBitsDoNotChangeTheText);
   RUN(wellKnownTextsAreTheUsualOnes);
   RUN(textsAreFreedOnceAndNothingElseIs);
   return finish();
}
