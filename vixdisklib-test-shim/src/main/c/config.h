/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * The configuration file of InitEx: lines of name=value, values with or without double quotes, and lines of comments
 * that begin with "#". Nothing in it makes InitEx fail, as its callers may name a file that is optional: what is wrong
 * goes to the log, and the default stays.
 */
#ifndef CONFIG_H
#define CONFIG_H

#include "common.h"

/*
 * The settings that the real library has, and those of this one, which the real one ignores. Those that are not asked
 * for anywhere are checked and have no effect yet.
 */
typedef enum {
   CONFIG_TMP_DIRECTORY,
   CONFIG_LOG_FILE_NAME,
   CONFIG_LOG_FILE_LEVEL,
   CONFIG_TRANSPORT_LOG_LEVEL,
   CONFIG_NFC_LOG_LEVEL,
   CONFIG_NFC_ACCEPT_TIMEOUT,
   CONFIG_NFC_REQUEST_TIMEOUT,
   CONFIG_NFC_READ_TIMEOUT,
   CONFIG_NFC_WRITE_TIMEOUT,
   CONFIG_NFC_FILE_SYSTEM_TIMEOUT,
   CONFIG_NFC_FILE_SYSTEM_WRITE_TIMEOUT,
   CONFIG_NFC_BUFFER_SIZE,
   CONFIG_NFC_BUFFER_COUNT,
   CONFIG_ENABLE_CACHE,
   CONFIG_SAN_DENY_LIST,
   CONFIG_SAN_ALLOW_LIST,
   CONFIG_HOTADD_NO_NFC_SESSION,
   CONFIG_VERIFY_CERTIFICATES,
   CONFIG_ENABLE_FIPS,
   CONFIG_ENABLE_PHONE_HOME,
   CONFIG_PRODUCT_NAME,
   CONFIG_PRODUCT_VERSION,
   CONFIG_PHONE_HOME_DIRECTORY,
   CONFIG_FAKE_INVENTORY,
   CONFIG_FAKE_STATE,
   CONFIG_FAKE_JOURNAL,
   CONFIG_FAKE_STRICT,
   CONFIG_FAKE_STRICT_OPEN_THREAD,
   CONFIG_FAKE_FAULTS,
   CONFIG_FAKE_ASYNC_THREADS,
   CONFIG_FAKE_ASYNC_SEED,
   CONFIG_FAKE_TIME_FILE, /* the first of three for each transport, in the order of timing_transports */
   CONFIG_FAKE_TIME_NBD = CONFIG_FAKE_TIME_FILE + 3,
   CONFIG_FAKE_TIME_NBDSSL = CONFIG_FAKE_TIME_NBD + 3,
   CONFIG_FAKE_TIME_SAN = CONFIG_FAKE_TIME_NBDSSL + 3,
   CONFIG_FAKE_TIME_HOTADD = CONFIG_FAKE_TIME_SAN + 3,
   CONFIG_SETTINGS = CONFIG_FAKE_TIME_HOTADD + 3
} ConfigSetting;

/*
 * Takes the settings of a file, or the defaults where there is none (NULL, ""), without a word: the log may depend on
 * them. Then, config_tell tells the log what there was to say.
 */
void config_learn(const char *path);
void config_tell(void);

/* Takes the settings of a text. */
void config_learnText(const char *text, size_t length);

/* Forgets all settings. */
void config_forget(void);

/* The value of a number of this library's own that is not set. */
#define CONFIG_UNSET UINT64_MAX

/* A setting that is a number, in the unit that its name says. Not to be called while the library is being started. */
uint64 config_number(ConfigSetting setting);

/* A setting that is a text; "" if it is not set. Good until Exit. */
const char *config_text(ConfigSetting setting);

/*
 * A setting that is the path of a file, as heap memory; a relative one counts from the folder of the configuration
 * file. NULL if it is not set, and without memory.
 */
char *config_path(ConfigSetting setting);

#endif /* CONFIG_H */
