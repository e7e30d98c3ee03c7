/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.benchmarks;

import com.sun.management.ThreadMXBean;
import dev.vixdisklib.Connection;
import dev.vixdisklib.Disk;
import dev.vixdisklib.OpenFlag;
import dev.vixdisklib.VixDiskLib;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * What a Java program gets out of the API: the same as {@code yardstick.c}, with the same arguments (the directory of a
 * VDDK, a configuration file or {@code -}, a transport, a disk, {@code read} or {@code write}), the same lines on standard input, and
 * the same answers.
 */
final class Worker {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Worker() {}

    /** Opens the disk and does tasks until there are no more. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 5) {
            throw new IllegalArgumentException(
                    "the directory of a VDDK, a configuration file or -, a transport, a disk, read or write");
        }
        boolean writing = arguments[4].equals("write");
        OpenFlag[] flags = writing ? new OpenFlag[0] : new OpenFlag[] {OpenFlag.READ_ONLY};
        try (VixDiskLib lib = open(Path.of(arguments[0]), arguments[1]);
                Connection host = SimulatedHost.connect(lib, arguments[2], writing);
                Disk disk = host.openDisk(arguments[3], flags)) {
            answer(disk);
        }
    }

    static VixDiskLib open(Path directory, String configuration) throws IOException {
        return configuration.equals("-")
                ? VixDiskLib.open(directory)
                : VixDiskLib.open(directory, Path.of(configuration));
    }

    private static void answer(Disk disk) throws IOException {
        BufferedReader tasks = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String line = tasks.readLine();
        while (line != null) {
            System.out.println(measure(Task.parse(line), disk).line());
            line = tasks.readLine();
        }
    }

    private static Measurement measure(Task task, Disk disk) throws IOException {
        try (Workload workload = Workload.of(task, disk)) {
            long allocatedBefore = THREADS.getTotalThreadAllocatedBytes();
            long begin = System.nanoTime();
            workload.run();
            long nanoseconds = System.nanoTime() - begin;
            long allocated = THREADS.getTotalThreadAllocatedBytes() - allocatedBefore;
            return new Measurement(
                    task.bytes() * task.requests(), nanoseconds, task.requests(), allocated, workload.checksum());
        }
    }
}
