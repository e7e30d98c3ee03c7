/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.raw;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vixdisklib.raw.c.VixDiskLibCompletionCB;
import dev.vixdisklib.raw.c.VixDiskLibCreateParams;
import dev.vixdisklib.raw.c.VixDiskLibNative;
import dev.vixdisklib.shim.FakeControl;
import dev.vixdisklib.shim.FakeControl.Kind;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Callbacks of asynchronous requests, which come on a thread that {@link FakeControl} has chosen. */
class AsynchronousRequestTest {

    /** What a callback was given, and where. */
    private record Completion(long number, long result, Thread thread) {}

    private final Queue<Completion> completions = new ConcurrentLinkedQueue<>();
    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer = arena.allocate(16 * 512);
    private final MemorySegment callback = VixDiskLibCompletionCB.allocate(
            (data, result) -> completions.add(new Completion(data.address(), result, Thread.currentThread())), arena);
    private final FakeControl fake;

    private MemorySegment disk = MemorySegment.NULL;

    AsynchronousRequestTest() throws IOException {
        VddkLibrary.load(Built.VDDK, Set.of());
        fake = FakeControl.of(Built.VDDK);
    }

    @BeforeEach
    void openADisk(@TempDir Path directory) {
        MemorySegment nothing = MemorySegment.NULL;
        MemorySegment path = arena.allocateFrom(directory.resolve("a.vmdk").toString());
        MemorySegment out = arena.allocate(ValueLayout.ADDRESS);
        MemorySegment params = VixDiskLibCreateParams.allocate(arena);
        VixDiskLibCreateParams.diskType(params, VixDiskLibNative.VIXDISKLIB_DISK_MONOLITHIC_SPARSE());
        VixDiskLibCreateParams.adapterType(params, VixDiskLibNative.VIXDISKLIB_ADAPTER_SCSI_LSILOGIC());
        VixDiskLibCreateParams.capacity(params, 1000);

        check(VixDiskLibNative.VixDiskLib_InitEx(8, 0, nothing, nothing, nothing, nothing, nothing));
        check(VixDiskLibNative.VixDiskLib_ConnectEx(nothing, (byte) 0, nothing, nothing, out));
        MemorySegment connection = out.get(ValueLayout.ADDRESS, 0);
        check(VixDiskLibNative.VixDiskLib_Create(connection, path, params, nothing, nothing));
        check(VixDiskLibNative.VixDiskLib_Open(connection, path, 0, out));
        disk = out.get(ValueLayout.ADDRESS, 0);
    }

    @AfterEach
    void end() {
        fake.holdAsync(false);
        fake.setAsync(0, 0);
        VixDiskLibNative.VixDiskLib_Exit();
        arena.close();
    }

    @Test
    void isDoneBeforeTheCallReturns() {
        assertThat(read(1)).isEqualTo(VixDiskLibNative.VIX_ASYNC());
        assertThat(completions).containsExactly(new Completion(1, VixDiskLibNative.VIX_OK(), Thread.currentThread()));
    }

    @Test
    void isInFlightWhileItIsHeldAndDoneByAnotherThread() {
        fake.setAsync(2, 7);
        fake.holdAsync(true);
        for (int number = 0; number < 16; number++) {
            assertThat(read(number)).isEqualTo(VixDiskLibNative.VIX_ASYNC());
        }
        fake.awaitHeldAsync(16);
        assertThat(fake.liveCount(Kind.ASYNC_REQUESTS)).isEqualTo(16);
        assertThat(completions).isEmpty();
        assertThat(VixDiskLibNative.VixDiskLib_Flush(disk))
                .isEqualTo(VixDiskLibNative.VIX_E_ASYNC_MIXEDMODE_UNSUPPORTED());

        fake.holdAsync(false);
        check(VixDiskLibNative.VixDiskLib_Wait(disk));
        assertThat(completions).extracting(Completion::number).hasSize(16).doesNotHaveDuplicates();
        assertThat(completions).extracting(Completion::thread).doesNotContain(Thread.currentThread());
        assertThat(fake.liveCount(Kind.ASYNC_REQUESTS)).isZero();
    }

    @Test
    void failsInItsCallback() {
        fake.failNextAsync("ReadAsync", VixDiskLibNative.VIX_E_HOST_TCP_CONN_LOST());
        assertThat(read(1)).isEqualTo(VixDiskLibNative.VIX_ASYNC());
        assertThat(completions).extracting(Completion::result).containsExactly((long)
                VixDiskLibNative.VIX_E_HOST_TCP_CONN_LOST());
    }

    /** Reads a sector into its place in the buffer. */
    private long read(long number) {
        return VixDiskLibNative.VixDiskLib_ReadAsync(
                disk, number, 1, buffer.asSlice(number * 512, 512), callback, MemorySegment.ofAddress(number));
    }

    private static void check(long error) {
        assertThat(error).isEqualTo(VixDiskLibNative.VIX_OK());
    }
}
