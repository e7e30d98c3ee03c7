# SPDX-License-Identifier: Apache-2.0
# Copyright the vixdisklib authors.
#
# Sourced by the launchers with root set to the directory of the project: builds what they need if it is missing or older
# than its sources, and defines vixdisk and vixshell, which run the programs.
. "$root/build/find-jdk.sh"

# A standard stream that is closed would become the first file that the JVM opens. These fail when they are used.
{ true 9<&0; } 2> /dev/null || exec 0> /dev/null
{ true 9>&1; } 2> /dev/null || exec 1< /dev/null
{ true 9>&2; } 2> /dev/null || exec 2> /dev/null

# In the C locale the JVM can name no file that is not ASCII.
case ${LC_ALL:-${LC_CTYPE:-${LANG:-C}}} in
    C | POSIX) export LC_ALL=C.UTF-8 ;;
esac

app=$root/vixdisklib-cli/target/app
vddk=$root/vixdisklib-test-shim/target/vddk
log=$root/target/launcher-build.log

fail() {
    echo "$(basename -- "$0"): $*" >&2
    exit 1
}

# Both take an option about the archive of classes first, and end the shell. Warnings of the JVM would go to standard
# output, hence -Xlog:disable.
vixdisk() {
    archive_option=$1
    shift
    columns=${COLUMNS-}
    err_is_terminal=false
    out_is_terminal=false
    [ ! -t 1 ] || out_is_terminal=true
    if [ -t 2 ]; then
        err_is_terminal=true
        [ -n "$columns" ] || columns=$(stty size <&2 2> /dev/null | cut -d ' ' -f 2)
    elif [ -t 1 ]; then
        [ -n "$columns" ] || { columns=$(stty size <&9 2> /dev/null | cut -d ' ' -f 2); } 9<&1
    fi
    # Compiled lightly, a command ends sooner, even a long copy: only the demo and checksums compute much themselves.
    compiler_option=-XX:TieredStopAtLevel=1
    case " $* " in
        " demo "* | *" checksum "* | *" --checksum "*) compiler_option=-XX:+TieredCompilation ;;
    esac
    # Only a shell that has just been started has no other files open than those that it was given.
    descriptors=
    case " $* " in
        *" --password-fd"*)
            descriptors=$(sh -c 'for file in /dev/fd/*; do [ ! -e "$file" ] || printf "%s " "${file##*/}"; done')
            ;;
    esac
    exec "$jdk/bin/java" -Xlog:disable -XX:+UseSerialGC $compiler_option "$archive_option" --module-path "$app" \
        --enable-native-access=dev.vixdisklib.raw -Dvixdisklib.fake="$vddk" \
        ${descriptors:+"-Dvixdisk.descriptors=$descriptors"} \
        -Dvixdisk.out.terminal=$out_is_terminal -Dvixdisk.err.terminal=$err_is_terminal \
        -Dvixdisk.columns="${columns:-80}" -m dev.vixdisklib.cli/dev.vixdisklib.cli.Main "$@"
}

# In one JVM, and compiled lightly: that halves the time to the first prompt.
vixshell() {
    archive_option=$1
    shift
    exec "$jdk/bin/jshell" --execution local -J-Xlog:disable -J-XX:+UseSerialGC -J-XX:TieredStopAtLevel=1 \
        "-J$archive_option" "-J--module-path=$app" -J--add-modules=dev.vixdisklib.cli \
        -J--enable-native-access=dev.vixdisklib.raw "-J-Dvixdisklib.fake=$vddk" --module-path "$app" \
        --add-modules dev.vixdisklib.cli --startup "$root/build/vixshell.jsh" "$@"
}

is_built() {
    [ -e "$app/built" ] && [ -e "$vddk/lib64/libvixDiskLib.so.8.0.3" ] &&
        [ -z "$(find "$root/pom.xml" "$root"/vixdisklib-*/pom.xml "$root"/vixdisklib-*/CMakeLists.txt "$root/build" \
            "$root"/vixdisklib-*/src/main -newer "$app/built" -print -quit)" ]
}

# The JVM takes no archive that is older than a jar, as after mvn verify.
is_learnt() {
    [ ! -w "$app" ] || {
        [ -e "$app/learnt" ] && [ -z "$(find "$app" -name '*.jar' -newer "$app/learnt" -print -quit)" ]
    }
}

is_current() {
    is_built && is_learnt
}

# Learns from a run which classes a program loads: that makes its start several times as fast.
learn() { # program argument ...
    program=$1
    shift
    ("$program" "-XX:ArchiveClassesAtExit=$app/$program.new" "$@") > /dev/null 2>&1 < /dev/null &&
        mv -f "$app/$program.new" "$app/$program.jsa"
    rm -f "$app/$program.new"
}

compile() {
    command -v mvn > /dev/null || fail "mvn not found; install Maven 3.8.1 or newer (Debian and Ubuntu: apt-get install maven)"
    sh "$root/build/check-tools.sh" || exit 1
    echo "$(basename -- "$0"): building what this needs; the first time takes a minute or two ..." >&2
    rm -f "$app/built" "$app/learnt"
    touch "$root/target/launcher-build.start"
    (cd "$root" && mvn -B -q -Dquick=true -Dcmake.testing=OFF -pl vixdisklib-cli -am package) > "$log" 2>&1 || {
        grep -m 5 -E 'ERROR|error:' "$log" >&2
        fail "the build failed; $log tells more"
    }
    # Not the time of now: sources may have changed during the build.
    touch -r "$root/target/launcher-build.start" "$app/built"
}

build() {
    if is_built; then
        echo "$(basename -- "$0"): preparing a quick start ..." >&2
    else
        compile
    fi
    rm -f "$app"/*.jsa
    learn vixdisk demo --size 1M --data 1M
    learn vixshell "$root/build/vixshell-learn.jsh"
    touch "$app/learnt"
}

case $root in
    *:*) fail "a path with a colon cannot be on Java's module path; move this project elsewhere: $root" ;;
esac
jdk=$(find_jdk) ||
    fail "no JDK 22 or newer found; install one (for example Temurin 25) and set JAVA_HOME to it, or put it under /usr/lib/jvm"
if ! is_current; then
    mkdir -p "$root/target"
    if command -v flock > /dev/null; then
        # Of two first commands at once, the second waits and finds everything built.
        (
            flock 9
            is_current || build
        ) 9> "$root/target/launcher-build.lock" || exit 1
    else
        build
    fi
fi
