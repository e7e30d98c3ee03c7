/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static java.util.function.Predicate.not;

import dev.vixdisklib.internal.Leaks;
import dev.vixdisklib.internal.NativeDisk;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * An open disk. Sectors go between it and buffers of the caller, without a copy on the way.
 *
 * <p>May be used from any thread. A disk does one thing at a time: a second caller waits. Different disks are read and
 * written in parallel (VDDK guide, "Multiple Threads and VixDiskLib").
 */
public final class Disk implements AutoCloseable {

    private final NativeDisk disk;

    Disk(NativeDisk disk) {
        this.disk = disk;
        Leaks.watch(this, disk);
    }

    NativeDisk handle() {
        return disk;
    }

    /**
     * The name of the disk.
     *
     * @return the name that it was opened with; for a file of this host, its absolute path
     */
    public String name() {
        return disk.path();
    }

    /**
     * The size of the disk.
     *
     * @return sectors of {@value Sectors#SIZE} bytes
     */
    public long capacity() {
        return disk.capacity();
    }

    /**
     * Whether the disk was opened to be read only: with {@link OpenFlag#READ_ONLY} or through a read-only connection.
     *
     * @return whether writes are refused
     */
    public boolean isReadOnly() {
        return disk.isReadOnly();
    }

    /**
     * Reads sectors into a buffer: as many as the buffer has room for. Runs on the calling thread and allocates nothing.
     * After a failure the buffer's content is not defined.
     *
     * @param startSector the first sector
     * @param buffer native memory of one or more whole sectors, not read-only, not a mapped file; its arena stays open
     *     during the call. {@link Sectors#allocate} makes one
     * @throws VixDiskLibException if the library fails; it names the sectors
     * @throws IndexOutOfBoundsException if the sectors are not inside the disk
     * @throws IllegalArgumentException if the buffer is not as described
     * @throws IllegalStateException if the disk or the buffer's arena is closed
     * @throws WrongThreadException if the buffer's arena is confined to another thread
     */
    public void read(long startSector, MemorySegment buffer) throws IOException {
        disk.read(startSector, buffer);
    }

    /**
     * Writes the sectors in a buffer, all of it. Runs on the calling thread and allocates nothing. After a failure it is
     * not defined which of the sectors were written.
     *
     * @param startSector the first sector
     * @param buffer native memory of one or more whole sectors, not a mapped file; its arena stays open during the call.
     *     {@link Sectors#allocate} makes one
     * @throws VixDiskLibException if the library fails, for example because the disk is read-only; it names the sectors
     * @throws IndexOutOfBoundsException if the sectors are not inside the disk
     * @throws IllegalArgumentException if the buffer is not as described
     * @throws IllegalStateException if the disk or the buffer's arena is closed
     * @throws WrongThreadException if the buffer's arena is confined to another thread
     */
    public void write(long startSector, MemorySegment buffer) throws IOException {
        disk.write(startSector, buffer);
    }

    /**
     * Puts what was written on stable storage. Closing the disk does not.
     *
     * @throws VixDiskLibException if the library fails
     * @throws UnsupportedOperationException if the library lacks {@code Flush}
     * @throws IllegalStateException if the disk is closed
     */
    public void flush() throws IOException {
        disk.flush();
    }

    /**
     * What the library tells about the disk.
     *
     * @return the state at the time of the call
     * @throws VixDiskLibException if the library fails
     * @throws IllegalStateException if the disk is closed
     */
    public DiskInfo info() throws IOException {
        return disk.info();
    }

    /**
     * How the library reaches the disk.
     *
     * @return such as {@link TransportMode#FILE} or {@link TransportMode#NBDSSL}; empty if the library does not tell
     * @throws IllegalStateException if the disk is closed
     */
    public Optional<TransportMode> transportMode() {
        return Optional.of(disk.transportMode().strip())
                .filter(not(String::isEmpty))
                .map(TransportMode::told);
    }

    /**
     * The metadata of the disk.
     *
     * @return a view; it can be used until the disk is closed
     */
    public Metadata metadata() {
        return new Metadata(this);
    }

    /**
     * Finds out which sectors are allocated, in the smallest chunks that the library takes.
     *
     * @return the allocated sectors, asked for while they are iterated
     * @throws IllegalStateException if the disk is closed
     */
    public AllocatedBlocks allocatedBlocks() {
        return allocatedBlocks(AllocatedBlocks.MIN_CHUNK);
    }

    /**
     * Finds out which sectors are allocated. Larger chunks make for fewer calls and fewer ranges, with more sectors in them
     * that are not allocated.
     *
     * @param chunkSectors the size of a chunk in sectors, {@value AllocatedBlocks#MIN_CHUNK} to
     *     {@value AllocatedBlocks#MAX_CHUNK}. Whether every VDDK takes one that is no power of two is not known; one that
     *     does not, {@linkplain AllocatedBlocks#isKnown cannot tell}
     * @return the allocated sectors, asked for while they are iterated
     * @throws IllegalArgumentException if the library takes no chunks of this size
     * @throws IllegalStateException if the disk is closed
     */
    public AllocatedBlocks allocatedBlocks(long chunkSectors) {
        return AllocatedBlocks.of(this, chunkSectors);
    }

    /**
     * Closes the disk, once a read or write that is under way has ended. It is closed in any case, even if a failure is
     * reported. Closing twice does nothing.
     *
     * @throws VixDiskLibException if the library reports a failure, such as data that could not be written
     */
    @Override
    public void close() throws IOException {
        disk.close();
    }

    @Override
    public String toString() {
        return disk.toString();
    }
}
