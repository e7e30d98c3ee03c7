/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.examples.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vixdisklib.Connection;
import dev.vixdisklib.InFlightLimit;
import dev.vixdisklib.VixDiskLib;
import dev.vixdisklib.shim.FakeDisk;
import dev.vixdisklib.shim.FakeSession;
import dev.vixdisklib.shim.junit.FakeVddkTest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@FakeVddkTest
final class MainTest {

    @TempDir
    Path folder;

    private String disk(String name, String content) throws IOException {
        Path vmdk = folder.resolve(name);
        Files.createDirectories(vmdk.getParent());
        FakeDisk.create(vmdk, content.getBytes(UTF_8));
        return vmdk.toString();
    }

    @Test
    void disksAreCalledByTheNamesOfTheirFiles() throws Exception {
        String web = disk("a/web.vmdk", "web");
        String mail = disk("b/mail.vmdk", "mail");
        assertThat(Main.byName(List.of(web, mail)))
                .containsOnly(Map.entry("web.vmdk", web), Map.entry("mail.vmdk", mail));
    }

    @Test
    void disksOfTheSameNameAreToldApartByTheirFolders() throws Exception {
        String one = disk("a/web/web.vmdk", "one");
        String other = disk("b/web/web.vmdk", "other");
        String third = disk("mail/web.vmdk", "third");
        assertThat(Main.byName(List.of(one, other, third)))
                .containsOnly(
                        Map.entry("a/web/web.vmdk", one),
                        Map.entry("b/web/web.vmdk", other),
                        Map.entry("mail/web.vmdk", third));
    }

    @Test
    void aDiskThatIsNamedTwiceIsOne() throws Exception {
        String web = disk("web.vmdk", "web");
        assertThat(Main.byName(List.of(web, folder + "/./web.vmdk"))).containsOnly(Map.entry("web.vmdk", web));
    }

    @Test
    void aDiskThatIsMissingIsToldBeforeAnythingIsServed() {
        String missing = folder.resolve("missing.vmdk").toString();
        assertThatThrownBy(() -> Main.byName(List.of(missing)))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessage(missing + ": there is no such file");
    }

    @Test
    void eachIsServedWhereItsAddressSays(FakeSession fake) throws Exception {
        Map<String, String> disks = Main.byName(List.of(disk("a b/web.vmdk", "one"), disk("c%20/web.vmdk", "other")));
        try (VixDiskLib lib = VixDiskLib.open(fake.vddk(), fake.configuration());
                Connection host = lib.connectLocalReadOnly();
                HttpClient client = HttpClient.newHttpClient();
                DiskServer server = new DiskServer(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        host,
                        disks,
                        InFlightLimit.ofBytes(1 << 20),
                        1)) {
            for (String name : disks.keySet()) {
                HttpRequest request = HttpRequest.newBuilder(server.uri(name)).build();
                assertThat(client.send(request, BodyHandlers.ofString()).body())
                        .startsWith(name.startsWith("a b") ? "one" : "other");
            }
            assertThat(Stream.of("a b/web.vmdk", "c%20/web.vmdk")
                            .map(server::uri)
                            .map(uri -> uri.getRawPath()))
                    .containsExactly("/disks/a%20b/web.vmdk", "/disks/c%2520/web.vmdk");
        }
    }
}
