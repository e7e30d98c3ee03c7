/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
/** The commands {@code vixdisk} and {@code vixshell}, built on the public API alone. */
module dev.vixdisklib.cli {
    requires transitive dev.vixdisklib;
    requires dev.vixdisklib.shim;
    requires info.picocli;
    requires static org.jspecify;

    // For vixshell, which has it on its module path.
    exports dev.vixdisklib.cli;

    opens dev.vixdisklib.cli to
            info.picocli;

    provides System.LoggerFinder with
            dev.vixdisklib.cli.StandardErrorLoggerFinder;
}
