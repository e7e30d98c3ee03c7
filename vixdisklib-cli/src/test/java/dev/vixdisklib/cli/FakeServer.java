/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.shim.FakeControl;
import dev.vixdisklib.shim.FakeVddk;
import dev.vixdisklib.shim.Inventory;
import dev.vixdisklib.shim.Inventory.Privilege;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A server of the fake library, with a machine whose disks are files of a directory; gone when it is closed. */
final class FakeServer implements AutoCloseable {

    private final FakeControl fake = FakeControl.of(FakeVddk.directory());
    private final Path directory;
    private final Path password;

    FakeServer(Path directory, String... disks) throws IOException {
        this.directory = directory;
        this.password = Files.writeString(directory.resolve("password"), "secret\n");
        Path inventory = directory.resolve("inventory.ini");
        Inventory.builder()
                .vcenter("vcenter.example.com")
                .user("backup", "secret")
                .user("reader", "secret", user -> user.privileges(Privilege.READ))
                .datastore("ds1", "datastore-11")
                .vm("vm-42", Arrays.stream(disks).map(disk -> "[ds1] " + disk).toArray(String[]::new))
                .build()
                .write(inventory);
        Files.createDirectories(directory.resolve("ds1"));
        fake.setInventory(inventory);
    }

    FakeControl fake() {
        return fake;
    }

    /** Where the server has the file of a disk. */
    Path file(String disk) {
        return directory.resolve("ds1").resolve(disk);
    }

    /** Runs a command with the options of the server. */
    Outcome run(Object... args) {
        return runAs("backup", args);
    }

    Outcome runAs(String user, Object... args) {
        List<Object> all = new ArrayList<>(Arrays.asList(args));
        all.addAll(List.of("--server", "vcenter.example.com", "--vm", "vm-42", "--user", user));
        all.addAll(List.of("--password-file", password));
        return Cli.run(all.toArray());
    }

    @Override
    public void close() throws IOException {
        Path none = directory.resolve("none.ini");
        Inventory.EMPTY.write(none);
        fake.setInventory(none);
    }
}
