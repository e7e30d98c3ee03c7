/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Raw images to copy, and what is known of files. */
final class Images {

    /** The grain of a sparse disk, and what a copy looks at for zeros. */
    static final int GRAIN = 64 << 10;

    private Images() {}

    /** What an image has in it. */
    enum Contents {
        EMPTY,
        FULL,
        HOLES
    }

    /** A raw image that is a sparse file. */
    static Path raw(Path path, long bytes, Contents contents, long seed) throws IOException {
        Random random = new Random(seed);
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(bytes);
            if (contents == Contents.FULL) {
                write(file, 0, (int) bytes, random);
            }
            long next = random.nextInt(3 * GRAIN);
            while (contents == Contents.HOLES && next < bytes) {
                int length = (int) Math.min(1 + random.nextInt(3 * GRAIN), bytes - next);
                write(file, next, length, random);
                next += length + random.nextInt(6 * GRAIN);
            }
        }
        return path;
    }

    private static void write(RandomAccessFile file, long offset, int length, Random random) throws IOException {
        byte[] data = new byte[length];
        random.nextBytes(data);
        file.seek(offset);
        file.write(data);
    }

    /** Writes into a file, which can be far longer. */
    static void write(Path path, long offset, byte... data) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.seek(offset);
            file.write(data);
        }
    }

    /** A file of nothing but a hole. */
    static Path hole(Path path, long bytes) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(bytes);
        }
        return path;
    }

    /** The bytes that a file takes on its file system. */
    static long allocated(Path path) throws Exception {
        return 512
                * Long.parseLong(
                        Command.of("stat", "-c", "%b", path).run().succeeded().strip());
    }

    /** The bytes of the grains that are not only zeros. */
    static long data(Path raw) throws IOException {
        byte[] bytes = Files.readAllBytes(raw);
        long grains = 0;
        for (int begin = 0; begin < bytes.length; begin += GRAIN) {
            int end = Math.min(begin + GRAIN, bytes.length);
            boolean zeros = true;
            for (int i = begin; zeros && i < end; i++) {
                zeros = bytes[i] == 0;
            }
            grains += zeros ? 0 : 1;
        }
        return grains * GRAIN;
    }

    /** All that is in a directory, hidden names too, with the sizes of files. */
    static List<String> listing(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.map(path -> directory.relativize(path) + " " + size(path))
                    .sorted()
                    .toList();
        }
    }

    private static long size(Path path) {
        try {
            return Files.isRegularFile(path) ? Files.size(path) : 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
