/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.raw;

import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The version of a VixDiskLib library. The library has no function that tells it: it is read from the name of the file
 * behind the symbolic links ({@code libvixDiskLib.so.8.0.3}), or from the soname where the file name has none.
 *
 * @param major the first number, such as 8; 0 if the version is not known
 * @param minor the second number; 0 if the name does not tell
 * @param patch the third number; 0 if the name does not tell
 */
public record VddkVersion(int major, int minor, int patch) implements Comparable<VddkVersion> {

    /** The version of a library whose name does not tell one. */
    public static final VddkVersion UNKNOWN = new VddkVersion(0, 0, 0);

    private static final Comparator<VddkVersion> ORDER = Comparator.comparingInt(VddkVersion::major)
            .thenComparingInt(VddkVersion::minor)
            .thenComparingInt(VddkVersion::patch);
    private static final Pattern NAME =
            Pattern.compile("libvixDiskLib\\.so(?:\\.(\\d{1,9})(?:\\.(\\d{1,9})(?:\\.(\\d{1,9}))?)?(?:\\.\\d+)*)?");

    /**
     * Whether this is the name of a VixDiskLib library file.
     *
     * @param fileName a file name without directory
     * @return whether it is {@code libvixDiskLib.so}, with or without a version
     */
    static boolean isLibraryName(String fileName) {
        return NAME.matcher(fileName).matches();
    }

    /**
     * The version that a file name or soname tells.
     *
     * @param fileName such as {@code libvixDiskLib.so.8.0.3} or {@code libvixDiskLib.so.8}
     * @return the version, {@link #UNKNOWN} if the name has none
     */
    public static VddkVersion ofFileName(String fileName) {
        Matcher name = NAME.matcher(fileName);
        if (!name.matches()) {
            return UNKNOWN;
        }
        return new VddkVersion(number(name.group(1)), number(name.group(2)), number(name.group(3)));
    }

    private static int number(@Nullable String digits) {
        return digits == null ? 0 : Integer.parseInt(digits);
    }

    /**
     * Whether this version is at least another; an unknown version is at least none.
     *
     * @param otherMajor the other's first number
     * @param otherMinor the other's second number
     * @return whether it is
     */
    public boolean isAtLeast(int otherMajor, int otherMinor) {
        return compareTo(new VddkVersion(otherMajor, otherMinor, 0)) >= 0;
    }

    @Override
    public int compareTo(VddkVersion other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return equals(UNKNOWN) ? "unknown" : major + "." + minor + "." + patch;
    }
}
