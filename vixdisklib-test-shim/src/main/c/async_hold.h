/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Requests that do not go on: VddkFake_HoldAsync holds all of them, and some hang, as hang.h says. All with the lock
 * held.
 */
#ifndef ASYNC_HOLD_H
#define ASYNC_HOLD_H

#include "async_request.h"
#include "common.h"

/* Whether there may be requests that do not go on. */
bool asyncHold_mayHold(void);

/* Whether VddkFake_HoldAsync holds all requests. */
bool asyncHold_holdsAll(void);

/*
 * Whether a request does not go on. What is held does when somebody waits for the end of its disk, who could not be
 * waited for otherwise; what hangs does not.
 */
bool asyncHold_isHeld(const AcceptedRequest *accepted);

/* Returns when a request goes on that is carried out by the call that makes it; gives the lock back for a while. */
void asyncHold_pass(const AcceptedRequest *accepted);

/* How many are in the above. */
uint64 asyncHold_countPassing(void);

/* In the child of a fork. */
void asyncHold_resetInChild(void);

#endif /* ASYNC_HOLD_H */
