/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.vixdisklib.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code vixdisk error}. */
class ErrorTest {

    private static JsonObject error(Object code) {
        return JsonParser.parseString(Cli.run("error", "--json", code).succeeded())
                .getAsJsonObject();
    }

    @ParameterizedTest
    @ValueSource(strings = {"4", "0x4", "0X0004", "VIX_E_FILE_NOT_FOUND", "file_not_found", " 4 ", "0x3e8000000004"})
    void anErrorIsFoundByNumberAndName(String code) {
        JsonObject error = error(code);
        assertThat(error.get("number").getAsInt()).isEqualTo(4);
        assertThat(error.get("symbol").getAsString()).isEqualTo("VIX_E_FILE_NOT_FOUND");
        assertThat(error.get("text").getAsString()).isEqualTo("A file was not found");
        assertThat(error.get("hints").getAsJsonArray()).hasSize(2);
        assertThat(error.get("value").getAsString())
                .isEqualTo(code.length() > 12 && code.startsWith("0x") ? code : "0x4");
    }

    @ParameterizedTest
    @EnumSource
    void everyErrorHasAText(ErrorCode code) {
        JsonObject error = error(code.symbol());
        assertThat(error.get("number").getAsInt()).isEqualTo(code.number());
        assertThat(error.get("text").getAsString()).isNotBlank();
        assertThat(error.getAsJsonArray("hints")).hasSameSizeAs(code.hints());
        assertThat(Cli.run("error", code.number()).succeeded().lines())
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
    }

    @Test
    void theTableHasWhatToDo() {
        assertThat(Cli.run("error", "16009").succeeded()).isEqualTo("""
                number      16009
                symbol      VIX_E_DISK_CANTSHRINK
                text        The disk cannot be shrunk
                what to do  only sparse disks can be made smaller
                """);
        assertThat(Cli.run("error", "18446744069414584324").succeeded())
                .contains("value       0xffffffff00000004, of which the number is the low 16 bits")
                .contains("what to do  - check the path", "            - check the path");
    }

    @Test
    void aNumberThatNobodyKnowsHasTheTextOfTheLibrary() {
        assertThat(Cli.run("error", "64999").succeeded()).contains("none that this version knows", "Unknown error");
        assertThat(error(64999).get("symbol").isJsonNull()).isTrue();
    }

    @Test
    void whatIsNoErrorIsRefused() {
        Cli.run("error", "DISK_FUL").refused("'DISK_FUL' is no error", "for example, VIX_E_DISK_FULL;");
        Cli.run("error", "nonsense").refused("write a number, or a name such as VIX_E_FILE_NOT_FOUND");
        Cli.run("error", "").refused("is no error");
        Cli.run("error", "99999999999999999999").refused("more than 64 bits");
        Cli.run("error", "0x10000000000000000").refused("is no error");
        Cli.run("error").refused("CODE");
    }
}
