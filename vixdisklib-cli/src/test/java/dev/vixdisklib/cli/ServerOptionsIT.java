/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Disks on a server, as {@code vixdisk info} reaches them. */
class ServerOptionsIT {

    private static final String DISK = "[ds1] web/web.vmdk";

    @TempDir
    Path directory;

    private Path configuration;

    @BeforeEach
    void makeServer() throws Exception {
        Path folder = Files.createDirectories(directory.resolve("ds1/web"));
        Cli.run(
                        "copy",
                        Images.raw(directory.resolve("a.raw"), 1 << 20, Images.Contents.HOLES, 1),
                        folder.resolve("web.vmdk"))
                .succeeded();
        Files.writeString(directory.resolve("inventory"), """
                [server vcenter.example.com]
                thumbprint = 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33
                [user backup]
                password = "pässword"
                session = "of a session"
                [datastore ds1]
                moref = datastore-11
                folder = ds1
                [vm vm-42]
                disk = [ds1] web/web.vmdk
                [snapshot snapshot-47]
                vm = vm-42
                [fcd 6f1b2ca0-1111-2222-3333-444455556666]
                datastore = datastore-11
                path = web/web.vmdk
                """);
        configuration = Files.writeString(directory.resolve("vddk.conf"), "vddkFake.inventory=inventory\n");
    }

    private Command info(Object... options) {
        return Command.vixdisk(options(options).toArray());
    }

    private List<Object> options(Object... options) {
        List<Object> args = new ArrayList<>(List.of(
                "info",
                "--config",
                configuration,
                "--server",
                "vcenter.example.com",
                "--thumbprint",
                "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33"));
        args.addAll(List.of(options));
        return args;
    }

    private Path secret(String line) throws Exception {
        return Files.writeString(directory.resolve("secret"), line);
    }

    @Test
    void aPasswordComesFromAFile() throws Exception {
        assertThat(info("--user", "backup", "--password-file", secret("pässword\nmore\n"), "--vm", "vm-42", DISK)
                        .run()
                        .succeeded())
                .contains("path           " + DISK, "capacity       1 MiB", "transport      nbdssl");
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 4, 9})
    void aPasswordComesFromAFileDescriptor(int descriptor) throws Exception {
        Command.script(
                        ("exec \"$VIXDISK\" info --config \"$1\" --server vcenter.example.com --user backup --password-fd %d"
                                        + " --vm vm-42 \"$2\" %d< \"$3\"")
                                .formatted(descriptor, descriptor),
                        configuration,
                        DISK,
                        secret("pässword"))
                .run()
                .succeeded();
    }

    @Test
    void aPasswordComesFromTheEnvironment() throws Exception {
        info("--user", "backup", "--password-env", "SECRET", "--vm", "vm-42", DISK)
                .environment("SECRET", "pässword")
                .run()
                .succeeded();
        info("--user", "backup", "--password-env", "SECRET", "--vm", "vm-42", DISK)
                .run()
                .failed("the environment variable SECRET", "is not set");
    }

    @Test
    void aSessionHasACookie() throws Exception {
        info("--cookie-file", secret("of a session\n"), "--vm", "vm-42", DISK)
                .run()
                .succeeded();
    }

    @Test
    void aSnapshotAFolderAndAFirstClassDiskAreReached() throws Exception {
        Path file = secret("pässword");
        info("--user", "backup", "--password-file", file, "--vm", "vm-42", "--snapshot", "snapshot-47", DISK)
                .run()
                .succeeded();
        info(
                        "--user",
                        "backup",
                        "--password-file",
                        file,
                        "--datastore",
                        "datastore-11",
                        "--folder",
                        "web",
                        "server:web.vmdk")
                .run()
                .succeeded();
        info(
                        "--user",
                        "backup",
                        "--password-file",
                        file,
                        "--datastore",
                        "datastore-11",
                        "--fcd",
                        "6f1b2ca0-1111-2222-3333-444455556666",
                        "server:")
                .run()
                .succeeded();
    }

    @Test
    void aTransportCanBeChosen() throws Exception {
        assertThat(info(
                                "--user",
                                "backup",
                                "--password-file",
                                secret("pässword"),
                                "--vm",
                                "vm-42",
                                "--transport",
                                "nbd",
                                DISK)
                        .run()
                        .succeeded())
                .contains("transport      nbd\n");
    }

    @Test
    void aWrongPasswordAndNoneAreToldApart() throws Exception {
        info("--user", "backup", "--password-file", secret("secret"), "--vm", "vm-42", DISK)
                .run()
                .failed("vcenter.example.com", "VIX_E_", "password");
        info("--user", "backup", "--password-file", secret("\n"), "--vm", "vm-42", DISK)
                .run()
                .failed("its first line is empty");
        info("--user", "backup", "--password-file", directory.resolve("missing"), "--vm", "vm-42", DISK)
                .run()
                .failed("missing: no such file");
    }

    @Test
    void withoutATerminalNobodyIsAsked() throws Exception {
        Tools.require("setsid", "util-linux");
        List<Object> command = new ArrayList<>(List.of("setsid", "-w", Checkout.VIXDISK));
        command.addAll(options("--user", "backup", "--vm", "vm-42", DISK));
        Command.of(command.toArray())
                .run()
                .failed("no password was given", "there is no terminal to ask for it", "--password-file");
    }

    @Test
    void aPasswordIsAskedForOnTheTerminalWhereverTheOutputGoes() throws Exception {
        Path out = directory.resolve("out");
        try (Typing typing = ask(out, "")) {
            assertThat(typing.until("vcenter.example.com: ")).endsWith("Password of backup at vcenter.example.com: ");
            typing.type("p\u00e4ssword\n");
            assertThat(typing.end())
                    .startsWith("\r\nstatus 0\r\n")
                    .doesNotContain("ssword")
                    .contains(" echo ");
        }
        assertThat(out).content().contains("path           " + DISK, "capacity       1 MiB");
    }

    @Test
    void aTerminalShowsWhatIsTypedAgainAfterAnInterrupt() throws Exception {
        Path out = directory.resolve("out");
        try (Typing typing = ask(out, "trap : INT;")) {
            typing.until("vcenter.example.com: ");
            typing.type("secret\u0003");
            assertThat(typing.end())
                    .startsWith("\r\nstatus 130\r\n")
                    .doesNotContain("secret", "vixdisk:")
                    .contains(" echo ");
        }
        assertThat(out).isEmptyFile();
    }

    /** A terminal on which a command asks, with neither its input nor its output there, and that is described then. */
    private Typing ask(Path out, String before) throws Exception {
        Tools.require("script", "bsdutils or util-linux");
        String quoted = options("--user", "backup", "--vm", "vm-42", DISK).stream()
                .map(option -> "'" + option + "'")
                .collect(Collectors.joining(" "));
        return new Typing(
                before + " \"$VIXDISK\" " + quoted + " > '" + out + "' < /dev/null; echo \"status $?\"; stty -a");
    }

    @ParameterizedTest
    @CsvSource({
        "3, was not open when vixdisk was started; in a shell",
        "4, was not open when vixdisk was started; in a shell",
        "9, was not open when vixdisk was started; in a shell",
        "10, was not open when vixdisk was started; in a shell",
        "1, is standard output",
        "8, is open to write only",
        "-1, 0 or more",
        "x, is no whole number"
    })
    void aFileDescriptorIsOneThatTheCallerHasOpened(String descriptor, String why) throws Exception {
        Command.script(
                        "exec \"$VIXDISK\" info --server v --user u --vm vm-2 --password-fd=$2 '[a] b' 7< \"$1\" 8> \"$1\"",
                        secret("p"),
                        descriptor)
                .run()
                .refused(why);
    }

    @ParameterizedTest
    @CsvSource({
        "a.vmdk, --server v --user u --vm vm-2, no disk on it",
        "[a] b, --user u, but no --server",
        "[a] b, --server v --vm vm-2, --server needs a --user",
        "[a] b, --server v --user u, one of --vm",
        "[a] b, --server v --user u --vm vm-2 --fcd x --datastore d, one of --vm",
        "[a] b, --server v --user u --folder f, need a --datastore",
        "[a] b, --server v --user u --vm vm-2 --datastore d, --datastore is for",
        "[a] b, --server v --user u --datastore d --folder f --snapshot s, --snapshot is for",
        "[a] b, --server v --user u --vm vm-2 --password-env A --password-fd 3, one place only",
        "[a] b, --server v --user u --vm vm-2 --cookie-file c, in place of a user",
        "[a] b, --server https://v --user u --vm vm-2, no scheme",
        "[a] b, --server v --user u --vm vm-2 --port 0, a port is 1 to 65535",
        "[a] b, --server v --user u --vm vm-2 --thumbprint 12, openssl",
        "[a] b, --server v --user u --vm vm-2 --transport a:, transport mode"
    })
    void optionsThatDoNotFitTogetherAreRefused(String disk, String options, String why) {
        List<Object> args = new ArrayList<>(List.of("info"));
        args.addAll(List.of(options.split(" ", -1)));
        args.add(disk);
        Cli.run(args.toArray()).refused(why);
    }

    @Test
    void aFileWhoseNameBeginsWithABracketIsAFileWithoutAServer() throws Exception {
        Path disk = directory.resolve("[a] b.vmdk");
        Files.move(directory.resolve("ds1/web/web.vmdk"), disk);
        Command.vixdisk("info", "[a] b.vmdk").in(directory).run().succeeded();
    }
}
