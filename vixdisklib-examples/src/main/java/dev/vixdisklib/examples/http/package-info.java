/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
/** Serves disks over HTTP: begin at {@link dev.vixdisklib.examples.http.DiskServer}. */
@NullMarked
package dev.vixdisklib.examples.http;

import org.jspecify.annotations.NullMarked;
