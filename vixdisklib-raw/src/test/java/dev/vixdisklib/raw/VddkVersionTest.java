/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.raw;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VddkVersionTest {

    @ParameterizedTest
    @CsvSource({
        "libvixDiskLib.so.8.0.3, 8.0.3",
        "libvixDiskLib.so.8.0, 8.0.0",
        "libvixDiskLib.so.8, 8.0.0",
        "libvixDiskLib.so.10.20.30, 10.20.30",
        "libvixDiskLib.so.9.0.1.23456789, 9.0.1",
        "libvixDiskLib.so.9.0.1.99999999999999999999, 9.0.1",
    })
    void readsTheVersionInAFileName(String name, String version) {
        assertThat(VddkVersion.isLibraryName(name)).isTrue();
        assertThat(VddkVersion.ofFileName(name)).hasToString(version);
    }

    @Test
    void doesNotKnowTheVersionOfANameThatHasNone() {
        assertThat(VddkVersion.isLibraryName("libvixDiskLib.so")).isTrue();
        assertThat(VddkVersion.ofFileName("libvixDiskLib.so"))
                .isEqualTo(VddkVersion.UNKNOWN)
                .hasToString("unknown");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "libvixDiskLib",
                "libvixDiskLib.so.",
                "libvixDiskLib.so.8.",
                "libvixDiskLib.so.8.bak",
                "libvixDiskLib.so.-8",
                "libvixDiskLib.so.12345678901",
                "libvixDiskLibVim.so.8",
                "xlibvixDiskLib.so.8",
                "libvixDiskLib.so.8.0.3\n",
                "libvixDiskLib.dylib"
            })
    void takesNoOtherNameForALibrary(String name) {
        assertThat(VddkVersion.isLibraryName(name)).isFalse();
        assertThat(VddkVersion.ofFileName(name)).isEqualTo(VddkVersion.UNKNOWN);
    }

    @Test
    void isOrderedByNumbersAndNotByText() {
        assertThat(new VddkVersion[] {
                    VddkVersion.UNKNOWN,
                    new VddkVersion(6, 7, 3),
                    new VddkVersion(8, 0, 2),
                    new VddkVersion(8, 0, 10),
                    new VddkVersion(8, 2, 0),
                    new VddkVersion(8, 10, 0),
                    new VddkVersion(10, 0, 0)
                })
                .isSorted();
    }

    @Test
    void isAtLeastItselfAndWhatIsOlder() {
        VddkVersion version = new VddkVersion(8, 1, 3);

        assertThat(version.isAtLeast(8, 1)).isTrue();
        assertThat(version.isAtLeast(8, 0)).isTrue();
        assertThat(version.isAtLeast(7, 9)).isTrue();
        assertThat(version.isAtLeast(8, 2)).isFalse();
        assertThat(version.isAtLeast(9, 0)).isFalse();
        assertThat(VddkVersion.UNKNOWN.isAtLeast(6, 0)).isFalse();
    }
}
