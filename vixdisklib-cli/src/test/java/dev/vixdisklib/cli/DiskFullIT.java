/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vixdisklib.cli.Images.Contents;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A file system that fills up. */
class DiskFullIT {

    @TempDir
    Path directory;

    @BeforeEach
    void requireMounts() throws Exception {
        Tools.requireMounts();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a.raw b.raw", "a.raw b.vmdk", "--type flat a.raw b.vmdk", "a.vmdk b.raw", "- b.raw", "- b.vmdk"
            })
    void endsACopyWithoutAnythingLeft(String args) throws Exception {
        Path raw = Images.raw(directory.resolve("a.raw"), 8 << 20, Contents.FULL, 1);
        Cli.run("copy", raw, directory.resolve("a.vmdk")).succeeded();

        Outcome outcome = onSmallFileSystem("\"$VIXDISK\" copy " + args.replace(" b.", " small/b.") + " < a.raw");

        outcome.failed(args.equals("- b.vmdk") ? ".b.vmdk" : "small/b.");
        assertThat(outcome.err().toLowerCase(java.util.Locale.ROOT)).contains("space");
    }

    @Test
    void endsADemoBeforeItBegins() throws Exception {
        onSmallFileSystem("\"$VIXDISK\" demo --keep small/disks").failed("small/disks has room for", "--data");
    }

    /** Fails with status 3 if something is left. */
    private Outcome onSmallFileSystem(String script) throws Exception {
        return Command.of(
                        "unshare",
                        "-m",
                        "sh",
                        "-c",
                        "mkdir small && mount -t tmpfs -o size=4m none small || exit 4\n"
                                + script
                                + "\nstatus=$?; [ -z \"$(ls -A small)\" ] || { ls -A small >&2; exit 3; }; exit $status")
                .environment("VIXDISK", Checkout.VIXDISK)
                .in(directory)
                .run();
    }
}
