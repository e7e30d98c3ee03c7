/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Main files on their way to a name. They are made under another name beside it, and are locked from then on until they
 * have their own: one at a time is at work for a name, in this and in other processes. One that nobody has locked is
 * what a process that was killed has left, and the next one takes it over.
 */
#ifndef UNFINISHED_H
#define UNFINISHED_H

#include "common.h"
#include "file.h"

typedef struct Unfinished {
   char *path; /* of the file, as long as it has not got its name */
   File file;  /* open for writing, and locked */
   bool left;  /* by a process that was killed: what it has left beside the file is nobody's either */
} Unfinished;

/*
 * Makes an empty file for a path that leads to nothing; VIX_E_FILE_ALREADY_EXISTS if it does, or somebody else is
 * at work for it.
 */
VixError unfinished_make(const char *path, Unfinished *made);

/*
 * The same for a path that leads to a file which the caller has locked. It waits some seconds for those who have not
 * seen yet that there is one, or VIX_E_FILE_ALREADY_LOCKED, and removes what else is in the way.
 */
VixError unfinished_makeReplacement(const char *path, Unfinished *made);

/* Fills the file for good, and gives it what the one has, beyond its contents, that it is made from. */
VixError unfinished_fill(Unfinished *unfinished, const File *from, const char *text, size_t length);

/* Give the file a name that no file has, or one that another file has, which goes. It stays open, and locked. */
VixError unfinished_name(Unfinished *unfinished, const char *path);
VixError unfinished_replace(Unfinished *unfinished, const char *path);

/* Closes the file, and removes it if it has not got its name. */
void unfinished_end(Unfinished *unfinished);

#endif /* UNFINISHED_H */
