/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * What this fake VDDK offers beyond VixDiskLib itself: the means for a test to see and steer it. The real library has
 * none of these functions, so a program under test must not call them; look them up by name (dlsym) to stay able to run
 * against the real one. They may be called from any thread at any time, also before InitEx and after Exit.
 */
#ifndef VDDK_FAKE_H
#define VDDK_FAKE_H

#include "vixDiskLib.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * How many objects of a kind the library has handed out and not got back: "connections", "disks", "infos",
 * "blockLists", "errorTexts" or "connectParams"; or how many "asyncRequests" it has accepted whose callback has not
 * returned. Zero for every other word.
 */
uint64 VddkFake_LiveCount(const char *what);

/*
 * Has the library's own thread call the log callback (level 0) or the warn callback (level 1) with a format that needs
 * more arguments than fit in registers, and returns when the callback has returned. Formatted, the line is
 *    <message> [-7 1234567890123 2.50 text 42 % 18446744073709551615]\n
 * Does nothing unless the library is initialised, and nothing in a log callback. The configuration of InitEx can drop
 * the line, as every other one (vixDiskLib.transport.LogLevel).
 */
void VddkFake_LogFromLibraryThread(int level, const char *message);

/*
 * While reads are held, VixDiskLib_Read stops after it has checked its arguments and before it touches the disk. A hold
 * stays, across Exit too, until it is released with FALSE.
 */
void VddkFake_HoldReads(Bool hold);

/* Returns when at least n calls of VixDiskLib_Read are held. */
void VddkFake_AwaitHeldReads(uint32 n);

/*
 * Makes the next call of a function ("VixDiskLib_Read") that passes its checks of handles and pointers return an error
 * and do nothing. Three functions do their work all the same, because their handle or memory is gone for the caller:
 * Close, Disconnect and FreeBlockList. Works for every function that returns a VixError; one error is remembered for
 * each function. VIX_OK takes a planned failure back.
 */
void VddkFake_FailNext(const char *function, VixError error);

/*
 * With 0 threads, which is how it begins, ReadAsync and WriteAsync carry out what they accept before they return, and
 * call the callback there; so does the real library's transport "file". With more, up to 64, requests are queued, and
 * so many threads of the library take them out in a random order, carry them out and call the callbacks; if there are
 * few, they wait a moment for more, so that there is an order to be changed. With one thread, the order of requests
 * that were queued while they were held depends on the seed alone. The buffer of a queued read is overwritten at once,
 * so that a caller who looks at it too early sees neither zeros nor the data.
 *
 * Applies to requests made from now on, and stays across Exit.
 */
void VddkFake_SetAsync(uint32 threads, uint64 seed);

/*
 * While requests are held, none that is queued is taken; without threads, ReadAsync and WriteAsync stop before they
 * touch the disk. Wait waits for them, but Close, Disconnect and Exit let those of their disks go on. A hold stays,
 * across Exit too, until it is released with FALSE.
 */
void VddkFake_HoldAsync(Bool hold);

/* Returns when at least n asynchronous requests are held. */
void VddkFake_AwaitHeldAsync(uint32 n);

/*
 * Makes the next request that a function ("VixDiskLib_ReadAsync" or "VixDiskLib_WriteAsync") accepts do nothing and
 * report an error to its callback. VddkFake_FailNext has the request not accepted. VIX_OK takes a planned failure back.
 */
void VddkFake_FailNextAsync(const char *function, VixError error);

#ifdef __cplusplus
}
#endif

#endif /* VDDK_FAKE_H */
