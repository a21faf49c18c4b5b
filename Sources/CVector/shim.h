#ifndef SFG_VECTOR_H
#define SFG_VECTOR_H

#include <stdint.h>
#if defined(__SSE2__)
#include <immintrin.h>
#endif

/* Swift imports these as its SIMD types, whose own squareRoot() and comparisons are scalar. */
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

/* Makes this thread treat denormals as zero, and returns the previous mode. */
SFG_INLINE uint32_t sfg_flush_denormals(void) {
#if defined(__SSE2__)
  const uint32_t before = _mm_getcsr();
  _mm_setcsr(before | 0x8040);
  return before;
#else
  return 0;
#endif
}

/* Restores the mode that `sfg_flush_denormals` returned. */
SFG_INLINE void sfg_restore_denormals(uint32_t before) {
#if defined(__SSE2__)
  _mm_setcsr(before);
#else
  (void)before;
#endif
}

/* The size of a micro-tile of a matrix product: as many columns as two registers have floats, and
   as many rows as there are registers for; and whether one of its steps takes long enough for a
   transposed operand to be read in place. */
#if defined(__AVX512F__)
#define SFG_PANEL_WIDTH 32
#define SFG_TILE_ROWS 12
#define SFG_READS_TRANSPOSE_IN_PLACE 1
#elif defined(__AVX__)
#define SFG_PANEL_WIDTH 16
#define SFG_TILE_ROWS 6
#define SFG_READS_TRANSPOSE_IN_PLACE 0
#else
#define SFG_PANEL_WIDTH 8
#define SFG_TILE_ROWS 12
#define SFG_READS_TRANSPOSE_IN_PLACE 0
#endif

/* Prefetches a cache line that will be read or written. */
SFG_INLINE void sfg_prefetch(const void *address) {
  __builtin_prefetch(address, 0, 3);
}

/* Prefetches a cache line that will be written. */
SFG_INLINE void sfg_prefetch_written(const void *address) {
  __builtin_prefetch(address, 1, 3);
}

/* Prefetches a cache line that will be read, into the L2 cache only. */
SFG_INLINE void sfg_prefetch_far(const void *address) {
  __builtin_prefetch(address, 0, 2);
}

/* A bit mask of the bytes that equal `byte` among 64: bit i is set if byte i does. */
SFG_INLINE uint64_t sfg_matches64(const uint8_t *bytes, uint8_t byte) {
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
