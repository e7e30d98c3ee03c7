/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
/** The commands of {@code vixdisk}, and what they share. */
@NullMarked
package dev.vixdisklib.cli;

import org.jspecify.annotations.NullMarked;
