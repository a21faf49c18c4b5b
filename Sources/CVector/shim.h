#ifndef SFG_VECTOR_H
#define SFG_VECTOR_H

#include <stdint.h>
#if defined(__SSE2__)
#include <immintrin.h>
#endif

/* Swift's SIMD types are these to the compiler; its own squareRoot() and comparisons take their lanes one by one. */
#define SFG_INLINE static inline __attribute__((always_inline))
#define SFG_LANES(type, lanes)                                                                              \
  typedef type sfg_##type##lanes __attribute__((ext_vector_type(lanes)));                                   \
  SFG_INLINE sfg_##type##lanes sfg_root_##type##lanes(sfg_##type##lanes x) {                                \
    return __builtin_elementwise_sqrt(x);                                                                   \
  }                                                                                                         \
  SFG_INLINE sfg_##type##lanes sfg_choose_##type##lanes(sfg_##type##lanes number, type limit,               \
                                                        sfg_##type##lanes where, sfg_##type##lanes other) { \
    return number <= (sfg_##type##lanes)limit ? where : other;                                              \
  }
SFG_LANES(float, 2)
SFG_LANES(float, 4)
SFG_LANES(float, 8)
SFG_LANES(float, 16)
SFG_LANES(double, 2)
SFG_LANES(double, 4)
SFG_LANES(double, 8)
SFG_LANES(double, 16)

/* Takes numbers too small for all their digits for zero from now on, on this thread, and returns what was the rule before. */
SFG_INLINE uint32_t sfg_flush_denormals(void) {
#if defined(__SSE2__)
  const uint32_t before = _mm_getcsr();
  _mm_setcsr(before | 0x8040);
  return before;
#else
  return 0;
#endif
}

/* Goes back to what `sfg_flush_denormals` returned. */
SFG_INLINE void sfg_restore_denormals(uint32_t before) {
#if defined(__SSE2__)
  _mm_setcsr(before);
#else
  (void)before;
#endif
}

/* Columns of a product that are summed at once, two registers full of floats, and rows: as many as there are registers for;
   and whether a step of so many sums takes long enough for its numbers to be read wherever they lie. */
#if defined(__AVX512F__)
#define SFG_PANEL_WIDTH 32
#define SFG_TILE_ROWS 12
#define SFG_READS_COLUMNS 1
#elif defined(__AVX__)
#define SFG_PANEL_WIDTH 16
#define SFG_TILE_ROWS 6
#define SFG_READS_COLUMNS 0
#else
#define SFG_PANEL_WIDTH 8
#define SFG_TILE_ROWS 12
#define SFG_READS_COLUMNS 0
#endif

/* Asks for a cache line that will be read, or written, soon. */
static inline __attribute__((always_inline)) void sfg_prefetch(const void *address) {
  __builtin_prefetch(address, 0, 3);
}

/* Asks for a cache line that will be written soon. */
static inline __attribute__((always_inline)) void sfg_prefetch_written(const void *address) {
  __builtin_prefetch(address, 1, 3);
}

/* Asks for a cache line that will be read soon, into the second cache alone. */
static inline __attribute__((always_inline)) void sfg_prefetch_far(const void *address) {
  __builtin_prefetch(address, 0, 2);
}

/* Which of 64 bytes are equal to one: bit i of the result tells of byte i. */
static inline __attribute__((always_inline)) uint64_t sfg_matches64(const uint8_t *bytes, uint8_t byte) {
#if defined(__AVX512BW__)
  return _mm512_cmpeq_epi8_mask(_mm512_loadu_si512(bytes), _mm512_set1_epi8((char)byte));
#else
  uint64_t matches = 0;
#if defined(__SSE2__)
  const __m128i wanted = _mm_set1_epi8((char)byte);
  for (int part = 0; part < 64; part += 16) {
    const __m128i equal = _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(bytes + part)), wanted);
    matches |= (uint64_t)(uint32_t)_mm_movemask_epi8(equal) << part;
  }
#else
  for (int index = 0; index < 64; index++) matches |= (uint64_t)(bytes[index] == byte) << index;
#endif
  return matches;
#endif
}

#endif
