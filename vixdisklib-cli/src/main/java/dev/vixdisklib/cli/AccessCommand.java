/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.RetryPolicy;
import dev.vixdisklib.VixDiskLib;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What {@code vixdisk prepare} and {@code vixdisk end-access} have in common. */
abstract class AccessCommand extends ServerCommand {

    private static final int LONGEST_IDENTITY = 50;

    @Option(
            names = "--identity",
            paramLabel = "NAME",
            defaultValue = "vixdisk",
            description = "Who accesses the disks; the same for both commands. Default: ${DEFAULT-VALUE}.")
    private String identity = "";

    @Option(
            names = "--attempts",
            paramLabel = "N",
            description =
                    "How often to try, while the machine is on its way to another place. Default: ${DEFAULT-VALUE}.")
    private int attempts;

    @Option(
            names = "--delay",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "How long to wait between two attempts. Default: ${DEFAULT-VALUE}.")
    private long delay;

    private AccessCommand(Console console, int attempts) {
        super(console, true);
        this.attempts = attempts;
    }

    @Override
    void check() {
        if (attempts < 1) {
            throw wrongUsage("--attempts is at least 1, not " + attempts);
        }
        if (delay < 0 || delay > Duration.ofDays(1).toSeconds()) {
            throw wrongUsage("--delay is 0 to 86400 seconds, not " + delay);
        }
        if (identity.isEmpty() || identity.getBytes(StandardCharsets.UTF_8).length > LONGEST_IDENTITY) {
            throw wrongUsage("--identity is 1 to " + LONGEST_IDENTITY + " bytes long");
        }
    }

    @Override
    final void run() throws IOException {
        try (VixDiskLib lib = library().open()) {
            run(lib, identity, new RetryPolicy(attempts, Duration.ofSeconds(delay)));
        }
    }

    abstract void run(VixDiskLib lib, String identity, RetryPolicy policy) throws IOException;

    /** {@code vixdisk prepare}. */
    @Command(
            name = "prepare",
            description = {
                "Keeps a virtual machine where it is, for a backup.",
                "It has the vCenter Server allow no moves. Use it before a snapshot is made. The machine stays where it is until 'vixdisk end-access' with the same"
                        + " options, after the snapshot was deleted."
            })
    static final class Prepare extends AccessCommand {
        Prepare(Console console) {
            super(console, RetryPolicy.DEFAULT.attempts());
        }

        @Override
        void run(VixDiskLib lib, String identity, RetryPolicy policy) throws IOException {
            lib.prepareForAccess(spec(), identity, policy).leave();
        }
    }

    /** {@code vixdisk end-access}. */
    @Command(
            name = "end-access",
            description = {
                "Lets a virtual machine move again after 'vixdisk prepare'.",
                "Also after a program that has crashed, if it is given the same identity."
            })
    static final class End extends AccessCommand {
        End(Console console) {
            super(console, RetryPolicy.NONE.attempts());
        }

        @Override
        void run(VixDiskLib lib, String identity, RetryPolicy policy) throws IOException {
            lib.endAccess(spec(), identity, policy);
        }
    }
}
