/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The table of keys in the reference is that of the code. */
class ConfigurationReferenceTest {

    private static final Path REFERENCE =
            Path.of(System.getProperty("vixdisklib.root"), "docs", "reference", "configuration.md");

    @Test
    void theReferenceHasARowForEachKey() throws IOException, IllegalAccessException {
        List<String> rows = new ArrayList<>();
        for (Field field : ConfigKey.class.getFields()) {
            if (field.getType() == ConfigKey.class) {
                rows.add(row(field.getName(), (ConfigKey<?>) field.get(null)));
            }
        }
        assertThat(rows).hasSameSizeAs(ConfigKey.all());
        assertThat(Files.readAllLines(REFERENCE).stream().filter(line -> line.startsWith("| `")))
                .containsExactlyElementsOf(rows);
    }

    private static String row(String constant, ConfigKey<?> key) {
        return String.join(
                " | ",
                "| `" + constant + "`",
                "`" + key.name() + "`",
                key.range(),
                key.defaultValue(),
                key.since(),
                key.source() + " |");
    }

    @Test
    void allKeysAreInTheTable() throws IllegalAccessException {
        List<Object> constants = new ArrayList<>();
        for (Field field : ConfigKey.class.getFields()) {
            if (field.getType() == ConfigKey.class) {
                constants.add(field.get(null));
            }
        }
        assertThat(ConfigKey.all())
                .containsExactlyElementsOf(constants.stream()
                        .map(ConfigKey.class::cast)
                        .<ConfigKey<?>>map(key -> key)
                        .toList());
        assertThat(ConfigKey.all())
                .allSatisfy(key -> assertThat(ConfigKey.ofName(key.name())).contains(key));
    }
}
