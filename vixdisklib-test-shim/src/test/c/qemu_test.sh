#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright the vixdisklib authors.
#
# Disks by this library are good for qemu-img, and the other way round.
# Usage: qemu_test.sh <vmdk_tool> <stream_tool>
set -eu
if ! command -v qemu-img >/dev/null || ! command -v qemu-io >/dev/null; then
    echo "qemu-img not found: install qemu-utils"
    [ "${VIXDISKLIB_REQUIRE_QEMU-}" = 1 ] && exit 1
    exit 77
fi
tool=$1
streamTool=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export ASAN_OPTIONS=detect_leaks=0

# What qemu-img reads from a disk is what this library reads from it.
same() {
   qemu-img convert -f vmdk -O raw "$1" theirs.raw
   "$tool" export "$1" ours.raw
   cmp theirs.raw ours.raw
   rm theirs.raw ours.raw
}

# Disks that this library makes and writes.
for type in sparse flat split splitflat vmfs; do
   for sectors in 1 128 1000 65536 100001; do
      disk=$folder/ours-$type-$sectors.vmdk
      "$tool" create "$disk" $type $sectors
      qemu-img info "$disk" >/dev/null
      same "$disk"
      "$tool" scribble "$disk" $sectors 12
      [ $type != sparse ] || qemu-img check "$disk"
      same "$disk"
      qemu-img info "$disk" | grep -q "($((sectors * 512)) bytes)"
   done
   "$tool" create "$folder/full-$type.vmdk" $type 40000
   "$tool" fill "$folder/full-$type.vmdk"
   same "$folder/full-$type.vmdk"
done
qemu-img check full-sparse.vmdk

# Disks that qemu-img makes: with holes in a random order, and in all forms that this library knows.
"$tool" create "$folder/source.vmdk" sparse 300001
"$tool" scribble "$folder/source.vmdk" 4711 25
qemu-img convert -f vmdk -O raw source.vmdk source.raw
for options in subformat=monolithicSparse subformat=monolithicFlat subformat=twoGbMaxExtentSparse \
               subformat=twoGbMaxExtentFlat subformat=monolithicSparse,zeroed_grain=on \
               subformat=monolithicSparse,adapter_type=ide,hwversion=11; do
   qemu-img convert -f raw -O vmdk -o $options source.raw "theirs.vmdk"
   "$tool" export "$folder/theirs.vmdk" ours.raw
   cmp source.raw ours.raw
   "$tool" scribble "$folder/theirs.vmdk" 99 10
   same "$folder/theirs.vmdk"
   case $options in *Sparse*) qemu-img check theirs.vmdk ;; esac
   rm -f theirs* ours.raw
done

# Grains that qemu has written in another order, and zeroed.
qemu-img create -q -f vmdk -o zeroed_grain=on mixed.vmdk 100M
qemu-io -f vmdk -c 'write -P 1 50M 3M' -c 'write -P 2 10M 3M' -c 'write -P 3 52M 100k' -c 'write -z 11M 1M' mixed.vmdk \
   >/dev/null
same "$folder/mixed.vmdk"
"$tool" scribble "$folder/mixed.vmdk" 5 20
same "$folder/mixed.vmdk"
qemu-img check mixed.vmdk

# Split disks of several pieces.
for type in split splitflat; do
   "$tool" create "$folder/pieces.vmdk" $type 9000001
   "$tool" scribble "$folder/pieces.vmdk" 8 30
   "$tool" clone "$folder/pieces.vmdk" "$folder/whole.vmdk" sparse
   qemu-img compare -f vmdk -F vmdk pieces.vmdk whole.vmdk >/dev/null
   qemu-img info pieces.vmdk | grep -q "($((9000001 * 512)) bytes)"
   qemu-img check whole.vmdk
   rm pieces* whole*
done

# Chains of qemu-img, whose backing files have relative and absolute names.
mkdir chain
qemu-img convert -f raw -O vmdk source.raw chain/base.vmdk
qemu-img create -q -f vmdk -b base.vmdk -F vmdk chain/relative.vmdk
qemu-img create -q -f vmdk -b "$folder/chain/relative.vmdk" -F vmdk absolute.vmdk
same "$folder/chain/relative.vmdk"
for disk in chain/relative.vmdk absolute.vmdk; do
   qemu-io -f vmdk -c 'write -P 9 70k 3k' -c 'write -P 8 10M 300k' $disk >/dev/null
   [ $disk = absolute.vmdk ] || { rm absolute.vmdk
      qemu-img create -q -f vmdk -b "$folder/chain/relative.vmdk" -F vmdk absolute.vmdk; }
   same "$folder/$disk"
   # More on top, by this library, and what it has written read by qemu.
   "$tool" child "$folder/$disk" "$folder/top.vmdk" sparse
   "$tool" scribble "$folder/top.vmdk" 17 10
   same "$folder/top.vmdk"
   qemu-img check top.vmdk
   rm top.vmdk
done

# Chains of this library: each type as the parent, each that can be one as the child.
for type in sparse flat split splitflat vmfs; do
   mkdir $type
   "$tool" create "$folder/$type/base.vmdk" $type 100001
   "$tool" scribble "$folder/$type/base.vmdk" 21 10
   "$tool" child "$folder/$type/base.vmdk" "$folder/$type/middle.vmdk" sparse
   "$tool" scribble "$folder/$type/middle.vmdk" 22 5
   "$tool" child "$folder/$type/middle.vmdk" "$folder/top.vmdk" split
   "$tool" scribble "$folder/top.vmdk" 23 5
   same "$folder/$type/middle.vmdk"
   same "$folder/top.vmdk"
   [ "$(qemu-img info --backing-chain top.vmdk | grep -c '^image:')" = 3 ]
   qemu-img map -f vmdk --output=json top.vmdk | grep -q '"depth": 2'
   qemu-img check "$type/middle.vmdk"
   "$tool" clone "$folder/top.vmdk" "$folder/clone.vmdk" $type
   qemu-img compare -f vmdk -F vmdk top.vmdk clone.vmdk >/dev/null
   rm -r $type top* clone*
done

# Stream-optimized disks by qemu-img, which have their directory in the header.
qemu-img convert -f raw -O vmdk -o subformat=streamOptimized source.raw stream.vmdk
"$tool" export "$folder/stream.vmdk" ours.raw
cmp source.raw ours.raw
if "$tool" scribble "$folder/stream.vmdk" 1 1 2>error.txt; then exit 1; fi
grep -q 'is 6, not 0' error.txt
"$tool" export "$folder/stream.vmdk" ours.raw
cmp source.raw ours.raw

# Stream-optimized disks by this library.
head -c 700000 /dev/urandom >random.raw
for sectors in 1 127 128 129 1300 65536 65537 300001; do
   { head -c 333333 source.raw; cat random.raw source.raw; } | head -c $((sectors * 512)) >part.raw
   truncate -s $((sectors * 512)) part.raw
   rm -f stream.vmdk
   "$streamTool" part.raw stream.vmdk
   qemu-img check -q -f vmdk stream.vmdk
   qemu-img info stream.vmdk | grep -q "($((sectors * 512)) bytes)"
   qemu-img info stream.vmdk | grep -q 'streamOptimized'
   qemu-img convert -f vmdk -O raw stream.vmdk theirs.raw
   cmp part.raw theirs.raw
   same "$folder/stream.vmdk"
   qemu-img convert -f raw -O vmdk -o subformat=streamOptimized part.raw theirs.vmdk
   "$tool" export "$folder/theirs.vmdk" ours.raw
   cmp part.raw ours.raw
done

# 3 TiB.
qemu-img create -q -f vmdk huge.vmdk 3T
"$tool" scribble "$folder/huge.vmdk" 3 20
qemu-io -f vmdk -c 'write -P 7 2500G 1M' huge.vmdk >/dev/null
chunks=$("$tool" blocks "$folder/huge.vmdk" 131072 | awk '{ n += $2 / 131072 } END { print n }')
[ "$chunks" -ge 20 ] && [ "$chunks" -le 43 ]
"$tool" create "$folder/huge2.vmdk" sparse 6442450944
"$tool" scribble "$folder/huge2.vmdk" 3 20
qemu-io -f vmdk -c 'read -P 0 2500G 1M' huge2.vmdk >/dev/null
qemu-img info huge2.vmdk >/dev/null
truncate -s 3T huge.raw
qemu-io -f raw -c 'write -P 7 2500G 1M' -c 'write -P 8 3145727M 1M' huge.raw >/dev/null
"$streamTool" huge.raw huge3.vmdk
qemu-io -r -f vmdk -c 'read -P 7 2500G 1M' -c 'read -P 8 3145727M 1M' -c 'read -P 0 2501G 1M' huge3.vmdk >read.txt
if grep -q failed read.txt; then exit 1; fi
[ "$("$tool" blocks "$folder/huge3.vmdk" 131072)" = "5242880000 131072
6442319872 131072" ]
