/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "progress.h"

static _Thread_local bool calling;

static void call(const Progress *progress, int percent)
{
   bool wasCalling = calling;

   calling = true;
   (void)progress->function(progress->data, percent);
   calling = wasCalling;
}

bool progress_isCalling(void)
{
   return calling;
}

void progress_report(Progress *progress, uint64 done, uint64 total)
{
   /* Sectors of a disk times a hundred can be more than 64 bits have. */
   int percent = done >= total ? 100 : (int)(total < UINT64_MAX / 100 ? done * 100 / total : done / (total / 100));

   if (percent > progress->percent) {
      progress->percent = percent;
      if (progress->function != NULL) {
         call(progress, percent);
      }
   }
}
