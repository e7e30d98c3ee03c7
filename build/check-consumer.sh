#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright the vixdisklib authors.
#
# Tests what the last build made as others get it: installs the jars and POMs that are published into a local repository
# of their own, and builds and runs build/consumer with them, on the module path and on the class path. Arguments go to
# Maven, such as -o.
set -eu
cd "$(dirname -- "$0")/.."
. build/find-jdk.sh
. build/own-repository.sh

fail() {
    echo "check-consumer: $*" >&2
    exit 1
}

place=$PWD/target/consumer
vddk=$PWD/vixdisklib-test-shim/target/vddk
repository=$place/repository
version=$(sed -n 's:.*<version>\(.*\)</version>.*:\1:p' pom.xml | head -n 1)
jdk=$(find_jdk) || fail "no JDK 22 or newer found"

install() { # module file argument ...
    module=$1
    file=$module/target/$2
    shift 2
    [ -e "$file" ] || fail "there is no $file; build first, with mvn package"
    mvn -B -ntp -q -Dmaven.repo.local="$repository" "$@" install:install-file -Dfile="$file" \
        -DpomFile="$module/target/.flattened-pom.xml"
}

trap 'rm -rf "$repository"' EXIT
rm -rf "$place"
make_repository "$repository" "$@"
install vixdisklib-bom .flattened-pom.xml "$@" -Dpackaging=pom
for module in vixdisklib-raw vixdisklib-api vixdisklib-test-shim; do
    install "$module" "$module-$version.jar" "$@"
done

# Not in the sources: the launchers look at what is new in build/.
cp -R build/consumer "$place/project"
cd "$place/project"
JAVA_HOME=$jdk mvn -B -ntp -q -Dmaven.repo.local="$repository" -Dvixdisklib.version="$version" "$@" package \
    > "$place/build.log" 2>&1 || {
    grep -m 5 ERROR "$place/build.log" >&2
    fail "the program cannot be built or tested; $place/build.log tells more"
}

# The program itself, with no jar that it does not need, and with native access for what the documentation names. Newer JDKs
# can refuse it to all else.
cd target/lib
jars=$(echo *.jar)
[ "$jars" = "consumer-1.jar vixdisklib-api-$version.jar vixdisklib-raw-$version.jar" ] ||
    fail "the program has other jars than it needs: $jars"
deny=
[ "$(jdk_major "$jdk")" -lt 24 ] || deny=--illegal-native-access=deny

run() { # expected disk option ...
    expected=$1
    disk=$place/$2
    shift 2
    # shellcheck disable=SC2086 # one word or none
    said=$("$jdk/bin/java" $deny "$@" "$vddk" "$disk" 2>&1) || fail "the program failed: $said"
    [ "$said" = "$expected" ] || fail "the program said '$said' and not '$expected'"
}

run 'read on the module path' modular.vmdk --module-path . --enable-native-access=dev.vixdisklib.raw \
    -m example.consumer/example.consumer.FirstSector
run 'read on the class path' classes.vmdk --class-path './*' --enable-native-access=ALL-UNNAMED example.consumer.FirstSector
echo "check-consumer: $version works on the module path and on the class path"
