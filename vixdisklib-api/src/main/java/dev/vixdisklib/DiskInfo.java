/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * What the library tells about an open disk, at the time of the call.
 *
 * @param capacity the size in sectors; in a chain, that of the opened link
 * @param biosGeometry the geometry that the BIOS shows
 * @param physicalGeometry the disk's own geometry
 * @param adapterType the adapter that the disk was made for
 * @param numLinks the number of links in the chain, 1 for a disk without parent
 * @param parentFileNameHint where the parent was when this link was made; empty for a disk without parent
 * @param uuid 16 bytes in hexadecimal with a hyphen in the middle; empty if the library gives none
 * @param logicalSectorSize in bytes; empty before VDDK 7.0, which does not tell
 * @param physicalSectorSize in bytes; empty before VDDK 7.0, which does not tell
 */
public record DiskInfo(
        long capacity,
        Geometry biosGeometry,
        Geometry physicalGeometry,
        AdapterType adapterType,
        int numLinks,
        Optional<String> parentFileNameHint,
        Optional<String> uuid,
        OptionalInt logicalSectorSize,
        OptionalInt physicalSectorSize) {}
