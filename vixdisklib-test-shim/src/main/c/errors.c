/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "errors.h"

#include <errno.h>
#include <stdlib.h>

typedef struct {
   uint64 code;
   const char *text;
} ErrorText;

#define TEXT(code, text) {code, text},
static const ErrorText texts[] = {
#include "error_texts.inc"
};
#undef TEXT

static int compareCodes(const void *left, const void *right)
{
   uint64 a = ((const ErrorText *)left)->code;
   uint64 b = ((const ErrorText *)right)->code;

   return (a > b) - (a < b);
}

const char *errors_text(VixError error)
{
   const ErrorText key = {VIX_ERROR_CODE(error), NULL};
   const ErrorText *found = bsearch(&key, texts, sizeof texts / sizeof texts[0], sizeof texts[0], compareCodes);

   return found != NULL ? found->text : "Unknown error code";
}

VixError errors_fromErrno(int systemError)
{
   switch (systemError) {
   case ENOENT:
   case ENOTDIR: /* a part of the path is a file: what was asked for is not there */
      return VIX_E_FILE_NOT_FOUND;
   case EACCES:
   case EPERM:
   case EROFS:
   case ETXTBSY:
      return VIX_E_FILE_ACCESS_ERROR;
   case EEXIST:
      return VIX_E_FILE_ALREADY_EXISTS;
   case EISDIR:
   case ENXIO: /* a socket, or a device without a driver */
      return VIX_E_INCORRECT_FILE_TYPE;
   case ENAMETOOLONG:
      return VIX_E_FILE_NAME_TOO_LONG;
   case ELOOP:
      return VIX_E_FILE_NAME_INVALID;
   case ENOSPC:
   case EDQUOT:
      return VIX_E_DISK_FULL;
   case EFBIG:
   case EOVERFLOW:
      return VIX_E_FILE_TOO_BIG;
   case EMFILE:
   case ENFILE:
      return VIX_E_DISK_TOOMANYOPENFILES;
   case EXDEV: /* a file cannot be moved to another file system */
      return VIX_E_NOT_SUPPORTED;
   case ENOMEM:
      return VIX_E_OUT_OF_MEMORY;
   default:
      return VIX_E_FILE_ERROR;
   }
}
