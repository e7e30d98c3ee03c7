#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright the vixdisklib authors.
#
# Does what docs/releasing.md says, as far as it goes without a name and a place: releases a copy of these sources, without
# tests, signed with a key that is thrown away, into a repository that is a folder; and looks whether all is there.
# The version comes first, further arguments go to Maven; not -o, with which nothing is deployed.
set -eu
cd "$(dirname -- "$0")/.."
. build/own-repository.sh
version=${1:?usage: build/rehearse-release.sh VERSION}
shift
place=$PWD/target/release
umask 022

fail() {
    echo "rehearse-release: $*" >&2
    exit 1
}

rm -rf "$place"
mkdir -p "$place/project"
tar -c --exclude=./.git --exclude=./target --exclude='./*/target' . | tar -x -C "$place/project"
make_repository "$place/local" "$@"
cd "$place/project"

# In a short place: the agent's socket is in it.
GNUPGHOME=$(mktemp -d)
export GNUPGHOME
trap 'gpgconf --kill gpg-agent; rm -rf "$GNUPGHOME" "$place/local"' EXIT
gpg --batch --quiet --passphrase '' --quick-generate-key 'Rehearsal <rehearsal@example.org>' ed25519 sign never \
    2> "$place/gpg.log" || fail "gpg makes no key, see $place/gpg.log"

release() { # log argument ...
    log=$place/$1
    shift
    mvn -B -ntp -Dmaven.repo.local="$place/local" -Prelease -DskipTests -Dmaven.test.skip=true -Dcmake.testing=OFF \
        -Dmaven.install.skip "-DaltDeploymentRepository=rehearsal::file:$place/repository" "$@" > "$log" 2>&1
}

# What is no release is refused at once.
! release snapshot.log "$@" validate || fail "a SNAPSHOT could be released"
grep -q 'A release has no SNAPSHOT version' "$place/snapshot.log" ||
    fail "not refused for being a SNAPSHOT, see $place/snapshot.log"
mvn -B -ntp -q "$@" versions:set "-DnewVersion=$version" -DgenerateBackupPoms=false > "$place/versions.log" 2>&1 ||
    fail "the version could not be set, see $place/versions.log"
! release url.log "$@" validate || fail "a release could be made without a public URL"
grep -q 'Set public.url' "$place/url.log" || fail "not refused for its URL, see $place/url.log"

release release.log "$@" -Dpublic.url=https://example.org/vixdisklib deploy || fail "the release failed, see $place/release.log"

# Everything that is published, and nothing else.
{
    echo bom pom
    for module in raw api test-shim; do
        for file in jar pom -sources.jar -javadoc.jar -cyclonedx.json; do
            echo $module $file
        done
    done
} | while read -r module file; do
    echo "vixdisklib-$module/$version/vixdisklib-$module-$version$(echo "$file" | sed 's/^[^-]/.&/')"
done | sort > "$place/expected"
(cd "$place/repository/dev/vixdisklib" && find . -type f ! -name 'maven-metadata*' ! -name '*.md5' ! -name '*.sha1' \
    ! -name '*.asc' | sed 's:^\./::' | sort) > "$place/published"
diff "$place/expected" "$place/published" >&2 || fail "other files are published than expected"

while read -r file; do
    file=$place/repository/dev/vixdisklib/$file
    gpg --quiet --verify "$file.asc" "$file" 2> "$place/gpg.log" || fail "no signature of $file"
    for sum in md5 sha1; do
        [ "$("${sum}sum" < "$file" | cut -d ' ' -f 1)" = "$(cat "$file.$sum")" ] || fail "no $sum of $file"
    done
    case $file in
        *.pom)
            for element in name description url licenses developers scm issueManagement; do
                grep -q "^  <$element[ >]" "$file" || fail "no <$element> in $file"
            done
            ! grep -q -E '<parent>|SNAPSHOT|\.invalid' "$file" || fail "a parent, a SNAPSHOT or a placeholder in $file"
            ;;
    esac
done < "$place/published"
echo "rehearse-release: $(wc -l < "$place/published") files, signed, are in $place/repository"
