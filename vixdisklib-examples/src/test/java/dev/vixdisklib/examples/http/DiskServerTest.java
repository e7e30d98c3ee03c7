/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.examples.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vixdisklib.Connection;
import dev.vixdisklib.ConnectionSpec;
import dev.vixdisklib.Credentials;
import dev.vixdisklib.InFlightLimit;
import dev.vixdisklib.VixDiskLib;
import dev.vixdisklib.shim.FakeControl;
import dev.vixdisklib.shim.FakeSession;
import dev.vixdisklib.shim.Fault;
import dev.vixdisklib.shim.Inventory;
import dev.vixdisklib.shim.junit.FakeVddkTest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@FakeVddkTest
@Timeout(120)
final class DiskServerTest {

    private static final String DISK = "[ds1] web/web.vmdk";
    private static final int MEGABYTE = 1 << 20;
    private static final int SIZE = 32 * MEGABYTE;

    private final long seed = new Random().nextLong();
    private final byte[] content = new byte[SIZE];
    private final InFlightLimit limit = InFlightLimit.ofBytes(4 * MEGABYTE);
    private final HttpClient client = HttpClient.newHttpClient();
    private VixDiskLib lib;
    private Connection connection;
    private DiskServer server;

    @BeforeEach
    void aServer(FakeSession fake) throws IOException {
        System.out.println("seed " + seed);
        new Random(seed).nextBytes(content);
        Arrays.fill(content, 3 * MEGABYTE, 9 * MEGABYTE, (byte) 0);
        fake.setInventory(Inventory.builder()
                .vcenter("vcenter.example.com")
                .user("backup", "secret")
                .datastore("ds1", "datastore-11")
                .vm("vm-42", DISK)
                .build());
        fake.createDisk(DISK, content);
        fake.control().setAsync(4, seed);
        lib = VixDiskLib.open(fake.vddk(), fake.configuration());
        Credentials login = Credentials.password("backup", "secret".toCharArray());
        connection = lib.connect(
                ConnectionSpec.server("vcenter.example.com", login).vm("vm-42").readOnly());
        server = new DiskServer(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                connection,
                Map.of("web disk.vmdk", DISK, "gone", "[ds1] web/gone.vmdk"),
                limit,
                20);
    }

    @AfterEach
    void allIsClosed(FakeControl fake) throws Exception {
        server.awaitIdle();
        assertThat(fake.liveCount(FakeControl.Kind.DISKS)).isZero();
        assertThat(limit.inFlight()).isZero();
        client.close();
        server.close();
        connection.close();
        lib.close();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http:/" + server.address() + "/disks/" + path));
    }

    private HttpResponse<byte[]> get(String path, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = request(path);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), BodyHandlers.ofByteArray());
    }

    @Test
    void aDiskIsServedToTheByte() throws Exception {
        HttpResponse<byte[]> response = get("web%20disk.vmdk");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValueAsLong("Content-Length")).hasValue(SIZE);
        assertThat(Arrays.equals(response.body(), content)).isTrue();
    }

    @Test
    void headTellsTheSizeOnly(FakeControl fake) throws Exception {
        HttpRequest head = request("web%20disk.vmdk").HEAD().build();
        HttpResponse<byte[]> response = client.send(head, BodyHandlers.ofByteArray());
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValueAsLong("Content-Length")).hasValue(SIZE);
        assertThat(response.headers().firstValue("Accept-Ranges")).hasValue("bytes");
        assertThat(fake.callCount("ReadAsync")).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "bytes=0-0, 0, 1",
        "bytes=511-512, 511, 513",
        "bytes=1000-9999999, 1000, 10000000",
        "bytes=33554431-, 33554431, 33554432",
        "bytes=31000000-99999999999, 31000000, 33554432",
        "bytes=-1, 33554431, 33554432",
        "bytes=-99999999999, 0, 33554432"
    })
    void rangesAreServedToTheByte(String header, int start, int end) throws Exception {
        HttpResponse<byte[]> response = get("web%20disk.vmdk", "Range", header);
        assertThat(response.statusCode()).isEqualTo(206);
        assertThat(response.headers().firstValue("Content-Range"))
                .hasValue("bytes " + start + "-" + (end - 1) + "/" + SIZE);
        assertThat(Arrays.equals(response.body(), Arrays.copyOfRange(content, start, end)))
                .isTrue();
    }

    @Test
    void ofARangeNoMoreIsReadThanItsSectors(FakeControl fake) throws Exception {
        get("web%20disk.vmdk", "Range", "bytes=1000000-1000600");
        assertThat(sectorsRead(fake)).isEqualTo(2);
    }

    private static long sectorsRead(FakeControl fake) {
        return fake.journal().stream()
                .filter(call -> call.function().equals("ReadAsync"))
                .mapToLong(call -> call.sectors().orElseThrow())
                .sum();
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=33554432-", "bytes=99999999999-", "bytes=-0"})
    void rangesBehindTheEndAreRefused(String header) throws Exception {
        HttpResponse<byte[]> response = get("web%20disk.vmdk", "Range", header);
        assertThat(response.statusCode()).isEqualTo(416);
        assertThat(response.headers().firstValue("Content-Range")).hasValue("bytes */" + SIZE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=9-3", "bytes=-", "bytes=0-1,4-5", "lines=1-2", "bytes=a-b"})
    void otherRangesAreIgnored(String header) throws Exception {
        assertThat(get("web%20disk.vmdk", "Range", header).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "other", "../web%20disk.vmdk", "..%2f..%2fetc%2fpasswd", "%5Bds1%5D%20web/web.vmdk"})
    void otherNamesAreNotThere(String name) throws Exception {
        assertThat(get(name).statusCode()).isEqualTo(404);
    }

    @Test
    void otherMethodsAreNotAllowed() throws Exception {
        HttpRequest delete = request("web%20disk.vmdk").DELETE().build();
        HttpResponse<byte[]> response = client.send(delete, BodyHandlers.ofByteArray());
        assertThat(response.statusCode()).isEqualTo(405);
        assertThat(response.headers().firstValue("Allow")).hasValue("GET, HEAD");
    }

    @Test
    void aDiskThatCannotBeOpenedIsAnErrorOfTheServer() throws Exception {
        assertThat(get("gone").statusCode()).isEqualTo(500);
    }

    @Test
    void aDiskThatFailsOnTheWayIsNotTakenForAShorterOne(FakeSession fake) {
        fake.setFaults(Fault.on("ReadAsync").nth(20).completesWith("VIX_E_FILE_ERROR"));
        assertThatThrownBy(() -> get("web%20disk.vmdk")).isInstanceOf(IOException.class);
    }

    @Test
    void aClientThatGoesAwayLeavesNothingOpen(FakeControl fake) throws Exception {
        try (Socket socket = new Socket()) {
            // Otherwise, the system takes a good part of the disk for the client.
            socket.setReceiveBufferSize(1 << 16);
            socket.connect(server.address());
            socket.getOutputStream().write("GET /disks/web%20disk.vmdk HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(US_ASCII));
            assertThat(socket.getInputStream().readNBytes(MEGABYTE)).hasSize(MEGABYTE);
            assertThat(fake.liveCount(FakeControl.Kind.DISKS)).isEqualTo(1);
        }
        server.awaitIdle();
        assertThat(fake.liveCount(FakeControl.Kind.DISKS)).isZero();
        // No more was read than the stream and the system have memory for.
        assertThat(sectorsRead(fake)).isLessThan(20 * MEGABYTE / 512);
    }

    @Test
    void manyClientsAtOnceStayUnderTheLimit() throws Exception {
        List<CompletableFuture<HttpResponse<byte[]>>> responses = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            responses.add(client.sendAsync(request("web%20disk.vmdk").build(), BodyHandlers.ofByteArray()));
        }
        for (CompletableFuture<HttpResponse<byte[]>> response : responses) {
            assertThat(Arrays.equals(response.join().body(), content)).isTrue();
        }
        assertThat(limit.mostInFlight()).isBetween(1L, limit.bytes());
    }

    @Test
    void moreClientsThanAreServedAreToldToComeBack(FakeSession fake) throws Exception {
        fake.control().holdAsync(true);
        CompletableFuture<HttpResponse<byte[]>> first = new CompletableFuture<>();
        List<CompletableFuture<HttpResponse<byte[]>>> responses = new ArrayList<>();
        for (int i = 0; i < 21; i++) {
            responses.add(client.sendAsync(request("web%20disk.vmdk").build(), BodyHandlers.ofByteArray())
                    .whenComplete((response, failure) -> first.complete(response)));
        }
        HttpResponse<byte[]> refused = first.join();
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValue("Retry-After")).isPresent();
        fake.control().holdAsync(false);
        long served = responses.stream()
                .filter(response -> response.join().statusCode() == 200)
                .count();
        assertThat(served).isEqualTo(20);
    }

    @Test
    void closingEndsStreams(FakeSession fake) throws Exception {
        fake.control().holdAsync(true);
        CompletableFuture<HttpResponse<byte[]>> response =
                client.sendAsync(request("web%20disk.vmdk").build(), BodyHandlers.ofByteArray());
        fake.control().awaitHeldAsync(1);
        CompletableFuture<Void> closing = CompletableFuture.runAsync(server::close);
        fake.control().holdAsync(false);
        closing.join();
        assertThatThrownBy(response::join).hasRootCauseInstanceOf(IOException.class);
    }
}
