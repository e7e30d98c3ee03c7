/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

/**
 * What {@link VixDiskLib#cleanup} has done.
 *
 * @param cleanedUp how many virtual machines had something left over, which was removed
 * @param remaining how many still have something left over
 */
public record CleanupResult(int cleanedUp, int remaining) {}
