/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
/** Gives the fake VDDK to tests of JUnit Jupiter. Needs {@code junit-jupiter-api} 5.8 or later, and nothing else does. */
@NullMarked
package dev.vixdisklib.shim.junit;

import org.jspecify.annotations.NullMarked;
