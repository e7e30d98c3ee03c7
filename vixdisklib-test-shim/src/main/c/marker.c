/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "marker.h"

#include <endian.h>
#include <string.h>

/* A marker as it is in the file; that of a grain ends after the size. */
typedef struct RawMarker {
   uint64 value;
   uint32 size;
   uint32 type;
} RawMarker;

_Static_assert(offsetof(RawMarker, type) == GRAIN_MARKER_BYTES, "the marker of a grain has no type");

void marker_encode(MarkerType type, uint64 sectorsAfter, uint8 sector[512])
{
   RawMarker raw = {htole64(sectorsAfter), 0, htole32((uint32)type)};

   memset(sector, 0, 512);
   memcpy(sector, &raw, sizeof raw);
}

VixError marker_isAt(File *file, uint64 sector, MarkerType type, bool *isAt)
{
   RawMarker raw;
   VixError error;

   *isAt = false;
   if (sector >= MAX_SECTORS || !file_reaches(file, (sector + 1) * SECTOR_SIZE)) {
      return VIX_OK;
   }
   error = file_read(file, sector * SECTOR_SIZE, &raw, sizeof raw);
   if (error == VIX_OK) {
      *isAt = raw.size == 0 && le32toh(raw.type) == (uint32)type;
   }
   return error;
}

void marker_encodeGrain(GrainMarker marker, uint8 bytes[GRAIN_MARKER_BYTES])
{
   RawMarker raw = {htole64(marker.firstSector), htole32(marker.bytes), 0};

   memcpy(bytes, &raw, GRAIN_MARKER_BYTES);
}

GrainMarker marker_decodeGrain(const uint8 bytes[GRAIN_MARKER_BYTES])
{
   RawMarker raw = {0, 0, 0};

   memcpy(&raw, bytes, GRAIN_MARKER_BYTES);
   return (GrainMarker){le64toh(raw.value), le32toh(raw.size)};
}
