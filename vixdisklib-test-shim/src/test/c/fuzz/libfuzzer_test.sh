#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright the vixdisklib authors.
#
# A bounded run of libFuzzer, which would add what it finds interesting to the first folder: that is one of its own.
# An input that fails is left in the folder for findings.
# Usage: libfuzzer_test.sh <program> <runs> <longest input> <folder for findings> <corpus>...
set -eu
program=$1
runs=$2
longest=$3
findings=$4
shift 4
mkdir -p "$findings"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# The seed is always the same: what fails today has failed before. Longer runs are for whoever has the time.
"$program" -runs="$runs" -seed=20240229 -max_len="$longest" -timeout=20 -rss_limit_mb=2048 -reload=0 \
   -artifact_prefix="$findings/" "$folder" "$@"
