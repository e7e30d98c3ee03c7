/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import dev.vixdisklib.cli.Images.Contents;
import dev.vixdisklib.shim.FakeSession;
import dev.vixdisklib.shim.Fault;
import dev.vixdisklib.shim.Inventory;
import dev.vixdisklib.shim.junit.FakeVddkTest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands for a server and what is on it. The session fails a test that leaves something open or prepared. */
@FakeVddkTest
class ServerChangeTest {

    private static final String DISK = "[ds1] web/web.vmdk";
    private static final String OFF = "[ds1] off/off.vmdk";

    @TempDir
    Path directory;

    private Path password;
    private Path raw;

    @BeforeEach
    void makeServer(FakeSession fake) throws Exception {
        fake.setInventory(Inventory.builder()
                .vcenter("vcenter.example.com")
                .esxi("esxi.example.com")
                .user("backup", "secret")
                .datastore("ds1", "datastore-11")
                .vm("vm-42", DISK)
                .vm("vm-43", OFF)
                .firstClassDisk("6f1b2ca0", "datastore-11", "web/web.vmdk")
                .build());
        raw = Images.raw(directory.resolve("a.raw"), 1 << 20, Contents.HOLES, 5);
        fake.createDisk(DISK, Files.readAllBytes(raw));
        fake.createDisk(OFF, new byte[1 << 20]);
        password = Files.writeString(directory.resolve("password"), "secret\n");
    }

    private Outcome run(String server, List<Object> options, Object... args) {
        List<Object> all = new ArrayList<>(Arrays.asList(args));
        all.addAll(List.of("--server", server, "--user", "backup", "--password-file", password));
        all.addAll(options);
        return Cli.run(all.toArray());
    }

    private Outcome run(Object... args) {
        return run("vcenter.example.com", List.of("--vm", "vm-42"), args);
    }

    // ------------------------------------------------------------------------------------------------- access

    private static List<String> calls(FakeSession fake, String function) {
        return fake.control().journal().stream()
                .filter(call -> call.function().equals(function))
                .map(call -> "" + call.result())
                .toList();
    }

    @Test
    void aMachineStaysPreparedUntilItsAccessIsEnded(FakeSession fake) {
        assertThat(run("prepare", "--identity", "nightly").succeeded()).isEmpty();
        assertThat(calls(fake, "PrepareForAccess")).hasSize(1);
        assertThat(calls(fake, "EndAccess")).isEmpty();
        // Prepared by this process, which runs: nothing to clean up, and nothing that is gone.
        Outcome cleanup = run("vcenter.example.com", List.of(), "cleanup", "--json");
        assertThat(cleanup.status()).isEqualTo(1);
        assertThat(JsonParser.parseString(cleanup.out())
                        .getAsJsonObject()
                        .get("remaining")
                        .getAsInt())
                .isOne();
        assertThat(cleanup.err()).contains("remaining: 1");

        assertThat(run("end-access", "--identity", "nightly").succeeded()).isEmpty();

        assertThat(calls(fake, "EndAccess")).hasSize(1);
        assertThat(run("vcenter.example.com", List.of(), "cleanup").succeeded())
                .isEqualTo("cleaned up  0 machines\nremaining   0 machines\n");
    }

    @Test
    void aMachineOnItsWayIsTriedAgain(FakeSession fake) {
        fake.setFaults(Fault.on("PrepareForAccess").times(2).returns("VIX_E_FAIL"));
        run("prepare", "--attempts", "2", "--delay", "0").failed("PrepareForAccess of moref=vm-42", "VIX_E_FAIL");
        fake.setFaults(Fault.on("PrepareForAccess").times(2).returns("VIX_E_FAIL"));
        assertThat(run("prepare", "--attempts", "3", "--delay", "0").status()).isZero();
        run("end-access").succeeded();
        assertThat(calls(fake, "PrepareForAccess")).hasSize(5);
    }

    @Test
    void onlyVcenterPrepares() {
        for (String command : List.of("prepare", "end-access")) {
            run("esxi.example.com", List.of("--vm", "vm-42"), command, "--attempts", "1")
                    .failed("VIX_E_NOT_SUPPORTED", "leave this out for an ESXi host");
        }
    }

    @Test
    void whatIsMissingOrWrongIsToldBeforeAPasswordIsRead() {
        for (String command : List.of("prepare", "end-access", "cleanup")) {
            Cli.run(command).refused("a --server is needed", "see 'vixdisk " + command + " --help'");
            Cli.run(command, "--server", "x").refused("--user");
        }
        password = directory.resolve("missing");
        run("vcenter.example.com", List.of(), "prepare").refused("--vm");
        run("vcenter.example.com", List.of("--folder", "f", "--datastore", "d"), "prepare")
                .refused("not for a --folder");
        run("prepare", "--attempts", "0").refused("--attempts is at least 1");
        run("prepare", "--delay", "-1").refused("--delay is 0 to 86400");
        run("prepare", "--identity", "x".repeat(51)).refused("--identity is 1 to 50 bytes");
        run("prepare", "--identity", "").refused("--identity");
        run("vcenter.example.com", List.of("--vm", "a", "--folder", "b"), "cleanup")
                .refused("one of --vm");
        run("prepare").failed("missing: no such file");
    }

    // ------------------------------------------------------------------------------------------------- disks

    @Test
    void aDiskOfTheServerIsClonedHereAndBack(FakeSession fake) throws Exception {
        Qemu.require();
        Path here = directory.resolve("b.vmdk");
        assertThat(run("clone", DISK, here, "--type", "flat").succeeded()).isEmpty();
        Qemu.requireSame(here, "vmdk", raw, "raw");

        List<Object> machine = List.of("--vm", "vm-43");
        run("vcenter.example.com", machine, "clone", here, OFF).refused("replaces the disk that is there; --force");
        run("vcenter.example.com", machine, "clone", here, OFF, "--force", "--type", "sparse")
                .refused("vmfs-flat or vmfs-thin, not sparse");
        assertThat(run("vcenter.example.com", machine, "clone", here, OFF, "--force", "--type", "vmfs-thin")
                        .succeeded())
                .isEmpty();
        Qemu.requireSame(fake.file(OFF), "vmdk", raw, "raw");
        run("vcenter.example.com", machine, "clone", OFF, OFF, "--force").refused("the same disk");
    }

    @Test
    void aFirstClassDiskIsClonedHere() throws Exception {
        Qemu.require();
        Path here = directory.resolve("b.vmdk");
        List<Object> disk = List.of("--fcd", "6f1b2ca0", "--datastore", "datastore-11");
        run("vcenter.example.com", disk, "clone", "server:", here).succeeded();
        Qemu.requireSame(here, "vmdk", raw, "raw");
    }

    @Test
    void aNameThatFitsToNoDiskOfTheServerIsWrongUsage() {
        for (String command : List.of("info", "modes", "map")) {
            run(command, "server:").refused("'server:' needs the name of a disk after it, unless there is an --fcd");
        }
        run("copy", "--force", raw, "server:").refused("'server:' needs the name");
        run("copy", "--force", DISK, "server:" + DISK).refused("the same disk");
        List<Object> disk = List.of("--fcd", "6f1b2ca0", "--datastore", "datastore-11");
        run("vcenter.example.com", disk, "info", DISK).refused("it is named 'server:', not '" + DISK + "'");
        run("vcenter.example.com", disk, "clone", raw, "server:", "--force").refused("'vixdisk copy' overwrites that");
    }

    @Test
    void standardInputIsNotBothTheDiskAndThePassword() {
        Cli.run(
                        "copy",
                        "--force",
                        "-",
                        DISK,
                        "--server",
                        "vcenter.example.com",
                        "--user",
                        "backup",
                        "--password-fd",
                        "0",
                        "--vm",
                        "vm-42")
                .refused("standard input cannot be both the source and the password");
    }

    @Test
    void aPasswordThatCannotBeReadIsToldWithTheNameOfItsFile() {
        password = directory;
        run("info", DISK).failed(directory + ": Is a directory");
    }

    @Test
    void aChildIsAttachedToADiskOfTheServer(FakeSession fake) throws Exception {
        Path base = directory.resolve("base.vmdk");
        Path child = directory.resolve("child.vmdk");
        Cli.run("create", base, "--size", "1M").succeeded();
        Cli.run("child", base, child).succeeded();
        run("attach", child, DISK).succeeded();
        assertThat(Cli.run("info", child).succeeded()).contains("web.vmdk", "links          2");
        run("attach", DISK, child).refused("--server is given, and no disk on it");
        run("attach", DISK, OFF).refused("only disks of this host get other parents");
        assertThat(fake.file(DISK)).exists();
    }

    @Test
    void theModeOfADiskIsTold() {
        assertThat(run("modes", DISK).succeeded()).contains("modes  file:", "used   nbdssl\n");
        assertThat(run("modes", DISK, "--transport", "nbd").succeeded()).contains("used   nbd\n");
        run("modes").refused("no disk on it");
    }

    @ParameterizedTest
    @ValueSource(strings = {"create", "child", "grow", "shrink", "defrag", "check", "rename", "rm"})
    void whatIsForThisHostTakesNoServer(String command) {
        assertThat(Cli.run(command, "--help").succeeded()).doesNotContain("--server");
    }
}
