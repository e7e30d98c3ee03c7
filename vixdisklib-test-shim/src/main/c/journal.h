/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * The journal of all calls, as VddkFake_ReadJournal tells it, and the counts of them. What it knows of a call is its
 * shape: no parameter of a connection and no data gets into it.
 */
#ifndef JOURNAL_H
#define JOURNAL_H

#include "call.h"

/* Enters a call that has ended, and takes its hold of the path of a disk. */
void journal_add(Call *call, VixError result);

/* Appends what is entered from now on to the file that the configuration names too, until the next two say otherwise.
 */
void journal_beginFile(void);
void journal_endFile(void);

/* In the child of a fork, whose file the journal of the parent is, too. */
void journal_startInChild(void);

#endif /* JOURNAL_H */
