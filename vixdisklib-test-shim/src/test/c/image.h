/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * A sparse disk as a file: where its parts are, and its tables.
 */
#ifndef IMAGE_H
#define IMAGE_H

#include "support.h"

#define IMAGE_CAPACITY 200001u /* sectors: four tables, and a grain that is not whole */
#define IMAGE_GRAINS 1563u

/* The offsets in the header of the positions of the two directories. */
typedef enum { REDUNDANT = 48, MAIN = 56 } Copy;

uint64 getField(const char *name, uint64 offset, size_t bytes);
void setField(const char *name, uint64 offset, uint64 value, size_t bytes);

uint64 fileSize(const char *name);

/* The sector of a directory, the position of a table in it, and the entry of a grain; with its place in the file. */
uint64 directoryOf(const char *name, Copy copy);
uint64 tableAt(const char *name, Copy copy, uint64 table);
uint32 tableOf(const char *name, Copy copy, uint64 table);
void setTable(const char *name, Copy copy, uint64 table, uint32 sector);
uint32 entryOf(const char *name, Copy copy, uint64 grain);
void setEntry(const char *name, Copy copy, uint64 grain, uint32 sector);
void setBothEntries(const char *name, uint64 grain, uint32 sector);

/* Makes a disk with grains in every table, which do not lie in their order, and fills in what is in it. */
void makeImage(const char *name, uint8 *contents);

/* Reads all of a disk. */
void readAll(const char *name, uint8 *contents);

/* Where two contents differ first; the capacity if nowhere. */
uint64 firstDifference(const uint8 *one, const uint8 *other);

#endif /* IMAGE_H */
