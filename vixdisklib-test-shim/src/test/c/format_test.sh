#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright the vixdisklib authors.
#
# All C sources look as .clang-format says. Other versions than 14 see some things differently.
# Usage: format_test.sh <folder of the whole project>
set -eu
formatter=
for candidate in clang-format-14 clang-format; do
   if command -v $candidate >/dev/null && $candidate --version | grep -q 'version 14\.'; then
      formatter=$candidate
      break
   fi
done
[ -n "$formatter" ] || exit 77
find "$1"/vixdisklib-*/src/*/c -name '*.[ch]' -exec $formatter --dry-run -Werror {} +
