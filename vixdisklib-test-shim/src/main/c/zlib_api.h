/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * What is used of zlib, whose library is on every machine, which its header is not.
 */
#ifndef ZLIB_API_H
#define ZLIB_API_H

#define ZLIB_OK 0
#define ZLIB_OUT_OF_MEMORY (-4)

/* Most bytes that compress2 makes of so many. */
unsigned long compressBound(unsigned long sourceBytes);

/* *targetBytes is the room and becomes what was made. Level 1 is the fastest, level 9 makes the fewest bytes. */
int compress2(unsigned char *target, unsigned long *targetBytes, const unsigned char *source, unsigned long sourceBytes,
              int level);

/* *targetBytes is the room and becomes what was made. It is an error if the source is cut off or makes more. */
int uncompress(unsigned char *target, unsigned long *targetBytes, const unsigned char *source,
               unsigned long sourceBytes);

#endif /* ZLIB_API_H */
