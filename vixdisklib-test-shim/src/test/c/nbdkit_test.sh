#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright the vixdisklib authors.
#
# nbdkit's plugin for VDDK, which makes asynchronous requests, serves disks of this library as they are; both when
# requests are carried out at once and when the library's threads do so in a random order.
# Usage: nbdkit_test.sh <folder of the fake VDDK> <vmdk_tool> <preload library>
# VIXDISKLIB_NBDKIT_PLUGIN is the plugin's file if nbdkit does not find it by the name of vddk.
set -eu
vddk=$1
tool=$2
preload=$3
plugin=${VIXDISKLIB_NBDKIT_PLUGIN-vddk}
if ! nbdkit "$plugin" --version >/dev/null 2>&1; then
   echo "nbdkit or its plugin vddk not found: install nbdkit-vddk-plugin"
   exit 77
fi
for program in nbdcopy nbdinfo qemu-io; do
   if ! command -v $program >/dev/null; then
      echo "$program not found: install libnbd-bin and qemu-utils"
      exit 77
   fi
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
seed=$(date +%s)
echo "seed $seed"

# The plugin opens and closes with a lock, on any thread. It breaks no rule, but that nbdkit, when it is told to end while
# it has a client, leaves at Exit what it has for the client.
cat >strict.conf <<'CONF'
vddkFake.strict = 1
vddkFake.strict.openThread = 0
CONF

# serve <threads> <first result> <disk> <command> [<option>]: runs a command that has the address in $uri.
serve() {
   ASYNC_THREADS=$1 ASYNC_SEED=$seed FAIL_NEXT_READ=$2 LD_PRELOAD=$preload nbdkit -fv -U - ${5-} "$plugin" \
      "libdir=$vddk" "config=$folder/strict.conf" "file=$folder/$3" --run "unset LD_PRELOAD; $4" 2>log.txt || return
   ! grep 'broken rule' log.txt | grep -v ': VixDiskLib_Exit: '
}

# A multiple of 64 KiB: plugins of that time ask for the allocation of whole chunks only.
sectors=65536
for threads in 0 4; do
   for type in sparse flat; do
      rm -f ./*.vmdk
      "$tool" create "$folder/source.vmdk" $type $sectors
      "$tool" scribble "$folder/source.vmdk" "$seed" 20
      "$tool" export "$folder/source.vmdk" source.raw

      # Read, by several requests at a time and sector by sector, and ask what is allocated.
      serve $threads 0 source.vmdk 'nbdcopy "$uri" copy.raw && nbdinfo --map "$uri" >map.txt' -r
      cmp source.raw copy.raw
      "$tool" blocks "$folder/source.vmdk" 128 | awk '{ n += $2 } END { print n * 512 }' >ours.txt
      awk '$3 == 0 { n += $2 } END { printf "%d\n", n }' map.txt >theirs.txt
      cmp ours.txt theirs.txt

      # Write, flush, and read again; the pieces begin and end within sectors, too.
      "$tool" create "$folder/target.vmdk" $type $sectors
      serve $threads 0 target.vmdk 'nbdcopy --flush source.raw "$uri"'
      "$tool" export "$folder/target.vmdk" copy.raw
      cmp source.raw copy.raw
      serve $threads 0 target.vmdk 'qemu-io -f raw -c "aio_write -P 7 1M 3M" -c "aio_write -P 8 70001 5000" -c aio_flush \
         -c "read -P 7 1M 3M" -c "read -P 8 70001 5000" "$uri" >qemu.txt'
      if grep -qi 'fail\|differ' qemu.txt; then
         cat qemu.txt
         exit 1
      fi
      "$tool" export "$folder/target.vmdk" copy.raw
      qemu-io -r -f raw -c 'read -P 7 1M 3M' -c 'read -P 8 70001 5000' copy.raw >qemu.txt
      if grep -qi 'fail\|differ' qemu.txt; then
         cat qemu.txt
         exit 1
      fi
      if grep 'call Wait first' log.txt; then exit 1; fi
   done

   # What the callback is told, the client of nbdkit is told.
   if serve $threads 1 source.vmdk 'nbdcopy "$uri" copy.raw' -r; then exit 1; fi
   grep -q 'ReadAsync of .* failed (error 1)' log.txt
done
