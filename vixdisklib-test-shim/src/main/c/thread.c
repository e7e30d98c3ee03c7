/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "thread.h"

#include <signal.h>

bool thread_start(pthread_t *thread, void *(*run)(void *), void *argument)
{
   static const int synchronous[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT};
   sigset_t blocked;
   sigset_t old;
   int failure;

   sigfillset(&blocked);
   for (size_t i = 0; i < sizeof synchronous / sizeof synchronous[0]; i++) {
      sigdelset(&blocked, synchronous[i]);
   }
   pthread_sigmask(SIG_SETMASK, &blocked, &old);
   failure = pthread_create(thread, NULL, run, argument);
   pthread_sigmask(SIG_SETMASK, &old, NULL);
   return failure == 0;
}
