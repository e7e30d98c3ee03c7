/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package example.consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.vixdisklib.VixDiskLib;
import dev.vixdisklib.shim.FakeSession;
import dev.vixdisklib.shim.junit.FakeVddkTest;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

@FakeVddkTest
class FirstSectorTest {

    @Test
    void whatIsWrittenIsRead(FakeSession fake) throws IOException {
        Path vmdk = fake.folder().resolve("disk.vmdk");
        try (VixDiskLib lib = VixDiskLib.open(fake.vddk(), fake.configuration())) {
            FirstSector.write(lib, vmdk, "All of the disk");
            assertEquals("All of the disk", FirstSector.read(lib, vmdk));
        }
    }

    @Test
    void theLibraryIsAModuleOnTheModulePathOnly() {
        boolean modular = Boolean.getBoolean("modular");
        assertEquals(modular, FirstSector.class.getModule().isNamed());
        assertEquals(modular, VixDiskLib.class.getModule().isNamed());
    }
}
