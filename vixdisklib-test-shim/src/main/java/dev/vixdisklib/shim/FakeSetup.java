/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.shim;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How the fake is to be when a program initialises it: the configuration file that the program gives to InitEx, and what
 * that refers to. Immutable.
 */
public final class FakeSetup {

    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_.-]*");
    private static final String OURS = "vddkFake.";
    private static final int MAX_ASYNC_THREADS = 64;

    private static final FakeSetup DEFAULT = new FakeSetup();

    // Assigned in a new object only, before anybody else has it.
    private Inventory inventory = Inventory.EMPTY;
    private Map<Transport, Timing> timings = Map.of();
    private Map<String, String> settings = Map.of();
    private FaultPlan faults = FaultPlan.NONE;
    private Strictness strictness = Strictness.RECORD;
    private boolean opensOnAnyThread;
    private int asyncThreads;
    private long asyncSeed;
    private @Nullable Path journal;
    private FakeVddk.@Nullable Version version;

    private FakeSetup() {}

    private FakeSetup(FakeSetup other) {
        this.inventory = other.inventory;
        this.timings = other.timings;
        this.settings = other.settings;
        this.faults = other.faults;
        this.strictness = other.strictness;
        this.opensOnAnyThread = other.opensOnAnyThread;
        this.asyncThreads = other.asyncThreads;
        this.asyncSeed = other.asyncSeed;
        this.journal = other.journal;
        this.version = other.version;
    }

    /**
     * No servers, no faults, no time; broken rules are recorded.
     *
     * @return the setup
     */
    public static FakeSetup create() {
        return DEFAULT;
    }

    /**
     * The same with another vSphere.
     *
     * @param inventory the simulated vSphere
     * @return the setup
     */
    public FakeSetup withInventory(Inventory inventory) {
        FakeSetup copy = new FakeSetup(this);
        copy.inventory = inventory;
        return copy;
    }

    /**
     * The same with another timing of a transport.
     *
     * @param transport the transport
     * @param timing how long its requests take
     * @return the setup
     */
    public FakeSetup withTiming(Transport transport, Timing timing) {
        Map<Transport, Timing> all = new EnumMap<>(Transport.class);
        all.putAll(timings);
        all.put(transport, timing);
        FakeSetup copy = new FakeSetup(this);
        copy.timings = Collections.unmodifiableMap(all);
        return copy;
    }

    /**
     * The same with another fault plan.
     *
     * @param faults what is to go wrong
     * @return the setup
     */
    public FakeSetup withFaults(FaultPlan faults) {
        FakeSetup copy = new FakeSetup(this);
        copy.faults = faults;
        return copy;
    }

    /**
     * The same with another strictness.
     *
     * @param strictness what happens when a rule is broken
     * @return the setup
     */
    public FakeSetup withStrictness(Strictness strictness) {
        FakeSetup copy = new FakeSetup(this);
        copy.strictness = strictness;
        return copy;
    }

    /**
     * The same without the rule that Open, Close, Connect and Disconnect are called on one thread, for programs that have a
     * lock instead: they may be called on any thread, one at a time.
     *
     * @return the setup
     */
    public FakeSetup withOpenOnAnyThread() {
        FakeSetup copy = new FakeSetup(this);
        copy.opensOnAnyThread = true;
        return copy;
    }

    /**
     * The same with asynchronous requests carried out by threads of the library.
     *
     * @param threads how many, at most 64; 0 for none
     * @param seed what their order depends on; not negative
     * @return the setup
     * @throws IllegalArgumentException for other numbers
     * @see FakeControl#setAsync
     */
    public FakeSetup withAsync(int threads, long seed) {
        if (threads < 0 || threads > MAX_ASYNC_THREADS || seed < 0) {
            throw new IllegalArgumentException(threads + " threads, seed " + seed + ": 0 to " + MAX_ASYNC_THREADS
                    + " threads and a seed that is not negative");
        }
        FakeSetup copy = new FakeSetup(this);
        copy.asyncThreads = threads;
        copy.asyncSeed = seed;
        return copy;
    }

    /**
     * The same with a file that the journal is appended to, for looking at it after the process has ended.
     *
     * @param file the file; if relative, from the folder of the configuration
     * @return the setup
     * @see JournalEntry#parse
     */
    public FakeSetup withJournal(Path file) {
        checkValue("the journal", file.toString());
        FakeSetup copy = new FakeSetup(this);
        copy.journal = file;
        return copy;
    }

    /**
     * The same with another version of VDDK, for {@link FakeSession}s. By default, {@link FakeVddk#directory()} decides.
     *
     * @param version the version
     * @return the setup
     */
    public FakeSetup withVersion(FakeVddk.Version version) {
        FakeSetup copy = new FakeSetup(this);
        copy.version = version;
        return copy;
    }

    /**
     * The same with a setting that a real VDDK has too. Names are not checked here: the library warns of those that it does
     * not know.
     *
     * @param name such as {@code vixDiskLib.nfcAio.Session.BufCount}
     * @param value its value
     * @return the setup
     * @throws IllegalArgumentException if a configuration file cannot hold this, or it is one of the fake's own settings
     */
    public FakeSetup withSetting(String name, String value) {
        if (!NAME.matcher(name).matches() || name.startsWith(OURS)) {
            throw new IllegalArgumentException(
                    name.startsWith(OURS)
                            ? name + " is set by the other methods"
                            : "not the name of a setting: \"" + name + "\"");
        }
        checkValue(name, value);
        Map<String, String> all = new LinkedHashMap<>(settings);
        all.put(name, value);
        FakeSetup copy = new FakeSetup(this);
        copy.settings = Collections.unmodifiableMap(all);
        return copy;
    }

    private static void checkValue(String name, String value) {
        if (value.indexOf('"') >= 0 || value.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(
                    "a configuration holds no quotation marks and control characters: " + name);
        }
    }

    /**
     * Writes the configuration file and what it refers to.
     *
     * @param folder where to; made if it is not there
     * @return the configuration file, for InitEx
     * @throws IOException if a file cannot be written
     */
    public Path write(Path folder) throws IOException {
        Path absolute = Files.createDirectories(folder).toAbsolutePath();
        inventory.write(absolute.resolve("inventory.ini"));
        SecretFile.write(absolute.resolve("faults.txt"), faults.text());
        return writeConfiguration(absolute, all());
    }

    /** Without what control functions change in a process: it would come back with InitEx. */
    Path writeConfiguration(Path folder, boolean timingToo) throws IOException {
        Map<String, String> lines = new LinkedHashMap<>(fixed(timingToo));
        lines.put(OURS + "strict", Integer.toString(strictness.mode()));
        return writeConfiguration(folder, lines);
    }

    private static Path writeConfiguration(Path folder, Map<String, String> lines) throws IOException {
        Path configuration = folder.resolve("vixdisklib.conf");
        StringBuilder text = new StringBuilder();
        lines.forEach(
                (name, value) -> text.append(name).append("=\"").append(value).append("\"\n"));
        SecretFile.write(configuration, text.toString());
        return configuration;
    }

    private Map<String, String> all() {
        Map<String, String> lines = fixed(true);
        lines.put(OURS + "faults", "faults.txt");
        lines.put(OURS + "strict", Integer.toString(strictness.mode()));
        if (asyncThreads > 0) {
            lines.put(OURS + "async.threads", Integer.toString(asyncThreads));
            lines.put(OURS + "async.seed", Long.toString(asyncSeed));
        }
        return lines;
    }

    /** What nothing but InitEx takes: it cannot be another one later in the same process. */
    Map<String, String> fixed(boolean timingToo) {
        Map<String, String> lines = new LinkedHashMap<>(settings);
        lines.put(OURS + "inventory", "inventory.ini");
        if (journal != null) {
            lines.put(OURS + "journal", journal.toString());
        }
        if (opensOnAnyThread) {
            lines.put(OURS + "strict.openThread", "0");
        }
        if (timingToo) {
            timings.forEach((transport, timing) -> {
                String prefix = OURS + "time." + transport.mode() + ".";
                lines.put(prefix + "latencyMicros", Long.toString(timing.micros()));
                lines.put(prefix + "bytesPerSecond", Long.toString(timing.bytesPerSecond()));
                lines.put(prefix + "requestsAtOnce", Integer.toString(timing.requestsAtOnce()));
            });
        }
        return lines;
    }

    /** The library for it. */
    Path directory() {
        return version == null ? FakeVddk.directory() : FakeVddk.directory(version);
    }

    Inventory inventory() {
        return inventory;
    }

    FaultPlan faults() {
        return faults;
    }

    Strictness strictness() {
        return strictness;
    }

    Timing timing(Transport transport) {
        return Optional.ofNullable(timings.get(transport)).orElse(Timing.NONE);
    }

    /** Has the fake carry out asynchronous requests as this says. */
    void applyAsync(FakeControl control) {
        control.setAsync(asyncThreads, asyncSeed);
    }
}
