#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright the vixdisklib authors.
#
# A fake VDDK is shaped as a VDDK: its library exports what its version has and nothing else, is found by the names of a
# VDDK's library, needs its companion by name and besides that nothing but the C library and zlib, and does nothing when it
# is loaded.
# Usage: exports_test.sh <folder of the fake VDDK> <version> <list of functions> <header with more functions>...
set -eu
command -v nm >/dev/null && command -v readelf >/dev/null || exit 77
libraries=$1/lib64
version=$2
functions=$3
shift 3

fail() {
   echo "$*"
   exit 1
}

dynamic() { # file tag
   readelf -dW "$1" | sed -n "s/.*($2).*\\[\\(.*\\)\\]/\\1/p"
}

exports() {
   nm -D --defined-only "$1" | awk '{ print $3 }' | sort
}

library=$libraries/libvixDiskLib.so
soname=libvixDiskLib.so.${version%%.*}
expected=$(sed -n 's/^FUNCTION(\(.*\))$/\1/p' "$functions"
           sed -nE 's/^[A-Za-z0-9]+ ((VddkFake|VixDiskLib)_[A-Za-z]+)\(.*/\1/p' "$@")
expected=$(echo "$expected" | sort)
[ "$expected" = "$(exports "$library")" ] || fail "Expected:" "$expected" "Exported:" "$(exports "$library")"
case $version in
   6.5.*) count=40 ;;
   *) count=43 ;;
esac
[ "$(grep -c . "$functions")" -eq $count ] || fail "version $version has $count functions"

[ "$(dynamic "$library" SONAME)" = "$soname" ] || fail "the soname is not $soname"
[ "$(readlink "$library")" = "$soname" ] && [ "$(readlink "$libraries/$soname")" = "libvixDiskLib.so.$version" ] &&
   [ -f "$libraries/libvixDiskLib.so.$version" ] && [ ! -L "$libraries/libvixDiskLib.so.$version" ] ||
   fail "the links to the library are not as usual"

[ "$(dynamic "$libraries/libvddkFakeTexts.so" SONAME)" = libvddkFakeTexts.so ] || fail "the companion has no soname"
[ "$(exports "$libraries/libvddkFakeTexts.so")" = VddkFakeTexts_ofError ] || fail "the companion exports something else"
[ "$(exports "$libraries/libdiskLibPlugin.so")" = VddkFakePlugin_version ] || fail "the plugin exports something else"
dynamic "$library" NEEDED | grep -qx libvddkFakeTexts.so || fail "the companion is not needed"

for file in "$library" "$libraries/libvddkFakeTexts.so" "$libraries/libdiskLibPlugin.so"; do
   for needed in $(dynamic "$file" NEEDED); do
      case $file/$needed in
         */libc.so.* | */libpthread.so.* | */libdl.so.* | */ld-linux*) ;;
         "$library"/libvddkFakeTexts.so | "$library"/libz.so.1) ;;
         *) fail "$file has an unexpected dependency: $needed" ;;
      esac
   done
   ! readelf -dW "$file" | grep -E '\((RPATH|RUNPATH|INIT_ARRAY_?SZ|TEXTREL)\)' | grep -v ' 8 (bytes)' ||
      fail "$file has a run path, or something that runs when it is loaded"
   ! nm -D "$file" | grep -E ' _Z|GLIBCXX|CXXABI|_Unwind|GCC_' || fail "$file needs the runtime of C++"
done
