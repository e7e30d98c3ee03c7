/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.examples.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.vixdisklib.Chunk;
import dev.vixdisklib.Connection;
import dev.vixdisklib.CopyPlan;
import dev.vixdisklib.Disk;
import dev.vixdisklib.DiskReader;
import dev.vixdisklib.InFlightLimit;
import dev.vixdisklib.OpenFlag;
import dev.vixdisklib.Sectors;
import dev.vixdisklib.StreamOptions;
import dev.vixdisklib.VixDiskLibException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/**
 * Serves disks as raw images over HTTP: {@code GET /disks/NAME}, with {@code HEAD} and ranges of bytes, so that {@code curl -C -}
 * goes on where it was.
 *
 * <p>It shows how a {@link DiskReader} feeds a client at the client's pace: chunks are read ahead while the last ones are on
 * their way, no more than there is memory for, and what is not allocated is not read at all. A client that goes away ends its
 * stream, and with it the disk is closed. Streams of all clients have no more in flight together than one {@link InFlightLimit}
 * allows. Each client has a virtual thread.
 *
 * <p>A product would add: TLS and who may read what; an {@code ETag}, such as the change id of a snapshot, so that a download
 * that goes on is known to be of the same content; a time after which a client that takes nothing is sent away; and
 * compression.
 *
 * <p>Clients name disks, not files: what is not in the list cannot be reached.
 */
public final class DiskServer implements AutoCloseable {

    private static final Logger LOG = System.getLogger("dev.vixdisklib.examples.http");
    private static final String PATH = "/disks/";
    private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(1 << 16).asReadOnlyBuffer();

    private final Connection connection;
    private final Map<String, String> disks;
    private final StreamOptions options;
    private final int maxStreams;
    private final Semaphore streams;
    private final HttpServer server;
    private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();

    /**
     * Begins to serve.
     *
     * @param address where
     * @param connection what the disks are opened through; stays open as long as this
     * @param disks what is served: what clients call a disk, and what the connection calls it
     * @param limit bounds the bytes in flight of all streams together
     * @param maxStreams how many clients are served at a time; others are told to come back. Each takes some MiB of memory
     * @throws IOException if the address is in use
     */
    public DiskServer(
            InetSocketAddress address,
            Connection connection,
            Map<String, String> disks,
            InFlightLimit limit,
            int maxStreams)
            throws IOException {
        this.connection = connection;
        this.disks = Map.copyOf(disks);
        this.options = StreamOptions.defaults().withLimit(limit).readingAhead();
        this.maxStreams = maxStreams;
        this.streams = new Semaphore(maxStreams);
        this.server = HttpServer.create(address, 0);
        server.createContext(PATH, this::handle);
        server.setExecutor(clients);
        server.start();
    }

    /**
     * Where it serves.
     *
     * @return the address, with the port that was chosen if 0 was asked for
     */
    public InetSocketAddress address() {
        return server.getAddress();
    }

    /**
     * Where clients find a disk.
     *
     * @param name what they call it
     * @return its address, with what has a meaning in addresses encoded
     */
    public URI uri(String name) {
        try {
            return new URI("http", null, address().getHostString(), address().getPort(), PATH + name, null, null);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("no name for an address: " + name, e);
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String method = exchange.getRequestMethod();
            String disk = disks.get(exchange.getRequestURI().getPath().substring(PATH.length()));
            if (!method.equals("GET") && !method.equals("HEAD")) {
                exchange.getResponseHeaders().set("Allow", "GET, HEAD");
                exchange.sendResponseHeaders(405, -1);
            } else if (disk == null) {
                exchange.sendResponseHeaders(404, -1);
            } else if (!streams.tryAcquire()) {
                exchange.getResponseHeaders().set("Retry-After", "10");
                exchange.sendResponseHeaders(503, -1);
            } else {
                try {
                    serve(exchange, disk);
                } finally {
                    streams.release();
                }
            }
        }
    }

    private void serve(HttpExchange exchange, String name) throws IOException {
        try (Disk disk = connection.openDisk(name, OpenFlag.READ_ONLY)) {
            serve(exchange, disk);
        } catch (InterruptedException e) {
            // The server is being closed.
            Thread.currentThread().interrupt();
        } catch (VixDiskLibException e) {
            LOG.log(Level.WARNING, "serving " + name + " failed", e);
            if (exchange.getResponseCode() < 0) {
                exchange.sendResponseHeaders(500, -1);
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "a client that was served " + name + " has gone away", e);
        }
    }

    private void serve(HttpExchange exchange, Disk disk) throws IOException, InterruptedException {
        long size = Sectors.toBytes(disk.capacity());
        Optional<ByteRange> range = Optional.ofNullable(
                        exchange.getRequestHeaders().getFirst("Range"))
                .flatMap(header -> ByteRange.parse(header, size));
        ByteRange served = range.orElse(new ByteRange(0, size));
        exchange.getResponseHeaders().set("Accept-Ranges", "bytes");
        exchange.getResponseHeaders().set("Content-Type", "application/octet-stream");
        if (served.isEmpty()) {
            exchange.getResponseHeaders().set("Content-Range", "bytes */" + size);
            exchange.sendResponseHeaders(416, -1);
            return;
        }
        if (range.isPresent()) {
            exchange.getResponseHeaders()
                    .set("Content-Range", "bytes " + served.start() + "-" + (served.end() - 1) + "/" + size);
        }
        int status = range.isPresent() ? 206 : 200;
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().set("Content-Length", String.valueOf(served.length()));
            exchange.sendResponseHeaders(status, -1);
            return;
        }
        exchange.sendResponseHeaders(status, served.length());
        stream(disk, served, Channels.newChannel(exchange.getResponseBody()));
    }

    private void stream(Disk disk, ByteRange range, WritableByteChannel client)
            throws IOException, InterruptedException {
        // What is not in the range is kept, and does not come.
        CopyPlan plan = CopyPlan.full(disk.allocatedBlocks().within(Sectors.covering(range.start(), range.length())));
        try (DiskReader reader = disk.newReader(plan, options)) {
            reader.forEach(chunk -> send(chunk, range, client));
        }
    }

    /** Sends what a chunk has of a range, which may begin and end in the midst of a sector. */
    private static void send(Chunk chunk, ByteRange range, WritableByteChannel client) throws IOException {
        long start = Sectors.toBytes(chunk.startSector());
        long from = Math.max(range.start() - start, 0);
        long to = Math.min(range.end() - start, Sectors.toBytes(chunk.sectorCount()));
        if (chunk.isZero()) {
            for (long left = to - from; left > 0; left -= ZEROS.capacity()) {
                send(ZEROS.duplicate().limit((int) Math.min(left, ZEROS.capacity())), client);
            }
        } else {
            send(chunk.segment().asSlice(from, to - from).asByteBuffer(), client);
        }
    }

    private static void send(ByteBuffer bytes, WritableByteChannel client) throws IOException {
        while (bytes.hasRemaining()) {
            client.write(bytes);
        }
    }

    /** Waits until no client is served. */
    void awaitIdle() throws InterruptedException {
        streams.acquire(maxStreams);
        streams.release(maxStreams);
    }

    /** Ends all streams, and waits until their disks are closed. */
    @Override
    public void close() {
        server.stop(0);
        clients.shutdownNow();
        clients.close();
    }
}
