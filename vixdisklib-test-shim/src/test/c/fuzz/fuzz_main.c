/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Drives a fuzz target without libFuzzer: first with every file of the corpus as it is, then with mutations of them.
 *
 *   fuzz_main <number of mutations> <file or folder>...
 *
 * The environment variable SEED repeats a run. An input that fails is left in the file "crash-input".
 */
#include <dirent.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz.h"
#include "support.h"

#define MAX_INPUTS 1024
#define MAX_BYTES ((size_t)1 << 20)
#define SECONDS_PER_INPUT 20

typedef struct Input {
   uint8 *bytes;
   size_t length;
} Input;

static Input inputs[MAX_INPUTS];
static size_t numInputs;

static uint8 *current; /* what the target has now */
static size_t currentLength;

/* ------------------------------------------------------------------------------------------------ the corpus */

static void addFile(const char *path)
{
   FILE *file = fopen(path, "rb");
   uint8 *bytes = malloc(MAX_BYTES);
   size_t length;

   if (file == NULL || bytes == NULL || numInputs == MAX_INPUTS) {
      fprintf(stderr, "cannot read %s\n", path);
      exit(2);
   }
   length = fread(bytes, 1, MAX_BYTES, file);
   fclose(file);
   inputs[numInputs++] = (Input){realloc(bytes, length + 1), length};
}

static void addFolder(const char *path)
{
   struct dirent **entries;
   int count = scandir(path, &entries, NULL, alphasort);

   if (count < 0) {
      fprintf(stderr, "cannot read %s\n", path);
      exit(2);
   }
   for (int i = 0; i < count; i++) {
      char name[4096];

      snprintf(name, sizeof name, "%s/%s", path, entries[i]->d_name);
      if (entries[i]->d_name[0] != '.') {
         addFile(name);
      }
      free(entries[i]);
   }
   free(entries);
}

static void add(const char *path)
{
   struct stat status;

   if (stat(path, &status) == 0 && S_ISDIR(status.st_mode)) {
      addFolder(path);
   } else {
      addFile(path);
   }
}

/* ------------------------------------------------------------------------------------------------- findings */

/* Keeps the input, whatever it is that ends the process. */
static void keepInput(void)
{
   FILE *file = fopen("crash-input", "wb");

   if (file != NULL) {
      (void)fwrite(current, 1, currentLength, file);
      fclose(file);
   }
}

static void onSignal(int number)
{
   keepInput();
   signal(number, SIG_DFL);
   raise(number);
}

/* There with the sanitizers only. */
__attribute__((weak)) void __sanitizer_set_death_callback(void (*callback)(void));

static void keepFindings(void)
{
   signal(SIGABRT, onSignal);
   signal(SIGALRM, onSignal);
   if (__sanitizer_set_death_callback != NULL) {
      __sanitizer_set_death_callback(keepInput);
   }
}

static void runInput(const uint8 *bytes, size_t length)
{
   /* In a block of its own size, where the sanitizer sees a byte too much. */
   current = malloc(length > 0 ? length : 1);
   CHECK(current != NULL);
   memcpy(current, bytes, length);
   currentLength = length;
   alarm(SECONDS_PER_INPUT);
   (void)LLVMFuzzerTestOneInput(current, length);
   alarm(0);
   free(current);
}

/* ------------------------------------------------------------------------------------------------- mutations */

static const uint64 numbers[] = {0,
                                 1,
                                 2,
                                 8,
                                 127,
                                 128,
                                 255,
                                 512,
                                 0x7fff,
                                 0xffff,
                                 0x10000,
                                 0x7fffffff,
                                 0x80000000,
                                 0xffffffff,
                                 0x100000000,
                                 0x3fffffffffffff,
                                 0x7fffffffffffffff,
                                 0x8000000000000000,
                                 0xffffffffffffffff};

static uint64 anyNumber(Random *random)
{
   uint64 number = numbers[nextRandom(random, sizeof numbers / sizeof numbers[0])];

   return nextRandom(random, 3) == 0 ? number + nextRandom(random, 200) : number;
}

static void flipByte(Random *random, Input *input)
{
   input->bytes[nextRandom(random, input->length)] ^= (uint8)(1 + nextRandom(random, 255));
}

/* Puts bytes in place of others; all lengths are within the room there is. */
static void replace(Input *input, size_t at, size_t removed, const void *bytes, size_t inserted)
{
   if (input->length - removed + inserted > MAX_BYTES) {
      return;
   }
   memmove(input->bytes + at + inserted, input->bytes + at + removed, input->length - at - removed);
   memcpy(input->bytes + at, bytes, inserted);
   input->length = input->length - removed + inserted;
}

static void insertBytes(Random *random, Input *input)
{
   uint8 bytes[16];
   size_t count = 1 + nextRandom(random, sizeof bytes);

   for (size_t i = 0; i < count; i++) {
      bytes[i] = (uint8)nextRandom(random, 256);
   }
   replace(input, nextRandom(random, input->length + 1), 0, bytes, count);
}

static void removeBytes(Random *random, Input *input)
{
   size_t at = nextRandom(random, input->length);
   size_t count = 1 + nextRandom(random, nextRandom(random, 8) == 0 ? input->length - at : 8);

   replace(input, at, count <= input->length - at ? count : input->length - at, "", 0);
}

/* A number of two, four or eight bytes, often where headers and tables have theirs. */
static void replaceBinary(Random *random, Input *input)
{
   size_t size = (size_t)2 << nextRandom(random, 3);
   size_t end = nextRandom(random, 2) == 0 && input->length > 80 ? 80 : input->length;
   uint64 number = anyNumber(random);

   if (end >= size) {
      memcpy(input->bytes + nextRandom(random, end - size + 1), &number, size);
   }
}

static bool isDigit(uint8 c)
{
   return c >= '0' && c <= '9';
}

static void replaceDecimal(Random *random, Input *input)
{
   size_t at = nextRandom(random, input->length);
   size_t digits = 0;
   char text[24];

   while (at < input->length && !isDigit(input->bytes[at])) {
      at++;
   }
   while (at + digits < input->length && isDigit(input->bytes[at + digits])) {
      digits++;
   }
   snprintf(text, sizeof text, "%" PRIu64, anyNumber(random));
   replace(input, at, digits, text, strlen(text));
}

static void splice(Random *random, Input *input)
{
   const Input *other = &inputs[nextRandom(random, numInputs)];
   size_t from = nextRandom(random, other->length + 1);
   size_t count = nextRandom(random, other->length - from + 1);
   size_t at = nextRandom(random, input->length + 1);

   if (nextRandom(random, 2) == 0) {
      replace(input, at, 0, other->bytes + from, count);
   } else {
      size_t over = count < input->length - at ? count : input->length - at;

      memcpy(input->bytes + at, other->bytes + from, over);
   }
}

static void mutate(Random *random, Input *input)
{
   static void (*const mutations[])(Random *, Input *) = {flipByte,      flipByte,       insertBytes, removeBytes,
                                                          replaceBinary, replaceDecimal, splice};

   for (uint64 n = 1 + nextRandom(random, 5); n > 0 && input->length > 0; n--) {
      mutations[nextRandom(random, sizeof mutations / sizeof mutations[0])](random, input);
   }
}

static void runMutations(uint64 count)
{
   Random random = {chooseSeed()};
   Input input = {malloc(MAX_BYTES), 0};

   CHECK(input.bytes != NULL);
   for (uint64 i = 0; i < count; i++) {
      const Input *chosen = &inputs[nextRandom(&random, numInputs)];

      memcpy(input.bytes, chosen->bytes, chosen->length);
      input.length = chosen->length;
      mutate(&random, &input);
      runInput(input.bytes, input.length);
   }
   free(input.bytes);
}

int main(int argc, char **argv)
{
   if (argc < 3) {
      fprintf(stderr, "usage: %s <number of mutations> <file or folder>...\n", argv[0]);
      return 2;
   }
   for (int i = 2; i < argc; i++) {
      add(argv[i]);
   }
   keepFindings();
   for (size_t i = 0; i < numInputs; i++) {
      runInput(inputs[i].bytes, inputs[i].length);
   }
   printf("%zu files\n", numInputs);
   runMutations(strtoull(argv[1], NULL, 10));
   for (size_t i = 0; i < numInputs; i++) {
      free(inputs[i].bytes);
   }
   return 0;
}
