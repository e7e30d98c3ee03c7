/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.DiskCopy;
import java.io.Closeable;

/** Where a copy takes its sectors from. */
interface Source extends Closeable {

    /** The size in bytes; the last sector of a raw file can be incomplete. */
    long bytes();

    /** The same for the API. */
    DiskCopy.Source contents();
}
