/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Prints what the C compiler makes of vixDiskLib.h, for comparison with bindings in other languages. The names come
 * from the header itself, by abi_names.cmake.
 */
#include <stdio.h>

#include "vixDiskLib.h"

#define STRUCT(name, type) printf("struct " #name " size %zu align %zu\n", sizeof(type), _Alignof(type));
#define FIELD(name, type, field)                                                                                       \
   printf("field " #name "." #field " offset %zu size %zu\n", offsetof(type, field), sizeof((type *)0)->field);
#define CONSTANT(name) printf("constant " #name " %lld\n", (long long)(name));
#define FUNCTION(name) printf("function " #name "\n");

int main(void)
{
#include "abi_types.inc"
#include "abi_constants.inc"
#include "abi_functions.inc"
   return 0;
}
