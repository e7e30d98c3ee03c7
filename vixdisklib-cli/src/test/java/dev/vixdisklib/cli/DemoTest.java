/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoTest {

    @TempDir
    Path directory;

    @Test
    void printsRatesAndKeepsBothDisksWhereItIsTold() throws IOException {
        Path disks = directory.resolve("disks");
        String out =
                Cli.run("demo", "--size", "3M", "--data", "1M", "--keep", disks).succeeded();

        assertThat(out).contains("the fake of this build", "write ", "copy ", "verify ", "B/s", disks.toString());
        assertThat(Images.listing(disks)).hasSize(3).element(1).asString().startsWith("demo-copy.vmdk");
        assertThat(Cli.run("info", disks.resolve("demo-copy.vmdk")).succeeded()).contains("3 MiB");
    }

    @Test
    void takesDisksOfAnySize() {
        Cli.run("demo", "--size", "1048577", "--data", "1048577").succeeded();
        Cli.run("demo", "--size", "1M", "--data", "0").succeeded();
    }

    @Test
    void aLittleDataIsNotNone() {
        assertThat(Cli.run("demo", "--size", "1M", "--data", "1").succeeded()).contains("16 KiB of data");
        assertThat(Cli.run("demo", "--size", "1M", "--data", "0").succeeded()).contains("0 B of data");
    }

    @Test
    void suggestsWhatAShellTakes() throws Exception {
        Path disks = directory.resolve("it's a $HOME");
        String out =
                Cli.run("demo", "--size", "1M", "--data", "0", "--keep", disks).succeeded();
        String suggestion = out.lines()
                .filter(line -> line.contains("vixdisk info "))
                .findFirst()
                .orElseThrow();
        String name = suggestion.replaceFirst(".*vixdisk info ", "");
        assertThat(Command.of("sh", "-c", "ls " + name).run().succeeded().strip())
                .isEqualTo(disks.resolve("demo.vmdk").toString());
    }

    @Test
    void whatAProcessOfTheSameNumberHasLeftIsNoHindrance() throws IOException {
        String pid = Long.toString(ProcessHandle.current().pid());
        Path left = Files.createFile(directory.resolve(".demo-copy.vmdk." + pid + ".partial"));
        Cli.run("demo", "--size", "1M", "--data", "1M", "--keep", directory).succeeded();
        assertThat(left).isEmptyFile();
    }

    @Test
    void replacesNothing() throws IOException {
        for (String name : new String[] {"demo.vmdk", "demo-copy.vmdk"}) {
            Path there = Files.writeString(directory.resolve(name), "precious");
            Cli.run("demo", "--size", "1M", "--data", "1M", "--keep", directory).failed(name, "exists already");
            assertThat(there).hasContent("precious");
            Files.delete(there);
        }
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void leavesNothingWhenItCannotBeDone() throws IOException {
        Path disks = directory.resolve("disks");
        Outcome tooBig = Cli.run("demo", "--size", "7E", "--data", "0", "--keep", disks);
        new Outcome(tooBig.status(), "", tooBig.err()).failed("demo.vmdk", "too big");
        Cli.run("demo", "--size", "1E", "--data", "512P", "--keep", disks).failed("room");
        Cli.run("demo", "--size", "7E", "--data", "7E", "--keep", disks).failed("room");
        assertThat(directory).isEmptyDirectory();

        Path file = Files.createFile(disks);
        Cli.run("demo", "--keep", file).failed("disks: is not a directory");
    }
}
