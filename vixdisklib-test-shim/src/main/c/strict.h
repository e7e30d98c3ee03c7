/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * The rules that callers of VixDiskLib are to keep, and the list of those that were broken while somebody wanted to
 * know, as VddkFake_SetStrict says. What a call does and returns does not depend on it. All of it takes next to no time
 * while it is off, which is how it begins.
 */
#ifndef STRICT_H
#define STRICT_H

#include "call.h"

typedef enum {
   RULE_OPEN_THREAD,
   RULE_HANDLE_THREADS,
   RULE_MIXED_IO,
   RULE_BUFFER_CHANGED,
   RULE_BUFFER_OVERLAP,
   RULE_STALE_HANDLE,
   RULE_CLOSE_IN_FLIGHT,
   RULE_DISCONNECT_WITH_DISKS,
   RULE_EXIT_WITH_DISKS,
   RULE_EXIT_WITH_CONNECTIONS,
   RULE_LEAKED_INFO,
   RULE_LEAKED_BLOCKS,
   RULE_LEAKED_ERROR_TEXT,
   RULE_LEAKED_CONNECT_PARAMS,
   RULE_UNMATCHED_PREPARE,
   RULE_WRONG_FREE,
   RULE_CALL_IN_CALLBACK,
   RULES
} Rule;

/*
 * Enters a broken rule, or ends the process because of it. Not to be called with a lock held, as the log is told; a
 * function that is NULL stands for that of the innermost call on this thread.
 */
void strict_break(Rule rule, const char *function, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Follow a call: when it begins, when it is known which disk it uses (another one, the second time), when it ends. */
void strict_beginCall(Call *call);
void strict_useDisk(Call *call, const Disk *disk);
void strict_endCall(Call *call);

/*
 * Follow the buffer of an asynchronous request, which the library reads from or writes to, until its callback is
 * called or it is not accepted. NULL if nobody wants to know; the other two take that.
 */
typedef struct StrictBuffer StrictBuffer;
StrictBuffer *strict_beginBuffer(const char *function, const void *bytes, uint64 sectors, bool written);
void strict_endBuffer(StrictBuffer *buffer);
void strict_forgetBuffer(StrictBuffer *buffer);

/* Looks at the buffer of a call that uses it at once. */
void strict_checkBuffer(const char *function, const void *bytes, uint64 sectors, bool written);

/* Follow PrepareForAccess and EndAccess that have worked, by the server, what they were for, and the identity. */
void strict_beginAccess(const char *server, const char *object, const char *identity);
void strict_endAccess(const char *server, const char *object, const char *identity);

/* When the library starts, with its configuration learnt, and at the beginning of its end. */
void strict_start(void);
void strict_stop(void);

/* In the child of a fork. */
void strict_startInChild(void);

#endif /* STRICT_H */
