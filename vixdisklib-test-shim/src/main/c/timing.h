/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * How long the transports take, as the configuration or VddkFake_SetTiming says; what follows from it is in pace.h.
 */
#ifndef TIMING_H
#define TIMING_H

#include "common.h"

/* An hour. */
#define TIMING_MAX_LATENCY_MICROS UINT64_C(3600000000)

typedef struct Timing {
   uint64 latencyNanos;   /* of a request, or of each fragment */
   uint64 bytesPerSecond; /* 0 for no limit, as below */
   uint64 atOnce;         /* requests, or fragments, that the host serves at the same time */
   uint64 fragmentBytes;  /* requests are cut into fragments of so many bytes */
   uint64 buffers;        /* fragments of a disk that are on the way at the same time */
} Timing;

/* The timing of a transport; false if its requests take no time but that of the files. */
bool timing_of(const char *transport, Timing *timing);

bool timing_areEqual(const Timing *one, const Timing *other);

/* Takes what the configuration says, and forgets it again. */
void timing_configure(void);
void timing_forget(void);

#endif /* TIMING_H */
