/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#ifndef THREAD_H
#define THREAD_H

#include <pthread.h>

#include "common.h"

/*
 * Starts a thread of the library's own, with all signals blocked that are meant for the program: its own threads are to
 * handle them. False if the system has no more threads.
 */
bool thread_start(pthread_t *thread, void *(*run)(void *), void *argument);

#endif /* THREAD_H */
