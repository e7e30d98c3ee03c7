/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * File names. Results are heap memory.
 */
#ifndef PATH_H
#define PATH_H

#include "common.h"

/*
 * The canonical absolute name of an existing file. The real library demands an absolute path; this one also takes a
 * relative one, and says so in the log.
 */
VixError path_resolve(const char *path, char **resolved);

/* The canonical absolute name for a file that may not exist yet, in a folder that does. */
VixError path_resolveNew(const char *path, char **resolved);

/* What a name in a descriptor means: beside the descriptor, unless it is absolute. NULL without memory. */
char *path_beside(const char *descriptorPath, const char *name);

/* How a descriptor names a file at a canonical path: by its name alone if it lies beside it. NULL without memory. */
char *path_from(const char *descriptorPath, const char *path);

/* The name with something in place of its ".vmdk", or at its end; NULL without memory. */
char *path_withSuffix(const char *path, const char *suffix);

/* How long the name is without its ".vmdk". */
size_t path_stemLength(const char *path);

/* What a file is called while it is made, before it takes or replaces the place of the path; NULL without memory. */
char *path_unfinished(const char *path);

/* The part after the last slash. */
const char *path_lastPart(const char *path);

/* Whether a descriptor can hold the name between quotes. */
bool path_fitsDescriptor(const char *name);

#endif /* PATH_H */
