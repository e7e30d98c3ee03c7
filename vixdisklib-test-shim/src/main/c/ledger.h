/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * The memory that callers hold and give back with a Free function. A pointer that is not in the ledger is never
 * touched, so freeing twice or freeing somebody else's memory is harmless here.
 */
#ifndef LEDGER_H
#define LEDGER_H

#include "common.h"

typedef enum {
   LEDGER_INFO,
   LEDGER_BLOCK_LIST,
   LEDGER_ERROR_TEXT,
   LEDGER_PLAIN_CONNECT_PARAMS, /* made by AllocateConnectParams: the strings in it are the caller's */
   LEDGER_OWNED_CONNECT_PARAMS, /* made by GetConnectParams: the strings in it are the library's */
   LEDGER_KINDS
} LedgerKind;

/* Enters memory; false without memory for the entry. */
bool ledger_add(LedgerKind kind, const void *memory);

/* Takes memory out; false if it is not in. */
bool ledger_remove(LedgerKind kind, const void *memory);

/* Whether memory is in. */
bool ledger_has(LedgerKind kind, const void *memory);

uint64 ledger_count(LedgerKind kind);

#endif /* LEDGER_H */
