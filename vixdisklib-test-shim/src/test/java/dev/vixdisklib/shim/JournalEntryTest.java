/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.shim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class JournalEntryTest {

    @Test
    void has_all_that_a_line_says() {
        JournalEntry entry = JournalEntry.parse("12 VixDiskLib_Read thread=Test worker/7 connection=1 disk=3"
                + " path=\"[ds1] a \\\"b\\\" \\\\ \\x0a.vmdk\" sectors=128+64 result=14011 micros=250");

        assertThat(entry)
                .isEqualTo(new JournalEntry(
                        12,
                        "Read",
                        "Test worker/7",
                        OptionalLong.of(1),
                        OptionalLong.of(3),
                        Optional.of("[ds1] a \"b\" \\ \n.vmdk"),
                        OptionalLong.of(128),
                        OptionalLong.of(64),
                        14011,
                        Duration.ofNanos(250_000)));
    }

    @Test
    void has_nothing_else_of_a_call_without() {
        JournalEntry entry = JournalEntry.parse("1 VixDiskLib_InitEx thread=main/7 result=0 micros=0");

        assertThat(entry.function()).isEqualTo("InitEx");
        assertThat(entry.connection()).isEmpty();
        assertThat(entry.disk()).isEmpty();
        assertThat(entry.path()).isEmpty();
        assertThat(entry.sector()).isEmpty();
        assertThat(entry.sectors()).isEmpty();
    }

    @Test
    void refuses_other_lines() {
        assertThatThrownBy(() -> JournalEntry.parse("12 VixDiskLib_Read"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("12 VixDiskLib_Read");
    }

    @Test
    void broken_rules_have_three_parts() {
        assertThat(BrokenRule.parse("stale-handle: VixDiskLib_Read: of disk 3: \"a.vmdk\""))
                .isEqualTo(new BrokenRule("stale-handle", "Read", "of disk 3: \"a.vmdk\""))
                .hasToString("stale-handle: Read: of disk 3: \"a.vmdk\"");
    }
}
