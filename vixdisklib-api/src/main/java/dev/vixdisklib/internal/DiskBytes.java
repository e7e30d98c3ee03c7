/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import dev.vixdisklib.SectorRange;
import dev.vixdisklib.Sectors;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/**
 * A disk by bytes instead of sectors, from and to memory of any kind, one request at a time. Each request is atomic against
 * all other operations on the disk, also if it reads a sector in order to write a part of it.
 */
public final class DiskBytes {

    /**
     * The most bytes in a request: larger ones are no faster and use up the memory of servers. Where one is not enough, requests
     * end at multiples of it, so that the following ones are aligned.
     */
    public static final long MAX_REQUEST = 1 << 20;

    /** Up to here, one request does it: copying takes less time than others for the sectors at the ends. */
    private static final long SMALL = 64 << 10;

    /** As much in sectors, if neither the first nor the last one is whole. */
    private static final long SMALL_SECTORS = SMALL + Sectors.SIZE;

    private final NativeDisk disk;
    private final long size;

    /** For what cannot be handed to the library as it is; both used under the lock of the disk only. */
    private @Nullable Arena arena;

    private @Nullable MemorySegment bounce;

    DiskBytes(NativeDisk disk, long capacity) {
        this.disk = disk;
        this.size = Sectors.toBytes(capacity);
    }

    /**
     * The size of the disk.
     *
     * @return bytes
     */
    public long size() {
        return size;
    }

    /**
     * Checks a range of sectors.
     *
     * @param range the sectors
     * @throws IndexOutOfBoundsException if they are not inside the disk
     */
    public void requireInside(SectorRange range) {
        Segments.requireInside(range.start(), range.count(), disk.capacity(), disk.path());
    }

    /**
     * Whether the disk is open.
     *
     * @return false once it is closed, or being closed
     */
    public boolean isOpen() {
        return !disk.isClosed();
    }

    /**
     * Throws if the disk cannot be used now; before everything that waits for another user of it.
     *
     * @throws ClosedChannelException if the disk is closed
     * @throws IllegalStateException if called from a callback
     */
    public void requireUsable() throws ClosedChannelException {
        Callback.requireNone();
        try {
            disk.requireOpen();
        } catch (IllegalStateException e) {
            throw new ClosedException(String.valueOf(e.getMessage()));
        }
    }

    /**
     * Reads bytes: as many as fit into a request.
     *
     * @param position the first byte
     * @param target where they go
     * @return how many were read, 0 only if the target is empty, -1 at the end of the disk
     * @throws IOException if the library fails, or the disk is closed
     * @throws IllegalArgumentException if the target is read-only
     */
    public long read(long position, MemorySegment target) throws IOException {
        Segments.requireAccessible(target, true);
        if (target.byteSize() == 0) {
            return 0;
        }
        if (position >= size) {
            return -1;
        }
        long count = requestSize(position, target);
        begin();
        try {
            if (isDirect(position, count, target)) {
                disk.transfers().read(position / Sectors.SIZE, target.asSlice(0, count));
            } else {
                MemorySegment sectors = bounce(position, count);
                disk.transfers().read(position / Sectors.SIZE, sectors);
                MemorySegment.copy(sectors, position % Sectors.SIZE, target, 0, count);
            }
        } finally {
            disk.end();
        }
        return count;
    }

    /**
     * Writes bytes: as many as fit into a request.
     *
     * @param position the first byte
     * @param source where they come from
     * @return how many were written, 0 only if the source is empty
     * @throws IOException if the library fails, or the disk is closed
     * @throws IndexOutOfBoundsException if the position is not inside the disk
     */
    public long write(long position, MemorySegment source) throws IOException {
        Segments.requireAccessible(source, false);
        if (source.byteSize() == 0) {
            return 0;
        }
        long count = requestSize(position, source);
        begin();
        try {
            if (isDirect(position, count, source)) {
                disk.transfers().write(position / Sectors.SIZE, source.asSlice(0, count));
            } else {
                MemorySegment sectors = bounce(position, count);
                readEnds(position, count, sectors);
                MemorySegment.copy(source, 0, sectors, position % Sectors.SIZE, count);
                disk.transfers().write(position / Sectors.SIZE, sectors);
            }
        } finally {
            disk.end();
        }
        return count;
    }

    /** How many bytes the next request has. */
    private long requestSize(long position, MemorySegment memory) {
        long rest = Math.min(memory.byteSize(), size - position);
        if (rest <= SMALL) {
            return rest;
        }
        long count = Math.min(rest, MAX_REQUEST - position % MAX_REQUEST);
        if (!isNative(memory)) {
            return count;
        }
        // The sectors at the ends go on their own, so that those in between need no copy.
        long before = position % Sectors.SIZE;
        return before == 0 ? count - count % Sectors.SIZE : Sectors.SIZE - before;
    }

    private static boolean isDirect(long position, long count, MemorySegment memory) {
        return position % Sectors.SIZE == 0 && count % Sectors.SIZE == 0 && isNative(memory);
    }

    private static boolean isNative(MemorySegment memory) {
        return memory.isNative() && !memory.isMapped();
    }

    /** Memory for the sectors that a request touches; with the lock held. */
    private MemorySegment bounce(long position, long count) {
        long bytes = Sectors.toBytes(Sectors.covering(position, count).count());
        if (bounce == null || bounce.byteSize() < bytes) {
            if (arena == null) {
                arena = Arena.ofShared();
            }
            bounce = Sectors.allocate(arena, Sectors.ofBytes(bytes <= SMALL_SECTORS ? SMALL_SECTORS : MAX_REQUEST));
        }
        return bounce.asSlice(0, bytes);
    }

    /** Reads those of the sectors that a write changes in part only: the first one, the last one, both or none. */
    private void readEnds(long position, long count, MemorySegment sectors) throws IOException {
        boolean first = position % Sectors.SIZE != 0;
        boolean last = (position + count) % Sectors.SIZE != 0;
        long start = position / Sectors.SIZE;
        long size = sectors.byteSize();
        if (first && last && size <= SMALL_SECTORS) {
            disk.transfers().read(start, sectors);
            return;
        }
        if (first) {
            disk.transfers().read(start, sectors.asSlice(0, Sectors.SIZE));
        }
        if (last) {
            disk.transfers().read(start + Sectors.ofBytes(size) - 1, sectors.asSlice(size - Sectors.SIZE));
        }
    }

    private void begin() throws IOException {
        try {
            disk.begin();
        } catch (IllegalStateException e) {
            requireUsable();
            throw e;
        }
    }

    /** Gives the memory back; when the disk is closed. */
    void free() {
        if (arena != null) {
            arena.close();
            arena = null;
            bounce = null;
        }
    }
}
