/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.shim;

import dev.vixdisklib.shim.FakeControl.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A use of the fake VDDK by a test, which is told at the {@linkplain #close() end} what the program under test has left open
 * and which rules it has broken. There is one session at a time in a process; who begins another one waits.
 *
 * <p>A process can initialise VixDiskLib once, with one configuration file. So {@link #vddk()} and {@link #configuration()}
 * name the same files in all sessions of a process, and what is only read by InitEx must be the same in all: the
 * {@linkplain FakeSetup#withVersion version}, the {@linkplain FakeSetup#withSetting settings}, whether
 * {@linkplain FakeSetup#withOpenOnAnyThread any thread opens}, and the {@linkplain FakeSetup#withJournal journal} file. All
 * else begins anew with each session: inventory, datastores, timing, faults, strictness, asynchronous threads, the journal.
 */
public final class FakeSession implements AutoCloseable {

    private static final Semaphore TURN = new Semaphore(1, true);
    private static final int LAST_CALLS = 20;

    /** Who has the turn; a second session of the same thread would wait for itself. */
    private static volatile @Nullable Thread owner;

    private final Path vddk;
    private final FakeControl control;
    private final Path configuration;
    private final Path folder;
    private final Map<Kind, Long> openBefore = new EnumMap<>(Kind.class);
    private final Set<String> allowed = new HashSet<>();
    private Inventory inventory;
    private boolean isClosed;

    private FakeSession(FakeSetup setup) throws IOException {
        OfProcess process = OfProcess.get(setup.directory());
        this.vddk = process.vddk;
        this.control = process.control;
        process.checkFixed(setup);
        this.folder = process.newFolder();
        this.configuration = setup.writeConfiguration(process.root, !control.canSetTiming());
        this.inventory = setup.inventory();
        setInventory(inventory);
        reset(setup);
        for (Kind kind : Kind.values()) {
            openBefore.put(kind, control.liveCount(kind));
        }
    }

    /**
     * Begins a session.
     *
     * @param setup how the fake is to be
     * @return the session, for the caller to close
     * @throws IllegalStateException if this thread has a session, or an earlier one of this process had other settings
     * @throws UncheckedIOException if files cannot be written
     */
    public static FakeSession begin(FakeSetup setup) {
        if (Thread.currentThread().equals(owner)) {
            throw new IllegalStateException("the session before has not been closed");
        }
        TURN.acquireUninterruptibly();
        try {
            FakeSession session = new FakeSession(setup);
            owner = Thread.currentThread();
            return session;
        } catch (IOException e) {
            TURN.release();
            throw new UncheckedIOException("cannot set the fake VDDK up", e);
        } catch (RuntimeException | Error e) {
            TURN.release();
            throw e;
        }
    }

    /** What all sessions of this process share. */
    private static final class OfProcess {
        private static @Nullable OfProcess instance;

        final Path vddk;
        final FakeControl control;
        final Path root = TemporaryFolder.untilExit("vixdisklib-test-");
        private @Nullable Map<String, String> fixed;
        private int sessions;

        private OfProcess(Path vddk) throws IOException {
            this.vddk = vddk;
            this.control = FakeControl.of(vddk);
        }

        static synchronized OfProcess get(Path vddk) throws IOException {
            if (instance == null) {
                instance = new OfProcess(vddk);
            }
            if (!instance.vddk.equals(vddk)) {
                throw new IllegalStateException("a process loads one VixDiskLib, and an earlier session had "
                        + instance.vddk + ", not " + vddk + "; run these tests in processes of their own");
            }
            return instance;
        }

        synchronized Path newFolder() throws IOException {
            sessions++;
            return Files.createDirectory(root.resolve("session-" + sessions));
        }

        synchronized void checkFixed(FakeSetup setup) {
            Map<String, String> wanted = setup.fixed(!control.canSetTiming());
            if (fixed != null && !fixed.equals(wanted)) {
                throw new IllegalStateException(
                        "VixDiskLib is initialised once in a process, and an earlier session had"
                                + " other settings; run these tests in processes of their own. Then: " + fixed
                                + "; now: "
                                + wanted);
            }
            fixed = wanted;
        }
    }

    /** Nothing of an earlier session counts any more. */
    private void reset(FakeSetup setup) {
        setup.applyAsync(control);
        if (control.canSetTiming()) {
            for (Transport transport : Transport.values()) {
                control.setTiming(transport, setup.timing(transport));
            }
        }
        if (control.canSetFaultPlan() || !setup.faults().equals(FaultPlan.NONE)) {
            control.setFaultPlan(setup.faults());
        }
        if (control.knowsRules()) {
            control.setStrictness(setup.strictness());
            control.forgetBrokenRules();
        }
        if (control.hasJournal()) {
            control.forgetJournal();
        }
    }

    /**
     * The directory of the library, for the program under test to load it from.
     *
     * @return the directory; the same in all sessions of this process
     */
    public Path vddk() {
        return vddk;
    }

    /**
     * The configuration file for InitEx, for the program under test.
     *
     * @return the file; the same in all sessions of this process
     */
    public Path configuration() {
        return configuration;
    }

    /**
     * Sees and steers the library.
     *
     * @return the control
     */
    public FakeControl control() {
        return control;
    }

    /**
     * A folder for whatever the test needs. It has the datastores, and is deleted at the end.
     *
     * @return the folder
     */
    public Path folder() {
        return folder;
    }

    /**
     * Replaces the simulated vSphere, for connections that are made from now on. The folders of its datastores are made in
     * {@link #folder()}, unless they are absolute; disks that are there stay.
     *
     * @param inventory the vSphere
     * @throws UncheckedIOException if files cannot be written
     */
    public void setInventory(Inventory inventory) {
        try {
            Path file = configuration.resolveSibling("inventory.ini");
            inventory.write(file, folder);
            if (control.hasServers()) {
                // For programs that initialise the library with a configuration of their own.
                control.setInventory(file);
            }
            this.inventory = inventory;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the inventory", e);
        }
    }

    /**
     * Replaces the plan of what goes wrong, as {@link FakeControl#setFaultPlan} does.
     *
     * @param faults the rules
     */
    public void setFaults(Fault... faults) {
        control.setFaultPlan(FaultPlan.of(faults));
    }

    /**
     * Where the file of a disk is.
     *
     * @param disk a disk in a datastore of the inventory, such as {@code [ds1] web/web.vmdk}
     * @return its path
     * @throws IllegalArgumentException if there is no such datastore
     */
    public Path file(String disk) {
        return inventory.file(disk, folder);
    }

    /**
     * Makes a disk in a datastore, as {@link FakeDisk} does.
     *
     * @param disk a disk in a datastore of the inventory, such as {@code [ds1] web/web.vmdk}
     * @param content its bytes; zeros fill the last sector
     * @return the file with the sectors
     * @throws IllegalArgumentException if there is no such datastore
     * @throws UncheckedIOException if the disk exists, or cannot be written
     */
    public Path createDisk(String disk, byte[] content) {
        try {
            return FakeDisk.create(file(disk), content);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make the disk " + disk, e);
        }
    }

    /**
     * Lets the program under test break a rule in this session.
     *
     * @param rule its name, such as {@code open-thread}
     */
    public void allow(String rule) {
        allowed.add(rule);
    }

    /**
     * Ends the session: lets go on what is held or hangs, and forgets the fault plan. Closing twice does nothing.
     *
     * @throws AssertionError if something that was opened in this session is still open, or a rule was broken in it that is
     *     not {@linkplain #allow allowed}
     */
    @Override
    public void close() {
        if (isClosed) {
            return;
        }
        isClosed = true;
        List<String> faults = new ArrayList<>();
        try {
            // What is in flight now has nobody who waits for it.
            addLeaks(faults);
            letGo();
            addBrokenRules(faults);
            addUnmatchedPreparations(faults);
            if (!faults.isEmpty()) {
                addLastCalls(faults);
            }
        } finally {
            TemporaryFolder.deleteTree(folder);
            owner = null;
            TURN.release();
        }
        if (!faults.isEmpty()) {
            throw new AssertionError("at the end of the test\n  " + String.join("\n  ", faults));
        }
    }

    private void letGo() {
        control.holdReads(false);
        control.holdAsync(false);
        if (control.canSetFaultPlan()) {
            control.setFaultPlan(FaultPlan.NONE);
            control.releaseHangs();
        }
    }

    private void addLeaks(List<String> faults) {
        openBefore.forEach((kind, before) -> {
            long more = control.liveCount(kind) - before;
            if (more > 0) {
                String name = kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
                faults.add("not given back: " + more + " " + name);
            }
        });
    }

    private void addBrokenRules(List<String> faults) {
        if (!control.knowsRules()) {
            return;
        }
        for (BrokenRule broken : control.brokenRules()) {
            if (!allowed.contains(broken.rule())) {
                faults.add("broken rule: " + broken);
            }
        }
        control.setStrictness(Strictness.OFF);
        control.forgetBrokenRules();
    }

    /** The journal may have forgotten preparations, but no ends that came after them. */
    private void addUnmatchedPreparations(List<String> faults) {
        if (!control.hasJournal()) {
            return;
        }
        Map<String, Long> count = new HashMap<>();
        for (JournalEntry entry : control.journal()) {
            if (entry.result() == 0) {
                count.merge(entry.function(), 1L, Long::sum);
            }
        }
        long more = count.getOrDefault("PrepareForAccess", 0L) - count.getOrDefault("EndAccess", 0L);
        if (more > 0 && !allowed.contains("unmatched-prepare")) {
            faults.add("not ended: " + more + " PrepareForAccess");
        }
    }

    private void addLastCalls(List<String> faults) {
        if (!control.hasJournal()) {
            return;
        }
        List<JournalEntry> calls = control.journal();
        faults.add("the last calls:\n    "
                + calls.subList(Math.max(0, calls.size() - LAST_CALLS), calls.size()).stream()
                        .map(JournalEntry::toString)
                        .collect(Collectors.joining("\n    ")));
    }
}
