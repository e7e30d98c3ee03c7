/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "disks.h"

#include <ftw.h>
#include <sched.h>
#include <stdarg.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHUNK 2048u

const VixDiskLibDiskType allTypes[NUM_TYPES] = {VIXDISKLIB_DISK_MONOLITHIC_SPARSE, VIXDISKLIB_DISK_MONOLITHIC_FLAT,
                                                VIXDISKLIB_DISK_SPLIT_SPARSE, VIXDISKLIB_DISK_SPLIT_FLAT,
                                                VIXDISKLIB_DISK_VMFS_FLAT};

static uint8 buffer[CHUNK * SECTOR];

/* -------------------------------------------------------------------------------------------------- disks */

static uint64 partOf(uint64 count)
{
   return count < CHUNK ? count : CHUNK;
}

void writePiece(VixDiskLibHandle disk, uint64 sector, uint64 count, uint32 seed)
{
   for (uint64 done = 0; done < count; done += CHUNK) {
      fillPattern(buffer, sector + done, partOf(count - done), seed);
      CHECK_OK(VixDiskLib_Write(disk, sector + done, partOf(count - done), buffer));
   }
}

void checkPiece(VixDiskLibHandle disk, uint64 sector, uint64 count, uint32 seed)
{
   for (uint64 done = 0; done < count; done += CHUNK) {
      CHECK_OK(VixDiskLib_Read(disk, sector + done, partOf(count - done), buffer));
      checkPattern(buffer, sector + done, partOf(count - done), seed);
   }
}

void checkZeros(VixDiskLibHandle disk, uint64 sector, uint64 count)
{
   for (uint64 done = 0; done < count; done += CHUNK) {
      CHECK_OK(VixDiskLib_Read(disk, sector + done, partOf(count - done), buffer));
      CHECK(isZero(buffer, (size_t)partOf(count - done) * SECTOR));
   }
}

void writeTo(const char *name, uint64 sector, uint64 count, uint32 seed)
{
   VixDiskLibHandle disk = openDisk(name, 0);

   writePiece(disk, sector, count, seed);
   CHECK_OK(VixDiskLib_Close(disk));
}

void checkIn(const char *name, uint64 sector, uint64 count, uint32 seed)
{
   VixDiskLibHandle disk = openDisk(name, VIXDISKLIB_FLAG_OPEN_READ_ONLY);

   checkPiece(disk, sector, count, seed);
   CHECK_OK(VixDiskLib_Close(disk));
}

void checkZerosIn(const char *name, uint64 sector, uint64 count)
{
   VixDiskLibHandle disk = openDisk(name, VIXDISKLIB_FLAG_OPEN_READ_ONLY);

   checkZeros(disk, sector, count);
   CHECK_OK(VixDiskLib_Close(disk));
}

uint64 capacityOf(const char *name)
{
   VixDiskLibHandle disk = openDisk(name, VIXDISKLIB_FLAG_OPEN_READ_ONLY);
   VixDiskLibInfo *info;
   uint64 capacity;

   CHECK_OK(VixDiskLib_GetInfo(disk, &info));
   capacity = info->capacity;
   VixDiskLib_FreeInfo(info);
   CHECK_OK(VixDiskLib_Close(disk));
   return capacity;
}

VixError tryChild(const char *parent, uint32 flags, const char *child, VixDiskLibDiskType type)
{
   VixDiskLibHandle disk = openDisk(parent, flags);
   VixError error = VixDiskLib_CreateChild(disk, pathOf(child), type, NULL, NULL);

   CHECK_OK(VixDiskLib_Close(disk));
   return error;
}

void createChild(const char *parent, const char *child)
{
   CHECK_OK(tryChild(parent, VIXDISKLIB_FLAG_OPEN_READ_ONLY, child, VIXDISKLIB_DISK_MONOLITHIC_SPARSE));
}

VixError tryClone(const char *target, const char *source, VixDiskLibDiskType type, bool overwrite)
{
   VixDiskLibCreateParams params = {
      .diskType = type, .adapterType = VIXDISKLIB_ADAPTER_SCSI_LSILOGIC, .hwVersion = VIXDISKLIB_HWVERSION_CURRENT};

   return VixDiskLib_Clone(local, pathOf(target), local, pathOf(source), &params, NULL, NULL, overwrite);
}

/* -------------------------------------------------------------------------------------------------- files */

void replaceText(const char *name, const char *old, const char *new)
{
   size_t length;
   char *text = (char *)readFile(name, &length);
   char *place = strstr(text, old);
   char *changed;

   CHECK(place != NULL && strstr(place + 1, old) == NULL);
   CHECK(asprintf(&changed, "%.*s%s%s", (int)(place - text), text, new, place + strlen(old)) > 0);
   writeText(name, changed);
   free(changed);
   free(text);
}

static int found;
static bool removing;

static int visit(const char *path, const struct stat *status, int kind, struct FTW *position)
{
   (void)status;
   found += kind == FTW_F;
   return removing && position->level > 0 ? remove(path) : 0;
}

int countFiles(void)
{
   found = 0;
   removing = false;
   CHECK(nftw(pathOf("."), visit, 16, FTW_PHYS) == 0);
   return found;
}

void emptyFolder(void)
{
   removing = true;
   CHECK(nftw(pathOf("."), visit, 16, FTW_PHYS | FTW_DEPTH) == 0);
}

void runInSmallFileSystem(void (*run)(void))
{
   int status;
   pid_t child;

   CHECK(mkdir(pathOf("small"), 0755) == 0);
   fflush(stdout);
   child = fork();
   if (child == 0) {
      if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
          mount("none", pathOf("small"), "tmpfs", 0, "size=1m") != 0) {
         printf("   skipped: no file system of its own\n");
         fflush(stdout);
         _exit(0);
      }
      run();
      _exit(0);
   }
   CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status));
   CHECK_EQUAL(0, WEXITSTATUS(status));
}

void copyFile(const char *from, const char *to)
{
   size_t length;
   uint8 *bytes = readFile(from, &length);

   writeFile(to, bytes, length);
   free(bytes);
}

bool sameFiles(const char *one, const char *other)
{
   size_t length;
   size_t otherLength;
   uint8 *bytes = readFile(one, &length);
   uint8 *otherBytes = readFile(other, &otherLength);
   bool same = length == otherLength && memcmp(bytes, otherBytes, length) == 0;

   free(bytes);
   free(otherBytes);
   return same;
}

/* ------------------------------------------------------------------------------------------ other programs */

bool shell(const char *format, ...)
{
   char command[4096];
   size_t length;
   va_list args;

   snprintf(command, sizeof command, "exec >/dev/null 2>&1; cd '%s' || exit 1; ", pathOf("."));
   length = strlen(command);
   va_start(args, format);
   vsnprintf(command + length, sizeof command - length, format, args);
   va_end(args);
   return system(command) == 0;
}

bool hasQemu(void)
{
   const char *required = getenv("VIXDISKLIB_REQUIRE_QEMU");
   bool there = system("command -v qemu-img >/dev/null && command -v qemu-io >/dev/null") == 0;

   if (!there && required != NULL && strcmp(required, "1") == 0) {
      fprintf(stderr, "qemu-img not found: install qemu-utils\n");
      exit(1);
   }
   return there;
}
