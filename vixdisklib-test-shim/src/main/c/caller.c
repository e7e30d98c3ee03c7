/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "caller.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static _Atomic uint64 numCallers;
static _Thread_local Caller self;

static void learnName(void)
{
   if (pthread_getname_np(pthread_self(), self.name, sizeof self.name) != 0 || self.name[0] == '\0') {
      strcpy(self.name, "?");
   }
   for (char *c = self.name; *c != '\0'; c++) {
      if (*c <= ' ' || *c > '~' || *c == '/' || *c == '"') {
         *c = '_';
      }
   }
}

const Caller *caller_self(void)
{
   if (self.number == 0) {
      self.number = atomic_fetch_add(&numCallers, 1) + 1;
      self.id = (int)syscall(SYS_gettid);
      learnName();
   }
   return &self;
}

void caller_startInChild(void)
{
   self.number = 0;
}
