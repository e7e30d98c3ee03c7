/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What was found out about a host, line by line. */
final class Diagnosis {

    /** How bad it is. */
    enum Level {
        /** As it should be. */
        OK,
        /** Something will not work, or may not. */
        WARNING,
        /** Nothing will work. */
        ERROR
    }

    /**
     * A thing that was looked at.
     *
     * @param advice what to do about it; null where nothing has to be done
     */
    record Finding(
            Level level, String name, String text, @Nullable String advice) {}

    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final Pattern OPEN_FILES = Pattern.compile("(?m)^Max open files +(\\S+)");

    /** Each file of a chain and each connection takes some; this many are the usual limit of a login. */
    private static final long ENOUGH_FILES = 1024;

    private final List<Finding> findings = new ArrayList<>();

    Diagnosis ok(String name, String text) {
        findings.add(new Finding(Level.OK, name, text, null));
        return this;
    }

    Diagnosis warning(String name, String text, String advice) {
        findings.add(new Finding(Level.WARNING, name, text, advice));
        return this;
    }

    Diagnosis error(String name, String text, String advice) {
        findings.add(new Finding(Level.ERROR, name, text, advice));
        return this;
    }

    List<Finding> findings() {
        return List.copyOf(findings);
    }

    boolean has(Level level) {
        return findings.stream().anyMatch(finding -> finding.level() == level);
    }

    /** What does not depend on the library. */
    Diagnosis ofHost() {
        ok("java", Runtime.version() + " in " + System.getProperty("java.home"));
        locale(System.getProperty("sun.jnu.encoding", ""));
        temporaryDirectory(Path.of(System.getProperty("java.io.tmpdir", "/tmp")));
        openFiles(read(LIMITS));
        return this;
    }

    /** Whether native code may be called. */
    Diagnosis nativeAccess(Optional<Module> raw) {
        if (raw.isEmpty() || raw.get().isNativeAccessEnabled()) {
            return ok("native access", "enabled");
        }
        return warning(
                "native access",
                "not enabled for " + raw.get().getName() + ", which later versions of Java will not allow",
                "start Java with --enable-native-access=dev.vixdisklib.raw");
    }

    /** Whether every name of a file can be written. */
    Diagnosis locale(String encoding) {
        if (encoding.toUpperCase(Locale.ROOT).replace("-", "").equals("UTF8")) {
            return ok("locale", encoding);
        }
        return warning(
                "locale",
                "names of files are in " + (encoding.isEmpty() ? "an unknown encoding" : encoding)
                        + ", which lacks characters" + (Charset.isSupported("UTF-8") ? " that UTF-8 has" : ""),
                "set LC_ALL to a locale with UTF-8, such as C.UTF-8");
    }

    /** Where configurations, and what comes before its size is known, are kept for a while. */
    Diagnosis temporaryDirectory(Path directory) {
        try {
            Files.delete(Files.createTempFile(directory, "vixdisk-doctor-", ""));
            return ok("temporary files", directory.toString());
        } catch (IOException e) {
            return error(
                    "temporary files",
                    Messages.of(e),
                    "let this user write to it, or name another one in JDK_JAVA_OPTIONS=-Djava.io.tmpdir=DIR");
        }
    }

    /** How many files the process can have open. */
    Diagnosis openFiles(String limits) {
        Matcher limit = OPEN_FILES.matcher(limits);
        if (!limit.find()) {
            return ok("open files", "the system tells no limit");
        }
        boolean enough = !limit.group(1).matches("\\d{1,9}") || Long.parseLong(limit.group(1)) >= ENOUGH_FILES;
        return enough
                ? ok("open files", limit.group(1) + " at most")
                : warning(
                        "open files",
                        limit.group(1) + " at most, which long chains of disks and many connections exceed",
                        "raise the limit with ulimit -n " + ENOUGH_FILES);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }
}
