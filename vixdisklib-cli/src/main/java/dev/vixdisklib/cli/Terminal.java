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
 * @param columns its width
 */
record Terminal(boolean outIsTerminal, boolean errIsTerminal, int columns) {

    /** No terminal. */
    static final Terminal NONE = new Terminal(false, false, 80);

    static Terminal ofLauncher() {
        return new Terminal(
                Boolean.getBoolean("vixdisk.out.terminal"),
                Boolean.getBoolean("vixdisk.err.terminal"),
                Integer.getInteger("vixdisk.columns", NONE.columns));
    }
}
