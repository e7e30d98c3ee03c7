/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.benchmarks;

import dev.vixdisklib.DiskType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Copies of whole disks to raw files by {@code vixdisk}, beside {@code qemu-img} and beside each other. */
final class Copies implements Section {

    private static final String TOOL = "vixdisk --no-sync";
    private static final String QEMU = "qemu-img";
    private static final String ANY_ORDER = "qemu-img -W";
    private static final String PLAIN = "plain";

    /** Of full disks, in MiB. */
    private static final long FULL = 4096;

    private static final long GIBIBYTE = 1024;
    private static final long TEBIBYTE = 1024 * GIBIBYTE;

    /** Of the disk that is next to empty, in MiB. */
    private static final long NEXT_TO_EMPTY = 1945 * GIBIBYTE;

    private static final long DATA = 1 << 20;

    private static final Goal FASTER = Goal.atLeast(1, 2);
    private static final Goal TEN_TIMES = Goal.atLeast(10, 0);
    private static final Goal OF_PLAIN = Goal.atMost(1.15, 2);

    private final Laboratory laboratory;
    private final Effort.WholeEffort effort;
    private final boolean hasQemu = WholeProcess.isThere(QEMU);

    Copies(Laboratory laboratory, Effort.WholeEffort effort) {
        this.laboratory = laboratory;
        this.effort = effort;
    }

    @Override
    public String name() {
        return "copies";
    }

    @Override
    public String measure() throws IOException {
        Table table =
                new Table("disk", "vixdisk, s", "beside", "beside it, s", "times as fast", "by the median", "goal");
        full(table, DiskType.MONOLITHIC_FLAT, "flat");
        full(table, DiskType.MONOLITHIC_SPARSE, "sparse");
        nextToEmpty(table);
        scattered(table);
        return table.toString();
    }

    private Path target() {
        return laboratory.folder().resolve("target.raw");
    }

    private static List<String> qemu(Path from, Path to, String... options) {
        return List.of(
                "sh",
                "-c",
                "exec qemu-img convert " + String.join(" ", options) + " -O raw \"$0\" \"$1\"",
                from.toString(),
                to.toString());
    }

    private void full(Table table, DiskType type, String word) throws IOException {
        long bytes = effort.mebibytes(FULL);
        Path disk = laboratory.fullDisk("full.vmdk", type, bytes);
        Race race = new Race(target(), bytes).with(TOOL, to -> laboratory.copy(disk, to));
        if (hasQemu) {
            race.with(QEMU, to -> qemu(disk, to)).with(ANY_ORDER, to -> qemu(disk, to, "-W"));
        }
        race.run(effort.runs());
        String what = Numbers.size(bytes) + ", full, " + word;
        compare(table, what, race, QEMU, FASTER);
        compare(table, what, race, ANY_ORDER, FASTER);
        laboratory.delete(disk);
    }

    private void nextToEmpty(Table table) throws IOException {
        long bytes = effort.mebibytes(NEXT_TO_EMPTY);
        Path disk = laboratory.sparseDisk("empty.vmdk", bytes, DATA);
        Race race = new Race(target(), DATA).with(TOOL, to -> laboratory.copy(disk, to));
        race.run(effort.runs());
        if (hasQemu) {
            // Some ten seconds each: not in every round.
            race.with(QEMU, to -> qemu(disk, to)).run(1);
        }
        compare(table, Numbers.size(bytes) + " with 1 MiB of data, sparse", race, QEMU, TEN_TIMES);
        laboratory.delete(disk);
    }

    private void scattered(Table table) throws IOException {
        long content = effort.mebibytes(GIBIBYTE);
        long bytes = effort.mebibytes(TEBIBYTE);
        Path full = laboratory.fullDisk("full.vmdk", DiskType.MONOLITHIC_SPARSE, content);
        Path scattered = laboratory.sparseDisk("scattered.vmdk", bytes, content);
        // One file of that size is too little to have the rest of the memory leave the race alone.
        Race race = new Race(target(), 4 * content)
                .with(TOOL, to -> laboratory.copy(scattered, to))
                .with(PLAIN, to -> laboratory.copy(full, to))
                .run(effort.runs());
        double ratio = race.shortest(TOOL) / race.shortest(PLAIN);
        table.row(
                Numbers.size(bytes) + " with " + Numbers.size(content) + " of data in parts of 1 MiB, sparse",
                race.told(TOOL),
                "vixdisk with a full disk of " + Numbers.size(content),
                race.told(PLAIN),
                "1 / " + Numbers.decimal(ratio, 2),
                "1 / " + Numbers.decimal(race.median(TOOL) / race.median(PLAIN), 2),
                "its time " + OF_PLAIN.mark(ratio));
        laboratory.delete(full);
        laboratory.delete(scattered);
    }

    private void compare(Table table, String what, Race race, String other, Goal goal) {
        if (!hasQemu) {
            table.row(what, race.told(TOOL), other + ", which is not here", "", "", "", goal.toString());
            return;
        }
        double ratio = race.shortest(other) / race.shortest(TOOL);
        table.row(
                what,
                race.told(TOOL),
                other,
                race.told(other),
                Numbers.decimal(ratio, 2),
                Numbers.decimal(race.median(other) / race.median(TOOL), 2),
                goal.mark(ratio));
    }
}
