/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
/** Small programs to copy from, one in each package below. */
@NullMarked
package dev.vixdisklib.examples;

import org.jspecify.annotations.NullMarked;
