/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() {
        return new String[] {
            "vixdisk "
                    + Main.class.getModule().getDescriptor().rawVersion().orElse("(version unknown)")
                    + " on Java " + Runtime.version()
        };
    }
}
