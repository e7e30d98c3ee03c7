/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * The basic types that vixDiskLib.h is written in, under the names that programs made for VixDiskLib expect.
 * Written for this project from public interface facts; see docs/adr/0002-clean-room-header.md.
 */
#ifndef VM_BASIC_TYPES_H
#define VM_BASIC_TYPES_H

#include <stdint.h>

typedef int8_t int8;
typedef uint8_t uint8;
typedef int16_t int16;
typedef uint16_t uint16;
typedef int32_t int32;
typedef uint32_t uint32;
typedef int64_t int64;
typedef uint64_t uint64;

/* A truth value of one byte. Every value but 0 is true: callers pass things such as (flags & 4). */
typedef char Bool;

#ifndef FALSE
#define FALSE 0
#endif

#ifndef TRUE
#define TRUE 1
#endif

#endif /* VM_BASIC_TYPES_H */
