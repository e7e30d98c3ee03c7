/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "fuzz.h"

#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

static char folder[PATH_MAX];
static char path[PATH_MAX + 256];

static void removeFolder(void)
{
   (void)unlink(path);
   (void)rmdir(folder);
}

static void makeFolder(void)
{
   const char *base = getenv("TMPDIR");

   if (base == NULL) {
      base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
   }
   snprintf(folder, sizeof folder, "%s/vddkFuzzXXXXXX", base);
   FUZZ_CHECK(mkdtemp(folder) != NULL);
   atexit(removeFolder);
}

const char *fuzz_writeFile(const char *name, const uint8_t *data, size_t size)
{
   int fd;

   if (folder[0] == '\0') {
      makeFolder();
   }
   snprintf(path, sizeof path, "%s/%s", folder, name);
   fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
   FUZZ_CHECK(fd >= 0 && write(fd, data, size) == (ssize_t)size && close(fd) == 0);
   return path;
}
