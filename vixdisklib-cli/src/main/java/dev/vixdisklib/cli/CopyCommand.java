/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.AdapterType;
import dev.vixdisklib.Connection;
import dev.vixdisklib.DiskSpec;
import dev.vixdisklib.DiskType;
import dev.vixdisklib.OpenFlag;
import dev.vixdisklib.VixDiskLib;
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
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code vixdisk copy}. */
@Command(
        name = "copy",
        description = {
            "Copies a disk.",
            "A name that ends in .vmdk is a disk of the library, - is standard input or output, any other name is a raw"
                    + " image. What is only zeros becomes a hole. The target appears when it is whole."
        },
        mixinStandardHelpOptions = true)
final class CopyCommand implements Callable<Integer> {

    private static final String STREAM = "-";

    private final Terminal terminal;
    private final PrintStream err;

    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private final LibraryOptions library = new LibraryOptions();

    @Parameters(index = "0", paramLabel = "SOURCE", description = "What to copy.")
    private String source = "";

    @Parameters(index = "1", paramLabel = "TARGET", description = "What to make.")
    private String target = "";

    @Option(
            names = "--type",
            paramLabel = "TYPE",
            defaultValue = "sparse",
            description = "How a .vmdk is made: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private Type type = Type.sparse;

    @Option(names = "--force", description = "Replace the target if it exists.")
    private boolean force;

    /** The types that can be made. */
    enum Type {
        /** One file that grows. */
        sparse(DiskType.MONOLITHIC_SPARSE),
        /** A descriptor and a file of full size. */
        flat(DiskType.MONOLITHIC_FLAT);

        private final DiskType diskType;

        Type(DiskType diskType) {
            this.diskType = diskType;
        }
    }

    CopyCommand(Terminal terminal, PrintStream err) {
        this.terminal = terminal;
        this.err = err;
    }

    @Override
    public Integer call() throws IOException {
        checkUsage();
        if (isDisk(source) || isDisk(target)) {
            try (VixDiskLib lib = library.open();
                    Connection host = lib.connectLocal()) {
                copy(host);
            }
        } else {
            copy(null);
        }
        return CommandLine.ExitCode.OK;
    }

    private void checkUsage() throws IOException {
        if (source.isEmpty() || target.isEmpty()) {
            throw wrongUsage("a name is empty");
        }
        if (target.equals(STREAM) && terminal.outIsTerminal()) {
            throw wrongUsage("standard output is a terminal; send it to a file or a program");
        }
        if (!source.equals(STREAM)
                && !target.equals(STREAM)
                && Files.exists(Path.of(source))
                && Files.exists(Path.of(target))
                && Files.isSameFile(Path.of(source), Path.of(target))) {
            throw wrongUsage("source and target are the same file: " + source);
        }
    }

    private ParameterException wrongUsage(String message) {
        return new ParameterException(Objects.requireNonNull(spec).commandLine(), message);
    }

    private static boolean isDisk(String name) {
        return name.endsWith(".vmdk");
    }

    private void copy(@Nullable Connection host) throws IOException {
        if (source.equals(STREAM) && !isDisk(target)) {
            // Straight through: only a disk has to know its size before it is made.
            copy(
                    openTarget(host, 0, AdapterType.LSILOGIC),
                    ProgressBar.UNKNOWN,
                    transfer -> transfer.copy(standardInput()));
            return;
        }
        try (Source from = openSource(host)) {
            AdapterType adapter =
                    from instanceof DiskSource disk ? disk.disk().info().adapterType() : AdapterType.LSILOGIC;
            copy(openTarget(host, from.bytes(), adapter), from.bytes(), transfer -> transfer.copy(from));
        }
    }

    /** What is copied; returns its size in bytes. */
    @FunctionalInterface
    private interface Contents {
        long copy(Transfer transfer) throws IOException;
    }

    private void copy(Target target, long bytes, Contents contents) throws IOException {
        try (target;
                ProgressBar bar = new ProgressBar(terminal, err, "copying", bytes);
                Transfer transfer = new Transfer(target, bar::at)) {
            CleanUp.during(
                    target,
                    err,
                    "interrupted; " + (this.target.equals(STREAM) ? "the copy" : this.target) + " is not complete",
                    () -> target.finish(contents.copy(transfer)));
        }
    }

    private Source openSource(@Nullable Connection host) throws IOException {
        if (source.equals(STREAM)) {
            try (ProgressBar bar = new ProgressBar(terminal, err, "reading", ProgressBar.UNKNOWN)) {
                return RawSource.spooled(standardInput(), Partial.pathFor(Path.of(target)), bar::at);
            }
        }
        return host != null && isDisk(source)
                ? new DiskSource(host.openDisk(Path.of(source), OpenFlag.READ_ONLY))
                : RawSource.open(Path.of(source));
    }

    private static ReadableByteChannel standardInput() {
        return new FileInputStream(FileDescriptor.in).getChannel();
    }

    private Target openTarget(@Nullable Connection host, long bytes, AdapterType adapter) throws IOException {
        if (target.equals(STREAM)) {
            return new StreamTarget("standard output", new FileOutputStream(FileDescriptor.out).getChannel());
        }
        Path path = Path.of(target);
        if (Files.isDirectory(path)) {
            throw new FileSystemException(target, null, "is a directory");
        }
        if (host != null && isDisk(target)) {
            if (bytes == 0) {
                throw new IOException(source + " is empty, and a disk needs at least one sector");
            }
            DiskSpec disk = DiskSpec.of(type.diskType, Transfer.sectors(bytes));
            return new DiskTarget(host, path, adapter == AdapterType.UNKNOWN ? disk : disk.withAdapter(adapter), force);
        }
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            // A device or a pipe.
            return new StreamTarget(target, FileChannel.open(path, StandardOpenOption.WRITE));
        }
        return new RawTarget(path, force);
    }
}
