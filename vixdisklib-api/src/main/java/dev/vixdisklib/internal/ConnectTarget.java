/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import org.jspecify.annotations.Nullable;

/** What on a server a connection is for. */
public sealed interface ConnectTarget {

    /** Nothing in particular. */
    ConnectTarget NONE = new None();

    /** Nothing in particular. */
    record None() implements ConnectTarget {
        @Override
        public String toString() {
            return "nothing";
        }
    }

    /**
     * The disks of a virtual machine.
     *
     * @param spec the machine, as the library takes it
     * @param snapshot the reference of a snapshot, null for the machine as it is
     */
    record Vm(String spec, @Nullable String snapshot) implements ConnectTarget {
        @Override
        public String toString() {
            return spec + (snapshot == null ? "" : " at " + snapshot);
        }
    }

    /**
     * A first-class disk.
     *
     * @param id which one
     * @param datastore the reference of its datastore
     * @param snapshot the id of a snapshot, null for the disk as it is
     */
    record FirstClassDisk(
            String id, String datastore, @Nullable String snapshot) implements ConnectTarget {
        @Override
        public String toString() {
            return "the first-class disk " + id + (snapshot == null ? "" : " at " + snapshot) + " in " + datastore;
        }
    }

    /**
     * The disks in a folder of a datastore.
     *
     * @param moref the reference of the datastore
     * @param folder in the datastore
     */
    record Datastore(String moref, String folder) implements ConnectTarget {
        @Override
        public String toString() {
            return "the folder " + folder + " of " + moref;
        }
    }
}
