/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * The life of the library, from InitEx to Exit, and its own thread.
 */
#ifndef LIBRARY_H
#define LIBRARY_H

#include "common.h"

/* What InitEx was given, and whether it was Init. */
typedef struct InitParams {
   uint32 majorVersion;
   uint32 minorVersion;
   VixDiskLibGenericLogFunc *log;
   VixDiskLibGenericLogFunc *warn;
   VixDiskLibGenericLogFunc *panic;
   const char *libDir;
   const char *configFile;
   bool advancedTransports;
} InitParams;

/*
 * A callback must not start or stop the library: the one fails and the other does nothing. In the child of a fork,
 * the library is stopped; what was open is of no more use there, and the library can be started again.
 */
VixError library_start(const InitParams *params);
void library_stop(void);

bool library_isRunning(void);

/* Whether the caller said that it was written for this version or a later one. */
bool library_callerKnows(uint32 majorVersion, uint32 minorVersion);

const char *library_transportModes(void);

/* Has the library's thread log a message, as VddkFake_LogFromLibraryThread tells. */
void library_logFromThread(bool warn, const char *message);

#endif /* LIBRARY_H */
