/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Children and their parents: what shows, what is copied when it is written, and what is no chain.
 */
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "disks.h"
#include "dying.h"

#define READ_ONLY VIXDISKLIB_FLAG_OPEN_READ_ONLY
#define SINGLE_LINK VIXDISKLIB_FLAG_OPEN_SINGLE_LINK
#define SPARSE VIXDISKLIB_DISK_MONOLITHIC_SPARSE
#define FLAT VIXDISKLIB_DISK_MONOLITHIC_FLAT
#define SPLIT VIXDISKLIB_DISK_SPLIT_SPARSE

#define CAPACITY 1000u /* no multiple of a grain */

static uint8 buffer[CAPACITY * SECTOR];

/* base.vmdk, all of it written with seed 1, and its child, which has nothing. */
static void makeBase(const char *child)
{
   createDisk("base.vmdk", SPARSE, CAPACITY);
   writeTo("base.vmdk", 0, CAPACITY, 1);
   createChild("base.vmdk", child);
}

static void hintOf(const char *name, char *hint, size_t size)
{
   VixDiskLibHandle disk = openDisk(name, READ_ONLY | SINGLE_LINK);
   VixDiskLibInfo *info;

   CHECK_OK(VixDiskLib_GetInfo(disk, &info));
   snprintf(hint, size, "%s", info->parentFileNameHint != NULL ? info->parentFileNameHint : "none");
   VixDiskLib_FreeInfo(info);
   CHECK_OK(VixDiskLib_Close(disk));
}

static int linksOf(const char *name, uint32 flags)
{
   VixDiskLibHandle disk = openDisk(name, flags);
   VixDiskLibInfo *info;
   int links;

   CHECK_OK(VixDiskLib_GetInfo(disk, &info));
   links = info->numLinks;
   VixDiskLib_FreeInfo(info);
   CHECK_OK(VixDiskLib_Close(disk));
   return links;
}

/* ------------------------------------------------------------------------------------------------ children */

static void aChildShowsItsParentWhateverBothAre(void)
{
   static const uint32 flags[] = {0, READ_ONLY, SINGLE_LINK};

   startLibrary();
   for (size_t i = 0; i < NUM_TYPES; i++) {
      for (VixDiskLibDiskType type = SPARSE; type <= SPLIT; type += SPLIT - SPARSE) {
         emptyFolder();
         createDisk("base.vmdk", allTypes[i], CAPACITY);
         writeTo("base.vmdk", 100, 500, 1);
         CHECK_OK(tryChild("base.vmdk", flags[i % 3], "child.vmdk", type));
         CHECK_EQUAL(CAPACITY, capacityOf("child.vmdk"));
         checkZerosIn("child.vmdk", 0, 100);
         checkIn("child.vmdk", 100, 500, 1);
         writeTo("child.vmdk", 500, 200, 2);
         checkIn("child.vmdk", 100, 400, 1);
         checkIn("child.vmdk", 500, 200, 2);
         checkIn("base.vmdk", 100, 500, 1);
         checkZerosIn("base.vmdk", 600, CAPACITY - 600);
      }
   }
   stopLibrary();
}

static void aChildIsSparse(void)
{
   VixDiskLibHandle disk;

   startLibrary();
   createDisk("base.vmdk", SPARSE, CAPACITY);
   disk = openDisk("base.vmdk", 0);
   for (int type = 0; type <= 9; type++) {
      if (type != SPARSE && type != SPLIT) {
         CHECK_EQUAL(VIX_E_INVALID_ARG,
                     VixDiskLib_CreateChild(disk, pathOf("c.vmdk"), (VixDiskLibDiskType)type, NULL, NULL));
      }
   }
   CHECK_EQUAL(VIX_E_INVALID_ARG, VixDiskLib_CreateChild(disk, pathOf("c.vmdk"), VIXDISKLIB_DISK_UNKNOWN, NULL, NULL));
   CHECK(wasLogged("a child is monolithic sparse or split sparse, not of type 2"));
   CHECK_EQUAL(VIX_E_INVALID_ARG, VixDiskLib_CreateChild(disk, NULL, SPARSE, NULL, NULL));
   CHECK_EQUAL(VIX_E_INVALID_ARG, VixDiskLib_CreateChild(disk, "", SPARSE, NULL, NULL));
   CHECK_EQUAL(VIX_E_INVALID_ARG, VixDiskLib_CreateChild(NULL, pathOf("c.vmdk"), SPARSE, NULL, NULL));
   CHECK_EQUAL(VIX_E_FILE_NOT_FOUND, VixDiskLib_CreateChild(disk, pathOf("none/c.vmdk"), SPARSE, NULL, NULL));
   CHECK_OK(VixDiskLib_Close(disk));
   CHECK_EQUAL(VIX_E_DISK_INVAL, VixDiskLib_CreateChild(disk, pathOf("c.vmdk"), SPARSE, NULL, NULL));
   CHECK_EQUAL(1, countFiles());
   stopLibrary();
}

static void aChildReplacesNoFile(void)
{
   startLibrary();
   createDisk("base.vmdk", SPARSE, CAPACITY);
   writeText("child.vmdk", "precious");
   CHECK_EQUAL(VIX_E_FILE_ALREADY_EXISTS, tryChild("base.vmdk", 0, "child.vmdk", SPARSE));
   CHECK_EQUAL(VIX_E_FILE_ALREADY_EXISTS, tryChild("base.vmdk", 0, "base.vmdk", SPARSE));
   unlink(pathOf("child.vmdk"));
   writeText("child-s001.vmdk", "precious");
   CHECK_EQUAL(VIX_E_FILE_ALREADY_EXISTS, tryChild("base.vmdk", 0, "child.vmdk", SPLIT));
   CHECK_EQUAL(2, countFiles());
   CHECK_OK(tryChild("base.vmdk", 0, "child.vmdk", SPARSE));
   stopLibrary();
}

static Bool recordProgress(void *data, int percent)
{
   int *last = data;

   CHECK(percent > *last && percent <= 100);
   *last = percent;
   return FALSE; /* which is ignored */
}

static void aChildIsWhatItsParentIs(void)
{
   VixDiskLibCreateParams params = {VIXDISKLIB_DISK_MONOLITHIC_FLAT, VIXDISKLIB_ADAPTER_IDE, 7, CAPACITY, 512, 4096};
   VixDiskLibHandle disk;
   VixDiskLibInfo *info;
   char version[8];
   int last = -1;

   startLibrary();
   CHECK_OK(VixDiskLib_Create(local, pathOf("base.vmdk"), &params, NULL, NULL));
   disk = openDisk("base.vmdk", READ_ONLY);
   CHECK_OK(VixDiskLib_CreateChild(disk, pathOf("child.vmdk"), SPARSE, recordProgress, &last));
   CHECK_EQUAL(100, last);
   CHECK_OK(VixDiskLib_Close(disk));
   disk = openDisk("child.vmdk", READ_ONLY);
   CHECK_OK(VixDiskLib_GetInfo(disk, &info));
   CHECK_EQUAL(VIXDISKLIB_ADAPTER_IDE, info->adapterType);
   CHECK_EQUAL(4096, info->physicalSectorSize);
   CHECK_EQUAL(2, info->numLinks);
   VixDiskLib_FreeInfo(info);
   CHECK_OK(VixDiskLib_ReadMetadata(disk, "virtualHWVersion", version, sizeof version, NULL));
   CHECK(strcmp(version, "7") == 0);
   CHECK_OK(VixDiskLib_Close(disk));
   stopLibrary();
}

static void theHintIsAFileNameBesideTheParentAndAPathElsewhere(void)
{
   char hint[4096];

   startLibrary();
   CHECK(mkdir(pathOf("there"), 0755) == 0);
   makeBase("child.vmdk");
   createChild("base.vmdk", "there/child.vmdk");
   createChild("there/child.vmdk", "grandchild.vmdk");
   hintOf("base.vmdk", hint, sizeof hint);
   CHECK(strcmp(hint, "none") == 0);
   hintOf("child.vmdk", hint, sizeof hint);
   CHECK(strcmp(hint, "base.vmdk") == 0);
   hintOf("there/child.vmdk", hint, sizeof hint);
   CHECK(hint[0] == '/' && strcmp(strrchr(hint, '/'), "/base.vmdk") == 0);
   hintOf("grandchild.vmdk", hint, sizeof hint);
   CHECK(hint[0] == '/' && strstr(hint, "/there/child.vmdk") != NULL);
   checkIn("grandchild.vmdk", 0, CAPACITY, 1);
   CHECK_EQUAL(3, linksOf("grandchild.vmdk", READ_ONLY));
   stopLibrary();
}

static void childrenOfAMovedChainAreLookedForBesideEachOther(void)
{
   startLibrary();
   CHECK(mkdir(pathOf("old"), 0755) == 0 && mkdir(pathOf("old/sub"), 0755) == 0 && mkdir(pathOf("new"), 0755) == 0);
   createDisk("old/base.vmdk", SPARSE, CAPACITY);
   writeTo("old/base.vmdk", 0, CAPACITY, 1);
   createChild("old/base.vmdk", "old/sub/child.vmdk");
   CHECK(rename(pathOf("old/sub/child.vmdk"), pathOf("new/child.vmdk")) == 0);
   checkIn("new/child.vmdk", 0, CAPACITY, 1); /* the old path is good still */
   CHECK(rename(pathOf("old/base.vmdk"), pathOf("new/base.vmdk")) == 0);
   checkIn("new/child.vmdk", 0, CAPACITY, 1);
   CHECK(rename(pathOf("new/base.vmdk"), pathOf("other.vmdk")) == 0);
   CHECK_EQUAL(VIX_E_FILE_NOT_FOUND, tryOpen("new/child.vmdk", 0));
   CHECK(wasLogged("cannot be found"));
   CHECK_OK(tryOpen("new/child.vmdk", SINGLE_LINK));
   stopLibrary();
}

/* A child that is called like its parent is not taken for it. */
static void aMissingParentIsNotTheChildItself(void)
{
   startLibrary();
   CHECK(mkdir(pathOf("there"), 0755) == 0);
   createDisk("disk.vmdk", SPARSE, CAPACITY);
   createChild("disk.vmdk", "there/disk.vmdk");
   CHECK_OK(tryOpen("there/disk.vmdk", 0));
   CHECK_OK(VixDiskLib_Unlink(local, pathOf("disk.vmdk")));
   CHECK_EQUAL(VIX_E_FILE_NOT_FOUND, tryOpen("there/disk.vmdk", 0));
   stopLibrary();
}

/* ------------------------------------------------------------------------------------------- copy-on-write */

/* Writes a piece to a fresh child, and compares all of the child. */
static void writeToChild(uint64 sector, uint64 count, VixDiskLibDiskType type)
{
   VixDiskLibHandle disk;

   CHECK_OK(tryChild("base.vmdk", READ_ONLY, "child.vmdk", type));
   disk = openDisk("child.vmdk", 0);
   writePiece(disk, sector, count, 2);
   CHECK_OK(VixDiskLib_Close(disk));
   disk = openDisk("child.vmdk", READ_ONLY);
   checkPiece(disk, 0, sector, 1);
   checkPiece(disk, sector, count, 2);
   checkPiece(disk, sector + count, CAPACITY - sector - count, 1);
   CHECK_OK(VixDiskLib_Close(disk));
   CHECK_OK(VixDiskLib_Unlink(local, pathOf("child.vmdk")));
}

static void whatSurroundsAWriteIsTheParents(void)
{
   startLibrary();
   createDisk("base.vmdk", SPARSE, CAPACITY);
   writeTo("base.vmdk", 0, CAPACITY, 1);
   for (uint64 sector = 0; sector <= GRAIN; sector += sector % 63 == 0 ? 1 : 31) {
      writeToChild(sector, 1, SPARSE);
      writeToChild(sector, GRAIN - 1, SPARSE);
      writeToChild(sector, GRAIN, SPLIT);
      writeToChild(sector, 3 * GRAIN + 5, SPARSE);
   }
   /* The last grain has 104 sectors. */
   for (uint64 sector = 890; sector<CAPACITY; sector += sector> 894 && sector < 990 ? 40 : 1) {
      writeToChild(sector, 1, SPARSE);
      writeToChild(sector, CAPACITY - sector, SPARSE);
   }
   checkIn("base.vmdk", 0, CAPACITY, 1);
   stopLibrary();
}

/* Data, a hole of the child over data of the parent, holes of both, and known zeros, in one request. */
static void aRequestGoesThroughAllLinks(void)
{
   VixDiskLibHandle disk;

   startLibrary();
   createDisk("base.vmdk", SPARSE, CAPACITY);
   writeTo("base.vmdk", 0, 300, 1);
   createChild("base.vmdk", "middle.vmdk");
   writeTo("middle.vmdk", 400, 50, 2);
   createChild("middle.vmdk", "top.vmdk");
   disk = openDisk("top.vmdk", 0);
   writePiece(disk, 100, 100, 3);
   CHECK_OK(VixDiskLib_Read(disk, 0, CAPACITY, buffer));
   checkPattern(buffer, 0, 100, 1);
   checkPattern(buffer + 100 * SECTOR, 100, 100, 3);
   checkPattern(buffer + 200 * SECTOR, 200, 100, 1);
   CHECK(isZero(buffer + 300 * SECTOR, 100 * SECTOR));
   checkPattern(buffer + 400 * SECTOR, 400, 50, 2);
   CHECK(isZero(buffer + 450 * SECTOR, 550 * SECTOR));
   writePiece(disk, 0, CAPACITY, 4);
   checkPiece(disk, 0, CAPACITY, 4);
   CHECK_OK(VixDiskLib_Close(disk));
   checkIn("base.vmdk", 0, 300, 1);
   checkIn("middle.vmdk", 400, 50, 2);
   stopLibrary();
}

static void zeroedGrainsMaskTheParent(void)
{
   VixDiskLibHandle disk;

   if (!hasQemu()) {
      return;
   }
   startLibrary();
   createDisk("base.vmdk", SPARSE, 8 * GRAIN);
   writeTo("base.vmdk", 0, 8 * GRAIN, 1);
   CHECK(shell("qemu-img create -q -f vmdk -o zeroed_grain=on -b base.vmdk -F vmdk child.vmdk"));
   CHECK(shell("qemu-io -f vmdk -c 'write -z 64k 192k' child.vmdk"));
   disk = openDisk("child.vmdk", 0);
   checkPiece(disk, 0, GRAIN, 1);
   checkZeros(disk, GRAIN, 3 * GRAIN);
   checkPiece(disk, 4 * GRAIN, 4 * GRAIN, 1);
   writePiece(disk, 2 * GRAIN + 7, 5, 2); /* between zeros, not between the parent's data */
   checkZeros(disk, GRAIN, GRAIN + 7);
   checkPiece(disk, 2 * GRAIN + 7, 5, 2);
   checkZeros(disk, 2 * GRAIN + 12, 2 * GRAIN - 12);
   CHECK_OK(VixDiskLib_Close(disk));
   CHECK(shell("qemu-io -f vmdk -c 'read -P 0 64k 64k' child.vmdk | grep -v -q failed"));
   CHECK(shell("qemu-img check child.vmdk"));
   stopLibrary();
}

/* ---------------------------------------------------------------------------------------------------- depth */

/* Each link above the first one has three sectors of its own, if that is wanted. */
static void makeChain(int links, bool written, char *name, size_t size)
{
   char parent[32] = "0.vmdk";

   createDisk(parent, SPARSE, 400);
   for (int i = 1; i < links; i++) {
      snprintf(name, size, "%d.vmdk", i);
      CHECK_OK(tryChild(parent, READ_ONLY | SINGLE_LINK, name, SPARSE));
      if (written) {
         writeTo(name, (uint64)(i * 7 % 390), 3, (uint32)i);
      }
      snprintf(parent, sizeof parent, "%s", name);
   }
}

static void chainsAreAsDeepAsTheyAre(void)
{
   char name[32];
   uint32 expected[400] = {0};

   startLibrary();
   makeChain(50, true, name, sizeof name);
   for (int i = 1; i < 50; i++) {
      char link[32];

      snprintf(link, sizeof link, "%d.vmdk", i);
      CHECK_EQUAL(i + 1, linksOf(link, READ_ONLY));
      CHECK_EQUAL(1, linksOf(link, READ_ONLY | SINGLE_LINK));
      for (int sector = i * 7 % 390; sector < i * 7 % 390 + 3; sector++) {
         expected[sector] = (uint32)i;
      }
   }
   for (uint64 sector = 0; sector < 400; sector++) {
      if (expected[sector] != 0) {
         checkIn(name, sector, 1, expected[sector]);
      } else {
         checkZerosIn(name, sector, 1);
      }
   }
   stopLibrary();
}

static void deepChainsNeedManyFiles(void)
{
   struct rlimit old;
   struct rlimit few;
   char name[32];

   startLibrary();
   CHECK(getrlimit(RLIMIT_NOFILE, &old) == 0);
   makeChain(300, false, name, sizeof name);
   CHECK_EQUAL(300, linksOf(name, 0));
   few = old;
   few.rlim_cur = 200;
   CHECK(setrlimit(RLIMIT_NOFILE, &few) == 0);
   CHECK_EQUAL(VIX_E_DISK_TOOMANYOPENFILES, tryOpen(name, 0));
   CHECK(setrlimit(RLIMIT_NOFILE, &old) == 0);
   CHECK_OK(tryOpen(name, 0));
   stopLibrary();
}

/* --------------------------------------------------------------------------------------------- SINGLE_LINK */

static void aLinkAloneHasWhatItHas(void)
{
   VixDiskLibHandle disk;
   size_t length;
   uint8 *before;
   uint8 *after;

   startLibrary();
   makeBase("child.vmdk");
   writeTo("child.vmdk", 0, GRAIN, 2);
   before = readFile("child.vmdk", &length);
   disk = openDisk("child.vmdk", SINGLE_LINK);
   checkPiece(disk, 0, GRAIN, 2);
   CHECK_EQUAL(VIX_E_DISK_PARTIALCHAIN, VixDiskLib_Read(disk, GRAIN, 1, buffer));
   CHECK_EQUAL(VIX_E_DISK_PARTIALCHAIN, VixDiskLib_Read(disk, GRAIN - 1, 2, buffer));
   CHECK_EQUAL(VIX_E_DISK_PARTIALCHAIN, VixDiskLib_Read(disk, 0, CAPACITY, buffer));
   /* Grains that are not written as a whole need what surrounds them; nothing of the request is done. */
   CHECK_EQUAL(VIX_E_DISK_PARTIALCHAIN, VixDiskLib_Write(disk, GRAIN, 1, buffer));
   CHECK_EQUAL(VIX_E_DISK_PARTIALCHAIN, VixDiskLib_Write(disk, 0, GRAIN + 1, buffer));
   CHECK_EQUAL(VIX_E_DISK_PARTIALCHAIN, VixDiskLib_Write(disk, 5 * GRAIN - 1, GRAIN + 1, buffer));
   CHECK_EQUAL(VIX_E_DISK_PARTIALCHAIN, VixDiskLib_Write(disk, 6 * GRAIN, GRAIN + 1, buffer));
   CHECK_EQUAL(VIX_E_DISK_PARTIALCHAIN, VixDiskLib_Write(disk, 7 * GRAIN + 1, CAPACITY - 7 * GRAIN - 1, buffer));
   CHECK_OK(VixDiskLib_Close(disk));
   after = readFile("child.vmdk", &length);
   CHECK(memcmp(before, after, length) == 0);
   free(before);
   free(after);
   stopLibrary();
}

static void aLinkAloneTakesWholeGrains(void)
{
   VixDiskLibHandle disk;

   startLibrary();
   makeBase("child.vmdk");
   writeTo("child.vmdk", 0, GRAIN, 2);
   disk = openDisk("child.vmdk", SINGLE_LINK);
   writePiece(disk, 3, 5, 3);
   writePiece(disk, GRAIN, 2 * GRAIN, 3);
   writePiece(disk, 2 * GRAIN + 7, GRAIN - 7, 4);
   writePiece(disk, 7 * GRAIN, CAPACITY - 7 * GRAIN, 3); /* all that the last one has */
   CHECK_OK(VixDiskLib_Close(disk));
   checkIn("child.vmdk", 0, 3, 2);
   checkIn("child.vmdk", 3, 5, 3);
   checkIn("child.vmdk", GRAIN, GRAIN + 7, 3);
   checkIn("child.vmdk", 2 * GRAIN + 7, GRAIN - 7, 4);
   checkIn("child.vmdk", 3 * GRAIN, 4 * GRAIN, 1);
   checkIn("child.vmdk", 7 * GRAIN, CAPACITY - 7 * GRAIN, 3);
   stopLibrary();
}

static void aDiskWithoutParentIsWholeAlone(void)
{
   VixDiskLibHandle disk;

   startLibrary();
   createDisk("base.vmdk", SPARSE, CAPACITY);
   disk = openDisk("base.vmdk", SINGLE_LINK);
   checkZeros(disk, 0, CAPACITY);
   writePiece(disk, 5, 5, 1);
   checkZeros(disk, 0, 5);
   CHECK_OK(VixDiskLib_Close(disk));
   stopLibrary();
}

/* -------------------------------------------------------------------------------------------------- blocks */

static void checkBlocks(const char *name, uint32 flags, size_t count, const VixDiskLibBlock *expected)
{
   VixDiskLibHandle disk = openDisk(name, READ_ONLY | flags);
   VixDiskLibBlockList *list;
   const VixDiskLibBlock *blocks;

   CHECK_OK(VixDiskLib_QueryAllocatedBlocks(disk, 0, 10 * GRAIN, GRAIN, &list));
   blocks = (const VixDiskLibBlock *)(const void *)((const char *)list + offsetof(VixDiskLibBlockList, blocks));
   CHECK_EQUAL(count, list->numBlocks);
   for (size_t i = 0; i < count; i++) {
      CHECK_EQUAL(expected[i].offset, blocks[i].offset);
      CHECK_EQUAL(expected[i].length, blocks[i].length);
   }
   CHECK_OK(VixDiskLib_FreeBlockList(list));
   CHECK_OK(VixDiskLib_Close(disk));
}

static void theBlocksOfAChainAreThoseOfAllLinks(void)
{
   startLibrary();
   createDisk("base.vmdk", SPARSE, 10 * GRAIN);
   writeTo("base.vmdk", GRAIN + 5, 1, 1);
   writeTo("base.vmdk", 7 * GRAIN, 2 * GRAIN, 1);
   createChild("base.vmdk", "child.vmdk");
   checkBlocks("child.vmdk", SINGLE_LINK, 0, NULL);
   writeTo("child.vmdk", 2 * GRAIN + 1, 1, 2);
   writeTo("child.vmdk", 8 * GRAIN + 1, 1, 2);
   checkBlocks("child.vmdk", 0, 2, (VixDiskLibBlock[]){{GRAIN, 2 * GRAIN}, {7 * GRAIN, 2 * GRAIN}});
   checkBlocks("child.vmdk", SINGLE_LINK, 2, (VixDiskLibBlock[]){{2 * GRAIN, GRAIN}, {8 * GRAIN, GRAIN}});
   checkBlocks("base.vmdk", 0, 2, (VixDiskLibBlock[]){{GRAIN, GRAIN}, {7 * GRAIN, 2 * GRAIN}});
   stopLibrary();
}

/* -------------------------------------------------------------------------------------------- broken chains */

static void aParentThatWasWrittenIsNoParentAnyMore(void)
{
   VixDiskLibHandle disk;

   startLibrary();
   for (size_t i = 0; i < NUM_TYPES; i++) {
      emptyFolder();
      createDisk("base.vmdk", allTypes[i], CAPACITY);
      createChild("base.vmdk", "child.vmdk");
      disk = openDisk("base.vmdk", 0);
      CHECK_OK(VixDiskLib_Read(disk, 0, 1, buffer));
      CHECK_OK(tryOpen("child.vmdk", READ_ONLY));
      CHECK_OK(VixDiskLib_Close(disk));
      CHECK_OK(tryOpen("child.vmdk", 0));
      writeTo("base.vmdk", 999, 1, 1);
      CHECK_EQUAL(VIX_E_DISK_CID_MISMATCH, tryOpen("child.vmdk", 0));
      CHECK_EQUAL(VIX_E_DISK_CID_MISMATCH, tryOpen("child.vmdk", READ_ONLY));
      CHECK(wasLogged("has been written since its child"));
      CHECK_OK(tryOpen("child.vmdk", SINGLE_LINK));
   }
   stopLibrary();
}

/* The handle that made the child has written before, and writes again. */
static void aParentThatIsWrittenOnIsNoParentAnyMore(void)
{
   VixDiskLibHandle disk;

   startLibrary();
   createDisk("base.vmdk", SPARSE, CAPACITY);
   disk = openDisk("base.vmdk", 0);
   writePiece(disk, 0, 10, 1);
   CHECK_OK(VixDiskLib_CreateChild(disk, pathOf("child.vmdk"), SPARSE, NULL, NULL));
   CHECK_OK(tryOpen("child.vmdk", 0));
   CHECK_OK(VixDiskLib_Flush(disk));
   checkIn("child.vmdk", 0, 10, 1);
   writePiece(disk, 20, 10, 1);
   CHECK_EQUAL(VIX_E_DISK_CID_MISMATCH, tryOpen("child.vmdk", 0));
   CHECK_OK(VixDiskLib_CreateChild(disk, pathOf("child2.vmdk"), SPARSE, NULL, NULL));
   writePiece(disk, 20, 10, 1);
   CHECK_EQUAL(VIX_E_DISK_CID_MISMATCH, tryOpen("child2.vmdk", 0));
   CHECK_OK(VixDiskLib_Close(disk));
   stopLibrary();
}

/*
 * A writer gives its disk a new identity once: one that has done so already would write on under a child that another
 * handle makes, and nobody would notice.
 */
static void aDiskThatSomebodyElseWritesGetsNoChild(void)
{
   VixDiskLibHandle writer;
   VixDiskLibHandle reader;

   startLibrary();
   createDisk("base.vmdk", SPARSE, CAPACITY);
   createDisk("flat.vmdk", FLAT, CAPACITY);
   for (int i = 0; i < 2; i++) {
      const char *name = i == 0 ? "base.vmdk" : "flat.vmdk";
      const char *child = i == 0 ? "child.vmdk" : "child2.vmdk";

      writer = openDisk(name, 0);
      writePiece(writer, 0, 10, 1);
      reader = openDisk(name, READ_ONLY);
      CHECK_EQUAL(VIX_E_FILE_ALREADY_LOCKED, VixDiskLib_CreateChild(reader, pathOf(child), SPARSE, NULL, NULL));
      CHECK(!fileExists(child));
      CHECK_OK(VixDiskLib_Close(writer));
      CHECK_OK(VixDiskLib_Close(reader));
      createChild(name, child);
   }
   stopLibrary();
}

/* What a handle has read of a disk that was written since is no basis for a child. */
static void aChildFitsItsParentAsItIs(void)
{
   VixDiskLibHandle reader;

   startLibrary();
   createDisk("base.vmdk", FLAT, CAPACITY);
   reader = openDisk("base.vmdk", READ_ONLY);
   writeTo("base.vmdk", 0, 10, 1);
   CHECK_EQUAL(VIX_E_DISK_CID_MISMATCH, VixDiskLib_CreateChild(reader, pathOf("child.vmdk"), SPARSE, NULL, NULL));
   CHECK(!fileExists("child.vmdk"));
   CHECK_OK(VixDiskLib_Close(reader));
   stopLibrary();
}

static void brokenChainsAreToldApart(void)
{
   static const char text[] = "# Disk DescriptorFile\nversion=1\nCID=%s\nparentCID=%s\ncreateType=\"custom\"\n"
                              "%s\nRW %s ZERO\n";
   char name[512];

   startLibrary();
   makeBase("child.vmdk");
   snprintf(name, sizeof name, text, "00000001", "00000002", "", "1000");
   writeText("a.vmdk", name);
   CHECK_EQUAL(VIX_E_DISK_INVALIDCHAIN, tryOpen("a.vmdk", READ_ONLY));
   CHECK(wasLogged("nothing tells where it is"));
   /* One that is its own parent, two, and three with a name that is a link. */
   snprintf(name, sizeof name, text, "00000001", "00000001", "parentFileNameHint=\"a.vmdk\"", "1000");
   writeText("a.vmdk", name);
   CHECK_EQUAL(VIX_E_DISK_INVALIDCHAIN, tryOpen("a.vmdk", READ_ONLY));
   CHECK(wasLogged("comes back to"));
   snprintf(name, sizeof name, text, "00000001", "00000001", "parentFileNameHint=\"b.vmdk\"", "1000");
   writeText("a.vmdk", name);
   snprintf(name, sizeof name, text, "00000001", "00000001", "parentFileNameHint=\"a.vmdk\"", "1000");
   writeText("b.vmdk", name);
   CHECK_EQUAL(VIX_E_DISK_INVALIDCHAIN, tryOpen("a.vmdk", READ_ONLY));
   CHECK_EQUAL(VIX_E_DISK_INVALIDCHAIN, tryOpen("b.vmdk", 0));
   snprintf(name, sizeof name, text, "00000001", "00000001", "parentFileNameHint=\"c.vmdk\"", "1000");
   writeText("b.vmdk", name);
   snprintf(name, sizeof name, text, "00000001", "00000001", "parentFileNameHint=\"alias.vmdk\"", "1000");
   writeText("c.vmdk", name);
   CHECK(symlink("a.vmdk", pathOf("alias.vmdk")) == 0);
   CHECK_EQUAL(VIX_E_DISK_INVALIDCHAIN, tryOpen("a.vmdk", READ_ONLY));
   CHECK_OK(tryOpen("a.vmdk", READ_ONLY | SINGLE_LINK));
   /* A parent of another size, one that is no disk, and one that is a folder. */
   snprintf(name, sizeof name, text, "00000001", "00000001", "parentFileNameHint=\"base.vmdk\"", "1001");
   writeText("a.vmdk", name);
   CHECK_EQUAL(VIX_E_DISK_CAPACITY_MISMATCH, tryOpen("a.vmdk", READ_ONLY));
   CHECK(wasLogged("has 1001 sectors"));
   snprintf(name, sizeof name, text, "00000001", "00000001", "parentFileNameHint=\"no disk\"", "1000");
   writeText("a.vmdk", name);
   writeText("no disk", "at all");
   CHECK_EQUAL(VIX_E_DISK_INVALIDDISK, tryOpen("a.vmdk", READ_ONLY));
   snprintf(name, sizeof name, text, "00000001", "00000001", "parentFileNameHint=\".\"", "1000");
   writeText("a.vmdk", name);
   CHECK_EQUAL(VIX_E_INCORRECT_FILE_TYPE, tryOpen("a.vmdk", READ_ONLY));
   snprintf(name, sizeof name, text, "00000001", "00000001", "parentFileNameHint=\"\"", "1000");
   writeText("a.vmdk", name);
   CHECK(tryOpen("a.vmdk", READ_ONLY) != VIX_OK);
   stopLibrary();
}

static void parentsAreNotForUnlinkWhileTheyAreRead(void)
{
   VixDiskLibHandle disk;

   startLibrary();
   makeBase("child.vmdk");
   disk = openDisk("child.vmdk", READ_ONLY);
   CHECK_EQUAL(VIX_E_FILE_ALREADY_LOCKED, VixDiskLib_Unlink(local, pathOf("base.vmdk")));
   CHECK_OK(VixDiskLib_Close(disk));
   CHECK_OK(VixDiskLib_Unlink(local, pathOf("child.vmdk")));
   checkIn("base.vmdk", 0, CAPACITY, 1);
   stopLibrary();
}

/* ------------------------------------------------------------------------------------------------ attaching */

/* base.vmdk with seed 1, its copy, and a child of base.vmdk that has sectors 10 to 20 with seed 2. */
static void makeForAttach(void)
{
   makeBase("child.vmdk");
   writeTo("child.vmdk", 10, 10, 2);
   copyFile("base.vmdk", "copy.vmdk");
}

/* Every function with a disk's handle but Close. */
static void checkUnusable(VixDiskLibHandle disk)
{
   VixDiskLibInfo *info;
   VixDiskLibBlockList *list;
   uint64 bytes;
   size_t length;

   CHECK_EQUAL(VIX_E_DISK_INVAL, VixDiskLib_Read(disk, 0, 1, buffer));
   CHECK_EQUAL(VIX_E_DISK_INVAL, VixDiskLib_Write(disk, 0, 1, buffer));
   CHECK_EQUAL(VIX_E_DISK_INVAL, VixDiskLib_ReadAsync(disk, 0, 1, buffer, NULL, NULL));
   CHECK_EQUAL(VIX_E_DISK_INVAL, VixDiskLib_WriteAsync(disk, 0, 1, buffer, NULL, NULL));
   CHECK_EQUAL(VIX_E_DISK_INVAL, VixDiskLib_Wait(disk));
   CHECK_EQUAL(VIX_E_DISK_INVAL, VixDiskLib_Flush(disk));
   CHECK_EQUAL(VIX_E_DISK_INVAL, VixDiskLib_GetInfo(disk, &info));
   CHECK_EQUAL(VIX_E_DISK_INVAL, VixDiskLib_QueryAllocatedBlocks(disk, 0, GRAIN, GRAIN, &list));
   CHECK_EQUAL(VIX_E_DISK_INVAL, VixDiskLib_ReadMetadata(disk, "uuid", NULL, 0, &length));
   CHECK_EQUAL(VIX_E_DISK_INVAL, VixDiskLib_WriteMetadata(disk, "key", "value"));
   CHECK_EQUAL(VIX_E_DISK_INVAL, VixDiskLib_GetMetadataKeys(disk, NULL, 0, &length));
   CHECK_EQUAL(VIX_E_DISK_INVAL, VixDiskLib_CreateChild(disk, pathOf("x.vmdk"), SPARSE, NULL, NULL));
   CHECK_EQUAL(VIX_E_DISK_INVAL, VixDiskLib_SpaceNeededForClone(disk, SPARSE, &bytes));
   CHECK_EQUAL(VIX_E_DISK_INVAL, VixDiskLib_Shrink(disk, NULL, NULL));
   CHECK_EQUAL(VIX_E_DISK_INVAL, VixDiskLib_Defragment(disk, NULL, NULL));
   CHECK(VixDiskLib_GetTransportMode(disk) == NULL);
   CHECK_OK(VixDiskLib_Close(disk));
   CHECK_EQUAL(VIX_E_DISK_INVAL, VixDiskLib_Close(disk));
}

static void attachingPutsAChildOnAnotherParent(void)
{
   static const uint32 flags[] = {READ_ONLY, 0, READ_ONLY | SINGLE_LINK};
   VixDiskLibHandle parent;
   VixDiskLibHandle child;
   char hint[4096];

   for (size_t i = 0; i < 3; i++) {
      startLibrary();
      emptyFolder();
      makeForAttach();
      parent = openDisk("copy.vmdk", flags[i]);
      child = openDisk("child.vmdk", SINGLE_LINK);
      CHECK_EQUAL(VIX_E_DISK_PARTIALCHAIN, VixDiskLib_Read(child, 500, 1, buffer));
      CHECK_OK(VixDiskLib_IsAttachPossible(parent, child));
      CHECK_EQUAL(VIX_E_DISK_PARTIALCHAIN, VixDiskLib_Read(child, 500, 1, buffer)); /* it was only a question */
      CHECK_OK(VixDiskLib_Attach(parent, child));
      CHECK_EQUAL(VIX_E_DISK_INVAL, VixDiskLib_IsAttachPossible(parent, child));
      CHECK_EQUAL(VIX_E_DISK_INVAL, VixDiskLib_Attach(parent, child));
      checkUnusable(parent);
      checkPiece(child, 0, 10, 1);
      checkPiece(child, 10, 10, 2);
      writePiece(child, 200, 100, 3);
      checkPiece(child, 300, CAPACITY - 300, 1);
      CHECK_OK(VixDiskLib_Close(child));
      CHECK_OK(VixDiskLib_Unlink(local, pathOf("base.vmdk")));
      checkIn("child.vmdk", 200, 100, 3);
      checkIn("child.vmdk", 300, CAPACITY - 300, 1);
      hintOf("child.vmdk", hint, sizeof hint);
      CHECK(strcmp(hint, "copy.vmdk") == 0);
      CHECK(!hasQemu() || shell("qemu-img info --backing-chain child.vmdk | grep -q copy.vmdk"));
      stopLibrary();
   }
}

/* Both handles, and the code with which a parent refuses a child; the child is as it was. */
static void checkRefused(VixError expected, const char *parentName, uint32 parentFlags, const char *childName,
                         uint32 childFlags)
{
   VixDiskLibHandle parent = openDisk(parentName, parentFlags);
   VixDiskLibHandle child = openDisk(childName, childFlags);

   copyFile(childName, "before");
   CHECK_EQUAL(expected, VixDiskLib_IsAttachPossible(parent, child));
   CHECK_OK(VixDiskLib_Read(parent, 0, 1, buffer));
   CHECK_EQUAL(expected, VixDiskLib_Attach(parent, child));
   checkUnusable(parent);
   CHECK_OK(VixDiskLib_Flush(child));
   CHECK_OK(VixDiskLib_Close(child));
   CHECK(sameFiles(childName, "before"));
}

static void whatDoesNotFitIsNotAttached(void)
{
   VixDiskLibHandle disk;

   startLibrary();
   makeForAttach();
   createDisk("bigger.vmdk", SPARSE, CAPACITY + 1);
   createDisk("root.vmdk", SPARSE, CAPACITY);
   createChild("child.vmdk", "grandchild.vmdk");
   checkRefused(VIX_E_DISK_CAPACITY_MISMATCH, "bigger.vmdk", 0, "child.vmdk", SINGLE_LINK);
   checkRefused(VIX_E_DISK_ATTACH_ROOTLINK, "copy.vmdk", READ_ONLY, "root.vmdk", 0);
   checkRefused(VIX_E_DISK_ATTACH_ROOTLINK, "copy.vmdk", READ_ONLY, "root.vmdk", SINGLE_LINK);
   checkRefused(VIX_E_DISK_PARENT_NOTALLOWED, "grandchild.vmdk", READ_ONLY, "child.vmdk", SINGLE_LINK);
   checkRefused(VIX_E_FILE_READ_ONLY, "copy.vmdk", READ_ONLY, "child.vmdk", SINGLE_LINK | READ_ONLY);
   checkRefused(VIX_E_INVALID_ARG, "copy.vmdk", READ_ONLY, "child.vmdk", 0);
   checkIn("grandchild.vmdk", 10, 10, 2);
   /* A disk and itself, by one handle and by two. */
   disk = openDisk("child.vmdk", SINGLE_LINK);
   CHECK_EQUAL(VIX_E_DISK_PARENT_NOTALLOWED, VixDiskLib_IsAttachPossible(disk, disk));
   CHECK_EQUAL(VIX_E_DISK_PARENT_NOTALLOWED, VixDiskLib_Attach(disk, disk));
   CHECK_OK(VixDiskLib_Close(disk));
   checkRefused(VIX_E_DISK_PARENT_NOTALLOWED, "child.vmdk", READ_ONLY, "child.vmdk", SINGLE_LINK);
   stopLibrary();
}

/* The parent's own parents have to be there: what is below would be missing otherwise. */
static void aBrokenChainIsNoParent(void)
{
   VixDiskLibHandle parent;
   VixDiskLibHandle child;

   startLibrary();
   makeForAttach();
   createChild("copy.vmdk", "middle.vmdk");
   writeTo("copy.vmdk", 0, 1, 1);
   parent = openDisk("middle.vmdk", SINGLE_LINK | READ_ONLY);
   child = openDisk("child.vmdk", SINGLE_LINK);
   CHECK_EQUAL(VIX_E_DISK_CID_MISMATCH, VixDiskLib_IsAttachPossible(parent, child));
   CHECK_EQUAL(VIX_E_DISK_CID_MISMATCH, VixDiskLib_Attach(parent, child));
   CHECK_OK(VixDiskLib_Close(parent));
   CHECK_OK(VixDiskLib_Close(child));
   checkIn("child.vmdk", 10, 10, 2);
   stopLibrary();
}

static void attachingNeedsTwoHandles(void)
{
   VixDiskLibHandle parent;
   VixDiskLibHandle child;

   startLibrary();
   makeForAttach();
   child = openDisk("child.vmdk", SINGLE_LINK);
   CHECK_EQUAL(VIX_E_INVALID_ARG, VixDiskLib_IsAttachPossible(NULL, child));
   CHECK_EQUAL(VIX_E_INVALID_ARG, VixDiskLib_Attach(NULL, child));
   parent = openDisk("copy.vmdk", READ_ONLY);
   CHECK_EQUAL(VIX_E_INVALID_ARG, VixDiskLib_IsAttachPossible(parent, NULL));
   CHECK_EQUAL(VIX_E_INVALID_ARG, VixDiskLib_Attach(parent, NULL));
   checkUnusable(parent);
   CHECK_OK(VixDiskLib_Close(child));
   parent = openDisk("copy.vmdk", READ_ONLY);
   CHECK_EQUAL(VIX_E_DISK_INVAL, VixDiskLib_Attach(parent, child));
   checkUnusable(parent);
   stopLibrary();
}

static void aParentThatSomebodyElseWritesIsNotAttachedTo(void)
{
   VixDiskLibHandle writer;
   VixDiskLibHandle parent;
   VixDiskLibHandle child;

   startLibrary();
   makeForAttach();
   writer = openDisk("copy.vmdk", 0);
   writePiece(writer, 0, 1, 1);
   parent = openDisk("copy.vmdk", READ_ONLY);
   child = openDisk("child.vmdk", SINGLE_LINK);
   CHECK_EQUAL(VIX_E_FILE_ALREADY_LOCKED, VixDiskLib_IsAttachPossible(parent, child));
   CHECK_EQUAL(VIX_E_FILE_ALREADY_LOCKED, VixDiskLib_Attach(parent, child));
   CHECK_OK(VixDiskLib_Close(parent));
   /* A writer that is the parent is no danger: it cannot write any more. */
   CHECK_OK(VixDiskLib_Attach(writer, child));
   CHECK_OK(VixDiskLib_Close(writer));
   CHECK_OK(VixDiskLib_Close(child));
   checkIn("child.vmdk", 20, CAPACITY - 20, 1);
   stopLibrary();
}

static VixDiskLibDiskType attachedType;

static void prepareAttach(void)
{
   createDisk("base.vmdk", SPARSE, CAPACITY);
   writeTo("base.vmdk", 0, CAPACITY, 1);
   copyFile("base.vmdk", "a copy with a longer name.vmdk");
   CHECK_OK(tryChild("base.vmdk", READ_ONLY, "child.vmdk", attachedType));
   writeTo("child.vmdk", 10, 10, 2);
}

static void attach(void)
{
   VixDiskLibHandle parent = openDisk("a copy with a longer name.vmdk", READ_ONLY);
   VixDiskLibHandle child = openDisk("child.vmdk", SINGLE_LINK);

   CHECK_OK(VixDiskLib_Attach(parent, child));
   CHECK_OK(VixDiskLib_Close(parent));
   CHECK_OK(VixDiskLib_Close(child));
}

static void checkAttached(bool finished)
{
   char hint[4096];

   hintOf("child.vmdk", hint, sizeof hint);
   CHECK(strcmp(hint, "a copy with a longer name.vmdk") == 0 || (!finished && strcmp(hint, "base.vmdk") == 0));
   checkIn("child.vmdk", 0, 10, 1);
   checkIn("child.vmdk", 10, 10, 2);
   checkIn("child.vmdk", 20, CAPACITY - 20, 1);
   attach();
   checkIn("child.vmdk", 20, CAPACITY - 20, 1);
}

static void aProcessThatDiesAttachesOrDoesNot(void)
{
   attachedType = SPARSE;
   CHECK(dieAtEachCall(prepareAttach, attach, checkAttached) >= 1);
   attachedType = SPLIT;
   CHECK(dieAtEachCall(prepareAttach, attach, checkAttached) >= 2);
}

/* ------------------------------------------------------------------------------------------ dying processes */

static void prepareCopyOnWrite(void)
{
   makeBase("child.vmdk");
}

static void writeToTheChild(void)
{
   writeTo("child.vmdk", 100, 10, 2);
   writeTo("child.vmdk", 300, 400, 2);
   CHECK_OK(tryChild("child.vmdk", 0, "grandchild.vmdk", SPLIT));
   writeTo("grandchild.vmdk", 990, 3, 3);
}

static bool isWhole(const char *name)
{
   VixError error = tryOpen(name, 0);

   CHECK(error == VIX_OK || error == VIX_E_FILE_NOT_FOUND);
   return error == VIX_OK;
}

/* Every sector is the parent's or what was written. */
static void checkEitherWay(bool finished)
{
   const char *name = isWhole("grandchild.vmdk") ? "grandchild.vmdk" : "child.vmdk";
   VixDiskLibHandle disk = openDisk(name, READ_ONLY);

   CHECK(!finished || strcmp(name, "grandchild.vmdk") == 0);
   CHECK_OK(VixDiskLib_Read(disk, 0, CAPACITY, buffer));
   for (uint64 sector = 0; sector < CAPACITY; sector++) {
      bool second = (sector >= 100 && sector < 110) || (sector >= 300 && sector < 700);
      uint32 seed = second ? 2 : sector >= 990 && sector < 993 ? 3 : 1;
      uint8 original[SECTOR];

      fillPattern(original, sector, 1, 1);
      if (finished || memcmp(original, buffer + sector * SECTOR, SECTOR) != 0) {
         checkPattern(buffer + sector * SECTOR, sector, 1, seed);
      }
   }
   CHECK_OK(VixDiskLib_Close(disk));
   checkIn("base.vmdk", 0, CAPACITY, 1);
   if (strcmp(name, "child.vmdk") == 0) {
      CHECK_OK(tryChild("child.vmdk", 0, "grandchild.vmdk", SPLIT)); /* nothing stands in its way */
      CHECK_OK(tryOpen("grandchild.vmdk", 0));
   }
}

static void aProcessThatDiesLeavesAChainInOrder(void)
{
   CHECK(dieAtEachCall(prepareCopyOnWrite, writeToTheChild, checkEitherWay) >= 20);
}

int main(void)
{
   RUN(aChildShowsItsParentWhateverBothAre);
   RUN(aChildIsSparse);
   RUN(aChildReplacesNoFile);
   RUN(aChildIsWhatItsParentIs);
   RUN(theHintIsAFileNameBesideTheParentAndAPathElsewhere);
   RUN(childrenOfAMovedChainAreLookedForBesideEachOther);
   RUN(aMissingParentIsNotTheChildItself);
   RUN(whatSurroundsAWriteIsTheParents);
   RUN(aRequestGoesThroughAllLinks);
   RUN(zeroedGrainsMaskTheParent);
   RUN(chainsAreAsDeepAsTheyAre);
   RUN(deepChainsNeedManyFiles);
   RUN(aLinkAloneHasWhatItHas);
   RUN(aLinkAloneTakesWholeGrains);
   RUN(aDiskWithoutParentIsWholeAlone);
   RUN(theBlocksOfAChainAreThoseOfAllLinks);
   RUN(aParentThatWasWrittenIsNoParentAnyMore);
   RUN(aParentThatIsWrittenOnIsNoParentAnyMore);
   RUN(aDiskThatSomebodyElseWritesGetsNoChild);
   RUN(aChildFitsItsParentAsItIs);
   RUN(brokenChainsAreToldApart);
   RUN(parentsAreNotForUnlinkWhileTheyAreRead);
   RUN(attachingPutsAChildOnAnotherParent);
   RUN(whatDoesNotFitIsNotAttached);
   RUN(aBrokenChainIsNoParent);
   RUN(attachingNeedsTwoHandles);
   RUN(aParentThatSomebodyElseWritesIsNotAttachedTo);
   RUN(aProcessThatDiesAttachesOrDoesNot);
   RUN(aProcessThatDiesLeavesAChainInOrder);
   return finish();
}
