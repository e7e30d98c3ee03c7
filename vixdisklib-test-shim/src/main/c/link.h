/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Links: one descriptor and its extents, which is a whole disk, or one link in a chain of them. What a child has never
 * written shows its parent's data.
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
   bool contentIdChanged;       /* since the link was opened, or since its last child was made */
   struct Link *_Atomic parent; /* whose data shows where this link has none; NULL if there is none */
   bool parentMissing;          /* there is one, which was not opened */
} Link;

/* Most links of a chain. */
#define LINK_MAX_DEPTH 4096

/*
 * Opens the disk at a canonical path, with the parents of a child, which are never written; or that link alone.
 * VIX_E_DISK_CID_MISMATCH if a parent has been written since its child was made.
 */
VixError link_open(const char *path, bool writable, bool alone, Link **link);

/*
 * Opens a link alone whose main file is open already, for writing. The link has the file from then on, unless this
 * fails.
 */
VixError link_openMade(const char *path, File *main, Link **link);

/* Opens the main file and reads the descriptor only, for those who ask about a disk without using its data. */
VixError link_openDescriptor(const char *path, bool writable, Link **link);

/* Whether a link can be the parent of another: VIX_E_DISK_CAPACITY_MISMATCH, VIX_E_DISK_CID_MISMATCH. */
VixError link_checkFit(const Link *parent, const Link *child);

/* Whether all extents lie beside the descriptor; VIX_E_FILE_NAME_INVALID. */
VixError link_checkNames(const Link *link);

/* Closes a link and its parents and frees them; its error is that of the last writes. */
VixError link_close(Link *link);

/* How many links the chain has that begins with this one, as far as it is open. */
int link_depth(const Link *link);

/* VIX_E_DISK_PARTIALCHAIN where the data is in a parent that was not opened. */
VixError link_read(const Link *link, uint64 sector, uint64 count, uint8 *buffer);
VixError link_write(Link *link, uint64 sector, uint64 count, const uint8 *buffer);
VixError link_flush(Link *link);

/*
 * Finds the first run between two sectors that takes up space, in a parent too; *start == *end if there is none. A link
 * that was opened without its parents tells of itself only.
 */
VixError link_nextAllocated(const Link *link, uint64 from, uint64 to, uint64 *start, uint64 *end);

/*
 * Puts another text in place of the descriptor's; it is heap memory that is freed, or NULL for VIX_E_OUT_OF_MEMORY. It
 * is on stable storage when the call returns.
 */
VixError link_setText(Link *link, char *text);

/* Gives the contents a new identity, as the first write after opening does: children made before no longer fit. */
VixError link_changeContentId(Link *link);

#endif /* LINK_H */
