/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "descriptor.h"
#include "file.h"
#include "log.h"

/* A configuration has some dozens of lines. */
#define MAX_CONFIG_BYTES (1 << 20)

/* The settings that callers can be expected to use; a last part of "*" stands for any. */
static const char *const knownNames[] = {
   "tmpDirectory",
   "log.fileName",
   "log.fileLevel",
   "vixDiskLib.transport.*",
   "vixDiskLib.nfc.*",
   "vixDiskLib.nfcFssrvr.*",
   "vixDiskLib.nfcFssrvrWrite.*",
   "vixDiskLib.nfcAio.*",
   "vixDiskLib.disklib.EnableCache",
   "vixDiskLib.linuxSSL.verifyCertificates",
   "vixDiskLib.ssl.enableSslFIPS",
   "vixDiskLib.phoneHome.*",
};

static bool isKnown(TextSpan name)
{
   for (size_t i = 0; i < sizeof knownNames / sizeof knownNames[0]; i++) {
      const char *known = knownNames[i];
      size_t length = strlen(known);

      if (known[length - 1] == '*' ? name.length >= length && memcmp(name.start, known, length - 1) == 0
                                   : name.length == length && memcmp(name.start, known, length) == 0) {
         return true;
      }
   }
   return false;
}

/* Whether there is nothing on a line but blanks and a comment. */
static bool isEmpty(TextSpan line)
{
   while (line.length > 0 && (*line.start == ' ' || *line.start == '\t')) {
      line.start++;
      line.length--;
   }
   return line.length == 0 || *line.start == '#';
}

static void readLine(int number, TextSpan line)
{
   TextSpan name;
   TextSpan value;

   if (isEmpty(line)) {
      return;
   }
   if (!descriptor_splitLine(line, &name, &value)) {
      log_warn("VixDiskLib: line %d of the configuration is not of the form name=value.\n", number);
   } else if (!isKnown(name)) {
      log_warn("VixDiskLib: the setting \"%.*s\" is not known and has no effect.\n", (int)name.length, name.start);
   }
}

/* The text of the file, as heap memory. */
static VixError readText(const char *path, char **text)
{
   File file;
   VixError error = file_open(path, false, &file);

   if (error != VIX_OK) {
      return error;
   }
   if (file.size > MAX_CONFIG_BYTES) {
      file_close(&file);
      return VIX_E_FILE_TOO_BIG;
   }
   *text = calloc(1, (size_t)file.size + 1);
   error = *text == NULL ? VIX_E_OUT_OF_MEMORY : file_read(&file, 0, *text, (size_t)file.size);
   file_close(&file);
   if (error != VIX_OK) {
      free(*text);
   }
   return error;
}

void config_read(const char *path)
{
   char *text;
   const char *rest;
   TextSpan line;
   int number = 0;
   VixError error = readText(path, &text);

   if (error != VIX_OK) {
      log_warn("VixDiskLib: the configuration file \"%s\" cannot be read (error %llu).\n", path,
               (unsigned long long)error);
      return;
   }
   rest = text;
   while (descriptor_nextLine(&rest, &line)) {
      readLine(++number, line);
   }
   free(text);
   log_info("VixDiskLib: the configuration file \"%s\" has %d lines.\n", path, number);
}
