/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vixdisklib.cli.Images.Contents;
import dev.vixdisklib.shim.FakeControl;
import dev.vixdisklib.shim.FakeVddk;
import dev.vixdisklib.shim.Fault;
import dev.vixdisklib.shim.FaultPlan;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code vixdisk copy --checkpoint}: copies that fail, and go on. */
class CheckpointTest {

    private static final int CHUNK = 64 << 10;
    private static final int BYTES = 20 * CHUNK + 512;

    @TempDir
    Path directory;

    private final FakeControl fake = FakeControl.of(FakeVddk.directory());
    private Path raw;
    private Path disk;
    private Path checkpoint;

    @BeforeEach
    void makeImages() throws IOException {
        raw = Images.raw(at("a.raw"), BYTES, Contents.FULL, 1);
        disk = at("a.vmdk");
        Cli.run("copy", raw, disk).succeeded();
        checkpoint = at("c.checkpoint");
    }

    @AfterEach
    void nothingFails() {
        fake.setFaultPlan(FaultPlan.NONE);
    }

    private Path at(String name) {
        return directory.resolve(name);
    }

    private Outcome copy(Path source, Path target, Object... options) {
        List<Object> args = new ArrayList<>(List.of("copy", "--checkpoint", checkpoint, "--checkpoint-every=0"));
        args.addAll(List.of("--chunk=64K", source, target));
        args.addAll(Arrays.asList(options));
        return Cli.run(args.toArray());
    }

    /** A copy that fails after ten chunks. */
    private Outcome failing(Path source, Path target, Object... options) {
        fake.setFaultPlan(FaultPlan.of(Fault.on(source.equals(disk) ? "Read" : "Write")
                .sectors(10 * 128, 10 * 128)
                .returns("VIX_E_FILE_ERROR")));
        Outcome outcome = copy(source, target, options);
        fake.setFaultPlan(FaultPlan.NONE);
        return outcome;
    }

    private List<Path> hidden() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().startsWith("."))
                    .toList();
        }
    }

    private void requireSame(Path target) throws IOException {
        Path content = target;
        if (target.toString().endsWith(".vmdk")) {
            content = at("content");
            Cli.run("copy", "--force", target, content).succeeded();
        }
        byte[] padded = Arrays.copyOf(Files.readAllBytes(raw), (int) Files.size(content));
        assertThat(Files.readAllBytes(content)).isEqualTo(padded);
    }

    @ParameterizedTest
    @ValueSource(strings = {"b.raw", "b.vmdk"})
    void aCopyThatIsCompleteLeavesOnlyTheTarget(String target) throws Exception {
        copy(disk, at(target)).succeeded();
        requireSame(at(target));
        assertThat(checkpoint).doesNotExist();
        assertThat(hidden()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a.vmdk b.raw",
                "a.raw b.vmdk --type=sparse",
                "a.raw b.vmdk --type=flat",
                "a.raw b.vmdk --type=split-sparse",
                "a.vmdk b.raw --force"
            })
    void aCopyThatFailsGoesOn(String command) throws Exception {
        String[] words = command.split(" ", -1);
        Path source = at(words[0]);
        Path target = at(words[1]);
        Object[] options = Arrays.copyOfRange(words, 2, words.length);

        failing(source, target, options).failed("the same command goes on after 640 KiB of 1.3 MiB");

        assertThat(target).doesNotExist();
        assertThat(hidden()).hasSize(1);
        assertThat(Files.readString(checkpoint)).contains("1280 of 2561 sectors", words[1]);
        List<Object> again = new ArrayList<>(Arrays.asList(options));
        again.add("--json");
        assertThat(copy(source, target, again.toArray()).succeeded())
                .contains("\"resumedBytes\": " + 10 * CHUNK, "\"readBytes\": " + (BYTES - 10 * CHUNK));
        requireSame(target);
        assertThat(checkpoint).doesNotExist();
        assertThat(hidden()).isEmpty();
    }

    @Test
    void aCopyThatGoesOnHasItsChecksumAndIsVerified() throws Exception {
        String sum =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(raw)));
        failing(raw, at("b.vmdk"), "--checksum").failed("the same command goes on");
        assertThat(copy(raw, at("b.vmdk"), "--checksum", "--verify").succeeded())
                .isEqualTo(sum + "  -\n");
        failing(disk, at("b.raw"), "--checksum", "--json").failed("the same command goes on");
        assertThat(copy(disk, at("b.raw"), "--checksum", "--json").succeeded())
                .contains("\"sha256\": \"" + sum + "\"", "\"bytes\": " + BYTES, "\"milliseconds\": ");
    }

    @Test
    void itFailsAgainAndGoesOnAgain() throws Exception {
        failing(disk, at("b.raw")).failed("after 640 KiB");
        fake.setFaultPlan(
                FaultPlan.of(Fault.on("Read").sectors(15 * 128, 15 * 128).returns("VIX_E_FILE_ERROR")));
        copy(disk, at("b.raw")).failed("after 960 KiB");
        fake.setFaultPlan(FaultPlan.NONE);
        copy(disk, at("b.raw")).succeeded();
        requireSame(at("b.raw"));
    }

    /** What was copied before is not looked at again. */
    @Test
    void whatIsCompleteIsNotCopiedAgain() throws Exception {
        failing(disk, at("b.raw")).failed("goes on");
        Images.write(hidden().get(0), 0, (byte) ~Files.readAllBytes(raw)[0]);
        copy(disk, at("b.raw"), "--verify")
                .failed("sector 0 of the target file differs", "everything is copied", "delete " + checkpoint);
        assertThat(checkpoint).exists();
    }

    @Test
    void anotherCopyIsRefused() throws Exception {
        failing(disk, at("b.raw")).failed("goes on");
        String kept = Files.readString(checkpoint);
        Path partial = hidden().get(0);
        String anew = "to copy everything anew, delete " + checkpoint + " and " + partial;

        copy(raw, at("b.raw")).failed("its source is " + disk.toRealPath() + ", and not " + raw.toRealPath(), anew);
        copy(disk, at("c.raw")).failed("its target is ", "b.raw, and not ", "c.raw", anew);
        copy(disk, at("b.vmdk")).failed("its target.type is unknown, and not sparse", anew);
        FileTime before = Files.getLastModifiedTime(disk);
        Files.setLastModifiedTime(disk, FileTime.fromMillis(before.toMillis() + 1000));
        copy(disk, at("b.raw")).failed("its source.changed is " + before + ", and not ", anew);
        Files.setLastModifiedTime(disk, before);

        assertThat(checkpoint).hasContent(kept.strip());
        copy(disk, at("b.raw")).succeeded();
    }

    @Test
    void anotherTypeIsRefused() throws Exception {
        failing(raw, at("b.vmdk"), "--type=flat").failed("goes on");
        copy(raw, at("b.vmdk")).failed("its target.type is flat, and not sparse");
        copy(raw, at("b.vmdk"), "--type", "flat").succeeded();
        requireSame(at("b.vmdk"));
    }

    @Test
    void aSourceThatHasGrownIsRefused() throws Exception {
        failing(raw, at("b.vmdk")).failed("goes on");
        FileTime before = Files.getLastModifiedTime(raw);
        Images.write(raw, BYTES + 511, (byte) 0);
        Files.setLastModifiedTime(raw, before);
        copy(raw, at("b.vmdk")).failed("its source.bytes is " + BYTES + ", and not " + (BYTES + 512));
    }

    /** A change of a parent, or of a file with the data, is one of the source. */
    @Test
    void aSourceIsAllOfItsFiles() throws Exception {
        Path base = at("base.vmdk");
        Cli.run("copy", raw, base, "--type", "flat").succeeded();
        Files.delete(disk);
        Cli.run("child", base, disk).succeeded();
        failing(disk, at("b.raw")).failed("goes on");
        Files.setLastModifiedTime(at("base-flat.vmdk"), FileTime.fromMillis(System.currentTimeMillis() + 10_000));
        copy(disk, at("b.raw")).failed("its source.changed is ");
    }

    @Test
    void aTargetThatIsGoneOrCutOffIsNamed() throws Exception {
        failing(disk, at("b.raw")).failed("goes on");
        Path partial = hidden().get(0);
        try (FileChannel file = FileChannel.open(partial, StandardOpenOption.WRITE)) {
            file.truncate(1000);
        }
        copy(disk, at("b.raw")).failed("cannot go on", partial.toString(), "has 1000 bytes", "delete " + checkpoint);
        Files.delete(partial);
        copy(disk, at("b.raw")).failed("cannot go on", partial.toString(), "no such file", "delete " + checkpoint);
        Files.delete(checkpoint);

        failing(raw, at("b.vmdk")).failed("goes on");
        Files.delete(hidden().get(0).resolve("b.vmdk"));
        copy(raw, at("b.vmdk")).failed("cannot go on", "b.vmdk", "delete " + checkpoint + " and " + hidden().get(0));
    }

    /** As if the process had been killed before it could delete the checkpoint. */
    @Test
    void aCopyThatIsCompleteAndHasItsNameIsSaidToBe() throws Exception {
        failing(disk, at("b.raw")).failed("goes on");
        String kept = Files.readString(checkpoint).replace("1280 of", "2561 of");
        copy(disk, at("b.raw")).succeeded();
        Files.writeString(checkpoint, kept);
        copy(disk, at("b.raw"))
                .failed(
                        "b.raw: exists already",
                        "if " + at("b.raw").toRealPath() + " is the whole copy, delete " + checkpoint);
        copy(disk, at("b.raw"), "--force")
                .failed("no such file", "if " + at("b.raw").toRealPath() + " is the whole copy, delete " + checkpoint);
        requireSame(at("b.raw"));
    }

    @Test
    void onlyWhatACopyMakesIsGoneOnWith() throws Exception {
        failing(disk, at("b.raw")).failed("goes on");
        String text = Files.readString(checkpoint);
        Path partial = hidden().get(0);
        Path image = Images.raw(at("image"), BYTES, Contents.FULL, 2);
        Files.writeString(checkpoint, text.replace(partial.getFileName().toString(), "image"));
        byte[] before = Files.readAllBytes(image);
        copy(disk, at("b.raw")).failed("cannot go on", "image: is no hidden name beside " + at("b.raw"));
        assertThat(image).hasBinaryContent(before);
    }

    @Test
    void aTargetThatAnotherProcessWritesToIsLeftAlone() throws Exception {
        failing(disk, at("b.raw")).failed("goes on");
        try (FileChannel other = FileChannel.open(hidden().get(0), StandardOpenOption.WRITE)) {
            assertThat(other.tryLock()).isNotNull();
            copy(disk, at("b.raw")).failed("another process is writing to it");
        }
        copy(disk, at("b.raw")).succeeded();
    }

    @Test
    void whatIsNoCheckpointIsLeftAlone() throws Exception {
        for (String text : List.of(
                "",
                "secret",
                "format=vixdisk copy 2",
                "\\u12",
                "format=vixdisk copy 1",
                "format=vixdisk copy 1\nunfinished=x\nreached=5")) {
            Files.writeString(checkpoint, text);
            copy(disk, at("b.raw")).failed("c.checkpoint is there, and is no checkpoint", "name another file");
            assertThat(checkpoint).hasContent(text);
        }
        Files.delete(checkpoint);
        Files.createDirectory(checkpoint);
        copy(disk, at("b.raw")).failed("c.checkpoint: is a directory");
        assertThat(hidden()).isEmpty();
    }

    @Test
    void whatCannotBeBegunLeavesNothing() throws Exception {
        Path elsewhere = checkpoint;
        checkpoint = at("missing/c");
        copy(disk, at("b.raw")).failed("missing: no such file or directory");
        checkpoint = elsewhere;
        fake.setFaultPlan(FaultPlan.of(Fault.on("Create").full()));
        copy(raw, at("b.vmdk")).failed("b.vmdk");
        assertThat(checkpoint).doesNotExist();
        assertThat(hidden()).isEmpty();
    }

    @Test
    void whatCannotGoOnIsRefusedBefore() {
        Cli.run("copy", "--checkpoint", checkpoint, "-", at("b.raw")).refused("--checkpoint", "pipe");
        Cli.run("copy", "--checkpoint", checkpoint, disk, "-").refused("--checkpoint", "pipe");
        Cli.run("copy", "--checkpoint", checkpoint, disk, "/dev/null").refused("--checkpoint", "device");
        Cli.run("copy", "--checkpoint", checkpoint, "/dev/zero", at("b.raw")).refused("--checkpoint", "device");
        Cli.run("copy", "--checkpoint-every", "3", disk, at("b.raw"))
                .refused("--checkpoint-every is for a --checkpoint");
        Cli.run("copy", "--checkpoint", checkpoint, "--checkpoint-every", "-1", disk, at("b.raw"))
                .refused("negative");
        Cli.run("copy", "--checkpoint", "", disk, at("b.raw")).refused("a name is empty");
        Cli.run("copy", "--checkpoint", at("b.raw"), disk, at("b.raw")).refused("b.raw", "a file of its own");
        Cli.run("copy", "--checkpoint", directory.resolve("x/../a.vmdk"), disk, at("b.raw"))
                .refused("a.vmdk", "a file of its own");
    }

    /** Also where the target has files of other names, and its directory has two. */
    @Test
    void theCheckpointIsNoFileOfTheTarget() throws Exception {
        Path link = Files.createSymbolicLink(at("link"), directory);
        Cli.run("copy", "--force", "--checkpoint", link.resolve("b.raw"), disk, at("b.raw"))
                .refused("b.raw", "a file of its own");
        Cli.run("copy", "--force", "--type=flat", "--checkpoint", at("b-flat.vmdk"), raw, at("b.vmdk"))
                .refused("b-flat.vmdk has the name of a disk", "does not end in .vmdk");
        assertThat(at("b-flat.vmdk")).doesNotExist();
    }

    /** Of which the hidden ones are cut. */
    @Test
    void namesCanBeLong() throws Exception {
        Path target = at("b".repeat(240));
        checkpoint = at(target.getFileName() + ".checkpoint");
        copy(disk, target).succeeded();
        requireSame(target);
        assertThat(hidden()).isEmpty();
    }

    /** The first file of the disk has its name already when the second one cannot have it. */
    @Test
    void whatCannotBeFinishedIsKept() throws Exception {
        fake.setFaultPlan(
                FaultPlan.of(Fault.on("Write").sectors(10 * 128, 10 * 128).hang()));
        CompletableFuture<Outcome> copying =
                CompletableFuture.supplyAsync(() -> copy(raw, at("b.vmdk"), "--type=flat"));
        fake.awaitHangs(1);
        Files.createFile(at("b.vmdk"));
        fake.setFaultPlan(FaultPlan.NONE);
        fake.releaseHangs();
        copying.get().failed("b.vmdk: exists already; everything is copied, and the same command tries the rest again");

        assertThat(at("b-flat.vmdk")).doesNotExist();
        Files.delete(at("b.vmdk"));
        copy(raw, at("b.vmdk"), "--type=flat").succeeded();
        requireSame(at("b.vmdk"));
        assertThat(hidden()).isEmpty();
    }

    /** As if the process had been killed while it made the target. */
    @ParameterizedTest
    @ValueSource(strings = {"b.raw", "b.vmdk"})
    void whatWasHardlyBegunIsBegunAgain(String name) throws Exception {
        Path target = at(name);
        Path source = name.endsWith(".raw") ? disk : raw;
        failing(source, target).failed("goes on");
        String kept = Files.readString(checkpoint).replace("1280 of", "0 of");
        Path partial = hidden().get(0);
        Path file = Files.isDirectory(partial) ? partial.resolve(name) : partial;
        Files.write(file, new byte[100]);
        Files.writeString(checkpoint, kept);
        copy(source, target).succeeded();
        requireSame(target);
        assertThat(hidden()).isEmpty();

        Files.delete(target);
        Files.writeString(checkpoint, kept);
        copy(source, target).succeeded();
        requireSame(target);
        assertThat(hidden()).isEmpty();
    }

    @Test
    void whatAnotherProcessHasHardlyBegunIsLeftAlone() throws Exception {
        failing(disk, at("b.raw")).failed("goes on");
        Files.writeString(checkpoint, Files.readString(checkpoint).replace("1280 of", "0 of"));
        try (FileChannel other = FileChannel.open(hidden().get(0), StandardOpenOption.WRITE)) {
            other.truncate(100);
            assertThat(other.tryLock()).isNotNull();
            copy(disk, at("b.raw")).failed("another process is writing to it");
            assertThat(other.size()).isEqualTo(100);
        }
        assertThat(hidden()).hasSize(1);
    }

    @Test
    void aCheckpointThatWasEditedIsRefused() throws Exception {
        failing(disk, at("b.raw")).failed("goes on");
        String text = Files.readString(checkpoint);
        Path partial = hidden().get(0);
        Path other = at(".other" + partial.getFileName().toString().substring(".b.raw".length()));
        Files.createFile(other);
        for (String edited : List.of(
                text.replace("1280 of 2561", "1280 of 2562"),
                text.replace("1280 of 2561", "0 of 0"),
                text + "x".repeat(1 << 16))) {
            Files.writeString(checkpoint, edited);
            copy(disk, at("b.raw")).failed("c.checkpoint is there, and is no checkpoint");
        }
        for (String name : List.of(other.getFileName().toString(), "a\\u0000b.partial", "")) {
            Files.writeString(
                    checkpoint,
                    text.replace("1280 of", "0 of")
                            .replace(partial.getFileName().toString(), name));
            copy(disk, at("b.raw")).failed("is no hidden name beside");
        }
        assertThat(other).exists();
    }

    /** The server has made the disk, so it is written where it is. */
    @Test
    void aCopyToAServerGoesOn() throws Exception {
        try (FakeServer server = new FakeServer(directory, "web/web.vmdk")) {
            Path file = server.file("web/web.vmdk");
            Files.createDirectories(file.getParent());
            Cli.run("create", file, "--size", BYTES).succeeded();
            Object[] command = {
                "copy",
                "--force",
                "--checkpoint",
                checkpoint,
                "--checkpoint-every=0",
                "--chunk=64K",
                raw,
                "[ds1] web/web.vmdk"
            };
            server.fake()
                    .setFaultPlan(FaultPlan.of(
                            Fault.on("WriteAsync").sectors(10 * 128, 10 * 128).completesWith(8)));
            server.run(command).failed("the same command goes on after ");
            server.fake().setFaultPlan(FaultPlan.NONE);
            assertThat(Files.readString(checkpoint))
                    .contains("target=[ds1] web/web.vmdk at vcenter.example.com vm-42")
                    .doesNotContain(": 0 of", "secret");
            server.run(command).succeeded();
            assertThat(checkpoint).doesNotExist();
            requireSame(file);

            command[6] = "[ds1] web/web.vmdk";
            command[7] = at("b.raw");
            server.fake()
                    .setFaultPlan(FaultPlan.of(
                            Fault.on("ReadAsync").sectors(10 * 128, 10 * 128).completesWith(1)));
            server.run(command).failed("the same command goes on after ");
            server.fake().setFaultPlan(FaultPlan.NONE);
            server.run(command).succeeded();
            requireSame(at("b.raw"));
        }
    }
}
