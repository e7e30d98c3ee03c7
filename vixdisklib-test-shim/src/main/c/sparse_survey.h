/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Who has what of the file of a sparse extent. Both copies of the directory and of the tables are compared, and each
 * sector of the file goes to at most one owner, the trustworthy first: what is in a fixed place; tables of which both
 * copies are the same, and the grains in them; tables where tables usually are, and their grains; tables that make
 * sense; and the rest. So a damaged entry of a directory does not turn somebody's grain into a table. Of a table, the
 * grains come first on which its copies agree. Those that come too late are losers.
 *
 * Only what the file has room for when the survey begins is inside of it, whatever is added to it meanwhile.
 */
#ifndef SPARSE_SURVEY_H
#define SPARSE_SURVEY_H

#include "common.h"
#include "file.h"
#include "sector_set.h"
#include "sparse_header.h"

typedef enum {
   TABLE_ABSENT, /* the directory has no position for it */
   TABLE_GOOD,
   TABLE_SHARED, /* where something else is too */
   TABLE_LOST,   /* where no table can be */
   TABLE_PENDING /* not decided yet */
} TableState;

/* How much can be said for an entry of a table. */
typedef enum {
   ENTRY_NONSENSE, /* beyond the end of the file, on the header or on tables, or of a grain beyond the capacity */
   ENTRY_DOUBTFUL, /* cut off by the end of the file, or not where a grain begins */
   ENTRY_SOUND
} EntryQuality;

/* Which copies of a table there were when its grains got their places. */
typedef enum {
   COUNTED_NOT,
   COUNTED_AGREED, /* both, and what they differ in is still to come */
   COUNTED_BOTH,
   COUNTED_MAIN,
   COUNTED_REDUNDANT
} Counted;

typedef struct GrainList {
   uint64 *grains;
   size_t count;
   size_t room;
} GrainList;

typedef struct Survey {
   File *file;
   SparseHeader header;
   uint64 fileBytes;
   uint64 fileSectors; /* whole ones */
   uint64 numTables;
   uint64 numGrains;
   uint64 tableSectors;
   bool hasRedundant;
   bool overlapping; /* what has a fixed place overlaps: nothing is known for sure */
   bool tooMany;     /* losers */
   uint32 *directory;
   uint32 *redundantDirectory;
   uint8 *states; /* TableState of each table */
   uint8 *redundantStates;
   uint8 *counted;   /* Counted of each table */
   bool *empty;      /* tables of which both copies are good and have no entries */
   SectorSet fixed;  /* header, descriptor and directories */
   SectorSet tables; /* the tables */
   SectorSet grains;
   uint32 *entries; /* of the table that was loaded last, in the machine's byte order */
   uint32 *redundantEntries;
   GrainList losers;
} Survey;

/* Surveys a file; after a success, to be ended. */
VixError survey_begin(File *file, const SparseHeader *header, Survey *survey);
void survey_end(Survey *survey);

/* Whether a directory has a position for a table. */
bool survey_hasTable(const Survey *survey, uint64 table);

/*
 * Loads the entries of both copies of a table. A copy that there is not, or that makes less sense than the other one,
 * appears as the other one, save for a main table that is absent: that is a table of holes.
 */
VixError survey_loadTable(Survey *survey, uint64 table);

EntryQuality survey_qualityOf(const Survey *survey, uint64 grain, uint32 entry);

/* Whether an entry stands for a grain that takes no space. */
bool survey_isZero(const Survey *survey, uint32 entry);

/* Whether the redundant entry makes more sense than the main one. */
bool survey_isOutranked(const Survey *survey, uint64 grain, uint32 entry, uint32 redundant);

/* Gives a grain its place, unless another one has a part of it. */
bool survey_claim(Survey *survey, uint32 entry);

/* How many sectors a grain takes of the file as it was: fewer if the file ends in it. */
uint64 survey_sectorsInFile(const Survey *survey, uint32 entry);

bool grainList_add(GrainList *list, uint64 grain);
void grainList_sort(GrainList *list);

/* Whether a grain is in a list that is sorted. */
bool grainList_has(const GrainList *list, uint64 grain);

#endif /* SPARSE_SURVEY_H */
