/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
/** Reads files in a file system on a disk: begin at {@link dev.vixdisklib.examples.filesystem.GuestFiles}. */
@NullMarked
package dev.vixdisklib.examples.filesystem;

import org.jspecify.annotations.NullMarked;
