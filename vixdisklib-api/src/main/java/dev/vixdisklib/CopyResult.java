/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import java.time.Duration;
import java.util.Optional;

/**
 * What a {@linkplain DiskCopy copy} has done.
 *
 * @param totalBytes the size of the source in bytes
 * @param readBytes bytes that were read from the source; not those read again to verify
 * @param writtenBytes bytes that were written to the target, zeros included
 * @param hash of the content of the source, holes as zeros, in hexadecimal digits as {@code sha256sum} prints them; empty
 *     unless {@linkplain DiskCopy#hashing asked for}
 * @param time how long it took
 */
public record CopyResult(long totalBytes, long readBytes, long writtenBytes, Optional<String> hash, Duration time) {}
