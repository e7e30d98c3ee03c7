/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.benchmarks;

import java.util.List;

/**
 * Requests of one size from a disk's beginning to its end, and again, until there were so many. As a line of text, it is
 * what {@link Worker} and the C program {@code yardstick} read.
 *
 * @param workload what is done: a name that {@link Workload#of} or {@code yardstick.c} knows
 * @param bytes of each request, whole sectors
 * @param depth how many requests are in flight; 1 for synchronous ones
 * @param requests how many, in all
 * @param checked whether a checksum of what was read is wanted, which takes its time
 */
record Task(String workload, long bytes, int depth, long requests, boolean checked) {

    /** A task without a checksum that moves so many bytes, or a few less. */
    static Task moving(long total, String workload, long bytes, int depth) {
        return new Task(workload, bytes, depth, Math.max(depth, total / bytes), false);
    }

    static Task parse(String line) {
        List<String> words = List.of(line.split(" ", -1));
        if (words.size() != 5) {
            throw new IllegalArgumentException("not a task: " + line);
        }
        return new Task(
                words.get(0),
                Long.parseLong(words.get(1)),
                Integer.parseInt(words.get(2)),
                Long.parseLong(words.get(3)),
                words.get(4).equals("checked"));
    }

    String line() {
        return workload + " " + bytes + " " + depth + " " + requests + (checked ? " checked" : " unchecked");
    }

    /** The same for another workload. */
    Task with(String otherWorkload) {
        return new Task(otherWorkload, bytes, depth, requests, checked);
    }

    /** The same with requests of another size. */
    Task with(long otherBytes) {
        return new Task(workload, otherBytes, depth, requests, checked);
    }
}
