/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;

class DiskInputStreamTest extends TestDisks {

    private static final int CAPACITY = 5000;

    private byte[] content = {};

    DiskInputStreamTest() throws IOException {}

    private Disk randomDisk() throws IOException {
        Disk disk = host.openDisk(disk("disk.vmdk", FLAT, CAPACITY));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment sectors = randomSectors(arena, CAPACITY, new Random(1));
            disk.write(0, sectors);
            content = bytes(sectors);
        }
        return disk;
    }

    @Test
    void hasAllBytesOrThoseOfARange() throws IOException {
        Disk disk = randomDisk();
        try (InputStream all = disk.newInputStream();
                InputStream range = disk.newInputStream(new SectorRange(7, 300));
                InputStream last = disk.newInputStream(new SectorRange(CAPACITY - 1, 1))) {
            assertThat(all.readAllBytes()).isEqualTo(content);
            assertThat(all.read()).isEqualTo(-1);
            assertThat(all.read(new byte[5])).isEqualTo(-1);
            assertThat(all.read(new byte[0])).isZero();
            assertThat(all.available()).isZero();
            assertThat(all.skip(5)).isZero();
            assertThat(range.readAllBytes()).isEqualTo(Arrays.copyOfRange(content, 7 * 512, 307 * 512));
            assertThat(range.transferTo(OutputStream.nullOutputStream())).isZero();
            assertThat(last.readAllBytes())
                    .isEqualTo(Arrays.copyOfRange(content, content.length - 512, content.length));
        }
        assertThat(disk.info().capacity()).isEqualTo(CAPACITY);
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> disk.newInputStream(new SectorRange(CAPACITY - 1, 2)))
                .withMessage("2 sectors from sector 4999 are not inside " + disk.name() + ", which has 5000 sectors");
    }

    @Test
    void doesWhatAStreamOfBytesInMemoryDoes() throws IOException {
        Disk disk = randomDisk();
        atRandom(random -> {
            for (int round = 0; round < 20; round++) {
                InputStream expected = new ByteArrayInputStream(content);
                InputStream stream = disk.newInputStream();
                for (int i = 0; i < 40; i++) {
                    int count = 1 + random.nextInt(random.nextInt(4) == 0 ? 500_000 : 1000);
                    switch (random.nextInt(5)) {
                        case 0 -> assertThat(stream.read()).isEqualTo(expected.read());
                        case 1 ->
                            assertThat(stream.skip(count)).isPositive().isEqualTo(skipped(expected, stream, count));
                        case 2 -> assertThat(stream.readNBytes(count)).isEqualTo(expected.readNBytes(count));
                        case 3 -> {
                            byte[] ours = new byte[count + 5];
                            byte[] others = new byte[count + 5];
                            assertThat(stream.read(ours, 5, count)).isEqualTo(expected.read(others, 5, count));
                            assertThat(ours).isEqualTo(others);
                        }
                        default -> assertThat(stream.available()).isEqualTo(expected.available());
                    }
                    if (expected.available() < 600_000) {
                        break;
                    }
                }
                ByteArrayOutputStream rest = new ByteArrayOutputStream();
                assertThat(stream.transferTo(rest)).isEqualTo(expected.available());
                assertThat(rest.toByteArray()).isEqualTo(expected.readAllBytes());
            }
        });
    }

    /** A stream that reads ahead skips to the end of that at most; the other one follows it. */
    private static long skipped(InputStream follower, InputStream stream, long count) throws IOException {
        long ahead = (long) follower.available() - stream.available();
        assertThat(ahead).isLessThanOrEqualTo(count);
        return follower.skip(ahead);
    }

    @Test
    void smallReadsAreFewRequestsAndSkippingIsNone() throws IOException {
        Disk disk = randomDisk();
        fake.forgetJournal();
        InputStream stream = disk.newInputStream();
        assertThat(stream.skip(1_000_000)).isEqualTo(1_000_000);
        assertThat(fake.callCount("Read")).isZero();
        for (int i = 0; i < 65_536; i++) {
            assertThat(stream.read()).isEqualTo(Byte.toUnsignedInt(content[1_000_000 + i]));
        }
        assertThat(fake.callCount("Read")).isEqualTo(1);
    }

    @Test
    void aTransferTakesLargeRequests() throws IOException {
        Disk disk = randomDisk();
        fake.forgetJournal();
        assertThat(disk.newInputStream().transferTo(OutputStream.nullOutputStream()))
                .isEqualTo(CAPACITY * 512L);
        assertThat(fake.callCount("Read")).isEqualTo(3);
        assertThatNullPointerException()
                .isThrownBy(() -> disk.newInputStream().transferTo(null))
                .withMessage("out");
    }

    @Test
    void canBeMarked() throws IOException {
        InputStream stream = randomDisk().newInputStream();
        assertThat(stream.markSupported()).isTrue();
        stream.mark(1000);
        byte[] once = stream.readNBytes(700);
        stream.reset();
        assertThat(stream.readNBytes(700)).isEqualTo(once);
    }

    @Test
    void servesWhateverTakesAStream() throws IOException {
        Disk disk = host.openDisk(disk("disk.vmdk"));
        ByteArrayOutputStream zip = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(zip)) {
            out.putNextEntry(new ZipEntry("name"));
            out.write("text".repeat(1000).getBytes(StandardCharsets.UTF_8));
        }
        disk.newChannel().write(ByteBuffer.wrap(zip.toByteArray()));
        try (ZipInputStream in = new ZipInputStream(disk.newInputStream())) {
            assertThat(in.getNextEntry()).hasToString("name");
            assertThat(in.readAllBytes()).asString(StandardCharsets.UTF_8).isEqualTo("text".repeat(1000));
        }
        try (DataInputStream in = new DataInputStream(disk.newInputStream(new SectorRange(999, 1)))) {
            in.skipNBytes(508);
            assertThat(in.readInt()).isZero();
            assertThatExceptionOfType(EOFException.class).isThrownBy(in::readInt);
        }
    }

    @Test
    void closingAStreamClosesNothingElse() throws IOException {
        Disk disk = randomDisk();
        InputStream stream = disk.newInputStream();
        stream.read();
        stream.close();
        stream.close();
        assertThatIOException().isThrownBy(stream::read).withMessage("Stream closed");
        assertThatIOException().isThrownBy(() -> stream.transferTo(OutputStream.nullOutputStream()));
        assertThat(disk.newInputStream().readNBytes(3)).isEqualTo(Arrays.copyOf(content, 3));
    }

    @Test
    void theStreamsOfAClosedDiskFail() throws IOException {
        Disk disk = randomDisk();
        InputStream stream = disk.newInputStream();
        InputStream atTheEnd = disk.newInputStream();
        atTheEnd.skipNBytes(CAPACITY * 512L);
        disk.close();
        for (InputStream each : new InputStream[] {stream, atTheEnd}) {
            assertThatExceptionOfType(ClosedChannelException.class)
                    .isThrownBy(each::read)
                    .withMessage(disk + " is closed");
            assertThatExceptionOfType(ClosedChannelException.class).isThrownBy(each::available);
            assertThatExceptionOfType(ClosedChannelException.class).isThrownBy(() -> each.skip(1));
            assertThatExceptionOfType(ClosedChannelException.class)
                    .isThrownBy(() -> each.transferTo(OutputStream.nullOutputStream()));
            each.close();
        }
    }

    @Test
    void aFailedReadCanBeRepeated() throws IOException {
        Disk disk = randomDisk();
        InputStream stream = disk.newInputStream();
        stream.skipNBytes(77);
        fake.failNext("Read", ErrorCode.HOST_TCP_CONN_LOST.number());
        assertRefused(ErrorCode.HOST_TCP_CONN_LOST, "Read", disk.name(), stream::read);
        assertThat(stream.readNBytes(5)).isEqualTo(Arrays.copyOfRange(content, 77, 82));
    }
}
