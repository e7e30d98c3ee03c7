/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Descriptors: the text that says what a virtual disk is made of. The text as it was read stays the authority, so that
 * an edit changes its own line and nothing else.
 */
#ifndef DESCRIPTOR_H
#define DESCRIPTOR_H

#include "common.h"

/* The longest text that is taken for a descriptor; a disk with a thousand extents needs a tenth of it. */
#define DESCRIPTOR_MAX_BYTES ((size_t)1 << 20)

/* Most extents of one disk: twice what a disk of 2 TiB in pieces of 2 GiB needs. */
#define DESCRIPTOR_MAX_EXTENTS 2048

/* Room for the name of an encoding. */
#define DESCRIPTOR_ENCODING_SIZE 32

#define NO_PARENT UINT32_C(0xffffffff)

typedef enum { ACCESS_READ_WRITE, ACCESS_READ_ONLY, ACCESS_NONE } ExtentAccess;

typedef enum { EXTENT_LINE_FLAT, EXTENT_LINE_SPARSE, EXTENT_LINE_ZERO, EXTENT_LINE_OTHER } ExtentLineKind;

/* A piece of a descriptor's text. */
typedef struct TextSpan {
   const char *start;
   size_t length;
} TextSpan;

/* An extent as the descriptor has it. */
typedef struct ExtentLine {
   ExtentAccess access;
   uint64 sectors;
   ExtentLineKind kind;
   char *fileName;     /* in UTF-8, whatever the descriptor is written in; NULL for ZERO */
   uint64 startSector; /* in the file, for FLAT */
   TextSpan line;      /* of the descriptor's text, and the parts of it that change */
   TextSpan sectorsText;
   TextSpan keyword;
   TextSpan nameText;
} ExtentLine;

typedef struct Descriptor {
   char *text; /* with a NUL at its end, and none before */
   size_t length;
   char encoding[DESCRIPTOR_ENCODING_SIZE]; /* of the text; "" if it does not say */
   uint32 contentId;
   uint32 parentContentId;
   ExtentLine *extents;
   size_t numExtents;
   uint64 capacity; /* of all extents, in sectors */
} Descriptor;

/* Whether these first bytes of a file can be those of a descriptor. */
bool descriptor_isOne(const char *bytes, size_t length);

/*
 * Reads a text, up to its first NUL; VIX_E_DISK_INVALIDDISK if it does not describe a disk, VIX_E_DISK_ENCODING if it
 * is in an encoding that is not known, or its file names are not in the one that it says.
 */
VixError descriptor_parse(const char *bytes, size_t length, Descriptor **descriptor);

void descriptor_free(Descriptor *descriptor);

/* Finds the value of a key, without its quotes. The first line counts if a key is there twice. */
bool descriptor_find(const Descriptor *descriptor, const char *key, TextSpan *value);

/* Copies the value of a key into a buffer; "" if it is not there or does not fit. */
void descriptor_get(const Descriptor *descriptor, const char *key, char *buffer, size_t size);

/* The value of a key as a number; 0 if it is not there or is none. */
uint32 descriptor_getNumber(const Descriptor *descriptor, const char *key);

/* The kind of disk that the descriptor says it is ("monolithicSparse"), and whether it is this one, in any case. */
TextSpan descriptor_createType(const Descriptor *descriptor);
bool descriptor_isOfType(const Descriptor *descriptor, const char *createType);

/* Where the parent was when the link was made, in UTF-8, as heap memory; NULL if the descriptor does not say. */
char *descriptor_parentHint(const Descriptor *descriptor);

/* Finds the line of a key, and its value in it. */
bool descriptor_findLine(const Descriptor *descriptor, const char *key, TextSpan *line, TextSpan *value);

/* Steps through the lines of a text: *line is the next one, without its end. Starts with *rest being the text. */
bool descriptor_nextLine(const char **rest, TextSpan *line);

/* Splits "key = value": trims both, and takes the quotes off the value. */
bool descriptor_splitLine(TextSpan line, TextSpan *key, TextSpan *value);

/*
 * Edits: each returns a new text as heap memory, or NULL without memory. Names are in UTF-8; whether a descriptor can
 * hold one, in its encoding and between quotes, is to be asked before.
 */
bool descriptor_canHold(const Descriptor *descriptor, const char *name);

/* Another value for a key of the disk database. */
char *descriptor_withValue(const Descriptor *descriptor, const char *key, const char *value);

/* Another parent. */
char *descriptor_withParent(const Descriptor *descriptor, uint32 contentId, const char *hint);

/* Another size for the last extent, and more lines after it, with line ends between them, or "". */
char *descriptor_withLastExtent(const Descriptor *descriptor, uint64 sectors, const char *moreLines);

/* Another file name for each extent that has one; names has one place for each extent. */
char *descriptor_withNames(const Descriptor *descriptor, char *const *names);

#endif /* DESCRIPTOR_H */
