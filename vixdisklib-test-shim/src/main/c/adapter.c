/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "adapter.h"

#include <strings.h>

/* Where a type has several names, the first one is for new disks. */
static const struct {
   const char *name;
   VixDiskLibAdapterType type;
} adapters[] = {
   {"ide", VIXDISKLIB_ADAPTER_IDE},
   {"buslogic", VIXDISKLIB_ADAPTER_SCSI_BUSLOGIC},
   {"legacyESX", VIXDISKLIB_ADAPTER_SCSI_BUSLOGIC},
   {"lsilogic", VIXDISKLIB_ADAPTER_SCSI_LSILOGIC},
};

#define NUM_ADAPTERS (sizeof adapters / sizeof adapters[0])

const char *adapter_name(VixDiskLibAdapterType type)
{
   for (size_t i = 0; i < NUM_ADAPTERS; i++) {
      if (adapters[i].type == type) {
         return adapters[i].name;
      }
   }
   return NULL;
}

VixDiskLibAdapterType adapter_ofName(const char *name)
{
   for (size_t i = 0; i < NUM_ADAPTERS; i++) {
      if (strcasecmp(name, adapters[i].name) == 0) {
         return adapters[i].type;
      }
   }
   return VIXDISKLIB_ADAPTER_UNKNOWN;
}
