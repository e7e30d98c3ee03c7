/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** The part of some steps from a sector on. */
final class StepsFrom implements Iterator<CopyPlan.Step> {

    private final Iterator<CopyPlan.Step> steps;
    private final long start;
    private CopyPlan.@Nullable Step next;

    StepsFrom(Iterator<CopyPlan.Step> steps, long start) {
        this.steps = steps;
        this.start = start;
    }

    @Override
    public boolean hasNext() {
        while (next == null && steps.hasNext()) {
            CopyPlan.Step step = steps.next();
            SectorRange range = step.range();
            if (range.start() >= start) {
                next = step;
            } else if (range.end() > start) {
                next = new CopyPlan.Step(step.kind(), new SectorRange(start, range.end() - start));
            }
        }
        return next != null;
    }

    @Override
    public CopyPlan.Step next() {
        if (!hasNext() || next == null) {
            throw new NoSuchElementException();
        }
        CopyPlan.Step step = next;
        next = null;
        return step;
    }
}
