/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.ErrorCode;
import dev.vixdisklib.VixDiskLib;
import dev.vixdisklib.VixError;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code vixdisk error}. */
@Command(name = "error", description = "Tells what an error of VixDiskLib means, and what to do.")
final class ErrorCommand extends LibraryCommand {

    private static final long MAX_NUMBER = 0xffff;

    @Parameters(
            paramLabel = "CODE",
            description = "A number such as 4, all 64 bits of an error such as 0x3e8000000004, or a name such as"
                    + " VIX_E_FILE_NOT_FOUND.")
    private String code = "";

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    private VixError error = new VixError(0);

    ErrorCommand(Console console) {
        super(console);
    }

    @Override
    void check() {
        error = parsed(code.strip());
    }

    private VixError parsed(String text) {
        try {
            if (text.matches("(?i)0x[0-9a-f]{1,16}")) {
                return new VixError(Long.parseUnsignedLong(text.substring(2), 16));
            }
            if (text.matches("\\d+")) {
                return new VixError(Long.parseUnsignedLong(text));
            }
        } catch (NumberFormatException e) {
            throw wrongUsage("'" + code + "' has more than 64 bits");
        }
        return named(text)
                .map(found -> new VixError(found.number()))
                .orElseThrow(() -> wrongUsage("'" + code + "' is no error of VixDiskLib" + similar(text)));
    }

    private static Optional<ErrorCode> named(String text) {
        String name = text.toUpperCase(Locale.ROOT);
        return Stream.of(ErrorCode.values())
                .filter(each -> each.symbol().equals(name) || each.name().equals(name))
                .findFirst();
    }

    private static String similar(String text) {
        String part = text.toUpperCase(Locale.ROOT).replaceFirst("^VIX_(E_)?", "");
        List<String> symbols = Stream.of(ErrorCode.values())
                .map(ErrorCode::symbol)
                .filter(symbol -> part.length() > 2 && symbol.contains(part))
                .limit(5)
                .toList();
        return symbols.isEmpty()
                ? "; write a number, or a name such as VIX_E_FILE_NOT_FOUND"
                : "; there are, for example, " + String.join(", ", symbols);
    }

    @Override
    void run() throws IOException {
        String text;
        try (VixDiskLib lib = library().open()) {
            text = lib.errorText(error);
        }
        List<String> hints = error.code().map(ErrorCode::hints).orElse(List.of()).stream()
                .map(Messages::inWordsOfTool)
                .toList();
        boolean isKnown = error.code().isPresent();
        if (json) {
            out().println(new Json()
                    .put("number", error.number())
                    .put("symbol", isKnown ? error.symbol() : null)
                    .put("value", "0x" + Long.toHexString(error.value()))
                    .put("text", text)
                    .put("hints", hints));
            return;
        }
        Table table = Table.ofFacts(console().style())
                .row("number", Long.toString(error.number()))
                .row("symbol", isKnown ? error.symbol() : "none that this version knows");
        if (Long.compareUnsigned(error.value(), MAX_NUMBER) > 0) {
            table.row("value", "0x" + Long.toHexString(error.value()) + ", of which the number is the low 16 bits");
        }
        table.row("text", text);
        String title = "what to do";
        for (String hint : hints) {
            table.row(title, hints.size() == 1 ? hint : "- " + hint);
            title = "";
        }
        out().println(table.wrapped(console().terminal()));
    }
}
