/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
/**
 * How fast the API is. {@link dev.vixdisklib.benchmarks.Main} asks a C program and {@link dev.vixdisklib.benchmarks.Worker}
 * in turns to do the same work on the same disk, runs the benchmarks of {@link dev.vixdisklib.benchmarks.jmh}, and writes
 * what came out into {@code docs/performance.md}.
 */
@NullMarked
package dev.vixdisklib.benchmarks;

import org.jspecify.annotations.NullMarked;
