/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** What is done with disks, and with files of disks. */
@SuppressWarnings({
    "NullAway", // null is one of the wrong things
    "ReturnValueIgnored", // what counts is how it ends
    "EnumOrdinal"
})
final class RandomDisks extends RandomOperation {

    private static final List<String> NAMES = List.of(
            TestServers.DISK,
            TestServers.DISK,
            TestServers.RUNNING_DISK,
            "[lun] web.vmdk",
            "[ds1] fcd/one.vmdk",
            "[none] x.vmdk",
            "web.vmdk",
            "",
            "a\0b",
            "../x",
            "\ud800",
            "x".repeat(10_000));

    /** How many kinds of operations there are. */
    static final int KINDS = 30;

    RandomDisks(UsedThings things, Random random) {
        super(things, random);
    }

    @Override
    void run(int kind) throws Exception {
        switch (kind) {
            case 0, 1, 2 -> replaceDisk(connection().openDisk(or(path()), flags()));
            case 3, 4 -> replaceDisk(connection().openDisk(or(name()), flags()));
            case 5 -> replaceDisk(connection().openDisk(flags()));
            case 6 -> connection().createDisk(or(temporary()), or(diskSpec()), or(listener()));
            case 7 -> connection().deleteDisk(or(temporary()));
            case 8 -> connection().cloneDisk(or(temporary()), or(cloneSpec()), or(listener()));
            case 9 -> connection().cloneDisk(or(name()), or(cloneSpec()), or(listener()));
            case 10 -> connection().growDisk(or(temporary()), newCapacity(), random.nextBoolean(), or(listener()));
            case 11 -> connection().checkDisk(or(path()));
            case 12 -> connection().repairDisk(or(temporary()));
            case 13 -> or(things.libs.any(random)).renameDisk(or(temporary()), or(temporary()));
            case 14 -> disk().createChild(or(temporary()), or(type()), or(listener()));
            case 15 -> attach();
            case 16 -> disk().attachProblem(or(disk()));
            case 17 -> disk().shrink(or(listener()));
            case 18 -> disk().defragment(or(listener()));
            case 19 -> disk().spaceNeededForClone(or(type()));
            case 20 -> disk().info();
            case 21 -> disk().flush();
            case 22 -> disk().metadata().put(or(text()), or(text()));
            case 23 -> useMap();
            case 24 -> disk().metadata().get(or(text()));
            case 25 -> things.blocks.put(disk().allocatedBlocks(number(300)), random);
            case 26, 27 -> useBlocks();
            case 28 -> disk().transportMode();
            default -> useSets();
        }
    }

    private void replaceDisk(Disk made) throws Exception {
        close(things.disks.put(made, random));
    }

    /** Any two disks, or two that fit. */
    private void attach() throws Exception {
        if (random.nextBoolean()) {
            disk().attachTo(or(disk()));
            return;
        }
        Connection connection = connection();
        Path path = temporary();
        Disk parent = connection.openDisk(things.local(random.nextInt(UsedThings.DISKS)), OpenFlag.READ_ONLY);
        replaceDisk(parent);
        parent.createChild(path, TestDisks.SPARSE);
        Disk child = connection.openDisk(path, OpenFlag.SINGLE_LINK);
        replaceDisk(child);
        child.attachTo(parent);
    }

    private void useMap() {
        var map = disk().metadata().asMap();
        switch (random.nextInt(8)) {
            case 0 -> map.put(or(text()), or(text()));
            case 1 -> map.remove(text());
            case 2 -> map.clear();
            case 3 -> map.get(random.nextInt(4) == 0 ? 42 : text());
            case 4 -> map.entrySet().forEach(entry -> entry.setValue(text()));
            case 5 -> map.forEach((key, value) -> map.size());
            case 6 -> map.toString();
            default -> map.containsKey(text());
        }
    }

    // Sets of sectors

    private void useBlocks() throws Exception {
        AllocatedBlocks blocks = things.blocks.any(random);
        switch (random.nextInt(7)) {
            case 0 -> blocks.within(or(set()));
            case 1 -> blocks.within(or(range())).toSet();
            case 2 -> things.blocks.put(blocks.cached(), random);
            case 3 -> blocks.isKnown();
            case 4 -> CopyPlan.incremental(or(blocks), or(set())).forEach(step -> step.range());
            case 5 -> CopyPlan.full(or(blocks)).sectors(or(oneOf(List.of(CopyPlan.Kind.values()))));
            default ->
                blocks.forEach(range -> {
                    if (random.nextInt(20) == 0) {
                        throw new Thrown();
                    }
                });
        }
    }

    private void useSets() {
        SectorSet some = set();
        switch (random.nextInt(6)) {
            case 0 -> some.union(or(set())).minus(or(set()));
            case 1 -> some.complement(number(100));
            case 2 -> some.alignOutward(number(16), number(3000));
            case 3 -> CopyPlan.full(number(3000), or(some));
            case 4 -> CopyPlan.incremental(number(3000), some, set());
            default -> {
                SectorSet.Builder builder = SectorSet.builder();
                for (int i = random.nextInt(30); i > 0; i--) {
                    addTo(builder);
                }
                builder.build();
            }
        }
    }

    private void addTo(SectorSet.Builder builder) {
        switch (random.nextInt(4)) {
            case 0 -> builder.add(number(5000), number(100));
            case 1 -> builder.addBytes(number(5_000_000), number(100_000));
            case 2 -> builder.add(or(new SectorRange(random.nextInt(5000), 1 + random.nextInt(100))));
            default -> builder.addAll(or(set()));
        }
    }

    // With what it is done

    /** Not one that the library takes and that makes split disks of a thousand files. */
    private long newCapacity() {
        long capacity = number(4000);
        return capacity > 4000 && capacity <= 1L << 40 ? 4000 : capacity;
    }

    private String name() {
        return random.nextInt(6) == 0 ? path().toString() : oneOf(NAMES);
    }

    private OpenFlag[] flags() {
        OpenFlag[] flags = new OpenFlag[Math.max(0, random.nextInt(5) - 2)];
        for (int i = 0; i < flags.length; i++) {
            flags[i] = or(OpenFlag.values()[random.nextInt(i == 0 ? 3 : 6)]);
        }
        return random.nextInt(4) == 0 ? new OpenFlag[] {OpenFlag.READ_ONLY} : flags;
    }

    private DiskType type() {
        return DiskType.values()[random.nextInt(DiskType.values().length)];
    }

    private DiskSpec diskSpec() {
        DiskSpec spec = DiskSpec.of(
                or(type()), random.nextInt(8) == 0 ? Math.min(number(3000), 5000) : 1 + random.nextInt(500));
        return switch (random.nextInt(8)) {
            case 0 -> spec.withAdapter(or(AdapterType.values()[random.nextInt(4)]));
            case 1 -> spec.withHardwareVersion((int) number(20));
            case 2 -> spec.withLogicalSectorSize((int) number(5000));
            case 3 -> spec.withPhysicalSectorSize(4096);
            default -> spec;
        };
    }

    private CloneSpec cloneSpec() {
        CloneSpec spec = switch (random.nextInt(6)) {
            case 0 -> CloneSpec.of(connection(), or(name()), or(type()));
            case 1 -> CloneSpec.of(connection(), or(type()));
            default -> CloneSpec.of(connection(), or(path()), or(type()));
        };
        return random.nextBoolean() ? spec.replacing() : spec.withLogicalSectorSize(random.nextInt(2) * 512);
    }

    private ProgressListener listener() {
        Connection connection = things.connections.any(random);
        DiskReader reader = things.readers.any(random);
        int what = random.nextInt(8);
        return percent -> {
            if (what == 0) {
                throw new Thrown();
            }
            if (what == 1) {
                closeQuietly(connection);
            }
            if (what == 2) {
                RandomStreams.requireRefused(reader);
            }
        };
    }
}
