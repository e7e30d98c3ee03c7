/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.Disk;
import dev.vixdisklib.DiskDigest;
import dev.vixdisklib.OpenFlag;
import dev.vixdisklib.Sectors;
import dev.vixdisklib.StreamOptions;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code vixdisk checksum}. */
@Command(
        name = "checksum",
        description = {
            "Prints or checks checksums of what is in disks.",
            "It is the checksum of a raw image of the disk, printed as sha256sum prints it. What is not allocated counts as zeros without being read."
        })
final class ChecksumCommand extends DiskCommand {

    /** As sha256sum and its like write: a backslash first if there are some in the name, and a star for a binary file. */
    private static final Pattern LINE = Pattern.compile("(\\\\?)(\\p{XDigit}{8,}) [ *]([^\\x00]+)");

    @Parameters(
            paramLabel = "DISK",
            arity = "0..*",
            description = "VMDK files; for flat and split disks their descriptors.")
    private List<String> names = List.of();

    @Option(
            names = "--algorithm",
            paramLabel = "NAME",
            defaultValue = "SHA-256",
            description = "Such as SHA-256, SHA-512, SHA3-256, SHA-1 or MD5. Default: ${DEFAULT-VALUE}.")
    private String algorithm = "";

    @Option(
            names = {"-c", "--check"},
            paramLabel = "FILE",
            description = "Read checksums and names of disks from this file, and check them.")
    private @Nullable Path list;

    @Option(names = "--json", description = "Print a JSON array.")
    private boolean json;

    private int failed;

    ChecksumCommand(Console console) {
        super(console);
    }

    @Override
    void check() {
        newDigest();
        if (list == null && names.isEmpty()) {
            throw wrongUsage("no disk is named, and no --check");
        }
        if (list != null && (json || !names.isEmpty())) {
            throw wrongUsage("--check has the names of the disks in its file" + (json ? ", and prints no JSON" : ""));
        }
        names.forEach(this::requireDisk);
        if (list == null) {
            requireUseOfServer(names.toArray(String[]::new));
        }
    }

    /** Also for a name without its hyphen, as the programs are called. */
    private MessageDigest newDigest() {
        String name = algorithm.toUpperCase(Locale.ROOT).replaceFirst("^SHA(\\d{1,3})$", "SHA-$1");
        try {
            return MessageDigest.getInstance(name);
        } catch (NoSuchAlgorithmException e) {
            throw wrongUsage("there is no algorithm '" + algorithm + "'; there are "
                    + Stream.of("MD5", "SHA-1", "SHA-224", "SHA-256", "SHA-384", "SHA-512", "SHA3-256", "SHA3-512")
                            .collect(Collectors.joining(", ")));
        }
    }

    @Override
    int exitStatus() {
        return failed == 0 ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }

    @Override
    void run() throws IOException, InterruptedException {
        try (Disks disks = openToRead()) {
            if (list != null) {
                checkList(disks, list);
            } else if (json) {
                printJson(disks);
            } else {
                for (String name : names) {
                    String sum = checksum(disks, name);
                    if (sum != null) {
                        out().println(line(sum, name));
                    }
                }
            }
        }
    }

    private static String line(String sum, String name) {
        boolean isOdd = name.indexOf('\\') >= 0 || name.indexOf('\n') >= 0 || name.indexOf('\r') >= 0;
        return isOdd
                ? "\\" + sum + "  "
                        + name.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
                : sum + "  " + name;
    }

    private void printJson(Disks disks) throws InterruptedException {
        try (JsonArray array = new JsonArray(out())) {
            for (String name : names) {
                String sum = checksum(disks, name);
                if (sum != null) {
                    array.add(new Json()
                            .put("disk", name)
                            .put("algorithm", newDigest().getAlgorithm())
                            .put("checksum", sum));
                }
            }
        }
    }

    private void checkList(Disks disks, Path file) throws IOException, InterruptedException {
        int checked = 0;
        int number = 0;
        for (String line : lines(file)) {
            number++;
            Matcher parts = LINE.matcher(line);
            if (line.isBlank()) {
                continue;
            }
            if (!parts.matches()) {
                throw new IOException(file + ": line " + number + " is no checksum and name: '" + line + "'");
            }
            String name = parts.group(1).isEmpty() ? parts.group(3) : unescaped(parts.group(3));
            if (parts.group(2).length() != 2 * newDigest().getDigestLength()) {
                throw new IOException(file + ": line " + number + " has no checksum of "
                        + newDigest().getAlgorithm() + "; name another one with --algorithm");
            }
            checked++;
            String sum = checksum(disks, name);
            if (sum != null) {
                tell(name, sum.equalsIgnoreCase(parts.group(2)));
            }
        }
        if (checked == 0) {
            throw new IOException(file + " has no checksums in it");
        }
        if (failed > 0) {
            console().err().println("vixdisk: " + failed + " of " + checked + " failed");
        }
    }

    private static List<String> lines(Path file) throws IOException {
        try {
            return Files.readAllLines(file);
        } catch (MalformedInputException e) {
            throw new IOException(file + " is no text in UTF-8, and has no checksums in it", e);
        } catch (IOException e) {
            throw Messages.about(file, e);
        }
    }

    private static String unescaped(String name) {
        return Pattern.compile("\\\\(.)").matcher(name).replaceAll(match -> switch (match.group(1)) {
            case "n" -> "\n";
            case "r" -> "\r";
            default -> Matcher.quoteReplacement(match.group(1));
        });
    }

    private void tell(String name, boolean isSame) {
        Style style = console().style();
        failed += isSame ? 0 : 1;
        out().println(Messages.printable(name) + ": " + (isSame ? style.green("OK") : style.red("FAILED")));
    }

    /** The checksum; null if there is none, of which the user has been told. */
    private @Nullable String checksum(Disks disks, String name) throws InterruptedException {
        try (Disk disk = disks.open(name, OpenFlag.READ_ONLY);
                ProgressBar bar = console().progress("reading", Sectors.toBytes(disk.capacity()))) {
            StreamOptions options = StreamOptions.defaults().readingAhead();
            return HexFormat.of().formatHex(DiskDigest.of(disk, newDigest(), options, bar::at));
        } catch (IOException e) {
            // The others may have one.
            failed++;
            if (!CleanUp.isInterrupted()) {
                console().err().println("vixdisk: " + Messages.of(e));
            }
            return null;
        }
    }
}
