/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
/** Where the fake VDDK is, and how a test steers it. */
@NullMarked
package dev.vixdisklib.shim;

import org.jspecify.annotations.NullMarked;
