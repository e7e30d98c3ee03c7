/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * The ways to the data of a disk.
 */
#ifndef TRANSPORT_H
#define TRANSPORT_H

#include "common.h"

typedef enum {
   TRANSPORT_FILE, /* a local disk; all others are of servers */
   TRANSPORT_SAN,
   TRANSPORT_HOTADD,
   TRANSPORT_NBDSSL,
   TRANSPORT_NBD,
   TRANSPORT_KINDS
} Transport;

/* A constant text. */
const char *transport_name(Transport transport);

/* Steps through "san:hotadd:nbd": takes the first token off the list. False at the end of the list. */
bool transport_nextToken(const char **list, const char **token, size_t *length);

/* The transport of a server that a token names; TRANSPORT_KINDS if it names none. */
Transport transport_ofToken(const char *token, size_t length);

/* Whether the data goes through buffers of the server's host. */
bool transport_isNetwork(Transport transport);

#endif /* TRANSPORT_H */
