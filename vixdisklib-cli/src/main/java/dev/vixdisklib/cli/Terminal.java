/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import java.util.Map;

/**
 * What the launcher, who can ask the operating system, knows about the terminal.
 *
 * @param outIsTerminal whether standard output goes to a terminal
 * @param errIsTerminal whether standard error goes to a terminal
 * @param columns its width; a terminal that does not know it says zero, and counts as an ordinary one
 * @param colours whether the user wants colours there
 */
record Terminal(boolean outIsTerminal, boolean errIsTerminal, int columns, boolean colours) {

    private static final int ORDINARY = 80;

    /** No terminal. */
    static final Terminal NONE = new Terminal(false, false, ORDINARY, false);

    Terminal {
        columns = columns > 0 ? columns : ORDINARY;
    }

    static Terminal ofLauncher() {
        return new Terminal(
                Boolean.getBoolean("vixdisk.out.terminal"),
                Boolean.getBoolean("vixdisk.err.terminal"),
                Integer.getInteger("vixdisk.columns", ORDINARY),
                wantsColours(System.getenv()));
    }

    /** Whether standard output is too narrow for lines of some length; files and pipes take any. */
    boolean isNarrowerThan(int characters) {
        return outIsTerminal && columns < characters;
    }

    /** As no-color.org has it: any value but an empty one is a wish for none. */
    static boolean wantsColours(Map<String, String> environment) {
        return environment.getOrDefault("NO_COLOR", "").isEmpty()
                && !environment.getOrDefault("TERM", "").equals("dumb");
    }
}
