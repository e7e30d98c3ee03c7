/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Adapters, as a descriptor names them.
 */
#ifndef ADAPTER_H
#define ADAPTER_H

#include "common.h"

/* The name that a new disk gets for a type; NULL for one that there is not. */
const char *adapter_name(VixDiskLibAdapterType type);

/* The type of a name, in any case; VIXDISKLIB_ADAPTER_UNKNOWN for others. */
VixDiskLibAdapterType adapter_ofName(const char *name);

#endif /* ADAPTER_H */
