#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright the vixdisklib authors.
#
# Programs that know vixDiskLib.h and the library's name and nothing else are compiled as their authors would, in C and
# in C++, and do what qemu-img does. They break no rule that the fake knows.
# Usage: programs_test.sh <folder of the programs> <VDDK> <preload library> <C compiler> [C++ compiler]
set -eu
if ! command -v qemu-img >/dev/null; then
    echo "qemu-img not found: install qemu-utils"
    [ "${VIXDISKLIB_REQUIRE_QEMU-}" = 1 ] && exit 1
    exit 77
fi
sources=$1
vddk=$2
preload=$3
cc=$4
cxx=${5-}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

# As with the real one, which needs libraries beside it too.
export LD_LIBRARY_PATH="$vddk/lib64"

# A disk with data at its start, at its end, in one sector and in many, of a size that is no multiple of a chunk.
head -c 700000 /dev/urandom >head
truncate -s $((100001 * 512)) source.raw
dd if=head of=source.raw conv=notrunc bs=512 seek=3 status=none
dd if=head of=source.raw conv=notrunc bs=512 seek=65535 count=1 status=none
dd if=head of=source.raw conv=notrunc bs=512 seek=99000 count=1001 status=none

cat >sample.conf <<'CONF'
tmpDirectory="/tmp"
# log level 0 to 6 for quiet ranging to verbose
vixDiskLib.transport.LogLevel=2
# disable caching to disk
vixDiskLib.disklib.EnableCache=0
# whether to check SSL thumbprint on Linux
vixDiskLib.linuxSSL.verifyCertificates=1
# network file copy options
vixDiskLib.nfc.AcceptTimeoutMs=180000
vixDiskLib.nfc.RequestTimeoutMs=180000
vixDiskLib.nfc.ReadTimeoutMs=60000
vixDiskLib.nfc.WriteTimeoutMs=600000
vixDiskLib.nfcFssrvr.TimeoutMs=0
vixDiskLib.nfcFssrvrWrite.TimeoutMs=600000
# nfc.LogLevel (0 = none, 1 = Error, 2 = Warning, 3 = Info, 4 = Debug)
vixDiskLib.nfc.LogLevel=2
CONF

# Runs a program that a broken rule would end.
keep_rules() {
    STRICT=2 LD_PRELOAD=$preload "$@"
}

check_backup() {
    for subformat in monolithicSparse monolithicFlat twoGbMaxExtentSparse twoGbMaxExtentFlat; do
        rm -f theirs*
        qemu-img convert -f raw -O vmdk -o subformat=$subformat source.raw theirs.vmdk
        keep_rules "$1/backup" "$folder/theirs.vmdk" copy.raw
        cmp source.raw copy.raw
    done
    if keep_rules "$1/backup" "$folder/nothing.vmdk" copy.raw 2>error.txt; then exit 1; fi
    if grep 'broken rule' error.txt; then exit 1; fi
    grep -q '(4)' error.txt
}

check_restore() {
    rm -f restored.vmdk
    keep_rules "$1/restore" source.raw "$folder/restored.vmdk"
    qemu-img check -q restored.vmdk
    qemu-img compare -q -f vmdk -F raw restored.vmdk source.raw
    # What was all zeros takes no space.
    [ "$(stat -c %s restored.vmdk)" -lt 3000000 ]
    if keep_rules "$1/restore" source.raw "$folder/restored.vmdk" 2>error.txt; then exit 1; fi
    if grep 'broken rule' error.txt; then exit 1; fi
    grep -q '(12)' error.txt
}

check_dump() {
    keep_rules "$1/dump" "$folder/restored.vmdk" >dump.txt 2>log.txt
    grep -q 'capacity          = 100001 sectors' dump.txt
    grep -q 'adapter type      = lsilogic' dump.txt
    grep -q 'number of links   = 1' dump.txt
    grep -q 'transport mode    = file' dump.txt
    grep -q 'adapterType = lsilogic' dump.txt
    grep -q 'restoredFrom = a raw file' dump.txt
    grep -q 'log: ' log.txt
    # The identity is the one in the descriptor.
    uuid=$(sed -n 's/^uuid              = //p' dump.txt)
    grep -q -a "ddb.uuid = \"$uuid\"" restored.vmdk
}

check_snippets() {
    rm -f snippets.vmdk
    keep_rules "$1/snippets" "$folder/snippets.vmdk" "$folder/sample.conf" >snippets.txt
    grep -q 'Transport methods: .*file' snippets.txt
    grep -q 'Selected transport method: file' snippets.txt
    qemu-img check -q snippets.vmdk
}

# Compiles all programs with the given command into a folder, and checks them.
check_with() {
    built=$1
    shift
    mkdir "$built"
    for program in backup restore dump snippets; do
        "$@" -Wall -Wextra -Wno-missing-field-initializers -Werror -D_DEFAULT_SOURCE -D_FILE_OFFSET_BITS=64 \
            "-I$vddk/include" "$sources/$program.c" -x none "-L$vddk/lib64" -lvixDiskLib "-Wl,-rpath-link,$vddk/lib64" \
            -o "$built/$program"
    done
    check_backup "./$built"
    check_restore "./$built"
    check_dump "./$built"
    check_snippets "./$built"
}

check_with c "$cc" -std=c11
[ -z "$cxx" ] || check_with cxx "$cxx" -std=c++17 -x c++
