/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

/**
 * The geometry of a disk, as far as it has one: what boot loaders and partition tables calculate with. For disks beyond
 * the reach of the scheme it says less than the capacity.
 *
 * @param cylinders the number of cylinders
 * @param heads the number of heads
 * @param sectors the number of sectors in a track
 */
public record Geometry(int cylinders, int heads, int sectors) {

    /**
     * How much of the disk the geometry covers, which is seldom all of it: use {@link DiskInfo#capacity} for the size.
     *
     * @return cylinders &times; heads &times; sectors
     * @throws ArithmeticException if the sectors exceed a {@code long}
     */
    public long coveredSectors() {
        return Math.multiplyExact(
                Integer.toUnsignedLong(cylinders),
                Math.multiplyExact(Integer.toUnsignedLong(heads), Integer.toUnsignedLong(sectors)));
    }
}
