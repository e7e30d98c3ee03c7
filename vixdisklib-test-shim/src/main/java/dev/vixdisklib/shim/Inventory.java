/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.shim;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A simulated vSphere: servers, users, datastores, virtual machines, snapshots and first-class disks. It says where the
 * files of the disks are, and does not make them; {@link FakeDisk} does.
 *
 * <p>Disks are named {@code [datastore] folder/disk.vmdk}.
 */
public final class Inventory {

    /** No server, so that no managed connection can be made. */
    public static final Inventory EMPTY = builder().build();

    private static final Pattern DISK = Pattern.compile("\\[([^\\]]+)\\] (\\S.*)");

    private final List<Section> sections;
    private final Map<String, Path> folders;

    private Inventory(List<Section> sections, Map<String, Path> folders) {
        this.sections = sections;
        this.folders = folders;
    }

    /**
     * An inventory to fill.
     *
     * @return a builder of an empty inventory
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * The inventory as the fake reads it.
     *
     * @return the text of an inventory file; relative folders of datastores count from the folder of that file
     */
    public String text() {
        return sections.stream().map(Section::text).collect(Collectors.joining("\n"));
    }

    /**
     * Writes the inventory, for its owner only, since it has passwords, and makes the folders of the datastores.
     *
     * @param file the inventory file; what is there is replaced
     * @throws IOException if a file or folder cannot be written
     */
    public void write(Path file) throws IOException {
        Path base = file.toAbsolutePath().getParent();
        if (base == null) {
            throw new IllegalArgumentException("not the name of a file: " + file);
        }
        write(file, base);
    }

    /** As {@link #write(Path)}, with relative folders counted from another place. */
    void write(Path file, Path base) throws IOException {
        StringBuilder text = new StringBuilder();
        for (Section section : sections) {
            Path folder = folders.get(section.name());
            if (!text.isEmpty()) {
                text.append('\n');
            }
            if (folder == null) {
                text.append(section.text());
            } else {
                Path place = base.resolve(folder).toAbsolutePath();
                Files.createDirectories(place);
                text.append(section.with("folder", place.toString()).text());
            }
        }
        SecretFile.write(file, text.toString());
    }

    /**
     * Where the file of a disk is.
     *
     * @param disk such as {@code [ds1] web/web.vmdk}
     * @param base where relative folders of datastores count from: the folder of the inventory file
     * @return its path
     * @throws IllegalArgumentException if there is no such datastore
     */
    public Path file(String disk, Path base) {
        Matcher matcher = DISK.matcher(disk);
        Path folder = matcher.matches() ? folders.get("datastore " + matcher.group(1)) : null;
        if (folder == null) {
            throw new IllegalArgumentException("no disk in a datastore of the inventory: \"" + disk + "\"");
        }
        Path file = base.resolve(folder).resolve(matcher.group(2)).normalize();
        if (!file.startsWith(base.resolve(folder).normalize())) {
            throw new IllegalArgumentException("leads out of the datastore: \"" + disk + "\"");
        }
        return file;
    }

    /** Does not tell passwords. */
    @Override
    public String toString() {
        return sections.stream().map(Section::name).collect(Collectors.joining(", ", "inventory of ", ""));
    }

    /** A section of the file: its kind and name, and what it says. */
    private record Section(String name, List<Map.Entry<String, String>> values) {

        Section with(String key, String value) {
            return new Section(
                    name,
                    values.stream()
                            .map(entry -> entry.getKey().equals(key) ? Map.entry(key, value) : entry)
                            .toList());
        }

        String text() {
            StringBuilder text = new StringBuilder("[" + name + "]\n");
            for (Map.Entry<String, String> entry : values) {
                text.append(entry.getKey()).append(" = ");
                text.append(quoted(name, entry)).append('\n');
            }
            return text.toString();
        }

        /** Between quotation marks, two of them are one. */
        private static String quoted(String section, Map.Entry<String, String> entry) {
            String value = entry.getValue();
            if (value.isEmpty() || value.chars().anyMatch(Character::isISOControl)) {
                throw new IllegalArgumentException("an inventory holds no empty values and no control characters: "
                        + entry.getKey() + " of [" + section + "]");
            }
            boolean isPlain = value.equals(value.strip()) && value.indexOf('#') < 0 && !value.startsWith("\"");
            return isPlain ? value : '"' + value.replace("\"", "\"\"") + '"';
        }
    }

    /** What a server is. */
    private enum Type {
        VCENTER,
        ESXI;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Whether a server answers. */
    public enum State {
        /** As it should. */
        UP,
        /** Nobody can connect. */
        DOWN,
        /** It is in maintenance mode. */
        MAINTENANCE,
        /** It refuses connections. */
        REFUSING;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What a user may do. */
    public enum Privilege {
        /** Open disks. */
        READ,
        /** Open disks for writing. */
        WRITE,
        /** Call PrepareForAccess, EndAccess and Cleanup. */
        PREPARE;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Options of a section. */
    abstract static class Options {
        final List<Map.Entry<String, String>> values = new ArrayList<>();

        final void set(String key, String value) {
            values.removeIf(entry -> entry.getKey().equals(key));
            add(key, value);
        }

        final void add(String key, String value) {
            values.add(Map.entry(key, value));
        }

        final List<String> all(String key) {
            return values.stream()
                    .filter(entry -> entry.getKey().equals(key))
                    .map(Map.Entry::getValue)
                    .toList();
        }
    }

    /** Options of a server. */
    public static final class Server extends Options {

        private Server() {}

        /**
         * The port of the service, 443 by default.
         *
         * @param port another one
         * @return this
         */
        public Server port(int port) {
            set("port", Integer.toString(checkPort(port)));
            return this;
        }

        /**
         * The port of the data, 902 by default.
         *
         * @param port another one
         * @return this
         */
        public Server nfcPort(int port) {
            set("nfcPort", Integer.toString(checkPort(port)));
            return this;
        }

        /**
         * The thumbprint of the server's certificate, which callers have to know. Without one, none is checked.
         *
         * @param thumbprint SHA-1 or SHA-256, in hexadecimal bytes with colons between
         * @return this
         */
        public Server thumbprint(String thumbprint) {
            if (!thumbprint.matches("\\p{XDigit}{2}(:\\p{XDigit}{2}){19}|(\\p{XDigit}{2}:){31}\\p{XDigit}{2}")) {
                throw new IllegalArgumentException("not 20 or 32 hexadecimal bytes with colons between: " + thumbprint);
            }
            set("thumbprint", thumbprint);
            return this;
        }

        /**
         * Whether the server answers; it does by default.
         *
         * @param state another state
         * @return this
         */
        public Server state(State state) {
            set("state", state.word());
            return this;
        }

        /**
         * How many connections there can be at a time, 52 by default.
         *
         * @param count the limit
         * @return this
         */
        public Server connections(int count) {
            set("connections", Integer.toString(atLeast(1, count)));
            return this;
        }

        /**
         * How much memory the server has for the buffers of nbd and nbdssl, 48 MiB by default.
         *
         * @param bytes the limit
         * @return this
         */
        public Server nfcMemory(long bytes) {
            boolean isWhole = bytes % 1024 == 0;
            long number = isWhole ? bytes / 1024 : bytes;
            if (bytes < 1 || number > 0xffff_ffffL) {
                throw new IllegalArgumentException("an inventory holds no such size: " + bytes);
            }
            set("nfcMemory", isWhole ? number + "KiB" : Long.toString(bytes));
            return this;
        }

        private static int checkPort(int port) {
            if (port < 1 || port > 0xffff) {
                throw new IllegalArgumentException("no port: " + port);
            }
            return port;
        }
    }

    /** Options of a user. */
    public static final class User extends Options {

        private User() {}

        /**
         * Adds a session that can be used in place of name and password.
         *
         * @param cookie the session's cookie
         * @return this
         */
        public User session(String cookie) {
            add("session", cookie);
            return this;
        }

        /**
         * What the user may do; everything by default.
         *
         * @param privileges all that the user may do
         * @return this
         */
        public User privileges(Privilege... privileges) {
            if (privileges.length == 0) {
                throw new IllegalArgumentException("a user without privileges; leave the user out");
            }
            set("privileges", Stream.of(privileges).map(Privilege::word).collect(Collectors.joining(" ")));
            return this;
        }

        /**
         * Where the user exists; on all servers by default.
         *
         * @param servers names of servers
         * @return this
         */
        public User servers(String... servers) {
            for (String server : servers) {
                if (server.isEmpty() || server.chars().anyMatch(Character::isWhitespace)) {
                    throw new IllegalArgumentException("no name of a server: \"" + server + "\"");
                }
            }
            set("servers", String.join(" ", servers));
            return this;
        }
    }

    /** Options of a datastore. */
    public static final class Datastore extends Options {
        private Path folder;

        private Datastore(Path folder) {
            this.folder = folder;
        }

        /**
         * Where the files are; by default in a folder beside the inventory that is called like the datastore.
         *
         * @param folder the folder; if relative, from that of the inventory file
         * @return this
         */
        public Datastore folder(Path folder) {
            this.folder = folder;
            return this;
        }

        /**
         * The transports that work for its disks; nbdssl and nbd by default.
         *
         * @param transports all that work
         * @return this
         */
        public Datastore transports(Transport... transports) {
            if (transports.length == 0 || Arrays.asList(transports).contains(Transport.FILE)) {
                throw new IllegalArgumentException("transports of servers: " + Arrays.toString(transports));
            }
            set("transports", Stream.of(transports).map(Transport::mode).collect(Collectors.joining(":")));
            return this;
        }
    }

    /** Options of a virtual machine. */
    public static final class Vm extends Options {

        private Vm() {}

        /**
         * The name that people have given it.
         *
         * @param name the name
         * @return this
         */
        public Vm name(String name) {
            set("name", name);
            return this;
        }

        /**
         * Where it can be found; on all servers by default.
         *
         * @param servers names of servers
         * @return this
         */
        public Vm servers(String... servers) {
            for (String server : servers) {
                add("server", server);
            }
            return this;
        }

        /**
         * Has it run: its disks can be opened in snapshots only.
         *
         * @return this
         */
        public Vm poweredOn() {
            set("power", "on");
            return this;
        }
    }

    /** Collects an inventory. Order does not matter. */
    public static final class Builder {
        private final Map<String, Options> options = new LinkedHashMap<>();
        private final Set<String> vms = new HashSet<>();
        private final Set<String> servers = new HashSet<>();
        private final Map<String, Datastore> datastores = new LinkedHashMap<>();
        private final Set<String> datastoreRefs = new HashSet<>();

        private Builder() {}

        /**
         * Adds a vCenter Server.
         *
         * @param name what callers give as server name
         * @return this
         */
        public Builder vcenter(String name) {
            return vcenter(name, server -> {});
        }

        /**
         * Adds a vCenter Server.
         *
         * @param name what callers give as server name
         * @param more sets what is not as usual
         * @return this
         */
        public Builder vcenter(String name, Consumer<? super Server> more) {
            return server(name, Type.VCENTER, more);
        }

        /**
         * Adds an ESXi host.
         *
         * @param name what callers give as server name
         * @return this
         */
        public Builder esxi(String name) {
            return esxi(name, server -> {});
        }

        /**
         * Adds an ESXi host.
         *
         * @param name what callers give as server name
         * @param more sets what is not as usual
         * @return this
         */
        public Builder esxi(String name, Consumer<? super Server> more) {
            return server(name, Type.ESXI, more);
        }

        private Builder server(String name, Type type, Consumer<? super Server> more) {
            Server server = add("server", name, new Server());
            server.set("type", type.word());
            servers.add(name);
            more.accept(server);
            return this;
        }

        /**
         * Adds a user who may do everything.
         *
         * @param name the user's name
         * @param password the user's password; an invented one, since it is written to a file
         * @return this
         */
        public Builder user(String name, String password) {
            return user(name, password, user -> {});
        }

        /**
         * Adds a user.
         *
         * @param name the user's name
         * @param password the user's password; an invented one, since it is written to a file
         * @param more sets what is not as usual
         * @return this
         */
        public Builder user(String name, String password, Consumer<? super User> more) {
            User user = add("user", name, new User());
            user.set("password", password);
            more.accept(user);
            return this;
        }

        /**
         * Adds a datastore.
         *
         * @param name as in {@code [name] folder/disk.vmdk}
         * @param moref its reference, such as {@code datastore-11}
         * @return this
         */
        public Builder datastore(String name, String moref) {
            return datastore(name, moref, datastore -> {});
        }

        /**
         * Adds a datastore.
         *
         * @param name as in {@code [name] folder/disk.vmdk}
         * @param moref its reference, such as {@code datastore-11}
         * @param more sets what is not as usual
         * @return this
         */
        public Builder datastore(String name, String moref, Consumer<? super Datastore> more) {
            Datastore datastore = add("datastore", name, new Datastore(Path.of(name.replace('/', '_'))));
            datastore.set("moref", moref);
            if (!datastoreRefs.add(moref)) {
                throw new IllegalArgumentException("two datastores are " + moref);
            }
            more.accept(datastore);
            datastore.set("folder", datastore.folder.toString());
            datastores.put(name, datastore);
            return this;
        }

        /**
         * Adds a virtual machine that does not run.
         *
         * @param moref its reference, such as {@code vm-42}
         * @param disks its disks, such as {@code [ds1] web/web.vmdk}
         * @return this
         */
        public Builder vm(String moref, String... disks) {
            return vm(moref, vm -> {}, disks);
        }

        /**
         * Adds a virtual machine.
         *
         * @param moref its reference, such as {@code vm-42}
         * @param more sets what is not as usual
         * @param disks its disks, such as {@code [ds1] web/web.vmdk}
         * @return this
         */
        public Builder vm(String moref, Consumer<? super Vm> more, String... disks) {
            Vm vm = add("vm", moref, new Vm());
            vms.add(moref);
            more.accept(vm);
            List.of(disks).forEach(disk -> vm.add("disk", disk));
            return this;
        }

        /**
         * Adds a snapshot.
         *
         * @param moref its reference, such as {@code snapshot-47}
         * @param vm the machine's reference
         * @param disks what can be opened with it; if there is none, all disks that the machine has
         * @return this
         */
        public Builder snapshot(String moref, String vm, String... disks) {
            Snapshot snapshot = add("snapshot", moref, new Snapshot());
            snapshot.set("vm", vm);
            List.of(disks).forEach(disk -> snapshot.add("disk", disk));
            return this;
        }

        /**
         * Adds a first-class disk.
         *
         * @param id its number, such as {@code 6f0b2c4e-0000-4000-8000-000000000001}
         * @param datastore the reference of its datastore, such as {@code datastore-11}
         * @param path its file, from the folder of the datastore
         * @return this
         */
        public Builder firstClassDisk(String id, String datastore, String path) {
            return firstClassDisk(id, datastore, path, Map.of());
        }

        /**
         * Adds a first-class disk.
         *
         * @param id its number, such as {@code 6f0b2c4e-0000-4000-8000-000000000001}
         * @param datastore the reference of its datastore, such as {@code datastore-11}
         * @param path its file, from the folder of the datastore
         * @param snapshots the numbers of its snapshots, and their files
         * @return this
         */
        public Builder firstClassDisk(String id, String datastore, String path, Map<String, String> snapshots) {
            FirstClassDisk disk = add("fcd", id, new FirstClassDisk());
            disk.set("datastore", datastore);
            disk.set("path", path);
            snapshots.forEach((snapshot, file) -> {
                if (snapshot.isEmpty() || snapshot.chars().anyMatch(Character::isWhitespace)) {
                    throw new IllegalArgumentException("no number of a snapshot: \"" + snapshot + "\"");
                }
                disk.add("snapshot", snapshot + " " + file);
            });
            return this;
        }

        private <T extends Options> T add(String kind, String name, T section) {
            if (name.isEmpty()
                    || !name.equals(name.strip())
                    || name.chars().anyMatch(c -> Character.isISOControl(c) || "[]\"#".indexOf(c) >= 0)) {
                throw new IllegalArgumentException("an inventory holds no name like \"" + name + "\"");
            }
            if (options.putIfAbsent(kind + " " + name, section) != null) {
                throw new IllegalArgumentException("two of [" + kind + " " + name + "]");
            }
            return section;
        }

        /**
         * Makes the inventory.
         *
         * @return the inventory
         * @throws IllegalArgumentException if something is named that is not there, or cannot be held by a file
         */
        public Inventory build() {
            Map<String, Path> folders = new LinkedHashMap<>();
            datastores.forEach((name, datastore) -> folders.put("datastore " + name, datastore.folder));
            List<Section> sections = new ArrayList<>();
            options.forEach((name, section) -> {
                check(name, section);
                sections.add(new Section(name, complete(section)));
            });
            Inventory inventory = new Inventory(List.copyOf(sections), Map.copyOf(folders));
            inventory.checkDisks();
            return inventory;
        }

        /** A snapshot that says nothing else has the disks of its machine. */
        private List<Map.Entry<String, String>> complete(Options section) {
            List<Map.Entry<String, String>> values = new ArrayList<>(section.values);
            if (section instanceof Snapshot && section.all("disk").isEmpty()) {
                Options vm = options.get("vm " + section.all("vm").get(0));
                if (vm != null) {
                    vm.all("disk").forEach(disk -> values.add(Map.entry("disk", disk)));
                }
            }
            return List.copyOf(values);
        }

        private void check(String name, Options section) {
            if (section instanceof Snapshot) {
                checkKnown(name, vms, section.all("vm"));
            } else if (section instanceof FirstClassDisk) {
                checkKnown(name, datastoreRefs, section.all("datastore"));
            } else if (section instanceof Vm) {
                checkKnown(name, servers, section.all("server"));
            } else if (section instanceof User) {
                section.all("servers").forEach(list -> checkKnown(name, servers, List.of(list.split(" "))));
            }
        }

        private static void checkKnown(String name, Set<String> known, List<String> named) {
            for (String one : named) {
                if (!known.contains(one)) {
                    throw new IllegalArgumentException("[" + name + "] names " + one + ", which is not there");
                }
            }
        }
    }

    /** A snapshot has no options. */
    private static final class Snapshot extends Options {}

    /** A first-class disk has no options. */
    private static final class FirstClassDisk extends Options {}

    private void checkDisks() {
        for (Section section : sections) {
            for (Map.Entry<String, String> entry : section.values()) {
                Section.quoted(section.name(), entry);
                if (entry.getKey().equals("disk")) {
                    file(entry.getValue(), Path.of("/"));
                }
            }
        }
    }

    private static int atLeast(int least, int number) {
        if (number < least) {
            throw new IllegalArgumentException("less than " + least + ": " + number);
        }
        return number;
    }
}
