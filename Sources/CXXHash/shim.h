#define XXH_INLINE_ALL
#include <xxhash.h>

/* The header renames its functions by macros, which Swift cannot import: one wrapper of another name. */
static inline uint64_t sfg_xxh3_64(const void *bytes, size_t length, uint64_t seed) {
  return XXH3_64bits_withSeed(bytes, length, seed);
}
