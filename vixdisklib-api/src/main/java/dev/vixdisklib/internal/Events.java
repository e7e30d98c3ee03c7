/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import dev.vixdisklib.Sectors;
import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;
import org.jspecify.annotations.Nullable;

/**
 * What flight recordings have of calls. For transfers, one instance is asked whether they are recorded at all, which
 * costs next to nothing if they are not; only then is an event made.
 */
final class Events {

    private Events() {}

    /**
     * Whether this process records anything, or has. Asked before any class of events is touched: the first one has the
     * recorder set up, which would make the start of a program a quarter longer.
     */
    static boolean areWanted() {
        return FlightRecorder.isInitialized();
    }

    static boolean areReadsRecorded() {
        return areWanted() && Read.isRecorded();
    }

    static boolean areWritesRecorded() {
        return areWanted() && Write.isRecorded();
    }

    /** A connection that begins to be made; null if it is not to be recorded. */
    static @Nullable Connect connect() {
        return areWanted() ? Connect.begun() : null;
    }

    /** A disk that begins to be opened; null if it is not to be recorded. */
    static @Nullable Open open() {
        return areWanted() ? Open.begun() : null;
    }

    /** A disk that begins to be closed; null if it is not to be recorded. */
    static @Nullable Close close() {
        return areWanted() ? Close.begun() : null;
    }

    /** A query that begins; null if it is not to be recorded. */
    static @Nullable Query query() {
        return areWanted() ? Query.begun() : null;
    }

    /** A read that begins; null if it is not to be recorded. */
    static @Nullable Transfer read() {
        return areWanted() ? Read.begun() : null;
    }

    /** A write that begins; null if it is not to be recorded. */
    static @Nullable Transfer write() {
        return areWanted() ? Write.begun() : null;
    }

    /** A call that is recorded. */
    @Category("VixDiskLib")
    abstract static class Call extends Event {

        @Label("Error")
        @Description("What the library returned: 0 for none, and the code in the low 16 bits")
        long error;

        /** The event, begun, if it is to be recorded; null if it is not. */
        static <E extends Call> @Nullable E begun(E event) {
            if (!event.isEnabled()) {
                return null;
            }
            event.begin();
            return event;
        }
    }

    /** A call about a disk. */
    abstract static class OnDisk extends Call {

        @Label("Disk")
        @Description("The path, as given to open it")
        @Nullable
        String disk;

        @Label("Transport")
        @Description("How the disk is reached, such as file or nbdssl; empty if it was not opened")
        @Nullable
        String transport;

        /** Records it. */
        final void record(String path, String mode, long result) {
            disk = path;
            transport = mode;
            error = result;
            commit();
        }
    }

    /** A call about sectors of a disk. */
    abstract static class OnSectors extends OnDisk {

        @Label("First Sector")
        long firstSector;

        @Label("Sectors")
        @Description("How many, of 512 bytes each")
        long sectors;

        /** Records it. */
        void record(String path, String mode, long start, long count, long result) {
            firstSector = start;
            sectors = count;
            record(path, mode, result);
        }
    }

    /** A transfer. */
    abstract static class Transfer extends OnSectors {

        @Label("Bytes")
        @Description("What was transferred: 0 if the library returned an error")
        @DataAmount
        long bytes;

        /** Ends it, and says whether it is to be recorded. */
        final boolean isLongEnough() {
            end();
            return shouldCommit();
        }

        @Override
        final void record(String path, String mode, long start, long count, long result) {
            bytes = result == 0 ? Sectors.toBytes(count) : 0;
            super.record(path, mode, start, count, result);
        }
    }

    /** Sectors were read. */
    @Name("dev.vixdisklib.Read")
    @Label("Disk Read")
    @Description("Read, or ReadAsync from the request to its end")
    @Threshold("20 ms")
    static final class Read extends Transfer {

        private static final Read ANY = new Read();

        private static boolean isRecorded() {
            return ANY.isEnabled();
        }

        private static @Nullable Transfer begun() {
            return isRecorded() ? begun(new Read()) : null;
        }
    }

    /** Sectors were written. */
    @Name("dev.vixdisklib.Write")
    @Label("Disk Write")
    @Description("Write, or WriteAsync from the request to its end")
    @Threshold("20 ms")
    static final class Write extends Transfer {

        private static final Write ANY = new Write();

        private static boolean isRecorded() {
            return ANY.isEnabled();
        }

        private static @Nullable Transfer begun() {
            return isRecorded() ? begun(new Write()) : null;
        }
    }

    /** The library was asked which sectors are allocated. */
    @Name("dev.vixdisklib.Query")
    @Label("Query for Allocated Blocks")
    @StackTrace(false)
    static final class Query extends OnSectors {

        private static @Nullable Query begun() {
            return begun(new Query());
        }
    }

    /** A disk was opened, or not. */
    @Name("dev.vixdisklib.Open")
    @Label("Disk Open")
    @StackTrace(false)
    static final class Open extends OnDisk {

        private static @Nullable Open begun() {
            return begun(new Open());
        }
    }

    /** A disk was closed. */
    @Name("dev.vixdisklib.Close")
    @Label("Disk Close")
    @StackTrace(false)
    static final class Close extends OnDisk {

        private static @Nullable Close begun() {
            return begun(new Close());
        }
    }

    /** A connection was made, or not. */
    @Name("dev.vixdisklib.Connect")
    @Label("Connect")
    @StackTrace(false)
    static final class Connect extends Call {

        private static @Nullable Connect begun() {
            return begun(new Connect());
        }

        @Label("Server")
        @Description("Absent for a connection to the files of this host")
        @Nullable
        String server;

        void record(@Nullable String name, long result) {
            server = name;
            error = result;
            commit();
        }
    }
}
