#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright the vixdisklib authors.
#
# Says in one line what the build lacks, before anything is built.
set -u
. "$(dirname -- "$0")/find-jdk.sh"

lacking() {
    echo "vixdisklib cannot be built: $*" >&2
    exit 1
}

find_jdk > /dev/null ||
    lacking "no JDK 22 or newer found; install one (for example Temurin 25) and set JAVA_HOME to it, or put it under /usr/lib/jvm"
command -v cmake > /dev/null ||
    lacking "cmake not found; install CMake 3.20 or newer (Debian and Ubuntu: apt-get install cmake)"
command -v "${CC:-cc}" > /dev/null ||
    lacking "no C compiler (${CC:-cc}) found; install GCC or Clang (Debian and Ubuntu: apt-get install gcc)"
command -v "${CXX:-c++}" > /dev/null ||
    lacking "no C++ compiler (${CXX:-c++}) found; install G++ or Clang (Debian and Ubuntu: apt-get install g++)"
command -v make > /dev/null || command -v ninja > /dev/null ||
    lacking "make not found; install it (Debian and Ubuntu: apt-get install make)"
