/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * What the fuzz targets have in common. A check that fails aborts, which every driver takes for a finding.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* What libFuzzer calls, and fuzz_main.c where there is no libFuzzer. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ_CHECK(condition)                                                                                          \
   ((condition) ? (void)0                                                                                              \
                : (fprintf(stderr, "%s:%d: failed: %s\n", __FILE__, __LINE__, #condition), fflush(stderr), abort()))

/*
 * Writes a file for the input in a folder of the process, in memory where there is such a file system. The folder is
 * removed when the process ends in order; the name is good until the next call with another name.
 */
const char *fuzz_writeFile(const char *name, const uint8_t *data, size_t size);

#endif /* FUZZ_H */
