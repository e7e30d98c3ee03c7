/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * The configuration file of InitEx.
 */
#include "config.h"

#include <sys/stat.h>
#include <unistd.h>

#include "support.h"

static void startWith(const char *file)
{
   CHECK_OK(tryStartLibrary(8, 0, pathOf(file)));
}

/* Starts the library with a text as its configuration. */
static void startWithText(const char *text)
{
   writeText("vddk.conf", text);
   startWith("vddk.conf");
}

static const char *hasLines(int lines)
{
   static char text[64];

   snprintf(text, sizeof text, "vddk.conf\" has %d lines", lines);
   return text;
}

static void settingsInTheirRangeAreTaken(void)
{
   static const struct {
      ConfigSetting setting;
      const char *name;
      uint64 least;
      uint64 most;
      uint64 byDefault;
   } numbers[] = {
      {CONFIG_TRANSPORT_LOG_LEVEL, "vixDiskLib.transport.LogLevel", 4, 6, 6},
      {CONFIG_NFC_LOG_LEVEL, "vixDiskLib.nfc.LogLevel", 0, 4, 1},
      {CONFIG_NFC_ACCEPT_TIMEOUT, "vixDiskLib.nfc.AcceptTimeoutMs", 0, 2147483648, 0},
      {CONFIG_NFC_REQUEST_TIMEOUT, "vixDiskLib.nfc.RequestTimeoutMs", 0, 2147483648, 0},
      {CONFIG_NFC_READ_TIMEOUT, "vixDiskLib.nfc.ReadTimeoutMs", 0, 2147483648, 0},
      {CONFIG_NFC_WRITE_TIMEOUT, "vixDiskLib.nfc.WriteTimeoutMs", 0, 2147483648, 0},
      {CONFIG_NFC_FILE_SYSTEM_TIMEOUT, "vixDiskLib.nfcFssrvr.TimeoutMs", 0, 2147483648, 0},
      {CONFIG_NFC_FILE_SYSTEM_WRITE_TIMEOUT, "vixDiskLib.nfcFssrvrWrite.TimeoutMs", 0, 2147483648, 0},
      {CONFIG_NFC_BUFFER_SIZE, "vixDiskLib.nfcAio.Session.BufSizeIn64KB", 1, 64, 1},
      {CONFIG_NFC_BUFFER_COUNT, "vixDiskLib.nfcAio.Session.BufCount", 1, 256, 4},
      {CONFIG_ENABLE_CACHE, "vixDiskLib.disklib.EnableCache", 0, 1, 0},
      {CONFIG_HOTADD_NO_NFC_SESSION, "vixDiskLib.transport.hotadd.NoNfcSession", 0, 1, 0},
      {CONFIG_VERIFY_CERTIFICATES, "vixDiskLib.linuxSSL.verifyCertificates", 0, 1, 0},
      {CONFIG_ENABLE_FIPS, "vixDiskLib.ssl.enableSslFIPS", 0, 1, 0},
      {CONFIG_ENABLE_PHONE_HOME, "vixDiskLib.phoneHome.EnablePhoneHome", 0, 1, 0},
   };

   for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
      uint64 both[] = {numbers[i].least, numbers[i].most};

      for (size_t j = 0; j < 2; j++) {
         char line[128];

         snprintf(line, sizeof line, "%s=%" PRIu64 "\n", numbers[i].name, both[j]);
         startWithText(line);
         CHECK(wasLogged(hasLines(1)));
         CHECK(!wasLogged("line 1 of"));
         CHECK(!wasLogged("cannot be opened"));
         CHECK_EQUAL(both[j], config_number(numbers[i].setting));
         VixDiskLib_Exit();
      }
      startWithText("");
      CHECK_EQUAL(numbers[i].byDefault, config_number(numbers[i].setting));
      VixDiskLib_Exit();
   }
}

static void valuesOutOfTheirRangeAreWarnedAboutAndTheDefaultStays(void)
{
   static const struct {
      const char *line;
      ConfigSetting setting;
      const char *warning;
   } faults[] = {
      {"vixDiskLib.transport.LogLevel=7", CONFIG_TRANSPORT_LOG_LEVEL, "is \"7\", which is not a number from 0 to 6"},
      {"vixDiskLib.transport.LogLevel=-1", CONFIG_TRANSPORT_LOG_LEVEL, "is \"-1\""},
      {"vixDiskLib.transport.LogLevel=\"\"", CONFIG_TRANSPORT_LOG_LEVEL, "is \"\""},
      {"vixDiskLib.transport.LogLevel=0x3", CONFIG_TRANSPORT_LOG_LEVEL, "is \"0x3\""},
      {"vixDiskLib.transport.LogLevel=3 # three", CONFIG_TRANSPORT_LOG_LEVEL, "is \"3 # three\""},
      {"vixDiskLib.transport.LogLevel=verbose", CONFIG_TRANSPORT_LOG_LEVEL, "is \"verbose\""},
      {"vixDiskLib.nfc.LogLevel=5", CONFIG_NFC_LOG_LEVEL, "from 0 to 4"},
      {"vixDiskLib.nfc.AcceptTimeoutMs=2147483649", CONFIG_NFC_ACCEPT_TIMEOUT, "from 0 to 2147483648"},
      {"vixDiskLib.nfc.ReadTimeoutMs=18446744073709551616", CONFIG_NFC_READ_TIMEOUT, "from 0 to 2147483648"},
      {"vixDiskLib.nfc.ReadTimeoutMs=18446744073709551617", CONFIG_NFC_READ_TIMEOUT, "from 0 to 2147483648"},
      {"vixDiskLib.nfc.WriteTimeoutMs=60s", CONFIG_NFC_WRITE_TIMEOUT, "is \"60s\""},
      {"vixDiskLib.disklib.EnableCache=2", CONFIG_ENABLE_CACHE, "from 0 to 1"},
      {"vixDiskLib.disklib.EnableCache=TRUE", CONFIG_ENABLE_CACHE, "is \"TRUE\""},
      {"vixDiskLib.nfcAio.Session.BufCount=0", CONFIG_NFC_BUFFER_COUNT, "from 1 to"},
   };

   for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
      uint64 byDefault;

      startWithText("");
      byDefault = config_number(faults[i].setting);
      VixDiskLib_Exit();
      startWithText(faults[i].line);
      CHECK(wasLogged("line 1 of the configuration"));
      CHECK(wasLogged(faults[i].warning));
      CHECK_EQUAL(byDefault, config_number(faults[i].setting));
      VixDiskLib_Exit();
   }
}

static void unknownNamesAreWarnedAboutAndSimilarOnesProposed(void)
{
   startWithText("vixDiskLib.nfcAio.Session.BufSizeIn64K=16\n"
                 "VixDiskLib.NFC.logLevel=2\n"
                 "\n"
                 "# a comment = no setting\n"
                 "vixDiskLib.nonsense=1\n"
                 "tmp=/tmp\n");
   CHECK(
      wasLogged("line 1 of the configuration: the setting \"vixDiskLib.nfcAio.Session.BufSizeIn64K\" is not known and "
                "has no effect; did you mean \"vixDiskLib.nfcAio.Session.BufSizeIn64KB\"?\n"));
   CHECK(wasLogged("did you mean \"vixDiskLib.nfc.LogLevel\"?"));
   CHECK(
      wasLogged("line 5 of the configuration: the setting \"vixDiskLib.nonsense\" is not known and has no effect.\n"));
   CHECK(wasLogged("line 6 of the configuration: the setting \"tmp\" is not known and has no effect.\n"));
   CHECK(!wasLogged("line 3") && !wasLogged("line 4"));
   CHECK_EQUAL(1, config_number(CONFIG_NFC_LOG_LEVEL));
   VixDiskLib_Exit();
}

static void oldSpellingsAreUnderstood(void)
{
   startWithText("vixDiskLib.nfc.ReadTimeoutsMs=60000\nvixDiskLib.nfc.WriteTimeoutsMs=600000\n"
                 "vixDiskLib.transport.san.blacklist=all\nvixDiskLib.transport.san.whitelist=\"/dev/sda,/dev/sdb\"\n");
   CHECK(!wasLogged("not known"));
   CHECK(wasLogged("\"vixDiskLib.nfc.ReadTimeoutsMs\" is called \"vixDiskLib.nfc.ReadTimeoutMs\" now"));
   CHECK(wasLogged("\"vixDiskLib.transport.san.blacklist\" is called \"vixDiskLib.transport.san.denyList\" now"));
   CHECK_EQUAL(60000, config_number(CONFIG_NFC_READ_TIMEOUT));
   CHECK_EQUAL(600000, config_number(CONFIG_NFC_WRITE_TIMEOUT));
   CHECK(strcmp("all", config_text(CONFIG_SAN_DENY_LIST)) == 0);
   CHECK(strcmp("/dev/sda,/dev/sdb", config_text(CONFIG_SAN_ALLOW_LIST)) == 0);
   VixDiskLib_Exit();
}

static void filesMayComeFromAnywhere(void)
{
   startWithText("\xef\xbb\xbfvixDiskLib.nfc.LogLevel = 3\r\n"
                 "  \t# a comment\r\n"
                 "\r\n"
                 " \t vixDiskLib.nfc.AcceptTimeoutMs\t=\t\"7\" \r\n"
                 "log.fileLevel=\" two words \"\r\n"
                 "vixDiskLib.phoneHome.ProductName=a=b\n"
                 "vixDiskLib.disklib.EnableCache=1");
   CHECK(!wasLogged("of the configuration"));
   CHECK(wasLogged(hasLines(7)));
   CHECK_EQUAL(3, config_number(CONFIG_NFC_LOG_LEVEL));
   CHECK_EQUAL(7, config_number(CONFIG_NFC_ACCEPT_TIMEOUT));
   CHECK_EQUAL(1, config_number(CONFIG_ENABLE_CACHE));
   CHECK(strcmp(" two words ", config_text(CONFIG_LOG_FILE_LEVEL)) == 0);
   CHECK(strcmp("a=b", config_text(CONFIG_PRODUCT_NAME)) == 0);
   CHECK(strcmp("", config_text(CONFIG_PRODUCT_VERSION)) == 0);
   VixDiskLib_Exit();
}

static void linesThatMakeNoSenseHaveNoEffect(void)
{
   static const char text[] = "no equals sign\n"
                              "=1\n"
                              "vixDiskLib.nfc.LogLevel=\"2\n"
                              "vixDiskLib.nfc.LogLevel=2\"\n"
                              "vixDiskLib.nfc.LogLevel=2\0\n"
                              "vixDiskLib.\0nfc.LogLevel=2\n"
                              "vixDiskLib.nfc.AcceptTimeoutMs=5\n";

   writeFile("vddk.conf", text, sizeof text - 1);
   startWith("vddk.conf");
   CHECK(wasLogged("line 1 of the configuration is not of the form name=value"));
   CHECK(wasLogged("line 2 of the configuration is not of the form name=value"));
   CHECK(wasLogged("line 3 of the configuration has a quotation mark too many or too few"));
   CHECK(wasLogged("line 4 of the configuration has a quotation mark too many or too few"));
   CHECK(wasLogged("line 5 of the configuration has a NUL byte"));
   CHECK(wasLogged("line 6 of the configuration has a NUL byte"));
   CHECK(wasLogged(hasLines(7)));
   CHECK_EQUAL(1, config_number(CONFIG_NFC_LOG_LEVEL));
   CHECK_EQUAL(5, config_number(CONFIG_NFC_ACCEPT_TIMEOUT));
   VixDiskLib_Exit();
}

static void longLinesAreReadWholeAndToldInPart(void)
{
   static char text[300000];

   memset(text, 'x', sizeof text - 1);
   text[100000] = '=';
   startWithText(text);
   CHECK(wasLogged("the setting \"xxxxxxxx"));
   CHECK(wasLogged(hasLines(1)));
   VixDiskLib_Exit();
   memcpy(text, "log.fileLevel=", 14);
   startWithText(text);
   CHECK_EQUAL(sizeof text - 1 - 14, strlen(config_text(CONFIG_LOG_FILE_LEVEL)));
   VixDiskLib_Exit();
}

static void theLastOfSeveralValidValuesCounts(void)
{
   startWithText("vixDiskLib.nfc.LogLevel=2\nvixDiskLib.nfc.LogLevel=3\nvixDiskLib.nfc.LogLevel=9\n"
                 "log.fileLevel=a\nlog.fileLevel=b\n");
   CHECK(wasLogged("line 2 of the configuration: \"vixDiskLib.nfc.LogLevel\" is set again"));
   CHECK(!wasLogged("line 1 of the configuration"));
   CHECK_EQUAL(3, config_number(CONFIG_NFC_LOG_LEVEL));
   CHECK(strcmp("b", config_text(CONFIG_LOG_FILE_LEVEL)) == 0);
   VixDiskLib_Exit();
}

static void buffersOfMoreThan16MebibytesAreWarnedAbout(void)
{
   static const struct {
      uint64 size;
      uint64 count;
      bool fits;
   } buffers[] = {{16, 16, true},
                  {16, 17, false},
                  {257, 1, false},
                  {1, 257, false},
                  {4294967295, 4294967295, false},
                  {2147483648, 2147483648, false}};

   for (size_t i = 0; i < sizeof buffers / sizeof buffers[0]; i++) {
      char text[256];

      snprintf(text, sizeof text,
               "vixDiskLib.nfcAio.Session.BufSizeIn64KB=%" PRIu64 "\nvixDiskLib.nfcAio.Session.BufCount=%" PRIu64 "\n",
               buffers[i].size, buffers[i].count);
      startWithText(text);
      CHECK_EQUAL(buffers[i].fits, !wasLogged("more than the 16 MiB"));
      VixDiskLib_Exit();
   }
}

static void whatIsNoReadableFileIsWarnedAbout(void)
{
   CHECK(mkdir(pathOf("folder"), 0777) == 0);
   CHECK(mkfifo(pathOf("fifo"), 0666) == 0);
   writeText("large", "");
   CHECK(truncate(pathOf("large"), (1 << 20) + 1) == 0);
   startWith("missing");
   CHECK(wasLogged("missing\" cannot be read (error 4)"));
   VixDiskLib_Exit();
   startWith("folder");
   CHECK(wasLogged("folder\" cannot be read (error 9)"));
   VixDiskLib_Exit();
   startWith("fifo");
   CHECK(wasLogged("fifo\" cannot be read (error 9)"));
   VixDiskLib_Exit();
   startWith("large");
   CHECK(wasLogged("large\" cannot be read (error 21)"));
   VixDiskLib_Exit();
   CHECK_OK(tryStartLibrary(8, 0, "/dev/zero"));
   CHECK(wasLogged("/dev/zero\" cannot be read"));
   VixDiskLib_Exit();
   if (geteuid() != 0) {
      writeText("closed", "tmpDirectory=/tmp\n");
      CHECK(chmod(pathOf("closed"), 0) == 0);
      startWith("closed");
      CHECK(wasLogged("closed\" cannot be read (error 13)"));
      VixDiskLib_Exit();
   }
   CHECK_OK(tryStartLibrary(8, 0, ""));
   CHECK(!wasLogged("configuration"));
   VixDiskLib_Exit();
}

static void theLogLevelDropsLines(void)
{
   static const struct {
      const char *text;
      bool hasWarnings;
      bool hasInfos;
   } levels[] = {
      {"vixDiskLib.transport.LogLevel=0\nx=1\n", false, false},
      {"vixDiskLib.transport.LogLevel=1\nx=1\n", false, false},
      {"vixDiskLib.transport.LogLevel=2\nx=1\n", true, false},
      {"vixDiskLib.transport.LogLevel=3\nx=1\n", true, false},
      {"vixDiskLib.transport.LogLevel=4\nx=1\n", true, true},
      {"vixDiskLib.transport.LogLevel=5\nx=1\n", true, true},
      {"vixDiskLib.transport.LogLevel=6\nx=1\n", true, true},
      {"x=1\n", true, true},
   };

   for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
      startWithText(levels[i].text);
      VddkFake_LogFromLibraryThread(0, "an information");
      VddkFake_LogFromLibraryThread(1, "a warning");
      CHECK_EQUAL(levels[i].hasWarnings, wasLogged("a warning"));
      CHECK_EQUAL(levels[i].hasWarnings, wasLogged("\"x\" is not known"));
      CHECK_EQUAL(levels[i].hasInfos, wasLogged("an information"));
      CHECK_EQUAL(levels[i].hasInfos, wasLogged("VixDiskLib: version"));
      CHECK_EQUAL(levels[i].hasInfos, wasLogged("thread vixDiskLib is running"));
      VixDiskLib_Exit();
      CHECK_EQUAL(levels[i].hasInfos, wasLogged("VixDiskLib: exit."));
   }
   startLibrary();
   CHECK(wasLogged("VixDiskLib: version"));
   stopLibrary();
}

/* ---------------------------------------------------------------------------------------------------- log files */

/* Starts without callbacks, with a configuration that names a folder or a file, and ends again. */
static void runWithoutCallbacks(const char *setting, const char *path)
{
   char text[8192];

   snprintf(text, sizeof text, "%s=\"%s\"\nx=1\n", setting, path);
   writeText("vddk.conf", text);
   CHECK_OK(VixDiskLib_InitEx(8, 0, NULL, NULL, NULL, NULL, pathOf("vddk.conf")));
   VddkFake_LogFromLibraryThread(1, "a warning");
   VixDiskLib_Exit();
}

/* The name of the log file of a user in the folder of the test. */
static const char *logNameOf(const char *user)
{
   static char name[64];

   snprintf(name, sizeof name, "vmware-%s/vixDiskLib-%ld.log", user, (long)getpid());
   return name;
}

static void checkLog(const char *name)
{
   size_t length;
   char *text = (char *)readFile(name, &length);

   CHECK(strncmp(text, "20", 2) == 0 && strstr(text, "Z info VixDiskLib: version 8.0.3") != NULL);
   CHECK(strstr(text, "Z warning VixDiskLib: line 2 of the configuration: the setting \"x\"") != NULL);
   CHECK(strstr(text, "Z warning a warning [-7 1234567890123 2.50 text 42 % 18446744073709551615]\n") != NULL);
   CHECK(strstr(text, "Z info VixDiskLib: exit.\n") != NULL);
   free(text);
}

static void withoutCallbacksAndFolderThereIsNoLog(void)
{
   runWithoutCallbacks("log.fileName", "relative.log");
   CHECK(!fileExists("vmware-tester"));
   CHECK(access("relative.log", F_OK) != 0);
   startWithText("");
   VixDiskLib_Exit();
   CHECK(!fileExists("vmware-tester"));
}

static void withoutCallbacksTheLogGoesToTheFolderForTemporaryFiles(void)
{
   struct stat status;
   char number[32];

   CHECK(setenv("USER", "tester", 1) == 0);
   runWithoutCallbacks("tmpDirectory", pathOf(""));
   checkLog(logNameOf("tester"));
   CHECK(stat(pathOf("vmware-tester"), &status) == 0 && (status.st_mode & 0777) == 0700);
   CHECK(stat(pathOf(logNameOf("tester")), &status) == 0 && (status.st_mode & 0777) == 0600);
   CHECK(unlink(pathOf(logNameOf("tester"))) == 0);
   CHECK(setenv("USER", "../tester", 1) == 0);
   runWithoutCallbacks("tmpDirectory", pathOf(""));
   snprintf(number, sizeof number, "%u", (unsigned)geteuid());
   CHECK(fileExists(logNameOf(number)));
   CHECK(setenv("USER", "tester", 1) == 0);
}

static void aFileThatIsNamedIsTheLogUntilExit(void)
{
   int before = dup(0);
   int after;

   close(before);
   runWithoutCallbacks("log.fileName", pathOf("own.log"));
   checkLog("own.log");
   after = dup(0);
   close(after);
   CHECK(before == after); /* the file is closed */
}

static void callbacksAndLevelsAreStrongerThanTheFile(void)
{
   char text[8192];

   snprintf(text, sizeof text, "tmpDirectory=%s\n", pathOf(""));
   startWithText(text);
   VixDiskLib_Exit();
   CHECK(!fileExists("vmware-tester"));
   snprintf(text, sizeof text, "vixDiskLib.transport.LogLevel=0\nlog.fileName=%s\n", pathOf("own.log"));
   writeText("vddk.conf", text);
   CHECK_OK(VixDiskLib_InitEx(8, 0, NULL, NULL, NULL, NULL, pathOf("vddk.conf")));
   VixDiskLib_Exit();
   CHECK(fileExists("own.log"));
   free(readFile("own.log", &(size_t){0}));
}

static char warned[4096];

__attribute__((format(printf, 1, 0))) static void keepWarning(const char *format, va_list args)
{
   size_t length = strlen(warned);

   vsnprintf(warned + length, sizeof warned - length, format, args);
}

static void aFolderOfSomebodyElseIsNotWrittenTo(void)
{
   char text[8192];

   CHECK(mkdir(pathOf("elsewhere"), 0777) == 0);
   CHECK(symlink("elsewhere", pathOf("vmware-tester")) == 0);
   snprintf(text, sizeof text, "tmpDirectory=%s\n", pathOf(""));
   writeText("vddk.conf", text);
   CHECK_OK(VixDiskLib_InitEx(8, 0, NULL, keepWarning, NULL, NULL, pathOf("vddk.conf")));
   VixDiskLib_Exit();
   CHECK(strstr(warned, "vmware-tester\" cannot be written (error 13)") != NULL);
   CHECK(rmdir(pathOf("elsewhere")) == 0); /* nothing is in it */
}

/* ------------------------------------------------------------------------------------------------------ chance */

static void anyTextIsSurvived(void)
{
   static const char *const pieces[] = {"vixDiskLib.nfc.LogLevel",
                                        "vixDiskLib.nfcAio.Session.BufCount",
                                        "=",
                                        "\"",
                                        "\n",
                                        "\r",
                                        " ",
                                        "\t",
                                        "18446744073709551615",
                                        "4",
                                        "tmpDirectory",
                                        "#",
                                        "\0",
                                        "\xef\xbb\xbf",
                                        "\xff",
                                        "log.file"};
   Random random = {chooseSeed()};

   for (int round = 0; round < 300; round++) {
      char text[1024];
      size_t length = 0;

      for (uint64 n = nextRandom(&random, 40); n > 0; n--) {
         const char *piece = pieces[nextRandom(&random, sizeof pieces / sizeof pieces[0])];
         size_t bytes = *piece == '\0' ? 1 : strlen(piece);

         memcpy(text + length, piece, length + bytes < sizeof text ? bytes : 0);
         length += length + bytes < sizeof text ? bytes : 0;
      }
      writeFile("vddk.conf", text, length);
      startWith("vddk.conf");
      CHECK(config_number(CONFIG_NFC_LOG_LEVEL) <= 4);
      CHECK(config_number(CONFIG_NFC_BUFFER_COUNT) >= 1);
      CHECK(wasLogged("vddk.conf\" has "));
      VixDiskLib_Exit();
   }
}

int main(void)
{
   RUN(settingsInTheirRangeAreTaken);
   RUN(valuesOutOfTheirRangeAreWarnedAboutAndTheDefaultStays);
   RUN(unknownNamesAreWarnedAboutAndSimilarOnesProposed);
   RUN(oldSpellingsAreUnderstood);
   RUN(filesMayComeFromAnywhere);
   RUN(linesThatMakeNoSenseHaveNoEffect);
   RUN(longLinesAreReadWholeAndToldInPart);
   RUN(theLastOfSeveralValidValuesCounts);
   RUN(buffersOfMoreThan16MebibytesAreWarnedAbout);
   RUN(whatIsNoReadableFileIsWarnedAbout);
   RUN(theLogLevelDropsLines);
   RUN(withoutCallbacksAndFolderThereIsNoLog);
   RUN(withoutCallbacksTheLogGoesToTheFolderForTemporaryFiles);
   RUN(aFileThatIsNamedIsTheLogUntilExit);
   RUN(callbacksAndLevelsAreStrongerThanTheFile);
   RUN(aFolderOfSomebodyElseIsNotWrittenTo);
   RUN(anyTextIsSurvived);
   return finish();
}
