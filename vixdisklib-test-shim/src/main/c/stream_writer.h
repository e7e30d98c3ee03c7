/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Makes a stream-optimized extent with an embedded descriptor in one pass: header, descriptor, grains with a grain
 * table after those that it has, grain directory, footer, end of stream.
 */
#ifndef STREAM_WRITER_H
#define STREAM_WRITER_H

#include "common.h"
#include "file.h"

/* Sectors of a grain, the unit in which the writer gets the data. */
#define STREAM_GRAIN_SECTORS UINT64_C(128)

typedef struct StreamWriter StreamWriter;

/*
 * Begins with a file that is empty. VIX_E_ARGUMENT_TOO_BIG if the descriptor does not fit, VIX_E_FILE_TOO_BIG if the
 * format has no room for so many sectors.
 */
VixError streamWriter_begin(File *file, const char *descriptor, size_t descriptorBytes, uint64 capacity,
                            StreamWriter **writer);

/*
 * Adds a whole grain, of which what is past the end of the disk is zeros. Grains come in ascending order; those that
 * are all zeros take no space, like those that are left out. VIX_E_FILE_TOO_BIG if the file cannot grow any more.
 */
VixError streamWriter_write(StreamWriter *writer, uint64 grain, const uint8 *bytes);

/* Makes the file complete and stable. Before, it is not taken for a disk. */
VixError streamWriter_end(StreamWriter *writer);

/* Frees a writer, at its end or before; does nothing to NULL. The file stays open. */
void streamWriter_free(StreamWriter *writer);

#endif /* STREAM_WRITER_H */
