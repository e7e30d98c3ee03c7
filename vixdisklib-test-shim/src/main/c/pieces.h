/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * How disks of a type are put together, and the files of their extents.
 */
#ifndef PIECES_H
#define PIECES_H

#include "common.h"
#include "descriptor.h"
#include "file.h"

typedef struct Shape {
   const char *createType;
   const char *keyword;    /* of an extent */
   bool embedded;          /* the descriptor is in the only extent */
   char letter;            /* in the names of the files of several extents; 0 for one */
   uint64 maxPieceSectors; /* UINT64_MAX for no limit */
} Shape;

/* The shape of new disks of a type; NULL for types that are not made here. */
const Shape *shape_ofType(VixDiskLibDiskType type);

/* The shape of the disk that a descriptor describes; NULL for others than those above. */
const Shape *shape_ofDescriptor(const Descriptor *descriptor);

bool shape_isSparse(const Shape *shape);

/*
 * Extents in files of their own. While a disk is made, each file has a second name: a process that is killed leaves
 * both, which tells the next attempt that the file is nobody's.
 */
typedef struct Pieces {
   const Shape *shape;
   const char *path; /* of the disk, whose extents lie beside it and are called like it */
   size_t first;     /* number of the first one; those before are there already */
   bool takeOver;    /* what an attempt that did not come to its end has left is replaced */
   size_t count;     /* that have been made */
   char *lines;      /* of the descriptor, with line ends between them; NULL before they are made */
} Pieces;

/*
 * Makes extents for so many sectors, in files that must not exist, but for what may be taken over; a failure leaves
 * none of them.
 */
VixError pieces_make(Pieces *pieces, uint64 sectors);

/* Deletes a file that has its second name, since it is what a process has left that was killed. */
void pieces_removeLeftover(const char *path);

/* Takes the second names away, when there is a descriptor that leads to the files. */
void pieces_settle(const Pieces *pieces);

/* Takes a second name away that a killed process has left, of an extent that is to go. */
void pieces_removeSecondName(const char *path);

/* Deletes the files. */
void pieces_remove(Pieces *pieces);

/* Fills the file of a sparse extent, with a descriptor in it or without (NULL). The header goes last. */
VixError pieces_fillSparse(File *file, uint64 sectors, const char *descriptor, size_t length);

#endif /* PIECES_H */
