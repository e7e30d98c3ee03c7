/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * libdiskLibPlugin.so: where the real VDDK has its advanced transports. This one is there to be found, and
 * says which version it belongs to.
 */
#include "common.h"

extern const char VddkFakePlugin_version[];

EXPORTED const char VddkFakePlugin_version[] = VDDK_VERSION;
