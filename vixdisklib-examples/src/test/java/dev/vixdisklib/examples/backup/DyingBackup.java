/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.examples.backup;

import dev.vixdisklib.Connection;
import dev.vixdisklib.Disk;
import dev.vixdisklib.OpenFlag;
import dev.vixdisklib.SectorSet;
import dev.vixdisklib.VixDiskLib;
import dev.vixdisklib.raw.VddkLibrary;
import dev.vixdisklib.shim.FakeControl;
import dev.vixdisklib.shim.FakeVddk;
import dev.vixdisklib.shim.Fault;
import dev.vixdisklib.shim.FaultPlan;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A program that makes a backup, and dies at once when it reads for the fifth time. */
final class DyingBackup {

    static final int STATUS = 97;

    private DyingBackup() {}

    /** Runs the program, and returns how it has ended. */
    static int run(Path vmdk, Path set, String state) throws Exception {
        String classPath = Stream.of(
                        VixDiskLib.class, VddkLibrary.class, FakeVddk.class, BackupSet.class, DyingBackup.class)
                .map(type ->
                        type.getProtectionDomain().getCodeSource().getLocation().getPath())
                .distinct()
                .collect(Collectors.joining(":"));
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-D" + FakeVddk.DIRECTORY_PROPERTY + "=" + FakeVddk.directory(),
                        "-cp",
                        classPath,
                        DyingBackup.class.getName(),
                        vmdk.toString(),
                        set.toString(),
                        state)
                .inheritIO()
                .start()
                .waitFor();
    }

    public static void main(String... args) throws Exception {
        try (VixDiskLib lib = VixDiskLib.open(FakeVddk.directory());
                Connection host = lib.connectLocal();
                Disk disk = host.openDisk(Path.of(args[0]), OpenFlag.READ_ONLY)) {
            FakeControl fake = FakeControl.of(FakeVddk.directory());
            fake.setFaultPlan(FaultPlan.of(Fault.on("Read").nth(5).hang()));
            Thread.ofPlatform().start(() -> {
                fake.awaitHangs(1);
                Runtime.getRuntime().halt(STATUS);
            });
            new BackupSet(Path.of(args[1]), Duration.ZERO).backup(disk, new InState(args[2]), progress -> {});
        }
    }

    /** Knows nothing of what has changed. */
    private record InState(String state) implements ChangeTracker {

        @Override
        public Optional<SectorSet> changedSince(String earlier) {
            return Optional.empty();
        }
    }
}
