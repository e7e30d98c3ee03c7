/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Links: one descriptor and its extents, which is a whole disk, or one link in a chain of them.
 */
#ifndef LINK_H
#define LINK_H

#include "common.h"
#include "descriptor.h"
#include "extent.h"
#include "file.h"

typedef struct Link {
   char *path; /* canonical, of the main file */
   File main;  /* the text descriptor, or the sparse extent that has it embedded; a writer has its lock */
   bool writable;
   Descriptor *descriptor;
   bool embedded;           /* the descriptor is in an area of the main file */
   uint64 descriptorOffset; /* of the area, in bytes */
   uint64 descriptorRoom;   /* size of the area, in bytes */
   Extent *extents;
   size_t numExtents;
   bool contentIdChanged; /* since the link was opened */
} Link;

/* Opens the disk at a canonical path. */
VixError link_open(const char *path, bool writable, Link **link);

/* Opens the main file and reads the descriptor only, for those who ask about a disk without using its data. */
VixError link_openDescriptor(const char *path, bool writable, Link **link);

/* Closes a link and frees it; its error is that of the last writes. */
VixError link_close(Link *link);

VixError link_read(Link *link, uint64 sector, uint64 count, uint8 *buffer);
VixError link_write(Link *link, uint64 sector, uint64 count, const uint8 *buffer);
VixError link_flush(Link *link);

/* Finds the first run between two sectors that takes up space; *start == *end if there is none. */
VixError link_nextAllocated(Link *link, uint64 from, uint64 to, uint64 *start, uint64 *end);

/* Sets a value of the disk database ("ddb.uuid"); it is on stable storage when the call returns. */
VixError link_setValue(Link *link, const char *key, const char *value);

/* Gives the contents a new identity, as the first write after opening does: children made before no longer fit. */
VixError link_changeContentId(Link *link);

#endif /* LINK_H */
