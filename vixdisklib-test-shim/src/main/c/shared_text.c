/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "shared_text.h"

#include <stdlib.h>
#include <string.h>

SharedText *sharedText_create(const char *text)
{
   size_t size = text != NULL ? strlen(text) + 1 : 0;
   SharedText *shared = text != NULL ? malloc(sizeof *shared + size) : NULL;

   if (shared != NULL) {
      atomic_init(&shared->holders, 1);
      memcpy(shared->text, text, size);
   }
   return shared;
}

SharedText *sharedText_hold(SharedText *shared)
{
   if (shared != NULL) {
      atomic_fetch_add(&shared->holders, 1);
   }
   return shared;
}

void sharedText_release(SharedText *shared)
{
   if (shared != NULL && atomic_fetch_sub(&shared->holders, 1) == 1) {
      free(shared);
   }
}
