#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright the vixdisklib authors.
#
# Builds what is published twice, in places, time zones and locales that differ, and compares it byte for byte: jars with
# the native libraries in them, sources, Javadoc, POMs. Arguments go to Maven, such as -o.
set -eu
cd "$(dirname -- "$0")/.."
place=$PWD/target/reproducible
# Jars of sources and of Javadoc have the modes of files.
umask 022

build() { # directory argument ...
    directory=$1
    shift
    (cd "$directory" && mvn -B -ntp -pl vixdisklib-bom,vixdisklib-api,vixdisklib-test-shim -am -Dmaven.test.skip=true \
        -DskipTests -Dspotless.check.skip -Dcmake.testing=OFF "$@" package) > "$directory.log" 2>&1 || {
        grep -m 5 -E 'ERROR|error:' "$directory.log" >&2
        echo "check-reproducible: the build failed; $directory.log tells more" >&2
        exit 1
    }
    (cd "$directory" && sha256sum vixdisklib-*/target/*.jar vixdisklib-*/target/.flattened-pom.xml) > "$directory.sums"
}

one=$place/one
other=$place/another/that/is/deeper
rm -rf "$place"
mkdir -p "$one" "$other"
tar -c --exclude=./.git --exclude=./target --exclude='./*/target' . | tar -x -C "$one"
tar -c -C "$one" . | tar -x -C "$other"
build "$one" "$@"
(export TZ=Asia/Tokyo LC_ALL=C.UTF-8 && build "$other" "$@")
if ! diff "$one.sums" "$other.sums" >&2; then
    echo "check-reproducible: two builds of the same sources differ, see $place" >&2
    exit 1
fi
echo "check-reproducible: $(wc -l < "$one.sums") files are the same in both builds"
rm -rf "$place"
