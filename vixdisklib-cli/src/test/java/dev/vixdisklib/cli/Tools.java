/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Programs that some tests need. */
final class Tools {

    private Tools() {}

    static boolean has(String program) {
        return Arrays.stream(System.getenv("PATH").split(":", -1))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
    }

    /** Skips the test if there is no such program. */
    static void require(String program, String from) {
        assumeTrue(has(program), program + " not found: install " + from);
    }

    /** Skips the test if this user cannot mount file systems in a name space of its own. */
    static void requireMounts() throws Exception {
        require("unshare", "util-linux");
        Outcome tried = Command.of("unshare", "-m", "mount", "-t", "tmpfs", "none", "/mnt")
                .run();
        assumeTrue(
                tried.status() == 0,
                "this user cannot mount a small file system: " + tried.err().strip());
    }
}
