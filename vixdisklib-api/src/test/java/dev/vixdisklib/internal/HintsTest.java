/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vixdisklib.ErrorCode;
import dev.vixdisklib.LogLine;
import dev.vixdisklib.VixError;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What exceptions advise, in situations that the fake has only in part. */
class HintsTest {

    private static final String LOCAL = "/vms/web.vmdk";
    private static final String MANAGED = "[ds1] web/web.vmdk";

    private static FailedCall call(NativeFunction function, @Nullable String target, ErrorCode code) {
        return call(function, target, code, false, List.of());
    }

    private static FailedCall call(
            NativeFunction function, @Nullable String target, ErrorCode code, boolean first, List<LogLine> log) {
        return new FailedCall(function, target, null, first, new VixError(code.number()), "A text", log);
    }

    private static String hint(NativeFunction function, @Nullable String target, ErrorCode code) {
        return String.valueOf(Hints.of(call(function, target, code)));
    }

    @Test
    void allAreShortPhrases() {
        for (NativeFunction function : NativeFunction.values()) {
            for (ErrorCode code : ErrorCode.values()) {
                for (String target : new @Nullable String[] {LOCAL, MANAGED, null}) {
                    for (boolean first : new boolean[] {false, true}) {
                        String hint = Hints.of(call(function, target, code, first, List.of()));
                        if (hint != null) {
                            assertThat(hint).matches("[^ .][^\\n]*[^ .]").hasSizeLessThan(220);
                        }
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "OPEN               | FAIL                       | thumbprint",
                "OPEN               | OUT_OF_MEMORY              | 2 MiB",
                "READ               | OUT_OF_MEMORY              | 2 MiB",
                "OPEN               | FILE_NOT_FOUND             | [datastore] directory/disk.vmdk",
                "OPEN               | FILE_ACCESS_ERROR          | snapshot",
                "READ               | FILE_ACCESS_ERROR          | privileges",
                "OPEN               | FILE_ALREADY_LOCKED        | snapshot",
                "OPEN               | HOST_USER_PERMISSIONS      | Allow read-only disk access",
                "PREPARE_FOR_ACCESS | HOST_USER_PERMISSIONS      | Disable methods",
                "CONNECT_EX         | HOST_USER_PERMISSIONS      | privilege",
                "OPEN               | HOST_NETWORK_CONN_REFUSED  | port 902",
                "CONNECT_EX         | HOST_NETWORK_CONN_REFUSED  | 443",
                "OPEN               | HOST_TCP_SOCKET_ERROR      | port 902",
                "READ               | HOST_TCP_CONN_LOST         | open the disk again",
                "READ               | HOST_SERVER_SHUTDOWN       | try again later",
                "CONNECT_EX         | HOST_SERVER_NOT_AVAILABLE  | try again later",
                "CONNECT_EX         | CANNOT_CONNECT_TO_HOST     | name of the server",
                "CONNECT_EX         | HOST_SERVER_NOT_FOUND      | resolves",
                "CONNECT_EX         | AUTHENTICATION_FAIL        | password",
                "CONNECT_EX         | TOO_MANY_LOGONS            | 52",
                "CONNECT_EX         | VM_NOT_FOUND               | vm-42",
                "CONNECT_EX         | SNAPSHOT_NOTFOUND          | snapshot-47",
                "PREPARE_FOR_ACCESS | NOT_SUPPORTED              | ESXi",
                "WRITE              | DISK_FULL                  | datastore",
                "OPEN               | DISK_INVALIDDISK           | not a VMDK",
                "READ               | ASYNC_MIXEDMODE_UNSUPPORTED | wait"
            })
    void disksOfServersHaveHints(NativeFunction function, ErrorCode code, String words) {
        assertThat(hint(function, MANAGED, code)).contains(words);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "OPEN   | FILE_NOT_FOUND             | parents",
                "OPEN   | FILE_ACCESS_ERROR          | permissions of the file",
                "OPEN   | FILE_ALREADY_LOCKED        | another program or handle",
                "CREATE | NOT_SUPPORTED              | convert the disk",
                "WRITE  | FILE_READ_ONLY             | opened read-only",
                "CREATE | FILE_ALREADY_EXISTS        | another name",
                "WRITE  | DISK_FULL                  | free some space",
                "READ   | DISK_PARTIALCHAIN          | SINGLE_LINK",
                "OPEN   | DISK_NEEDSREPAIR           | repair",
                "OPEN   | DISK_CID_MISMATCH          | restore the parent",
                "OPEN   | DISK_CAPACITY_MISMATCH     | restore",
                "CREATE | DISK_INVAL                 | SPLIT_SPARSE",
                "CREATE_CHILD | INVALID_ARG          | SPLIT_SPARSE",
                "GROW   | INVALID_ARG                | more sectors",
                "ATTACH | INVALID_ARG                | SINGLE_LINK",
                "ATTACH | DISK_ATTACH_ROOTLINK       | createChild",
                "ATTACH | DISK_PARENT_NOTALLOWED     | take another one",
                "SHRINK | DISK_CANTSHRINK            | sparse",
                "SHRINK | FILE_ALREADY_LOCKED        | close it wherever",
                "RENAME | FILE_ALREADY_LOCKED        | close it wherever",
                "RENAME | NOT_SUPPORTED              | file system",
                "CHECK_REPAIR | DISK_CANTREPAIR      | restore a copy",
                "OPEN   | DISK_INVALIDCHAIN          | parentFileNameHint",
                "OPEN   | DISK_TOOMANYREDO           | merge",
                "OPEN   | DISK_ENCODING              | UTF-8",
                "OPEN   | DISK_INVALIDDISK           | not a VMDK"
            })
    void disksOfThisHostHaveHints(NativeFunction function, ErrorCode code, String words) {
        assertThat(hint(function, LOCAL, code))
                .contains(words)
                .doesNotContain("thumbprint", "vCenter", "privilege", "902", "snapshot of it", "datastore");
    }

    @Test
    void clonesHaveTheHintsOfServersIfOneOfTheTwoIsThere() {
        for (String target : new String[] {LOCAL + " to " + MANAGED, MANAGED + " to " + LOCAL}) {
            assertThat(hint(NativeFunction.CLONE, target, ErrorCode.FILE_ACCESS_ERROR))
                    .contains("while the machine is off");
        }
        assertThat(hint(NativeFunction.CLONE, LOCAL + " to " + LOCAL, ErrorCode.FILE_ACCESS_ERROR))
                .contains("permissions of the file");
        assertThat(hint(NativeFunction.CLONE, LOCAL + " to " + LOCAL, ErrorCode.FILE_ALREADY_EXISTS))
                .contains("CloneSpec.replacing");
    }

    @Test
    void errorsThatSayNothingHaveNoneForDisksOfThisHost() {
        for (NativeFunction function : NativeFunction.values()) {
            assertThat(Hints.of(call(function, LOCAL, ErrorCode.FAIL))).isNull();
            assertThat(Hints.of(call(function, LOCAL, ErrorCode.OUT_OF_MEMORY))).isNull();
        }
        assertThat(Hints.of(call(NativeFunction.READ, MANAGED, ErrorCode.FAIL))).isNull();
    }

    @Test
    void aDiskThatCouldNeverBeReadMayBeOfAnOldHost() {
        assertThat(Hints.of(call(NativeFunction.READ, MANAGED, ErrorCode.FAIL, true, List.of())))
                .contains("supports the host's version");
        assertThat(Hints.of(call(NativeFunction.READ, LOCAL, ErrorCode.FAIL, true, List.of())))
                .isNull();
    }

    @Test
    void whatWasLoggedDuringTheCallCounts() {
        String text = "[NFC ERROR] Failed to allocate the requested 67108864 bytes";
        LogLine during = new LogLine(Instant.EPOCH, Level.WARNING, text, true);
        LogLine before = new LogLine(Instant.EPOCH, Level.WARNING, text, false);
        FailedCall failed = call(NativeFunction.READ, MANAGED, ErrorCode.FAIL, false, List.of(during));
        assertThat(Hints.of(failed)).contains("2 MiB");
        assertThat(Hints.of(call(NativeFunction.READ, MANAGED, ErrorCode.FAIL, false, List.of(before))))
                .isNull();
        assertThat(Hints.of(call(NativeFunction.READ, LOCAL, ErrorCode.FAIL, false, List.of(during))))
                .isNull();
    }
}
