/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Lines of text printed into a buffer of somebody else's, which may be too small.
 */
#ifndef TEXT_BUFFER_H
#define TEXT_BUFFER_H

#include "common.h"

typedef struct TextBuffer {
   char *text; /* may be NULL if the size is 0 */
   size_t size;
   size_t length; /* of all that was printed, in the buffer or not */
} TextBuffer;

void textBuffer_print(TextBuffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Prints a text between double quotes; those in it, backslashes and control characters are escaped. */
void textBuffer_printQuoted(TextBuffer *buffer, const char *text);

/* Ends the text with a NUL, after the last line that fits as a whole. Returns the size that all of it needs. */
size_t textBuffer_end(TextBuffer *buffer);

#endif /* TEXT_BUFFER_H */
