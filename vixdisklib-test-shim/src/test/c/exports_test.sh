#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright the vixdisklib authors.
#
# The library exports what it should and nothing else, and needs nothing but the C library and zlib.
# Usage: exports_test.sh <folder of the fake VDDK> <abi_functions.inc> <vddkFake.h>
set -eu
library=$1/lib64/libvixDiskLib.so
command -v nm >/dev/null && command -v readelf >/dev/null || exit 77

expected=$(sed -n 's/^FUNCTION(\(.*\))$/\1/p' "$2"
           sed -n 's/^[a-z0-9]* \(VddkFake_[A-Za-z]*\)(.*/\1/p' "$3")
exported=$(nm -D --defined-only "$library" | awk '{ print $3 }')
expected=$(echo "$expected" | sort)
exported=$(echo "$exported" | sort)
if [ "$expected" != "$exported" ]; then
   echo "Expected:"; echo "$expected"; echo "Exported:"; echo "$exported"
   exit 1
fi

[ "$(readelf -d "$library" | sed -n 's/.*SONAME.*\[\(.*\)\]/\1/p')" = libvixDiskLib.so.8 ]
[ -L "$1/lib64/libvixDiskLib.so" ] && [ -L "$1/lib64/libvixDiskLib.so.8" ] && [ -f "$1/lib64/libvixDiskLib.so.8.0.3" ]
for needed in $(readelf -d "$library" | sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p'); do
   case $needed in
      libc.so.* | libpthread.so.* | libdl.so.* | libz.so.* | ld-linux*) ;;
      *) echo "unexpected dependency: $needed"; exit 1 ;;
   esac
done
