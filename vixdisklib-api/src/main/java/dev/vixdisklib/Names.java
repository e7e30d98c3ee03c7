/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import dev.vixdisklib.internal.Utf8;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Checks names before anything native sees them. Each method returns the name as the library is to have it. */
final class Names {

    private static final String MOREF = "moref=";

    /** The longest identity, in bytes (VDDK guide, "Prepare For Access and End Access", which says characters). */
    private static final int MAX_IDENTITY = 50;

    private Names() {}

    /** A text that is not empty, and that arrives in C as it is. */
    static String requireText(String text, String what) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException(what + " is empty");
        }
        if (text.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(
                    what + " contains a control character: " + text.replaceAll("\\p{Cntrl}", "?"));
        }
        return Utf8.requireText(text, what);
    }

    /** A text of one word. */
    private static String requireWord(String text, String what) {
        requireText(text, what);
        if (text.chars().anyMatch(Character::isWhitespace)) {
            throw new IllegalArgumentException(what + " contains a blank: \"" + text + "\"");
        }
        return text;
    }

    /** The name or address of a server. */
    static String requireServer(String name) {
        if (name.indexOf('@') >= 0) {
            // What is before it can be a password.
            throw new IllegalArgumentException(
                    "the name of the server contains @; the user belongs into the credentials");
        }
        requireWord(name, "the name of the server");
        if (name.contains("/") || name.contains("\\")) {
            throw new IllegalArgumentException("the name of a server has no scheme and no path: write"
                    + " vcenter.example.com, not \"" + name + "\"");
        }
        boolean isAddressOfVersion6 = name.indexOf(':') != name.lastIndexOf(':') && !name.contains("]:");
        if (name.contains(":") && !isAddressOfVersion6) {
            throw new IllegalArgumentException(
                    "the name of a server has no port: give that of \"" + name + "\" with port(int)");
        }
        return name;
    }

    /** A virtual machine's specification: its reference, with {@code moref=} before it. */
    static String requireVm(String moref) {
        return MOREF + requireMoref(moref, "the reference of the virtual machine", "vm-42", "snapshot-", "datastore-");
    }

    /** The reference of a snapshot. */
    static String requireSnapshot(String moref) {
        return requireMoref(moref, "the reference of the snapshot", "snapshot-47", "vm-", "datastore-");
    }

    /** The reference of a datastore. */
    static String requireDatastore(String moref) {
        return requireMoref(moref, "the reference of the datastore", "datastore-11", "vm-", "snapshot-");
    }

    /** The id of a first-class disk. */
    static String requireDiskId(String id) {
        return requireNo(
                requireWord(id, "the id of the first-class disk"),
                "the id of the first-class disk",
                "a UUID",
                "vm-",
                "datastore-");
    }

    /** The id of a snapshot of a first-class disk. */
    static String requireDiskSnapshotId(String id) {
        return requireNo(
                requireWord(id, "the id of the disk's snapshot"),
                "the id of the disk's snapshot",
                "a UUID",
                "snapshot-");
    }

    /** A reference, which may come with {@code moref=}. */
    private static String requireMoref(String moref, String what, String example, String... others) {
        requireWord(moref, what);
        boolean isPrefixed = moref.regionMatches(true, 0, MOREF, 0, MOREF.length());
        String reference = isPrefixed ? moref.substring(MOREF.length()) : moref;
        if (reference.isEmpty() || reference.indexOf('=') >= 0) {
            throw new IllegalArgumentException(what + " is written " + example + ", not \"" + moref + "\"");
        }
        return requireNo(reference, what, example, others);
    }

    /** Refuses what belongs somewhere else, such as arguments in another order. */
    private static String requireNo(String name, String what, String example, String... others) {
        for (String other : others) {
            if (name.toLowerCase(Locale.ROOT).startsWith(other)) {
                throw new IllegalArgumentException(what + " looks like " + example + ", and not like \"" + name + "\"");
            }
        }
        return name;
    }

    /** An older specification of a virtual machine. */
    static String requireVmxSpec(String spec) {
        requireText(spec, "the specification of the virtual machine");
        if (spec.regionMatches(true, 0, MOREF, 0, MOREF.length())) {
            return requireVm(spec);
        }
        if (spec.indexOf('=') < 0 && !spec.toLowerCase(Locale.ROOT).endsWith(".vmx")) {
            throw new IllegalArgumentException(
                    "the specification of a virtual machine is the path of its .vmx file with"
                            + " dcPath and dsName after it, not \"" + spec + "\"; for a reference take vm(String)");
        }
        return spec;
    }

    /** Who accesses a virtual machine. */
    static String requireIdentity(String identity) {
        int bytes = requireText(identity, "the identity").getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_IDENTITY) {
            throw new IllegalArgumentException(
                    "the identity has at most " + MAX_IDENTITY + " bytes in UTF-8, not " + bytes + ": " + identity);
        }
        return identity;
    }

    /** A port. */
    static int requirePort(int port) {
        if (port < 1 || port > 0xffff) {
            throw new IllegalArgumentException("a port is 1 to 65535, not " + port);
        }
        return port;
    }

    /** A thumbprint: capitals, with colons between the bytes. */
    static String requireThumbprint(String thumbprint) {
        String text = thumbprint.strip();
        String digits = text.replace(":", "");
        boolean hasSize = digits.length() == 2 * 20 || digits.length() == 2 * 32;
        if (!hasSize || !text.matches("\\p{XDigit}*|\\p{XDigit}{2}(:\\p{XDigit}{2})*")) {
            throw new IllegalArgumentException("a thumbprint is 20 bytes (SHA-1) or 32 bytes (SHA-256) in hexadecimal,"
                    + " such as 5A:7B:...:11, as \"openssl x509 -noout -fingerprint\" prints it after the =; not \""
                    + thumbprint + "\"");
        }
        return digits.toUpperCase(Locale.ROOT).replaceAll("(..)(?!$)", "$1:");
    }
}
