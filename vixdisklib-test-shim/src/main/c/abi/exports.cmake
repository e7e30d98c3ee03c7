# SPDX-License-Identifier: Apache-2.0
# Copyright the vixdisklib authors.
#
# Writes the linker's version script for a library: what it shows to the outside is the functions of a list, those of the
# header for injected faults, and the control surface of the fake.
# Usage: cmake -DLIST=<list of FUNCTION(name)> -DOUTPUT=<file> -P exports.cmake
cmake_minimum_required(VERSION 3.20)

file(READ "${LIST}" text)
string(REGEX REPLACE "FUNCTION\\(([^)]+)\\)" "      \\1;" names "${text}")
file(WRITE "${OUTPUT}" "{
   global:
${names}      VixDiskLib_SetInjectedFault;
      VddkFake_*;
   local:
      *;
};
")
