/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.benchmarks;

import dev.vixdisklib.Connection;
import dev.vixdisklib.Disk;
import dev.vixdisklib.OpenFlag;
import dev.vixdisklib.VixDiskLib;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What a stream takes of memory. Its arguments are the directory of a VDDK, a configuration file, a transport, the name of a
 * disk, and the words of a {@link Task}.
 */
final class MemoryUse {

    private static final int TASK_FROM = 4;
    private static final long KIBI = 1024;

    private MemoryUse() {}

    /** Does the task, and tells how much memory the process had before, and at most. */
    public static void main(String[] arguments) throws IOException {
        Task task = Task.parse(String.join(" ", List.of(arguments).subList(TASK_FROM, arguments.length)));
        try (VixDiskLib lib = Worker.open(Path.of(arguments[0]), arguments[1]);
                Connection host = SimulatedHost.connect(lib, arguments[2], false);
                Disk disk = host.openDisk(arguments[3], OpenFlag.READ_ONLY)) {
            // What the classes and threads take that a stream needs is there then.
            run(new Task(task.workload(), Streams.SMALLEST, 1, task.requests(), false), disk);
            long before = residentBytes("VmRSS");
            // Sets the highest value back.
            Files.writeString(Path.of("/proc/self/clear_refs"), "5");
            run(task, disk);
            System.out.println(Figures.of("before", before, "highest", residentBytes("VmHWM"), "heap", heapPeak())
                    .line());
        }
    }

    private static void run(Task task, Disk disk) throws IOException {
        try (Workload workload = Workload.of(task, disk)) {
            workload.run();
        }
    }

    static long residentBytes(String name) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith(name + ":")) {
                return Long.parseLong(line.replaceAll("\\D", "")) * KIBI;
            }
        }
        throw new IOException("the kernel tells no " + name);
    }

    /** At most, in all parts of the heap. */
    static long heapPeak() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .mapToLong(pool -> pool.getPeakUsage().getUsed())
                .sum();
    }
}
