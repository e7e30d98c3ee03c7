/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * The configuration file of InitEx: lines of name=value, with optional double quotes, and comments after "#".
 */
#ifndef CONFIG_H
#define CONFIG_H

#include "common.h"

/*
 * Reads a file and tells the log about what is not understood. No setting has an effect yet, since those of the real
 * library concern servers; a file that cannot be read is no reason to fail, for a caller may name one that is optional.
 */
void config_read(const char *path);

#endif /* CONFIG_H */
