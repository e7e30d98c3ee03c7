/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.AdapterType;
import dev.vixdisklib.CloneSpec;
import dev.vixdisklib.Connection;
import dev.vixdisklib.Disk;
import dev.vixdisklib.DiskType;
import dev.vixdisklib.OpenFlag;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code vixdisk clone}. */
@Command(
        name = "clone",
        description = {
            "Has the library copy a disk into a new one without parents.",
            "'vixdisk copy' reads and writes sectors itself: it can verify, has several requests on their way, and makes"
                    + " raw images. On this host, the clone appears when it is whole."
        })
final class CloneCommand extends DiskCommand {

    @Parameters(index = "0", paramLabel = "SOURCE", description = "The disk to clone.")
    private String source = "";

    @Parameters(
            index = "1",
            paramLabel = "TARGET",
            description = "What to make; on a server, a disk of a machine that is off, which is replaced.")
    private String target = "";

    @Option(
            names = "--type",
            paramLabel = "TYPE",
            converter = Type.Clonable.class,
            completionCandidates = Type.Clonable.class,
            description = "How it is stored: ${COMPLETION-CANDIDATES}. Default: sparse, or vmfs-flat on a server, which"
                    + " knows only that and vmfs-thin.")
    private @Nullable Type type;

    @Option(
            names = "--adapter",
            paramLabel = "ADAPTER",
            converter = Adapters.class,
            completionCandidates = Adapters.class,
            description = "What it is for: ${COMPLETION-CANDIDATES}. Default: that of the source.")
    private @Nullable AdapterType adapter;

    @Option(names = "--force", description = "Replace the target if it exists, which it has to on a server.")
    private boolean force;

    CloneCommand(Console console) {
        super(console);
    }

    @Override
    void check() throws IOException {
        requireDisks(source, target);
        boolean toServer = server().isOnServer(target);
        if (toServer && !force) {
            throw wrongUsage("a clone on a server replaces the disk that is there; --force does it");
        }
        if (toServer && server().nameOnServer(target).isEmpty()) {
            throw wrongUsage("a clone replaces disks of machines, and not an --fcd; 'vixdisk copy' overwrites that");
        }
        boolean isOfServer = type() == Type.VMFS_THIN || type() == Type.VMFS_FLAT;
        if (toServer ? !isOfServer : type() == Type.VMFS_THIN) {
            throw wrongUsage(
                    toServer
                            ? "disks on a server are vmfs-flat or vmfs-thin, not " + type()
                            : "only disks on a server are vmfs-thin");
        }
        if (toServer || server().isOnServer(source)) {
            if (server().areSameOnServer(source, target)) {
                throw wrongUsage("source and target are the same disk: " + source);
            }
            return;
        }
        Path to = Path.of(target);
        Apart.problem(Path.of(source), true, to, DiskTarget.replaced(to, type().diskType(), force))
                .ifPresent(problem -> {
                    throw wrongUsage(problem);
                });
    }

    private Type type() {
        return type == null ? server().isOnServer(target) ? Type.VMFS_FLAT : Type.SPARSE : type;
    }

    @Override
    void run() throws IOException {
        try (Disks disks = openToWrite();
                ProgressBar bar = console().progress("cloning")) {
            CloneSpec spec = spec(disks);
            if (server().isOnServer(target)) {
                onServer(disks, spec.replacing(), bar);
            } else {
                onHost(disks, spec, bar);
            }
        }
    }

    private void onServer(Disks disks, CloneSpec spec, ProgressBar bar) throws IOException {
        String name = server().nameOnServer(target).orElseThrow();
        CleanUp.during(
                () -> {},
                console().terminal(),
                console().err(),
                () -> "interrupted; " + target + " may be as it was, or have all or a part of " + source
                        + ", for the server may finish what it has begun: wait, then compare them, or clone again",
                () -> disks.remote().cloneDisk(name, spec, bar::atPercent));
    }

    private void onHost(Disks disks, CloneSpec spec, ProgressBar bar) throws IOException {
        Connection local = disks.local();
        try (DiskTarget to = DiskTarget.at(local, Path.of(target), spec.type(), force)) {
            make(to, target, () -> to.begin(at -> local.cloneDisk(at, spec, bar::atPercent)));
        }
    }

    private CloneSpec spec(Disks disks) throws IOException {
        CloneSpec spec = spec(disks, type().diskType());
        AdapterType wanted = adapter == null ? adapterOfSource(disks) : adapter;
        return wanted == AdapterType.UNKNOWN ? spec : spec.withAdapter(wanted);
    }

    private CloneSpec spec(Disks disks, DiskType diskType) throws IOException {
        if (!server().isOnServer(source)) {
            return CloneSpec.of(disks.local(), Path.of(source), diskType);
        }
        Optional<String> name = server().nameOnServer(source);
        return name.isPresent()
                ? CloneSpec.of(disks.remote(), name.get(), diskType)
                : CloneSpec.of(disks.remote(), diskType);
    }

    /** Also says what is wrong with the source, before anything is made. */
    private AdapterType adapterOfSource(Disks disks) throws IOException {
        try (Disk disk = disks.open(source, OpenFlag.READ_ONLY)) {
            return Objects.requireNonNull(disk.info()).adapterType();
        }
    }
}
