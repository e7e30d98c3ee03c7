/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Random operations on a pool of disks, children and clones, and the same ones on plain memory. They are done by
 * processes that end without closing anything, one after the other; each time, and to qemu-img at the end, the disks
 * have the contents that the memory has. POOL_SECONDS says for how long, and SEED repeats a run.
 */
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "disks.h"

#define READ_ONLY VIXDISKLIB_FLAG_OPEN_READ_ONLY
#define SINGLE_LINK VIXDISKLIB_FLAG_OPEN_SINGLE_LINK

#define NUM_DISKS 12
#define MAX_CAPACITY 6000u
#define MAX_GRAINS (MAX_CAPACITY / GRAIN + 1)

typedef struct Member {
   bool used;
   char name[32];
   uint64 capacity;
   int parent; /* -1 for none */
   uint8 *contents;
   bool own[MAX_GRAINS]; /* grains of a child that have been written */
} Member;

static Member pool[NUM_DISKS];
static Random choices;
static unsigned namesGiven;

/* Whether this process does what it decides to do, or only keeps the memory up to date with the one that does. */
static bool acting;

/* The disk that was used last stays open. */
static VixDiskLibHandle current;
static const Member *currentMember;

static uint8 buffer[MAX_CAPACITY * SECTOR];

/* --------------------------------------------------------------------------------------------------- choices */

static uint64 choose(uint64 limit)
{
   return nextRandom(&choices, limit);
}

static bool hasChildren(const Member *member)
{
   for (int i = 0; i < NUM_DISKS; i++) {
      if (pool[i].used && pool[i].parent == member - pool) {
         return true;
      }
   }
   return false;
}

/* A disk that there is, or NULL: any, or one without children. */
static Member *chooseDisk(bool leaf)
{
   Member *member = &pool[choose(NUM_DISKS)];

   return member->used && !(leaf && hasChildren(member)) ? member : NULL;
}

static Member *freePlace(void)
{
   for (int i = 0; i < NUM_DISKS; i++) {
      if (!pool[i].used) {
         return &pool[i];
      }
   }
   return NULL;
}

static bool isAncestor(const Member *ancestor, const Member *member)
{
   for (; member->parent >= 0; member = &pool[member->parent]) {
      if (&pool[member->parent] == ancestor) {
         return true;
      }
   }
   return false;
}

static void chooseRange(const Member *member, uint64 *start, uint64 *count)
{
   *start = choose(member->capacity);
   *count = 1 + choose(choose(3) == 0 ? 1000 : 30);
   if (choose(3) == 0) {
      *start -= *start % GRAIN;
      *count = (*count + GRAIN - 1) / GRAIN * GRAIN;
   }
   if (*count > member->capacity - *start) {
      *count = member->capacity - *start;
   }
}

static void giveName(Member *member)
{
   snprintf(member->name, sizeof member->name, "%sdisk%u.vmdk", choose(3) == 0 ? "there/" : "", namesGiven++);
}

static void use(Member *member, uint64 capacity, int parent)
{
   member->used = true;
   member->capacity = capacity;
   member->parent = parent;
   memset(member->own, 0, sizeof member->own);
   memset(member->contents, 0, sizeof buffer);
}

/* --------------------------------------------------------------------------------------------------- handles */

static void closeCurrent(void)
{
   if (current != NULL) {
      CHECK_OK(VixDiskLib_Close(current));
      current = NULL;
   }
}

static VixDiskLibHandle handleOf(const Member *member)
{
   if (current == NULL || currentMember != member) {
      closeCurrent();
      current = openDisk(member->name, 0);
      currentMember = member;
   }
   return current;
}

/* ------------------------------------------------------------------------------------------------ operations */

static void createOne(void)
{
   Member *member = freePlace();

   if (member != NULL) {
      VixDiskLibDiskType type = allTypes[choose(NUM_TYPES)];

      giveName(member);
      use(member, choose(2) == 0 ? 2000 : 1 + choose(MAX_CAPACITY - 2000), -1);
      if (acting) {
         createDisk(member->name, type, member->capacity);
      }
   }
}

static void markOwn(Member *member, uint64 start, uint64 count)
{
   for (uint64 grain = start / GRAIN; grain * GRAIN < start + count; grain++) {
      member->own[grain] = true;
   }
}

static void removeOne(Member *member)
{
   member->used = false;
   if (acting) {
      closeCurrent();
      CHECK_OK(VixDiskLib_Unlink(local, pathOf(member->name)));
   }
}

/* What was made of a disk that was written is lost, from the ends of the chains on. */
static void removeDescendants(const Member *ancestor)
{
   for (bool again = true; again;) {
      again = false;
      for (int i = 0; i < NUM_DISKS; i++) {
         if (pool[i].used && !hasChildren(&pool[i]) && isAncestor(ancestor, &pool[i])) {
            if (acting) {
               closeCurrent();
               CHECK_EQUAL(VIX_E_DISK_CID_MISMATCH, tryOpen(pool[i].name, READ_ONLY));
            }
            removeOne(&pool[i]);
            again = true;
         }
      }
   }
}

static void writeSome(void)
{
   Member *member = chooseDisk(choose(50) != 0);
   uint64 start;
   uint64 count;

   if (member != NULL) {
      chooseRange(member, &start, &count);
      fillPattern(buffer, start, count, (uint32)choose(UINT32_MAX));
      if (choose(10) == 0) {
         memset(buffer, 0, count * SECTOR);
      }
      memcpy(member->contents + start * SECTOR, buffer, count * SECTOR);
      markOwn(member, start, count);
      if (acting) {
         CHECK_OK(VixDiskLib_Write(handleOf(member), start, count, buffer));
      }
      removeDescendants(member);
   }
}

static void readSome(void)
{
   Member *member = chooseDisk(false);
   uint64 start;
   uint64 count;

   if (member != NULL) {
      chooseRange(member, &start, &count);
      if (acting) {
         CHECK_OK(VixDiskLib_Read(handleOf(member), start, count, buffer));
         CHECK(memcmp(buffer, member->contents + start * SECTOR, count * SECTOR) == 0);
      }
   }
}

static bool lacks(const Member *member, uint64 sector)
{
   return member->parent >= 0 && !member->own[sector / GRAIN];
}

static void useAlone(void)
{
   Member *member = chooseDisk(true);
   VixError expected = VIX_OK;
   VixDiskLibHandle disk = NULL;
   uint64 start;
   uint64 count;
   uint32 seed = (uint32)choose(UINT32_MAX);

   if (member == NULL) {
      return;
   }
   chooseRange(member, &start, &count);
   for (uint64 sector = start; sector < start + count; sector++) {
      expected = lacks(member, sector) ? VIX_E_DISK_PARTIALCHAIN : expected;
   }
   if (acting) {
      closeCurrent();
      disk = openDisk(member->name, SINGLE_LINK);
      CHECK_EQUAL(expected, VixDiskLib_Read(disk, start, count, buffer));
      CHECK(expected != VIX_OK || memcmp(buffer, member->contents + start * SECTOR, count * SECTOR) == 0);
   }
   expected =
      (start % GRAIN != 0 && lacks(member, start)) ||
            ((start + count) % GRAIN != 0 && start + count != member->capacity && lacks(member, start + count - 1))
         ? VIX_E_DISK_PARTIALCHAIN
         : VIX_OK;
   fillPattern(buffer, start, count, seed);
   if (acting) {
      CHECK_EQUAL(expected, VixDiskLib_Write(disk, start, count, buffer));
      CHECK_OK(VixDiskLib_Close(disk));
   }
   if (expected == VIX_OK) {
      memcpy(member->contents + start * SECTOR, buffer, count * SECTOR);
      markOwn(member, start, count);
   }
}

static void makeChild(void)
{
   Member *parent = chooseDisk(false);
   Member *child = freePlace();

   if (parent != NULL && child != NULL) {
      VixDiskLibDiskType type = choose(2) == 0 ? VIXDISKLIB_DISK_MONOLITHIC_SPARSE : VIXDISKLIB_DISK_SPLIT_SPARSE;

      giveName(child);
      use(child, parent->capacity, (int)(parent - pool));
      memcpy(child->contents, parent->contents, sizeof buffer);
      if (acting) {
         CHECK_OK(VixDiskLib_CreateChild(handleOf(parent), pathOf(child->name), type, NULL, NULL));
      }
   }
}

static void cloneOne(void)
{
   Member *source = chooseDisk(false);
   Member *target = choose(3) == 0 ? chooseDisk(true) : freePlace();

   if (source != NULL && target != NULL && source != target) {
      VixDiskLibDiskType type = allTypes[choose(NUM_TYPES)];
      bool replaced = target->used;

      if (!replaced) {
         giveName(target);
      }
      use(target, source->capacity, -1);
      memcpy(target->contents, source->contents, sizeof buffer);
      if (acting) {
         closeCurrent();
         CHECK_OK(tryClone(target->name, source->name, type, replaced));
      }
   }
}

static void growOne(void)
{
   Member *member = chooseDisk(true);

   if (member != NULL && member->parent < 0 && member->capacity < MAX_CAPACITY) {
      member->capacity += 1 + choose(MAX_CAPACITY - member->capacity);
      if (acting) {
         closeCurrent();
         CHECK_OK(VixDiskLib_Grow(local, pathOf(member->name), member->capacity, TRUE, NULL, NULL));
      }
   }
}

static void attachOne(void)
{
   Member *child = chooseDisk(true);
   Member *parent = chooseDisk(false);

   if (child == NULL || parent == NULL || child == parent || child->parent < 0 || child->capacity != parent->capacity) {
      return;
   }
   child->parent = (int)(parent - pool);
   for (uint64 sector = 0; sector < child->capacity; sector++) {
      if (!child->own[sector / GRAIN]) {
         memcpy(child->contents + sector * SECTOR, parent->contents + sector * SECTOR, SECTOR);
      }
   }
   if (acting) {
      VixDiskLibHandle parentDisk;

      closeCurrent();
      parentDisk = openDisk(parent->name, READ_ONLY);
      current = openDisk(child->name, SINGLE_LINK);
      currentMember = child;
      CHECK_OK(VixDiskLib_IsAttachPossible(parentDisk, current));
      CHECK_OK(VixDiskLib_Attach(parentDisk, current));
      CHECK_OK(VixDiskLib_Close(parentDisk));
   }
}

/* In a child, grains of zeros become holes where its parent shows zeros, too. */
static void forgetZeros(Member *member)
{
   static const uint8 zeros[GRAIN * SECTOR];
   const Member *parent = member->parent >= 0 ? &pool[member->parent] : NULL;

   for (uint64 start = 0; parent != NULL && start < member->capacity; start += GRAIN) {
      uint64 count = member->capacity - start < GRAIN ? member->capacity - start : GRAIN;

      if (memcmp(member->contents + start * SECTOR, zeros, count * SECTOR) == 0 &&
          memcmp(parent->contents + start * SECTOR, zeros, count * SECTOR) == 0) {
         member->own[start / GRAIN] = false;
      }
   }
}

static void shrinkOne(void)
{
   Member *member = chooseDisk(false);

   if (member != NULL) {
      forgetZeros(member);
      if (acting) {
         VixError error = VixDiskLib_Shrink(handleOf(member), NULL, NULL);

         CHECK(error == VIX_OK || (error == VIX_E_DISK_CANTSHRINK && member->parent < 0)); /* a flat disk */
      }
   }
}

static void defragmentOne(void)
{
   Member *member = chooseDisk(false);

   if (member != NULL && acting) {
      CHECK_OK(VixDiskLib_Defragment(handleOf(member), NULL, NULL));
   }
}

static void renameOne(void)
{
   Member *member = chooseDisk(true);
   char oldName[sizeof member->name];

   if (member != NULL) {
      memcpy(oldName, member->name, sizeof oldName);
      giveName(member);
      if (acting) {
         closeCurrent();
         CHECK_OK(VixDiskLib_Rename(pathOf(oldName), pathOf(member->name)));
      }
   }
}

static void unlinkOne(void)
{
   Member *member = chooseDisk(true);

   if (member != NULL) {
      removeOne(member);
   }
}

static void step(void)
{
   static void (*const seldom[])(void) = {createOne, makeChild, cloneOne,  growOne,  attachOne, attachOne,
                                          makeChild, renameOne, unlinkOne, useAlone, shrinkOne, defragmentOne};

   switch (choose(3)) {
   case 0:
      writeSome();
      break;
   case 1:
      readSome();
      break;
   default:
      seldom[choose(sizeof seldom / sizeof seldom[0])]();
   }
}

/* ----------------------------------------------------------------------------------------------------- runs */

static void checkAll(bool withQemu)
{
   for (int i = 0; i < NUM_DISKS; i++) {
      const Member *member = &pool[i];

      if (member->used) {
         VixDiskLibHandle disk = openDisk(member->name, READ_ONLY);

         CHECK_EQUAL(member->capacity, capacityOf(member->name));
         CHECK_OK(VixDiskLib_Read(disk, 0, member->capacity, buffer));
         CHECK(memcmp(buffer, member->contents, member->capacity * SECTOR) == 0);
         CHECK_OK(VixDiskLib_Close(disk));
         CHECK_OK(VixDiskLib_CheckRepair(local, pathOf(member->name), FALSE));
      }
      if (member->used && withQemu) {
         writeFile("expected.raw", member->contents, member->capacity * SECTOR);
         CHECK(shell("qemu-img convert -f vmdk -O raw '%s' actual.raw", member->name));
         CHECK(sameFiles("expected.raw", "actual.raw"));
      }
   }
}

/* Does steps in a process that ends without closing, and does them in memory here. */
static void doSteps(uint64 steps)
{
   int status;
   pid_t child;

   fflush(stdout);
   child = fork();
   CHECK(child >= 0);
   acting = child == 0;
   if (acting) {
      startLibrary();
      checkAll(false);
   }
   while (steps-- > 0) {
      step();
   }
   if (acting) {
      _exit(0);
   }
   CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status));
   CHECK_EQUAL(0, WEXITSTATUS(status));
}

static double now(void)
{
   struct timespec time;

   clock_gettime(CLOCK_MONOTONIC, &time);
   return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void aPoolOfDisksIsLikeMemory(void)
{
   const char *given = getenv("POOL_SECONDS");
   double end = now() + (given != NULL ? strtod(given, NULL) : 3);
   bool withQemu = hasQemu();
   int rounds;

   choices.state = chooseSeed();
   CHECK(mkdir(pathOf("there"), 0755) == 0);
   for (int i = 0; i < NUM_DISKS; i++) {
      pool[i].contents = calloc(1, sizeof buffer);
   }
   for (rounds = 0; now() < end; rounds++) {
      doSteps(1 + choose(120));
      if (rounds % 16 == 0) {
         startLibrary();
         checkAll(withQemu);
         stopLibrary();
      }
   }
   startLibrary();
   checkAll(withQemu);
   stopLibrary();
   printf("   %d rounds\n", rounds);
   for (int i = 0; i < NUM_DISKS; i++) {
      free(pool[i].contents);
   }
}

int main(void)
{
   RUN(aPoolOfDisksIsLikeMemory);
   return finish();
}
