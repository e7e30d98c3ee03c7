/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vixdisklib.cli.Images.Contents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands with disks on a server. */
class ServerTest {

    private static final long SEED = Long.getLong("vixdisklib.seed", new Random().nextLong());
    private static final String DISK = "[ds1] web.vmdk";
    private static final String OTHER = "[ds1] other.vmdk";

    @TempDir
    Path directory;

    private Path raw;
    private FakeServer server;

    @BeforeEach
    void makeServer(TestReporter reporter) throws Exception {
        reporter.publishEntry("vixdisklib.seed", Long.toString(SEED));
        raw = Images.raw(directory.resolve("a.raw"), 5_000_192, Contents.HOLES, SEED);
        server = new FakeServer(directory, "web.vmdk", "other.vmdk");
        Cli.run("copy", "--type", "vmfs-flat", raw, server.file("web.vmdk")).succeeded();
        Path full = Images.raw(directory.resolve("full.raw"), 5_000_192, Contents.FULL, SEED + 1);
        Cli.run("copy", "--type", "vmfs-flat", full, server.file("other.vmdk")).succeeded();
    }

    @AfterEach
    void noServer() throws IOException {
        server.close();
    }

    private void requireSame(Path one, Path other) throws IOException {
        assertThat(Files.mismatch(one, other)).isEqualTo(-1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"b.raw", "b.vmdk"})
    void aDiskOnTheServerIsCopiedToThisHost(String name) throws Exception {
        Path target = directory.resolve(name);
        assertThat(server.runAs("reader", "copy", "--verify", DISK, target).succeeded())
                .isEmpty();
        if (name.endsWith(".vmdk")) {
            Cli.run("copy", target, directory.resolve("b.raw")).succeeded();
        }
        requireSame(directory.resolve("b.raw"), raw);
    }

    @Test
    void aDiskOnTheServerIsOverwrittenInPlace() throws Exception {
        long inode = (long) Files.getAttribute(server.file("other-flat.vmdk"), "unix:ino");
        server.run("copy", raw, OTHER).failed("is on a server", "--force");
        assertThat(server.run("copy", "--force", "--verify", raw, OTHER).succeeded())
                .isEmpty();
        requireSame(server.file("other-flat.vmdk"), raw);
        assertThat(Files.getAttribute(server.file("other-flat.vmdk"), "unix:ino"))
                .isEqualTo(inode);
    }

    @Test
    void oneDiskOnTheServerIsCopiedToAnother() throws Exception {
        assertThat(server.run("copy", "--force", DISK, OTHER).succeeded()).isEmpty();
        requireSame(server.file("other-flat.vmdk"), raw);
        assertThat(server.run("compare", DISK, OTHER).succeeded()).isEqualTo("The same: 4.8 MiB.\n");
    }

    @Test
    void aTargetOnTheServerThatDoesNotFitIsLeftAlone() throws Exception {
        byte[] before = Files.readAllBytes(server.file("other-flat.vmdk"));
        Path small = Images.raw(directory.resolve("small.raw"), 1 << 20, Contents.FULL, SEED);
        server.run("copy", "--force", small, OTHER)
                .failed(OTHER + " has 9766 sectors, and the source has 2048", "of the same size");
        server.run("copy", "--force", raw, "[ds1] new.vmdk").failed("[ds1] new.vmdk");
        server.run("copy", "--force", "--type", "flat", raw, OTHER).refused("--type", "only the server makes disks");
        server.run("copy", "--force", OTHER, OTHER).refused("same disk");
        server.runAs("reader", "copy", "--force", raw, OTHER).failed("VIX_E_HOST_USER_PERMISSIONS");
        server.run("copy", raw, directory.resolve("b.raw")).refused("no disk on it");
        assertThat(server.file("other-flat.vmdk")).hasBinaryContent(before);
    }

    @Test
    void theOtherCommandsReadThereToo() throws Exception {
        Path local = directory.resolve("b.vmdk");
        Cli.run("copy", raw, local).succeeded();
        String sum = Cli.run("checksum", local).succeeded().split(" ", 2)[0];
        assertThat(server.run("checksum", DISK).succeeded()).isEqualTo(sum + "  " + DISK + "\n");
        assertThat(server.run("checksum", "server:" + DISK).succeeded()).isEqualTo(sum + "  server:" + DISK + "\n");
        assertThat(server.run("compare", DISK, local).succeeded()).startsWith("The same");
        assertThat(server.run("dump", DISK, "--count", "9766").succeeded())
                .isEqualTo(Cli.run("dump", local, "--count", "9766").succeeded());
        assertThat(server.run("map", DISK).succeeded()).contains("capacity   4.8 MiB");
        assertThat(server.run("info", DISK).succeeded()).contains("transport      nbdssl");
        assertThat(server.run("meta", "get", DISK, "adapterType").succeeded()).isEqualTo("lsilogic\n");
        for (String command : List.of("map", "dump", "space", "checksum", "info")) {
            server.run(command, local).refused("no disk on it");
        }
    }
}
