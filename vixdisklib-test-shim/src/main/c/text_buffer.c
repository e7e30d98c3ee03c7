/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "text_buffer.h"

#include <stdarg.h>
#include <stdio.h>

void textBuffer_print(TextBuffer *buffer, const char *format, ...)
{
   size_t room = buffer->length < buffer->size ? buffer->size - buffer->length : 0;
   va_list args;
   int printed;

   va_start(args, format);
   printed = vsnprintf(room > 0 ? buffer->text + buffer->length : NULL, room, format, args);
   va_end(args);
   buffer->length += printed > 0 ? (size_t)printed : 0;
}

void textBuffer_printQuoted(TextBuffer *buffer, const char *text)
{
   textBuffer_print(buffer, "\"");
   while (*text != '\0') {
      size_t plain = 0;

      while ((unsigned char)text[plain] >= ' ' && text[plain] != '"' && text[plain] != '\\' && text[plain] != 0x7f) {
         plain++;
      }
      textBuffer_print(buffer, "%.*s", (int)plain, text);
      text += plain;
      if (*text == '"' || *text == '\\') {
         textBuffer_print(buffer, "\\%c", *text++);
      } else if (*text != '\0') {
         textBuffer_print(buffer, "\\x%02x", (unsigned)(unsigned char)*text++);
      }
   }
   textBuffer_print(buffer, "\"");
}

size_t textBuffer_end(TextBuffer *buffer)
{
   size_t end = buffer->length;

   if (buffer->size > 0 && end >= buffer->size) {
      end = buffer->size - 1;
      while (end > 0 && buffer->text[end - 1] != '\n') {
         end--;
      }
   }
   if (buffer->size > 0) {
      buffer->text[end] = '\0';
   }
   return buffer->length + 1;
}
