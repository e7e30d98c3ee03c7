/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "plain",
                "\"quoted\"",
                "back\\slash",
                "\u0000\t\r\n\u001f\u007f\u0085",
                "\u00e4 \u20ac \ud83d\ude00",
                "</script>",
                "\u2028\u2029",
                "\ud800 alone"
            })
    void aTextIsReadBackAsItWasAndIsPlainAscii(String text) {
        String json = new Json().put("text", text).put(text + "!", 1).toString();
        assertThat(json).matches("[\\x20-\\x7e\\n]*");

        JsonObject read = JsonParser.parseString(json).getAsJsonObject();
        assertThat(read.get("text").getAsString()).isEqualTo(text);
        assertThat(read.get(text + "!").getAsInt()).isOne();
    }

    @Test
    void numbersNullsAndObjectsAreReadBack() {
        String text = new Json()
                .put("long", Long.MAX_VALUE)
                .put("int", OptionalInt.of(-1))
                .put("noInt", OptionalInt.empty())
                .put("noText", (String) null)
                .put("object", new Json().put("line", "1\n2").put("inner", new Json()))
                .toString();

        JsonObject read = JsonParser.parseString(text).getAsJsonObject();
        assertThat(read.get("long").getAsLong()).isEqualTo(Long.MAX_VALUE);
        assertThat(read.get("int").getAsInt()).isEqualTo(-1);
        assertThat(read.get("noInt").isJsonNull()).isTrue();
        assertThat(read.get("noText").isJsonNull()).isTrue();
        assertThat(read.getAsJsonObject("object").get("line").getAsString()).isEqualTo("1\n2");
        assertThat(read.keySet()).containsExactly("long", "int", "noInt", "noText", "object");
    }
}
