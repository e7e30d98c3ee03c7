/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.vixdisklib.shim.Fault;
import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;

class DiskDigestTest extends StreamedDisks {

    DiskDigestTest() throws IOException {}

    private static byte[] sha256(byte[] content) throws NoSuchAlgorithmException {
        return MessageDigest.getInstance("SHA-256").digest(content);
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"NBD_AS_COMPLETED"})
    void isThatOfTheRawImage(Way way) throws Exception {
        byte[] content = way.prepare(this, new Random(5));
        try (Disk disk = way.open(this)) {
            assertThat(DiskDigest.of(disk, MessageDigest.getInstance("SHA-256"), way.options()))
                    .isEqualTo(sha256(content));
        }
    }

    @ParameterizedTest
    @FieldSource("WRITABLE")
    void countsHolesAsZeros(DiskType type) throws Exception {
        long capacity = 4099;
        Path path = disk("holes.vmdk", type, capacity);
        byte[] content = new byte[Math.toIntExact(Sectors.toBytes(capacity))];
        Arrays.fill(content, 1000 * 512, 1001 * 512, (byte) 7);
        Arrays.fill(content, 4098 * 512, 4099 * 512, (byte) 8);
        try (Disk disk = host.openDisk(path);
                DiskWriter writer = disk.newWriter(SMALL)) {
            for (int sector : new int[] {1000, 4098}) {
                try (Chunk chunk = writer.chunk()) {
                    chunk.segment().fill(content[sector * 512]);
                    writer.write(sector, 1, chunk);
                }
            }
            writer.finish();
            // @start region="digest"
            byte[] digest = DiskDigest.of(disk, MessageDigest.getInstance("SHA-256"));
            System.out.println(HexFormat.of().formatHex(digest));
            // @end
            assertThat(digest).isEqualTo(sha256(content));
        }
    }

    @Test
    void doesNotReadWhatIsNotAllocated() throws Exception {
        long capacity = 100_000;
        try (Disk disk = host.openDisk(disk("empty.vmdk", SPARSE, capacity))) {
            byte[] digest = DiskDigest.of(disk, MessageDigest.getInstance("SHA-256"));
            assertThat(digest).isEqualTo(sha256(new byte[Math.toIntExact(Sectors.toBytes(capacity))]));
            assertThat(disk.statistics().of("Read").bytes()).isLessThan(Sectors.toBytes(AllocatedBlocks.MIN_CHUNK));
        }
    }

    @Test
    void failsWhereASectorCannotBeRead() throws Exception {
        Way.FILE.prepare(this, new Random(6));
        try (Disk disk = Way.FILE.open(this)) {
            plan(Fault.on("Read").sectors(500, 500).returns(ErrorCode.FILE_ERROR.number()));
            assertThatExceptionOfType(VixDiskLibException.class)
                    .isThrownBy(() -> DiskDigest.of(disk, MessageDigest.getInstance("SHA-256"), SMALL))
                    .satisfies(e -> assertThat(e.sectors()).contains(new SectorRange(480, 32)));
        }
    }

    @Test
    void needsTheSectorsInOrder() throws Exception {
        try (Disk disk = Way.FILE.open(this)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> DiskDigest.of(disk, MessageDigest.getInstance("SHA-256"), SMALL.asCompleted()))
                    .withMessage("a digest needs the chunks in order, without asCompleted()");
        }
    }

    @Test
    void tellsHowFarItIs() throws Exception {
        List<CopyProgress> heard = new ArrayList<>();
        long capacity = 100_000;
        try (Disk disk = host.openDisk(disk("disk.vmdk", SPARSE, capacity))) {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            DiskDigest.of(disk, sha256, StreamOptions.defaults(), heard::add);
            CopyProgress last = heard.get(heard.size() - 1);
            assertThat(last.phase()).isEqualTo(CopyProgress.Phase.READING);
            assertThat(last.totalBytes()).hasValue(Sectors.toBytes(capacity));
            assertThat(last.doneBytes()).isEqualTo(Sectors.toBytes(capacity));
            assertThatIllegalStateException()
                    .isThrownBy(() -> DiskDigest.of(disk, sha256, StreamOptions.defaults(), progress -> {
                        throw new IllegalStateException("enough");
                    }))
                    .withMessage("enough");
        }
    }
}
