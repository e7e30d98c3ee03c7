/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Makes a stream-optimized disk of a raw file, for the tests that compare with other programs.
 *
 *   stream_tool <raw file> <disk>
 */
#include <unistd.h>

#include "file.h"
#include "stream_writer.h"
#include "support.h"

#define GRAIN_BYTES (STREAM_GRAIN_SECTORS * SECTOR)

/* The grain that has the next data after a position; the number of grains if there is none. */
static uint64 findData(const File *raw, uint64 grain)
{
   off_t data = lseek(raw->fd, (off_t)(grain * GRAIN_BYTES), SEEK_DATA);

   return data < 0 ? divideUp(raw->size, GRAIN_BYTES) : (uint64)data / GRAIN_BYTES;
}

static void copy(File *raw, StreamWriter *writer)
{
   static uint8 bytes[GRAIN_BYTES];

   for (uint64 grain = findData(raw, 0); grain * GRAIN_BYTES < raw->size; grain = findData(raw, grain + 1)) {
      memset(bytes, 0, sizeof bytes);
      CHECK_OK(file_read(raw, grain * GRAIN_BYTES, bytes, minOf(sizeof bytes, raw->size - grain * GRAIN_BYTES)));
      CHECK_OK(streamWriter_write(writer, grain, bytes));
   }
}

int main(int argc, char **argv)
{
   char descriptor[512];
   File raw = FILE_CLOSED;
   File file = FILE_CLOSED;
   StreamWriter *writer;

   CHECK(argc == 3);
   CHECK_OK(file_open(argv[1], false, &raw));
   snprintf(descriptor, sizeof descriptor,
            "# Disk DescriptorFile\nversion=1\nCID=12345678\nparentCID=ffffffff\ncreateType=\"streamOptimized\"\n"
            "RW %" PRIu64 " SPARSE \"disk.vmdk\"\nddb.adapterType = \"lsilogic\"\n",
            raw.size / SECTOR);
   CHECK_OK(file_create(argv[2], &file));
   CHECK_OK(streamWriter_begin(&file, descriptor, strlen(descriptor), raw.size / SECTOR, &writer));
   copy(&raw, writer);
   CHECK_OK(streamWriter_end(writer));
   streamWriter_free(writer);
   CHECK_OK(file_close(&file));
   CHECK_OK(file_close(&raw));
   return 0;
}
