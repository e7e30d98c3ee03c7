/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package example;

import static org.assertj.core.api.Assertions.*;

import dev.vixdisklib.shim.*;
import dev.vixdisklib.shim.junit.FakeVddkTest;
import java.util.Random;
import org.junit.jupiter.api.*;

@FakeVddkTest
class BackupTest {
    private static final String DISK = "[ds1] web/web.vmdk";
    private final byte[] content = new byte[10 << 20];

    @BeforeEach
    void aMachineThatRuns(FakeSession fake) {
        fake.setInventory(Inventory.builder()
                .vcenter("vcenter.example.com")
                .user("backup", "secret")
                .datastore("ds1", "datastore-11")
                .vm("vm-42", Inventory.Vm::poweredOn, DISK)
                .snapshot("snapshot-47", "vm-42")
                .build());
        new Random(1).nextBytes(content);
        fake.createDisk(DISK, content);
    }

    @Test
    void backupsHaveAllOfTheDisk(FakeSession fake) throws Exception {
        Backup.run(
                fake.vddk(),
                fake.configuration(),
                "vm-42",
                "snapshot-47",
                DISK,
                fake.folder().resolve("raw"));
        assertThat(fake.folder().resolve("raw")).hasBinaryContent(content);
    }

    @Test
    void backupsThatLoseTheirHostLeaveNothing(FakeSession fake) {
        fake.setFaults(Fault.on("Read").nth(3).drop());
        assertThatThrownBy(() -> Backup.run(
                        fake.vddk(),
                        fake.configuration(),
                        "vm-42",
                        "snapshot-47",
                        DISK,
                        fake.folder().resolve("raw")))
                .hasMessageContaining("14011"); // VIX_E_HOST_TCP_CONN_LOST
        assertThat(fake.folder().resolve("raw")).doesNotExist();
    }
}
