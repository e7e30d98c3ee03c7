/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

/** {@link VixDiskLib#cleanup} has failed, maybe after a part of the work: virtual machines remain to be cleaned up. */
public final class CleanupException extends VixDiskLibException {

    private static final long serialVersionUID = 1L;

    /** How many machines were cleaned up. */
    private final int cleanedUp;
    /** How many machines remain. */
    private final int remaining;

    /**
     * A failure of Cleanup.
     *
     * @param failure what the library has said
     * @param result how far it came
     */
    public CleanupException(VixDiskLibException failure, CleanupResult result) {
        super(
                failure.operation(),
                failure.target().orElse(null),
                null,
                failure.error(),
                failure.libraryText(),
                failure.hint().orElse(null),
                failure.recentLog());
        this.cleanedUp = result.cleanedUp();
        this.remaining = result.remaining();
    }

    /**
     * How far the library came.
     *
     * @return its two numbers; zeros if it did not come to the server
     */
    public CleanupResult result() {
        return new CleanupResult(cleanedUp, remaining);
    }

    @Override
    public String getMessage() {
        return super.getMessage() + "; virtual machines cleaned up: " + cleanedUp + ", remaining: " + remaining;
    }
}
