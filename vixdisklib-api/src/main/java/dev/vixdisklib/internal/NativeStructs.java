/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import dev.vixdisklib.AdapterType;
import dev.vixdisklib.DiskInfo;
import dev.vixdisklib.DiskSpec;
import dev.vixdisklib.Geometry;
import dev.vixdisklib.SectorSet;
import dev.vixdisklib.Sectors;
import dev.vixdisklib.raw.c.VixDiskLibBlock;
import dev.vixdisklib.raw.c.VixDiskLibBlockList;
import dev.vixdisklib.raw.c.VixDiskLibConnectParams;
import dev.vixdisklib.raw.c.VixDiskLibCreateParams;
import dev.vixdisklib.raw.c.VixDiskLibGeometry;
import dev.vixdisklib.raw.c.VixDiskLibInfo;
import dev.vixdisklib.raw.c.VixDiskLibNative;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;

/** Java's values from and to the structs of the library. */
final class NativeStructs {

    /** A field of a block; reading it without making a slice for each block spares half a million of them. */
    private static final ValueLayout.OfLong BLOCK_FIELD = ValueLayout.JAVA_LONG_UNALIGNED;

    private NativeStructs() {}

    /** A truth value as the library takes it. */
    static byte bool(boolean value) {
        return (byte) (value ? VixDiskLibNative.TRUE() : VixDiskLibNative.FALSE());
    }

    /** The sizes in bytes that structs have in a library, by their names without prefix. */
    static SortedMap<String, Long> sizes(
            boolean hasSectorSizes, boolean allocatesConnectParams, boolean hasAllocatedBlocks) {
        SortedMap<String, Long> sizes = new TreeMap<>();
        sizes.put("Geometry", VixDiskLibGeometry.sizeof());
        // The fields at the end are younger than the structs.
        sizes.put("Info", hasSectorSizes ? VixDiskLibInfo.sizeof() : VixDiskLibInfo.logicalSectorSize$offset());
        sizes.put(
                "CreateParams",
                hasSectorSizes ? VixDiskLibCreateParams.sizeof() : VixDiskLibCreateParams.logicalSectorSize$offset());
        sizes.put(
                "ConnectParams",
                allocatesConnectParams ? VixDiskLibConnectParams.sizeof() : VixDiskLibConnectParams.reserved$offset());
        if (hasAllocatedBlocks) {
            sizes.put("Block", VixDiskLibBlock.sizeof());
            sizes.put("BlockList", VixDiskLibBlockList.sizeof());
        }
        return sizes;
    }

    static MemorySegment createParams(DiskSpec spec, Arena arena) {
        // Zeroed, so that fields unknown to this code or to the library have their defaults.
        MemorySegment params = arena.allocate(VixDiskLibCreateParams.layout());
        VixDiskLibCreateParams.diskType(params, spec.type().value());
        VixDiskLibCreateParams.adapterType(params, spec.adapter().value());
        VixDiskLibCreateParams.hwVersion(params, (short) spec.hardwareVersion());
        VixDiskLibCreateParams.capacity(params, spec.capacity());
        VixDiskLibCreateParams.logicalSectorSize(
                params, spec.logicalSectorSize().orElse(0));
        VixDiskLibCreateParams.physicalSectorSize(
                params, spec.physicalSectorSize().orElse(0));
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

    /** Copies a string out of the library's memory; empty for NULL. */
    static Optional<String> string(MemorySegment string) {
        return string.address() == 0 ? Optional.empty() : Optional.of(string.getString(0));
    }

    private static OptionalInt sectorSize(int bytes) {
        return OptionalInt.of(bytes == 0 ? Sectors.SIZE : bytes);
    }

    /**
     * Copies a block list out of the library's memory.
     *
     * @param start the first sector that the library was asked about
     * @param count how many sectors
     * @param mostBlocks how many blocks there can be
     * @throws IOException if it is no answer to that question
     */
    static SectorSet blocks(MemorySegment blockList, long start, long count, long mostBlocks) throws IOException {
        SectorSet.Builder blocks = SectorSet.builder();
        long number = Integer.toUnsignedLong(VixDiskLibBlockList.numBlocks(blockList));
        if (number > mostBlocks) {
            throw new IOException("the library has answered with " + Counted.of(number, "block")
                    + " where there can be " + mostBlocks);
        }
        // The array is declared with one element and has as many as there are.
        long at = VixDiskLibBlockList.blocks$offset();
        long end = start;
        for (long i = 0; i < number; i++, at += VixDiskLibBlock.sizeof()) {
            long offset = blockList.get(BLOCK_FIELD, at + VixDiskLibBlock.offset$offset());
            long length = blockList.get(BLOCK_FIELD, at + VixDiskLibBlock.length$offset());
            if (offset < end || length < 1 || length > start + count - offset) {
                throw new IOException("the library has answered with a block of " + Long.toUnsignedString(length)
                        + " sectors from sector " + Long.toUnsignedString(offset) + ", which "
                        + (offset < end && offset >= start ? "is out of order" : "is none that it was asked about"));
            }
            blocks.add(offset, length);
            end = offset + length;
        }
        return blocks.build();
    }
}
