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

/*
 * The journal has the last 4096 calls of functions of VixDiskLib that have ended. Each is a line of
 *
 *    <n> <function> thread=<name>/<id> [connection=<k>] [disk=<k>] [path="..."] [sectors=<start>+<count>]
 *    result=<code> micros=<duration>
 *
 * in one, where what is in brackets may be absent. Calls, connections and disks are numbered from 1. In a path, double
 * quotes and backslashes have a backslash before them, and control characters are \x and two hexadecimal digits. The
 * path of a disk is the one that Open was given; that of a function with two is the target's for Clone and the source's
 * for Rename. The result of a function that returns something else than a VixError is the error that it would have
 * returned. No parameters of connections and no data are in the journal.
 *
 * Stores as many whole lines as fit, the oldest first, and a NUL, and in *required (which may be NULL) the size that
 * all of them take. Returns how many lines there are. In the configuration of InitEx, vddkFake.journal names a file
 * that the lines are appended to as well, from InitEx to Exit.
 */
uint64 VddkFake_ReadJournal(char *buffer, size_t size, size_t *required);

/* How many calls of a function, with or without "VixDiskLib_" before its name, have ended, in whatever way. */
uint64 VddkFake_CallCount(const char *function);

/* Forgets the calls so far, and their counts; the next one has the number 1. */
void VddkFake_ForgetJournal(void);

/*
 * Whether the library looks for callers that break rules: 0, which is how it begins, no; 1, it records them; 2, it ends
 * the process with abort on the first one, after a line on the standard error. It changes nothing else: calls that
 * break a rule return what they would return without. It stays across Exit. In the configuration of InitEx,
 * vddkFake.strict says the same. The rules:
 *
 *    open-thread             Open, Close, Connect, ConnectEx, Disconnect and QueryAllocatedBlocks are called on one
 *                            thread. With vddkFake.strict.openThread = 0 in the configuration, which is for programs
 *                            that have a lock instead, the first five may be on any thread, but one at a time.
 *    handle-threads          One thread at a time is in calls with a disk. Callbacks may use one that is in Wait.
 *    mixed-io                No synchronous calls with a disk that has asynchronous requests in flight.
 *    buffer-changed          The buffer of WriteAsync stays as it is until the callback is called.
 *    buffer-overlap          The buffer of a request is not given to another one that it would disturb.
 *    stale-handle            Handles are used that are open: not closed, not attached as parents, not invented.
 *    close-in-flight         Close comes after the last callback.
 *    disconnect-with-disks   The disks of a connection are closed before it.
 *    exit-with-disks         All disks are closed before Exit.
 *    exit-with-connections   All connections are ended before Exit.
 *    leaked-info             What the library hands out is given back before Exit; so with the next three.
 *    leaked-blocks
 *    leaked-error-text
 *    leaked-connect-params
 *    unmatched-prepare       PrepareForAccess has its EndAccess before Exit.
 *    wrong-free              What is given to a function that frees is from the library, and is given once.
 *    call-in-callback        Nothing is called in a log or progress callback.
 */
void VddkFake_SetStrict(int mode);

/*
 * Stores the lines "<rule>: <function>: <detail>\n" of the broken rules, as VddkFake_ReadJournal does. Returns how
 * often a rule was broken; there are fewer lines than that if they would take more than a mebibyte.
 */
uint64 VddkFake_BrokenRules(char *buffer, size_t size, size_t *required);

/* Forgets the broken rules so far. */
void VddkFake_ForgetBrokenRules(void);

/*
 * Has connections to servers use another inventory than that which the configuration of InitEx names, from now on and
 * across Exit; NULL or "" for that of the configuration again. FALSE if there is no such file, and then nothing
 * changes. The file is read anew whenever a server is asked for something: a test may also edit it.
 */
Bool VddkFake_SetInventory(const char *path);

/*
 * Has the requests of a transport ("file", "nbd", "nbdssl", "san", "hotadd") take time, as the settings
 * vddkFake.time.<transport>.* of the configuration do: so much for each, and so much for its bytes, which pass a wire
 * that all disks of a connection share. The host serves so many requests at the same time. 0 is for no limit, and
 * twice 0, which is how it begins, for no time at all.
 *
 * Read and Write return when their time has come. ReadAsync and WriteAsync return at once, and the requests are carried
 * out when their time has come, by threads of the library, even if VddkFake_SetAsync has not asked for any (then there
 * are four). On nbd and nbdssl, a request goes in fragments of the size of an NFC buffer.
 *
 * Applies to requests made from now on, and stays across Exit until the configuration says something else. FALSE if
 * there is no such transport.
 */
Bool VddkFake_SetTiming(const char *transport, uint64 latencyMicros, uint64 bytesPerSecond, uint32 requestsAtOnce);

/*
 * Puts a plan of faults in place of the one before, if any; NULL or "" removes it. As in the file that the setting
 * vddkFake.faults of the configuration names, a plan has one rule a line, of words with blanks between them, and
 * comments after "#":
 *
 *    <function without "VixDiskLib_", or *> [conditions] actions
 *
 *    Open disk="*" times=2 return=VIX_E_FILE_ALREADY_LOCKED
 *    Write after=100MiB full
 *    ReadAsync sectors=2048-4095 chance=1% seed=7 callback=VIX_E_FILE_ERROR delay=20ms
 *
 * Every call of a function that returns an error is one that a rule can match, when it has passed its checks of handles
 * and pointers; of one that returns a pointer, a rule for that function with the actions null, delay and hang.
 * Conditions, all of which must be true:
 *
 *    disk=GLOB           the path of the disk, as it was opened or as the function has it, or the last part of it;
 *                        between double quotes, if there are blanks in it
 *    sectors=A-B         the request touches one of these sectors
 *    nth=N, every=N      it is the Nth call, or one of every N, that is of the function, the disk and the sectors
 *    times=N             the rule has happened less than N times
 *    chance=P [seed=N]   in so many of these calls (0.25, 25%), which depend on the seed and the number of the call
 *    after=SIZE          so many bytes (KiB, MiB, GiB, TiB) were written to the disk and the sectors before, by the
 *                        function, or by Write and WriteAsync if the function is another one
 *
 * Numbers of calls and bytes begin when the plan is set. All rules that match happen, and the first result counts:
 *
 *    return=CODE         the call does nothing and returns a number or a name of an error
 *    callback=CODE       an asynchronous request is accepted, and its callback gets the error; else as return
 *    full                VIX_E_DISK_FULL, and nothing is written; by the callback, too; not for functions that take
 *                        no space
 *    null                the call does nothing, succeeds, and gives NULL out; one that returns a pointer returns NULL;
 *                        not for functions that give nothing out
 *    drop                the connection is lost: this and every other call with it or its disks, and the requests
 *                        that are in flight, fail with VIX_E_HOST_TCP_CONN_LOST; Close and Disconnect do not
 *    delay=TIME          the call, or the asynchronous request, takes so many us, ms or s longer
 *    hang                it stops until VddkFake_ReleaseHangs is called; Wait, Close and Exit wait for it
 *
 * Close, Disconnect and FreeBlockList do their work before they look at the plan.
 *
 * FALSE if the plan is wrong: then the message, of which as much is stored as there is room for, names the line and the
 * word, and the plan before stays. A plan stays across Exit unless it is the configuration's.
 */
Bool VddkFake_SetFaultPlan(const char *text, char *message, size_t size);

/* Has all calls and requests go on that hang because the fault plan wants it. Those that follow may hang again. */
void VddkFake_ReleaseHangs(void);

/* Returns when at least n calls and requests hang. */
void VddkFake_AwaitHangs(uint32 n);

#ifdef __cplusplus
}
#endif

#endif /* VDDK_FAKE_H */
