/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.shim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class FaultPlanTest {

    @Test
    void is_a_line_for_each_rule() {
        FaultPlan plan = FaultPlan.of(
                Fault.on("Read").nth(3).returns("VIX_E_FILE_ERROR"),
                Fault.on("VixDiskLib_WriteAsync")
                        .disk("[ds1] *web?.vmdk")
                        .sectors(0, 2047)
                        .every(2)
                        .times(5)
                        .delay(Duration.ofMillis(20))
                        .completesWith(14011),
                Fault.onAny().chance(0.25, 7).hang(),
                Fault.on("Write").afterBytes(100 << 20).full(),
                Fault.on("GetErrorText").nth(2).givesNull(),
                Fault.on("Read").completesWith("VIX_E_FAIL").drop());

        assertThat(plan.text()).isEqualTo("""
                        Read nth=3 return=VIX_E_FILE_ERROR
                        WriteAsync disk="[ds1] *web?.vmdk" sectors=0-2047 every=2 times=5 delay=20000us callback=14011
                        * chance=0.250000 seed=7 hang
                        Write after=104857600 full
                        GetErrorText nth=2 null
                        Read callback=VIX_E_FAIL drop
                        """);
        assertThat(FaultPlan.NONE.text()).isEmpty();
    }

    @Test
    void refuses_what_a_line_cannot_hold() {
        assertRefused(() -> Fault.on("Read\nWrite"));
        assertRefused(() -> Fault.on(""));
        assertRefused(() -> Fault.onAny().disk("a\"b"));
        assertRefused(() -> Fault.onAny().disk("a\nb"));
        assertRefused(() -> Fault.onAny().disk(""));
        assertRefused(() -> Fault.onAny().returns("14011 hang"));
        assertRefused(() -> Fault.onAny().completesWith("vix_e_fail"));
    }

    @Test
    void refuses_what_has_no_sense() {
        assertRefused(() -> FaultPlan.of(Fault.on("Read").nth(1)));
        assertRefused(() -> Fault.onAny().nth(0));
        assertRefused(() -> Fault.onAny().nth(1).nth(2));
        assertRefused(() -> Fault.onAny().hang().hang());
        assertRefused(() -> Fault.onAny().returns(1).completesWith(2));
        assertRefused(() -> Fault.onAny().full().returns("VIX_E_FAIL"));
        assertRefused(() -> Fault.on("Open").givesNull().returns("VIX_E_FAIL"));
        assertRefused(() -> Fault.onAny().sectors(5, 4));
        assertRefused(() -> Fault.onAny().chance(1.1, 1));
        assertRefused(() -> Fault.onAny().chance(Double.NaN, 1));
        assertRefused(() -> Fault.onAny().returns(0));
        assertRefused(() -> Fault.onAny().delay(Duration.ofNanos(1)));
        assertRefused(() -> Fault.onAny().delay(Duration.ZERO));
    }

    private static void assertRefused(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class);
    }
}
