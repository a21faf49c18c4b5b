/* Starts the program that was compiled for this processor.

   `bin/sfg` is this launcher; `libexec/sfg/sfg-LEVEL` are the programs, one per level of the x86-64
   psABI. The best one that the processor and the system can run takes the place of this process;
   the environment variable SFG_CPU names a lower one. Compiled for any x86-64 processor. */

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The statuses of the program itself, see Sources/sfg/Terminal/ExitStatus.swift. */
enum { usage = 64, missing_input = 66, exhausted = 71, input_output = 74 };

typedef struct {
  const char *name;
  const char *instructions;
  int is_supported;
} level;

static level levels[2];

#if defined(__x86_64__)
static int has_v3(void) {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi") &&
         __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("f16c") && __builtin_cpu_supports("lzcnt") &&
         __builtin_cpu_supports("movbe");
}

static int has_v4(void) {
  return has_v3() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vl");
}
#else
static int has_v3(void) { return 0; }
static int has_v4(void) { return 0; }
#endif

/* The level that SFG_CPU names, or the best one; exits with one line if there is none. */
static const level *chosen(void) {
  const char *name = getenv("SFG_CPU");
  const int any = name == NULL || *name == 0 || strcmp(name, "native") == 0;
  for (int i = 0; i < 2; i++) {
    const level *candidate = &levels[i];
    if (any ? candidate->is_supported : strcmp(name, candidate->name) == 0) {
      if (candidate->is_supported) return candidate;
      fprintf(stderr, "Error: SFG_CPU: this processor lacks %s, which %s needs; unset SFG_CPU\n",
              candidate->instructions, candidate->name);
      exit(usage);
    }
  }
  if (any) {
    fprintf(stderr,
            "Error: this processor lacks AVX2, which sfg needs here; build it on this machine with make build\n");
    exit(exhausted);
  }
  fprintf(stderr, "Error: SFG_CPU: found \"%s\", expected native", name);
  for (int i = 0; i < 2; i++) fprintf(stderr, ", %s", levels[i].name);
  fprintf(stderr, "\n");
  exit(usage);
}

/* Writes the path of a level's program; exits with one line if it is too long. */
static void find(const level *level, char path[PATH_MAX]) {
  char launcher[PATH_MAX];
  const ssize_t length = readlink("/proc/self/exe", launcher, sizeof launcher - 1);
  if (length < 0) {
    fprintf(stderr, "Error: /proc/self/exe: cannot read: %s\n", strerror(errno));
    exit(input_output);
  }
  launcher[length] = 0;
  /* The folder of the launcher's folder. */
  for (int up = 0; up < 2; up++) {
    char *slash = strrchr(launcher, '/');
    if (slash != NULL) *slash = 0;
  }
  if (snprintf(path, PATH_MAX, "%s/libexec/sfg/sfg-%s", launcher, level->name) >= PATH_MAX) {
    fprintf(stderr, "Error: %s: path too long; move sfg to a shorter one\n", launcher);
    exit(input_output);
  }
}

int main(int count, char **arguments) {
  (void)count;
#if defined(__x86_64__)
  __builtin_cpu_init();
#endif
  levels[0] = (level){"x86-64-v4", "AVX-512", has_v4()};
  levels[1] = (level){"x86-64-v3", "AVX2", has_v3()};
  const level *level = chosen();
  char path[PATH_MAX];
  find(level, path);
  execv(path, arguments);
  const int code = errno;
  fprintf(stderr, "Error: %s: cannot start: %s; keep bin/ and libexec/ of sfg together\n", path, strerror(code));
  return code == ENOENT ? missing_input : input_output;
}
