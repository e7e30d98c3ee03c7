/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.vixdisklib.raw.c.VixDiskLibNative;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {

    private static final DiskType SPARSE = DiskType.MONOLITHIC_SPARSE;

    @Test
    void sectorsHave512Bytes() {
        assertThat(Sectors.SIZE).isEqualTo(VixDiskLibNative.VIXDISKLIB_SECTOR_SIZE());
        assertThat(Sectors.toBytes(0)).isZero();
        assertThat(Sectors.toBytes(1L << 33)).isEqualTo(1L << 42);
        assertThat(Sectors.toBytes(Long.MAX_VALUE / 512)).isEqualTo(Long.MAX_VALUE / 512 * 512);
        assertThat(Sectors.ofBytes(0)).isZero();
        assertThat(Sectors.ofBytes(1L << 42)).isEqualTo(1L << 33);
    }

    @Test
    void sectorsThatExceedALongAreRefused() {
        assertThatExceptionOfType(ArithmeticException.class)
                .isThrownBy(() -> Sectors.toBytes(Long.MAX_VALUE / 512 + 1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Sectors.toBytes(-1))
                .withMessageContaining("-1");
    }

    @ParameterizedTest
    @ValueSource(longs = {-512, -1, 1, 511, 513, Long.MAX_VALUE})
    void bytesThatAreNoWholeSectorsAreRefused(long bytes) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Sectors.ofBytes(bytes))
                .withMessageContaining(bytes == 1 ? "1 byte is no" : bytes + " bytes are no");
    }

    @Test
    void buffersAreAlignedToAPage() {
        try (Arena arena = Arena.ofConfined()) {
            for (long sectors : new long[] {1, 3, 2048}) {
                MemorySegment buffer = Sectors.allocate(arena, sectors);
                assertThat(buffer.isNative()).isTrue();
                assertThat(buffer.byteSize()).isEqualTo(Sectors.toBytes(sectors));
                assertThat(buffer.address() % 4096).isZero();
            }
            assertThatIllegalArgumentException().isThrownBy(() -> Sectors.allocate(arena, 0));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Sectors.allocate(arena, -1))
                    .withMessageContaining("-1");
        }
    }

    @Test
    void aRangeEndsAfterItsLastSector() {
        assertThat(new SectorRange(5, 3).end()).isEqualTo(8);
        assertThat(new SectorRange(5, 3)).hasToString("sectors 5..7");
        assertThat(new SectorRange(5, 1)).hasToString("sector 5");
        assertThat(new SectorRange(Long.MAX_VALUE - 1, 1).end()).isEqualTo(Long.MAX_VALUE);
    }

    @ParameterizedTest
    @CsvSource({"-1,1", "0,0", "0,-1", "1,9223372036854775807", "9223372036854775807,1"})
    void whatIsNoRangeIsRefused(long start, long count) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SectorRange(start, count))
                .withMessageContaining(count + " from " + start);
    }

    @Test
    void aSpecificationHasDefaults() {
        DiskSpec spec = DiskSpec.of(SPARSE, 7);
        assertThat(spec)
                .isEqualTo(
                        new DiskSpec(SPARSE, AdapterType.LSILOGIC, VixDiskLibNative.VIXDISKLIB_HWVERSION_CURRENT(), 7));
        assertThat(spec.withAdapter(AdapterType.IDE).withHardwareVersion(65535))
                .isEqualTo(new DiskSpec(SPARSE, AdapterType.IDE, 65535, 7));
    }

    @Test
    void aSpecificationCanTellSectorSizes() {
        DiskSpec spec = DiskSpec.of(SPARSE, 7);
        assertThat(spec.logicalSectorSize()).isEmpty();
        assertThat(spec.physicalSectorSize()).isEmpty();
        DiskSpec emulated = spec.withLogicalSectorSize(512).withPhysicalSectorSize(4096);
        assertThat(emulated.withAdapter(AdapterType.IDE).withHardwareVersion(HardwareVersion.ESX4X))
                .isEqualTo(new DiskSpec(SPARSE, AdapterType.IDE, 7, 7, OptionalInt.of(512), OptionalInt.of(4096)));
        assertThat(spec.withLogicalSectorSize(4096).withPhysicalSectorSize(4096).logicalSectorSize())
                .hasValue(4096);
        for (int size : new int[] {-1, 0, 511, 1024, 8192}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> spec.withLogicalSectorSize(size))
                    .withMessage("a logical sector has 512 or 4096 bytes, not " + size);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> spec.withPhysicalSectorSize(size))
                    .withMessage("a physical sector has 512 or 4096 bytes, not " + size);
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> spec.withPhysicalSectorSize(512).withLogicalSectorSize(4096))
                .withMessageContaining("physical ones of 4096");
    }

    @Test
    void hardwareVersionsHaveTheNumbersOfTheHeader() {
        assertThat(HardwareVersion.WORKSTATION_4).isEqualTo(VixDiskLibNative.VIXDISKLIB_HWVERSION_WORKSTATION_4());
        assertThat(HardwareVersion.WORKSTATION_5).isEqualTo(VixDiskLibNative.VIXDISKLIB_HWVERSION_WORKSTATION_5());
        assertThat(HardwareVersion.WORKSTATION_6).isEqualTo(VixDiskLibNative.VIXDISKLIB_HWVERSION_WORKSTATION_6());
        assertThat(HardwareVersion.ESX30).isEqualTo(VixDiskLibNative.VIXDISKLIB_HWVERSION_ESX30());
        assertThat(HardwareVersion.ESX4X).isEqualTo(VixDiskLibNative.VIXDISKLIB_HWVERSION_ESX4X());
        assertThat(HardwareVersion.ESX50).isEqualTo(VixDiskLibNative.VIXDISKLIB_HWVERSION_ESX50());
        assertThat(HardwareVersion.ESX51).isEqualTo(VixDiskLibNative.VIXDISKLIB_HWVERSION_ESX51());
        assertThat(HardwareVersion.ESX55).isEqualTo(VixDiskLibNative.VIXDISKLIB_HWVERSION_ESX55());
        assertThat(HardwareVersion.ESX60).isEqualTo(VixDiskLibNative.VIXDISKLIB_HWVERSION_ESX60());
        assertThat(HardwareVersion.ESX65).isEqualTo(VixDiskLibNative.VIXDISKLIB_HWVERSION_ESX65());
        assertThat(HardwareVersion.CURRENT).isEqualTo(VixDiskLibNative.VIXDISKLIB_HWVERSION_CURRENT());
    }

    @Test
    void aGeometryCoversTheProductOfItsNumbers() {
        assertThat(new Geometry(100, 64, 32).coveredSectors()).isEqualTo(204_800);
        assertThat(new Geometry(-1, 255, 63).coveredSectors()).isEqualTo(0xffff_ffffL * 255 * 63);
        assertThatExceptionOfType(ArithmeticException.class)
                .isThrownBy(() -> new Geometry(-1, -1, 63).coveredSectors());
    }

    @Test
    void aSpecificationThatCannotBeIsRefused() {
        DiskSpec spec = DiskSpec.of(SPARSE, 1);
        for (int version : new int[] {-1, 65536, Integer.MIN_VALUE}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> spec.withHardwareVersion(version))
                    .withMessageContaining("not " + version);
        }
        for (long capacity : new long[] {0, -1, Long.MIN_VALUE}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> DiskSpec.of(SPARSE, capacity))
                    .withMessageContaining("not " + capacity);
        }
    }

    @Test
    void chunksHaveTheSizesOfTheHeader() {
        assertThat(AllocatedBlocks.MIN_CHUNK).isEqualTo(VixDiskLibNative.VIXDISKLIB_MIN_CHUNK_SIZE());
        assertThat(AllocatedBlocks.MAX_CHUNK).isEqualTo(VixDiskLibNative.VIXDISKLIB_MAX_CHUNK_SIZE());
    }

    @Test
    void enumsHaveTheNumbersOfTheHeader() {
        assertThat(DiskType.MONOLITHIC_SPARSE.value()).isEqualTo(VixDiskLibNative.VIXDISKLIB_DISK_MONOLITHIC_SPARSE());
        assertThat(DiskType.MONOLITHIC_FLAT.value()).isEqualTo(VixDiskLibNative.VIXDISKLIB_DISK_MONOLITHIC_FLAT());
        assertThat(DiskType.SPLIT_SPARSE.value()).isEqualTo(VixDiskLibNative.VIXDISKLIB_DISK_SPLIT_SPARSE());
        assertThat(DiskType.SPLIT_FLAT.value()).isEqualTo(VixDiskLibNative.VIXDISKLIB_DISK_SPLIT_FLAT());
        assertThat(DiskType.VMFS_FLAT.value()).isEqualTo(VixDiskLibNative.VIXDISKLIB_DISK_VMFS_FLAT());
        assertThat(DiskType.STREAM_OPTIMIZED.value()).isEqualTo(VixDiskLibNative.VIXDISKLIB_DISK_STREAM_OPTIMIZED());
        assertThat(DiskType.VMFS_THIN.value()).isEqualTo(VixDiskLibNative.VIXDISKLIB_DISK_VMFS_THIN());
        assertThat(DiskType.VMFS_SPARSE.value()).isEqualTo(VixDiskLibNative.VIXDISKLIB_DISK_VMFS_SPARSE());
        assertThat(AdapterType.IDE.value()).isEqualTo(VixDiskLibNative.VIXDISKLIB_ADAPTER_IDE());
        assertThat(AdapterType.BUSLOGIC.value()).isEqualTo(VixDiskLibNative.VIXDISKLIB_ADAPTER_SCSI_BUSLOGIC());
        assertThat(AdapterType.LSILOGIC.value()).isEqualTo(VixDiskLibNative.VIXDISKLIB_ADAPTER_SCSI_LSILOGIC());
        assertThat(AdapterType.UNKNOWN.value()).isEqualTo(VixDiskLibNative.VIXDISKLIB_ADAPTER_UNKNOWN());
        assertThat(DiskType.UNKNOWN_VALUE).isEqualTo(VixDiskLibNative.VIXDISKLIB_DISK_UNKNOWN());
        for (AdapterType adapter : AdapterType.values()) {
            assertThat(AdapterType.ofValue(adapter.value())).isEqualTo(adapter);
        }
        assertThat(AdapterType.ofValue(4)).isEqualTo(AdapterType.UNKNOWN);
    }
}
