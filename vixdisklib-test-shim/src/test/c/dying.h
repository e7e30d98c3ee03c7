/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Processes that die at a system call which changes files. A test that is linked with dying.c has its functions in
 * place of the system calls; DYING_CALLS in CMakeLists.txt lists them.
 */
#ifndef DYING_H
#define DYING_H

#include "support.h"

/*
 * Runs work in a process that dies instead of making such a call, as often as work makes one: at the first call, then
 * at the second, and so on. Before each time, prepare makes the files; afterwards, check looks at what is left, and
 * knows whether work came to its end. The library runs in each of the three. Returns how many calls there are.
 */
int dieAtEachCall(void (*prepare)(void), void (*work)(void), void (*check)(bool finished));

#endif /* DYING_H */
