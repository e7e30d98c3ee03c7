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
public record Geometry(int cylinders, int heads, int sectors) {}
