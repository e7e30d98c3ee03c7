/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.raw;

import java.io.IOException;

/** No usable VixDiskLib library was found; the message names every place tried and says what was wrong with it. */
public final class VddkLoadException extends IOException {

    private static final long serialVersionUID = 1L;

    VddkLoadException(String message) {
        super(message);
    }
}
