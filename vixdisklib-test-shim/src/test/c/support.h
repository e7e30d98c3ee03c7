/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * What the tests have in common. A test is a function; a failed check ends the program and says where.
 */
#ifndef SUPPORT_H
#define SUPPORT_H

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vddkFake.h"
#include "vixDiskLib.h"

#define SECTOR 512u
#define GRAIN 128u /* sectors, of the sparse disks that the library makes */

void failCheck(const char *file, int line, const char *what);
void failNumber(const char *file, int line, const char *what, uint64 expected, uint64 actual);

#define CHECK(condition) ((condition) ? (void)0 : failCheck(__FILE__, __LINE__, #condition))
#define CHECK_EQUAL(expected, actual) checkEqual(__FILE__, __LINE__, #actual, (uint64)(expected), (uint64)(actual))
#define CHECK_OK(call) CHECK_EQUAL(VIX_OK, call)

static inline void checkEqual(const char *file, int line, const char *what, uint64 expected, uint64 actual)
{
   if (expected != actual) {
      failNumber(file, line, what, expected, actual);
   }
}

/* Runs a test between the making and the removal of a folder of its own. */
#define RUN(test) runTest(#test, test)
void runTest(const char *name, void (*test)(void));

/* Ends a program whose tests have run, and checks that nothing was left behind. */
int finish(void);

/* The absolute name of a file in the folder of the test; good until 16 more were asked for. */
const char *pathOf(const char *name);

/* The library, initialised for version 8.0 or another one with callbacks that collect what is logged. */
void startLibrary(void);
void startLibraryFor(uint32 major, uint32 minor);
VixError tryStartLibrary(uint32 major, uint32 minor, const char *configFile);
VixError tryStartLibraryIn(const char *libDir, uint32 major, uint32 minor, const char *configFile);
void stopLibrary(void);

/* Whether something was logged that has this text in it, since the library was started. */
bool wasLogged(const char *text);

VixDiskLibConnection connectLocally(void);

/* Creates and opens disks on a connection of their own, which closeDisk ends. */
VixError tryCreate(const char *name, VixDiskLibDiskType type, uint64 capacity);
void createDisk(const char *name, VixDiskLibDiskType type, uint64 capacity);
VixDiskLibHandle openDisk(const char *name, uint32 flags);
VixError tryOpen(const char *name, uint32 flags);

/* The connection that the helpers above use. */
extern VixDiskLibConnection local;

/* Files as a whole. */
void writeFile(const char *name, const void *bytes, size_t length);
void writeText(const char *name, const char *text);
uint8 *readFile(const char *name, size_t *length);
bool fileExists(const char *name);
void patchFile(const char *name, uint64 offset, const void *bytes, size_t length);

/* Fills a buffer with something that depends on the sector and on the seed, and is never zero. */
void fillPattern(uint8 *buffer, uint64 sector, uint64 count, uint32 seed);
void checkPattern(const uint8 *buffer, uint64 sector, uint64 count, uint32 seed);
bool isZero(const uint8 *buffer, size_t length);

/* Random numbers that are the same for the same seed. */
typedef struct Random {
   uint64 state;
} Random;

uint64 nextRandom(Random *random, uint64 limit);

/* The seed of this run: of the environment variable SEED if that is set, else of the clock. It is printed. */
uint64 chooseSeed(void);

#endif /* SUPPORT_H */
