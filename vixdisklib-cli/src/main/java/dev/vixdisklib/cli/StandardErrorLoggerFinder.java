/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.text.MessageFormat;
import java.util.Optional;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;

/**
 * Sends logs to standard error: all of them with {@code --verbose}, otherwise only errors, for a failed command says why
 * itself. Keeps java.logging out of the start of a command.
 */
public final class StandardErrorLoggerFinder extends System.LoggerFinder {

    private static volatile String program = "vixdisk";

    /** For the service loader. */
    public StandardErrorLoggerFinder() {}

    /** Sets the name that lines begin with. */
    static void setProgram(String name) {
        program = name;
    }

    @Override
    public Logger getLogger(String name, Module module) {
        // The JDK's own loggers would tell about the JDK.
        return new StandardErrorLogger(
                name, Optional.ofNullable(module.getName()).orElse("").startsWith("java."));
    }

    private record StandardErrorLogger(String name, boolean isJdk) implements Logger {

        @Override
        public String getName() {
            return name;
        }

        @Override
        public boolean isLoggable(Level level) {
            Level least = LibraryOptions.isVerbose() && !isJdk ? Level.DEBUG : Level.ERROR;
            return level != Level.OFF && level.compareTo(least) >= 0;
        }

        @Override
        public void log(
                Level level, @Nullable ResourceBundle bundle, @Nullable String message, @Nullable Throwable thrown) {
            if (isLoggable(level)) {
                System.err.println(program + ": " + level + ": " + message + (thrown == null ? "" : ": " + thrown));
            }
        }

        @Override
        public void log(
                Level level,
                @Nullable ResourceBundle bundle,
                @Nullable String format,
                @Nullable Object @Nullable ... params) {
            if (isLoggable(level)) {
                String text = params == null || params.length == 0 || format == null
                        ? String.valueOf(format)
                        : MessageFormat.format(format, params);
                System.err.println(program + ": " + level + ": " + text);
            }
        }
    }
}
