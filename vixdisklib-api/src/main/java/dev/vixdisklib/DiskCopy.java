/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * A copy of a disk: to another one, to or from a file with a raw image in it, or into any channel. This describes it, and
 * {@link #run} carries it out.
 *
 * {@snippet class = "dev.vixdisklib.DiskCopyTest" region = "copy"}
 *
 * <p><b>Holes are skipped on both sides.</b> What the library says is not allocated is not read. On the target, zeros are not
 * written where it has zeros already: behind the end of a file; on a disk, where the library says that nothing is allocated,
 * unless the disk was written to since it was opened; everywhere if the caller {@linkplain #ontoZeros says so}. All other zeros
 * are written, so that nothing of what was on an old target shows. Behind the size of the source, a larger target keeps what it
 * has.
 *
 * <p><b>Increments</b> are copies {@linkplain #withPlan with a plan}.
 *
 * <p><b>Ending early.</b> An interrupt of the thread in {@link #run}, and an exception of a listener or of a keeper of
 * checkpoints, end the copy: nothing more is begun, what is in flight is waited for, and disks, files and channels stay open. (A channel in the midst of a read or write
 * that may never end is closed by an interrupt, as channels are.) The last {@linkplain #withCheckpoints checkpoint} tells what
 * is on the target for sure; about what is behind it, nothing is known. It is the same after a failure.
 *
 * <p>A copy works on a thread of its own, whatever thread waits for it, also a virtual one; listeners are called on the one that
 * waits. Memory is bounded by the options, and nothing is allocated for a chunk. Many copies can run at once, and together they
 * have no more in flight than their {@link InFlightLimit} allows: {@link StreamOptions#withLimit} puts copies of several
 * connections under one.
 *
 * <p>Immutable; may be run many times, one after the other, and used by any thread. Nothing else may be written to the source or
 * target meanwhile: what the copy has in it then is not defined.
 */
public final class DiskCopy {

    /** The longest time that has a number of nanoseconds. */
    private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);

    private final CopySource source;
    private final CopyPlace target;
    private final CopySettings settings;

    private DiskCopy(CopySource source, CopyPlace target, CopySettings settings) {
        this.source = source;
        this.target = target;
        this.settings = settings;
    }

    /** Where a copy comes from; says where it goes. Immutable. */
    public static final class Source {

        private final CopySource source;

        private Source(CopySource source) {
            this.source = source;
        }

        /** Where to read. */
        CopySource place() {
            return source;
        }

        /**
         * Copies to a disk.
         *
         * @param disk open for writing, and no smaller than the source; stays open
         * @return the copy, to be run
         */
        public DiskCopy to(Disk disk) {
            return new DiskCopy(source, new CopyPlace.OfDisk(Objects.requireNonNull(disk, "disk")), new CopySettings());
        }

        /**
         * Copies to a file, which becomes a raw image of the disk, with holes where zeros are not written. Its position does
         * not matter and stays. A file that is longer stays so: {@linkplain FileChannel#truncate truncate} it before, which
         * also makes all of it zeros.
         *
         * @param file open for writing, not for appending; to verify, or to resume with a hash, open for reading too; stays
         *     open
         * @return the copy, to be run
         */
        public DiskCopy toFile(FileChannel file) {
            return new DiskCopy(source, new CopyPlace.OfFile(Objects.requireNonNull(file, "file")), new CopySettings());
        }

        /**
         * Copies into a channel, in order, zeros included: a pipe, a socket, a compressor.
         *
         * @param channel takes all that it is given, sooner or later; called on the thread of the copy; stays open
         * @return the copy, to be run
         */
        public DiskCopy toChannel(WritableByteChannel channel) {
            return new DiskCopy(
                    source, new CopyPlace.OfChannel(Objects.requireNonNull(channel, "channel")), new CopySettings());
        }

        @Override
        public String toString() {
            return source.toString();
        }
    }

    /**
     * Copies a disk, with what is in its parents.
     *
     * @param disk the source; stays open
     * @return what to say the target to
     */
    public static Source from(Disk disk) {
        return new Source(new CopySource.OfDisk(Objects.requireNonNull(disk, "disk")));
    }

    /**
     * Copies a part of a disk, such as a partition, with what is in its parents. The part is copied as if it was all of a disk:
     * its first sector becomes the first one of the target, and plans, checkpoints and hashes are of it alone. To leave the sectors
     * where they are, copy the disk {@linkplain #withPlan with a plan} of
     * {@linkplain AllocatedBlocks#within(SectorRange) the part}.
     *
     * @param disk the source; stays open
     * @param part sectors of the disk
     * @return what to say the target to
     * @throws IndexOutOfBoundsException if the part is not inside the disk
     */
    public static Source from(Disk disk, SectorRange part) {
        part.requireInside(disk);
        return new Source(new CopySource.OfPart(disk, part));
    }

    /**
     * Copies a raw image. Its last sector may be incomplete; a disk gets zeros for what is missing.
     *
     * @param file open for reading; its position does not matter and stays; stays open
     * @return what to say the target to
     */
    public static Source fromFile(FileChannel file) {
        return new Source(new CopySource.OfFile(Objects.requireNonNull(file, "file")));
    }

    /**
     * Copies all that comes out of a channel to a file or another channel. The size is known when it has ended, so the target
     * cannot be a disk, and the copy can have neither a plan nor checkpoints.
     *
     * @param channel blocks until there are bytes; called on the thread of the copy; stays open
     * @return what to say the target to
     */
    public static Source fromChannel(ReadableByteChannel channel) {
        return new Source(new CopySource.OfChannel(Objects.requireNonNull(channel, "channel")));
    }

    private DiskCopy with(Consumer<CopySettings> change) {
        CopySettings changed = new CopySettings(settings);
        change.accept(changed);
        return new DiskCopy(source, target, changed);
    }

    /**
     * The same with a plan, such as an increment that goes over a target that has the backup before in it: what is to be copied
     * is read and written, what is to be zeros becomes zeros, and what is to be kept is left alone. Without a plan, all
     * allocated sectors are copied, and all others are zeros.
     *
     * @param plan for a disk of the source's size; iterated on the thread of the copy, and once more to verify
     * @return a new description
     */
    public DiskCopy withPlan(CopyPlan plan) {
        Objects.requireNonNull(plan, "plan");
        return with(changed -> changed.plan = plan);
    }

    /**
     * The same to a target that has zeros wherever nothing is written: a new disk, or a file that has been made longer. So no
     * zeros are written that were not read. To be said again when the copy is {@linkplain #resumingFrom resumed}, since it
     * writes what it has written before.
     *
     * @return a new description
     */
    public DiskCopy ontoZeros() {
        return with(changed -> changed.onZeros = true);
    }

    /**
     * The same without what is only zeros, though it is allocated: granules of 64 KiB of zeros that were read are not written
     * where the target has zeros already. Takes a look at all that is read.
     *
     * @return a new description
     */
    public DiskCopy skippingZeros() {
        return with(changed -> changed.skipsZeros = true);
    }

    /**
     * The same without putting the target on stable storage at the end, which is {@link Disk#flush} for a disk, and
     * {@link FileChannel#force} for a file. That takes long, and spares losing the copy when the machine goes down soon after.
     * Checkpoints do it in any case, and nothing does it for a channel.
     *
     * @return a new description
     */
    public DiskCopy withoutSync() {
        return with(changed -> changed.syncs = false);
    }

    /**
     * The same, with reading the target afterwards, and comparing it with the source, which is read again. What the plan zeros
     * has to be zeros, what it keeps is not looked at. All of a file is read for that, its holes too; of a disk, what is
     * allocated. What is read may come out of a cache. If the copy was {@linkplain #resumingFrom resumed}, the part before is
     * compared, too.
     *
     * @return a new description
     */
    public DiskCopy verifying() {
        return with(changed -> changed.verifies = true);
    }

    /**
     * The same with a hash of the source, made while it is copied: of the whole content, holes as zeros, so that it equals that
     * of a raw image. Holes cost time here, as much as data. If the copy is {@linkplain #resumingFrom resumed}, what the
     * earlier one has put on the target is read for it, before anything is copied: so it is that of the source if the target has
     * not changed since. With a plan that keeps sectors there is none: hash the target when it is complete, a disk with
     * {@link DiskDigest}.
     *
     * @param algorithm a name that {@link MessageDigest} knows, such as {@code SHA-256}
     * @return a new description
     * @throws IllegalArgumentException if it is not known
     */
    public DiskCopy hashing(String algorithm) {
        digest(algorithm);
        return with(changed -> changed.algorithm = algorithm);
    }

    static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalArgumentException("there is no hash '" + algorithm + "' here", e);
        }
    }

    /**
     * The same with checkpoints, from which a copy that was ended can go on. For each, the target is put on stable storage. The
     * last one comes when the copy is complete, or was ended and the target can still be written to.
     *
     * @param every how long to copy from one to the next; zero for one after each chunk
     * @param keeper is given them, on the thread that waits for the copy, which goes on afterwards; keeps them for example in a
     *     file that it replaces. If it throws, the copy ends, and {@link #run} throws the same; it is not called again then
     * @return a new description
     * @throws IllegalArgumentException if the time is negative
     */
    public DiskCopy withCheckpoints(Duration every, CopyCheckpoint.Keeper keeper) {
        Objects.requireNonNull(keeper, "keeper");
        if (every.isNegative()) {
            throw new IllegalArgumentException("a negative time between checkpoints: " + every);
        }
        return with(changed -> {
            changed.every = every.compareTo(LONGEST) < 0 ? every : LONGEST;
            changed.keeper = keeper;
        });
    }

    /**
     * The same from where an earlier copy was. Everything else is to be as it was then: the same source, not changed since, the
     * same plan, the same target, and what was said of it.
     *
     * @param checkpoint of a copy of a source of this size; a target file that is shorter than at the checkpoint is refused. That
     *     the source is the same nobody can tell from it
     * @return a new description
     */
    public DiskCopy resumingFrom(CopyCheckpoint checkpoint) {
        Objects.requireNonNull(checkpoint, "checkpoint");
        return with(changed -> changed.resumed = checkpoint);
    }

    /**
     * The same with a listener of progress.
     *
     * @param listener hears about ten times a second, and once at the end, on the thread that waits for the copy;
     *     the copy does not wait for it. If it throws, the copy ends
     * @return a new description
     */
    public DiskCopy withProgress(Consumer<? super CopyProgress> listener) {
        Objects.requireNonNull(listener, "listener");
        return with(changed -> changed.listener = listener);
    }

    /**
     * The same with options for the streams on both sides. With {@linkplain StreamOptions#readingAhead() reading ahead}, one side
     * of a copy of local disks works while the other one does.
     *
     * @param options size of chunks, depth, limit; chunks in order
     * @return a new description
     * @throws IllegalArgumentException if the chunks are to come in any order
     */
    public DiskCopy withOptions(StreamOptions options) {
        options.requireOrdered("a copy");
        return with(changed -> changed.options = options);
    }

    /**
     * Copies, and waits for the end.
     *
     * @return what was done
     * @throws VixDiskLibException if a disk fails; it names the sectors, and {@code Write} is the target
     * @throws CopyException if a file or channel fails
     * @throws IOException if what was verified is not the same, a checkpoint cannot be kept, or something else fails
     * @throws InterruptedException if the thread is interrupted; the copy has ended then
     * @throws IllegalArgumentException if this cannot be copied, for a reason that it names, such as a target that is too small
     *     or read only; nothing was written then
     * @throws IllegalStateException if a disk is closed
     */
    public CopyResult run() throws IOException, InterruptedException {
        return new CopyRun(source, target, settings).run();
    }

    @Override
    public String toString() {
        return "a copy of " + source + " to " + target;
    }
}
