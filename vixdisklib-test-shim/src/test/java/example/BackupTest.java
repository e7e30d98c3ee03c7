/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package example;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.*;

import dev.vixdisklib.shim.*;
import dev.vixdisklib.shim.junit.FakeVddkTest;
import org.junit.jupiter.api.*;

@FakeVddkTest
class BackupTest {
    private static final String DISK = "[ds1] web/web.vmdk";
    private final byte[] content = "All of the disk. ".repeat(300_000).getBytes(US_ASCII);

    @BeforeEach
    void aMachineThatRuns(FakeSession fake) {
        fake.setInventory(Inventory.builder()
                .vcenter("vcenter.example.com")
                .user("backup", "secret")
                .datastore("ds1", "datastore-11")
                .vm("vm-42", Inventory.Vm::poweredOn, DISK)
                .snapshot("snapshot-47", "vm-42")
                .build());
        fake.createDisk(DISK, content);
    }

    @Test
    void backupsHaveAllOfTheDisk(FakeSession fake) throws Exception {
        new Backup(fake.vddk(), fake.configuration()).run("vm-42", "snapshot-47", DISK, fake.file("[ds1] raw"));
        assertThat(fake.file("[ds1] raw")).binaryContent().startsWith(content);
    }

    @Test
    void backupsThatLoseTheirHostLeaveNothing(FakeSession fake) {
        fake.setFaults(Fault.on("Read").nth(3).drop());
        Backup backup = new Backup(fake.vddk(), fake.configuration());
        assertThatThrownBy(() -> backup.run("vm-42", "snapshot-47", DISK, fake.file("[ds1] raw")))
                .hasMessageContaining("14011"); // VIX_E_HOST_TCP_CONN_LOST
        assertThat(fake.file("[ds1] raw")).doesNotExist();
    }
}
