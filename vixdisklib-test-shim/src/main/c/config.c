/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "descriptor.h"
#include "file.h"
#include "log.h"
#include "path.h"
#include "timing.h"
#include "version.h"

/* A configuration has some dozens of lines. */
#define MAX_CONFIG_BYTES (1 << 20)

/* How much of a name or a value the log is told. */
#define MAX_TOLD 100

/* Timeouts are held in 32 bits, and documented to end here. */
#define MAX_TIMEOUT UINT64_C(2147483648)

/* For numbers without a natural limit: one digit more does not overflow. */
#define MAX_NUMBER UINT64_C(1000000000000000000)

/* What the buffers of a session can have together, in the unit of their size. */
#define MAX_SESSION_BUFFERS (UINT64_C(16) << 20 >> 16)

typedef struct {
   const char *name;
   const char *oldName;
   bool isNumber;
   uint64 least;
   uint64 most;
   uint64 byDefault;
   uint32 since[3]; /* the version that brought it */
} Setting;

#define TEXT(name)                                                                                                     \
   {                                                                                                                   \
      name, NULL, false, 0, 0, 0,                                                                                      \
      {                                                                                                                \
         0, 0, 0                                                                                                       \
      }                                                                                                                \
   }
#define RENAMED_TEXT(name, oldName)                                                                                    \
   {                                                                                                                   \
      name, oldName, false, 0, 0, 0,                                                                                   \
      {                                                                                                                \
         0, 0, 0                                                                                                       \
      }                                                                                                                \
   }
#define NUMBER(name, most, byDefault)                                                                                  \
   {                                                                                                                   \
      name, NULL, true, 0, most, byDefault,                                                                            \
      {                                                                                                                \
         0, 0, 0                                                                                                       \
      }                                                                                                                \
   }
#define SWITCH(name) NUMBER(name, 1, 0)
#define TIMEOUT(name, oldName)                                                                                         \
   {                                                                                                                   \
      name, oldName, true, 0, MAX_TIMEOUT, 0,                                                                          \
      {                                                                                                                \
         0, 0, 0                                                                                                       \
      }                                                                                                                \
   }
#define BUFFERS(name, byDefault)                                                                                       \
   {                                                                                                                   \
      name, NULL, true, 1, UINT32_MAX, byDefault,                                                                      \
      {                                                                                                                \
         7, 0, 3                                                                                                       \
      }                                                                                                                \
   }

#define TIME(first, transport)                                                                                         \
   [first] = NUMBER("vddkFake.time." transport ".latencyMicros", TIMING_MAX_LATENCY_MICROS, CONFIG_UNSET),             \
   [(first) + 1] = NUMBER("vddkFake.time." transport ".bytesPerSecond", MAX_NUMBER, CONFIG_UNSET),                     \
   [(first) + 2] = NUMBER("vddkFake.time." transport ".requestsAtOnce", UINT32_MAX, CONFIG_UNSET)

/* The documentation gives 3 as the default of the transports' log level from 6.7 on, and 6 before; here it is always 6.
 */
static const Setting settings[CONFIG_SETTINGS] = {
   [CONFIG_TMP_DIRECTORY] = TEXT("tmpDirectory"),
   [CONFIG_LOG_FILE_NAME] = TEXT("log.fileName"),
   [CONFIG_LOG_FILE_LEVEL] = TEXT("log.fileLevel"),
   [CONFIG_TRANSPORT_LOG_LEVEL] = NUMBER("vixDiskLib.transport.LogLevel", 6, 6),
   [CONFIG_NFC_LOG_LEVEL] = NUMBER("vixDiskLib.nfc.LogLevel", 4, 1),
   [CONFIG_NFC_ACCEPT_TIMEOUT] = TIMEOUT("vixDiskLib.nfc.AcceptTimeoutMs", NULL),
   [CONFIG_NFC_REQUEST_TIMEOUT] = TIMEOUT("vixDiskLib.nfc.RequestTimeoutMs", NULL),
   [CONFIG_NFC_READ_TIMEOUT] = TIMEOUT("vixDiskLib.nfc.ReadTimeoutMs", "vixDiskLib.nfc.ReadTimeoutsMs"),
   [CONFIG_NFC_WRITE_TIMEOUT] = TIMEOUT("vixDiskLib.nfc.WriteTimeoutMs", "vixDiskLib.nfc.WriteTimeoutsMs"),
   [CONFIG_NFC_FILE_SYSTEM_TIMEOUT] = TIMEOUT("vixDiskLib.nfcFssrvr.TimeoutMs", NULL),
   [CONFIG_NFC_FILE_SYSTEM_WRITE_TIMEOUT] = TIMEOUT("vixDiskLib.nfcFssrvrWrite.TimeoutMs", NULL),
   [CONFIG_NFC_BUFFER_SIZE] = BUFFERS("vixDiskLib.nfcAio.Session.BufSizeIn64KB", 1),
   [CONFIG_NFC_BUFFER_COUNT] = BUFFERS("vixDiskLib.nfcAio.Session.BufCount", 4),
   [CONFIG_ENABLE_CACHE] = SWITCH("vixDiskLib.disklib.EnableCache"),
   [CONFIG_SAN_DENY_LIST] = RENAMED_TEXT("vixDiskLib.transport.san.denyList", "vixDiskLib.transport.san.blacklist"),
   [CONFIG_SAN_ALLOW_LIST] = RENAMED_TEXT("vixDiskLib.transport.san.allowList", "vixDiskLib.transport.san.whitelist"),
   [CONFIG_HOTADD_NO_NFC_SESSION] = SWITCH("vixDiskLib.transport.hotadd.NoNfcSession"),
   [CONFIG_VERIFY_CERTIFICATES] = SWITCH("vixDiskLib.linuxSSL.verifyCertificates"),
   [CONFIG_ENABLE_FIPS] = SWITCH("vixDiskLib.ssl.enableSslFIPS"),
   [CONFIG_ENABLE_PHONE_HOME] = SWITCH("vixDiskLib.phoneHome.EnablePhoneHome"),
   [CONFIG_PRODUCT_NAME] = TEXT("vixDiskLib.phoneHome.ProductName"),
   [CONFIG_PRODUCT_VERSION] = TEXT("vixDiskLib.phoneHome.ProductVersion"),
   [CONFIG_PHONE_HOME_DIRECTORY] = TEXT("vixDiskLib.phoneHome.DatabaseDir"),
   [CONFIG_FAKE_INVENTORY] = TEXT("vddkFake.inventory"),
   [CONFIG_FAKE_STATE] = TEXT("vddkFake.state"),
   [CONFIG_FAKE_JOURNAL] = TEXT("vddkFake.journal"),
   [CONFIG_FAKE_STRICT] = NUMBER("vddkFake.strict", 2, CONFIG_UNSET),
   [CONFIG_FAKE_STRICT_OPEN_THREAD] = NUMBER("vddkFake.strict.openThread", 1, 1),
   [CONFIG_FAKE_FAULTS] = TEXT("vddkFake.faults"),
   [CONFIG_FAKE_ASYNC_THREADS] = NUMBER("vddkFake.async.threads", 64, CONFIG_UNSET),
   [CONFIG_FAKE_ASYNC_SEED] = NUMBER("vddkFake.async.seed", MAX_NUMBER, CONFIG_UNSET),
   TIME(CONFIG_FAKE_TIME_FILE, "file"),
   TIME(CONFIG_FAKE_TIME_NBD, "nbd"),
   TIME(CONFIG_FAKE_TIME_NBDSSL, "nbdssl"),
   TIME(CONFIG_FAKE_TIME_SAN, "san"),
   TIME(CONFIG_FAKE_TIME_HOTADD, "hotadd"),
};

/* All of this changes in InitEx and in Exit only, of which there is one at a time. */
static struct {
   bool isSet;
   uint64 number;
   char *text;
} values[CONFIG_SETTINGS];

static char *absolutePath;   /* of the file; NULL if there is none */
static const char *readFrom; /* the path, while there is something to tell about it */
static VixError readError;
static char *readText;
static size_t readLength;

/* ------------------------------------------------------------------------------------------------ settings */

static bool spanIs(TextSpan span, const char *text)
{
   return text != NULL && span.length == strlen(text) && memcmp(span.start, text, span.length) == 0;
}

static bool isInThisVersion(const Setting *setting)
{
   return version_isAtLeast(setting->since[0], setting->since[1], setting->since[2]);
}

/* The number of a setting by either of its names; CONFIG_SETTINGS for a name that is unknown. */
static int findSetting(TextSpan name)
{
   int i = 0;

   while (i < CONFIG_SETTINGS &&
          !(isInThisVersion(&settings[i]) && (spanIs(name, settings[i].name) || spanIs(name, settings[i].oldName)))) {
      i++;
   }
   return i;
}

/* Whether a name looks as if it was meant to be another one: it differs in capitals, or by a few letters at its end. */
static bool isNearly(TextSpan name, const char *known)
{
   size_t length = strlen(known);
   size_t common = minOf(name.length, length);

   return common + 3 >= name.length && common + 3 >= length && strncasecmp(name.start, known, common) == 0;
}

static const char *findSimilar(TextSpan name)
{
   for (int i = 0; i < CONFIG_SETTINGS; i++) {
      if (isInThisVersion(&settings[i]) && isNearly(name, settings[i].name)) {
         return settings[i].name;
      }
   }
   return NULL;
}

/* The value as a number in the range of a setting; nothing but digits will do. */
static bool toNumber(TextSpan value, const Setting *setting, uint64 *number)
{
   *number = 0;
   for (size_t i = 0; i < value.length; i++) {
      if (value.start[i] < '0' || value.start[i] > '9' || *number > setting->most) {
         return false;
      }
      *number = *number * 10 + (uint64)(value.start[i] - '0');
   }
   return value.length > 0 && *number >= setting->least && *number <= setting->most;
}

/* ------------------------------------------------------------------------------------------------- reading */

/* The file is read twice, first for its settings and then for what there is to tell. */
typedef struct {
   bool tells;
   int number; /* of the line */
} Reading;

#define TOLD(span) (int)minOf((span).length, MAX_TOLD), (span).start

static void tellUnknown(const Reading *reading, TextSpan name)
{
   const char *similar = findSimilar(name);

   if (similar != NULL) {
      log_warn("VixDiskLib: line %d of the configuration: the setting \"%.*s\" is not known and has no effect; "
               "did you mean \"%s\"?\n",
               reading->number, TOLD(name), similar);
   } else {
      log_warn("VixDiskLib: line %d of the configuration: the setting \"%.*s\" is not known and has no effect.\n",
               reading->number, TOLD(name));
   }
}

static void tellSetting(const Reading *reading, int index, TextSpan name, TextSpan value)
{
   const Setting *setting = &settings[index];
   uint64 number;

   if (spanIs(name, setting->oldName)) {
      log_info("VixDiskLib: line %d of the configuration: \"%s\" is called \"%s\" now.\n", reading->number,
               setting->oldName, setting->name);
   }
   if (values[index].isSet) {
      log_warn("VixDiskLib: line %d of the configuration: \"%s\" is set again; the last value that is valid counts.\n",
               reading->number, setting->name);
   }
   if (setting->isNumber && !toNumber(value, setting, &number)) {
      log_warn("VixDiskLib: line %d of the configuration: \"%s\" is \"%.*s\", which is not a number from %llu to %llu, "
               "and has no effect.\n",
               reading->number, setting->name, TOLD(value), (unsigned long long)setting->least,
               (unsigned long long)setting->most);
   }
   values[index].isSet = true;
}

/* The span as heap memory; NULL without memory. */
static char *copyOf(TextSpan span)
{
   char *copy = malloc(span.length + 1);

   if (copy != NULL) {
      memcpy(copy, span.start, span.length);
      copy[span.length] = '\0';
   }
   return copy;
}

static void takeSetting(int index, TextSpan value)
{
   uint64 number;

   if (!settings[index].isNumber) {
      free(values[index].text);
      values[index].text = copyOf(value);
   } else if (toNumber(value, &settings[index], &number)) {
      values[index].number = number;
   }
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

/* Why a line with something on it cannot be used; NULL if it can, and is taken apart. */
static const char *splitLine(TextSpan line, TextSpan *name, TextSpan *value)
{
   if (memchr(line.start, '\0', line.length) != NULL) {
      return "has a NUL byte";
   }
   if (!descriptor_splitLine(line, name, value)) {
      return "is not of the form name=value";
   }
   /* The quotes around the value are off. */
   return memchr(value->start, '"', value->length) != NULL ? "has a quotation mark too many or too few" : NULL;
}

static void readLine(const Reading *reading, TextSpan line)
{
   TextSpan name;
   TextSpan value;
   const char *fault;
   int index;

   if (isEmpty(line)) {
      return;
   }
   fault = splitLine(line, &name, &value);
   index = fault == NULL ? findSetting(name) : CONFIG_SETTINGS;
   if (reading->tells && fault != NULL) {
      log_warn("VixDiskLib: line %d of the configuration %s, and has no effect.\n", reading->number, fault);
   } else if (reading->tells && index == CONFIG_SETTINGS) {
      tellUnknown(reading, name);
   } else if (reading->tells) {
      tellSetting(reading, index, name, value);
   } else if (index < CONFIG_SETTINGS) {
      takeSetting(index, value);
   }
}

/* Reads all lines, and returns how many there are. */
static int readLines(const char *text, size_t length, bool tells)
{
   static const char byteOrderMark[] = {'\xef', '\xbb', '\xbf'};
   Reading reading = {tells, 0};

   if (length >= sizeof byteOrderMark && memcmp(text, byteOrderMark, sizeof byteOrderMark) == 0) {
      text += sizeof byteOrderMark;
      length -= sizeof byteOrderMark;
   }
   while (length > 0) {
      const char *end = memchr(text, '\n', length);
      TextSpan line = {text, end != NULL ? (size_t)(end - text) : length};
      size_t whole = line.length + (end != NULL ? 1 : 0);

      if (line.length > 0 && text[line.length - 1] == '\r') {
         line.length--;
      }
      reading.number++;
      readLine(&reading, line);
      text += whole;
      length -= whole;
   }
   return reading.number;
}

/* The text of the file, as heap memory. */
static VixError readFile(const char *path, char **text, size_t *length)
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
   *length = (size_t)file.size;
   *text = malloc(*length > 0 ? *length : 1);
   error = *text == NULL ? VIX_E_OUT_OF_MEMORY : file_read(&file, 0, *text, *length);
   file_close(&file);
   if (error != VIX_OK) {
      free(*text);
      *text = NULL;
   }
   return error;
}

/* ------------------------------------------------------------------------------------------- what others use */

void config_forget(void)
{
   for (int i = 0; i < CONFIG_SETTINGS; i++) {
      free(values[i].text);
      values[i].text = NULL;
      values[i].number = settings[i].byDefault;
      values[i].isSet = false;
   }
   free(absolutePath);
   absolutePath = NULL;
   free(readText);
   readText = NULL;
   readFrom = NULL;
}

void config_learnText(const char *text, size_t length)
{
   (void)readLines(text, length, false);
}

void config_learn(const char *path)
{
   config_forget();
   if (isAbsent(path)) {
      return;
   }
   readFrom = path;
   absolutePath = realpath(path, NULL);
   readError = readFile(path, &readText, &readLength);
   if (readError == VIX_OK) {
      config_learnText(readText, readLength);
   }
}

/* Buffers that are too large are an error of the first Open on a server. */
static void tellBuffers(void)
{
   uint64 size = config_number(CONFIG_NFC_BUFFER_SIZE);
   uint64 count = config_number(CONFIG_NFC_BUFFER_COUNT);

   if (count > MAX_SESSION_BUFFERS / size) {
      log_warn(
         "VixDiskLib: %llu buffers of %llu times 64 KiB are more than the 16 MiB that a session can have; disks of "
         "servers cannot be opened.\n",
         (unsigned long long)count, (unsigned long long)size);
   }
}

void config_tell(void)
{
   int lines;

   if (readFrom == NULL) {
      return;
   }
   if (readError != VIX_OK) {
      log_warn("VixDiskLib: the configuration file \"%s\" cannot be read (error %llu).\n", readFrom,
               (unsigned long long)readError);
      readFrom = NULL;
      return;
   }
   lines = readLines(readText, readLength, true);
   tellBuffers();
   log_info("VixDiskLib: the configuration file \"%s\" has %d lines.\n", readFrom, lines);
   free(readText);
   readText = NULL;
   readFrom = NULL;
}

uint64 config_number(ConfigSetting setting)
{
   return values[setting].number;
}

const char *config_text(ConfigSetting setting)
{
   return values[setting].text != NULL ? values[setting].text : "";
}

char *config_path(ConfigSetting setting)
{
   const char *name = config_text(setting);

   if (*name == '\0') {
      return NULL;
   }
   /* There is no file, but a text, in tests only. */
   return absolutePath != NULL ? path_beside(absolutePath, name) : strdup(name);
}
