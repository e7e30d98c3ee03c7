/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Listens to a logger. */
final class LogLines extends Handler implements AutoCloseable {

    private final Logger logger;
    private final Consumer<LogRecord> also;
    private final BlockingQueue<LogRecord> records = new LinkedBlockingQueue<>();

    private LogLines(String name, Consumer<LogRecord> also) {
        this.logger = Logger.getLogger(name);
        this.also = also;
        logger.setLevel(Level.ALL);
        logger.addHandler(this);
    }

    static LogLines of(String logger) {
        return new LogLines(logger, line -> {});
    }

    /** Does something with each line while whoever has logged it waits. */
    static LogLines of(String logger, Consumer<LogRecord> also) {
        return new LogLines(logger, also);
    }

    BlockingQueue<LogRecord> records() {
        return records;
    }

    List<String> texts(Level level) {
        return records.stream()
                .filter(line -> line.getLevel().equals(level))
                .map(LogRecord::getMessage)
                .toList();
    }

    @Override
    public void publish(LogRecord line) {
        records.add(line);
        also.accept(line);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        logger.removeHandler(this);
        logger.setLevel(null);
    }
}
