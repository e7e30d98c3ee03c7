/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Libraries for the tests of whoever loads a VDDK: they have the functions of FUNCTION_LIST and nothing behind them.
 */
#include <stdint.h>

#ifdef COMPANION
/* The library beside it that it cannot be loaded without. */
extern int companion_value(void);
#define ANSWER ((uint64_t)companion_value())
#else
#define ANSWER UINT64_C(6)
#endif

#define FUNCTION(name)                                                                                                 \
   uint64_t name(void);                                                                                                \
   uint64_t name(void)                                                                                                 \
   {                                                                                                                   \
      return ANSWER;                                                                                                   \
   }
#include FUNCTION_LIST
