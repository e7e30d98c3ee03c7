/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a disk says of the files that it needs.
 *
 * @param extents the names of the files with the data, as they are written; none if the data is in the same file
 * @param parentHint where the parent is, as it is written; empty for a disk without parent
 * @param type how it is stored, such as {@code monolithicSparse}
 * @param contentId what changes whenever the content does, eight hexadecimal digits
 * @param parentContentId what the parent had when this disk was made; empty for a disk without parent
 */
record Descriptor(
        List<String> extents,
        Optional<String> parentHint,
        Optional<String> type,
        Optional<String> contentId,
        Optional<String> parentContentId) {

    private static final Pattern EXTENT =
            Pattern.compile("(?is)\\s*(?:RW|RDONLY|NOACCESS)\\s+\\d+\\s+\\w+\\s+\"([^\"]*)\".*");

    /** Larger than any descriptor: a disk of 62 TiB is split into some 31 thousand files. */
    private static final int MAX_BYTES = 4 << 20;

    /** How the file of a disk begins that has its data and its descriptor in it, and where it says where that is. */
    private static final String SPARSE = "KDMV";

    private static final int SPARSE_HEADER = 512;
    private static final int DESCRIPTOR_OFFSET = 28;
    private static final int DESCRIPTOR_SIZE = 36;

    private static final String NO_PARENT = "ffffffff";
    private static final int ID_DIGITS = 8;

    /** Encodings in which Windows means more than the standard does. */
    private static final Map<String, String> WINDOWS = Map.of(
            "shift_jis", "windows-31j",
            "gb2312", "x-mswin-936",
            "gbk", "x-mswin-936",
            "windows-936", "x-mswin-936",
            "euc-kr", "x-windows-949",
            "big5", "x-windows-950",
            "tis-620", "x-windows-874");

    /**
     * Reads the descriptor of a disk.
     *
     * @return the descriptor; empty if the file is missing or has none in it
     * @throws IOException if the file cannot be read
     */
    static Optional<Descriptor> read(Path disk) throws IOException {
        if (!Files.isRegularFile(disk)) {
            return Optional.empty();
        }
        try (InputStream file = Files.newInputStream(disk)) {
            byte[] start = file.readNBytes(SPARSE_HEADER);
            if (!text(start).startsWith(SPARSE)) {
                return Optional.of(parse(text(start) + text(file.readNBytes(MAX_BYTES))));
            }
            if (start.length < SPARSE_HEADER) {
                return Optional.empty();
            }
            ByteBuffer header = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN);
            long offset = header.getLong(DESCRIPTOR_OFFSET);
            long sectors = header.getLong(DESCRIPTOR_SIZE);
            if (offset < 1 || offset > Long.MAX_VALUE / SPARSE_HEADER || sectors < 0) {
                return Optional.empty();
            }
            file.skipNBytes((offset - 1) * SPARSE_HEADER);
            byte[] text = file.readNBytes((int) Math.min(sectors, MAX_BYTES / SPARSE_HEADER) * SPARSE_HEADER);
            return Optional.of(parse(text(text)).withoutExtents());
        } catch (EOFException e) {
            return Optional.empty();
        }
    }

    /** The bytes as so many characters: which encoding they are in is written in them. */
    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static Descriptor parse(String text) {
        int end = text.indexOf('\0');
        List<String> lines = List.of((end < 0 ? text : text.substring(0, end)).split("[\\r\\n]+"));
        Charset charset = charset(setting(lines, "encoding").orElse(""));
        Optional<String> parentId =
                setting(lines, "parentCID").map(Descriptor::id).filter(id -> !id.equals(NO_PARENT));
        return new Descriptor(
                lines.stream()
                        .map(EXTENT::matcher)
                        .filter(Matcher::matches)
                        .map(extent -> decoded(extent.group(1), charset))
                        .toList(),
                setting(lines, "parentFileNameHint")
                        .filter(hint -> parentId.isPresent() && !hint.isEmpty())
                        .map(hint -> decoded(hint, charset)),
                setting(lines, "createType"),
                setting(lines, "CID").map(Descriptor::id),
                parentId);
    }

    /** Some programs leave zeros out. */
    private static String id(String written) {
        return "0".repeat(Math.max(ID_DIGITS - written.length(), 0)) + written.toLowerCase(Locale.ROOT);
    }

    /** The same for a file that has the data in it, whatever it says of its name. */
    private Descriptor withoutExtents() {
        return new Descriptor(List.of(), parentHint, type, contentId, parentContentId);
    }

    private static Optional<String> setting(List<String> lines, String key) {
        for (String line : lines) {
            int equals = line.indexOf('=');
            if (equals > 0 && line.substring(0, equals).strip().equalsIgnoreCase(key)) {
                String value = line.substring(equals + 1).strip();
                boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
                return Optional.of(quoted ? value.substring(1, value.length() - 1) : value);
            }
        }
        return Optional.empty();
    }

    /** Without an encoding, or in one that this Java lacks, names are taken for UTF-8, as most are. */
    private static Charset charset(String encoding) {
        String name = encoding.toLowerCase(Locale.ROOT);
        if (name.isEmpty() || name.endsWith("ascii")) {
            return StandardCharsets.UTF_8;
        }
        return Charset.forName(WINDOWS.getOrDefault(name, name), StandardCharsets.UTF_8);
    }

    private static String decoded(String name, Charset charset) {
        return new String(name.getBytes(StandardCharsets.ISO_8859_1), charset);
    }
}
