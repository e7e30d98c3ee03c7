/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
/**
 * Loads a {@code libvixDiskLib} and says what it is.
 *
 * <p>{@link dev.vixdisklib.raw.VddkLibrary#load} has to come before any use of a class in {@link dev.vixdisklib.raw.c}: a
 * generated function that is touched too early stays unusable for the life of the JVM.
 */
@NullMarked
package dev.vixdisklib.raw;

import org.jspecify.annotations.NullMarked;
