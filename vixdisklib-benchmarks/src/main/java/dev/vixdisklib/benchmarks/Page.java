/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.benchmarks;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A text in Markdown in which parts are marked, to be replaced by new ones. */
final class Page {

    private final String text;

    Page(String text) {
        this.text = text;
    }

    /**
     * The page with another text between the markers {@code <!-- figures: name -->} and {@code <!-- end -->}.
     *
     * @throws IllegalArgumentException if there are no such markers, or several
     */
    Page with(String name, String figures) {
        Matcher part = Pattern.compile(
                        "(<!-- figures: " + Pattern.quote(name) + " -->\\R)(?:(?!<!-- figures: ).)*?(<!-- end -->)",
                        Pattern.DOTALL)
                .matcher(text);
        if (!part.find()) {
            throw new IllegalArgumentException("the page has no place for figures named " + name);
        }
        String replaced =
                text.substring(0, part.end(1)) + "\n" + figures.strip() + "\n\n" + text.substring(part.start(2));
        if (part.find()) {
            throw new IllegalArgumentException("the page has several places for figures named " + name);
        }
        return new Page(replaced);
    }

    @Override
    public String toString() {
        return text;
    }
}
