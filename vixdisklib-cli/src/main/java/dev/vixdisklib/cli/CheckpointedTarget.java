/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.AdapterType;
import dev.vixdisklib.CopyCheckpoint;
import dev.vixdisklib.DiskCopy;
import dev.vixdisklib.ErrorCode;
import dev.vixdisklib.Sectors;
import dev.vixdisklib.VixDiskLibException;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A target that stays as it is if the copy ends early, with a file that says how far the copy is. The next process finds that file,
 * and goes on.
 */
final class CheckpointedTarget implements Target {

    /** How long an interrupted copy may take to come to its last checkpoint, before it has to do with the one before. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final ResumableTarget target;
    private final CheckpointFile file;
    private final Map<String, String> copy;
    private final Duration every;

    /** The thread that copies. */
    private final Thread worker = Thread.currentThread();

    private final CountDownLatch closed = new CountDownLatch(1);

    /** What the file has in it; null if there is none, since nothing was begun. */
    private volatile CheckpointFile.@Nullable Entry entry;

    private long resumedBytes;

    /**
     * A target for the thread that makes it.
     *
     * @param copy what is copied to where, as {@link CopyIdentity} has it
     * @param every the time from one checkpoint to the next
     */
    CheckpointedTarget(ResumableTarget target, CheckpointFile file, Map<String, String> copy, Duration every) {
        this.target = target;
        this.file = file;
        this.copy = copy;
        this.every = every;
    }

    @Override
    public void begin(long bytes, @Nullable AdapterType adapter) throws IOException {
        Map<String, String> sized = new TreeMap<>(copy);
        sized.put("source.bytes", String.valueOf(bytes));
        Optional<CheckpointFile.Entry> earlier = file.read();
        if (earlier.isPresent()) {
            resume(earlier.get(), sized, bytes, adapter);
            return;
        }
        CopyCheckpoint beginning = new CopyCheckpoint(Math.ceilDiv(bytes, Sectors.SIZE), 0);
        CheckpointFile.Entry first = new CheckpointFile.Entry(sized, target.unfinished(), beginning);
        // First, so that nothing is left that no file tells of.
        file.write(first);
        try {
            target.begin(bytes, adapter);
            target.keepUnfinished();
            entry = first;
        } finally {
            if (entry == null) {
                file.delete();
            }
        }
    }

    private void resume(
            CheckpointFile.Entry earlier, Map<String, String> sized, long bytes, @Nullable AdapterType adapter)
            throws IOException {
        Optional<String> difference = earlier.difference(sized);
        if (difference.isPresent()) {
            throw new IOException(file + " is of another copy: " + difference.get()
                    + "; name another file with --checkpoint; " + howToBeginAnew(earlier));
        }
        if (earlier.reached().capacity() != Math.ceilDiv(bytes, Sectors.SIZE)) {
            throw file.isNone(null);
        }
        try {
            target.resume(earlier.unfinished(), bytes);
        } catch (IOException e) {
            if (isHardlyBegun(earlier) && !isInUse(e)) {
                target.beginAgain(earlier.unfinished(), bytes, adapter);
                target.keepUnfinished();
                entry = earlier;
                return;
            }
            throw new IOException(
                    "the copy cannot go on: " + Messages.of(e) + file.howToEnd(earlier) + "; "
                            + howToBeginAnew(earlier),
                    e);
        }
        entry = earlier;
        resumedBytes = Math.min(Sectors.toBytes(earlier.reached().sector()), bytes);
    }

    /** Whether its process was ended maybe before the target was made, and in any case before anything was copied. */
    private static boolean isHardlyBegun(CheckpointFile.Entry earlier) {
        return earlier.reached().sector() == 0 && !earlier.unfinished().isEmpty();
    }

    private static boolean isInUse(IOException failure) {
        return failure instanceof ResumableTarget.InUseException
                || (failure instanceof VixDiskLibException e && e.error().is(ErrorCode.FILE_ALREADY_LOCKED));
    }

    private String howToBeginAnew(CheckpointFile.Entry begun) {
        String unfinished = begun.unfinished();
        return "to copy everything anew, delete " + file + (unfinished.isEmpty() ? "" : " and " + unfinished);
    }

    /** How many bytes an earlier process has copied. */
    long resumedBytes() {
        return resumedBytes;
    }

    @Override
    public DiskCopy copyOf(DiskCopy.Source source) {
        CheckpointFile.Entry begun = entry;
        DiskCopy plain = target.copyOf(source).withCheckpoints(every, this::keep);
        return begun == null ? plain : plain.resumingFrom(begun.reached());
    }

    private void keep(CopyCheckpoint reached) throws IOException {
        CheckpointFile.Entry begun = entry;
        if (begun != null) {
            CheckpointFile.Entry next = begun.at(reached);
            file.write(next);
            entry = next;
        }
    }

    @Override
    public IOException named(IOException failure) {
        return target.named(failure);
    }

    @Override
    public String howToGoOn() {
        CheckpointFile.Entry begun = entry;
        if (begun == null) {
            return "";
        }
        CopyCheckpoint reached = begun.reached();
        return reached.isComplete()
                ? "; everything is copied, and the same command tries the rest again; " + howToBeginAnew(begun)
                : "; the same command goes on after " + Sizes.format(Sectors.toBytes(reached.sector())) + " of "
                        + Sizes.format(Sectors.toBytes(reached.capacity()));
    }

    @Override
    public void finish(boolean syncs) throws IOException {
        target.finish(syncs);
        entry = null;
        file.delete();
    }

    /** On any other thread than the one that copies, has that come to its last checkpoint and close the target. */
    @Override
    public void close() throws IOException {
        if (Thread.currentThread().equals(worker)) {
            try {
                target.close();
            } finally {
                closed.countDown();
            }
            return;
        }
        worker.interrupt();
        try {
            closed.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            // Nobody interrupts a thread of the JVM's end; what is written is good in any case.
            Thread.currentThread().interrupt();
        }
    }
}
