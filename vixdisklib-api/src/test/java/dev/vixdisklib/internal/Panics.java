/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import dev.vixdisklib.BufferPool;
import dev.vixdisklib.Connection;
import dev.vixdisklib.Disk;
import dev.vixdisklib.PooledBuffer;
import dev.vixdisklib.Sectors;
import dev.vixdisklib.VixDiskLib;
import dev.vixdisklib.shim.FakeControl;
import dev.vixdisklib.shim.FakeVddk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Uses a library that has said that it cannot go on; the fake never says so. */
public final class Panics {

    private Panics() {}

    private interface Use {
        void run() throws IOException;
    }

    /**
     * Runs in a JVM of its own.
     *
     * @param arguments a disk
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path path = Path.of(arguments[0]);
        printLog();
        try (Arena arena = Arena.ofConfined();
                VixDiskLib lib = VixDiskLib.open(FakeVddk.directory());
                Connection host = lib.connectLocal();
                Disk disk = host.openDisk(path);
                BufferPool pool = BufferPool.of(Sectors.SIZE, 2)) {
            MemorySegment buffer = Sectors.allocate(arena, 1);
            PooledBuffer pooled = pool.tryLease().orElseThrow();
            // This one would never end if it were waited for.
            FakeControl fake = FakeControl.of(FakeVddk.directory());
            fake.setAsync(1, 1);
            fake.holdAsync(true);
            CompletableFuture<PooledBuffer> held =
                    disk.readAsync(0, pool.tryLease().orElseThrow());
            Thread waiting = Thread.ofPlatform().daemon().start(() -> refused(disk::awaitRequests));
            while (waiting.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
            Callback.run(() -> NativeLog.write(Level.ERROR, "out of memory"));
            waiting.join();
            refused(() -> disk.read(0, buffer));
            refused(() -> disk.write(0, buffer));
            refused(disk::flush);
            refused(disk::info);
            refused(() -> host.openDisk(path));
            refused(lib::connectLocal);
            refused(() -> disk.readAsync(0, pooled).join());
            refused(disk::awaitRequests);
            System.out.println(held.isDone());
        }
        System.out.println("closed");
    }

    private static void printLog() {
        Logger logger = Logger.getLogger("dev.vixdisklib.native");
        logger.setLevel(java.util.logging.Level.ALL);
        logger.addHandler(new Handler() {
            @Override
            public void publish(LogRecord line) {
                System.err.println(line.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        });
    }

    private static void refused(Use use) {
        try {
            use.run();
            System.out.println("was not refused");
        } catch (IllegalStateException e) {
            System.out.println(e.getMessage());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
