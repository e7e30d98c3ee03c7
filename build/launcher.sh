# SPDX-License-Identifier: Apache-2.0
# Copyright the vixdisklib authors.
#
# Sourced by the launchers with root set to the directory of the project: builds what they need if it is missing or older
# than its sources, and sets jdk, app (the module path) and vddk (the fake).
. "$root/build/find-jdk.sh"

fail() {
    echo "$(basename -- "$0"): $*" >&2
    exit 1
}

app=$root/vixdisklib-cli/target/app
vddk=$root/vixdisklib-test-shim/target/vddk
log=$root/target/launcher-build.log

is_current() {
    [ -e "$app/built" ] && [ -e "$vddk/lib64/libvixDiskLib.so.8.0.3" ] &&
        [ -z "$(find "$root/pom.xml" "$root"/vixdisklib-*/pom.xml "$root"/vixdisklib-*/CMakeLists.txt \
            "$root"/vixdisklib-*/src/main -newer "$app/built" -print -quit)" ]
}

# Classes loaded from an archive make the start of a command several times as fast.
archive() { # name, command to learn from ...
    name=$1
    shift
    "$@" > /dev/null 2>&1 < /dev/null && mv -f "$app/$name.new" "$app/$name" || rm -f "$app/$name.new"
}

build() {
    command -v mvn > /dev/null || fail "mvn not found; install Maven 3.8.1 or newer (Debian and Ubuntu: apt-get install maven)"
    sh "$root/build/check-tools.sh" || exit 1
    echo "$(basename -- "$0"): building, once; this takes a minute or two the first time ..." >&2
    mkdir -p "$root/target"
    rm -f "$app/built" "$app"/*.jsa
    (cd "$root" && mvn -B -q -Dquick=true -Dcmake.testing=OFF -pl vixdisklib-cli -am package) > "$log" 2>&1 || {
        grep -m 5 -E 'ERROR|error:' "$log" >&2
        fail "the build failed; $log tells more"
    }
    java() { "$jdk/bin/java" -Xlog:disable --module-path "$app" --enable-native-access=dev.vixdisklib.raw "$@"; }
    archive vixdisk.jsa java -XX:ArchiveClassesAtExit="$app/vixdisk.jsa.new" -Dvixdisklib.fake="$vddk" \
        -m dev.vixdisklib.cli/dev.vixdisklib.cli.Main demo --size 1M --data 1M
    touch "$app/built"
}

jdk=$(find_jdk) ||
    fail "no JDK 22 or newer found; install one (for example Temurin 25) and set JAVA_HOME to it, or put it under /usr/lib/jvm"
if ! is_current; then
    mkdir -p "$root/target"
    if command -v flock > /dev/null; then
        # Two first commands at once build one after the other, and the second finds everything done.
        exec 9> "$root/target/launcher-build.lock"
        flock 9
        is_current || build
        exec 9>&-
    else
        build
    fi
fi
