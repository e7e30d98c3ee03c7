/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/** What else the machine has done since this was made: others' part of its processors. */
final class Disturbance implements Section {

    /** In a line of {@code /proc/stat}, after the name. */
    private static final int IDLE = 3;

    private static final int WAITING = 4;
    private static final int STOLEN = 7;

    /** Guests' time is in that of users, too. */
    private static final int KINDS = 8;

    /** In {@code /proc/self/stat}, after the name: user and system time of the process, and of its children. */
    private static final int FIRST_TIME = 11;

    private static final int TIMES = 4;

    private final Times before = Times.now();

    /**
     * Times of all processors, in the kernel's units.
     *
     * @param all of whatever kind
     * @param stolen by other virtual machines of the same host
     * @param busy of anybody here
     * @param ours of this process, and of those it has started and that have ended
     */
    private record Times(long all, long stolen, long busy, long ours) {

        static Times now() {
            try {
                String[] cpu = Files.readAllLines(Path.of("/proc/stat")).get(0).split(" +", -1);
                long[] kinds = Arrays.stream(cpu)
                        .skip(1)
                        .limit(KINDS)
                        .mapToLong(Long::parseLong)
                        .toArray();
                long all = LongStream.of(kinds).sum();
                long busy = all - kinds[IDLE] - kinds[WAITING] - kinds[STOLEN];
                String self = Files.readString(Path.of("/proc/self/stat"));
                long ours = Arrays.stream(
                                self.substring(self.lastIndexOf(')') + 2).split(" ", -1))
                        .skip(FIRST_TIME)
                        .limit(TIMES)
                        .mapToLong(Long::parseLong)
                        .sum();
                return new Times(all, kinds[STOLEN], busy, ours);
            } catch (IOException e) {
                return new Times(0, 0, 0, 0);
            }
        }
    }

    @Override
    public String name() {
        return "disturbance";
    }

    @Override
    public String measure() throws IOException {
        Times after = Times.now();
        double all = Math.max(1, after.all() - before.all());
        double others = (after.busy() - before.busy() - (after.ours() - before.ours())) / all;
        double stolen = (after.stolen() - before.stolen()) / all;
        Table table = new Table("while all this was measured", "of all processors");
        for (List<String> row : List.of(
                List.of("other programs had", percent(others)),
                List.of("other virtual machines of the same host had", percent(stolen)))) {
            table.row(row.toArray(String[]::new));
        }
        return table.toString();
    }

    private static String percent(double part) {
        return Numbers.decimal(100 * Math.max(0, part), 1) + "%";
    }
}
