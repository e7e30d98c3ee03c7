/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import java.util.Iterator;
import java.util.NoSuchElementException;

/** The steps with which a target is read: what is to be zeros is read as well, unless it is known to be. */
final class ReadBack implements Iterator<CopyPlan.Step> {

    private final Iterator<CopyPlan.Step> steps;
    private final KnownZeros zeros;
    private long at;
    private long end;

    ReadBack(Iterator<CopyPlan.Step> steps, KnownZeros zeros) {
        this.steps = steps;
        this.zeros = zeros;
    }

    @Override
    public boolean hasNext() {
        return at < end || steps.hasNext();
    }

    @Override
    public CopyPlan.Step next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        if (at == end) {
            CopyPlan.Step step = steps.next();
            if (step.kind() != CopyPlan.Kind.ZERO) {
                return step;
            }
            at = step.range().start();
            end = step.range().end();
        }
        CopyPlan.Kind kind = zeros.isAt(at) ? CopyPlan.Kind.ZERO : CopyPlan.Kind.COPY;
        long start = at;
        at = zeros.endOfRun(at, end);
        return new CopyPlan.Step(kind, new SectorRange(start, at - start));
    }
}
