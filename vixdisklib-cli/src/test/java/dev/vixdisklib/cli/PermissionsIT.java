/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vixdisklib.cli.Images.Contents;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What root may do and others may not, for test runs as root; for others see {@link CopyRefusesTest}. */
class PermissionsIT {

    private static final String NOBODY = "setpriv --reuid=65534 --regid=65534 --clear-groups ";

    @TempDir
    Path directory;

    @BeforeEach
    void requireRoot() throws Exception {
        Tools.require("setpriv", "util-linux");
        Outcome tried = Command.script(NOBODY + "\"$VIXDISK\" --version").run();
        assumeTrue(
                tried.status() == 0,
                "cannot run this build as another user: " + tried.err().strip());
    }

    @Test
    void whatCannotBeReadOrWrittenIsNamed() throws Exception {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path raw = Images.raw(directory.resolve("a.raw"), 512, Contents.FULL, 1);
        Path disk = directory.resolve("a.vmdk");
        Cli.run("copy", raw, disk).succeeded();
        Files.createDirectory(
                directory.resolve("open"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        Files.setPosixFilePermissions(directory.resolve("open"), PosixFilePermissions.fromString("rwxrwxrwx"));
        List<String> before = Images.listing(directory);

        nobody("copy a.raw b.raw").failed(directory + ": permission denied");
        nobody("copy a.raw b.vmdk").failed(directory + ": permission denied");
        Files.setPosixFilePermissions(raw, PosixFilePermissions.fromString("rw-------"));
        Files.setPosixFilePermissions(disk, PosixFilePermissions.fromString("rw-------"));
        nobody("copy a.raw open/b.vmdk").failed("a.raw: permission denied");
        nobody("copy a.vmdk open/b.raw").failed("a.vmdk", "access rights");
        nobody("info a.vmdk").failed("a.vmdk", "access rights");

        assertThat(Images.listing(directory)).isEqualTo(before);
    }

    private Outcome nobody(String args) throws Exception {
        return Command.script(NOBODY + "\"$VIXDISK\" " + args).in(directory).run();
    }
}
