/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * The version of VixDiskLib that this library plays. It is built for several versions, and nothing else differs between
 * them but which functions are exported.
 */
#ifndef VERSION_H
#define VERSION_H

#include "common.h"

typedef struct Version {
   uint32 major;
   uint32 minor;
   uint32 patch;
   const char *text;
} Version;

extern const Version version_own;

/* Whether the library plays this version or a later one. */
bool version_isAtLeast(uint32 major, uint32 minor, uint32 patch);

#endif /* VERSION_H */
