/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.AdapterType;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;

/** Adapters as users write them; iterates the names. */
final class Adapters implements CommandLine.ITypeConverter<AdapterType>, Iterable<String> {

    private static final List<AdapterType> KNOWN = List.of(AdapterType.LSILOGIC, AdapterType.BUSLOGIC, AdapterType.IDE);

    @Override
    public AdapterType convert(String name) {
        for (AdapterType adapter : KNOWN) {
            if (name(adapter).equalsIgnoreCase(name)) {
                return adapter;
            }
        }
        throw new CommandLine.TypeConversionException(
                "there is no adapter '" + name + "'; there are " + String.join(", ", this));
    }

    @Override
    public Iterator<String> iterator() {
        return KNOWN.stream().map(Adapters::name).iterator();
    }

    static String name(AdapterType adapter) {
        return adapter.name().toLowerCase(Locale.ROOT);
    }
}
