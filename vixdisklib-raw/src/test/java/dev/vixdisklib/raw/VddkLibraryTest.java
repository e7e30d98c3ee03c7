/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.raw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each test loads in a JVM of its own; see {@link LoaderPrograms}. */
class VddkLibraryTest {

    private static final Path COMPANIONS = Built.fixture("needs-companion").resolve("lib64");
    private static final Path OLD = Built.OLD_LIBRARY;

    private static final int NOT_INITIALISED = 16001;

    private static final String COMPANION_NOT_FOUND =
            "libcompanion.so.1: cannot open shared object file: No such file or directory";

    @TempDir
    Path directory;

    @Nested
    class Finds {

        @Test
        void theLibraryInTheDirectoryOfAVddk() throws Exception {
            assertThat(load(Built.VDDK).lines())
                    .startsWith(
                            "loaded VixDiskLib 8.0.3 (" + Built.LIBRARY + ")",
                            "file " + Built.LIBRARY,
                            "directory " + Built.VDDK)
                    .noneMatch(line -> line.startsWith("missing") || line.startsWith("warning"));
        }

        @Test
        void theLibraryInLib64() throws Exception {
            assertThat(load(Built.VDDK.resolve("lib64")).lines())
                    .contains("file " + Built.LIBRARY, "directory " + Built.VDDK);
        }

        @Test
        void aLibraryGivenAsAFile() throws Exception {
            assertThat(load(Built.LIBRARY).lines()).contains("file " + Built.LIBRARY, "directory " + Built.VDDK);
        }

        @Test
        void theLibraryBehindASymbolicLink() throws Exception {
            Path file = copyOld(directory.resolve("libvixDiskLib.so.6.5.4"));
            Path link = Files.createSymbolicLink(directory.resolve("any-name"), file);

            assertThat(load(link).lines()).contains("loaded VixDiskLib 6.5.4 (" + file + ")", "directory " + directory);
        }

        @Test
        void aLibraryInADirectoryThatIsNotCalledLib64() throws Exception {
            Path file = copyOld(directory.resolve("libvixDiskLib.so.6.5.4"));

            assertThat(load(directory).lines())
                    .contains("file " + file, "directory " + directory)
                    .noneMatch(line -> line.startsWith("warning"));
        }

        @Test
        void theLibraryInLib64BeforeANewerOneBesideLib64() throws Exception {
            copyOld(directory.resolve("libvixDiskLib.so.9.0.0"));
            Files.createDirectory(directory.resolve("lib64"));
            Path file = copyOld(directory.resolve("lib64/libvixDiskLib.so.6.5.4"));

            assertThat(load(directory).lines()).contains("file " + file);
        }

        @Test
        void theNewestOfSeveralVersionsByNumber() throws Exception {
            for (String version : List.of("6.5.4", "9.0.0", "10.0.1", "10.0.0")) {
                copyOld(directory.resolve("libvixDiskLib.so." + version));
            }
            copyOld(directory.resolve("libvixDiskLib.so"));
            copyOld(directory.resolve("libvixDiskLib.so.11.old"));

            assertThat(load(directory).lines())
                    .contains("loaded VixDiskLib 10.0.1 (" + directory.resolve("libvixDiskLib.so.10.0.1") + ")");
        }

        @Test
        void theVersionInTheSonameOfAFileWithAnotherName() throws Exception {
            Path file = copyOld(directory.resolve("renamed.so"));

            assertThat(load(file).lines()).contains("loaded VixDiskLib 6.0.0 (" + file + ")");
        }

        @Test
        void anOlderLibraryWhereTheNewestIsDamagedAndWarns() throws Exception {
            Path old = copyOld(directory.resolve("libvixDiskLib.so.6.5.4"));
            Path damaged = truncated(directory.resolve("libvixDiskLib.so.8.0.3"));

            assertThat(load(directory).lines())
                    .contains(
                            "file " + old,
                            "warning " + damaged + ": damaged ELF file: it ends before one of its tables");
        }

        @Test
        void anOlderLibraryWhereTheNewestCannotBeLinkedAndWarns() throws Exception {
            Path old = copyOld(directory.resolve("libvixDiskLib.so.6.5.4"));
            Path unlinkable = Files.copy(missingCompanion(), directory.resolve("libvixDiskLib.so.8.0.3"));

            assertThat(load(directory).lines())
                    .contains("file " + old, "warning " + unlinkable + ": " + COMPANION_NOT_FOUND);
        }

        @Test
        void thePluginAndTheCompanionBesideTheLibrary() throws Exception {
            assertThat(load(Built.VDDK).lines())
                    .contains(
                            "mapped " + Built.VDDK.resolve("lib64/libdiskLibPlugin.so"),
                            "mapped " + Built.VDDK.resolve("lib64/" + Built.COMPANION));
        }

        @Test
        void aLibraryWhosePluginIsDamagedAndWarns() throws Exception {
            copyOld(directory.resolve("libvixDiskLib.so.6.5.4"));
            Path plugin = truncated(directory.resolve("libdiskLibPlugin.so"));

            assertThat(load(directory).lines())
                    .contains("warning " + plugin
                            + ": cannot be loaded, so only the transport modes built into the library work:"
                            + " damaged ELF file: it ends before one of its tables");
        }
    }

    @Nested
    class LoadsCompanions {

        @Test
        void inTheOrderInWhichTheyNeedEachOther() throws Exception {
            assertThat(load(COMPANIONS).lines())
                    .contains(
                            "file " + COMPANIONS.resolve("libvixDiskLib.so.7.0.3"),
                            "mapped " + COMPANIONS.resolve("libcompanion.so.1"),
                            "mapped " + COMPANIONS.resolve("libcompanionDependency.so.2"));
        }

        @Test
        void soThatTheLibraryCanCallThem() throws Exception {
            assertThat(ChildJvm.run(LoaderPrograms.AskAndCall.class, COMPANIONS).lines())
                    .contains("answer 6");
        }

        @Test
        void withoutWhichTheFakeCannotBeLoadedEither() throws Exception {
            Path file = Files.copy(OLD, directory.resolve("libvixDiskLib.so.6.5.4"));

            assertThat(load(directory)).contains(file + ": " + Built.COMPANION + ": cannot open shared object file");
        }

        @Test
        void butNotThoseThatTheProcessHasAlready() throws Exception {
            Path present =
                    Files.copy(COMPANIONS.resolve("libcompanionDependency.so.2"), directory.resolve("another-file.so"));

            assertThat(load("map=" + present, COMPANIONS).lines())
                    .contains("mapped " + present, "mapped " + COMPANIONS.resolve("libcompanion.so.1"))
                    .doesNotContain("mapped " + COMPANIONS.resolve("libcompanionDependency.so.2"));
        }

        @Test
        void andLeavesTheEnvironmentAsItIs() throws Exception {
            assertThat(ChildJvm.run(LoaderPrograms.CompareEnvironment.class, COMPANIONS)
                            .lines())
                    .contains("variables true", "the same variables true", "LD_LIBRARY_PATH false");
        }

        @Test
        void andIsNotDisturbedByLibrariesWithOddNames() throws Exception {
            assertThat(ChildJvm.run(
                                    LoaderPrograms.LoadBesideAnOddName.class,
                                    COMPANIONS,
                                    directory,
                                    COMPANIONS.resolve("libcompanionDependency.so.2"))
                            .lines())
                    .contains("odd name in use true", "file " + COMPANIONS.resolve("libvixDiskLib.so.7.0.3"));
        }
    }

    @Nested
    class TellsWhichFunctions {

        @Test
        void thereAreBeforeALibraryIsLoaded() throws Exception {
            assertThat(ChildJvm.run(LoaderPrograms.AskAndCall.class, Built.VDDK).lines())
                    .startsWith("functions 43");
        }

        @Test
        void areMissing() throws Exception {
            assertThat(load(OLD).lines().filter(line -> line.startsWith("missing")))
                    .containsExactly(
                            "missing VixDiskLib_AllocateConnectParams",
                            "missing VixDiskLib_FreeBlockList",
                            "missing VixDiskLib_QueryAllocatedBlocks");
        }

        @Test
        void cannotBeCalledEachTimeTheyAreCalled() throws Exception {
            assertThat(ChildJvm.run(LoaderPrograms.AskAndCall.class, OLD).lines())
                    .endsWith("answer " + NOT_INITIALISED, "LinkageError", "LinkageError");
        }

        @Test
        void areRequiredButMissing() throws Exception {
            Path library = Built.fixture("lacks-required").resolve("lib64/libvixDiskLib.so.8.0.0");

            assertThat(load("VixDiskLib_Open", "VixDiskLib_Close", Built.fixture("lacks-required")))
                    .contains("VddkLoadException", library + ": lacks the function VixDiskLib_Open, without which")
                    .doesNotContain("mapped " + library);
        }

        @Test
        void areRequiredButUnknownToThisModule() throws Exception {
            assertThat(load("VixDiskLib_Of9", "VixDiskLib_Of10", Built.VDDK))
                    .contains(Built.LIBRARY + ": lacks the functions VixDiskLib_Of10, VixDiskLib_Of9, without which");
        }

        @Test
        void areRequiredOfTheLoadedLibraryButMissing() throws Exception {
            assertThat(load(OLD, "VixDiskLib_FreeBlockList", OLD))
                    .contains("loaded VixDiskLib 6.5.4")
                    .contains(
                            "VddkLoadException", OLD + ": lacks the function VixDiskLib_FreeBlockList, without which");
        }
    }

    @Nested
    class SaysWhatIsWrong {

        @Test
        void ifThereIsNothing() throws Exception {
            Path missing = directory.resolve("missing");

            assertThat(load(missing))
                    .contains("no usable VixDiskLib library at " + missing + "; tried:", missing + ": does not exist");
        }

        @Test
        void ifThereIsNoLibraryInADirectory() throws Exception {
            assertThat(load(directory))
                    .contains(
                            directory.resolve("lib64") + ": is not a directory",
                            directory + ": has no libvixDiskLib.so");
        }

        @Test
        void ifALibraryIsAText() throws Exception {
            Path text = Built.fixture("not-a-library").resolve("lib64/libvixDiskLib.so.8");

            assertThat(load(Built.fixture("not-a-library"))).contains(text + ": not a 64-bit little-endian ELF file");
        }

        @Test
        void inTheWordsOfTheDynamicLoader() throws Exception {
            assertThat(load(Built.fixture("missing-companion")))
                    .contains(missingCompanion() + ": " + COMPANION_NOT_FOUND);
        }

        @Test
        void withEachOfSeveralLibraries() throws Exception {
            Path damaged = truncated(directory.resolve("libvixDiskLib.so.9"));
            Path text = Files.writeString(directory.resolve("libvixDiskLib.so.8"), "text");
            Path unlinkable = Files.copy(missingCompanion(), directory.resolve("libvixDiskLib.so.7"));

            assertThat(load(directory).lines())
                    .containsSubsequence(
                            "  " + damaged + ": damaged ELF file: it ends before one of its tables",
                            "  " + text + ": not a 64-bit little-endian ELF file",
                            "  " + unlinkable + ": " + COMPANION_NOT_FOUND);
        }

        @Test
        void withALibraryThatMayNotBeRead() throws Exception {
            Path file = unreadable(copyOld(directory.resolve("libvixDiskLib.so.6.5.4")));

            assertThat(load(directory)).contains(file + ": cannot be read: java.nio.file.AccessDeniedException");
        }

        @Test
        void withADirectoryThatMayNotBeRead() throws Exception {
            Path closed = unreadable(Files.createDirectory(directory.resolve("closed")));

            assertThat(load(closed)).contains(closed + ": cannot be read: java.nio.file.AccessDeniedException");
        }

        @Test
        void ifNativeAccessIsDenied() throws Exception {
            // Until release 24, naming other modules is what denies it.
            String deny = Runtime.version().feature() < 24
                    ? "--enable-native-access=ALL-UNNAMED"
                    : "--illegal-native-access=deny";

            assertThat(ChildJvm.run(List.of(deny), LoaderPrograms.Load.class, Built.VDDK))
                    .contains("IllegalCallerException", "dev.vixdisklib.raw")
                    .doesNotContain("mapped " + Built.LIBRARY);
        }
    }

    @Nested
    class HoldsOneLibrary {

        @Test
        void thatLoadsAfterOthersCouldNot() throws Exception {
            assertThat(load(directory, Built.fixture("not-a-library"), Built.fixture("missing-companion"), COMPANIONS)
                            .lines())
                    .contains("file " + COMPANIONS.resolve("libvixDiskLib.so.7.0.3"))
                    .noneMatch(line -> line.startsWith("warning"));
        }

        @Test
        void howeverItsPathIsSpelled() throws Exception {
            Path vddk = Files.createDirectory(directory.resolve("vddk"));
            Path libraries = Files.createDirectory(vddk.resolve("lib64"));
            Path file = copyOld(libraries.resolve("libvixDiskLib.so.6.5.4"));
            Path fileLink = Files.createSymbolicLink(libraries.resolve("libvixDiskLib.so"), file);
            Path directoryLink = Files.createSymbolicLink(directory.resolve("link"), vddk);
            Path relative = Path.of("").toAbsolutePath().relativize(vddk);
            Path detour = libraries.resolve("../lib64");

            assertThat(load(vddk, libraries, file, fileLink, directoryLink, relative, detour)
                            .lines()
                            .filter("the same as before"::equals))
                    .hasSize(6);
        }

        @Test
        void andRefusesAnother() throws Exception {
            assertThat(load(Built.VDDK, OLD))
                    .contains("IllegalStateException: this process has loaded " + Built.LIBRARY
                            + " and can use no other VixDiskLib; " + OLD + " needs a process of its own")
                    .doesNotContain("mapped " + OLD);
        }

        @Test
        void andRefusesAnotherPlaceWhereThereIsNone() throws Exception {
            assertThat(load(Built.VDDK, directory)).contains("IllegalStateException", directory.toString());
        }

        @Test
        void andSaysSoIfAnotherPlaceDoesNotExist() throws Exception {
            Path missing = directory.resolve("missing");
            assertThat(load(Built.VDDK, missing))
                    .contains("VddkLoadException: no usable VixDiskLib library at " + missing)
                    .contains(missing + ": does not exist");
        }

        @Test
        void evenIfManyThreadsLoadItAtOnce() throws Exception {
            assertThat(ChildJvm.run(LoaderPrograms.LoadFromManyThreads.class, Built.VDDK)
                            .lines())
                    .containsExactly("instances 1");
        }

        @Test
        void thatBelongsToOneClassLoader() throws Exception {
            assertThat(ChildJvm.run(
                            List.of("--enable-native-access=dev.vixdisklib.raw,ALL-UNNAMED"),
                            LoaderPrograms.LoadTwice.class,
                            Built.VDDK,
                            ChildJvm.CLASSES))
                    .contains("VddkLoadException", "already loaded in another classloader");
        }
    }

    private static String load(Object... arguments) throws IOException, InterruptedException {
        return ChildJvm.run(LoaderPrograms.Load.class, arguments);
    }

    /** Copies the old library, with what it needs beside it. */
    private static Path copyOld(Path file) throws IOException {
        Files.copy(
                OLD.resolveSibling(Built.COMPANION),
                file.resolveSibling(Built.COMPANION),
                StandardCopyOption.REPLACE_EXISTING);
        return Files.copy(OLD, file);
    }

    private static Path missingCompanion() {
        return Built.fixture("missing-companion").resolve("lib64/libvixDiskLib.so.7.0.3");
    }

    private static Path truncated(Path file) throws IOException {
        byte[] content = Files.readAllBytes(OLD);
        return Files.write(file, Arrays.copyOf(content, content.length / 2));
    }

    private static Path unreadable(Path file) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
        assumeFalse(Files.isReadable(file), "this user may read every file, as root may");
        return file;
    }
}
