/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionSpecTest {

    private static final String SHA_1 = "5A:7B:00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11";

    private final Credentials credentials = Credentials.password("backup", "correct horse".toCharArray());
    private final ConnectionSpec server = ConnectionSpec.server("vcenter.example.com", credentials);

    @Test
    void thisHostIsNothingElse() {
        ConnectionSpec local = ConnectionSpec.local();
        assertThat(local.isLocal()).isTrue();
        assertThat(local.isReadOnly()).isFalse();
        assertThat(local.readOnly().isReadOnly()).isTrue();
        assertThat(local.server()).isEmpty();
        assertThat(local.credentials()).isEmpty();
        assertThat(local.vmxSpec()).isEmpty();
        assertThat(local.port()).isEmpty();
        assertThat(local.nfcPort()).isEmpty();
        assertThat(local.thumbprint()).isEmpty();
        assertThat(local).hasToString("this host");
        assertThat(local.readOnly()).hasToString("this host, read-only");
        List<UnaryOperator<ConnectionSpec>> additions = List.of(
                spec -> spec.vm("vm-42"),
                spec -> spec.vm("vm-42", "snapshot-47"),
                spec -> spec.vmxSpec("web.vmx?dcPath=DC"),
                spec -> spec.vmxSpec("web.vmx?dcPath=DC", "snapshot-47"),
                spec -> spec.firstClassDisk("6f0b", "datastore-11"),
                spec -> spec.firstClassDisk("6f0b", "datastore-11", "8c1d"),
                spec -> spec.datastore("datastore-11", "web"),
                spec -> spec.port(443),
                spec -> spec.nfcPort(902),
                spec -> spec.thumbprint(SHA_1),
                spec -> spec.transportModes(TransportMode.FILE));
        for (UnaryOperator<ConnectionSpec> addition : additions) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> addition.apply(local))
                    .withMessageStartingWith("a connection to this host has no ")
                    .withMessageContaining("ConnectionSpec.server");
        }
    }

    @Test
    void aServerHasAllThatWasGiven() {
        ConnectionSpec spec = server.port(444)
                .nfcPort(903)
                .vm("vm-42", "snapshot-47")
                .thumbprint(SHA_1)
                .transportModes(TransportMode.SAN, TransportMode.of("nbdssl"))
                .readOnly();
        assertThat(spec.isLocal()).isFalse();
        assertThat(spec.server()).contains("vcenter.example.com");
        assertThat(spec.credentials()).containsSame(credentials);
        assertThat(spec.vmxSpec()).contains("moref=vm-42");
        assertThat(spec.snapshot()).contains("snapshot-47");
        assertThat(spec.firstClassDisk()).isEmpty();
        assertThat(spec.datastore()).isEmpty();
        assertThat(spec.folder()).isEmpty();
        assertThat(spec.port()).hasValue(444);
        assertThat(spec.nfcPort()).hasValue(903);
        assertThat(spec.thumbprint()).contains(SHA_1);
        assertThat(spec.transportModes()).containsExactly(TransportMode.SAN, TransportMode.NBDSSL);
        assertThat(spec.isReadOnly()).isTrue();
        assertThat(spec)
                .hasToString("moref=vm-42 at snapshot-47 on vcenter.example.com, port 444, NFC port 903, thumbprint "
                        + SHA_1 + ", as the user backup, by [san, nbdssl], read-only");
        assertThat(server).hasToString("vcenter.example.com, as the user backup");
        assertThat(server.transportModes()).isEmpty();
    }

    @Test
    void whatIsDescribedLastCounts() {
        ConnectionSpec disk = server.vm("vm-42", "snapshot-47").firstClassDisk("6f0b", "datastore-11");
        assertThat(disk.vmxSpec()).isEmpty();
        assertThat(disk.snapshot()).isEmpty();
        assertThat(disk.firstClassDisk()).contains("6f0b");
        assertThat(disk.datastore()).contains("datastore-11");
        assertThat(disk)
                .hasToString("the first-class disk 6f0b in datastore-11 on vcenter.example.com, as the user backup");
        ConnectionSpec ofSnapshot = disk.firstClassDisk("6f0b", "moref=datastore-11", "8c1d");
        assertThat(ofSnapshot.snapshot()).contains("8c1d");
        ConnectionSpec folder = ofSnapshot.datastore("datastore-12", "[ds1] web servers");
        assertThat(folder.firstClassDisk()).isEmpty();
        assertThat(folder.snapshot()).isEmpty();
        assertThat(folder.datastore()).contains("datastore-12");
        assertThat(folder.folder()).contains("[ds1] web servers");
        assertThat(folder.vm("vm-42").datastore()).isEmpty();
        assertThat(folder.vm("vm-42").folder()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "vm-42, moref=vm-42",
        "moref=vm-42, moref=vm-42",
        "MoRef=vm-42, moref=vm-42",
        "42, moref=42",
        "ha-vm_1, moref=ha-vm_1"
    })
    void aMachineIsNamedByItsReference(String given, String spec) {
        assertThat(server.vm(given).vmxSpec()).contains(spec);
        assertThat(server.vmxSpec(given.contains("=") ? given : "moref=" + given)
                        .vmxSpec())
                .contains(spec);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "moref=",
                "moref=moref=vm-42",
                "moid=42",
                "vm 42",
                "vm-42\0",
                "vm-42\n",
                "\ud83d",
                "snapshot-47",
                "datastore-11"
            })
    void whatIsNoReferenceOfAMachineIsRefused(String moref) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> server.vm(moref))
                .withMessageStartingWith("the reference of the virtual machine ");
        assertThatIllegalArgumentException().isThrownBy(() -> server.vm(moref, "snapshot-47"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "moref=", "vm-42", "datastore-11", "snapshot-47 ", "snapshot-47\0"})
    void whatIsNoReferenceOfASnapshotIsRefused(String moref) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> server.vm("vm-42", moref))
                .withMessageStartingWith("the reference of the snapshot ");
        assertThatIllegalArgumentException().isThrownBy(() -> server.vmxSpec("a.vmx?dsName=b", moref));
    }

    @Test
    void anOlderSpecificationIsPassedOn() {
        String text = "[ds 1] web/web.vmx?dcPath=DC&dsName=ds 1";
        assertThat(server.vmxSpec(text).vmxSpec()).contains(text);
        assertThat(server.vmxSpec(text, "snapshot-47").snapshot()).contains("snapshot-47");
        assertThat(server.vmxSpec("[ds1] web/web.VMX").vmxSpec()).contains("[ds1] web/web.VMX");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> server.vmxSpec("vm-42"))
                .withMessageContaining("for a reference take vm(String)");
        assertThatIllegalArgumentException().isThrownBy(() -> server.vmxSpec("moref=moref=vm-42"));
        assertThatIllegalArgumentException().isThrownBy(() -> server.vmxSpec("a=b\0c"));
        assertThatIllegalArgumentException().isThrownBy(() -> server.vmxSpec(""));
    }

    @Test
    void idsAndReferencesInTheWrongOrderAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> server.firstClassDisk("datastore-11", "6f0b"))
                .withMessage("the id of the first-class disk looks like a UUID, and not like \"datastore-11\"");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> server.firstClassDisk("6f0b", "vm-42"))
                .withMessageContaining("reference of the datastore looks like datastore-11");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> server.firstClassDisk("6f0b", "datastore-11", "snapshot-47"))
                .withMessageContaining("the id of the disk's snapshot");
        assertThatIllegalArgumentException().isThrownBy(() -> server.firstClassDisk("", "datastore-11"));
        assertThatIllegalArgumentException().isThrownBy(() -> server.firstClassDisk("6f0b", "datastore-11", ""));
        assertThatIllegalArgumentException().isThrownBy(() -> server.datastore("datastore-11", ""));
        assertThatIllegalArgumentException().isThrownBy(() -> server.datastore("", "web"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"vcenter.example.com", "10.0.0.1", "fe80::1", "[fe80::1]", "vcenter"})
    void namesAndAddressesAreServers(String name) {
        assertThat(ConnectionSpec.server(name, credentials).server()).contains(name);
    }

    @ParameterizedTest
    @CsvSource({
        "'', is empty",
        "' ', contains a blank",
        "a b, contains a blank",
        "https://a, no scheme",
        "a/sdk, no path",
        "a\\b, no path",
        "a:443, port(int)",
        "[fe80::1]:443, port(int)"
    })
    void whatIsNoServerIsRefusedWithWhatToDo(String name, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ConnectionSpec.server(name, credentials))
                .withMessageContaining(message);
        assertThatIllegalArgumentException().isThrownBy(() -> ConnectionSpec.server("a\0" + name, credentials));
    }

    @Test
    void whatMayBeAPasswordInTheServersNameIsNotRepeated() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ConnectionSpec.server("root:secret@esxi.example.com", credentials))
                .withMessageContaining("credentials")
                .withMessageNotContaining("secret");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 65_536, Integer.MIN_VALUE})
    void whatIsNoPortIsRefused(int port) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> server.port(port))
                .withMessage("a port is 1 to 65535, not " + port);
        assertThatIllegalArgumentException().isThrownBy(() -> server.nfcPort(port));
    }

    @ParameterizedTest
    @ValueSource(ints = {20, 32})
    void aThumbprintIsWrittenInOneWay(int bytes) {
        String normal = "0A:" + "b1:".repeat(bytes - 2).toUpperCase(Locale.ROOT) + "FF";
        for (String given :
                List.of(normal, normal.toLowerCase(Locale.ROOT), normal.replace(":", ""), " " + normal + "\n")) {
            assertThat(server.thumbprint(given).thumbprint()).contains(normal);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "5A",
                "SHA1 Fingerprint=5A:7B:00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11",
                "5A:7B:00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10",
                "5A:7B:00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:1G",
                "5A7B:00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11",
                "5A:7B:00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:",
                "5A-7B-00-01-02-03-04-05-06-07-08-09-0A-0B-0C-0D-0E-0F-10-11"
            })
    void whatIsNoThumbprintIsRefused(String thumbprint) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> server.thumbprint(thumbprint))
                .withMessageContaining("20 bytes (SHA-1) or 32 bytes (SHA-256)")
                .withMessageContaining("\"" + thumbprint + "\"");
    }

    @Test
    void transportModesAreSomeAndDifferent() {
        assertThatIllegalArgumentException().isThrownBy(() -> server.transportModes(new TransportMode[0]));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> server.transportModes(TransportMode.NBD, TransportMode.of("NBD")));
    }

    @Test
    void aTransportModeIsItsName() {
        assertThat(TransportMode.of("NbdSSL")).isEqualTo(TransportMode.NBDSSL).hasSameHashCodeAs(TransportMode.NBDSSL);
        assertThat(TransportMode.of("nvme")).isNotEqualTo(TransportMode.NBD).hasToString("nvme");
        assertThat(TransportMode.of("nvme").name()).isEqualTo("nvme");
        assertThat(TransportMode.NBD.equals(new Object())).isFalse();
        for (String name : new String[] {"", "san:nbd", "n b d", "nbd\0", "nbd\n", "nb\ud800"}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> TransportMode.of(name))
                    .withMessageContaining("one word");
        }
    }

    @Test
    void retriesAreAtLeastOneAttempt() {
        assertThat(RetryPolicy.DEFAULT).isEqualTo(new RetryPolicy(10, Duration.ofSeconds(60)));
        assertThat(RetryPolicy.NONE.attempts()).isOne();
        assertThatIllegalArgumentException().isThrownBy(() -> new RetryPolicy(0, Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> new RetryPolicy(1, Duration.ofNanos(-1)));
    }
}
