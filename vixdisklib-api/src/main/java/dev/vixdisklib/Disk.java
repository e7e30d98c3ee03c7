/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static java.util.function.Predicate.not;

import dev.vixdisklib.internal.Direction;
import dev.vixdisklib.internal.DiskChains;
import dev.vixdisklib.internal.DiskSpace;
import dev.vixdisklib.internal.HostPaths;
import dev.vixdisklib.internal.Leaks;
import dev.vixdisklib.internal.NativeDisk;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * An open disk. Sectors go between it and buffers of the caller, without a copy on the way.
 *
 * <p>May be used from any thread. A disk does one thing at a time: a second caller waits. Different disks are read and
 * written in parallel (VDDK guide, "Multiple Threads and VixDiskLib").
 *
 * <p><b>Asynchronous requests.</b> {@link #readAsync(long, PooledBuffer)} and {@link #writeAsync(long, PooledBuffer)} queue
 * requests, of which a disk may have any number in flight; they are carried out in any order, also where they overlap. What
 * the library does not do beside them waits for them, and lets no new ones begin meanwhile: {@link #read}, {@link #write},
 * {@link #flush}, {@link #info}, {@link #metadata}, {@link #allocatedBlocks}, {@link #close} and whatever else asks the
 * library, save for {@link #transportMode}. So the two kinds can be mixed as one likes (for the library alone that is an
 * error, {@code VIX_E_ASYNC_MIXEDMODE_UNSUPPORTED}), at the price of the waiting. If the library fails to wait, that is a
 * {@link VixDiskLibException} with the operation {@code Wait}.
 *
 * <p>Whether it pays depends on the transport: over {@code nbd} and {@code nbdssl} requests are on their way at the same time,
 * while {@code file} and {@code hotadd} carry out each before the call returns (nbdkit relies on it).
 */
public final class Disk implements AutoCloseable {

    private final NativeDisk disk;
    private final InFlightLimit limit;

    Disk(NativeDisk disk, InFlightLimit limit) {
        this.disk = disk;
        this.limit = limit;
        Leaks.watch(this, disk);
    }

    NativeDisk handle() {
        return disk;
    }

    /** Whether the same name would be the same disk. */
    boolean isOfSameConnection(Disk other) {
        return limit == other.limit;
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
        disk.transfers().read(startSector, buffer);
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
        disk.transfers().write(startSector, buffer);
    }

    /**
     * Begins to read sectors into a buffer, all of it, and returns. The same as
     * {@link #readAsync(long, long, PooledBuffer)} with the number of sectors that the buffer has.
     *
     * @param startSector the first sector
     * @param buffer where they go
     * @return has the buffer when the request has ended
     * @throws IndexOutOfBoundsException if the sectors are not inside the disk
     * @throws UnsupportedOperationException if the library lacks {@code ReadAsync} or {@code Wait}
     * @throws IllegalStateException if the disk is closed, or the buffer is, or another request is using that
     */
    public CompletableFuture<PooledBuffer> readAsync(long startSector, PooledBuffer buffer) {
        return readAsync(startSector, buffer.sectors(), buffer);
    }

    /**
     * Begins to read sectors into the beginning of a buffer, and returns. Until the request has ended, the library may write
     * to the buffer, so {@link PooledBuffer#segment()} refuses, and closing the buffer, its pool or anything else does not
     * take the memory away.
     *
     * <p>The future is completed when the request has ended, and never before. It fails with a {@link VixDiskLibException},
     * which names the sectors, if the library does not accept the request or cannot carry it out; then the buffer's content
     * is not defined. In any case the buffer remains leased, until its owner closes it. What depends on the future runs on
     * a virtual thread of its own, or at once on the thread that adds it, if the future is done by then; it may wait, use this
     * API, and close the disk. Completing or cancelling the future has no effect on the request, which cannot be cancelled.
     *
     * @param startSector the first sector
     * @param sectorCount how many sectors, 1 to {@link PooledBuffer#sectors()}
     * @param buffer where they go
     * @return has the buffer when the request has ended
     * @throws IndexOutOfBoundsException if the sectors are not inside the disk
     * @throws IllegalArgumentException if the buffer has not so many
     * @throws UnsupportedOperationException if the library lacks {@code ReadAsync} or {@code Wait}
     * @throws IllegalStateException if the disk is closed, or the buffer is, or another request is using that
     */
    public CompletableFuture<PooledBuffer> readAsync(long startSector, long sectorCount, PooledBuffer buffer) {
        return PendingRequest.submit(disk.requests(), Direction.READ, startSector, sectorCount, buffer);
    }

    /**
     * Begins to write the sectors in a buffer, all of it, and returns. The same as
     * {@link #writeAsync(long, long, PooledBuffer)} with the number of sectors that the buffer has.
     *
     * @param startSector the first sector
     * @param buffer where they come from
     * @return has the buffer when the request has ended
     * @throws IndexOutOfBoundsException if the sectors are not inside the disk
     * @throws UnsupportedOperationException if the library lacks {@code WriteAsync} or {@code Wait}
     * @throws IllegalStateException if the disk is closed, or the buffer is, or another request is using that
     */
    public CompletableFuture<PooledBuffer> writeAsync(long startSector, PooledBuffer buffer) {
        return writeAsync(startSector, buffer.sectors(), buffer);
    }

    /**
     * Begins to write sectors from the beginning of a buffer, and returns. Until the request has ended, the library reads the
     * buffer: do not change it. All else is as {@link #readAsync(long, long, PooledBuffer)} says; after a failure it is not
     * defined which of the sectors were written.
     *
     * @param startSector the first sector
     * @param sectorCount how many sectors, 1 to {@link PooledBuffer#sectors()}
     * @param buffer where they come from
     * @return has the buffer when the request has ended
     * @throws IndexOutOfBoundsException if the sectors are not inside the disk
     * @throws IllegalArgumentException if the buffer has not so many
     * @throws UnsupportedOperationException if the library lacks {@code WriteAsync} or {@code Wait}
     * @throws IllegalStateException if the disk is closed, or the buffer is, or another request is using that
     */
    public CompletableFuture<PooledBuffer> writeAsync(long startSector, long sectorCount, PooledBuffer buffer) {
        return PendingRequest.submit(disk.requests(), Direction.WRITE, startSector, sectorCount, buffer);
    }

    /**
     * Waits until the asynchronous requests that are in flight have ended; none can begin meanwhile. Their futures complete
     * soon after that, if they have not yet, and tell how the requests went, which this does not. Cannot be interrupted.
     * {@link #flush} and {@link #close} do this by themselves.
     *
     * @throws VixDiskLibException if the library fails to wait; the requests have ended all the same
     * @throws IllegalStateException if the disk is closed
     */
    public void awaitRequests() throws IOException {
        disk.requests().await();
    }

    /**
     * Reads the whole disk as a stream.
     *
     * @param options how
     * @return the stream, for the caller to close
     * @throws IllegalArgumentException if a chunk has more bytes than the limit allows
     * @throws IllegalStateException if the disk is closed
     */
    public DiskReader newReader(StreamOptions options) {
        return newReader(SectorSet.all(capacity()), options);
    }

    /**
     * Reads ranges of sectors as a stream, one after the other.
     *
     * @param ranges which ones, such as {@link #allocatedBlocks}, a {@link SectorSet} or a list; iterated while the stream is
     *     read, on the threads that do that and ahead of the chunks, so the iterator must neither use the stream nor wait for
     *     what is done with chunks
     * @param options how
     * @return the stream, for the caller to close
     * @throws IllegalArgumentException if a chunk has more bytes than the limit allows
     * @throws IllegalStateException if the disk is closed
     */
    public DiskReader newReader(Iterable<SectorRange> ranges, StreamOptions options) {
        Iterator<SectorRange> iterator = ranges.iterator();
        return newReader(
                new Iterator<CopyPlan.Step>() {
                    @Override
                    public boolean hasNext() {
                        return iterator.hasNext();
                    }

                    @Override
                    public CopyPlan.Step next() {
                        return new CopyPlan.Step(CopyPlan.Kind.COPY, iterator.next());
                    }
                },
                options);
    }

    /**
     * Carries out the reading part of a plan as a stream: what is to be copied is read, and what is to be zeros comes as chunks
     * {@linkplain Chunk#isZero without memory}, of any number of sectors; what is to be kept does not come.
     *
     * @param plan what to do; iterated while the stream is read, on the threads that do that
     * @param options how
     * @return the stream, for the caller to close
     * @throws IllegalArgumentException if a chunk has more bytes than the limit allows
     * @throws IllegalStateException if the disk is closed
     */
    public DiskReader newReader(CopyPlan plan, StreamOptions options) {
        return newReader(plan.iterator(), options);
    }

    DiskReader newReader(Iterator<CopyPlan.Step> steps, StreamOptions options) {
        disk.requireOpen();
        return new DiskReader(this, steps, options, options.limit().orElse(limit));
    }

    /**
     * Writes to the disk as a stream.
     *
     * @param options how
     * @return the stream, for the caller to close
     * @throws IllegalArgumentException if a chunk has more bytes than the limit allows
     * @throws IllegalStateException if the disk is closed
     */
    public DiskWriter newWriter(StreamOptions options) {
        disk.requireOpen();
        return new DiskWriter(this, options, options.limit().orElse(limit));
    }

    /**
     * Puts what was written on stable storage, asynchronously too. Closing the disk does not.
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
     * What was read and written since the disk was opened; also after it was closed.
     *
     * @return the calls of {@code Read}, {@code Write}, {@code ReadAsync} and {@code WriteAsync} on this disk
     * @see VixDiskLib#statistics()
     */
    public Statistics statistics() {
        return disk.statistics();
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
     * Estimates what a clone of this disk, with what is in its parents, would take if it were stored as this one is.
     *
     * @return bytes
     * @throws VixDiskLibException if the library fails
     * @throws UnsupportedOperationException if the library lacks {@code SpaceNeededForClone}
     * @throws IllegalStateException if the disk is closed
     */
    public long spaceNeededForClone() throws IOException {
        return DiskSpace.neededForClone(disk, DiskType.UNKNOWN_VALUE);
    }

    /**
     * Estimates what a clone of this disk, with what is in its parents, would take.
     *
     * @param type how the clone is to be stored; libraries may know it for types of local disks only
     * @return bytes
     * @throws VixDiskLibException if the library fails, for example because it cannot tell for the type
     *     ({@link ErrorCode#INVALID_ARG})
     * @throws UnsupportedOperationException if the library lacks {@code SpaceNeededForClone}
     * @throws IllegalStateException if the disk is closed
     */
    public long spaceNeededForClone(DiskType type) throws IOException {
        return DiskSpace.neededForClone(disk, type.value());
    }

    /**
     * Makes a child of this local disk: a new disk that takes from this one what is not written to itself. From then on
     * this one must not be written to any more, or the child no longer opens ({@link ErrorCode#DISK_CID_MISMATCH}).
     *
     * @param path the child; nothing must be there
     * @param type {@link DiskType#MONOLITHIC_SPARSE} or {@link DiskType#SPLIT_SPARSE} (VDDK guide, "Create a Child Disk")
     * @throws VixDiskLibException if the library fails, for example because the file exists, or
     *     ({@link ErrorCode#INVALID_ARG}) the type is another one
     * @throws UnsupportedOperationException if the library lacks {@code CreateChild}
     * @throws IllegalArgumentException if the path is not of this host's file system
     * @throws IllegalStateException if the disk is closed
     */
    public void createChild(Path path, DiskType type) throws IOException {
        createChild(path, type, ProgressListener.NONE);
    }

    /**
     * Does what {@link #createChild(Path, DiskType)} does, and tells how far it is.
     *
     * @param path the child; nothing must be there
     * @param type {@link DiskType#MONOLITHIC_SPARSE} or {@link DiskType#SPLIT_SPARSE}
     * @param listener hears of progress; what it throws is thrown when the child has been created
     * @throws VixDiskLibException if the library fails
     * @throws UnsupportedOperationException if the library lacks {@code CreateChild}
     * @throws IllegalArgumentException if the path is not of this host's file system
     * @throws IllegalStateException if the disk is closed
     */
    public void createChild(Path path, DiskType type, ProgressListener listener) throws IOException {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(listener, "listener");
        DiskChains.createChild(disk, HostPaths.absolute(path).toString(), type, listener);
    }

    /**
     * Asks whether this disk, a child that was opened for writing with {@link OpenFlag#SINGLE_LINK}, can be attached to
     * another parent, which may be a disk of a server.
     *
     * @param parent what would become its parent
     * @return why it is not possible, such as {@link ErrorCode#DISK_CAPACITY_MISMATCH} for disks of different size or
     *     {@link ErrorCode#DISK_ATTACH_ROOTLINK} for a disk that is no child; empty if it is possible
     * @throws VixDiskLibException if the library fails to wait for asynchronous requests of one of the two
     * @throws UnsupportedOperationException if the library lacks {@code IsAttachPossible}
     * @throws IllegalArgumentException if the parent is this disk
     * @throws IllegalStateException if one of the two disks is closed
     */
    public Optional<VixError> attachProblem(Disk parent) throws IOException {
        VixError error = DiskChains.attachError(parent.disk, disk);
        return error.value() == 0 ? Optional.empty() : Optional.of(error);
    }

    /**
     * Gives this disk another parent: what is not written to it, it takes from there. It has to be a child that was opened
     * for writing with {@link OpenFlag#SINGLE_LINK}; afterwards it can be read as the whole chain.
     *
     * <p>The parent ends with this, <b>whether it succeeds or fails</b>: the library takes its handle (VDDK guide, "Attach
     * Child to Parent"). Closing it is not needed and does no harm. So ask for an {@link #attachProblem} first.
     *
     * @param parent what becomes its parent
     * @throws VixDiskLibException if the library fails; its target names both disks. If it is of {@code Close}, the disk
     *     was attached, and what failed is giving the parent back
     * @throws UnsupportedOperationException if the library lacks {@code Attach}; the parent stays open then, as it does
     *     after the following
     * @throws IllegalArgumentException if the parent is this disk
     * @throws IllegalStateException if one of the two disks is closed
     */
    public void attachTo(Disk parent) throws IOException {
        DiskChains.attach(parent.disk, disk);
    }

    /**
     * Gives the space back that zeros take in this local sparse disk. The capacity stays. Runs on the calling thread; other
     * callers of this disk wait. {@link #defragment} before it helps.
     *
     * @throws VixDiskLibException if the library fails, for example because the disk is read-only, open a second time, or
     *     not sparse ({@link ErrorCode#DISK_CANTSHRINK})
     * @throws UnsupportedOperationException if the library lacks {@code Shrink}
     * @throws IllegalStateException if the disk is closed
     */
    public void shrink() throws IOException {
        shrink(ProgressListener.NONE);
    }

    /**
     * Does what {@link #shrink()} does, and tells how far it is.
     *
     * @param listener hears of progress, on the calling thread; what it throws is thrown when it is done
     * @throws VixDiskLibException if the library fails
     * @throws UnsupportedOperationException if the library lacks {@code Shrink}
     * @throws IllegalStateException if the disk is closed
     */
    public void shrink(ProgressListener listener) throws IOException {
        DiskSpace.shrink(disk, Objects.requireNonNull(listener, "listener"));
    }

    /**
     * Puts the pieces of this local sparse disk into the order of their sectors; on a flat disk there is nothing to do.
     * Runs on the calling thread; other callers of this disk wait.
     *
     * @throws VixDiskLibException if the library fails, for example because the disk is read-only or open a second time
     * @throws UnsupportedOperationException if the library lacks {@code Defragment}
     * @throws IllegalStateException if the disk is closed
     */
    public void defragment() throws IOException {
        defragment(ProgressListener.NONE);
    }

    /**
     * Does what {@link #defragment()} does, and tells how far it is.
     *
     * @param listener hears of progress, on the calling thread; what it throws is thrown when it is done
     * @throws VixDiskLibException if the library fails
     * @throws UnsupportedOperationException if the library lacks {@code Defragment}
     * @throws IllegalStateException if the disk is closed
     */
    public void defragment(ProgressListener listener) throws IOException {
        DiskSpace.defragment(disk, Objects.requireNonNull(listener, "listener"));
    }

    /**
     * A channel to the bytes of the disk, at position 0. There may be many, each with a position of its own. It is open as
     * long as the disk, and closing it does not close the disk.
     *
     * @return a new channel
     * @throws IllegalStateException if the disk is closed
     */
    public DiskChannel newChannel() {
        disk.requireOpen();
        return new DiskChannel(this);
    }

    /**
     * A stream of all bytes of the disk, as {@link #newInputStream(SectorRange)}.
     *
     * @return a new stream
     * @throws IllegalStateException if the disk is closed
     */
    public InputStream newInputStream() {
        disk.requireOpen();
        return DiskInputStream.buffered(this, 0, disk.bytes().size());
    }

    /**
     * A stream of the bytes of some sectors. It reads 64 KiB ahead, so that reading in small pieces is not slow, and may not
     * see what is written meanwhile; {@link InputStream#transferTo} and reads of 64 KiB and more take larger requests, and
     * {@link InputStream#skip} reads nothing. It can be marked and reset, and used from any thread, by one at a time. Closing
     * it does not close the disk; what it throws once the disk is closed is an {@link IOException}.
     *
     * @param range the sectors
     * @return a new stream
     * @throws IndexOutOfBoundsException if the sectors are not inside the disk
     * @throws IllegalStateException if the disk is closed
     */
    public InputStream newInputStream(SectorRange range) {
        disk.requireOpen();
        disk.bytes().requireInside(range);
        return DiskInputStream.buffered(this, Sectors.toBytes(range.start()), Sectors.toBytes(range.end()));
    }

    /**
     * Closes the disk, once all reads and writes that are under way have ended, asynchronous ones too. It is closed in any
     * case, even if a failure is reported. Closing twice does nothing.
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
