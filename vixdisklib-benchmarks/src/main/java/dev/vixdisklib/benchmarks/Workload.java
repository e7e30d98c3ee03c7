/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.benchmarks;

import dev.vixdisklib.Disk;
import java.io.IOException;

/** Work on a disk that is measured. What it needs is allocated when it is made, so that running it is nothing but the work. */
interface Workload extends AutoCloseable {

    /** Does the work; once. */
    void run() throws IOException;

    /** The checksum of what was read, if the task wants one; the same in whatever order that was. */
    long checksum();

    @Override
    void close() throws IOException;

    /** The workload of a task. */
    static Workload of(Task task, Disk disk) throws IOException {
        return switch (task.workload()) {
            case "read", "write" -> new SynchronousTransfer(task, disk);
            case "stream" -> new StreamedReads(task, disk, Streams.options(task));
            case "streamAsCompleted" ->
                new StreamedReads(task, disk, Streams.options(task).asCompleted());
            case "streamWrite" -> new StreamedWrites(task, disk);
            default -> throw new IllegalArgumentException("there is no workload " + task.workload());
        };
    }
}
