/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Commands that are ended while the library works, which cannot be stopped. */
class EndedIT {

    @TempDir
    Path directory;

    private Path disk;

    @BeforeEach
    void makeDisk() {
        disk = directory.resolve("a.vmdk");
        Cli.run("create", disk, "--size", "1M").succeeded();
    }

    private static void saysInTheEnd(Outcome outcome, String words) {
        assertThat(outcome.err()).endsWith("vixdisk: interrupted; " + words + "\n");
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.status()).isEqualTo(EndedProgram.STATUS);
    }

    @ParameterizedTest
    @CsvSource({"Create, create --size 1M, ", "Clone, clone, a.vmdk"})
    void whatWasToBeMadeIsNotThere(String function, String command, String source) throws Exception {
        Path target = directory.resolve("b.vmdk");
        Object[] args =
                (command + (source == null ? "" : " " + directory.resolve(source)) + " " + target).split(" ", -1);

        saysInTheEnd(EndedProgram.run(function, args), target + " was not made");

        assertThat(Images.listing(directory)).hasSize(2).element(1).asString().startsWith("a.vmdk ");
    }

    @Test
    void whatWasToBeReplacedIsAsItWas() throws Exception {
        Path target = directory.resolve("b.vmdk");
        Cli.run("create", target, "--size", "2M", "--type", "flat").succeeded();
        saysInTheEnd(EndedProgram.run("Clone", "clone", "--force", disk, target), target + " was not made");
        assertThat(Cli.run("info", target).succeeded()).contains("2 MiB");
        assertThat(Images.listing(directory)).hasSize(4);
    }

    @Test
    void whatIsQuicklyMadeOrRenamedIsFinishedBefore() throws Exception {
        Path child = directory.resolve("b.vmdk");
        Outcome made = EndedProgram.run("CreateChild", "child", disk, child);
        assertThat(made.err()).startsWith("vixdisk: " + child + " is being made; waiting for the end of that ...\n");
        saysInTheEnd(made, child + " is complete");
        assertThat(Cli.run("info", child).succeeded()).contains("links          2");

        Path renamed = directory.resolve("c.vmdk");
        Outcome moved = EndedProgram.run("Rename", "rename", child, renamed);
        assertThat(moved.err()).startsWith("vixdisk: " + child + " is being renamed, which must not be stopped");
        saysInTheEnd(moved, "the disk is " + renamed);
        assertThat(Images.listing(directory)).noneMatch(line -> line.startsWith("b.vmdk"));
    }

    @ParameterizedTest
    @CsvSource({"Grow, grow --size 3M", "Shrink, shrink", "Defragment, defrag"})
    void whatIsChangedIsFinishedBefore(String function, String command) throws Exception {
        Object[] args = (command + " " + disk).split(" ", -1);

        Outcome outcome = EndedProgram.run(function, args);

        assertThat(outcome.err())
                .startsWith("vixdisk: " + disk
                        + " is being changed, which must not be stopped halfway; waiting for the end");
        saysInTheEnd(outcome, disk + " is not being changed any more");
        assertThat(Cli.run("check", disk).succeeded()).contains("no damage");
        assertThat(Cli.run("info", disk).succeeded()).contains(function.equals("Grow") ? "3 MiB" : "1 MiB");
        assertThat(Images.listing(directory)).hasSize(2);
    }
}
