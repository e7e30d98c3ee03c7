/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.benchmarks;

import dev.vixdisklib.Disk;
import dev.vixdisklib.Sectors;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** One read or write after the other on one thread, as a program would have it that uses the API in the simplest way. */
final class SynchronousTransfer implements Workload {

    private final Task task;
    private final Disk disk;
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment buffer;

    /** Of a request. */
    private final long sectors;

    /** Requests from the disk's beginning to its end. */
    private final long perPass;

    private long checksum;

    SynchronousTransfer(Task task, Disk disk) {
        this.task = task;
        this.disk = disk;
        this.sectors = Sectors.ofBytes(task.bytes());
        this.perPass = disk.capacity() / sectors;
        this.buffer = Sectors.allocate(arena, sectors);
        Content.fill(buffer);
    }

    @Override
    public void run() throws IOException {
        if (task.workload().equals("write")) {
            write();
        } else {
            read();
        }
    }

    private void read() throws IOException {
        for (long i = 0; i < task.requests(); i++) {
            long sector = i % perPass * sectors;
            disk.read(sector, buffer);
            if (task.checked()) {
                checksum += Content.checksum(sector, buffer);
            }
        }
    }

    private void write() throws IOException {
        for (long i = 0; i < task.requests(); i++) {
            disk.write(i % perPass * sectors, buffer);
        }
    }

    @Override
    public long checksum() {
        return checksum;
    }

    @Override
    public void close() {
        arena.close();
    }
}
