/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
/** Benchmarks of single calls, for JMH. All of them use the fake VDDK. */
@NullMarked
package dev.vixdisklib.benchmarks.jmh;

import org.jspecify.annotations.NullMarked;
