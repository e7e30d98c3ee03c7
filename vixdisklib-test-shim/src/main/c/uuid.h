/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Identifiers of disks: 16 bytes, as text in the form "60 00 c2 93 7b a0 3a 03-9f 22 56 c5 29 93 b7 27".
 */
#ifndef UUID_H
#define UUID_H

#include "common.h"

#define UUID_BYTES 16
#define UUID_TEXT_SIZE 48 /* with its NUL */

void uuid_format(const uint8 bytes[UUID_BYTES], char text[UUID_TEXT_SIZE]);

/* Another one each time. */
void uuid_random(uint8 bytes[UUID_BYTES]);

/* The same one for the same name and number. */
void uuid_derive(const char *name, uint64 number, uint8 bytes[UUID_BYTES]);

#endif /* UUID_H */
