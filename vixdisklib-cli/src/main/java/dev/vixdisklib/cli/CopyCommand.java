/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.AdapterType;
import dev.vixdisklib.CopyException;
import dev.vixdisklib.CopyResult;
import dev.vixdisklib.DiskCopy;
import dev.vixdisklib.DiskType;
import dev.vixdisklib.OpenFlag;
import dev.vixdisklib.StreamOptions;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code vixdisk copy}. */
@Command(
        name = "copy",
        description = {
            "Copies a disk.",
            "A name that ends in .vmdk, in any case, is a disk of the library, - is standard input or output, any other"
                    + " name, .qcow2 too, is a raw image. What is only zeros becomes a hole. The target appears when it is"
                    + " whole; but a disk on a server, where only the server makes disks, has to exist, and is overwritten."
        })
final class CopyCommand extends DiskCommand {

    private static final String STREAM = "-";

    /** Fits the caches, and the kernel finds memory for so much more easily than for 1 MiB: docs/performance.md. */
    private static final int LOCAL_CHUNK = 512 << 10;

    /** From one checkpoint to the next. */
    private static final int SECONDS_BETWEEN = 10;

    @Parameters(index = "0", paramLabel = "SOURCE", description = "What to copy.")
    private String source = "";

    @Parameters(index = "1", paramLabel = "TARGET", description = "What to make.")
    private String target = "";

    @Option(
            names = "--type",
            paramLabel = "TYPE",
            converter = Type.Writable.class,
            completionCandidates = Type.Writable.class,
            description = "How a .vmdk is made: ${COMPLETION-CANDIDATES}. Default: sparse.")
    private @Nullable Type type;

    @Option(names = "--force", description = "Replace the target if it exists; on a server, overwrite it.")
    private boolean force;

    @Option(
            names = "--verify",
            description = "Read the target afterwards, and compare it with the source, which is read again.")
    private boolean verify;

    @Option(
            names = "--checksum",
            description = "Print the SHA-256 of the content, holes as zeros, as sha256sum prints it.")
    private boolean checksum;

    @Option(
            names = "--no-sync",
            description = "Do not wait until the copy is on stable storage; a power failure soon after may lose it.")
    private boolean noSync;

    @Option(
            names = "--chunk",
            paramLabel = "SIZE",
            converter = Sizes.class,
            description = "How much a request reads or writes. Default: 512K, and 1M with a server.")
    private @Nullable Long chunk;

    @Option(
            names = "--depth",
            paramLabel = "N",
            description =
                    "How many requests are in flight over a network. Default: " + StreamOptions.DEFAULT_DEPTH + ".")
    private @Nullable Integer depth;

    @Option(
            names = "--checkpoint",
            paramLabel = "FILE",
            description =
                    "Keep in FILE how far the copy is. If it is ended early, by whatever, the target stays under a hidden"
                            + " name, and the same command goes on with it; when it is complete, FILE is deleted. For targets that are"
                            + " raw files, .vmdk disks, or disks on a server, and sources that are no pipes.")
    private @Nullable Path checkpoint;

    @Option(
            names = "--checkpoint-every",
            paramLabel = "SECONDS",
            description =
                    "How long to copy from one checkpoint to the next, for each of which the target is put on stable"
                            + " storage; 0 for one after each request. Default: " + SECONDS_BETWEEN + ".")
    private @Nullable Integer checkpointEvery;

    @Option(names = "--json", description = "Print a JSON object that says what was done.")
    private boolean json;

    CopyCommand(Console console) {
        super(console);
    }

    @Override
    void check() throws IOException {
        checkUsage();
        requireUseOfServer(source, target);
        if (source.equals(STREAM) && server().usesStandardInput()) {
            throw wrongUsage("standard input cannot be both the source and the password; use another --password-fd");
        }
        if (server().isOnServer(target)) {
            checkServerTarget();
        }
    }

    private void checkServerTarget() throws IOException {
        if (type != null) {
            throw wrongUsage("--type is for a disk that is made, and only the server makes disks there");
        }
        if (server().areSameOnServer(source, target)) {
            throw wrongUsage("source and target are the same disk: " + source);
        }
        if (!force) {
            throw new IOException(
                    target + " is on a server, where a copy overwrites a disk that exists; --force does that");
        }
    }

    @Override
    void run() throws IOException {
        if (!isDisk(source) && !isDisk(target)) {
            copy(null);
            return;
        }
        try (Disks disks = server().isOnServer(target) ? openToWrite() : openToRead()) {
            copy(disks);
        }
    }

    private void checkUsage() throws IOException {
        if (source.isEmpty() || target.isEmpty()) {
            throw wrongUsage("a name is empty");
        }
        if (target.equals(STREAM) && console().terminal().outIsTerminal()) {
            throw wrongUsage("standard output is a terminal; send it to a file or a program");
        }
        if (!server().isOnServer(target) && target.endsWith("/") && !Files.isDirectory(Path.of(target))) {
            throw wrongUsage(target + " names a directory, and a target is a file; name the file");
        }
        if (type != null && !isDisk(target)) {
            throw wrongUsage("--type is for a target that ends in .vmdk, which " + target + " does not");
        }
        if (verify && !isDisk(target) && (isStream(source) || !isFile(target))) {
            throw wrongUsage(
                    "--verify reads source and target again, which a pipe or device cannot; --checksum tells what"
                            + " came through");
        }
        checkCheckpoint();
        streamOptions();
        if (isFileName(source) && isFileName(target)) {
            checkApart(Path.of(source), Path.of(target));
        }
    }

    private void checkCheckpoint() throws IOException {
        if (checkpointEvery != null && (checkpoint == null || checkpointEvery < 0)) {
            throw wrongUsage(
                    checkpoint == null
                            ? "--checkpoint-every is for a --checkpoint"
                            : "--checkpoint-every is a time, and cannot be negative");
        }
        if (checkpoint == null) {
            return;
        }
        if (checkpoint.toString().isEmpty()) {
            throw wrongUsage("a name is empty");
        }
        if (isStream(source) || (!isDisk(target) && !isFile(target))) {
            throw wrongUsage(
                    "--checkpoint is for a source and a target in whose midst a copy can go on, and not for a pipe"
                            + " or a device to write to; copy from and to files and disks");
        }
        for (String name : List.of(source, target)) {
            if (isFileName(name) && isSame(checkpoint, Path.of(name))) {
                throw wrongUsage("--checkpoint is a file of its own, and not " + name);
            }
        }
        if (Side.hasNameOfDisk(checkpoint.toString())) {
            // Disks have more files than that of their name, which can be made later than the checkpoint.
            throw wrongUsage("--checkpoint is a file of its own, and " + checkpoint
                    + " has the name of a disk; choose one that does not end in .vmdk");
        }
    }

    private static boolean isSame(Path one, Path other) throws IOException {
        return (Files.exists(one) && Files.exists(other))
                ? Files.isSameFile(one, other)
                : place(one).equals(place(other));
    }

    /** Where something is that may not be there yet: its directory can have several names. */
    private static Path place(Path path) throws IOException {
        Path whole = path.toAbsolutePath();
        Path directory = whole.getParent();
        return directory != null && Files.exists(directory)
                ? directory.toRealPath().resolve(whole.getFileName())
                : whole.normalize();
    }

    /** Whether it is the name of something in a file system of this host. */
    private boolean isFileName(String name) {
        return !name.equals(STREAM) && !server().isOnServer(name);
    }

    private static boolean isFile(String name) throws IOException {
        if (name.equals(STREAM)) {
            return false;
        }
        FileKind kind = FileKind.of(Path.of(name));
        return kind == FileKind.REGULAR || kind == FileKind.MISSING;
    }

    /** Reads ahead, so that one processor reads while another one writes. */
    private StreamOptions streamOptions() {
        if (chunk != null && chunk > StreamOptions.MAX_CHUNK_BYTES) {
            throw wrongUsage("--chunk is larger than " + Sizes.format(StreamOptions.MAX_CHUNK_BYTES));
        }
        try {
            StreamOptions options = StreamOptions.defaults().readingAhead();
            if (chunk != null) {
                options = options.withChunkBytes(chunk.intValue());
            } else if (!server().isGiven()) {
                options = options.withChunkBytes(LOCAL_CHUNK);
            }
            return depth == null ? options : options.withDepth(depth);
        } catch (IllegalArgumentException e) {
            throw wrongUsage(String.valueOf(e.getMessage()));
        }
    }

    /** Refuses a copy that would replace or delete its source, or a part of it. */
    private void checkApart(Path from, Path to) throws IOException {
        List<Path> replaced = isDisk(target) ? DiskTarget.replaced(to, diskType(), force) : List.of(to);
        Apart.problem(from, isDisk(source), to, replaced).ifPresent(problem -> {
            throw wrongUsage(problem);
        });
    }

    private DiskType diskType() {
        return typeOfMade().diskType();
    }

    private Type typeOfMade() {
        return type == null ? Type.SPARSE : type;
    }

    private boolean isDisk(String name) {
        return Side.isDisk(name, server());
    }

    private void copy(@Nullable Disks disks) throws IOException {
        try (Target to = openTarget(disks)) {
            if (isStream(source) && !isDisk(target)) {
                // Straight through: only a disk has to know its size before it is made.
                try (ReadableByteChannel from = openStream()) {
                    copy(DiskCopy.fromChannel(from), to, Target.UNKNOWN, null);
                }
                return;
            }
            try (Source from = openSource(disks)) {
                if (isDisk(target) && from.bytes() == 0) {
                    throw new IOException(nameOfSource() + " is empty, and a disk needs at least one sector");
                }
                copy(from.contents(), to, from.bytes(), adapterOf(from));
            }
        }
    }

    /** The adapter that the source was made for, null where a disk can be made for none such. */
    private static @Nullable AdapterType adapterOf(Source source) throws IOException {
        AdapterType adapter =
                source instanceof DiskSource disk ? disk.disk().info().adapterType() : null;
        return adapter == AdapterType.UNKNOWN ? null : adapter;
    }

    /** Whether it has no size and no beginning to go back to: standard input, a pipe, a character device. */
    private boolean isStream(String source) throws IOException {
        return source.equals(STREAM) || (!isDisk(source) && FileKind.of(Path.of(source)) == FileKind.STREAM);
    }

    private String nameOfSource() {
        return source.equals(STREAM) ? "standard input" : source;
    }

    private void copy(DiskCopy.Source contents, Target to, long bytes, @Nullable AdapterType adapter)
            throws IOException {
        AtomicBoolean complete = new AtomicBoolean();
        String name = target.equals(STREAM) ? "the copy" : target;
        try (ProgressBar bar = console().progress("reading back", bytes)) {
            CleanUp.during(
                    to,
                    console().terminal(),
                    console().err(),
                    () -> "interrupted; " + name
                            + (complete.get() ? " is complete" : " is not complete" + Messages.oneLine(to.howToGoOn())),
                    () -> {
                        CopyResult result = make(contents, to, bytes, adapter, bar);
                        complete.set(true);
                        tell(result, to);
                    });
        }
    }

    private CopyResult make(
            DiskCopy.Source contents, Target to, long bytes, @Nullable AdapterType adapter, ProgressBar bar)
            throws IOException {
        try {
            to.begin(bytes, adapter);
            CopyResult result = run(to, described(to.copyOf(contents)).withProgress(bar::at));
            requireSize(bytes, result.totalBytes());
            to.finish(!noSync);
            return result;
        } catch (IOException e) {
            String howToGoOn = to.howToGoOn();
            throw howToGoOn.isEmpty() ? e : new IOException(Messages.of(e) + howToGoOn, e);
        }
    }

    /** A raw image can change before it is copied; the target was made as large as it was then. */
    private void requireSize(long expected, long copied) throws IOException {
        if (expected != Target.UNKNOWN && copied != expected) {
            throw new IOException(nameOfSource() + ": it has become " + (copied < expected ? "shorter" : "longer")
                    + " while it was read");
        }
    }

    private DiskCopy described(DiskCopy plain) {
        DiskCopy copy = plain.skippingZeros();
        copy = verify ? copy.verifying() : copy;
        copy = checksum ? copy.hashing("SHA-256") : copy;
        copy = noSync ? copy.withoutSync() : copy;
        return copy.withOptions(streamOptions());
    }

    private CopyResult run(Target to, DiskCopy copy) throws IOException {
        try {
            return copy.run();
        } catch (CopyException e) {
            throw Messages.ofSide(e, nameOfSource(), target.equals(STREAM) ? "standard output" : target);
        } catch (IOException e) {
            throw to.named(e);
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }

    private void tell(CopyResult result, Target to) {
        PrintStream out = target.equals(STREAM) ? console().err() : out();
        if (json) {
            out.println(new Json()
                    .put("source", source)
                    .put("target", target)
                    .put("bytes", result.totalBytes())
                    .put("resumedBytes", to instanceof CheckpointedTarget begun ? begun.resumedBytes() : 0)
                    .put("readBytes", result.readBytes())
                    .put("writtenBytes", result.writtenBytes())
                    .put("milliseconds", result.time().toMillis())
                    .put("sha256", result.hash().orElse(null)));
        } else if (result.hash().isPresent()) {
            // Where sha256sum would have had the content from: a raw image, or a pipe that this has written to.
            boolean isImage = !target.equals(STREAM) && !isDisk(target);
            out.println(result.hash().get() + "  " + (isImage ? target : STREAM));
        }
    }

    private Source openSource(@Nullable Disks disks) throws IOException {
        if (isStream(source)) {
            try (ReadableByteChannel from = openStream();
                    ProgressBar bar = console().progress("reading", Target.UNKNOWN)) {
                return RawSource.spooled(from, nameOfSource(), placeForSpool(), bar::at);
            }
        }
        return disks != null && isDisk(source)
                ? new DiskSource(disks.open(source, OpenFlag.READ_ONLY))
                : RawSource.open(Path.of(source));
    }

    /** Beside the target, where there has to be room for it anyway, unless that is on a server. */
    private Path placeForSpool() throws IOException {
        return Partial.pathFor(
                server().isOnServer(target)
                        ? Path.of(System.getProperty("java.io.tmpdir"), "vixdisk-copy")
                        : Path.of(target));
    }

    private ReadableByteChannel openStream() throws IOException {
        return source.equals(STREAM)
                ? new FileInputStream(FileDescriptor.in).getChannel()
                : FileChannel.open(Path.of(source), StandardOpenOption.READ);
    }

    private Target openTarget(@Nullable Disks disks) throws IOException {
        Target opened;
        try {
            opened = openPlainTarget(disks);
        } catch (FileSystemException e) {
            if (checkpoint == null) {
                throw e;
            }
            CheckpointFile file = new CheckpointFile(checkpoint);
            throw new IOException(
                    Messages.of(e) + file.read().map(file::howToEnd).orElse(""), e);
        }
        if (checkpoint == null || !(opened instanceof ResumableTarget resumable)) {
            return opened;
        }
        boolean isMade = isDisk(target) && !server().isOnServer(target);
        return new CheckpointedTarget(
                resumable,
                new CheckpointFile(checkpoint),
                CopyIdentity.of(server(), source, target, isMade ? typeOfMade() : null),
                Duration.ofSeconds(checkpointEvery == null ? SECONDS_BETWEEN : checkpointEvery));
    }

    private Target openPlainTarget(@Nullable Disks disks) throws IOException {
        if (target.equals(STREAM)) {
            return new StreamTarget("standard output", new FileOutputStream(FileDescriptor.out).getChannel(), false);
        }
        if (disks != null && server().isOnServer(target)) {
            return new ServerTarget(disks, target);
        }
        Path path = Path.of(target);
        if (disks != null && isDisk(target)) {
            return DiskTarget.at(disks.local(), path, diskType(), force);
        }
        FileKind kind = FileKind.of(path);
        if (kind == FileKind.BLOCK_DEVICE && !force) {
            throw new FileSystemException(target, null, "is a block device; --force overwrites it");
        }
        if (kind == FileKind.STREAM || kind == FileKind.BLOCK_DEVICE) {
            return new StreamTarget(
                    target, FileChannel.open(path, StandardOpenOption.WRITE), kind == FileKind.BLOCK_DEVICE);
        }
        Path place = FileKind.followed(path);
        if (!force && Files.exists(place)) {
            throw DiskTarget.exists(place);
        }
        return new RawTarget(place, force);
    }
}
