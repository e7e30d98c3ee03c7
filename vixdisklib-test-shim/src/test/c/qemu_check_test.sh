#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright the vixdisklib authors.
#
# What CheckRepair, Shrink and Defragment leave is good for qemu-img, and what qemu-img makes is good for them.
# Usage: qemu_check_test.sh <vmdk_tool>
set -eu
if ! command -v qemu-img >/dev/null || ! command -v qemu-io >/dev/null; then
    echo "qemu-img not found: install qemu-utils"
    [ "${VIXDISKLIB_REQUIRE_QEMU-}" = 1 ] && exit 1
    exit 77
fi
tool=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export ASAN_OPTIONS=detect_leaks=0

fail() {
   echo "$1"
   exit 1
}

# Offsets in the file of the data, in the order of the disk.
offsets() {
   qemu-img map --output=json -f vmdk "$1" | sed -n 's/.*"data": true.*"offset": \([0-9]*\).*/\1/p'
}

# A number of 32 or 64 bits in a file, and its change.
number() {
   od -An -v -j "$2" -N "$3" -t "u$3" "$1" | tr -d ' '
}
put32() {
   printf "\\$(printf %o $(($3 & 255)))\\$(printf %o $(($3 >> 8 & 255)))\\$(printf %o $(($3 >> 16 & 255)))\\$(printf %o $(($3 >> 24 & 255)))" |
      dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
}

# Disks by this library and by qemu, with grains in a random order and grains of zeros.
"$tool" create "$folder/ours.vmdk" sparse 200001
qemu-img create -q -f vmdk theirs.vmdk 100M
for disk in ours theirs; do
   "$tool" scribble "$folder/$disk.vmdk" 4711 30
   qemu-io -f vmdk -c 'write -P 5 70M 1M' -c 'write -P 6 3M 1M' -c 'write -P 0 70M 512k' -c 'write -P 0 20M 2M' \
      $disk.vmdk >/dev/null
   cp $disk.vmdk before.vmdk
   "$tool" check "$folder/$disk.vmdk"
   "$tool" shrink "$folder/$disk.vmdk"
   qemu-img check -q -f vmdk $disk.vmdk
   qemu-img compare -q -f vmdk -F vmdk before.vmdk $disk.vmdk
   [ $(($(stat -c %s before.vmdk) - $(stat -c %s $disk.vmdk))) -ge $((2 << 20)) ] || fail "$disk is as big as before"
   offsets $disk.vmdk | sort -n -c 2>/dev/null && fail "$disk is in order already"
   "$tool" defragment "$folder/$disk.vmdk"
   qemu-img check -q -f vmdk $disk.vmdk
   qemu-img compare -q -f vmdk -F vmdk before.vmdk $disk.vmdk
   offsets $disk.vmdk | sort -n -c || fail "$disk is not in order"
   qemu-io -f vmdk -c 'write -P 9 50M 3M' $disk.vmdk >/dev/null
   "$tool" check "$folder/$disk.vmdk"
done

# Damage that both see, and neither after it is mended: an entry beyond the end of the file.
for disk in ours theirs; do
   cp $disk.vmdk before.vmdk
   directory=$(number $disk.vmdk 56 8)
   table=$(number $disk.vmdk $((directory * 512)) 4)
   put32 $disk.vmdk $((table * 512 + 48 * 4)) 268435456
   qemu-img check -q -f vmdk $disk.vmdk 2>/dev/null && fail "qemu-img does not see the damage in $disk"
   "$tool" check "$folder/$disk.vmdk" 2>/dev/null && fail "the damage in $disk is not found"
   "$tool" repair "$folder/$disk.vmdk"
   qemu-img check -q -f vmdk $disk.vmdk
   qemu-img compare -q -f vmdk -F vmdk before.vmdk $disk.vmdk
   "$tool" check "$folder/$disk.vmdk"
done

# Damage to a directory, which is as bad for both.
table=$(number ours.vmdk $(($(number ours.vmdk 56 8) * 512)) 4)
put32 ours.vmdk $(($(number ours.vmdk 56 8) * 512)) 305419896
qemu-img compare -q -f vmdk -F vmdk before.vmdk ours.vmdk 2>/dev/null && fail "qemu-img does not see the damage"
"$tool" export "$folder/theirs.vmdk" before.raw
"$tool" repair "$folder/ours.vmdk"
qemu-img check -q -f vmdk ours.vmdk
[ "$(number ours.vmdk $(($(number ours.vmdk 56 8) * 512)) 4)" != "$table" ] || fail "the table is where it was"

# Pieces of 2 GiB.
qemu-img create -q -f vmdk -o subformat=twoGbMaxExtentSparse split.vmdk 5G
"$tool" scribble "$folder/split.vmdk" 12 40
"$tool" export "$folder/split.vmdk" before.raw
"$tool" check "$folder/split.vmdk"
"$tool" defragment "$folder/split.vmdk"
"$tool" shrink "$folder/split.vmdk"
qemu-img check -q -f vmdk split.vmdk
qemu-img compare -q -f vmdk -F raw split.vmdk before.raw
"$tool" repair "$folder/split.vmdk"

# A stream, which is examined by being read.
qemu-img convert -f raw -O vmdk -o subformat=streamOptimized before.raw stream.vmdk
"$tool" check "$folder/stream.vmdk"
printf 'damage' | dd of=stream.vmdk bs=1 seek=$(($(stat -c %s stream.vmdk) / 2)) conv=notrunc 2>/dev/null
"$tool" check "$folder/stream.vmdk" 2>error.txt && fail "the damage in a stream is not found"
grep -q 'is 16006' error.txt
"$tool" repair "$folder/stream.vmdk" 2>error.txt && fail "a stream is said to be mended"
grep -q 'is 16062' error.txt
