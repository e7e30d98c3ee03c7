#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright the vixdisklib authors.
#
# Builds what is published twice from the last commit, in places, time zones, locales and with file modes that differ, and
# compares all files byte for byte: jars with the native libraries in them, sources, Javadoc, POMs. Arguments go to Maven,
# such as -o.
set -eu
cd "$(dirname -- "$0")/.."
place=$PWD/target/reproducible

build() { # directory argument ...
    clone=$1
    shift
    git clone -q --no-hardlinks . "$clone"
    (cd "$clone" && mvn -B -ntp -q -pl vixdisklib-bom,vixdisklib-api,vixdisklib-test-shim -am -Dmaven.test.skip=true \
        -DskipTests -Dspotless.check.skip -Dcmake.testing=OFF "$@" package)
}

sums() { # directory
    (cd "$1" && sha256sum vixdisklib-*/target/*.jar vixdisklib-*/target/.flattened-pom.xml)
}

rm -rf "$place"
mkdir -p "$place"
build "$place/one" "$@" > "$place/one.log" 2>&1 || { cat "$place/one.log" >&2 && exit 1; }
(umask 077 && export TZ=Asia/Tokyo LC_ALL=C.UTF-8 LANG=C.UTF-8 && build "$place/a/place/with/a/longer/name" "$@") \
    > "$place/another.log" 2>&1 || { cat "$place/another.log" >&2 && exit 1; }

sums "$place/one" > "$place/one.sums"
sums "$place/a/place/with/a/longer/name" > "$place/another.sums"
if ! diff "$place/one.sums" "$place/another.sums" >&2; then
    echo "check-reproducible: two builds of the same sources differ, see $place" >&2
    exit 1
fi
echo "check-reproducible: $(wc -l < "$place/one.sums") files are the same in both builds"
