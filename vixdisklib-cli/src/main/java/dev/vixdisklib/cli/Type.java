/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.DiskType;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine;

/** How a disk is stored, as users write it. */
enum Type {
    /** One file that grows. */
    SPARSE("sparse", DiskType.MONOLITHIC_SPARSE),
    /** A descriptor and a file of full size. */
    FLAT("flat", DiskType.MONOLITHIC_FLAT),
    /** A descriptor and files that grow to 2 GiB. */
    SPLIT_SPARSE("split-sparse", DiskType.SPLIT_SPARSE),
    /** A descriptor and files of 2 GiB. */
    SPLIT_FLAT("split-flat", DiskType.SPLIT_FLAT),
    /** A flat disk for ESX. */
    VMFS_FLAT("vmfs-flat", DiskType.VMFS_FLAT),
    /** One compressed file, written as a whole. */
    STREAM_OPTIMIZED("stream-optimized", DiskType.STREAM_OPTIMIZED),
    /** A thin disk of a server. */
    VMFS_THIN("vmfs-thin", DiskType.VMFS_THIN);

    private final String written;
    private final DiskType diskType;

    Type(String written, DiskType diskType) {
        this.written = written;
        this.diskType = diskType;
    }

    DiskType diskType() {
        return diskType;
    }

    /** As in a command. */
    @Override
    public String toString() {
        return written;
    }

    /** Finds types by their names, in any case; iterates the names. */
    abstract static class Choice implements CommandLine.ITypeConverter<Type>, Iterable<String> {

        private final Set<Type> types;

        Choice(Set<Type> types) {
            this.types = types;
        }

        @Override
        public Type convert(String name) {
            for (Type type : types) {
                if (type.toString().equalsIgnoreCase(name)) {
                    return type;
                }
            }
            String why = name.equalsIgnoreCase(STREAM_OPTIMIZED.written)
                    ? "a disk of the type stream-optimized is written as a whole, as vixdisk clone does"
                    : "there is no type '" + name + "' here";
            throw new CommandLine.TypeConversionException(
                    why + "; there are " + types.stream().map(Type::toString).collect(Collectors.joining(", ")));
        }

        @Override
        public Iterator<String> iterator() {
            return types.stream().map(Type::toString).iterator();
        }
    }

    /** Those of a disk that is made, and then written to. */
    static final class Writable extends Choice {
        Writable() {
            super(EnumSet.range(SPARSE, VMFS_FLAT));
        }
    }

    /** Those of a disk that is made and filled at once. */
    static final class Clonable extends Choice {
        Clonable() {
            super(EnumSet.allOf(Type.class));
        }
    }

    /** Those of a disk that takes from its parent what it lacks. */
    static final class OfChild extends Choice {
        OfChild() {
            super(EnumSet.of(SPARSE, SPLIT_SPARSE));
        }
    }
}
