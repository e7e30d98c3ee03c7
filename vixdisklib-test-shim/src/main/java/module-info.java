/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
/**
 * The fake VDDK: a {@code libvixDiskLib} that serves virtual disks from files on this host, for tests and for trying
 * VixDiskLib software out where the real library is not at hand.
 *
 * <p>{@link dev.vixdisklib.shim.FakeVddk} tells where the library is; any program that loads a VDDK from a directory can
 * load it from there. {@link dev.vixdisklib.shim.FakeControl} steers it from a test, and needs
 * {@code --enable-native-access=dev.vixdisklib.shim} (or {@code ALL-UNNAMED} on the class path).
 * {@link dev.vixdisklib.shim.FakeSetup} makes what the library is to find when it is initialised, such as a simulated
 * {@linkplain dev.vixdisklib.shim.Inventory vSphere}; {@link dev.vixdisklib.shim.FakeSession} does that for a test, and
 * tells it what was left open; {@link dev.vixdisklib.shim.junit.FakeVddkTest} does so for tests of JUnit.
 */
module dev.vixdisklib.shim {
    requires static org.jspecify;
    requires static org.junit.jupiter.api;

    exports dev.vixdisklib.shim;
    exports dev.vixdisklib.shim.junit;
}
