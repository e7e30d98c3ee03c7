# SPDX-License-Identifier: Apache-2.0
# Copyright the vixdisklib authors.
#
# Sourced: make_repository makes a local repository for Maven that has its own dev/vixdisklib, and all else in common with
# that of the user. So nothing is downloaded twice, and what is tried here is never taken for a version that somebody
# installed. Call it in the project's directory.

make_repository() { # directory argument ...
    directory=$1
    shift
    common=$(mvn -B -q -N exec:exec -Dexec.executable=echo -Dexec.args='<${settings.localRepository}>' "$@" |
        sed -n 's/.*<\(.*\)>.*/\1/p')
    [ -d "$common" ] || {
        echo "Maven does not name its local repository, but '$common'" >&2
        return 1
    }
    mkdir -p "$directory/dev"
    for entry in "$common"/*; do
        [ "$entry" = "$common/dev" ] || ln -s "$entry" "$directory/"
    done
    for entry in "$common"/dev/*; do
        [ ! -d "$entry" ] || [ "$entry" = "$common/dev/vixdisklib" ] || ln -s "$entry" "$directory/dev/"
    done
}
