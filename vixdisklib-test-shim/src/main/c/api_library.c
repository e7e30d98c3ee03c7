/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Exported functions: the library as a whole.
 */
#include <stdlib.h>
#include <string.h>

#include "call.h"
#include "errors.h"
#include "journal.h"
#include "ledger.h"
#include "library.h"

static VixError start(const InitParams *params, const char *function)
{
   Call call;
   VixError error;

   call_begin(&call, function);
   error = call_plan(&call);
   if (error == VIX_OK) {
      error = library_start(params);
   }
   return call_end(&call, error);
}

EXPORTED VixError VixDiskLib_InitEx(uint32 majorVersion, uint32 minorVersion, VixDiskLibGenericLogFunc *log,
                                    VixDiskLibGenericLogFunc *warn, VixDiskLibGenericLogFunc *panic, const char *libDir,
                                    const char *configFile)
{
   InitParams params = {majorVersion, minorVersion, log, warn, panic, libDir, configFile, true};

   return start(&params, __func__);
}

EXPORTED VixError VixDiskLib_Init(uint32 majorVersion, uint32 minorVersion, VixDiskLibGenericLogFunc *log,
                                  VixDiskLibGenericLogFunc *warn, VixDiskLibGenericLogFunc *panic, const char *libDir)
{
   InitParams params = {majorVersion, minorVersion, log, warn, panic, libDir, NULL, false};

   return start(&params, __func__);
}

EXPORTED void VixDiskLib_Exit(void)
{
   Call call;

   call_begin(&call, __func__);
   library_stop();
   (void)call_end(&call, VIX_OK);
   if (!library_isRunning()) {
      journal_endFile();
   }
}

EXPORTED const char *VixDiskLib_ListTransportModes(void)
{
   Call call;
   const char *modes;

   call_begin(&call, __func__);
   modes = call_planNothing(&call) ? NULL : library_transportModes();
   (void)call_end(&call, call_enter(&call));
   return modes;
}

EXPORTED char *VixDiskLib_GetErrorText(VixError err, const char *locale)
{
   Call call;
   char *text;

   (void)locale;
   call_begin(&call, __func__);
   text = call_planNothing(&call) ? NULL : strdup(errors_text(err));
   if (text != NULL && !ledger_add(LEDGER_ERROR_TEXT, text)) {
      free(text);
      text = NULL;
   }
   (void)call_end(&call, text != NULL ? VIX_OK : VIX_E_OUT_OF_MEMORY);
   return text;
}

EXPORTED void VixDiskLib_FreeErrorText(char *errMsg)
{
   Call call;
   VixError error = VIX_OK;

   call_begin(&call, __func__);
   if (errMsg == NULL) {
      /* There is nothing to free. */
   } else if (ledger_remove(LEDGER_ERROR_TEXT, errMsg)) {
      free(errMsg);
   } else {
      error = call_refuseMemory(&call, errMsg, "an error text");
   }
   (void)call_end(&call, error);
}
