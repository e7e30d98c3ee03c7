/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.shim;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What is to go wrong in the library, rule by rule. A plan begins to count when it is {@linkplain FakeControl#setFaultPlan
 * set}, or with InitEx where the {@linkplain FakeSetup#withFaults setup} has it.
 *
 * @param faults the rules
 */
public record FaultPlan(List<Fault> faults) {

    /** Nothing goes wrong. */
    public static final FaultPlan NONE = new FaultPlan(List.of());

    /**
     * Checks that every rule has an action.
     *
     * @throws IllegalArgumentException if one has none
     */
    public FaultPlan {
        faults = List.copyOf(faults);
        for (Fault fault : faults) {
            if (!fault.hasAction()) {
                throw new IllegalArgumentException("nothing happens in the rule \"" + fault + "\"");
            }
        }
    }

    /**
     * A plan.
     *
     * @param faults the rules
     * @return the plan
     * @throws IllegalArgumentException if a rule has no action
     */
    public static FaultPlan of(Fault... faults) {
        return new FaultPlan(List.of(faults));
    }

    /**
     * The plan as the fake reads it.
     *
     * @return a line for each rule
     */
    public String text() {
        return faults.stream().map(fault -> fault + "\n").collect(Collectors.joining());
    }
}
