/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * What the tests of several disks have in common.
 */
#ifndef DISKS_H
#define DISKS_H

#include "support.h"

/* Writes a pattern to a disk, or checks it, or checks for zeros; the count is not limited. */
void writePiece(VixDiskLibHandle disk, uint64 sector, uint64 count, uint32 seed);
void checkPiece(VixDiskLibHandle disk, uint64 sector, uint64 count, uint32 seed);
void checkZeros(VixDiskLibHandle disk, uint64 sector, uint64 count);

/* The same with a disk that is opened for it; checking opens it for reading. */
void writeTo(const char *name, uint64 sector, uint64 count, uint32 seed);
void checkIn(const char *name, uint64 sector, uint64 count, uint32 seed);
void checkZerosIn(const char *name, uint64 sector, uint64 count);

/* What GetInfo tells of a disk that is closed. */
uint64 capacityOf(const char *name);

/* Makes a child of a disk, which is opened for it with these flags. */
VixError tryChild(const char *parent, uint32 flags, const char *child, VixDiskLibDiskType type);
void createChild(const char *parent, const char *child);

VixError tryClone(const char *target, const char *source, VixDiskLibDiskType type, bool overwrite);

/* Changes a text file: what stands once in it is replaced. */
void replaceText(const char *name, const char *old, const char *new);

/* All regular files below the folder of the test, and an empty folder. */
int countFiles(void);
void emptyFolder(void);

/*
 * Runs something in a process of its own, in which the folder "small" is a file system of 1 MiB; or not at all where
 * that cannot be had.
 */
void runInSmallFileSystem(void (*run)(void));

/* Copies a file of the folder. */
void copyFile(const char *from, const char *to);

bool sameFiles(const char *one, const char *other);

/* Whether qemu-img and qemu-io are there; ends the program where they must be. */
bool hasQemu(void);

/* Runs a command in the folder of the test with sh, quietly; whether it succeeded. */
__attribute__((format(printf, 1, 2))) bool shell(const char *format, ...);

/* The types of disks that can be created, and how many they are. */
#define NUM_TYPES 5
extern const VixDiskLibDiskType allTypes[NUM_TYPES];

#endif /* DISKS_H */
