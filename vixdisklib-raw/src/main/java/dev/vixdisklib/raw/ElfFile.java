/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.raw;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the dynamic section and the dynamic symbols of a shared library say, read without loading it. 64-bit
 * little-endian ELF only, which is what VDDK for Linux is.
 *
 * @param soname the library's own name, null if it has none
 * @param needed the names of the libraries that it needs, in the file's order
 * @param functions the names of the functions that it defines; empty if the file has no section headers
 */
record ElfFile(@Nullable String soname, List<String> needed, Set<String> functions) {

    private static final byte[] MAGIC = {0x7f, 'E', 'L', 'F', 2 /* 64 bit */, 1 /* little endian */};
    private static final int HEADER_SIZE = 64;
    private static final int SECTION_HEADER_SIZE = 64;
    private static final int SYMBOL_SIZE = 24;
    private static final int DYNAMIC_ENTRY_SIZE = 16;
    private static final int MAX_TABLE = 64 << 20;

    private static final int SHT_DYNAMIC = 6;
    private static final int SHT_DYNSYM = 11;
    private static final long DT_NEEDED = 1;
    private static final long DT_SONAME = 14;
    private static final int STT_FUNC = 2;
    private static final int STT_GNU_IFUNC = 10;

    /**
     * Reads a file.
     *
     * @throws IOException if it cannot be read or is no such ELF file; the message says which
     */
    static ElfFile read(Path file) throws IOException {
        if (!Files.exists(file)) {
            throw new NoSuchFileException(file.toString());
        }
        if (!Files.isReadable(file)) {
            throw new AccessDeniedException(file.toString());
        }
        // Not a channel, which an interrupt of the thread would close.
        try (RandomAccessFile elf = new RandomAccessFile(file.toFile(), "r")) {
            ByteBuffer header = elf.length() < HEADER_SIZE ? ByteBuffer.allocate(0) : read(elf, 0, HEADER_SIZE);
            if (header.remaining() < HEADER_SIZE
                    || !header.slice(0, MAGIC.length).equals(ByteBuffer.wrap(MAGIC))) {
                throw new IOException("not a 64-bit little-endian ELF file");
            }
            return read(elf, header);
        }
    }

    private static ElfFile read(RandomAccessFile elf, ByteBuffer header) throws IOException {
        long sectionTable = header.getLong(40);
        int sectionCount = header.getShort(60) & 0xffff;
        ByteBuffer sections = read(elf, sectionTable, (long) sectionCount * SECTION_HEADER_SIZE);
        String soname = null;
        List<String> needed = new ArrayList<>();
        Set<String> functions = new HashSet<>();
        for (int i = 0; i < sectionCount; i++) {
            Section section = Section.at(sections, i);
            if (section.type == SHT_DYNAMIC) {
                ByteBuffer names = section.linked(elf, sections, sectionCount);
                ByteBuffer entries = section.read(elf);
                for (int at = 0; at + DYNAMIC_ENTRY_SIZE <= entries.limit(); at += DYNAMIC_ENTRY_SIZE) {
                    long tag = entries.getLong(at);
                    if (tag == DT_NEEDED) {
                        needed.add(string(names, entries.getLong(at + 8)));
                    } else if (tag == DT_SONAME) {
                        soname = string(names, entries.getLong(at + 8));
                    }
                }
            } else if (section.type == SHT_DYNSYM) {
                ByteBuffer names = section.linked(elf, sections, sectionCount);
                ByteBuffer symbols = section.read(elf);
                for (int at = 0; at + SYMBOL_SIZE <= symbols.limit(); at += SYMBOL_SIZE) {
                    int type = symbols.get(at + 4) & 0xf;
                    boolean defined = symbols.getShort(at + 6) != 0;
                    if (defined && (type == STT_FUNC || type == STT_GNU_IFUNC)) {
                        functions.add(string(names, symbols.getInt(at) & 0xffffffffL));
                    }
                }
            }
        }
        return new ElfFile(soname, List.copyOf(needed), Set.copyOf(functions));
    }

    private record Section(int type, long offset, long size, int link) {
        static Section at(ByteBuffer sections, int index) {
            int at = index * SECTION_HEADER_SIZE;
            return new Section(
                    sections.getInt(at + 4),
                    sections.getLong(at + 24),
                    sections.getLong(at + 32),
                    sections.getInt(at + 40));
        }

        ByteBuffer read(RandomAccessFile elf) throws IOException {
            return ElfFile.read(elf, offset, size);
        }

        ByteBuffer linked(RandomAccessFile elf, ByteBuffer sections, int sectionCount) throws IOException {
            if (link < 0 || link >= sectionCount) {
                throw new IOException("damaged ELF file: a section refers to section " + link);
            }
            return at(sections, link).read(elf);
        }
    }

    private static ByteBuffer read(RandomAccessFile elf, long offset, long size) throws IOException {
        if (offset < 0 || size < 0 || size > MAX_TABLE || offset > elf.length() - size) {
            throw new IOException("damaged ELF file: it ends before one of its tables");
        }
        byte[] bytes = new byte[(int) size];
        elf.seek(offset);
        elf.readFully(bytes);
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static String string(ByteBuffer names, long offset) throws IOException {
        for (long end = offset; offset >= 0 && end < names.limit(); end++) {
            if (names.get((int) end) == 0) {
                return StandardCharsets.UTF_8
                        .decode(names.slice((int) offset, (int) (end - offset)))
                        .toString();
            }
        }
        throw new IOException("damaged ELF file: a name is outside the name table");
    }
}
