#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright the vixdisklib authors.
#
# Disks that are written oddly, or have something wrong in them, have the same contents for qemu-img and for this library
# wherever both take them.
# Usage: odd_disks_test.sh <vmdk_tool> <corpus of sparse extents>...
set -eu
if ! command -v qemu-img >/dev/null; then
    echo "qemu-img not found: install qemu-utils"
    [ "${VIXDISKLIB_REQUIRE_QEMU-}" = 1 ] && exit 1
    exit 77
fi
tool=$1
shift
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export ASAN_OPTIONS=detect_leaks=0
both=0
failed=0

# Asks both about a disk. The first argument is who takes it: both, ours, theirs (only the one does) or none.
ask() {
    expected=$1
    found=
    rm -f theirs.raw ours.raw
    "$tool" export "$2" ours.raw >ours.txt 2>&1 && found=ours
    qemu-img convert -f vmdk -O raw "$2" theirs.raw >theirs.txt 2>&1 && found=${found:+both} && found=${found:-theirs}
    found=${found:-none}
    if [ "$found" != "$expected" ] && [ "$expected" != any ]; then
        echo "$3: taken by $found, not by $expected"
        cat ours.txt theirs.txt
        failed=1
    fi
    if [ "$found" = both ]; then
        both=$((both + 1))
        if ! cmp ours.raw theirs.raw; then
            echo "$3: the contents differ"
            failed=1
        fi
    fi
}

# A descriptor: who takes it, what is odd about it, and its text in the form of printf.
odd() {
    # shellcheck disable=SC2059 # the text is the format: it has escapes
    printf "$3" >odd.vmdk
    ask "$1" "$folder/odd.vmdk" "$2"
}

head -c 40000 /dev/urandom >data.bin
truncate -s 65536 data.bin
cp data.bin 'a name, with (everything) in it=1.bin'
mkdir below
cp data.bin below/data.bin
qemu-img create -q -f vmdk -o subformat=twoGbMaxExtentSparse pieces.vmdk 1M
qemu-io -f vmdk -c 'write -P 5 100k 100k' pieces.vmdk >/dev/null

start='# Disk DescriptorFile\nversion=1\nCID=12345678\nparentCID=ffffffff\ncreateType="monolithicFlat"\n'
flat='RW 100 FLAT "data.bin" 0\n'

odd both 'nothing' "$start$flat"
odd both 'no newline at the end' "${start}RW 100 FLAT \"data.bin\" 0"
odd both 'CR and LF' '# Disk DescriptorFile\r\nversion=1\r\nCID=12345678\r\nparentCID=ffffffff\r\ncreateType="monolithicFlat"\r\nRW 100 FLAT "data.bin" 0\r\n'
odd both 'bytes after a NUL' "$start${flat}\\0RW 9 FLAT \"nothing\" 0\n"
# qemu-img takes an extent twice that comes after an empty line.
odd both 'comments and empty lines between' "$start\n\n# RW 7 FLAT \"data.bin\" 1\n$flat\n#\n\n"
odd both 'an offset' "${start}RW 28 FLAT \"data.bin\" 100\n"
odd both 'one file many times' "${start}RW 1 FLAT \"data.bin\" 5\nRW 7 FLAT \"data.bin\" 3\nRW 20 FLAT \"data.bin\" 0\n"
odd both 'a folder in the name' "${start}RW 100 FLAT \"below/data.bin\" 0\n"
odd both 'a way up in the name' "${start}RW 100 FLAT \"below/../data.bin\" 0\n"
odd both 'an absolute name' "${start}RW 100 FLAT \"$folder/data.bin\" 0\n"
odd both 'signs in the name' "${start}RW 100 FLAT \"a name, with (everything) in it=1.bin\" 0\n"
odd both 'zeros before the numbers' "${start}RW 0100 FLAT \"data.bin\" 0007\n"
odd both 'extents that come before the header' "# Disk DescriptorFile\n${flat}version=1\nCID=12345678\nparentCID=ffffffff\ncreateType=\"monolithicFlat\"\n"
odd both 'sparse and flat extents' "# Disk DescriptorFile\nversion=1\nCID=12345678\nparentCID=ffffffff\ncreateType=\"twoGbMaxExtentSparse\"\nRW 2048 SPARSE \"pieces-s001.vmdk\"\n"
odd both 'an extent of VMFS' "# Disk DescriptorFile\nversion=1\nCID=12345678\nparentCID=ffffffff\ncreateType=\"vmfs\"\nRW 100 VMFS \"data.bin\"\n"
odd both 'values of the database in any form' "$start${flat}ddb.adapterType = ide\nddb.x\nddb. = \nddb.y = \"\"\"\nddb.z='a'\n"
odd both 'a content ID of one digit' '# Disk DescriptorFile\nversion=1\nCID=1\nparentCID=FFFFFFFF\ncreateType="monolithicFlat"\nRW 100 FLAT "data.bin" 0\n'

# This library wants the title, a version and an identity, and an extent line to be understood.
odd theirs 'no title' "version=1\nCID=12345678\nparentCID=ffffffff\ncreateType=\"monolithicFlat\"\n$flat"
odd theirs 'no version' "# Disk DescriptorFile\nCID=12345678\nparentCID=ffffffff\ncreateType=\"monolithicFlat\"\n$flat"
odd theirs 'access of an unknown kind, which qemu-img leaves out' "$start${flat}XX 7 FLAT \"data.bin\" 0\n"
odd theirs 'an encoding that is not known' "# Disk DescriptorFile\nversion=1\nencoding=\"klingon\"\nCID=12345678\nparentCID=ffffffff\ncreateType=\"monolithicFlat\"\n$flat"

# qemu-img knows fewer kinds of disks, and wants everything in one form.
odd ours 'keys in capitals' '# Disk DescriptorFile\nVERSION=1\nCID=12345678\nparentCID=ffffffff\nCREATETYPE="monolithicFlat"\nRW 100 FLAT "data.bin" 0\n'
odd ours 'a custom disk' "# Disk DescriptorFile\nversion=1\nCID=12345678\nparentCID=ffffffff\ncreateType=\"custom\"\n$flat"
odd ours 'no offset' "${start}RW 100 FLAT \"data.bin\"\n"
odd ours 'blanks around the equals sign' '# Disk DescriptorFile\nversion = 1\nCID = 12345678\ncreateType = "monolithicFlat"\nRW 100 FLAT "data.bin" 0\n'

odd none 'no extents' "$start"
odd none 'no type' "# Disk DescriptorFile\nversion=1\nCID=12345678\nparentCID=ffffffff\n$flat"
odd none 'a file that is not there' "${start}RW 100 FLAT \"nothing.bin\" 0\n"
odd none 'a negative offset' "${start}RW 100 FLAT \"data.bin\" -1\n"
odd theirs 'an offset beyond all numbers' "${start}RW 100 FLAT \"data.bin\" 99999999999999999999999\n"

# Sparse extents.
for corpus in "$@"; do
    for extent in "$corpus"/*; do
        cp "$extent" odd.vmdk
        ask any "$folder/odd.vmdk" "${extent##*/}"
    done
done

# Names in the encoding of the descriptor, whose bytes are the same text in the encoding of the file system.
cp data.bin "$(printf 'Stra\303\237e \342\202\254.bin')"
odd ours 'windows-1252' '# Disk DescriptorFile\nversion=1\nencoding="windows-1252"\nCID=12345678\nparentCID=ffffffff\ncreateType="monolithicFlat"\nRW 128 FLAT "Stra\337e \200.bin" 0\n'
cmp ours.raw data.bin
cp data.bin "$(printf '\347\243\201\347\233\230.bin')"
odd ours 'GBK' '# Disk DescriptorFile\nversion=1\nencoding="GBK"\nCID=12345678\nparentCID=ffffffff\ncreateType="monolithicFlat"\nRW 128 FLAT "\264\305\305\314.bin" 0\n'
cmp ours.raw data.bin
odd both 'UTF-8' '# Disk DescriptorFile\nversion=1\nencoding="UTF-8"\nCID=12345678\nparentCID=ffffffff\ncreateType="monolithicFlat"\nRW 128 FLAT "\347\243\201\347\233\230.bin" 0\n'
odd none 'bytes that are not in the encoding' '# Disk DescriptorFile\nversion=1\nencoding="windows-1252"\nCID=12345678\nparentCID=ffffffff\ncreateType="monolithicFlat"\nRW 128 FLAT "\201.bin" 0\n'
cp data.bin "$(printf '\344.bin')"
odd both 'no encoding' "${start}RW 128 FLAT \"\\344.bin\" 0\n"

echo "both take $both disks"
[ $both -ge 40 ] || failed=1
exit $failed
