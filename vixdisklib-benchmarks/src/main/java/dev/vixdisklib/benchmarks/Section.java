/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.benchmarks;

import java.io.IOException;

/** Figures that belong together: what is between a pair of markers of the page. */
interface Section {

    /** Its name in the markers. */
    String name();

    /** Measures, and tells the result in Markdown. */
    String measure() throws IOException;
}
