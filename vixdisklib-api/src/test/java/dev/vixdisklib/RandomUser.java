/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import dev.vixdisklib.UsedThings.Memory;
import dev.vixdisklib.UsedThings.Shelf;
import dev.vixdisklib.shim.Fault;
import dev.vixdisklib.shim.FaultPlan;
import dev.vixdisklib.shim.Inventory.State;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Someone who does everything, in an order that a seed decides, and takes orderly refusals only. Every operation has a seed
 * of its own: how it goes depends on the others, but not what is tried next.
 */
@SuppressWarnings({
    "NullAway", // null is one of the wrong things
    "ReturnValueIgnored", // what counts is how it ends
    "FutureReturnValueIgnored",
    "ObjectToString",
    "EnumOrdinal",
    "CanonicalDuration",
    "NonAtomicVolatileUpdate" // of the one thread that does the operations
})
final class RandomUser implements Runnable {

    static final List<String> IDENTITIES = List.of("one", "two");
    static final List<String> MACHINES = List.of("vm-42", "vm-43");

    /** How many kinds of operations there are. */
    static final int KINDS = 64 + RandomStreams.KINDS;

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
    private static final List<String> NAMES = List.of(
            TestServers.DISK,
            TestServers.DISK,
            TestServers.RUNNING_DISK,
            "[lun] web.vmdk",
            "[ds1] fcd/one.vmdk",
            "[none] x.vmdk",
            "web.vmdk",
            "",
            "a\0b",
            "../x",
            "\ud800",
            "x".repeat(10_000));
    private static final List<String> MOREFS =
            List.of("vm-42", "vm-42", "vm-42", "vm-43", "vm-1", "", "moref=vm-42", "a\0", "snapshot-47");
    private static final List<Long> NUMBERS = List.of(
            -1L,
            0L,
            1L,
            Long.MIN_VALUE,
            Long.MAX_VALUE,
            Long.MAX_VALUE / 512,
            1L << 32,
            (1L << 31) - 1,
            -512L,
            511L,
            1L << 55);

    private final UsedThings things;
    private final Random seeds;
    private final int operations;

    // What is being done.
    private Random random = new Random();
    private boolean gaveNull;
    private Optional<Arena> confined = Optional.empty();
    private volatile long seed;
    private volatile int kind;
    private volatile int done;
    private final AtomicLongArray successes = new AtomicLongArray(KINDS);
    private volatile @Nullable Throwable disorder;

    RandomUser(UsedThings things, long seed, int operations) {
        this.things = things;
        this.seeds = new Random(seed);
        this.operations = operations;
    }

    /** What callbacks throw. */
    static final class Thrown extends RuntimeException {
        private static final long serialVersionUID = 1;

        Thrown() {
            super("thrown by a callback");
        }
    }

    int done() {
        return done;
    }

    /** How many operations of a kind were done without an exception. */
    long successes(int which) {
        return successes.get(which);
    }

    void requireOrderly() {
        if (disorder != null) {
            throw new AssertionError("after " + this, disorder);
        }
    }

    @Override
    public String toString() {
        return "operation " + done + " of kind " + kind + " with the seed " + seed;
    }

    @Override
    public void run() {
        try {
            while (done < operations) {
                operate();
                done++;
            }
        } catch (Throwable e) {
            disorder = e;
        } finally {
            closeConfined();
        }
    }

    private void operate() {
        seed = seeds.nextLong();
        random = new Random(seed);
        gaveNull = false;
        kind = random.nextInt(KINDS);
        try {
            if (random.nextInt(4) == 0) {
                Thread.interrupted();
            }
            doSomething(kind);
            successes.incrementAndGet(kind);
        } catch (Exception e) {
            if (!isOrderly(e)) {
                throw new AssertionError("not an orderly refusal", e);
            }
        }
    }

    private boolean isOrderly(Throwable e) {
        if (e instanceof CompletionException) {
            return e.getCause() != null && isOrderly(e.getCause());
        }
        if (e instanceof NullPointerException) {
            return gaveNull;
        }
        boolean refusal = e instanceof IOException
                || e instanceof UncheckedIOException
                || e instanceof InterruptedException
                || e instanceof Thrown
                || e instanceof IllegalStateException
                || e instanceof IllegalArgumentException
                || e.getClass() == IndexOutOfBoundsException.class
                || e instanceof UnsupportedOperationException
                || e instanceof WrongThreadException;
        return refusal
                && (isOfJdk(e)
                        || e instanceof InterruptedException
                        || (e.getMessage() != null && !e.getMessage().isBlank()));
    }

    /** Whether the JDK has thrown it, which often says nothing. */
    private static boolean isOfJdk(Throwable e) {
        StackTraceElement[] stack = e.getStackTrace();
        return stack.length != 0 && stack[0].getClassName().startsWith("java.");
    }

    // What is done

    private void doSomething(int what) throws Exception {
        switch (what) {
            case 0 -> openLibrary();
            case 1 -> replaceConnection(or(things.libs.any(random)).connectLocal());
            case 3 -> replaceConnection(or(things.libs.any(random)).connectLocalReadOnly());
            case 4, 5 -> replaceConnection(things.libs.any(random).connect(or(spec())));
            case 7, 8, 9 -> replaceDisk(connection().openDisk(or(path()), flags()));
            case 10, 11 -> replaceDisk(connection().openDisk(or(name()), flags()));
            case 12 -> replaceDisk(connection().openDisk(flags()));
            case 13 -> connection().createDisk(or(temporary()), or(diskSpec()), or(listener()));
            case 14 -> connection().deleteDisk(or(temporary()));
            case 15 -> connection().cloneDisk(or(temporary()), or(cloneSpec()), or(listener()));
            case 16 -> connection().cloneDisk(or(name()), or(cloneSpec()), or(listener()));
            case 17 -> connection().growDisk(or(temporary()), newCapacity(), random.nextBoolean(), or(listener()));
            case 18 -> connection().checkDisk(or(path()));
            case 19 -> connection().repairDisk(or(temporary()));
            case 20 -> or(things.libs.any(random)).renameDisk(or(temporary()), or(temporary()));
            case 21 -> connection().info();
            case 22 -> disk().createChild(or(temporary()), or(type()), or(listener()));
            case 23 -> attach();
            case 24 -> disk().attachProblem(or(disk()));
            case 25 -> disk().shrink(or(listener()));
            case 26 -> disk().defragment(or(listener()));
            case 27 -> disk().spaceNeededForClone(or(type()));
            case 28 -> disk().info();
            case 29 -> disk().flush();
            case 30 -> disk().metadata().put(or(text()), or(text()));
            case 31 -> useMap();
            case 32 -> disk().metadata().get(or(text()));
            case 33 -> things.blocks.put(disk().allocatedBlocks(number(300)), random);
            case 34, 35 -> useBlocks();
            case 36 -> disk().transportMode();
            case 37 -> useStatistics();
            case 38 -> things.libs.any(random).capabilities().toString();
            case 39 -> things.libs.any(random).errorText(or(new VixError(number(20_000))));
            case 40 -> prepare();
            case 41 -> endAccess();
            case 42 -> things.libs.any(random).cleanup(or(spec()));
            case 43 -> replaceMemory();
            case 44 -> closeMemory();
            case 45 -> things.threads.get(random.nextInt(things.threads.size())).interrupt();
            case 46 -> closeSomething();
            case 47 -> replacePool();
            case 48 -> replaceBuffer();
            case 49 -> useBuffer();
            case 50, 51, 52, 53 -> beginRequest();
            case 54 -> disk().awaitRequests();
            case 55 -> injectFaults();
            case 56 -> holdBack();
            case 57, 62 -> close(things.channels.put(disk().newChannel(), random));
            case 58, 59 -> useChannel(channel());
            case 60 -> useStream();
            case 61 -> useSets();
            case 2 -> useConfiguration();
            case 6, 63 -> transfer();
            default -> new RandomStreams(this, things, random).use(what - 64);
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

    /** Any two disks, or two that fit. */
    private void attach() throws Exception {
        if (random.nextBoolean()) {
            disk().attachTo(or(disk()));
            return;
        }
        Connection connection = connection();
        Path path = temporary();
        Disk parent = connection.openDisk(things.local(random.nextInt(UsedThings.DISKS)), OpenFlag.READ_ONLY);
        replaceDisk(parent);
        parent.createChild(path, TestDisks.SPARSE);
        Disk child = connection.openDisk(path, OpenFlag.SINGLE_LINK);
        replaceDisk(child);
        child.attachTo(parent);
    }

    private RetryPolicy retries() {
        // Not so many or such long ones that whoever waits for them seems to wait for ever.
        return new RetryPolicy(Math.min((int) number(3), 20), Duration.ofNanos(Math.min(number(100_000), 1_000_000)));
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

    /** Every other new one is closed at once: otherwise few disks would live until they are used. */
    private void replaceConnection(Connection made) throws Exception {
        close(random.nextInt(2) == 0 ? things.connections.put(made, random) : Optional.of(made));
    }

    private void replaceDisk(Disk made) throws Exception {
        close(things.disks.put(made, random));
    }

    static void close(Optional<? extends AutoCloseable> old) throws Exception {
        if (old.isPresent()) {
            old.get().close();
        }
    }

    /** Memory that is confined to this thread is closed by this thread, when it makes another one. */
    private void replaceMemory() {
        Arena arena;
        if (random.nextInt(4) == 0) {
            closeConfined();
            arena = Arena.ofConfined();
            confined = Optional.of(arena);
        } else {
            arena = random.nextInt(4) == 0 ? Arena.ofAuto() : Arena.ofShared();
        }
        things.memories
                .put(Memory.of(arena), random)
                .ifPresent(old -> old.arena().close());
    }

    private void closeMemory() {
        Memory memory = things.memories.any(random);
        if (random.nextInt(4) == 0) {
            memory.arena().close();
        }
    }

    private void closeConfined() {
        if (confined.isPresent() && confined.get().scope().isAlive()) {
            confined.get().close();
        }
    }

    private void replacePool() throws Exception {
        if (random.nextInt(6) == 0) {
            long bytes = oneOf(NUMBERS);
            try {
                BufferPool.of(bytes == 1L << 32 ? 0 : bytes, (int) number(3)).close();
            } catch (OutOfMemoryError e) {
                // As documented, at once; no machine has so much.
            }
            return;
        }
        close(things.pools.put(BufferPool.of(Sectors.toBytes(1 + random.nextInt(64)), 1 + random.nextInt(6)), random));
    }

    private void replaceBuffer() throws Exception {
        BufferPool pool = things.pools.any(random);
        Optional<PooledBuffer> leased = random.nextInt(4) == 0 ? Optional.of(pool.lease()) : pool.tryLease();
        if (leased.isPresent()) {
            Optional<PooledBuffer> old = things.buffers.put(leased.get(), random);
            if (random.nextInt(100) != 0) {
                close(old);
            }
        }
    }

    private void useBuffer() {
        PooledBuffer buffer = things.buffers.any(random);
        buffer.segment();
        buffer.segment(number(64)).get(java.lang.foreign.ValueLayout.JAVA_BYTE, 0);
    }

    private void beginRequest() throws Exception {
        Disk disk = disk();
        PooledBuffer buffer = or(things.buffers.any(random));
        long start = random.nextBoolean() ? 0 : number(disk.capacity());
        long count = random.nextInt(4) == 0 ? number(64) : 1 + random.nextInt(8);
        CompletableFuture<PooledBuffer> future = switch (random.nextInt(4)) {
            case 0 -> disk.readAsync(start, buffer);
            case 1 -> disk.writeAsync(start, buffer);
            case 2 -> disk.readAsync(start, count, buffer);
            default -> disk.writeAsync(start, count, buffer);
        };
        switch (random.nextInt(12)) {
            case 0 -> future.cancel(true);
            case 1 -> future.complete(buffer);
            case 2 -> future.completeExceptionally(new Thrown());
            case 3 -> future.whenComplete((result, e) -> closeQuietly(disk));
            case 4 ->
                future.whenComplete((result, e) -> {
                    throw new Thrown();
                });
            case 5 -> future.join();
            case 6 -> closeQuietly(disk);
            case 7 -> buffer.pool().close();
            case 8 -> buffer.close();
            default -> future.whenComplete((result, e) -> buffer.close());
        }
    }

    static void closeQuietly(AutoCloseable thing) {
        try {
            thing.close();
        } catch (Exception e) {
            throw new Thrown();
        }
    }

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

    private void useMap() {
        var map = disk().metadata().asMap();
        switch (random.nextInt(8)) {
            case 0 -> map.put(or(text()), or(text()));
            case 1 -> map.remove(text());
            case 2 -> map.clear();
            case 3 -> map.get(random.nextInt(4) == 0 ? 42 : text());
            case 4 -> map.entrySet().forEach(entry -> entry.setValue(text()));
            case 5 -> map.forEach((key, value) -> map.size());
            case 6 -> map.toString();
            default -> map.containsKey(text());
        }
    }

    private void useBlocks() throws Exception {
        AllocatedBlocks blocks = things.blocks.any(random);
        switch (random.nextInt(7)) {
            case 0 -> blocks.within(or(set()));
            case 1 -> blocks.within(or(range())).toSet();
            case 2 -> things.blocks.put(blocks.cached(), random);
            case 3 -> blocks.isKnown();
            case 4 -> CopyPlan.incremental(or(blocks), or(set())).forEach(step -> step.range());
            case 5 -> CopyPlan.full(or(blocks)).sectors(or(oneOf(List.of(CopyPlan.Kind.values()))));
            default ->
                blocks.forEach(range -> {
                    if (random.nextInt(20) == 0) {
                        throw new Thrown();
                    }
                });
        }
    }

    private void useStatistics() {
        if (random.nextInt(30) == 0) {
            things.toggleRecording();
        }
        Statistics before = random.nextInt(4) == 0 ? disk().statistics() : VixDiskLib.statistics();
        VixDiskLib.timeTransfers(random.nextBoolean());
        Statistics.Calls calls = VixDiskLib.statistics().since(or(before)).of(or(oneOf(FUNCTIONS)));
        calls.toString();
    }

    private void useSets() {
        SectorSet some = set();
        switch (random.nextInt(6)) {
            case 0 -> some.union(or(set())).minus(or(set()));
            case 1 -> some.complement(number(100));
            case 2 -> some.alignOutward(number(16), number(3000));
            case 3 -> CopyPlan.full(number(3000), or(some));
            case 4 -> CopyPlan.incremental(number(3000), some, set());
            default -> {
                SectorSet.Builder builder = SectorSet.builder();
                for (int i = random.nextInt(30); i > 0; i--) {
                    addTo(builder);
                }
                builder.build();
            }
        }
    }

    private void addTo(SectorSet.Builder builder) {
        switch (random.nextInt(4)) {
            case 0 -> builder.add(number(5000), number(100));
            case 1 -> builder.addBytes(number(5_000_000), number(100_000));
            case 2 -> builder.add(or(new SectorRange(random.nextInt(5000), 1 + random.nextInt(100))));
            default -> builder.addAll(or(set()));
        }
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

    private void useStream() throws IOException {
        try (InputStream in = random.nextBoolean() ? disk().newInputStream() : disk().newInputStream(or(range()))) {
            switch (random.nextInt(4)) {
                case 0 -> in.read(or(new byte[700]), (int) number(700), (int) number(700));
                case 1 -> in.skip(number(2000));
                case 2 ->
                    in.transferTo(random.nextBoolean() ? new ByteArrayOutputStream() : or((java.io.OutputStream) null));
                default -> in.available();
            }
        }
    }

    private void useChannel(DiskChannel channel) throws IOException {
        switch (random.nextInt(12)) {
            case 0 -> channel.read(or(bytes()));
            case 1 -> channel.write(or(bytes()));
            case 2, 3 -> channel.read(or(bytes()), number(100_000));
            case 4, 5 -> channel.write(or(bytes()), number(100_000));
            case 6 -> channel.read(or(segment()), number(100_000));
            case 7 -> channel.write(or(segment()), number(100_000));
            case 8 -> channel.position(number(100_000));
            case 9 -> channel.truncate(number(2_000_000));
            default -> transferWithFile(channel);
        }
    }

    private void transferWithFile(DiskChannel channel) throws IOException {
        Path path = things.directory.resolve("transfer" + random.nextInt(3) + ".bin");
        try (FileChannel file =
                FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            switch (random.nextInt(6)) {
                case 0 -> channel.transferTo(number(100_000), number(100_000), file);
                case 1 -> channel.transferFrom(file, number(100_000), number(100_000));
                case 2 ->
                    channel.transferTo(
                            number(100_000), number(100_000), Channels.newChannel(new ByteArrayOutputStream()));
                case 3 -> {
                    closeQuietly(file);
                    channel.transferTo(number(100_000), number(100_000), file);
                }
                case 4 -> channel.transferTo(0, number(100_000), or(channel()));
                default -> channel.transferFrom(or(channel()), 0, number(100_000));
            }
        }
    }

    private void transfer() throws IOException {
        Disk disk = disk();
        MemorySegment buffer = or(segment());
        long start = random.nextBoolean() ? 0 : number(disk.capacity());
        if (random.nextBoolean()) {
            disk.read(start, buffer);
        } else {
            disk.write(start, buffer);
        }
    }

    // With what it is done

    /** The thing, or now and then null. */
    <T> T or(T thing) {
        if (random.nextInt(60) == 0 || thing == null) {
            gaveNull = true;
            return null;
        }
        return thing;
    }

    private <T> T oneOf(List<T> some) {
        return some.get(random.nextInt(some.size()));
    }

    /** Not one that the library takes and that makes split disks of a thousand files. */
    private long newCapacity() {
        long capacity = number(4000);
        return capacity > 4000 && capacity <= 1L << 40 ? 4000 : capacity;
    }

    /** Mostly from 0 up to a limit, else something wrong. */
    long number(long limit) {
        return random.nextInt(8) == 0 ? oneOf(NUMBERS) : (long) (random.nextDouble() * (limit + 1));
    }

    Connection connection() {
        return or(things.connections.any(random));
    }

    private Disk disk() {
        return or(open(things.disks, disk -> disk.handle().bytes().isOpen()));
    }

    private Memory memory() {
        return open(things.memories, memory -> memory.arena().scope().isAlive());
    }

    private DiskChannel channel() {
        return open(things.channels, DiskChannel::isOpen);
    }

    /** Mostly one that is open: otherwise it would be refusals that are tried, and little else. */
    <T> T open(Shelf<T> shelf, Predicate<T> isOpen) {
        T thing = shelf.any(random);
        for (int i = random.nextInt(20); i > 0 && !isOpen.test(thing); i--) {
            thing = shelf.any(random);
        }
        return thing;
    }

    private Path path() {
        return switch (random.nextInt(16)) {
            case 0 -> Path.of("");
            case 1 -> things.directory;
            case 2 -> Path.of(URI.create("jrt:/java.base"));
            case 3 -> things.directory.resolve("x".repeat(5000));
            case 4, 5 -> things.local(UsedThings.DISKS);
            case 6, 7, 8 -> temporary();
            default -> things.local(random.nextInt(UsedThings.DISKS));
        };
    }

    private Path temporary() {
        return things.directory.resolve("new" + random.nextInt(4) + ".vmdk");
    }

    private String name() {
        return random.nextInt(6) == 0 ? path().toString() : oneOf(NAMES);
    }

    private String text() {
        return switch (random.nextInt(10)) {
            case 0 -> "";
            case 1 -> "a\0b";
            case 2 -> "\ud800";
            case 3 -> "x".repeat(random.nextInt(3000));
            case 4 -> "adapterType";
            case 5 -> "=\n\"";
            default -> "note" + random.nextInt(4);
        };
    }

    private OpenFlag[] flags() {
        OpenFlag[] flags = new OpenFlag[Math.max(0, random.nextInt(5) - 2)];
        for (int i = 0; i < flags.length; i++) {
            flags[i] = or(OpenFlag.values()[random.nextInt(i == 0 ? 3 : 6)]);
        }
        return random.nextInt(4) == 0 ? new OpenFlag[] {OpenFlag.READ_ONLY} : flags;
    }

    private DiskType type() {
        return DiskType.values()[random.nextInt(DiskType.values().length)];
    }

    private DiskSpec diskSpec() {
        DiskSpec spec = DiskSpec.of(
                or(type()), random.nextInt(8) == 0 ? Math.min(number(3000), 5000) : 1 + random.nextInt(500));
        return switch (random.nextInt(8)) {
            case 0 -> spec.withAdapter(or(AdapterType.values()[random.nextInt(4)]));
            case 1 -> spec.withHardwareVersion((int) number(20));
            case 2 -> spec.withLogicalSectorSize((int) number(5000));
            case 3 -> spec.withPhysicalSectorSize(4096);
            default -> spec;
        };
    }

    private CloneSpec cloneSpec() {
        CloneSpec spec = switch (random.nextInt(6)) {
            case 0 -> CloneSpec.of(connection(), or(name()), or(type()));
            case 1 -> CloneSpec.of(connection(), or(type()));
            default -> CloneSpec.of(connection(), or(path()), or(type()));
        };
        return random.nextBoolean() ? spec.replacing() : spec.withLogicalSectorSize(random.nextInt(2) * 512);
    }

    private ProgressListener listener() {
        Connection connection = things.connections.any(random);
        DiskReader reader = things.readers.any(random);
        int what = random.nextInt(8);
        return percent -> {
            if (what == 0) {
                throw new Thrown();
            }
            if (what == 1) {
                closeQuietly(connection);
            }
            if (what == 2) {
                RandomStreams.requireRefused(reader);
            }
        };
    }

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

    private SectorRange range() {
        return new SectorRange(number(2000), number(1000));
    }

    private SectorSet set() {
        return SectorSet.of(or(new SectorRange(number(2000), random.nextInt(100))), range());
    }

    private MemorySegment segment() {
        MemorySegment all = memory().buffer();
        return switch (random.nextInt(17)) {
            case 0 -> MemorySegment.ofArray(new byte[512]);
            case 1 -> MemorySegment.ofArray(new long[64]);
            case 2 -> all.asSlice(0, random.nextInt(1024));
            case 3 -> all.asSlice(random.nextInt(512), 512);
            case 4 -> all.asReadOnly();
            case 5 -> things.mapped;
            case 6 -> MemorySegment.NULL;
            case 7 -> MemorySegment.ofAddress(random.nextLong());
            case 8 -> MemorySegment.ofBuffer(ByteBuffer.allocateDirect(1024));
            case 9 -> things.kept.any(random);
            default -> all.asSlice(0, Sectors.toBytes(1 + random.nextInt(64)));
        };
    }

    private ByteBuffer bytes() {
        ByteBuffer buffer = switch (random.nextInt(6)) {
            case 0 -> ByteBuffer.allocate(random.nextInt(5000));
            case 1 -> ByteBuffer.allocateDirect(random.nextInt(5000));
            case 2 -> ByteBuffer.allocate(100).asReadOnlyBuffer();
            case 3 -> ByteBuffer.allocateDirect(512);
            case 4 -> things.mapped.asByteBuffer();
            default -> memory().buffer().asByteBuffer();
        };
        return buffer.position(random.nextInt(buffer.limit() + 1));
    }
}
