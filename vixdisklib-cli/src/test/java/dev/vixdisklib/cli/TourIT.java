/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The tour of {@code vixshell}, typed into it, and the page that shows what one sees then. */
class TourIT {

    private static final String PROMPT = "jshell> ";
    private static final Path PAGE = Checkout.PROJECT.resolve("docs/tutorial/tour.md");

    /** Has the shell say where it has done with a line. */
    private static final String END = "System.out.println(\"\\u0001\")\n";

    /** What it says then; with the prompt, it is ready for the next line, and repeats a part of what comes before that. */
    private static final String ENDED = "\u0001\n-> ";

    private final Tour tour = new Tour();

    @Test
    void thePageShowsWhatTheShellSays() throws Exception {
        List<String> said = typed(code(1, tour.steps()));
        StringBuilder page = new StringBuilder("""
                # A tour of the API in the shell

                What `bin/vixshell` shows if you type what `tour()` says, step by step. `/open build/tour.jsh` runs all of it at once.
                """);
        int line = 0;
        for (int step = 1; step <= tour.steps(); step++) {
            page.append("\n## ")
                    .append(step)
                    .append(". ")
                    .append(tour.title(step))
                    .append("\n\n");
            page.append(tour.explanation(step)).append("\n\n```text\n");
            for (String code : tour.code(step)) {
                page.append(PROMPT).append(code).append('\n').append(said.get(line++));
            }
            page.append("```\n");
        }
        Path wanted = Files.writeString(Checkout.PROJECT.resolve("vixdisklib-cli/target/tour.md"), page);
        assertThat(PAGE).as("is as it should be in " + wanted).hasContent(page.toString());
    }

    @Test
    void noStepFails() throws Exception {
        assertThat(typed(code(1, tour.steps())))
                .noneSatisfy(said -> assertThat(said).containsPattern("\\|\\s+(Error|Exception)"));
    }

    @Test
    void theScriptRunsAsAWholeAndShowsEachStep() throws Exception {
        String said = typed(List.of("/open " + Checkout.ROOT.resolve("build/tour.jsh")))
                .get(0);
        for (int step = 1; step <= tour.steps(); step++) {
            assertThat(said).contains("Step " + step + " of " + tour.steps() + ": " + tour.title(step));
        }
        assertThat(said).doesNotContain("|  Error", "|  Exception");
    }

    @Test
    void theShellGoesThroughTheStepsOneByOne() throws Exception {
        List<String> said = typed(List.of("tour()", "tour()", "tour(99)", "tour(" + tour.steps() + ")", "tour()"));
        assertThat(said.get(0))
                .startsWith("\nStep 1 of")
                .contains(PROMPT + tour.code(1).get(0), "Then:  tour()");
        assertThat(said.get(1)).startsWith("\nStep 2 of");
        assertThat(said.get(2)).contains("steps 1 to " + tour.steps());
        assertThat(said.get(3)).doesNotContain("Then:");
        assertThat(said.get(4)).contains("That was the tour");
    }

    private List<String> code(int first, int last) {
        List<String> code = new ArrayList<>();
        for (int step = first; step <= last; step++) {
            code.addAll(tour.code(step));
        }
        return code;
    }

    /** What the shell says to each line; the places of its temporary files are replaced. */
    private static List<String> typed(List<String> lines) throws Exception {
        Process shell = Command.of(Checkout.VIXSHELL, "-s").start();
        List<String> said = new ArrayList<>();
        for (String line :
                Stream.concat(Stream.of("int ready = 0"), lines.stream()).toList()) {
            shell.outputWriter().write(line + "\n" + END);
            shell.outputWriter().flush();
            said.add(withoutPrompts(nextOf(shell)).replaceAll("/\\S*/vixshell-\\d+/", "/tmp/vixshell/"));
        }
        shell.outputWriter().write("/exit\n");
        shell.outputWriter().close();
        assertThat(Command.end(shell)).isZero();
        return said.subList(1, said.size());
    }

    private static String nextOf(Process shell) throws IOException {
        StringBuilder said = new StringBuilder();
        for (int c = shell.inputReader().read();
                c != -1;
                c = shell.inputReader().read()) {
            said.append((char) c);
            if (said.length() >= ENDED.length() && said.indexOf(ENDED, said.length() - ENDED.length()) >= 0) {
                return said.substring(0, said.length() - ENDED.length());
            }
        }
        throw new AssertionError("the shell has ended, and said: " + said);
    }

    private static String withoutPrompts(String said) {
        return said.replaceAll("(?m)^(-> )+", "");
    }
}
