#define XXH_INLINE_ALL
/* Swift reads C like a compiler without inlining, for which the header omits its hints. */
#define XXH_NO_INLINE_HINTS 0
#include <xxhash.h>

/* The header renames its functions by macros, which Swift cannot import: this wraps one of them.
   Most values have 4 to 8 bytes and take the header's path for these, without a call. */
static inline __attribute__((always_inline)) uint64_t sfg_xxh3_64(const void *bytes, size_t length, uint64_t seed) {
  if (length - 4 <= 4) {
    return XXH3_len_4to8_64b((const xxh_u8 *)bytes, length, XXH3_kSecret, seed);
  }
  return XXH3_64bits_withSeed(bytes, length, seed);
}

/* XXH3-64 of bytes that come piece by piece: start, add, and end, which gives the memory back. */
static inline void *sfg_xxh3_64_start(void) {
  XXH3_state_t *state = XXH3_createState();
  if (state) XXH3_64bits_reset(state);
  return state;
}

static inline void sfg_xxh3_64_add(void *state, const void *bytes, size_t length) {
  XXH3_64bits_update((XXH3_state_t *)state, bytes, length);
}

static inline uint64_t sfg_xxh3_64_end(void *state) {
  uint64_t digest = XXH3_64bits_digest((XXH3_state_t *)state);
  XXH3_freeState((XXH3_state_t *)state);
  return digest;
}
