#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright the vixdisklib authors.
#
# Tells how many tests of a module were skipped and why, which Maven's own summary does not. Takes the module's target
# folder.
set -u
for report in "$1"/surefire-reports/TEST-*.xml "$1"/failsafe-reports/TEST-*.xml; do
    [ -e "$report" ] || continue
    awk '
        /<testcase / {
            class = $0
            sub(/.* classname="/, "", class)
            sub(/".*/, "", class)
        }
        /<skipped/ {
            reason = $0
            sub(/.*(Assumption failed: |Exception: |CDATA\[|message=")/, "", reason)
            sub(/(\]\]>|"|<).*/, "", reason)
            skipped[class ": " reason]++
        }
        END {
            for (what in skipped) {
                print "skipped " skipped[what] " of " what
            }
        }' "$report"
done
