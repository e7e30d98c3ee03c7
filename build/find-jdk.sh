# SPDX-License-Identifier: Apache-2.0
# Copyright the vixdisklib authors.
#
# Sourced: find_jdk prints the home of a JDK of version 22 or newer, or prints nothing and fails. It looks where Maven's
# JDK toolchain discovery looks.

jdk_major() { # home
    [ -x "$1/bin/javac" ] && [ -r "$1/release" ] &&
        sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
}

find_jdk() {
    on_path=$(command -v javac 2> /dev/null) && on_path=$(readlink -f "$on_path") && on_path=${on_path%/bin/javac}
    # shellcheck disable=SC2046 # the variables' values are homes of JDKs, one a word
    for home in "${JAVA_HOME-}" "${on_path-}" $(env | sed -n 's/^JAVA[0-9]*_HOME=//p;s/^JDK[0-9]*=//p') \
        "${HOME-}"/.sdkman/candidates/java/* "${HOME-}"/.jdks/* "${HOME-}"/.asdf/installs/java/* \
        "${HOME-}"/.jenv/versions/* "${HOME-}"/.jbang/cache/jdks/* /usr/lib/jvm/* /usr/lib64/jvm/* /usr/java/* \
        /opt/java/* /usr/local/openjdk* /opt/jdk* /Library/Java/JavaVirtualMachines/*/Contents/Home; do
        major=$(jdk_major "$home") || continue
        if [ "${major:-0}" -ge 22 ]; then
            echo "$home"
            return 0
        fi
    done
    return 1
}
