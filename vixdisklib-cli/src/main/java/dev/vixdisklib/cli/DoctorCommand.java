/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.Capabilities;
import dev.vixdisklib.TransportMode;
import dev.vixdisklib.VixDiskLib;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code vixdisk doctor}. */
@Command(
        name = "doctor",
        description = {
            "Tells what is wrong with the set-up of this host.",
            "It also tells what the library is and can do. The report belongs into every bug report; it has no secrets."
        },
        footer = {"", "Exit status: 0 it can work, maybe with warnings; 1 it cannot; 2 wrong usage."})
final class DoctorCommand extends LibraryCommand {

    private static final String RAW = "dev.vixdisklib.raw";
    private static final String PLUGIN = "libdiskLibPlugin.so";
    private static final String LIBRARY = "library";

    /** How wide the columns of the text are. */
    private static final int MARK = 9;

    private static final int NAME = 17;
    private static final int LABEL = 15;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    private final Diagnosis diagnosis = new Diagnosis();
    private @Nullable Capabilities capabilities;

    DoctorCommand(Console console) {
        super(console);
    }

    @Override
    void run() {
        diagnosis.ofHost().nativeAccess(ModuleLayer.boot().findModule(RAW));
        try (VixDiskLib lib = library().open()) {
            Capabilities found = lib.capabilities();
            capabilities = found;
            tellOf(found);
        } catch (IOException | IllegalStateException e) {
            diagnosis.error(
                    LIBRARY,
                    Messages.oneLine(e.getMessage()),
                    "name the directory of a whole VDDK with --libdir or " + LibraryOptions.LIBDIR_VARIABLE);
        } catch (IllegalCallerException e) {
            diagnosis.error(LIBRARY, Messages.oneLine(e.getMessage()), "start Java with --enable-native-access=" + RAW);
        }
        out().println(json ? json() : text());
    }

    private void tellOf(Capabilities found) {
        String what = "VixDiskLib " + found.version() + ", " + found.libraryFile();
        if (library().isFake()) {
            diagnosis.warning(
                    LIBRARY,
                    what + ": the fake of this build, since no VDDK is named",
                    "for disks on servers, name a VDDK with --libdir or " + LibraryOptions.LIBDIR_VARIABLE);
        } else {
            diagnosis.ok(LIBRARY, what);
        }
        if (found.missingFunctions().isEmpty()) {
            diagnosis.ok("functions", "all " + found.functions().size());
        } else {
            diagnosis.warning(
                    "functions",
                    "it lacks " + String.join(", ", found.missingFunctions()),
                    "what needs them fails or is slow; a newer VDDK has them");
        }
        Path plugin = found.libraryFile().resolveSibling(PLUGIN);
        if (Files.exists(plugin)) {
            diagnosis.ok("transports", modes(found));
        } else {
            diagnosis.warning(
                    "transports",
                    modes(found) + "; there is no " + plugin + ", without which only files of this host work",
                    "name the directory of a whole VDDK");
        }
        for (String warning : found.warnings()) {
            diagnosis.warning("loading", Messages.oneLine(warning), "see docs/how-to/use-a-real-vddk.md");
        }
        for (Capabilities.Suspect suspect : found.suspects()) {
            diagnosis.warning("suspect", suspect.file().toString(), Messages.oneLine(suspect.reason()));
        }
    }

    private static String modes(Capabilities found) {
        return found.transportModes().stream().map(TransportMode::name).collect(Collectors.joining(":"));
    }

    private String text() {
        Style style = console().style();
        StringBuilder text = new StringBuilder();
        for (Diagnosis.Finding finding : diagnosis.findings()) {
            String mark = switch (finding.level()) {
                case OK -> style.green("ok     ");
                case WARNING -> style.yellow("warning");
                case ERROR -> style.red("error  ");
            };
            String advice = finding.advice() == null ? "" : "; " + finding.advice();
            text.append(Paragraph.titled(
                            mark + "  " + finding.name(),
                            MARK + finding.name().length(),
                            MARK + NAME,
                            finding.text() + advice,
                            console().terminal()))
                    .append(System.lineSeparator());
        }
        if (capabilities != null) {
            text.append(System.lineSeparator());
            capabilities
                    .toString()
                    .lines()
                    .forEach(line -> text.append(folded(line)).append(System.lineSeparator()));
        }
        return text.toString().stripTrailing();
    }

    /** A line of the report, which has what it tells after so many characters. */
    private String folded(String line) {
        if (line.length() <= Math.max(console().terminal().columns(), LABEL)) {
            return line;
        }
        String title = line.substring(0, LABEL).stripTrailing();
        String text = line.substring(LABEL);
        return Paragraph.titled(title, title.length(), LABEL, text, console().terminal());
    }

    private Json json() {
        List<Json> checks = diagnosis.findings().stream()
                .map(finding -> new Json()
                        .put("level", finding.level().name().toLowerCase(Locale.ROOT))
                        .put("name", finding.name())
                        .put("text", finding.text())
                        .put("advice", finding.advice()))
                .toList();
        Json all =
                new Json().put("works", exitStatus() == CommandLine.ExitCode.OK).put("checks", checks);
        return capabilities == null ? all : all.put("capabilities", json(capabilities));
    }

    private static Json json(Capabilities found) {
        Json sizes = new Json();
        found.structSizes().forEach((name, bytes) -> sizes.put(name, bytes));
        return new Json()
                .put("libraryFile", found.libraryFile().toString())
                .put("directory", found.directory().toString())
                .put("version", found.version())
                .put("interfaceLevel", found.interfaceLevel())
                .put("advancedTransports", found.advancedTransports())
                .put("configuration", found.configuration())
                .put("functions", found.functions())
                .put("missingFunctions", found.missingFunctions())
                .put("structSizes", sizes)
                .put("transportModes", found.transportModes())
                .put("companions", found.companions())
                .put("warnings", found.warnings())
                .put("suspects", found.suspects());
    }

    @Override
    int exitStatus() {
        return diagnosis.has(Diagnosis.Level.ERROR) ? CommandLine.ExitCode.SOFTWARE : CommandLine.ExitCode.OK;
    }
}
