/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Waiting for the requests of a disk, as Wait and Close do; what they call is in async.h.
 */
#ifndef ASYNC_WAIT_H
#define ASYNC_WAIT_H

#include <stdbool.h>

/* Whether calls wait for requests: no more will come, as far as they go. With the lock held. */
bool asyncWait_isAny(void);

/* In the child of a fork: nobody waits. */
void asyncWait_resetInChild(void);

#endif /* ASYNC_WAIT_H */
