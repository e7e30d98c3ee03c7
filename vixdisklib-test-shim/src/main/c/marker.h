/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Markers, which stand before everything in a stream-optimized extent, so that it can be read from start to end.
 */
#ifndef MARKER_H
#define MARKER_H

#include "common.h"
#include "file.h"

/* What a marker that fills a sector says about the sectors after it. */
typedef enum { MARKER_END = 0, MARKER_TABLE = 1, MARKER_DIRECTORY = 2, MARKER_FOOTER = 3 } MarkerType;

void marker_encode(MarkerType type, uint64 sectorsAfter, uint8 sector[512]);

/* Whether a sector of the file is a marker of a type. */
VixError marker_isAt(File *file, uint64 sector, MarkerType type, bool *isAt);

/* The marker of a grain, whose compressed bytes follow it at once. */
typedef struct GrainMarker {
   uint64 firstSector; /* of the grain, in the extent */
   uint32 bytes;       /* never 0, as in all other markers */
} GrainMarker;

#define GRAIN_MARKER_BYTES ((size_t)12)

void marker_encodeGrain(GrainMarker marker, uint8 bytes[GRAIN_MARKER_BYTES]);
GrainMarker marker_decodeGrain(const uint8 bytes[GRAIN_MARKER_BYTES]);

#endif /* MARKER_H */
