/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "uuid.h"

#include <stdio.h>
#include <string.h>

#include "random.h"

/* What identifiers of virtual disks begin with: a network address authority and the number of a vendor. */
static const uint8 prefix[4] = {0x60, 0x00, 0xc2, 0x90};

void uuid_format(const uint8 bytes[UUID_BYTES], char text[UUID_TEXT_SIZE])
{
   for (size_t i = 0; i < UUID_BYTES; i++) {
      char after = i == UUID_BYTES / 2 - 1 ? '-' : i == UUID_BYTES - 1 ? '\0' : ' ';

      snprintf(text + 3 * i, 3, "%02x", bytes[i]);
      text[3 * i + 2] = after;
   }
}

void uuid_random(uint8 bytes[UUID_BYTES])
{
   random_bytes(bytes, UUID_BYTES);
   bytes[3] = (uint8)(bytes[3] % 16 + prefix[3]);
   memcpy(bytes, prefix, 3);
}

void uuid_derive(const char *name, uint64 number, uint8 bytes[UUID_BYTES])
{
   uint64 hash = UINT64_C(14695981039346656037) ^ number;

   for (size_t i = 0; i < UUID_BYTES; i++) {
      for (const char *c = name; *c != '\0'; c++) {
         hash = (hash ^ (uint8)*c) * UINT64_C(1099511628211);
      }
      bytes[i] = (uint8)(hash >> 32);
      hash ^= hash >> 29;
   }
   memcpy(bytes, prefix, sizeof prefix);
}
