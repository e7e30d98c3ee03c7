/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Compiled as C11 and as C++17 with all warnings: the public headers stand on their own and can be included twice.
 */
#include "vddkFake.h"
#include "vddkFaultInjection.h"
#include "vixDiskLib.h"
#include "vixDiskLib.h"
#include "vm_basic_types.h"
