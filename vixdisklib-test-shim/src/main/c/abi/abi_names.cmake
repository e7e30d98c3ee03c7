# SPDX-License-Identifier: Apache-2.0
# Copyright the vixdisklib authors.
#
# Finds the names in vixDiskLib.h: of its functions, constants, structs and fields. What they are worth is asked of the C
# compiler, which compiles the lists that this script writes:
#
#   abi_functions.inc   FUNCTION(name)
#   abi_constants.inc   CONSTANT(name)
#   abi_types.inc       STRUCT(name, type) and FIELD(struct name, type, field)
#
# Usage: cmake -DHEADER=<vixDiskLib.h> -DOUTPUT_DIR=<folder> -P abi_names.cmake
cmake_minimum_required(VERSION 3.20)

file(READ "${HEADER}" text)

# Out with what is in the way: comments, continuation lines, and the characters that CMake's lists live on.
string(REPLACE "[" "<" text "${text}")
string(REPLACE "]" ">" text "${text}")
string(REGEX REPLACE "/\\*([^*]|\\*+[^*/])*\\*+/" " " text "${text}")
string(REPLACE "\\\n" " " text "${text}")

# ---------------------------------------------------------------------------------------------------- functions

string(REGEX MATCHALL "VixDiskLib_[A-Za-z]+[ \n]*\\(" functions "${text}")
set(functionLines "")
foreach(function IN LISTS functions)
   string(REGEX REPLACE "[ \n]*\\(" "" function "${function}")
   string(APPEND functionLines "FUNCTION(${function})\n")
endforeach()
list(LENGTH functions numFunctions)
if(NOT numFunctions EQUAL 43)
   message(FATAL_ERROR "${HEADER} declares ${numFunctions} functions, and VixDiskLib has 43.")
endif()

# ---------------------------------------------------------------------------------------------------- constants

set(constantLines "")

# Macros whose value is a number, or another such macro. Those with arguments have a parenthesis after the name.
string(REGEX MATCHALL "#define [A-Z][A-Z0-9_]* +[^\n]+" macros "${text}")
foreach(macro IN LISTS macros)
   string(REGEX REPLACE "#define ([A-Z0-9_]+) .*" "\\1" name "${macro}")
   string(APPEND constantLines "CONSTANT(${name})\n")
endforeach()

string(REGEX MATCHALL "enum {[^}]*}" enumerations "${text}")
foreach(enumeration IN LISTS enumerations)
   string(REGEX MATCHALL "VIX[A-Z0-9_]+ *=" constants "${enumeration}")
   foreach(constant IN LISTS constants)
      string(REGEX REPLACE " *=" "" constant "${constant}")
      string(APPEND constantLines "CONSTANT(${constant})\n")
   endforeach()
endforeach()

# ---------------------------------------------------------------------------------------------- structs and fields

# Cut into pieces that end in ";" or "{", and "}" begins one: walking along them, a stack knows where a field belongs.
string(REGEX REPLACE "#[^\n]*" "" code "${text}")
string(REGEX REPLACE "enum {[^}]*}" "enum" code "${code}")
string(REGEX REPLACE "extern \"C\" {" "" code "${code}")
string(REPLACE "{" "{;" code "${code}")
string(REGEX REPLACE "[ \n]+" " " code "${code}")

set(typeLines "")
set(depth 0)
foreach(piece IN LISTS code)
   string(STRIP "${piece}" piece)
   if(piece MATCHES "{$")
      # A struct or union begins. Its fields are known by name and type: <tag> for itself, if it has one.
      math(EXPR depth "${depth} + 1")
      set(fields${depth} "")
      if(piece MATCHES "(struct|union) ([A-Za-z]+) {$")
         set(type${depth} "${CMAKE_MATCH_1} ${CMAKE_MATCH_2}")
         set(name${depth} "${CMAKE_MATCH_2}")
      else()
         set(type${depth} "")
         set(name${depth} "")
      endif()
   elseif(depth GREATER 0 AND piece MATCHES "^}")
      # It ends. In a typedef the name follows; in another struct, the name of the field that it is the type of.
      if(depth EQUAL 1 AND piece MATCHES "^} ([A-Za-z]+)$")
         set(type1 "${CMAKE_MATCH_1}")
         set(name1 "${CMAKE_MATCH_1}")
      endif()
      if(NOT name${depth} STREQUAL "")
         string(APPEND typeLines "STRUCT(${name${depth}}, ${type${depth}})\n")
         foreach(field IN LISTS fields${depth})
            string(APPEND typeLines "FIELD(${name${depth}}, ${type${depth}}, ${field})\n")
         endforeach()
      endif()
      set(inner "${fields${depth}}")
      math(EXPR depth "${depth} - 1")
      if(depth GREATER 0 AND piece MATCHES "^} ([A-Za-z]+)$")
         set(outer "${CMAKE_MATCH_1}")
         list(APPEND fields${depth} "${outer}")
         foreach(field IN LISTS inner)
            list(APPEND fields${depth} "${outer}.${field}")
         endforeach()
      endif()
   elseif(depth GREATER 0 AND piece MATCHES "([A-Za-z]+)(<[0-9]+>)?$")
      list(APPEND fields${depth} "${CMAKE_MATCH_1}")
   endif()
endforeach()

file(WRITE "${OUTPUT_DIR}/abi_functions.inc" "${functionLines}")
file(WRITE "${OUTPUT_DIR}/abi_constants.inc" "${constantLines}")
file(WRITE "${OUTPUT_DIR}/abi_types.inc" "${typeLines}")
