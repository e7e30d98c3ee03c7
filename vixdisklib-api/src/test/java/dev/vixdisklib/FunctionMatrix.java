/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import dev.vixdisklib.shim.Fault;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Each function of the library, the methods that call it, and what comes of it when it fails: what {@link FaultMatrixTest}
 * runs, and what the reference tells.
 */
final class FunctionMatrix {

    static final long CAPACITY = 20 * 128;

    /** Some that have exceptions of their own and some that have not, one that nobody knows, and one with more than a code. */
    static final long[] ERRORS = {1, 2, 7, 13, 15, 35, 14_011, 14_014, 9_999, 3L << 32 | 7};

    private static final String MACHINE = "moref=vm-42 on " + TestServers.VCENTER;
    private static final String WHO = "matrix";
    private static final SectorRange SECTORS = new SectorRange(8, 8);

    /** What take space, so that a full file system can be their end. */
    private static final Set<String> TAKE_SPACE = Set.of(
            "Attach",
            "Clone",
            "Close",
            "Create",
            "CreateChild",
            "Defragment",
            "Flush",
            "Grow",
            "Shrink",
            "Write",
            "WriteAsync",
            "WriteMetadata");

    /** What return no error but a pointer, and fail with NULL; {@link NullTest} has them do so. */
    private static final Set<String> NULL_IS_FAILURE =
            Set.of("AllocateConnectParams", "GetErrorText", "GetTransportMode", "ListTransportModes");

    private FunctionMatrix() {}

    /** What is done with the library, from beginning to end; again, too, after it has failed. */
    interface Action {
        Object run() throws Exception;
    }

    /** Makes what an action needs. */
    interface Preparation {
        Action prepare(TestServers test) throws Exception;
    }

    private interface DiskAction {
        Object run(Disk disk) throws Exception;
    }

    private interface ConnectionAction {
        Object run(Connection connection) throws Exception;
    }

    private interface RequestAction {
        Object run(Disk disk, PooledBuffer buffer) throws Exception;
    }

    /** A method that calls a function. */
    static final class Use {
        final String function;
        final String method;
        private @Nullable Preparation preparation;

        /** Which call of the function is to fail, 0 for all of them. */
        private int nth;

        private String target = "";
        private @Nullable SectorRange sectors;
        private @Nullable Function<VixError, Object> outcome;
        private final Map<Long, Object> outcomes = new TreeMap<>();
        private String answer = "an exception";
        private final List<String> tests = new ArrayList<>();

        private Use(String function, String method) {
            this.function = function;
            this.method = method;
        }

        private Use does(Preparation what) {
            preparation = what;
            return this;
        }

        private Use nth(int number) {
            nth = number;
            return this;
        }

        /** What the exception is about; {@code @} stands for the directory of the test. */
        private Use about(String what) {
            target = what;
            return this;
        }

        private Use at(SectorRange range) {
            sectors = range;
            return this;
        }

        /** What is returned where nothing is thrown. */
        private Use returns(Function<VixError, Object> what) {
            outcome = what;
            return this;
        }

        /** What is returned for a certain error. */
        private Use returns(ErrorCode error, Object what) {
            outcomes.put((long) error.number(), what);
            return this;
        }

        private Use answers(String what) {
            answer = what;
            return this;
        }

        private Use tests(String... names) {
            tests.addAll(List.of(names));
            return this;
        }

        /** Whether it runs in the JVM of the tests. */
        boolean runsHere() {
            return preparation != null;
        }

        Action prepare(TestServers test) throws Exception {
            if (preparation == null) {
                throw new IllegalStateException(this + " needs a JVM of its own");
            }
            return preparation.prepare(test);
        }

        String target(Path directory) {
            return target.replace("@", directory + "/");
        }

        Optional<SectorRange> sectors() {
            return Optional.ofNullable(sectors);
        }

        /** What is returned for an error, empty if an exception is thrown. */
        Optional<Object> outcome(VixError error) {
            Object special = outcomes.get(error.value());
            return special != null
                    ? Optional.of(special)
                    : Optional.ofNullable(outcome).map(what -> what.apply(error));
        }

        private boolean canFail() {
            return runsHere() && !answer.startsWith("nothing") && !NULL_IS_FAILURE.contains(function);
        }

        private Fault fault() {
            Fault fault = Fault.on(function);
            return nth == 0 ? fault : fault.nth(nth);
        }

        private Stream<Case> cases() {
            if (!canFail()) {
                return Stream.empty();
            }
            List<Case> cases = new ArrayList<>();
            LongStream.concat(LongStream.of(ERRORS), outcomes.keySet().stream().mapToLong(Long::longValue))
                    .forEach(error -> cases.add(new Case(this, fault().returns(error), error)));
            if (TAKE_SPACE.contains(function)) {
                cases.add(new Case(this, fault().full(), ErrorCode.DISK_FULL.number()));
            }
            // Those go well without a server, too.
            if (!function.equals("Close") && !function.equals("Disconnect")) {
                cases.add(new Case(this, fault().drop(), ErrorCode.HOST_TCP_CONN_LOST.number()));
            }
            if (function.endsWith("Async")) {
                LongStream.of(ERRORS).forEach(error -> cases.add(new Case(this, fault().completesWith(error), error)));
            }
            return cases.stream();
        }

        @Override
        public String toString() {
            return function + " by " + method;
        }
    }

    /** A use that is to fail. */
    record Case(Use use, Fault fault, long error) {

        @Override
        public String toString() {
            return use.method + " with " + fault;
        }
    }

    static Stream<Use> usesHere() {
        return USES.stream().filter(Use::runsHere);
    }

    static Stream<Case> cases() {
        return USES.stream().flatMap(Use::cases);
    }

    // ------------------------------------------------------------------------------------------------ the table

    /** The methods of a function, as {@code Class.method}. */
    static List<String> methods(String function) {
        return of(function).map(use -> use.method).distinct().toList();
    }

    /** Tests of a function beside those of the matrix, as {@code Class.method}. */
    static List<String> tests(String function) {
        return of(function).flatMap(use -> use.tests.stream()).distinct().toList();
    }

    /** The functions that a test is named for, but for those that need a JVM of their own. */
    static List<String> functionsOfTest(String name) {
        return usesHere()
                .filter(use -> use.tests.contains(name))
                .map(use -> use.function)
                .distinct()
                .toList();
    }

    private static Stream<Use> of(String function) {
        return USES.stream().filter(use -> use.function.equals(function));
    }

    /** The line of the reference about a function. */
    static String line(String function) {
        Map<String, List<String>> answers = of(function)
                .collect(Collectors.groupingBy(
                        use -> use.answer,
                        java.util.LinkedHashMap::new,
                        Collectors.mapping(use -> use.method, Collectors.toList())));
        String answer = answers.size() == 1
                ? answers.keySet().iterator().next()
                : answers.entrySet().stream()
                        .map(entry -> quoted(entry.getValue()) + ": " + entry.getKey())
                        .collect(Collectors.joining("; "));
        return "| `VixDiskLib_" + function + "` | " + quoted(methods(function)) + " | " + answer + " | "
                + quoted(tests(function)) + " |";
    }

    private static String quoted(List<String> names) {
        return names.stream().distinct().map(name -> "`" + name + "`").collect(Collectors.joining(", "));
    }

    // ------------------------------------------------------------------------------------------------ preparations

    private static Path base(TestServers test) throws Exception {
        return test.disk("disk.vmdk", TestDisks.SPARSE, CAPACITY);
    }

    private static Preparation onHost(ConnectionAction action) {
        return test -> {
            base(test);
            return () -> {
                try (Connection connection = test.lib.connectLocal()) {
                    return action.run(connection);
                }
            };
        };
    }

    private static Preparation onFile(java.util.function.BiFunction<Path, Connection, Action> action) {
        return test -> {
            base(test);
            return () -> {
                try (Connection connection = test.lib.connectLocal()) {
                    return action.apply(test.directory, connection).run();
                }
            };
        };
    }

    private static Preparation onDisk(DiskAction action) {
        return onFile((directory, connection) -> () -> {
            try (Disk disk = connection.openDisk(directory.resolve("disk.vmdk"))) {
                return action.run(disk);
            }
        });
    }

    private static Preparation onSectors(boolean write) {
        return onDisk(disk -> {
            try (Arena arena = Arena.ofConfined()) {
                var buffer = Sectors.allocate(arena, SECTORS.count());
                if (write) {
                    disk.write(SECTORS.start(), buffer);
                } else {
                    disk.read(SECTORS.start(), buffer);
                }
                return "done";
            }
        });
    }

    private static Preparation onRequest(RequestAction action) {
        return onDisk(disk -> {
            try (BufferPool pool = BufferPool.of(Sectors.toBytes(SECTORS.count()), 1);
                    PooledBuffer buffer = pool.lease()) {
                return action.run(disk, buffer);
            }
        });
    }

    private static Preparation onServer(ConnectionAction action) {
        return test -> () -> {
            try (Connection connection = test.lib.connect(TestServers.vcenter().vm("vm-42"))) {
                return action.run(connection);
            }
        };
    }

    private static Preparation onFamily(java.util.function.BiFunction<Disk, Disk, Action> action) {
        return test -> {
            Path base = base(test);
            Path child = test.directory.resolve("child.vmdk");
            Path other = test.directory.resolve("other.vmdk");
            try (Disk disk = test.host.openDisk(base, OpenFlag.READ_ONLY)) {
                disk.createChild(child, TestDisks.SPARSE);
            }
            test.host.cloneDisk(other, CloneSpec.of(test.host, base, TestDisks.SPARSE));
            return () -> {
                try (Connection connection = test.lib.connectLocal();
                        Disk disk = connection.openDisk(child, OpenFlag.SINGLE_LINK);
                        Disk parent = connection.openDisk(other, OpenFlag.READ_ONLY)) {
                    return action.apply(disk, parent).run();
                }
            };
        };
    }

    private static String told(AllocatedBlocks blocks, long capacity) throws Exception {
        boolean all = blocks.toSet().equals(SectorSet.of(new SectorRange(0, capacity)));
        return (blocks.isKnown() ? "known" : "unknown") + (all ? ", all" : ", not all");
    }

    /** As a process leaves it that has ended too early. */
    private static void leavePrepared(TestServers test) throws Exception {
        test.plan(Fault.on("EndAccess").returns(1));
        PreparedAccess access = test.lib.prepareForAccess(TestServers.vcenter().vm("vm-42"), WHO, RetryPolicy.NONE);
        try {
            access.close();
        } catch (VixDiskLibException e) {
            test.plan();
        }
    }

    /** The first one ends an access; if that was in vain, the next one ends what has remained. */
    private static Action endAccess(TestServers test) throws Exception {
        ConnectionSpec spec = TestServers.vcenter().vm("vm-42");
        List<PreparedAccess> accesses = new ArrayList<>();
        accesses.add(test.lib.prepareForAccess(spec, WHO, RetryPolicy.NONE));
        return () -> {
            if (accesses.isEmpty()) {
                test.lib.endAccess(spec, WHO, RetryPolicy.NONE);
            } else {
                accesses.remove(0).close();
            }
            return "ended";
        };
    }

    // ------------------------------------------------------------------------------------------------ the rows

    private static final String NOTHING = "nothing can: ";

    private static Use use(String function, String method) {
        return new Use(function, method);
    }

    /** In the order of the header; a function with several methods in rows that follow each other. */
    private static final List<Use> USES = List.of(
            use("InitEx", "VixDiskLib.open")
                    .answers("an exception; it can be tried again")
                    .tests(
                            "FaultMatrixTest.anInitialisationThatFailsIsToldAndCanBeTriedAgain",
                            "StartupTest.theLibraryUnderstandsEveryKey"),
            use("Init", "VixDiskLib.openWithoutAdvancedTransports")
                    .answers("an exception; it can be tried again")
                    .tests(
                            "FaultMatrixTest.anInitialisationThatFailsIsToldAndCanBeTriedAgain",
                            "StartupTest.withoutAdvancedTransportsThereAreFilesAndTheNetwork"),
            use("Exit", "VixDiskLib.open")
                    .answers(NOTHING + "it is called when the JVM ends, after the last connection")
                    .tests(
                            "ProcessTest.theLibraryIsEndedWithTheJvm",
                            "ProcessTest.theLibraryIsNotEndedWhileSomethingIsOpen"),
            use("ListTransportModes", "VixDiskLib.transportModes")
                    .does(test -> test.lib::transportModes)
                    .answers("no modes")
                    .tests("CapabilitiesTest.tellWhatTheLibraryIsAndHas", "NullTest.noTransportModesAreNone"),
            use("GetErrorText", "VixDiskLib.errorText")
                    .does(test -> () -> test.lib.errorText(new VixError(1)))
                    .answers("a text that says so")
                    .tests(
                            "CapabilitiesTest.errorsHaveTheTextsOfTheLibrary",
                            "NullTest.anErrorWithoutTextIsToldAllTheSame"),
            use("FreeErrorText", "VixDiskLib.errorText")
                    .does(test -> () -> test.lib.errorText(new VixError(1)))
                    .answers(NOTHING + "it returns nothing")
                    .tests("CapabilitiesTest.errorsHaveTheTextsOfTheLibrary"),
            use("AllocateConnectParams", "VixDiskLib.connect")
                    .does(onServer(Connection::toString))
                    .answers("an exception with `OUT_OF_MEMORY`")
                    .tests("ConnectVersionsTest.theOldestKnowsMachinesOnly", "NullTest.noMemoryForParametersIsAnError"),
            use("FreeConnectParams", "Connection.info")
                    .does(onServer(Connection::info))
                    .answers(NOTHING + "it returns nothing")
                    .tests("ConnectTest.aFailingInfoLeavesNothing"),
            use("GetConnectParams", "Connection.info")
                    .does(onServer(Connection::info))
                    .about(MACHINE)
                    .tests("ConnectTest.aConnectionTellsWhatItWasMadeWith"),
            use("Connect", "VixDiskLib.connectLocal")
                    .does(onHost(Connection::toString))
                    .tests("VixDiskLibTest.aFailingConnectIsReported"),
            use("ConnectEx", "VixDiskLib.connect")
                    .does(onServer(Connection::toString))
                    .about(MACHINE)
                    .tests("ConnectTest.aDiskOfAMachineIsReadAndWritten"),
            use("ConnectEx", "VixDiskLib.connectLocalReadOnly").does(test -> () -> {
                try (Connection connection = test.lib.connectLocalReadOnly()) {
                    return connection.toString();
                }
            }),
            use("Disconnect", "Connection.close")
                    .does(onServer(Connection::toString))
                    .about(MACHINE)
                    .answers("an exception; it is closed all the same")
                    .tests("ConnectTest.aFailingDisconnectNamesTheConnection"),
            use("PrepareForAccess", "VixDiskLib.prepareForAccess")
                    .does(test -> () -> {
                        ConnectionSpec spec = TestServers.vcenter().vm("vm-42");
                        try (PreparedAccess access = test.lib.prepareForAccess(spec, WHO, RetryPolicy.NONE)) {
                            return access.toString();
                        }
                    })
                    .about(MACHINE)
                    .answers("an exception, after as many attempts as are wanted")
                    .tests("AccessTest.aMachineIsPreparedUntilTheAccessIsClosed", "AccessTest.itIsTriedUntilItWorks"),
            use("EndAccess", "PreparedAccess.close")
                    .does(FunctionMatrix::endAccess)
                    .about(MACHINE)
                    .answers("an exception; what remains can be ended by `VixDiskLib.endAccess`")
                    .tests("AccessTest.closingAnAccessTwiceDoesNothing"),
            use("EndAccess", "VixDiskLib.endAccess")
                    .does(test -> {
                        leavePrepared(test);
                        return () -> {
                            test.lib.endAccess(TestServers.vcenter().vm("vm-42"), WHO);
                            return "ended";
                        };
                    })
                    .about(MACHINE)
                    .tests("AccessTest.whatAProcessHasLeftIsEndedByAnother"),
            use("Cleanup", "VixDiskLib.cleanup")
                    .does(test -> () -> test.lib.cleanup(TestServers.vcenter()))
                    .about(TestServers.VCENTER)
                    .answers("a `CleanupException` with its two numbers")
                    .tests(
                            "AccessTest.whatAProcessHasLeftIsCleanedUpByAnother",
                            "AccessTest.whatRemainsToBeCleanedUpIsTold"),
            use("Open", "Connection.openDisk")
                    .does(onDisk(Disk::name))
                    .about("@disk.vmdk")
                    .tests("RefusedFilesTest.aMissingFile", "RefusedFilesTest.aSecondWriter"),
            use("Open", "Connection.openDisk")
                    .does(onServer(connection -> {
                        try (Disk disk = connection.openDisk(TestServers.DISK)) {
                            return disk.name();
                        }
                    }))
                    .about(TestServers.DISK)
                    .tests("ConnectTest.disksOfOthersAndOfMachinesThatRunDoNotOpen"),
            use("Open", "Connection.openDisk")
                    .does(test -> () -> {
                        ConnectionSpec spec = TestServers.vcenter().firstClassDisk(TestServers.DISK_ID, "datastore-11");
                        try (Connection connection = test.lib.connect(spec);
                                Disk disk = connection.openDisk()) {
                            return disk.name();
                        }
                    })
                    .about(TestServers.DISK_ID)
                    .tests("ConnectTest.aFirstClassDiskNeedsNoName"),
            use("Close", "Disk.close")
                    .does(onDisk(Disk::name))
                    .about("@disk.vmdk")
                    .answers("an exception; it is closed all the same")
                    .tests("ClosingTest.aFailingCloseIsReportedOnceAndTheDiskIsClosedAllTheSame"),
            use("GetInfo", "Connection.openDisk")
                    .does(onDisk(Disk::capacity))
                    .about("@disk.vmdk")
                    .tests("RefusedFilesTest.anOpeningThatFailsHalfway"),
            use("GetInfo", "Disk.info")
                    .does(onDisk(Disk::info))
                    .nth(2)
                    .about("@disk.vmdk")
                    .tests("DiskTest.tellsAboutItself"),
            use("FreeInfo", "Disk.info")
                    .does(onDisk(Disk::info))
                    .answers(NOTHING + "it returns nothing")
                    .tests("DiskTest.tellsAboutItself"),
            use("GetTransportMode", "Disk.transportMode")
                    .does(onDisk(Disk::transportMode))
                    .answers("an empty `Optional`")
                    .tests("ConnectTest.transportModesAreTriedInOrder", "NullTest.noTransportModeIsNone"),
            use("Read", "Disk.read")
                    .does(onSectors(false))
                    .about("@disk.vmdk")
                    .at(SECTORS)
                    .tests("DiskTest.readsBackWhatWasWritten"),
            use("Read", "DiskChannel.read")
                    .does(onDisk(disk -> {
                        try (DiskChannel channel = disk.newChannel()) {
                            return channel.read(ByteBuffer.allocate(4096), Sectors.toBytes(SECTORS.start()));
                        }
                    }))
                    .about("@disk.vmdk")
                    .at(SECTORS)
                    .tests("DiskChannelTest.aFirstRequestThatFailsChangesNothing"),
            use("Write", "Disk.write")
                    .does(onSectors(true))
                    .about("@disk.vmdk")
                    .at(SECTORS)
                    .tests("DiskTest.readsBackWhatWasWritten", "RefusedFilesTest.writingWhatWasOpenedReadOnly"),
            use("Write", "DiskChannel.write")
                    .does(onDisk(disk -> {
                        try (DiskChannel channel = disk.newChannel()) {
                            return channel.write(ByteBuffer.allocate(4096), Sectors.toBytes(SECTORS.start()));
                        }
                    }))
                    .about("@disk.vmdk")
                    .at(SECTORS)
                    .tests("DiskChannelTest.aLaterRequestThatFailsLeavesThePositionsWhereItBegan"),
            use("ReadAsync", "Disk.readAsync")
                    .does(onRequest((disk, buffer) -> AsyncDisks.await(disk.readAsync(SECTORS.start(), buffer))
                            .sectors()))
                    .about("@disk.vmdk")
                    .at(SECTORS)
                    .answers("the future fails with the exception")
                    .tests(
                            "AsyncTest.whatIsWrittenInAnyOrderIsReadInAnyOrder",
                            "AsyncTest.whatFailsLaterFailsTheFuture"),
            use("WriteAsync", "Disk.writeAsync")
                    .does(onRequest((disk, buffer) -> AsyncDisks.await(disk.writeAsync(SECTORS.start(), buffer))
                            .sectors()))
                    .about("@disk.vmdk")
                    .at(SECTORS)
                    .answers("the future fails with the exception")
                    .tests(
                            "AsyncTest.whatIsWrittenInAnyOrderIsReadInAnyOrder",
                            "AsyncTest.whatTheLibraryDoesNotAcceptFailsTheFuture"),
            use("Wait", "Disk.awaitRequests")
                    .does(onRequest((disk, buffer) -> {
                        AsyncDisks.await(disk.writeAsync(SECTORS.start(), buffer));
                        disk.awaitRequests();
                        return "waited";
                    }))
                    .about("@disk.vmdk")
                    .tests("AsyncTest.aWaitThatFailsIsToldAndTheDiskCanBeUsedAfterwards"),
            use("Flush", "Disk.flush")
                    .does(onDisk(disk -> {
                        disk.flush();
                        return "flushed";
                    }))
                    .about("@disk.vmdk")
                    .tests("DiskTest.failuresOfEachFunctionNameItAndTheDisk"),
            use("QueryAllocatedBlocks", "Disk.allocatedBlocks")
                    .does(onDisk(disk -> told(disk.allocatedBlocks(), disk.capacity())))
                    .returns(error -> "unknown, all")
                    .answers("all sectors count as allocated, and `AllocatedBlocks.unknownReason` says why")
                    .tests("AllocatedBlocksTest.areAllWhereTheLibraryCannotTell"),
            use("QueryAllocatedBlocks", "AllocatedBlocks.toSet")
                    .does(onDisk(disk -> told(disk.allocatedBlocks(), disk.capacity())))
                    .nth(2)
                    .about("@disk.vmdk")
                    .at(new SectorRange(0, CAPACITY))
                    .tests("AllocatedBlocksTest.areReportedWhereALaterQueryFails"),
            use("QueryAllocatedBlocks", "AllocatedBlocks.iterator")
                    .does(onDisk(disk -> disk.allocatedBlocks().iterator().hasNext()))
                    .nth(2)
                    .about("@disk.vmdk")
                    .at(new SectorRange(0, CAPACITY))
                    .answers("the exception in an `UncheckedIOException`")
                    .tests("AllocatedBlocksTest.loseNothingWhereAQueryFailsAndTheCallerGoesOn"),
            use("FreeBlockList", "Disk.allocatedBlocks")
                    .does(onDisk(disk -> told(disk.allocatedBlocks(), disk.capacity())))
                    .returns(error -> "unknown, all")
                    .answers("all sectors count as allocated, and `AllocatedBlocks.unknownReason` says why")
                    .tests("AllocatedBlocksTest.areNotLeftInTheLibraryWhereGivingThemBackFails"),
            use("FreeBlockList", "AllocatedBlocks.toSet")
                    .does(onDisk(disk -> told(disk.allocatedBlocks(), disk.capacity())))
                    .nth(2)
                    .about("@disk.vmdk"),
            use("ReadMetadata", "Metadata.get")
                    .does(onDisk(disk -> disk.metadata().get("adapterType")))
                    .about("@disk.vmdk")
                    .returns(ErrorCode.DISK_KEY_NOTFOUND, Optional.empty())
                    .answers("an exception, but an empty `Optional` for `DISK_KEY_NOTFOUND`")
                    .tests("DiskTest.keepsMetadata"),
            use("WriteMetadata", "Metadata.put")
                    .does(onDisk(disk -> {
                        disk.metadata().put("key", "value");
                        return "put";
                    }))
                    .about("@disk.vmdk")
                    .tests("DiskTest.keepsMetadata", "MetadataMapTest.whatTheLibraryRefusesIsWrapped"),
            use("GetMetadataKeys", "Metadata.keys")
                    .does(onDisk(disk -> disk.metadata().keys()))
                    .about("@disk.vmdk")
                    .returns(ErrorCode.DISK_KEY_NOTFOUND, List.of())
                    .answers("an exception, but no keys for `DISK_KEY_NOTFOUND`")
                    .tests("MetadataMapTest.itIsInTheOrderOfTheLibrary"),
            use("Create", "Connection.createDisk")
                    .does(onFile((directory, connection) -> () -> {
                        connection.createDisk(directory.resolve("new.vmdk"), DiskSpec.of(TestDisks.SPARSE, CAPACITY));
                        return "created";
                    }))
                    .about("@new.vmdk")
                    .tests("RefusedFilesTest.anExistingTarget", "RefusedFilesTest.whatCannotBeMade"),
            use("CreateChild", "Disk.createChild")
                    .does(onDisk(disk -> {
                        disk.createChild(Path.of(disk.name()).resolveSibling("child.vmdk"), TestDisks.SPARSE);
                        return "created";
                    }))
                    .about("@child.vmdk from @disk.vmdk")
                    .tests("AttachTest.aChildReadsAsItsParentUntilItIsWritten"),
            use("Unlink", "Connection.deleteDisk")
                    .does(onFile((directory, connection) -> () -> {
                        connection.deleteDisk(directory.resolve("disk.vmdk"));
                        return "deleted";
                    }))
                    .about("@disk.vmdk")
                    .tests("DiskTest.deletingLeavesNothing"),
            use("Grow", "Connection.growDisk")
                    .does(onFile((directory, connection) -> () -> {
                        connection.growDisk(directory.resolve("disk.vmdk"), 2 * CAPACITY, true);
                        return "grown";
                    }))
                    .about("@disk.vmdk")
                    .tests("WholeDiskTest.aDiskGrowsByZeros"),
            use("Shrink", "Disk.shrink")
                    .does(onDisk(disk -> {
                        disk.shrink();
                        return "shrunk";
                    }))
                    .about("@disk.vmdk")
                    .tests("CompactTest.zerosTakeNoSpaceAfterShrinking"),
            use("Defragment", "Disk.defragment")
                    .does(onDisk(disk -> {
                        disk.defragment();
                        return "in order";
                    }))
                    .about("@disk.vmdk")
                    .tests("CompactTest.grainsAreInOrderAfterDefragmenting"),
            use("Rename", "VixDiskLib.renameDisk")
                    .does(test -> {
                        Path from = base(test);
                        return () -> {
                            test.lib.renameDisk(from, from.resolveSibling("new.vmdk"));
                            return "renamed";
                        };
                    })
                    .about("@disk.vmdk to @new.vmdk")
                    .tests("WholeDiskTest.aDiskIsTheSameUnderAnotherName"),
            use("Clone", "Connection.cloneDisk")
                    .does(onFile((directory, connection) -> () -> {
                        connection.cloneDisk(
                                directory.resolve("copy.vmdk"),
                                CloneSpec.of(connection, directory.resolve("disk.vmdk"), TestDisks.FLAT));
                        return "cloned";
                    }))
                    .about("@disk.vmdk to @copy.vmdk")
                    .tests(
                            "CloneTest.aCloneHasTheContentOfItsSource",
                            "ServerDisksTest.aDiskOfAMachineIsClonedToThisHost"),
            use("SpaceNeededForClone", "Disk.spaceNeededForClone")
                    .does(onDisk(disk -> disk.spaceNeededForClone(TestDisks.FLAT)))
                    .about("@disk.vmdk")
                    .tests("CloneTest.theSpaceThatACloneNeedsIsEstimated"),
            use("IsAttachPossible", "Disk.attachProblem")
                    .does(onFamily((disk, parent) -> () -> disk.attachProblem(parent)))
                    .returns(Optional::of)
                    .answers("the error is what it returns")
                    .tests("AttachTest.aDiskOfAnotherSizeBecomesNoParent"),
            use("Attach", "Disk.attachTo")
                    .does(onFamily((disk, parent) -> () -> {
                        disk.attachTo(parent);
                        return "attached";
                    }))
                    .about("@child.vmdk to @other.vmdk")
                    .answers("an exception; the parent's handle is ended all the same")
                    .tests("AttachTest.aChildGetsAnotherParent", "AttachTest.aFailingAttachEndsTheParentAllTheSame"),
            use("CheckRepair", "Connection.checkDisk")
                    .does(onFile((directory, connection) -> () -> connection.checkDisk(directory.resolve("disk.vmdk"))))
                    .about("@disk.vmdk")
                    .returns(ErrorCode.DISK_NEEDSREPAIR, CheckResult.NEEDS_REPAIR)
                    .answers("an exception, but a result for `DISK_NEEDSREPAIR`")
                    .tests("WholeDiskTest.damageToOneTableIsFoundAndRepaired"),
            use("CheckRepair", "Connection.repairDisk")
                    .does(onFile((directory, connection) -> () -> {
                        connection.repairDisk(directory.resolve("disk.vmdk"));
                        return "repaired";
                    }))
                    .about("@disk.vmdk")
                    .tests("WholeDiskTest.whatIsMissingInAFlatDiskCannotBeRepaired"));

    /** The functions in the order of the rows. */
    static List<String> functions() {
        return USES.stream().map(use -> use.function).distinct().toList();
    }
}
