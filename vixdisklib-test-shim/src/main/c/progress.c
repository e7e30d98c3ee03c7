/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "progress.h"

void progress_report(Progress *progress, uint64 done, uint64 total)
{
   /* Sectors of a disk times a hundred can be more than 64 bits have. */
   int percent = done >= total ? 100 : (int)(total < UINT64_MAX / 100 ? done * 100 / total : done / (total / 100));

   if (percent > progress->percent) {
      progress->percent = percent;
      if (progress->function != NULL) {
         (void)progress->function(progress->data, percent);
      }
   }
}
