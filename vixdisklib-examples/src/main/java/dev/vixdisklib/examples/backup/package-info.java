/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
/** Full and incremental backups of disks, and the way back: begin at {@link dev.vixdisklib.examples.backup.BackupSet}. */
@NullMarked
package dev.vixdisklib.examples.backup;

import org.jspecify.annotations.NullMarked;
