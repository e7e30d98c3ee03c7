/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.ConnectionSpec;
import dev.vixdisklib.Credentials;
import dev.vixdisklib.TransportMode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of commands that can use disks on a server. */
final class ServerOptions {

    static final String HEADING =
            "%nDisks on a server, which are named '[datastore] folder/disk.vmdk', or 'server:' and" + " the name:%n";

    /** What a name on the server begins with where it does not say its datastore. */
    private static final String PREFIX = "server:";

    @Option(names = "--server", paramLabel = "HOST", description = "A vCenter Server, or an ESXi host.")
    private @Nullable String server;

    @Option(names = "--port", paramLabel = "N", description = "Of the server; 443 if none is given.")
    private @Nullable Integer port;

    @Option(
            names = "--nfc-port",
            paramLabel = "N",
            description = "For the data of nbd and nbdssl; 902 if none is given.")
    private @Nullable Integer nfcPort;

    @Option(names = "--thumbprint", paramLabel = "HEX", description = "Of the server's certificate.")
    private @Nullable String thumbprint;

    @Option(names = "--user", paramLabel = "NAME", description = "Who logs in.")
    private @Nullable String user;

    @Option(
            names = "--password-file",
            paramLabel = "FILE",
            description =
                    "A file with the password in its first line. Without any of these three, you are asked for it on"
                            + " the terminal.")
    private @Nullable Path passwordFile;

    @Option(
            names = "--password-fd",
            paramLabel = "N",
            description = "An open file descriptor that the password is read from.")
    private @Nullable Integer passwordFd;

    @Option(names = "--password-env", paramLabel = "NAME", description = "An environment variable with the password.")
    private @Nullable String passwordVariable;

    @Option(
            names = "--cookie-file",
            paramLabel = "FILE",
            description = "A file with the cookie of a session, in place of user and password.")
    private @Nullable Path cookieFile;

    @Option(names = "--vm", paramLabel = "MOREF", description = "The virtual machine of the disk, such as vm-42.")
    private @Nullable String vm;

    @Option(
            names = "--snapshot",
            paramLabel = "MOREF",
            description = "The machine's snapshot, such as snapshot-47, or that of the first-class disk.")
    private @Nullable String snapshot;

    @Option(names = "--fcd", paramLabel = "ID", description = "A first-class disk, on a --datastore; named 'server:'.")
    private @Nullable String firstClassDisk;

    @Option(names = "--datastore", paramLabel = "MOREF", description = "A datastore, such as datastore-11.")
    private @Nullable String datastore;

    @Option(names = "--folder", paramLabel = "FOLDER", description = "A folder of the datastore, with disks.")
    private @Nullable String folder;

    @Option(
            names = "--transport",
            paramLabel = "MODES",
            description = "How to reach the data, in the order to be tried, such as san:nbdssl.")
    private @Nullable String transport;

    boolean isGiven() {
        return server != null;
    }

    /** Whether a name is one of a disk on the server. */
    boolean isOnServer(String name) {
        return isGiven() && (name.startsWith("[") || name.startsWith(PREFIX));
    }

    /** A disk on the server, with all that says which one it is. */
    String placeOf(String name) {
        return Stream.of(name, "at", server, vm, firstClassDisk, snapshot, datastore, folder)
                .filter(part -> part != null)
                .collect(Collectors.joining(" "));
    }

    /** The name as the server takes it; none for a first-class disk. */
    Optional<String> nameOnServer(String name) {
        return Optional.of(name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name)
                .filter(given -> !given.isEmpty());
    }

    /** What is wrong with the name of a disk on the server, which is another question for a first-class disk. */
    Optional<String> problemWithName(String name) {
        boolean isNamed = nameOnServer(name).isPresent();
        if (firstClassDisk == null) {
            return isNamed
                    ? Optional.empty()
                    : Optional.of("'" + PREFIX + "' needs the name of a disk after it, unless there is an --fcd");
        }
        return isNamed
                ? Optional.of("--fcd says which disk it is, and it is named '" + PREFIX + "', not '" + name + "'")
                : Optional.empty();
    }

    /** Whether the password comes from where a disk may come from. */
    boolean usesStandardInput() {
        return passwordFd != null && passwordFd == 0;
    }

    /** Whether two names are of the same disk on the server. */
    boolean areSameOnServer(String one, String other) {
        return isOnServer(one) && isOnServer(other) && nameOnServer(one).equals(nameOnServer(other));
    }

    /** What is wrong with the options of a command that is of no use without a server. */
    Optional<String> problemWithServer(boolean needsPlace) {
        if (server == null) {
            return Optional.of("a --server is needed");
        }
        if (needsPlace && folder != null) {
            return Optional.of("this is for a --vm, or an --fcd with its --datastore, and not for a --folder");
        }
        return problem(needsPlace);
    }

    /** An option that is of no use as the options are, and why; empty if they fit together. */
    Optional<String> problem() {
        return problem(true);
    }

    private Optional<String> problem(boolean needsPlace) {
        boolean anyOther = Stream.of(
                        port,
                        nfcPort,
                        thumbprint,
                        user,
                        passwordFile,
                        passwordFd,
                        passwordVariable,
                        cookieFile,
                        vm,
                        snapshot,
                        firstClassDisk,
                        datastore,
                        folder,
                        transport)
                .anyMatch(option -> option != null);
        if (server == null) {
            return anyOther ? Optional.of("options of a server are given, but no --server") : Optional.empty();
        }
        long passwords = Stream.of(passwordFile, passwordFd, passwordVariable)
                .filter(option -> option != null)
                .count();
        if (passwords > 1) {
            return Optional.of("the password can come from one place only");
        }
        Optional<String> descriptor = Optional.ofNullable(passwordFd).flatMap(GivenFiles::problem);
        if (descriptor.isPresent()) {
            return descriptor;
        }
        if (cookieFile == null && user == null) {
            return Optional.of("--server needs a --user, or a --cookie-file");
        }
        if (cookieFile != null && (user != null || passwords > 0)) {
            return Optional.of("--cookie-file is in place of a user and a password");
        }
        long places = Stream.of(vm, firstClassDisk, folder)
                .filter(option -> option != null)
                .count();
        if (needsPlace ? places != 1 : places > 1) {
            return Optional.of("--server needs one of --vm, --fcd with --datastore, and --folder with --datastore");
        }
        if (places == 1 && (vm == null) != (datastore != null)) {
            return Optional.of(
                    vm == null ? "--fcd and --folder need a --datastore" : "--datastore is for --fcd and --folder");
        }
        if (folder != null && snapshot != null) {
            return Optional.of("--snapshot is for --vm and --fcd");
        }
        try {
            spec(Credentials.password(String.valueOf(user), () -> new char[0]));
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of(Messages.oneLine(e.getMessage()));
        }
    }

    /**
     * The description of these options, which fit together.
     *
     * @throws IOException if the password cannot be read
     */
    ConnectionSpec spec(boolean isReadOnly) throws IOException {
        ConnectionSpec spec = spec(credentials());
        return isReadOnly ? spec.readOnly() : spec;
    }

    private ConnectionSpec spec(Credentials credentials) {
        ConnectionSpec spec = ConnectionSpec.server(String.valueOf(server), credentials);
        if (vm != null) {
            spec = snapshot == null ? spec.vm(vm) : spec.vm(vm, snapshot);
        } else if (firstClassDisk != null && datastore != null) {
            spec = snapshot == null
                    ? spec.firstClassDisk(firstClassDisk, datastore)
                    : spec.firstClassDisk(firstClassDisk, datastore, snapshot);
        } else if (folder != null && datastore != null) {
            spec = spec.datastore(datastore, folder);
        }
        spec = port == null ? spec : spec.port(port);
        spec = nfcPort == null ? spec : spec.nfcPort(nfcPort);
        spec = thumbprint == null ? spec : spec.thumbprint(thumbprint);
        return transport == null
                ? spec
                : spec.transportModes(Stream.of(transport.split(":", -1))
                        .map(TransportMode::of)
                        .toArray(TransportMode[]::new));
    }

    private Credentials credentials() throws IOException {
        if (cookieFile != null) {
            return Credentials.sessionCookie(Secrets.ofFile(cookieFile, "the cookie"));
        }
        String name = String.valueOf(user);
        return Credentials.password(name, password(name));
    }

    private char[] password(String name) throws IOException {
        if (passwordFile != null) {
            return Secrets.ofFile(passwordFile, "the password");
        }
        if (passwordFd != null) {
            return Secrets.ofFile(GivenFiles.path(passwordFd), "the password");
        }
        return passwordVariable == null
                ? Secrets.ofTerminal("Password of " + name + " at " + server + ": ")
                : Secrets.ofEnvironment(passwordVariable);
    }
}
