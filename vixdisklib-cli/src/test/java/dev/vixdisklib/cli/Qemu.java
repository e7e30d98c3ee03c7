/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The program whose reading of VMDK files is taken for right. */
final class Qemu {

    private Qemu() {}

    /** Skips the test without qemu-img; fails it where {@code VIXDISKLIB_REQUIRE_QEMU} is 1. */
    static void require() {
        if (Tools.has("qemu-img")) {
            return;
        }
        String message = "qemu-img not found: install qemu-utils";
        if ("1".equals(System.getenv("VIXDISKLIB_REQUIRE_QEMU"))) {
            fail(message);
        }
        abort(message);
    }

    /** Makes an empty VMDK. */
    static Path create(Path path, String subformat, long bytes, String... options) throws Exception {
        String all = String.join(",", new ArrayList<>(List.of("subformat=" + subformat, String.join(",", options))));
        run("create", "-q", "-f", "vmdk", "-o", all.replaceAll(",$", ""), path, bytes);
        return path;
    }

    /** Makes a disk with a parent in the same directory. */
    static Path child(Path path, Path parent) throws Exception {
        run("create", "-q", "-f", "vmdk", "-F", "vmdk", "-b", parent.getFileName(), path);
        return path;
    }

    /** Writes bytes that are not zeros. */
    static void write(Path vmdk, long offset, long length) throws Exception {
        Outcome outcome = Command.of("qemu-io", "-f", "vmdk", "-c", "write -P 7 " + offset + " " + length, vmdk)
                .run();
        assertThat(outcome.status()).as(outcome.err()).isZero();
    }

    static Path rawToVmdk(Path raw, Path vmdk, String subformat) throws Exception {
        run("convert", "-f", "raw", "-O", "vmdk", "-o", "subformat=" + subformat, raw, vmdk);
        return vmdk;
    }

    static Path vmdkToRaw(Path vmdk, Path raw) throws Exception {
        run("convert", "-f", "vmdk", "-O", "raw", vmdk, raw);
        return raw;
    }

    /** Requires that two images have the same content. */
    static void requireSame(Path first, String firstFormat, Path second, String secondFormat) throws Exception {
        assertThat(run("compare", "-f", firstFormat, "-F", secondFormat, first, second))
                .contains("Images are identical");
    }

    static JsonObject info(Path vmdk) throws Exception {
        return JsonParser.parseString(run("info", "--output=json", "-f", "vmdk", vmdk))
                .getAsJsonObject();
    }

    static String run(Object... args) throws IOException, InterruptedException {
        List<Object> command = new ArrayList<>(List.of("qemu-img"));
        command.addAll(Arrays.asList(args));
        Outcome outcome = Command.of(command.toArray()).run();
        assertThat(outcome.status()).as(command + ": " + outcome.err()).isZero();
        return outcome.out();
    }
}
