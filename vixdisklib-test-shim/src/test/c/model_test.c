/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Thousands of random operations on a disk, and the same ones on plain memory: both always have the same contents.
 */
#include "support.h"

#define MAX_REQUEST 1500u

typedef struct Model {
   const char *name;
   uint64 capacity;
   uint8 *contents;
   bool *written; /* by sector */
   char value[32];
   VixDiskLibHandle disk;
   Random random;
} Model;

static uint8 buffer[MAX_REQUEST * SECTOR];

static void chooseRange(Model *model, uint64 *start, uint64 *count)
{
   uint64 limit = nextRandom(&model->random, 4) == 0 ? MAX_REQUEST : 20;

   *start = nextRandom(&model->random, model->capacity);
   *count = 1 + nextRandom(&model->random, limit);
   if (*count > model->capacity - *start) {
      *count = model->capacity - *start;
   }
}

static void writeSome(Model *model)
{
   uint64 start;
   uint64 count;

   chooseRange(model, &start, &count);
   if (nextRandom(&model->random, 10) == 0) {
      memset(buffer, 0, count * SECTOR);
   } else {
      fillPattern(buffer, start, count, (uint32)model->random.state);
   }
   CHECK_OK(VixDiskLib_Write(model->disk, start, count, buffer));
   memcpy(model->contents + start * SECTOR, buffer, count * SECTOR);
   memset(model->written + start, true, count);
}

static void readSome(Model *model)
{
   uint64 start;
   uint64 count;

   chooseRange(model, &start, &count);
   CHECK_OK(VixDiskLib_Read(model->disk, start, count, buffer));
   CHECK(memcmp(buffer, model->contents + start * SECTOR, count * SECTOR) == 0);
}

static void reopen(Model *model)
{
   CHECK_OK(VixDiskLib_Close(model->disk));
   model->disk = openDisk(model->name, 0);
}

static void changeMetadata(Model *model)
{
   size_t length = nextRandom(&model->random, sizeof model->value);

   memset(model->value, 'a' + (int)nextRandom(&model->random, 26), length);
   model->value[length == sizeof model->value ? length - 1 : length] = '\0';
   CHECK_OK(VixDiskLib_WriteMetadata(model->disk, "model", model->value));
}

static void checkMetadata(Model *model)
{
   char value[64];

   CHECK_OK(VixDiskLib_ReadMetadata(model->disk, "model", value, sizeof value, NULL));
   CHECK(strcmp(value, model->value) == 0);
}

/* What was written must be in the list; what is not in the list must be zeros. */
static void checkBlocks(Model *model)
{
   uint64 count = model->capacity / 128 * 128;
   bool *allocated = calloc(model->capacity, sizeof *allocated);
   VixDiskLibBlockList *list;
   const VixDiskLibBlock *blocks;

   CHECK_OK(VixDiskLib_QueryAllocatedBlocks(model->disk, 0, count, 128, &list));
   blocks = (const VixDiskLibBlock *)(const void *)((const char *)list + offsetof(VixDiskLibBlockList, blocks));
   for (uint32 i = 0; i < list->numBlocks; i++) {
      CHECK(blocks[i].length > 0 && blocks[i].length % 128 == 0 && blocks[i].offset % 128 == 0);
      CHECK(blocks[i].offset + blocks[i].length <= count);
      CHECK(i == 0 || blocks[i - 1].offset + blocks[i - 1].length < blocks[i].offset);
      memset(allocated + blocks[i].offset, true, blocks[i].length);
   }
   for (uint64 sector = 0; sector < count; sector++) {
      CHECK(allocated[sector] || (!model->written[sector] && isZero(model->contents + sector * SECTOR, SECTOR)));
   }
   free(allocated);
   CHECK_OK(VixDiskLib_FreeBlockList(list));
}

static void step(Model *model)
{
   uint64 choice = nextRandom(&model->random, 1000);

   if (choice < 450) {
      writeSome(model);
   } else if (choice < 960) {
      readSome(model);
   } else if (choice < 975) {
      reopen(model);
   } else if (choice < 985) {
      changeMetadata(model);
   } else if (choice < 992) {
      checkMetadata(model);
   } else if (choice < 997) {
      CHECK_OK(VixDiskLib_Flush(model->disk));
   } else {
      checkBlocks(model);
   }
}

static void run(const char *name, VixDiskLibDiskType type, uint64 capacity, int steps)
{
   Model model = {.name = name, .capacity = capacity, .value = ""};

   model.contents = calloc(capacity, SECTOR);
   model.written = calloc(capacity, sizeof *model.written);
   model.random.state = chooseSeed();
   startLibrary();
   createDisk(name, type, capacity);
   model.disk = openDisk(name, 0);
   CHECK_OK(VixDiskLib_WriteMetadata(model.disk, "model", ""));
   for (int i = 0; i < steps; i++) {
      step(&model);
   }
   reopen(&model);
   for (uint64 sector = 0; sector < capacity; sector += 1000) {
      uint64 count = capacity - sector < 1000 ? capacity - sector : 1000;

      CHECK_OK(VixDiskLib_Read(model.disk, sector, count, buffer));
      CHECK(memcmp(buffer, model.contents + sector * SECTOR, count * SECTOR) == 0);
   }
   checkBlocks(&model);
   checkMetadata(&model);
   CHECK_OK(VixDiskLib_Close(model.disk));
   stopLibrary();
   free(model.contents);
   free(model.written);
}

static void aSparseDiskIsLikeMemory(void)
{
   run("sparse.vmdk", VIXDISKLIB_DISK_MONOLITHIC_SPARSE, 150001, 4000);
}

static void aSmallSparseDiskIsLikeMemory(void)
{
   run("small.vmdk", VIXDISKLIB_DISK_MONOLITHIC_SPARSE, 129, 1000);
}

static void aFlatDiskIsLikeMemory(void)
{
   run("flat.vmdk", VIXDISKLIB_DISK_MONOLITHIC_FLAT, 100001, 3000);
}

int main(void)
{
   RUN(aSparseDiskIsLikeMemory);
   RUN(aSmallSparseDiskIsLikeMemory);
   RUN(aFlatDiskIsLikeMemory);
   return finish();
}
