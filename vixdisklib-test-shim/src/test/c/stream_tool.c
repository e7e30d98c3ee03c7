/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Makes a stream-optimized disk of a raw file, for the tests that compare with other programs.
 *
 *   stream_tool <raw file> <disk>
 */
#include "file.h"
#include "stream_writer.h"
#include "support.h"

static uint8 grain[STREAM_GRAIN_SECTORS * SECTOR];

static uint64 sectorsOf(FILE *raw)
{
   uint64 bytes;

   CHECK(fseek(raw, 0, SEEK_END) == 0);
   bytes = (uint64)ftell(raw);
   rewind(raw);
   return bytes / SECTOR;
}

int main(int argc, char **argv)
{
   char descriptor[512];
   File file = FILE_CLOSED;
   StreamWriter *writer;
   uint64 capacity;
   FILE *raw;

   CHECK(argc == 3);
   raw = fopen(argv[1], "rb");
   CHECK(raw != NULL);
   capacity = sectorsOf(raw);
   snprintf(descriptor, sizeof descriptor,
            "# Disk DescriptorFile\nversion=1\nCID=12345678\nparentCID=ffffffff\ncreateType=\"streamOptimized\"\n"
            "RW %" PRIu64 " SPARSE \"disk.vmdk\"\nddb.adapterType = \"lsilogic\"\n",
            capacity);
   CHECK_OK(file_create(argv[2], &file));
   CHECK_OK(streamWriter_begin(&file, descriptor, strlen(descriptor), capacity, &writer));
   for (uint64 i = 0; i * STREAM_GRAIN_SECTORS < capacity; i++) {
      memset(grain, 0, sizeof grain);
      CHECK(fread(grain, 1, sizeof grain, raw) > 0);
      CHECK_OK(streamWriter_write(writer, i, grain));
   }
   CHECK_OK(streamWriter_end(writer));
   streamWriter_free(writer);
   CHECK_OK(file_close(&file));
   fclose(raw);
   return 0;
}
