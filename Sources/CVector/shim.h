#ifndef SFG_VECTOR_H
#define SFG_VECTOR_H

#include <stdint.h>
#if defined(__SSE2__)
#include <immintrin.h>
#endif

/* Swift's SIMD types are these to the compiler; its own squareRoot() takes their lanes one by one. */
#define SFG_SQUARE_ROOT(type, lanes)                                                                           \
  typedef type sfg_##type##lanes __attribute__((ext_vector_type(lanes)));                                      \
  static inline __attribute__((always_inline)) sfg_##type##lanes sfg_root_##type##lanes(sfg_##type##lanes x) { \
    return __builtin_elementwise_sqrt(x);                                                                      \
  }
SFG_SQUARE_ROOT(float, 2)
SFG_SQUARE_ROOT(float, 4)
SFG_SQUARE_ROOT(float, 8)
SFG_SQUARE_ROOT(float, 16)
SFG_SQUARE_ROOT(double, 2)
SFG_SQUARE_ROOT(double, 4)
SFG_SQUARE_ROOT(double, 8)
SFG_SQUARE_ROOT(double, 16)

/* Columns of a product that are summed at once, two registers full of floats, and rows: as many as there are registers for. */
#if defined(__AVX512F__)
#define SFG_PANEL_WIDTH 32
#define SFG_TILE_ROWS 12
#elif defined(__AVX__)
#define SFG_PANEL_WIDTH 16
#define SFG_TILE_ROWS 6
#else
#define SFG_PANEL_WIDTH 8
#define SFG_TILE_ROWS 12
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
