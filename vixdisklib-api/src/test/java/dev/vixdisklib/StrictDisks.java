/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vixdisklib.shim.FaultPlan;
import dev.vixdisklib.shim.Strictness;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** For tests with disks of this host during which no rule of the library may be broken. */
abstract class StrictDisks extends TestDisks {

    static final long CAPACITY = 20 * 128;

    StrictDisks() throws IOException {}

    @BeforeEach
    final void beStrict() {
        fake.forgetBrokenRules();
        fake.setStrictness(Strictness.RECORD);
    }

    @AfterEach
    final void noRuleIsBroken() throws IOException {
        fake.setFaultPlan(FaultPlan.NONE);
        fake.releaseHangs();
        closeLibrary();
        fake.setStrictness(Strictness.OFF);
        assertThat(fake.brokenRules()).isEmpty();
    }

    /** Makes a disk with random data in its grains 0, 2 and 19; the second one ends with zeros. */
    final Path filled(String name, DiskType type) throws IOException {
        Path path = disk(name, type, CAPACITY);
        for (long grain : new long[] {0, 2, 19}) {
            fill(path, grain, 1);
        }
        return path;
    }

    /** Writes random data into grains. */
    final void fill(Path path, long firstGrain, long grains) throws IOException {
        try (Disk disk = host.openDisk(path);
                Arena arena = Arena.ofConfined()) {
            MemorySegment data = randomSectors(arena, 128 * grains, new Random(path.hashCode() + firstGrain));
            disk.write(128 * firstGrain, data);
        }
    }

    /** All that is in a disk, its parents included. */
    final byte[] content(Path path) throws IOException {
        try (Disk disk = host.openDisk(path, OpenFlag.READ_ONLY)) {
            return read(disk, 0, disk.capacity());
        }
    }
}
