/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import dev.vixdisklib.Connection;
import dev.vixdisklib.Disk;
import dev.vixdisklib.OpenFlag;
import dev.vixdisklib.VixDiskLib;
import dev.vixdisklib.shim.FakeVddk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/**
 * A virtual thread is in callbacks of the log, where it keeps its carrier, while another one takes secrets up and gives them
 * back. There is one carrier, and lines are searched for secrets all the time.
 */
public final class LogsOfVirtualThreads {

    private static final int ROUNDS = 30;

    private LogsOfVirtualThreads() {}

    /**
     * Ends if the virtual threads do.
     *
     * @param arguments two disks
     */
    public static void main(String[] arguments) throws Exception {
        System.setProperty("jdk.virtualThreadScheduler.parallelism", "1");
        System.setProperty("jdk.virtualThreadScheduler.maxPoolSize", "1");
        try (VixDiskLib lib = VixDiskLib.open(FakeVddk.directory());
                Connection host = lib.connectLocal();
                Disk one = host.openDisk(Path.of(arguments[0]), OpenFlag.READ_ONLY);
                Disk other = host.openDisk(Path.of(arguments[1]), OpenFlag.READ_ONLY)) {
            Arena arena = Arena.global();
            Redaction.of(arena, arena.allocateFrom("not in it"));
            String line = "x".repeat(100_000);
            for (int i = 0; i < 2; i++) {
                Thread.ofPlatform().daemon().start(() -> {
                    while (true) {
                        Redaction.redacted(line);
                    }
                });
            }
            Thread secrets = Thread.ofVirtual().start(() -> {
                for (int i = 0; i < ROUNDS; i++) {
                    Redaction.of(arena, arena.allocateFrom("secret")).close();
                }
            });
            Thread logs = Thread.ofVirtual().start(() -> {
                try {
                    while (secrets.isAlive()) {
                        one.attachProblem(other);
                        LockSupport.parkNanos(1);
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            secrets.join();
            logs.join();
            System.out.println("ended");
        }
    }
}
