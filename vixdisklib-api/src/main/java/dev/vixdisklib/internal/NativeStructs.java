/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import dev.vixdisklib.AdapterType;
import dev.vixdisklib.DiskInfo;
import dev.vixdisklib.DiskSpec;
import dev.vixdisklib.Geometry;
import dev.vixdisklib.SectorRange;
import dev.vixdisklib.Sectors;
import dev.vixdisklib.raw.c.VixDiskLibBlock;
import dev.vixdisklib.raw.c.VixDiskLibBlockList;
import dev.vixdisklib.raw.c.VixDiskLibCreateParams;
import dev.vixdisklib.raw.c.VixDiskLibGeometry;
import dev.vixdisklib.raw.c.VixDiskLibInfo;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Java's values from and to the structs of the library. */
final class NativeStructs {

    private NativeStructs() {}

    static MemorySegment createParams(DiskSpec spec, Arena arena) {
        // Zeroed, so that fields unknown to this code or to the library have their defaults.
        MemorySegment params = arena.allocate(VixDiskLibCreateParams.layout());
        VixDiskLibCreateParams.diskType(params, spec.type().value());
        VixDiskLibCreateParams.adapterType(params, spec.adapter().value());
        VixDiskLibCreateParams.hwVersion(params, (short) spec.hardwareVersion());
        VixDiskLibCreateParams.capacity(params, spec.capacity());
        return params;
    }

    /** Copies an info out of the library's memory; the sector sizes only if the library has them. */
    static DiskInfo diskInfo(MemorySegment info, boolean hasSectorSizes) {
        return new DiskInfo(
                VixDiskLibInfo.capacity(info),
                geometry(VixDiskLibInfo.biosGeo(info)),
                geometry(VixDiskLibInfo.physGeo(info)),
                AdapterType.ofValue(VixDiskLibInfo.adapterType(info)),
                VixDiskLibInfo.numLinks(info),
                string(VixDiskLibInfo.parentFileNameHint(info)),
                string(VixDiskLibInfo.uuid(info)),
                hasSectorSizes ? sectorSize(VixDiskLibInfo.logicalSectorSize(info)) : OptionalInt.empty(),
                hasSectorSizes ? sectorSize(VixDiskLibInfo.physicalSectorSize(info)) : OptionalInt.empty());
    }

    private static Geometry geometry(MemorySegment geometry) {
        return new Geometry(
                VixDiskLibGeometry.cylinders(geometry),
                VixDiskLibGeometry.heads(geometry),
                VixDiskLibGeometry.sectors(geometry));
    }

    private static Optional<String> string(MemorySegment string) {
        return string.address() == 0 ? Optional.empty() : Optional.of(string.getString(0));
    }

    private static OptionalInt sectorSize(int bytes) {
        return OptionalInt.of(bytes == 0 ? Sectors.SIZE : bytes);
    }

    /**
     * Copies a block list out of the library's memory.
     *
     * @throws IOException if there is something in it that is no block
     */
    static List<SectorRange> ranges(MemorySegment blockList) throws IOException {
        if (blockList.address() == 0) {
            return List.of();
        }
        int count = VixDiskLibBlockList.numBlocks(blockList);
        // The array is declared with one element and has as many as there are.
        long first = VixDiskLibBlockList.blocks$offset();
        List<SectorRange> ranges = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            MemorySegment block = blockList.asSlice(first + i * VixDiskLibBlock.sizeof(), VixDiskLibBlock.sizeof());
            long start = VixDiskLibBlock.offset(block);
            long length = VixDiskLibBlock.length(block);
            if (start < 0 || length < 1 || start > Long.MAX_VALUE - length) {
                throw new IOException("the library has returned a block of " + Long.toUnsignedString(length)
                        + " sectors from sector " + Long.toUnsignedString(start));
            }
            ranges.add(new SectorRange(start, length));
        }
        return ranges;
    }
}
