/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import java.time.Duration;
import java.util.Objects;

/**
 * How often something is tried that can fail while a virtual machine is on its way from one host or datastore to another.
 *
 * <p>The library has no error of its own for that (VDDK guide, "Prepare For Access and End Access"). So what cannot be
 * cured by waiting is not tried again, and everything else is. Not tried again are: invalid arguments, what the library or
 * the server does not support (an ESXi host, say), unknown servers, machines and disks, a user or password or session that
 * the server does not accept, missing privileges or licences, and certificates that do not fit.
 *
 * @param attempts how often at most, the first time included; at least 1
 * @param delay how long to wait between two attempts; not negative
 */
public record RetryPolicy(int attempts, Duration delay) {

    /** What the VDDK guide shows: ten attempts, a minute after each other, which is enough for a Storage vMotion. */
    public static final RetryPolicy DEFAULT = new RetryPolicy(10, Duration.ofMinutes(1));

    /** One attempt. */
    public static final RetryPolicy NONE = new RetryPolicy(1, Duration.ZERO);

    /**
     * How often something is tried.
     *
     * @throws IllegalArgumentException if there is no attempt, or the delay is negative
     */
    public RetryPolicy {
        Objects.requireNonNull(delay, "delay");
        if (attempts < 1) {
            throw new IllegalArgumentException("at least one attempt is needed, not " + attempts);
        }
        if (delay.isNegative()) {
            throw new IllegalArgumentException("the delay between two attempts is negative: " + delay);
        }
    }
}
