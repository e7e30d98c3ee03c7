/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
/** A program that uses vixdisklib. */
module example.consumer {
    requires dev.vixdisklib;
}
