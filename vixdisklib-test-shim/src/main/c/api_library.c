/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Exported functions: the library as a whole.
 */
#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "control.h"
#include "errors.h"
#include "ledger.h"
#include "library.h"
#include "log.h"

EXPORTED VixError VixDiskLib_InitEx(uint32 majorVersion, uint32 minorVersion, VixDiskLibGenericLogFunc *log,
                                    VixDiskLibGenericLogFunc *warn, VixDiskLibGenericLogFunc *panic, const char *libDir,
                                    const char *configFile)
{
   InitParams params = {majorVersion, minorVersion, log, warn, panic, libDir, configFile, true};
   VixError error = control_takeFailure(__func__);

   return error != VIX_OK ? error : library_start(&params);
}

EXPORTED VixError VixDiskLib_Init(uint32 majorVersion, uint32 minorVersion, VixDiskLibGenericLogFunc *log,
                                  VixDiskLibGenericLogFunc *warn, VixDiskLibGenericLogFunc *panic, const char *libDir)
{
   InitParams params = {majorVersion, minorVersion, log, warn, panic, libDir, NULL, false};
   VixError error = control_takeFailure(__func__);

   return error != VIX_OK ? error : library_start(&params);
}

EXPORTED void VixDiskLib_Exit(void)
{
   library_stop();
}

EXPORTED const char *VixDiskLib_ListTransportModes(void)
{
   return library_transportModes();
}

EXPORTED char *VixDiskLib_GetErrorText(VixError err, const char *locale)
{
   char *text = strdup(errors_text(err));

   (void)locale;
   if (text != NULL && !ledger_add(LEDGER_ERROR_TEXT, text)) {
      free(text);
      return NULL;
   }
   return text;
}

EXPORTED void VixDiskLib_FreeErrorText(char *errMsg)
{
   if (errMsg == NULL) {
      return;
   }
   if (ledger_remove(LEDGER_ERROR_TEXT, errMsg)) {
      free(errMsg);
   } else {
      log_warn("VixDiskLib: FreeErrorText was given memory that is not an error text.\n");
   }
}
