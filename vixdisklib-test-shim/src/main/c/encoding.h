/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * The encodings that descriptors are written in. File names are UTF-8 outside of them.
 */
#ifndef ENCODING_H
#define ENCODING_H

#include "common.h"

/* Whether an encoding is one of those that are known. An empty name means that the descriptor has none. */
bool encoding_isKnown(const char *encoding);

/*
 * A text in a known encoding as UTF-8, in heap memory. A text without encoding, or in ASCII or UTF-8, is taken as it
 * is, even if it is not valid: it may be the name of a file that is there. VIX_E_DISK_ENCODING for a text that is not
 * in its encoding, or if this system cannot convert it.
 */
VixError encoding_decode(const char *encoding, const char *text, size_t length, char **decoded);

#endif /* ENCODING_H */
