/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The program whose reading of VMDK files is taken for right. */
final class Qemu {

    private Qemu() {}

    /** Skips the test without qemu-img; fails it where {@code VIXDISKLIB_REQUIRE_QEMU} is 1. */
    static void require() {
        boolean found = Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .anyMatch(place -> Files.isExecutable(Path.of(place, "qemu-img")));
        String message = "qemu-img not found: install qemu-utils";
        if ("1".equals(System.getenv("VIXDISKLIB_REQUIRE_QEMU"))) {
            assertThat(found).as(message).isTrue();
        }
        assumeTrue(found, message);
    }

    /** Runs qemu-img and gives what it prints. */
    static String img(Object... arguments) throws Exception {
        List<String> command = Stream.concat(Stream.of("qemu-img"), Arrays.stream(arguments))
                .map(Object::toString)
                .toList();
        Path output = Files.createTempFile("qemu", ".txt");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            assertThat(process.waitFor(60, TimeUnit.SECONDS))
                    .as("%s ends", command)
                    .isTrue();
            String text = Files.readString(output);
            assertThat(process.exitValue()).as("%s: %s", command, text).isZero();
            return text;
        } finally {
            Files.delete(output);
        }
    }

    /** The content of a disk. */
    static byte[] content(Path vmdk) throws Exception {
        Path raw = Files.createTempFile("qemu", ".raw");
        try {
            img("convert", "-t", "unsafe", "-f", "vmdk", "-O", "raw", vmdk, raw);
            return Files.readAllBytes(raw);
        } finally {
            Files.delete(raw);
        }
    }
}
