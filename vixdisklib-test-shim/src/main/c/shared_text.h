/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * A text that several have, and that goes with the last of them.
 */
#ifndef SHARED_TEXT_H
#define SHARED_TEXT_H

#include <stdatomic.h>

#include "common.h"

typedef struct SharedText {
   atomic_uint holders;
   char text[];
} SharedText;

/* A copy of a text, with one holder; NULL for NULL, and without memory. */
SharedText *sharedText_create(const char *text);

/* One more holder, and one less. Both take NULL. */
SharedText *sharedText_hold(SharedText *shared);
void sharedText_release(SharedText *shared);

#endif /* SHARED_TEXT_H */
