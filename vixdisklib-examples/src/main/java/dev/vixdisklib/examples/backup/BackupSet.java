/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.examples.backup;

import dev.vixdisklib.CopyCheckpoint;
import dev.vixdisklib.CopyPlan;
import dev.vixdisklib.CopyProgress;
import dev.vixdisklib.CopyResult;
import dev.vixdisklib.Disk;
import dev.vixdisklib.DiskCopy;
import dev.vixdisklib.SectorSet;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The backups of one disk, in a folder: a full one, and increments on it. Any of them can be restored.
 *
 * <p>It shows how {@link CopyPlan} and {@link DiskCopy} make increments that forget nothing and show nothing of what was
 * deleted, how a copy that was interrupted goes on where it was, and how a backup is there whole or not at all:
 *
 * <pre>
 * set/1/manifest.txt    what was copied, and a hash
 * set/1/image.raw       a raw image with holes: the sectors that were copied, each in its place
 * set/2/...
 * set/.partial/         the one that is being made; renamed when it is whole and on stable storage
 * </pre>
 *
 * <p>A product would add: compression, encryption and deduplication; hashes of blocks, made while they are copied, instead of one
 * of an image with its holes; rules about which backups are kept, and merging increments; several disks and machines at once; and it
 * would try a restore from time to time.
 *
 * <p>Any thread may use it. One backup is made at a time, also by several processes.
 */
public final class BackupSet {

    private static final String MANIFEST = "manifest.txt";
    private static final String IMAGE = "image.raw";
    private static final String CHECKPOINT = "checkpoint.txt";
    private static final Duration BETWEEN_CHECKPOINTS = Duration.ofSeconds(10);

    private final Path folder;
    private final Path partial;
    private final Duration betweenCheckpoints;

    /**
     * The backups in a folder.
     *
     * @param folder is made when the first backup is
     */
    public BackupSet(Path folder) {
        this(folder, BETWEEN_CHECKPOINTS);
    }

    BackupSet(Path folder, Duration betweenCheckpoints) {
        this.folder = folder;
        this.partial = folder.resolve(".partial");
        this.betweenCheckpoints = betweenCheckpoints;
    }

    /**
     * The backups that there are.
     *
     * @return all that are whole, the oldest first
     * @throws IOException if they cannot be read
     */
    public List<BackupPoint> points() throws IOException {
        List<BackupPoint> points = new ArrayList<>();
        if (Files.exists(folder)) {
            try (DirectoryStream<Path> backups = Files.newDirectoryStream(folder, "[0-9]*")) {
                for (Path backup : backups) {
                    points.add(BackupPoint.read(backup.resolve(MANIFEST)));
                }
            }
        }
        points.sort(Comparator.comparingInt(BackupPoint::number));
        return points;
    }

    /**
     * Makes a backup: of what has changed since the last one, or of all of the disk if that is not known. If this fails, or
     * the process ends, the next call goes on where it was, if the state of the disk is the same then.
     *
     * @param disk the disk, which nobody writes to meanwhile, as in a snapshot
     * @param tracker tells what has changed on it
     * @param progress hears how far it is
     * @return the backup, which is on stable storage
     * @throws IOException if something fails, or another backup is being made in this folder
     * @throws InterruptedException if the thread is interrupted
     */
    @SuppressWarnings("try") // the lock is there for its end
    public BackupPoint backup(Disk disk, ChangeTracker tracker, Consumer<? super CopyProgress> progress)
            throws IOException, InterruptedException {
        Files.createDirectories(folder);
        try (FileChannel lock = lock()) {
            BackupPoint point = begin(disk, tracker);
            String hash = copy(disk, point, progress);
            BackupPoint complete = point.withSha256(hash);
            write(MANIFEST, complete.manifest());
            Files.deleteIfExists(partial.resolve(CHECKPOINT));
            sync(partial);
            Files.move(partial, folder(complete.number()), StandardCopyOption.ATOMIC_MOVE);
            sync(folder);
            return complete;
        }
    }

    private FileChannel lock() throws IOException {
        FileChannel file =
                FileChannel.open(folder.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (file.tryLock() != null) {
                return file;
            }
        } catch (OverlappingFileLockException e) {
            // Held by another thread of this process, which is as good as by another process.
        }
        file.close();
        throw new IOException("another backup is being made in " + folder);
    }

    /** What was begun and can go on, or else something new. */
    private BackupPoint begin(Disk disk, ChangeTracker tracker) throws IOException, InterruptedException {
        String state = tracker.state();
        List<BackupPoint> points = points();
        Optional<BackupPoint> last = points.isEmpty() ? Optional.empty() : Optional.of(points.get(points.size() - 1));
        int number = last.map(BackupPoint::number).orElse(0) + 1;
        if (Files.exists(partial.resolve(MANIFEST))) {
            BackupPoint begun = BackupPoint.read(partial.resolve(MANIFEST));
            if (begun.number() == number && begun.state().equals(state) && begun.capacity() == disk.capacity()) {
                return begun;
            }
        }
        deleteTree(partial);
        Files.createDirectory(partial);
        Optional<SectorSet> changed = last.isPresent() && last.get().capacity() == disk.capacity()
                ? tracker.changedSince(last.get().state())
                : Optional.empty();
        SectorSet told = changed.orElseGet(() -> SectorSet.all(disk.capacity()));
        // Asked once, so that what is copied and what is zeros fit together.
        SectorSet allocated = disk.allocatedBlocks().within(told).toSet();
        BackupPoint point = new BackupPoint(
                number, changed.isEmpty(), state, disk.capacity(), allocated, told.minus(allocated), Optional.empty());
        write(MANIFEST, point.manifest());
        return point;
    }

    /** Copies what is to be copied into an image, from where an earlier try was; returns the image's hash. */
    private String copy(Disk disk, BackupPoint point, Consumer<? super CopyProgress> progress)
            throws IOException, InterruptedException {
        try (FileChannel image = FileChannel.open(
                partial.resolve(IMAGE), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            DiskCopy copy = DiskCopy.from(disk)
                    .toFile(image)
                    .withPlan(point.plan())
                    // Nothing else was ever written to the image, so what is zeros needs no space in it.
                    .ontoZeros()
                    .skippingZeros()
                    .withCheckpoints(betweenCheckpoints, reached -> write(CHECKPOINT, reached.toString()))
                    .withProgress(progress);
            Optional<CopyCheckpoint> earlier = checkpoint();
            copy = earlier.isPresent() ? copy.resumingFrom(earlier.get()) : copy;
            // All of the disk passes by, so its hash costs no reading.
            copy = point.full() ? copy.hashing("SHA-256") : copy;
            CopyResult result = copy.run();
            return result.hash().isPresent() ? result.hash().get() : hash(image);
        }
    }

    private Optional<CopyCheckpoint> checkpoint() throws IOException {
        Path file = partial.resolve(CHECKPOINT);
        return Files.exists(file) ? Optional.of(CopyCheckpoint.parse(Files.readString(file))) : Optional.empty();
    }

    /**
     * Makes a disk what it was at a backup.
     *
     * @param number of the backup
     * @param target open for writing, no smaller than the disk was; of a larger one, the rest stays as it is
     * @param progress hears of each image that is read, the oldest first
     * @throws IOException if something fails, and then the target has some of the disk
     * @throws InterruptedException if the thread is interrupted
     */
    public void restore(int number, Disk target, Consumer<? super CopyProgress> progress)
            throws IOException, InterruptedException {
        // What the newest backup does not say, the one before does, so that each sector is written once.
        Deque<Part> oldestFirst = new ArrayDeque<>();
        SectorSet left = SectorSet.all(point(number).capacity());
        for (BackupPoint point : chain(number)) {
            oldestFirst.push(new Part(point, point.changed().intersect(left)));
            left = left.minus(point.changed());
        }
        for (Part part : oldestFirst) {
            try (FileChannel image = openImage(part.point())) {
                DiskCopy.fromFile(image)
                        .to(target)
                        .withPlan(part.plan())
                        .withProgress(progress)
                        .run();
            }
        }
    }

    /** The sectors of a backup that no later one has. */
    private record Part(BackupPoint point, SectorSet sectors) {

        CopyPlan plan() {
            return CopyPlan.incremental(point.capacity(), point.copied(), sectors);
        }
    }

    /** A backup and what it stands on: the newest first, the full one last. */
    private List<BackupPoint> chain(int number) throws IOException {
        List<BackupPoint> chain = new ArrayList<>();
        BackupPoint point = point(number);
        chain.add(point);
        while (!point.full()) {
            point = point(point.number() - 1);
            chain.add(point);
        }
        return chain;
    }

    BackupPoint point(int number) throws IOException {
        Path manifest = folder(number).resolve(MANIFEST);
        if (!Files.exists(manifest)) {
            throw new NoSuchFileException(manifest.toString(), null, "there is no backup " + number);
        }
        return BackupPoint.read(manifest);
    }

    /**
     * Finds out whether a backup can be restored: whether its image, and those that it stands on, are what they were.
     *
     * @param number of the backup
     * @throws IOException if not; it says which image is damaged
     * @throws InterruptedException if the thread is interrupted
     */
    public void verify(int number) throws IOException, InterruptedException {
        for (BackupPoint point : chain(number)) {
            try (FileChannel image = openImage(point)) {
                String hash = hash(image);
                if (!point.sha256().equals(Optional.of(hash))) {
                    throw new IOException(folder(point.number()).resolve(IMAGE) + " is damaged: its SHA-256 is " + hash
                            + " and was " + point.sha256().orElse("not kept"));
                }
            }
        }
    }

    /** The hash of a raw image; holes are read, too. */
    private static String hash(FileChannel image) throws IOException, InterruptedException {
        WritableByteChannel nowhere = Channels.newChannel(OutputStream.nullOutputStream());
        return DiskCopy.fromFile(image)
                .toChannel(nowhere)
                .hashing("SHA-256")
                .run()
                .hash()
                .orElseThrow();
    }

    private FileChannel openImage(BackupPoint point) throws IOException {
        return FileChannel.open(folder(point.number()).resolve(IMAGE), StandardOpenOption.READ);
    }

    private Path folder(int number) {
        return folder.resolve(String.valueOf(number));
    }

    /** A place for a disk, for whoever makes a backup. */
    Path scratch() {
        return folder.resolve(".scratch.vmdk");
    }

    /** Replaces a file of the backup that is being made: after a power failure, it has the old text or the new one. */
    private void write(String name, String text) throws IOException {
        Path next = partial.resolve(name + ".next");
        Files.writeString(next, text);
        sync(next);
        Files.move(next, partial.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        sync(partial);
    }

    /** Puts a file, or the names in a folder, on stable storage. */
    private static void sync(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static void deleteTree(Path tree) throws IOException {
        if (!Files.exists(tree)) {
            return;
        }
        List<Path> all;
        try (Stream<Path> walk = Files.walk(tree)) {
            all = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : all) {
            Files.delete(path);
        }
    }

    @Override
    public String toString() {
        return "the backups in " + folder;
    }
}
