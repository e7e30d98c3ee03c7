/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import dev.vixdisklib.internal.Utf8;
import java.util.Locale;

/**
 * A way in which the library reaches a disk (VDDK guide, "Virtual Disk Transport Methods"). The ones that VixDiskLib is
 * known to have are constants; a library can have others, and {@link #of} takes any name. Two of the same name are equal.
 */
public final class TransportMode {

    /** Files of this host. */
    public static final TransportMode FILE = new TransportMode("file");
    /** The storage area network that the datastore is on. */
    public static final TransportMode SAN = new TransportMode("san");
    /** The disk is attached to the virtual machine in which this program runs. */
    public static final TransportMode HOTADD = new TransportMode("hotadd");
    /** The network, encrypted. */
    public static final TransportMode NBDSSL = new TransportMode("nbdssl");
    /** The network, not encrypted. */
    public static final TransportMode NBD = new TransportMode("nbd");

    private final String name;

    private TransportMode(String name) {
        this.name = name;
    }

    /**
     * The transport mode of a name.
     *
     * @param name such as {@code nbdssl}; capitals are made small, since the library overlooks names that it does not know
     * @return the transport mode
     * @throws IllegalArgumentException if the name is empty, or has a colon, a blank or a control character in it
     */
    public static TransportMode of(String name) {
        if (name.isEmpty() || !Utf8.isText(name) || name.chars().anyMatch(TransportMode::isNoPartOfAName)) {
            throw new IllegalArgumentException(
                    "a transport mode is one word such as nbdssl, not \"" + name + "\"; give several modes one by one");
        }
        return new TransportMode(name.toLowerCase(Locale.ROOT));
    }

    private static boolean isNoPartOfAName(int character) {
        return character == ':' || Character.isWhitespace(character) || Character.isISOControl(character);
    }

    /** One that the library has told, whatever it is called. */
    static TransportMode told(String name) {
        return new TransportMode(name);
    }

    /**
     * The name that the library knows it by.
     *
     * @return such as {@code nbdssl}
     */
    public String name() {
        return name;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TransportMode mode && name.equals(mode.name);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    @Override
    public String toString() {
        return name;
    }
}
