/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.shim;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A rule of a {@link FaultPlan}: which calls of the library it is for, and what happens to them. It is for calls that meet
 * all of its conditions, and every action of it happens.
 *
 * <p>{@link FakeControl#failNext} and the others that fail one call remain beside it.
 */
public final class Fault {

    private static final Pattern FUNCTION = Pattern.compile("\\*|[A-Z][A-Za-z]*");
    private static final Pattern ERROR = Pattern.compile("VIX_[A-Z0-9_]+");

    private static final String RETURN = "return=";
    private static final String CALLBACK = "callback=";
    private static final String FULL = "full";
    private static final String NULL = "null";

    private final String function;
    private final List<String> conditions;
    private final List<String> actions;

    private Fault(String function, List<String> conditions, List<String> actions) {
        this.function = function;
        this.conditions = conditions;
        this.actions = actions;
    }

    /**
     * A rule for the calls of a function.
     *
     * @param function the function's name with or without {@code VixDiskLib_}, such as {@code "Read"}
     * @return a rule without conditions and actions
     * @throws IllegalArgumentException if this cannot be the name of a function
     */
    public static Fault on(String function) {
        String name = JournalEntry.shortName(function);
        if (!FUNCTION.matcher(name).matches()) {
            throw new IllegalArgumentException("no function of VixDiskLib: \"" + function + "\"");
        }
        return new Fault(name, List.of(), List.of());
    }

    /**
     * A rule for the calls of all functions.
     *
     * @return a rule without conditions and actions
     */
    public static Fault onAny() {
        return on("*");
    }

    /**
     * Only the nth call that meets the other conditions since the plan was set, once.
     *
     * @param n from 1
     * @return the rule with this condition
     */
    public Fault nth(long n) {
        return when("nth=" + atLeastOne(n));
    }

    /**
     * Only every nth call that meets the other conditions.
     *
     * @param n from 1
     * @return the rule with this condition
     */
    public Fault every(long n) {
        return when("every=" + atLeastOne(n));
    }

    /**
     * Only a number of times.
     *
     * @param count from 1
     * @return the rule with this condition
     */
    public Fault times(long count) {
        return when("times=" + atLeastOne(count));
    }

    /**
     * Only calls for some disks.
     *
     * @param glob a pattern with {@code *}, {@code ?} and {@code [...]} for the path as it was opened, or for its last
     *     part; or the path itself
     * @return the rule with this condition
     * @throws IllegalArgumentException if the pattern has quotation marks or control characters, which a plan cannot hold
     */
    public Fault disk(String glob) {
        if (glob.isEmpty() || glob.indexOf('"') >= 0 || glob.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(
                    "a fault plan holds no empty patterns, quotation marks and control characters: \"" + glob + "\"");
        }
        return when("disk=\"" + glob + "\"");
    }

    /**
     * Only requests that touch a range of sectors.
     *
     * @param first the first sector of the range
     * @param last the last sector of the range
     * @return the rule with this condition
     */
    public Fault sectors(long first, long last) {
        if (first < 0 || last < first) {
            throw new IllegalArgumentException("no range of sectors: " + first + " to " + last);
        }
        return when("sectors=" + first + "-" + last);
    }

    /**
     * Only by chance.
     *
     * @param probability from 0 to 1
     * @param seed the same seed gives the same fortune
     * @return the rule with this condition
     */
    public Fault chance(double probability, long seed) {
        if (!(probability >= 0 && probability <= 1)) {
            throw new IllegalArgumentException("no probability: " + probability);
        }
        if (seed < 0) {
            throw new IllegalArgumentException("a negative seed: " + seed);
        }
        return when(String.format(Locale.ROOT, "chance=%.6f", probability)).when("seed=" + seed);
    }

    /**
     * Only once that many bytes have been written by the calls that the rule is for.
     *
     * @param bytes how many
     * @return the rule with this condition
     */
    public Fault afterBytes(long bytes) {
        return when("after=" + atLeastOne(bytes));
    }

    /**
     * The call does nothing and returns an error. Close, Disconnect and those that free do their work all the same.
     *
     * @param error the error's number, such as 14011
     * @return the rule with this action
     */
    public Fault returns(long error) {
        return result(RETURN + atLeastOne(error));
    }

    /**
     * As {@link #returns(long)}.
     *
     * @param error the error's name, such as {@code VIX_E_HOST_TCP_CONN_LOST}
     * @return the rule with this action
     */
    public Fault returns(String error) {
        return result(RETURN + name(error));
    }

    /**
     * An asynchronous request is accepted, does nothing, and its callback gets an error. A synchronous call returns it.
     *
     * @param error the error's number
     * @return the rule with this action
     */
    public Fault completesWith(long error) {
        return result(CALLBACK + atLeastOne(error));
    }

    /**
     * As {@link #completesWith(long)}.
     *
     * @param error the error's name, such as {@code VIX_E_FILE_ERROR}
     * @return the rule with this action
     */
    public Fault completesWith(String error) {
        return result(CALLBACK + name(error));
    }

    /**
     * The call takes longer.
     *
     * @param time by how much; whole microseconds
     * @return the rule with this action
     */
    public Fault delay(Duration time) {
        if (time.isNegative() || time.isZero() || time.toNanos() % 1000 != 0) {
            throw new IllegalArgumentException("no number of microseconds: " + time);
        }
        return then("delay=" + time.toNanos() / 1000 + "us");
    }

    /**
     * The call does not return before {@link FakeControl#releaseHangs()}.
     *
     * @return the rule with this action
     */
    public Fault hang() {
        return then("hang");
    }

    /**
     * The connection is lost: this call and every later one on it and its disks answers 14011, but for Close and
     * Disconnect.
     *
     * @return the rule with this action
     */
    public Fault drop() {
        return then("drop");
    }

    /**
     * There is no space: nothing is written, and the call returns 8.
     *
     * @return the rule with this action
     */
    public Fault full() {
        return result(FULL);
    }

    /**
     * The call does nothing, succeeds, and gives NULL out; one that returns a pointer, as {@code GetErrorText} does, returns
     * NULL.
     *
     * @return the rule with this action
     */
    public Fault givesNull() {
        return result(NULL);
    }

    private Fault when(String condition) {
        return new Fault(function, with(conditions, condition), actions);
    }

    /** A call has one result. */
    private Fault result(String action) {
        for (String other : actions) {
            if (other.startsWith(RETURN) || other.startsWith(CALLBACK) || other.equals(FULL) || other.equals(NULL)) {
                throw new IllegalArgumentException("two results of a call: " + other + " and " + action);
            }
        }
        return then(action);
    }

    private Fault then(String action) {
        return new Fault(function, conditions, with(actions, action));
    }

    private static List<String> with(List<String> words, String word) {
        String key = word.substring(0, word.indexOf('=') + 1);
        for (String other : words) {
            if (other.equals(word) || (!key.isEmpty() && other.startsWith(key))) {
                throw new IllegalArgumentException("given twice: " + other + " and " + word);
            }
        }
        List<String> all = new ArrayList<>(words);
        all.add(word);
        return List.copyOf(all);
    }

    private static long atLeastOne(long number) {
        if (number < 1) {
            throw new IllegalArgumentException("not 1 or more: " + number);
        }
        return number;
    }

    private static String name(String error) {
        if (!ERROR.matcher(error).matches()) {
            throw new IllegalArgumentException("not the name of an error: \"" + error + "\"");
        }
        return error;
    }

    boolean hasAction() {
        return !actions.isEmpty();
    }

    /** The line of the plan. */
    @Override
    public String toString() {
        List<String> words = new ArrayList<>();
        words.add(function);
        words.addAll(conditions);
        words.addAll(actions);
        return String.join(" ", words);
    }
}
