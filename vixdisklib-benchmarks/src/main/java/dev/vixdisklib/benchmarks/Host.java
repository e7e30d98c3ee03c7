/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Where and with what the figures were made. */
final class Host implements Section {

    private static final long GIT_SECONDS = 10;
    private static final double MEBI = 1 << 20;

    private final Path project;

    Host(Path project) {
        this.project = project;
    }

    @Override
    public String name() {
        return "host";
    }

    @Override
    public String measure() throws IOException {
        Table table = new Table("", "");
        table.row("date", LocalDate.now(ZoneOffset.UTC).toString());
        table.row("commit", commit());
        table.row(
                "processor",
                value("/proc/cpuinfo", "model name") + ", "
                        + Runtime.getRuntime().availableProcessors() + " hardware threads");
        table.row("memory", memory());
        table.row("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        table.row("JDK", System.getProperty("java.vm.name") + " " + Runtime.version());
        table.row("busy with other things", "load of " + load() + " before it began");
        return table.toString();
    }

    /** The value of a line {@code name: value}. */
    private static String value(String file, String name) throws IOException {
        for (String line : Files.readAllLines(Path.of(file))) {
            if (line.startsWith(name)) {
                return line.substring(line.indexOf(':') + 1).strip();
            }
        }
        return "unknown";
    }

    private static String memory() throws IOException {
        String kibibytes = value("/proc/meminfo", "MemTotal").replaceAll("\\D", "");
        return kibibytes.isEmpty() ? "unknown" : Numbers.decimal(Long.parseLong(kibibytes) / MEBI, 1) + " GiB";
    }

    private static String load() throws IOException {
        return List.of(Files.readString(Path.of("/proc/loadavg")).split(" ", -1))
                .get(0);
    }

    private String commit() throws IOException {
        String commit = git("rev-parse", "--short=12", "HEAD");
        boolean changed = !git("status", "--porcelain", "--untracked-files=no").isEmpty();
        return commit.isEmpty() ? "unknown" : commit + (changed ? ", with changes" : "");
    }

    /** What git says, or nothing where it has nothing to say. */
    private String git(String... arguments) throws IOException {
        ProcessBuilder builder = new ProcessBuilder("git", "-C", project.toString());
        builder.command().addAll(List.of(arguments));
        builder.redirectError(ProcessBuilder.Redirect.DISCARD);
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            return "";
        }
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        try {
            return process.waitFor(GIT_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0 ? out : "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }
}
