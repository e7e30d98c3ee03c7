/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

/**
 * What the launcher, who can ask the operating system, knows about the terminal.
 *
 * @param outIsTerminal whether standard output goes to a terminal
 * @param errIsTerminal whether standard error goes to a terminal
 * @param columns its width; a terminal that does not know it says zero, and counts as an ordinary one
 */
record Terminal(boolean outIsTerminal, boolean errIsTerminal, int columns) {

    private static final int ORDINARY = 80;

    /** No terminal. */
    static final Terminal NONE = new Terminal(false, false, ORDINARY);

    Terminal {
        columns = columns > 0 ? columns : ORDINARY;
    }

    static Terminal ofLauncher() {
        return new Terminal(
                Boolean.getBoolean("vixdisk.out.terminal"),
                Boolean.getBoolean("vixdisk.err.terminal"),
                Integer.getInteger("vixdisk.columns", ORDINARY));
    }
}
