/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vixdisklib.shim.FakeVddk;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The raw module is the only one that has to be allowed native access. */
class NativeAccessTest {

    private static final String FOR_RAW = "--enable-native-access=dev.vixdisklib.raw";

    /** Until release 24, naming any module is what denies it to the others. */
    private static final List<String> DENY =
            Runtime.version().feature() < 24 ? List.of() : List.of("--illegal-native-access=deny");

    private final Path directory;

    NativeAccessTest(@TempDir Path directory) {
        this.directory = directory;
    }

    /** Uses whatever there is to be allowed: calls, callbacks for the log and for progress, structs, memory. */
    static final class RoundTrip {
        public static void main(String[] arguments) throws IOException {
            ChildJvm.printLog();
            List<Integer> progress = new ArrayList<>();
            Path path = Path.of(arguments[1]);
            try (VixDiskLib lib = VixDiskLib.open(Path.of(arguments[0]));
                    Connection host = lib.connectLocal()) {
                host.createDisk(path, DiskSpec.of(DiskType.MONOLITHIC_SPARSE, 1024), progress::add);
                try (Disk disk = host.openDisk(path);
                        Arena arena = Arena.ofConfined()) {
                    MemorySegment written = Sectors.allocate(arena, 1).fill((byte) 0x5a);
                    MemorySegment read = Sectors.allocate(arena, 1);
                    disk.write(300, written);
                    disk.read(300, read);
                    System.out.println(written.mismatch(read));
                    System.out.println(disk.info().capacity());
                    disk.metadata().put("key", "value");
                    System.out.println(disk.metadata().get("key"));
                    System.out.println(disk.allocatedBlocks().isKnown());
                }
                try {
                    host.openDisk(path.resolveSibling("missing.vmdk")).close();
                } catch (VixDiskLibException e) {
                    System.out.println(e.error());
                }
                System.out.println(lib.capabilities().functions().size());
            }
            System.out.println(progress.contains(100));
        }
    }

    private ChildJvm run(List<String> options) throws Exception {
        return ChildJvm.runAsModule(
                options, RoundTrip.class, directory, FakeVddk.directory(), directory.resolve("disk.vmdk"));
    }

    @Test
    void everythingWorksWithNativeAccessForTheRawModuleAlone() throws Exception {
        List<String> options = new ArrayList<>(DENY);
        options.add(FOR_RAW);
        ChildJvm child = run(options);
        assertThat(child.status()).as(child.log()).isZero();
        assertThat(child.out())
                .containsExactly("-1", "1024", "Optional[value]", "true", "VIX_E_FILE_NOT_FOUND (4)", "43", "true");
        assertThat(child.log())
                .contains("VixDiskLib: initialised.", "VixDiskLib: opened")
                .doesNotContain("restricted method");
    }

    @Test
    void withoutNativeAccessTheMessageSaysHowToAllowIt() throws Exception {
        List<String> options = new ArrayList<>(DENY);
        options.add("--enable-native-access=dev.vixdisklib");
        ChildJvm child = run(options);
        assertThat(child.status()).isNotZero();
        assertThat(child.out()).isEmpty();
        assertThat(child.log())
                .contains(
                        "java.lang.IllegalCallerException: native access is denied to the module dev.vixdisklib.raw: start"
                                + " java with " + FOR_RAW)
                .contains("Caused by: java.lang.IllegalCallerException");
    }
}
