/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "transport.h"

#include <string.h>

static const char *const names[TRANSPORT_KINDS] = {
   [TRANSPORT_FILE] = "file",     [TRANSPORT_SAN] = "san", [TRANSPORT_HOTADD] = "hotadd",
   [TRANSPORT_NBDSSL] = "nbdssl", [TRANSPORT_NBD] = "nbd",
};

const char *transport_name(Transport transport)
{
   return names[transport];
}

bool transport_nextToken(const char **list, const char **token, size_t *length)
{
   if (*list == NULL) {
      return false;
   }
   *token = *list;
   *length = strcspn(*list, ":");
   *list = (*list)[*length] == ':' ? *list + *length + 1 : NULL;
   return true;
}

Transport transport_ofToken(const char *token, size_t length)
{
   Transport transport = TRANSPORT_SAN;

   while (transport < TRANSPORT_KINDS &&
          (strlen(names[transport]) != length || memcmp(names[transport], token, length) != 0)) {
      transport++;
   }
   return transport;
}

bool transport_isNetwork(Transport transport)
{
   return transport == TRANSPORT_NBD || transport == TRANSPORT_NBDSSL;
}
