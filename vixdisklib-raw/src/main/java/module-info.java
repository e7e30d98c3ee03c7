/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
/**
 * VixDiskLib's C interface as it is: generated method handles, struct layouts and constants, and the one place that loads
 * a library and makes native calls possible.
 *
 * <p>Most programs want {@code dev.vixdisklib}, the API on top. This module checks nothing: a wrong argument to a
 * function in {@link dev.vixdisklib.raw.c} can end the JVM. All restricted methods of the Foreign Function and Memory API
 * that an application needs are called in here, so {@code --enable-native-access=dev.vixdisklib.raw} is all that it has to
 * allow. Only {@code FakeControl} of {@code dev.vixdisklib.shim}, which is for tests, calls some too.
 */
module dev.vixdisklib.raw {
    requires static org.jspecify;

    exports dev.vixdisklib.raw;
    exports dev.vixdisklib.raw.c;
}
