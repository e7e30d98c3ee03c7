/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.benchmarks;

import dev.vixdisklib.Chunk;
import dev.vixdisklib.Disk;
import dev.vixdisklib.DiskWriter;
import dev.vixdisklib.Sectors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A stream to a disk from its beginning to its end, and again, of chunks that were filled before. */
final class StreamedWrites implements Workload {

    private final Task task;
    private final DiskWriter writer;

    /** Of a request. */
    private final long sectors;

    /** Requests from the disk's beginning to its end. */
    private final long perPass;

    StreamedWrites(Task task, Disk disk) throws IOException {
        this.task = task;
        this.sectors = Sectors.ofBytes(task.bytes());
        this.perPass = disk.capacity() / sectors;
        this.writer = disk.newWriter(Streams.options(task));
        List<Chunk> chunks = new ArrayList<>();
        // As many as can be in flight, and one to be written next: those come again and again.
        for (int i = 0; i <= task.depth(); i++) {
            Chunk chunk = chunk();
            Content.fill(chunk.segment());
            chunks.add(chunk);
        }
        chunks.forEach(Chunk::close);
    }

    private Chunk chunk() throws IOException {
        try {
            return writer.chunk();
        } catch (InterruptedException e) {
            throw Streams.interrupted(e);
        }
    }

    @Override
    public void run() throws IOException {
        for (long i = 0; i < task.requests(); i++) {
            try (Chunk chunk = chunk()) {
                write(i % perPass * sectors, chunk);
            }
        }
        finish();
    }

    private void write(long sector, Chunk chunk) throws IOException {
        try {
            writer.write(sector, sectors, chunk);
        } catch (InterruptedException e) {
            throw Streams.interrupted(e);
        }
    }

    private void finish() throws IOException {
        try {
            writer.finish();
        } catch (InterruptedException e) {
            throw Streams.interrupted(e);
        }
    }

    @Override
    public long checksum() {
        return 0;
    }

    @Override
    public void close() throws IOException {
        writer.close();
    }
}
