/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What the library is to be initialised with: the settings of the configuration file of InitEx (VDDK guide, "Initialize
 * Virtual Disk API"). A process has one, for all of its life; see {@link VixDiskLib#open(Path, Configuration)}.
 *
 * {@snippet class = "dev.vixdisklib.ConfigurationTest" region = "example"}
 *
 * <p>The library overlooks what it does not understand, so everything is checked here: names, types, units, ranges, and
 * that the buffers of a session fit into the 16 MiB that it may have. No setting is a secret, and {@link #toString} shows
 * them all.
 *
 * <p>Immutable; may be used from any thread. Two are equal if they say the same in whatever order.
 */
public final class Configuration {

    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_.-]*");

    /** How many letters a name can be away from another one that was probably meant. */
    private static final int NEAR = 3;

    private static final Pattern PLAIN_VALUE = Pattern.compile("[A-Za-z0-9_.-]+");

    private final Map<String, String> settings;

    private Configuration(Map<String, String> settings) {
        this.settings = Collections.unmodifiableMap(settings);
    }

    /**
     * Begins a configuration.
     *
     * @return a builder without settings
     */
    public static Builder builder() {
        return new Builder(Map.of());
    }

    /**
     * Reads a configuration file: lines of {@code name=value}, values with or without double quotes, comments after
     * {@code #} at the start of a line. Keys are checked as {@link Builder#set(String, String)} does. Other names are
     * taken as they are, as {@link Builder#pass} does, unless they look like a mistyped key. Relative paths in those count
     * from the folder of the file, and would no longer: give such a file to {@link VixDiskLib#open(Path, Path)}.
     *
     * @param file a text in UTF-8
     * @return the configuration
     * @throws FileSystemException if it is no text in UTF-8, or something in it is wrong, with the line and the reason
     *     for each fault
     * @throws IOException if it cannot be read
     */
    public static Configuration read(Path file) throws IOException {
        // An interrupt does not hinder this, as it would a reader.
        String text = decoded(Files.readAllBytes(file), file);
        return new Reader(file).read(text.startsWith("\ufeff") ? text.substring(1) : text);
    }

    private static String decoded(byte[] bytes, Path file) throws FileSystemException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            FileSystemException thrown = new FileSystemException(
                    file.toString(), null, "it is no text in UTF-8; save it as one, or let the library read it itself");
            thrown.initCause(e);
            throw thrown;
        }
    }

    /**
     * Begins a configuration that has the settings of this one.
     *
     * @return a new builder
     */
    public Builder toBuilder() {
        return new Builder(settings);
    }

    /**
     * The value of a key.
     *
     * @param key the key
     * @param <T> the type of its values
     * @return the value, empty if it is not set
     */
    public <T> Optional<T> get(ConfigKey<T> key) {
        return Optional.ofNullable(settings.get(key.name())).map(key::mean);
    }

    /**
     * All settings, as a configuration file has them: those of keys and those that were passed.
     *
     * @return values by the names of keys, in the order in which they were set; the caller cannot change it
     */
    public Map<String, String> settings() {
        return settings;
    }

    /**
     * The text of a configuration file for a library: some keys had other names before.
     *
     * @param version of the library, as {@link VixDiskLib#version()} tells it
     * @return a line for each setting; an empty text if there are none
     */
    public String fileText(String version) {
        StringBuilder text = new StringBuilder();
        settings.forEach((name, value) -> {
            String known =
                    ConfigKey.ofName(name).map(key -> key.nameIn(version)).orElse(name);
            // A number sign would begin a comment.
            String quote = PLAIN_VALUE.matcher(value).matches() ? "" : "\"";
            text.append(known)
                    .append('=')
                    .append(quote)
                    .append(value)
                    .append(quote)
                    .append('\n');
        });
        return text.toString();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Configuration configuration && settings.equals(configuration.settings);
    }

    @Override
    public int hashCode() {
        return settings.hashCode();
    }

    @Override
    public String toString() {
        return settings.toString();
    }

    /** Makes a {@link Configuration}. For one thread at a time. */
    public static final class Builder {

        private final Map<String, String> settings;

        private Builder(Map<String, String> settings) {
            this.settings = new LinkedHashMap<>(settings);
        }

        /**
         * Sets a key, or sets it again.
         *
         * @param key the key
         * @param value its value
         * @param <T> the type of its values
         * @return this
         * @throws IllegalArgumentException if the value is out of its {@linkplain ConfigKey#range() range}
         */
        public <T> Builder set(ConfigKey<T> key, T value) {
            Objects.requireNonNull(key, "key");
            Objects.requireNonNull(value, "value");
            settings.put(key.name(), key.spell(value));
            return this;
        }

        /**
         * Sets a key by its name, as configuration files have both: for settings that come from elsewhere.
         *
         * @param name the name of a {@link ConfigKey}; spellings of older guides and sample files will do
         * @param value such as {@code 60000}, in the unit that the name says
         * @return this
         * @throws IllegalArgumentException if no key has the name, with the most similar one in the message, or if the
         *     value is out of its {@linkplain ConfigKey#range() range}
         */
        public Builder set(String name, String value) {
            Objects.requireNonNull(value, "value");
            ConfigKey<?> key = ConfigKey.ofName(name)
                    .orElseThrow(() -> new IllegalArgumentException("no key is called " + visible(name)
                            + similar(name)
                                    .map(other -> "; did you mean " + other + "?")
                                    .orElse("; use pass for a key that only the library knows")));
            return setText(key, value);
        }

        private <T> Builder setText(ConfigKey<T> key, String value) {
            return set(key, key.mean(value));
        }

        /**
         * Sets what is no {@link ConfigKey}, such as a key of another library or of a newer one. Nothing but its form is
         * checked. The configuration file is in a folder for temporary files, so paths should be absolute.
         *
         * @param name the name: letters, digits, {@code '_'}, {@code '-'} and {@code '.'}, with a letter at the start
         * @param value the value, as the file is to have it, without the quotation marks around it
         * @return this
         * @throws IllegalArgumentException if a configuration file cannot hold it, or a {@link ConfigKey} has this name
         */
        public Builder pass(String name, String value) {
            Objects.requireNonNull(value, "value");
            if (!NAME.matcher(name).matches()) {
                throw new IllegalArgumentException("not a name for a key: " + visible(name)
                        + "; it has letters, digits, '_', '-' and '.', with a letter at the start");
            }
            if (!ConfigValue.fits(value)) {
                throw new IllegalArgumentException(
                        "the value of " + name
                                + " has a quotation mark, a control character or half a surrogate pair, which a configuration file cannot hold");
            }
            if (ConfigKey.ofName(name).isPresent()) {
                throw new IllegalArgumentException(name + " is a key whose values are checked: use set");
            }
            settings.put(name, value);
            return this;
        }

        /**
         * Makes the configuration.
         *
         * @return what was set so far
         * @throws IllegalArgumentException if the NFC buffers of a session have more than 16 MiB together; where one of
         *     {@link ConfigKey#NFC_BUFFER_SIZE} and {@link ConfigKey#NFC_BUFFER_COUNT} is not set, its default counts
         */
        public Configuration build() {
            Configuration configuration = new Configuration(new LinkedHashMap<>(settings));
            Optional<Integer> size = configuration.get(ConfigKey.NFC_BUFFER_SIZE);
            Optional<Integer> count = configuration.get(ConfigKey.NFC_BUFFER_COUNT);
            long bytes =
                    (long) size.orElse(ConfigKey.DEFAULT_BUFFER_SIZE) * count.orElse(ConfigKey.DEFAULT_BUFFER_COUNT);
            if (bytes > ConfigKey.SESSION_BYTES) {
                throw new IllegalArgumentException(count.orElse(ConfigKey.DEFAULT_BUFFER_COUNT) + " NFC buffers"
                        + (count.isPresent() ? "" : " (the default)") + " of "
                        + size.orElse(ConfigKey.DEFAULT_BUFFER_SIZE) + " bytes"
                        + (size.isPresent() ? "" : " (the default)")
                        + " are " + bytes + " bytes, and a session may have " + ConfigKey.SESSION_BYTES
                        + ": set a smaller " + ConfigKey.NFC_BUFFER_SIZE + " or " + ConfigKey.NFC_BUFFER_COUNT);
            }
            return configuration;
        }
    }

    private static String visible(String text) {
        return "\"" + text.replaceAll("\\p{Cntrl}", "?") + "\"";
    }

    /** The key whose name, or the last part of it, is most like this one. */
    private static Optional<String> similar(String name) {
        return ConfigKey.all().stream()
                .map(ConfigKey::name)
                .filter(known -> distance(known, name) <= Math.min(NEAR, name.length() / 4))
                .min(Comparator.comparingInt(known -> distance(known, name)));
    }

    private static int distance(String known, String name) {
        String lowerKnown = known.toLowerCase(Locale.ROOT);
        String lowerName = name.toLowerCase(Locale.ROOT);
        int whole = edits(lowerKnown, lowerName);
        return name.indexOf('.') >= 0
                ? whole
                : Math.min(whole, edits(lowerKnown.substring(lowerKnown.lastIndexOf('.') + 1), lowerName));
    }

    /** How many letters have to be put in, taken out or replaced to make one text of the other. */
    private static int edits(String a, String b) {
        if (Math.abs(a.length() - b.length()) > NEAR) {
            return Integer.MAX_VALUE;
        }
        int[] row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }

    /** Reads a file, and tells everything that is wrong with it at once. */
    private static final class Reader {

        private static final Pattern LINE_END = Pattern.compile("\r?\n");

        private final Path file;
        private final Builder builder = builder();
        private final Map<String, Integer> lines = new LinkedHashMap<>();
        private final List<String> faults = new ArrayList<>();

        Reader(Path file) {
            this.file = file;
        }

        Configuration read(String text) throws IOException {
            String[] all = LINE_END.split(text, -1);
            for (int i = 0; i < all.length; i++) {
                try {
                    readLine(all[i].strip(), i + 1);
                } catch (IllegalArgumentException e) {
                    faults.add("line " + (i + 1) + ": " + e.getMessage());
                }
            }
            if (faults.isEmpty()) {
                try {
                    return builder.build();
                } catch (IllegalArgumentException e) {
                    faults.add(String.valueOf(e.getMessage()));
                }
            }
            throw new FileSystemException(file.toString(), null, String.join(System.lineSeparator() + "  ", faults));
        }

        private void readLine(String line, int number) {
            if (line.isEmpty() || line.startsWith("#")) {
                return;
            }
            int equals = line.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("not of the form name=value");
            }
            String name = line.substring(0, equals).strip();
            String value = unquoted(line.substring(equals + 1).strip());
            Optional<ConfigKey<?>> key = ConfigKey.ofName(name);
            Integer before = lines.putIfAbsent(key.map(ConfigKey::name).orElse(name), number);
            if (before != null) {
                throw new IllegalArgumentException(name + " is set again; line " + before + " has set it");
            }
            if (key.isPresent() || similar(name).isPresent()) {
                builder.set(name, value);
            } else {
                builder.pass(name, value);
            }
        }

        private static String unquoted(String value) {
            return value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"")
                    ? value.substring(1, value.length() - 1)
                    : value;
        }
    }
}
