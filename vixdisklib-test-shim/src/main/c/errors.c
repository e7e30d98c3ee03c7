/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "errors.h"

#include <errno.h>

#include "error_texts.h"
#include "version.h"

/* Whether the version of this library knows a code. */
static bool isKnown(VixError code)
{
   switch ((int)code) {
   case VIX_E_SNAPSHOT_RRSUSPEND:
      return !version_isAtLeast(6, 5, 0);
   case VIX_E_HOST_SERVER_SHUTDOWN:
      return version_isAtLeast(7, 0, 0);
   case VIX_E_HOST_SERVER_NOT_AVAILABLE:
      return version_isAtLeast(7, 0, 1);
   default:
      return true;
   }
}

const char *errors_text(VixError error)
{
   VixError code = VIX_ERROR_CODE(error);
   const char *text = isKnown(code) ? VddkFakeTexts_ofError(code) : NULL;

   return text != NULL ? text : "Unknown error code";
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
