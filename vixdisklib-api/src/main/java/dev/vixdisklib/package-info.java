/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
/**
 * Virtual disks as Java sees them.
 *
 * {@snippet class = "dev.vixdisklib.ReadmeExample" region = "example"}
 *
 * <p><b>Units.</b> Offsets, lengths and capacities are in sectors of {@value dev.vixdisklib.Sectors#SIZE} bytes, also on
 * disks with 4 KiB sectors; where a name or a comment says bytes, bytes are meant. {@link dev.vixdisklib.Sectors} converts.
 *
 * <p><b>Servers.</b> A {@link dev.vixdisklib.ConnectionSpec} says what to connect to, with which
 * {@link dev.vixdisklib.Credentials}; a {@link dev.vixdisklib.PreparedAccess} has a vCenter Server keep a virtual machine
 * where it is meanwhile.
 *
 * <p><b>Lifetimes.</b> A {@link dev.vixdisklib.VixDiskLib} makes {@link dev.vixdisklib.Connection connections}, a
 * connection opens {@link dev.vixdisklib.Disk disks}. Each is closed by the one who asked for it; closing one closes first
 * what was opened through it. Closing twice does nothing; using something closed is an
 * {@link java.lang.IllegalStateException}, save for asking what it was. Buffers are the caller's, from the caller's
 * {@link java.lang.foreign.Arena}; those of asynchronous requests come from a {@link dev.vixdisklib.BufferPool}, which outlives
 * them.
 *
 * <p><b>Threads.</b> Everything may be called from any thread, virtual ones too. What opens and closes, makes, copies or
 * examines whole disks, and the query for allocated blocks, runs on one thread of the library's own while the caller waits,
 * one after the other, as the VDDK guide asks ("Multiple Threads and VixDiskLib"). Reads and writes run on the caller's
 * thread, one at a time for each disk, in parallel for different disks; so do preparing for access and its end, which can
 * take minutes. A call into the library cannot be interrupted; a virtual thread occupies its carrier during a read or
 * write. Asynchronous requests occupy no thread, and their futures complete on virtual threads of their own.
 *
 * <p><b>Streams.</b> A {@link dev.vixdisklib.DiskReader} reads ahead of its user and a {@link dev.vixdisklib.DiskWriter} writes
 * behind, with as many requests in flight as {@link dev.vixdisklib.StreamOptions} say, in memory that is bounded.
 * {@link dev.vixdisklib.DiskDigest} and {@link dev.vixdisklib.DiskComparison} stand on them.
 *
 * <p><b>Backups.</b> {@link dev.vixdisklib.AllocatedBlocks} tells which sectors are in use, a
 * {@link dev.vixdisklib.SectorSet} holds those that have changed, and a {@link dev.vixdisklib.CopyPlan} says what to do with each.
 *
 * <p><b>Errors.</b> What the library refuses is a {@link dev.vixdisklib.VixDiskLibException}, checked, with the library's
 * code. What the caller does wrong is an {@link java.lang.IllegalArgumentException},
 * {@link java.lang.IndexOutOfBoundsException}, {@link java.lang.IllegalStateException} or
 * {@link java.lang.WrongThreadException}, thrown before anything native sees the argument.
 *
 * <p><b>Null</b> is accepted and returned only where {@code @Nullable} says so.
 */
@NullMarked
package dev.vixdisklib;

import org.jspecify.annotations.NullMarked;
