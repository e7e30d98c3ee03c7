/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MetadataMapTest extends StrictDisks {

    @SuppressWarnings("NullAway.Init") // set before each test
    private Path path;

    @SuppressWarnings("NullAway.Init") // set before each test
    private Disk disk;

    @SuppressWarnings("NullAway.Init") // set before each test
    private Map<String, String> map;

    MetadataMapTest() throws IOException {}

    @BeforeEach
    void openDisk() throws IOException {
        path = disk("disk.vmdk");
        disk = host.openDisk(path);
        map = disk.metadata().asMap();
    }

    @AfterEach
    void closeDisk() throws IOException {
        disk.close();
    }

    @Test
    void itIsTheMetadataAtAllTimes() throws IOException {
        assertThat(map).containsEntry("adapterType", "lsilogic").doesNotContainKey("note");
        int size = map.size();
        disk.metadata().put("note", "one");
        assertThat(map).containsEntry("note", "one").hasSize(size + 1);
        assertThat(map.put("note", "two")).isEqualTo("one");
        assertThat(disk.metadata().get("note")).contains("two");
        assertThat(map.put("empty", "")).isNull();
        assertThat(map.put("empty", "no more")).isEmpty();
        assertThat(map.keySet()).containsExactlyElementsOf(disk.metadata().keys());
        assertThat(map.isEmpty()).isFalse();
        disk.close();
        disk = host.openDisk(path, OpenFlag.READ_ONLY);
        assertThat(disk.metadata().asMap()).containsEntry("note", "two");
    }

    @Test
    void itIsInTheOrderOfTheLibrary() throws IOException {
        map.putAll(Map.of("zeta", "1", "Alpha", "2", "beta", "3"));
        List<String> keys = new ArrayList<>();
        for (Map.Entry<String, String> entry : map.entrySet()) {
            keys.add(entry.getKey());
            assertThat(disk.metadata().get(entry.getKey())).contains(entry.getValue());
        }
        assertThat(keys).isEqualTo(disk.metadata().keys()).contains("zeta", "Alpha", "beta");
        assertThat(map.values()).hasSameSizeAs(keys).contains("1", "2", "3");
    }

    @Test
    void anEntryChangesTheDisk() throws IOException {
        map.put("note", "one");
        for (Map.Entry<String, String> entry : map.entrySet()) {
            if (entry.getKey().equals("note")) {
                assertThat(entry.setValue("two")).isEqualTo("one");
                assertThat(entry.getValue()).isEqualTo("two");
                assertThat(entry).isEqualTo(Map.entry("note", "two")).hasToString("note=two");
                assertThat(entry).hasSameHashCodeAs(Map.entry("note", "two"));
            }
        }
        assertThat(disk.metadata().get("note")).contains("two");
        map.replaceAll((key, value) -> key.equals("note") ? value + "!" : value);
        assertThat(map.merge("note", "?", String::concat)).isEqualTo("two!?");
        assertThat(map.computeIfAbsent("note", key -> "never")).isEqualTo("two!?");
        assertThat(map.computeIfAbsent("other", key -> "new")).isEqualTo("new");
        assertThat(disk.metadata().get("other")).contains("new");
    }

    @Test
    void anIterationGoesOverTheKeysThatThereWereAtItsBeginning() throws IOException {
        map.put("note", "one");
        Iterator<Map.Entry<String, String>> entries = map.entrySet().iterator();
        map.put("aaa", "new");
        map.put("note", "changed");
        Map<String, String> seen = new HashMap<>();
        entries.forEachRemaining(entry -> seen.put(entry.getKey(), entry.getValue()));
        assertThat(seen).doesNotContainKey("aaa").containsEntry("note", "changed");
    }

    @Test
    void itIsEqualToAMapOfTheSame() throws IOException {
        Map<String, String> copy = new HashMap<>(map);
        assertThat(map).isEqualTo(copy).hasSameHashCodeAs(copy);
        assertThat(copy).isEqualTo(map);
        assertThat(map.toString()).contains("adapterType=lsilogic");
        copy.put("a\0b", "no disk has this");
        copy.put("a\ud83db", "nor this");
        assertThat(map).isNotEqualTo(copy);
        assertThat(copy).isNotEqualTo(map);
        Map<Object, Object> others = new HashMap<>();
        for (int i = 0; i < map.size(); i++) {
            others.put(i, "");
        }
        assertThat(others.equals(map)).isFalse();
        assertThat(map.equals(others)).isFalse();
    }

    @Test
    @SuppressWarnings({"NullAway", "CollectionIncompatibleType"}) // that is what it is about
    void whatIsNoKeyIsNotInIt() throws IOException {
        for (Object key : new Object[] {"missing", "", "a\0b", "a\ud83db", 7}) {
            assertThat(map.get(key)).isNull();
            assertThat(map.containsKey(key)).isFalse();
        }
        assertThat(map.get(null)).isNull();
        assertThat(map.containsKey(null)).isFalse();
        assertThatNullPointerException().isThrownBy(() -> map.put(null, ""));
        assertThatNullPointerException().isThrownBy(() -> map.put("note", null));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> map.put("a\0b", ""))
                .withMessageContaining("a\\0b");
        assertThatIllegalArgumentException().isThrownBy(() -> map.put("note", "\0"));
        assertThat(map).doesNotContainKey("note");
    }

    @Test
    void nothingIsRemoved() throws IOException {
        Set<String> before = new HashSet<>(map.keySet());
        Iterator<Map.Entry<String, String>> entries = map.entrySet().iterator();
        entries.next();
        for (ThrowingCallable removal : List.<ThrowingCallable>of(
                () -> map.remove("uuid"),
                () -> map.remove("missing"),
                map::clear,
                map.keySet()::clear,
                map.entrySet()::clear,
                () -> map.keySet().remove("uuid"),
                () -> map.values().removeIf(value -> true),
                () -> map.computeIfPresent("uuid", (key, value) -> null),
                entries::remove)) {
            assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(removal);
        }
        assertThat(map.keySet()).isEqualTo(before);
    }

    @Test
    void whatTheLibraryRefusesIsWrapped() throws IOException {
        assertWrapped(ErrorCode.INVALID_ARG, () -> map.put("no key", "because of the blank"));
        for (String function : new String[] {"GetMetadataKeys", "ReadMetadata"}) {
            fake.failNext(function, ErrorCode.HOST_CONNECTION_LOST.number());
            assertWrapped(ErrorCode.HOST_CONNECTION_LOST, () -> new HashMap<>(map));
            fake.failNext(function, ErrorCode.HOST_CONNECTION_LOST.number());
            assertThat(map.toString())
                    .startsWith("the metadata of the disk " + path + ", which cannot be read: ")
                    .contains("VIX_E_HOST_CONNECTION_LOST");
        }
        fake.failNext("WriteMetadata", ErrorCode.DISK_FULL.number());
        assertWrapped(ErrorCode.DISK_FULL, () -> map.put("note", ""));
        disk.close();
        disk = host.openDisk(path, OpenFlag.READ_ONLY);
        Map<String, String> readOnly = disk.metadata().asMap();
        assertWrapped(ErrorCode.FILE_READ_ONLY, () -> readOnly.put("note", ""));
        assertThat(readOnly).doesNotContainKey("note");
    }

    private static void assertWrapped(ErrorCode code, ThrowingCallable call) {
        assertThatExceptionOfType(UncheckedIOException.class)
                .isThrownBy(call)
                .satisfies(e -> assertThat(e.getCause())
                        .isInstanceOfSatisfying(
                                VixDiskLibException.class,
                                cause -> assertThat(cause.error().code()).contains(code)));
    }

    /** The values that were there before are all different, so none was written over unseen. */
    @Test
    void noValueIsWrittenOverUnseen() throws Exception {
        List<Background<List<String>>> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            int thread = i;
            threads.add(Background.start(() -> {
                List<String> before = new ArrayList<>();
                for (int j = 0; j < 50; j++) {
                    before.add(String.valueOf(map.put("note", thread + "." + j)));
                }
                return before;
            }));
        }
        List<String> seen = new ArrayList<>();
        for (Background<List<String>> thread : threads) {
            seen.addAll(thread.join());
        }
        seen.add(map.get("note"));
        assertThat(seen).hasSize(201).doesNotHaveDuplicates().contains("null");
    }
}
