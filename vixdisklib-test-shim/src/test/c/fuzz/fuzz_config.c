/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * A configuration file with any contents is read without harm.
 */
#include "config.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
   config_learn(fuzz_writeFile("fuzz.conf", data, size));
   config_tell();
   config_forget();
   return 0;
}
