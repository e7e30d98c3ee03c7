/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * The functions of a VixDiskLib that is found in a directory when the program runs.
 */
#ifndef VDDK_H
#define VDDK_H

#include "vixDiskLib.h"

#define VDDK_FUNCTIONS(X)                                                                                              \
   X(InitEx)                                                                                                           \
   X(Exit)                                                                                                             \
   X(Connect)                                                                                                          \
   X(ConnectEx)                                                                                                        \
   X(AllocateConnectParams)                                                                                            \
   X(FreeConnectParams)                                                                                                \
   X(Disconnect)                                                                                                       \
   X(Open)                                                                                                             \
   X(Close)                                                                                                            \
   X(GetInfo)                                                                                                          \
   X(FreeInfo)                                                                                                         \
   X(Read)                                                                                                             \
   X(Write)                                                                                                            \
   X(ReadAsync)                                                                                                        \
   X(WriteAsync)                                                                                                       \
   X(Wait)

/* Pointers to functions, named as they are without VixDiskLib_. */
typedef struct Vddk {
#define VDDK_MEMBER(name) __typeof__(VixDiskLib_##name) *name;
   VDDK_FUNCTIONS(VDDK_MEMBER)
#undef VDDK_MEMBER
} Vddk;

/* Loads the library in the lib64 of a directory, and what it needs from there. Says what is wrong and ends otherwise.
 */
void vddk_load(Vddk *vddk, const char *directory);

/* Says what is wrong, in printf's terms, and ends the program. */
_Noreturn void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif /* VDDK_H */
