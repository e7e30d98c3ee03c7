/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Fault plans: which calls a rule is for.
 */
#include "plan.h"
#include "plan_support.h"

static void aRuleIsForItsFunction(void)
{
   startWith("Write return=1");
   CHECK_OK(readAt(0, 1));
   CHECK_EQUAL(VIX_E_FAIL, writeAt(0, 1));
   setPlan("* return=1");
   CHECK_EQUAL(VIX_E_FAIL, readAt(0, 1));
   CHECK_EQUAL(VIX_E_FAIL, writeAt(0, 1));
   CHECK_EQUAL(VIX_E_FAIL, VixDiskLib_Flush(disk));
   CHECK_EQUAL(VIX_E_INVALID_ARG, VixDiskLib_Read(disk, 0, 1, NULL)); /* checks come first */
   stop();
}

static void nthIsOneCall(void)
{
   startWith("Read nth=3 return=1");
   for (int i = 1; i <= 10; i++) {
      CHECK(fails(readAt(0, 1)) == (i == 3));
      CHECK_OK(writeAt(0, 1)); /* does not count */
   }
   setPlan("Read nth=3 return=1"); /* counts anew */
   for (int i = 1; i <= 10; i++) {
      CHECK(fails(readAt(0, 1)) == (i == 3));
   }
   stop();
}

static void everyIsEachOfSoMany(void)
{
   startWith("Read every=3 return=1");
   for (int i = 1; i <= 10; i++) {
      CHECK(fails(readAt(0, 1)) == (i % 3 == 0));
   }
   stop();
}

static void timesIsAtMostSoOften(void)
{
   startWith("Read times=2 return=1");
   for (int i = 1; i <= 5; i++) {
      CHECK(fails(readAt(0, 1)) == (i <= 2));
   }
   setPlan("Read every=2 times=2 return=1");
   for (int i = 1; i <= 10; i++) {
      CHECK(fails(readAt(0, 1)) == (i == 2 || i == 4));
   }
   stop();
}

/* Whether a plan for Open, or for both paths of a call, takes a path. */
static bool takesPaths(const char *plan, const char *one, const char *other)
{
   const PlanCase call = {"VixDiskLib_Clone", {one, other}, false, 0, 0};
   PlanEffect effect;

   setPlan(plan);
   plan_take(&call, &effect);
   setPlan(NULL);
   return effect.error != VIX_OK;
}

static void disksAreToldByTheirPaths(void)
{
   char plan[1000];
   VixDiskLibHandle other;

   CHECK(takesPaths("Clone disk=/x/a.vmdk return=1", "/x/a.vmdk", NULL));
   CHECK(takesPaths("Clone disk=a.vmdk return=1", "/x/a.vmdk", NULL));
   CHECK(takesPaths("Clone disk=?.vmdk return=1", "/y", "/x/a.vmdk"));
   CHECK(takesPaths("Clone disk=*/x/*.vmdk return=1", "/r/x/a.vmdk", "/y"));
   CHECK(!takesPaths("Clone disk=b* return=1", "/x/a.vmdk", "/b/a.vmdk"));
   CHECK(!takesPaths("Clone disk=* return=1", NULL, NULL));
   CHECK(takesPaths("Clone disk=\"my disk.vmdk\" return=1", "/x/my disk.vmdk", NULL));
   CHECK(takesPaths("Clone disk=\"[ds1] web/web.vmdk\" return=1", "[ds1] web/web.vmdk", NULL));
   CHECK(!takesPaths("Clone disk=\"[ds1] web/web.vmdk\" return=1", "[ds2] web/web.vmdk", NULL));
   startWith("");
   createDisk("b.vmdk", VIXDISKLIB_DISK_MONOLITHIC_FLAT, CAPACITY);
   snprintf(plan, sizeof plan, "* disk=%s return=1", pathOf("b.vmdk"));
   setPlan(plan);
   CHECK_OK(readAt(0, 1));
   CHECK_EQUAL(VIX_E_FAIL, tryOpen("b.vmdk", 0));
   setPlan("Read disk=b.* return=1");
   other = openDisk("b.vmdk", 0);
   CHECK_OK(readAt(0, 1));
   CHECK_EQUAL(VIX_E_FAIL, VixDiskLib_Read(other, 0, 1, buffer));
   setPlan("Close disk=b.* return=1");
   CHECK_EQUAL(VIX_E_FAIL, VixDiskLib_Close(other));
   setPlan("Rename disk=c.vmdk return=1");
   CHECK_EQUAL(VIX_E_FAIL, VixDiskLib_Rename(pathOf("b.vmdk"), pathOf("c.vmdk")));
   CHECK_EQUAL(VIX_E_FAIL, VixDiskLib_Rename(pathOf("c.vmdk"), pathOf("b.vmdk")));
   setPlan("CreateChild disk=c.vmdk return=1");
   CHECK_EQUAL(VIX_E_FAIL,
               VixDiskLib_CreateChild(disk, pathOf("c.vmdk"), VIXDISKLIB_DISK_MONOLITHIC_SPARSE, NULL, NULL));
   stop();
}

static void sectorsAreThoseOfTheRequest(void)
{
   startWith("Read sectors=100-199 return=1");
   CHECK_OK(readAt(0, 100));
   CHECK_EQUAL(VIX_E_FAIL, readAt(0, 101));
   CHECK_EQUAL(VIX_E_FAIL, readAt(150, 1));
   CHECK_EQUAL(VIX_E_FAIL, readAt(199, 10));
   CHECK_OK(readAt(200, 10));
   CHECK_OK(readAt(150, 0));
   CHECK_EQUAL(VIX_E_FAIL, readAt(0, CAPACITY));
   CHECK_EQUAL(VIX_E_FAIL, readAt(1, UINT64_MAX)); /* is never found out to be too much */
   setPlan("* sectors=7 return=1");
   CHECK_EQUAL(VIX_E_FAIL, readAt(7, 1));
   CHECK_OK(readAt(8, 1));
   CHECK_OK(VixDiskLib_Flush(disk)); /* has none */
   setPlan("Read sectors=7 nth=2 return=1");
   for (int i = 1; i <= 4; i++) {
      CHECK_OK(readAt(0, 1)); /* does not count */
      CHECK(fails(readAt(7, 1)) == (i == 2));
   }
   stop();
}

#define DRAWS 1000

static unsigned draw(const char *plan, bool *results)
{
   unsigned count = 0;

   setPlan(plan);
   for (int i = 0; i < DRAWS; i++) {
      results[i] = fails(readAt(0, 0));
      count += results[i];
   }
   return count;
}

static void chanceDependsOnTheSeedAlone(void)
{
   bool first[DRAWS];
   bool second[DRAWS];
   unsigned count;

   startWith("");
   count = draw("Read chance=25% seed=1 return=1", first);
   CHECK(count > 200 && count < 300);
   CHECK_EQUAL(count, draw("Read chance=0.25 seed=1 return=1", second));
   CHECK(memcmp(first, second, sizeof first) == 0);
   CHECK(draw("Read chance=25% seed=2 return=1", second) > 0);
   CHECK(memcmp(first, second, sizeof first) != 0);
   CHECK_EQUAL(draw("Read chance=0.25 seed=0 return=1", first), draw("Read chance=25.0% return=1", second));
   CHECK(memcmp(first, second, sizeof first) == 0);
   CHECK_EQUAL(DRAWS, draw("Read chance=1 return=1", first));
   CHECK_EQUAL(DRAWS, draw("Read chance=100% return=1", first));
   CHECK_EQUAL(0, draw("Read chance=0.000 return=1", first));
   count = draw("Read chance=0.5% seed=3 return=1", first);
   CHECK(count > 0 && count < 20);
   stop();
}

static void afterCountsWhatIsWritten(void)
{
   startWith("Write after=100KiB return=1");
   for (int i = 1; i <= 10; i++) {
      CHECK(fails(writeAt(0, 50)) == (i > 4)); /* 25 KiB each */
   }
   setPlan("Write after=50KiB sectors=1000-1999 return=1");
   for (int i = 1; i <= 4; i++) {
      CHECK_OK(writeAt(0, 50)); /* elsewhere */
      CHECK_OK(readAt(1000, 50));
      CHECK(fails(writeAt(1000, 50)) == (i > 2));
   }
   setPlan("Write after=512 return=1");
   CHECK_EQUAL(VIX_ASYNC, VixDiskLib_WriteAsync(disk, 0, 1, buffer, NULL, NULL)); /* another function */
   CHECK_OK(writeAt(0, 1));
   CHECK_EQUAL(VIX_E_FAIL, writeAt(0, 1));
   setPlan("Flush after=1KiB return=1");
   CHECK_OK(writeAt(0, 1));
   CHECK_OK(VixDiskLib_Flush(disk));
   CHECK_EQUAL(VIX_ASYNC, VixDiskLib_WriteAsync(disk, 0, 1, buffer, NULL, NULL));
   CHECK_EQUAL(VIX_E_FAIL, VixDiskLib_Flush(disk));
   setPlan("Write nth=1 return=1\nRead after=1 return=1");
   CHECK_EQUAL(VIX_E_FAIL, writeAt(0, 1)); /* writes nothing */
   CHECK_OK(readAt(0, 1));
   CHECK_OK(writeAt(0, 1));
   CHECK_EQUAL(VIX_E_FAIL, readAt(0, 1));
   stop();
}

static void theCloseOfAWrittenDiskFails(void)
{
   startWith("Close disk=a.vmdk after=1 return=VIX_E_FILE_ERROR");
   CHECK_OK(VixDiskLib_Close(disk));
   disk = openDisk("a.vmdk", 0);
   CHECK_OK(writeAt(0, 1));
   CHECK_EQUAL(VIX_E_FILE_ERROR, VixDiskLib_Close(disk));
   CHECK_EQUAL(VIX_E_DISK_INVAL, VixDiskLib_Close(disk)); /* it is closed all the same */
   disk = openDisk("a.vmdk", 0);
   stop();
}

int main(void)
{
   RUN(aRuleIsForItsFunction);
   RUN(nthIsOneCall);
   RUN(everyIsEachOfSoMany);
   RUN(timesIsAtMostSoOften);
   RUN(disksAreToldByTheirPaths);
   RUN(sectorsAreThoseOfTheRequest);
   RUN(chanceDependsOnTheSeedAlone);
   RUN(afterCountsWhatIsWritten);
   RUN(theCloseOfAWrittenDiskFails);
   return finish();
}
