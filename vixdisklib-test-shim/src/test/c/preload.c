/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Steers the fake VDDK of a program that knows nothing of it, by being loaded before the program (LD_PRELOAD).
 *
 *    ASYNC_THREADS, ASYNC_SEED   as VddkFake_SetAsync takes them
 *    FAIL_NEXT_READ              result of the first ReadAsync
 *    STRICT                      as VddkFake_SetStrict takes it
 */
#include <stdlib.h>

#include "vddkFake.h"

static uint64 numberFrom(const char *variable)
{
   const char *value = getenv(variable);

   return value != NULL ? strtoull(value, NULL, 10) : 0;
}

__attribute__((constructor)) static void steer(void)
{
   VddkFake_SetAsync((uint32)numberFrom("ASYNC_THREADS"), numberFrom("ASYNC_SEED"));
   VddkFake_FailNextAsync("VixDiskLib_ReadAsync", numberFrom("FAIL_NEXT_READ"));
   VddkFake_SetStrict((int)numberFrom("STRICT"));
}
