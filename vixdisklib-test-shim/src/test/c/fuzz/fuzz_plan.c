/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * A fault plan with any contents is refused with a reason, or followed without harm.
 */
#include <string.h>

#include "fuzz.h"
#include "plan.h"
#include "vddkFake.h"

/* Calls that the plan is asked about. */
static const PlanCase calls[] = {
   {"VixDiskLib_InitEx", {NULL, NULL}, false, 0, 0},
   {"VixDiskLib_Open", {"/vms/web/web.vmdk", NULL}, false, 0, 0},
   {"VixDiskLib_Read", {"[ds1] web/web.vmdk", NULL}, true, 0, 1},
   {"VixDiskLib_Write", {"web.vmdk", NULL}, true, 2000, 100},
   {"VixDiskLib_WriteAsync", {"", NULL}, true, UINT64_MAX, UINT64_MAX},
   {"VixDiskLib_Clone", {"/a", "/vms/b.vmdk"}, false, 0, 0},
   {"VixDiskLib_FreeInfo", {NULL, NULL}, false, 0, 0},
};

static void checkEffect(const PlanEffect *effect)
{
   FUZZ_CHECK(effect->error != VIX_ASYNC);
   FUZZ_CHECK(effect->error != VIX_OK || !effect->byCallback);
}

static void follow(void)
{
   for (int round = 0; round < 3; round++) {
      for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
         PlanEffect effect;

         plan_take(&calls[i], &effect);
         checkEffect(&effect);
      }
   }
}

/* Matching takes long for globs with many stars, as it does everywhere. */
static bool isHard(const char *text)
{
   unsigned stars = 0;

   for (; *text != '\0'; text++) {
      stars += *text == '*' || *text == '[' || *text == '(';
   }
   return stars > 40;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
   char message[100];
   char *text = malloc(size + 1);
   Plan plan;
   bool understood;

   FUZZ_CHECK(text != NULL);
   memcpy(text, data, size);
   text[size] = '\0';
   understood = plan_read(text, size, &plan, message, sizeof message);
   FUZZ_CHECK(understood || (strncmp(message, "line ", 5) == 0 && plan.numRules == 0));
   plan_free(&plan);
   if (VddkFake_SetFaultPlan(text, message, sizeof message) && !isHard(text)) {
      follow();
   }
   FUZZ_CHECK(VddkFake_SetFaultPlan(NULL, NULL, 0));
   free(text);
   return 0;
}
