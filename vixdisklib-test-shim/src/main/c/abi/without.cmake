# SPDX-License-Identifier: Apache-2.0
# Copyright the vixdisklib authors.
#
# Copies a list of functions without some of them.
# Usage: cmake -DLIST=<abi_functions.inc> -DOUTPUT=<file> "-DWITHOUT=<name>;<name>" -P without.cmake
cmake_minimum_required(VERSION 3.20)

file(READ "${LIST}" text)
foreach(name IN LISTS WITHOUT)
   if(NOT text MATCHES "FUNCTION\\(VixDiskLib_${name}\\)\n")
      message(FATAL_ERROR "There is no VixDiskLib_${name} in ${LIST}.")
   endif()
   string(REPLACE "FUNCTION(VixDiskLib_${name})\n" "" text "${text}")
endforeach()
file(WRITE "${OUTPUT}" "${text}")
