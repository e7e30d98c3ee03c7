/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A piece of code in a page of the documentation, between two fences.
 *
 * @param language what is behind the first fence; empty if nothing is
 * @param begin the line of the first fence, from 1
 * @param lines what is between the fences
 * @param marks what the comments right before it say
 */
record Block(String language, int begin, List<String> lines, Map<Mark, String> marks) {

    /** What a comment can say about the block after it: {@code <!-- not run: why -->}. */
    enum Mark {
        /** Why a block of Java or shell is only read. */
        NOT_RUN("not run"),
        /** Why a text after a block that is run is something else than its output. */
        NOT_COMPARED("not compared"),
        /** Commands that make what the block takes for granted. */
        FIRST("first"),
        /** The name of a file that readers put the block into. */
        FILE("file"),
        /** A source, run by the tests of its own module, that the block is a part of. */
        TESTED_IN("tested in");

        private final String words;

        Mark(String words) {
            this.words = words;
        }

        static Optional<Mark> of(String words) {
            return Arrays.stream(values())
                    .filter(mark -> mark.words.equals(words))
                    .findFirst();
        }
    }

    boolean has(Mark mark) {
        return marks.containsKey(mark);
    }

    boolean isRun() {
        return isShell() || isJava();
    }

    boolean isShell() {
        return language.equals("sh") && !has(Mark.FILE) && !has(Mark.NOT_RUN);
    }

    /** Statements of the program that a page is. */
    boolean isJava() {
        return language.equals("java") && !has(Mark.FILE) && !has(Mark.NOT_RUN) && !has(Mark.TESTED_IN);
    }

    /** The line of the second fence. */
    int end() {
        return begin + lines.size() + 1;
    }

    String text() {
        return String.join("\n", lines) + "\n";
    }
}
