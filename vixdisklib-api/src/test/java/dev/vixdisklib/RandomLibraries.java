/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import dev.vixdisklib.shim.Fault;
import dev.vixdisklib.shim.FaultPlan;
import dev.vixdisklib.shim.Inventory.State;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** What is done with libraries and connections, and to those who use them. */
@SuppressWarnings({
    "NullAway", // null is one of the wrong things
    "ReturnValueIgnored", // what counts is how it ends
    "ObjectToString",
    "CanonicalDuration"
})
final class RandomLibraries extends RandomOperation {

    static final List<String> IDENTITIES = List.of("one", "two");
    static final List<String> MACHINES = List.of("vm-42", "vm-43");

    private static final List<String> FUNCTIONS = List.of(
            "*",
            "Read",
            "Write",
            "ReadAsync",
            "WriteAsync",
            "Wait",
            "Open",
            "Close",
            "GetInfo",
            "Disconnect",
            "ConnectEx",
            "QueryAllocatedBlocks",
            "FreeBlockList",
            "Clone",
            "Grow",
            "Shrink",
            "Defragment",
            "Create",
            "CreateChild",
            "Attach",
            "Unlink",
            "Rename",
            "CheckRepair",
            "PrepareForAccess",
            "EndAccess",
            "Cleanup",
            "ReadMetadata",
            "WriteMetadata",
            "GetMetadataKeys",
            "SpaceNeededForClone",
            "GetConnectParams",
            "Flush");

    private static final List<Integer> CODES =
            List.of(1, 2, 3, 4, 6, 7, 8, 13, 16007, 14009, 14011, 3014, 18000, 424242);

    private static final List<String> MOREFS =
            List.of("vm-42", "vm-42", "vm-42", "vm-43", "vm-1", "", "moref=vm-42", "a\0", "snapshot-47");

    /** How many kinds of operations there are. */
    static final int KINDS = 17;

    RandomLibraries(UsedThings things, Random random) {
        super(things, random);
    }

    @Override
    void run(int kind) throws Exception {
        switch (kind) {
            case 0 -> openLibrary();
            case 1 -> replaceConnection(or(things.libs.any(random)).connectLocal());
            case 2 -> replaceConnection(or(things.libs.any(random)).connectLocalReadOnly());
            case 3, 4 -> replaceConnection(things.libs.any(random).connect(or(spec())));
            case 5 -> connection().info();
            case 6 -> things.libs.any(random).capabilities().toString();
            case 7 -> things.libs.any(random).errorText(or(new VixError(number(20_000))));
            case 8 -> useStatistics();
            case 9 -> useConfiguration();
            case 10 -> prepare();
            case 11 -> endAccess();
            case 12 -> things.libs.any(random).cleanup(or(spec()));
            case 13 -> things.threads.get(random.nextInt(things.threads.size())).interrupt();
            case 14 -> closeSomething();
            case 15 -> injectFaults();
            default -> holdBack();
        }
    }

    private void openLibrary() throws Exception {
        switch (random.nextInt(12)) {
            case 0 -> VixDiskLib.open(or(things.directory)).close();
            case 1 ->
                VixDiskLib.open(or(things.directory), or(Configuration.builder().build()))
                        .close();
            case 2 -> VixDiskLib.openWithoutAdvancedTransports(or(path())).close();
            case 3 -> close(things.libs.put(things.openLib(), random));
            default -> things.openLib().close();
        }
    }

    /** Every other new one is closed at once: otherwise few disks would live until they are used. */
    private void replaceConnection(Connection made) throws Exception {
        close(random.nextInt(2) == 0 ? things.connections.put(made, random) : Optional.of(made));
    }

    private void closeSomething() throws Exception {
        switch (random.nextInt(60)) {
            case 0 -> (random.nextInt(4) == 0 ? things.libs.any(random) : connection()).close();
            case 1, 2, 3 -> connection().close();
            case 4, 5 -> disk().close();
            case 6, 7, 8 -> things.channels.any(random).close();
            case 9, 10, 11 -> things.pools.any(random).close();
            case 12, 13, 14 -> things.buffers.any(random).close();
            case 15 -> things.credentials.any(random).destroy();
            case 16, 17, 18, 19, 20, 21, 22, 23 -> disk().close();
            default -> things.libs.any(random).toString();
        }
    }

    // Accesses

    private void prepare() throws Exception {
        String identity = random.nextInt(8) == 0 ? oneOf(List.of("", "a\0b", "x".repeat(60))) : oneOf(IDENTITIES);
        ConnectionSpec spec =
                random.nextInt(4) == 0 ? spec() : TestServers.vcenter().vm(oneOf(MACHINES));
        close(things.accesses.put(things.libs.any(random).prepareForAccess(or(spec), or(identity), retries()), random));
    }

    private void endAccess() throws Exception {
        if (random.nextBoolean()) {
            things.accesses.any(random).close();
        } else {
            things.libs.any(random).endAccess(or(spec()), or(text()), retries());
        }
    }

    private RetryPolicy retries() {
        // Not so many or such long ones that whoever waits for them seems to wait for ever.
        return new RetryPolicy(Math.min((int) number(3), 20), Duration.ofNanos(Math.min(number(100_000), 1_000_000)));
    }

    // What goes wrong

    private void injectFaults() throws IOException {
        synchronized (things.fake) {
            if (random.nextInt(4) != 0) {
                things.fake.setFaultPlan(FaultPlan.NONE);
                TestServers.useInventory(things.directory, things.fake, server -> {});
                return;
            }
            if (random.nextInt(6) == 0) {
                TestServers.useInventory(
                        things.directory, things.fake, server -> server.state(oneOf(List.of(State.values()))));
                return;
            }
            Fault fault = Fault.on(oneOf(FUNCTIONS)).chance(0.3 * random.nextDouble(), random.nextInt(1000));
            int code = oneOf(CODES);
            things.fake.setFaultPlan(FaultPlan.of(
                    switch (random.nextInt(6)) {
                        case 0 -> fault.completesWith(code);
                        case 1 -> fault.delay(Duration.ofNanos(1_000_000)).returns(code);
                        case 2 -> Fault.on(oneOf(FUNCTIONS)).times(2).hang();
                        case 3 -> fault.drop();
                        default -> fault.returns(code);
                    }));
        }
    }

    private void holdBack() {
        synchronized (things.fake) {
            switch (random.nextInt(4)) {
                case 0 -> things.fake.holdReads(random.nextInt(4) == 0);
                case 1 -> things.fake.holdAsync(random.nextInt(4) == 0);
                default -> things.fake.setAsync(random.nextInt(4), random.nextInt(1000));
            }
        }
    }

    // Values

    private void useStatistics() {
        if (random.nextInt(30) == 0) {
            things.toggleRecording();
        }
        Statistics before = random.nextInt(4) == 0 ? disk().statistics() : VixDiskLib.statistics();
        VixDiskLib.timeTransfers(random.nextBoolean());
        Statistics.Calls calls = VixDiskLib.statistics().since(or(before)).of(or(oneOf(FUNCTIONS)));
        calls.toString();
    }

    private void useConfiguration() throws IOException {
        Configuration.Builder builder = Configuration.builder();
        for (int i = random.nextInt(4); i > 0; i--) {
            set(builder);
        }
        Configuration made = builder.build();
        made.fileText(or(oneOf(List.of("6.7", "8.0.3", "", "x", "8..0"))));
        if (random.nextBoolean()) {
            Configuration.read(or(path()));
        }
    }

    private void set(Configuration.Builder builder) {
        switch (random.nextInt(8)) {
            case 0 -> builder.set(ConfigKey.NFC_BUFFER_SIZE, or((int) number(20 << 20)));
            case 1 -> builder.set(ConfigKey.NFC_BUFFER_COUNT, or((int) number(100)));
            case 2 -> builder.set(ConfigKey.NFC_READ_TIMEOUT, or(Duration.ofNanos(number(1L << 50))));
            case 3 -> builder.set(ConfigKey.TMP_DIRECTORY, or(path()));
            case 4 -> builder.set(ConfigKey.SAN_DENY_LIST, or(List.of(text(), text())));
            case 5 -> builder.pass(or(text()), or(text()));
            case 6 -> builder.set(or(ConfigKey.ENABLE_CACHE), true);
            default -> builder.set(or(oneOf(ConfigKey.all()).name()), or(text()));
        }
    }

    // With what it is done

    private ConnectionSpec spec() {
        if (random.nextInt(8) == 0) {
            return ConnectionSpec.local();
        }
        ConnectionSpec spec = ConnectionSpec.server(or(server()), or(credentials()));
        spec = switch (random.nextInt(8)) {
            case 0 ->
                spec.vm(or(oneOf(MOREFS)), or(oneOf(List.of("snapshot-47", "snapshot-48", "snapshot-1", "", "a"))));
            case 1 -> spec.firstClassDisk(or(TestServers.DISK_ID), "datastore-11");
            case 2 -> spec.firstClassDisk(or(text()), "datastore-11", TestServers.DISK_SNAPSHOT);
            case 3 -> spec.datastore(or("datastore-11"), oneOf(List.of("web", "", "fcd", "..", "a\0")));
            case 4 -> spec.vmxSpec(or(text()));
            case 5 -> spec;
            default -> spec.vm(or(oneOf(MOREFS)));
        };
        return switch (random.nextInt(10)) {
            case 0 -> spec.port((int) number(65_535));
            case 1 -> spec.nfcPort((int) number(65_535));
            case 2 -> spec.thumbprint(or(random.nextBoolean() ? TestServers.THUMBPRINT : text()));
            case 3, 4 -> spec.transportModes(or(TransportMode.NBD), or(TransportMode.SAN));
            case 5 -> spec.transportModes(TransportMode.of(or(text())));
            case 6 -> spec.readOnly();
            default -> spec;
        };
    }

    private String server() {
        return switch (random.nextInt(8)) {
            case 0 -> TestServers.ESXI;
            case 1 -> text();
            default -> TestServers.VCENTER;
        };
    }

    private Credentials credentials() {
        Credentials made = switch (random.nextInt(12)) {
            case 0 -> Credentials.password(or(text()), or(text().toCharArray()));
            case 1 ->
                Credentials.password(TestServers.USER, () -> {
                    throw new Thrown();
                });
            case 2 -> Credentials.password(TestServers.USER, () -> or(text().toCharArray()));
            case 3 -> Credentials.sessionCookie(or(TestServers.COOKIE.toCharArray()));
            case 4 -> Credentials.sessionCookie(or(text()), or(text().toCharArray()), or(text().toCharArray()));
            case 5 -> Credentials.sspi();
            case 6, 7 -> things.credentials.any(random);
            default -> Credentials.password(TestServers.USER, TestServers.PASSWORD.toCharArray());
        };
        things.credentials.put(made, random);
        return made;
    }
}
