#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright the vixdisklib authors.
#
# Makes the pictures of the README from what the program writes to a terminal: docs/images/*.svg. Needs script (bsdutils).
set -eu
root=$(cd "$(dirname -- "$0")/.." && pwd)
. "$root/build/find-jdk.sh"
jdk=$(find_jdk)
columns=80
images=$root/docs/images
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$images"
cd "$scratch"
ln -s "$root/bin" bin

# Shows a command and what it writes.
picture() { # name command
    {
        printf '\033[32m$\033[0m \033[1m%s\033[0m\n' "$2"
        COLUMNS=$columns TERM=xterm script -qec "$2" /dev/null < /dev/null | tr -d '\004\b'
    } > "$1.txt"
    "$jdk/bin/java" "$root/vixdisklib-cli/src/test/java/dev/vixdisklib/cli/TerminalSvg.java" vixdisk $columns \
        < "$1.txt" > "$images/$1.svg"
    echo "docs/images/$1.svg"
}

"$root/bin/vixdisk" demo --size 1G --data 192M --keep disks > /dev/null
picture map "bin/vixdisk map disks/demo.vmdk"
