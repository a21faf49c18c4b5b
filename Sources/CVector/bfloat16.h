#ifndef SFG_BFLOAT16_H
#define SFG_BFLOAT16_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "shim.h"

/* Products of pairs of bfloat16 numbers, summed in single precision, in two implementations with
   the same bits: `hardware` with the instructions of AVX512-BF16, `emulated` with fused multiply-
   adds of floats.

   A word holds a pair: the number of the even step in its lower half, that of the odd step in its
   upper half. `vdpbf16ps` adds the odd step's product, rounds, adds the even step's and rounds
   again, to nearest even; denormal operands and results become zero of the same sign (Intel,
   Software Developer's Manual, volume 2, "VDPBF16PS"). */

typedef float sfg_lanes __attribute__((ext_vector_type(16)));
typedef uint32_t sfg_words __attribute__((ext_vector_type(16)));
typedef uint16_t sfg_halves __attribute__((ext_vector_type(32)));

/* The first operand: the pair of row r at step s is
   words[r / 12 * block + r % 12 * row + s * step]. */
typedef struct {
  const uint32_t *words;
  ptrdiff_t block, row, step;
} sfg_pair_rows;

/* Where sums are stored: added to what is there, or in its place. */
typedef struct {
  float *base;
  ptrdiff_t stride;
  ptrdiff_t columns;
  int adding;
} sfg_pair_target;

/* Rows of a block of the first operand, and columns of a panel of the second. */
#define SFG_PAIR_ROWS 12
#define SFG_PAIR_COLUMNS 32
/* What packing prefetches: memory answers more slowly than a core rounds. */
#define SFG_ELEMENTS_AHEAD 1024
#define SFG_ROWS_AHEAD 32

/* MARK: hardware */

#if defined(__x86_64__)
#define SFG_HAS_HARDWARE_PAIRS 1
#define SFG_PAIR_TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512bf16")))
#define SFG_PAIR(name) sfg_hardware_##name
#define SFG_TALLEST_TILE 12

/* Whether this processor, and the system, can run the hardware's functions. */
static inline int sfg_has_bfloat16(void) {
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx512bf16") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vl");
}

SFG_PAIR_TARGET SFG_INLINE __mmask16 sfg_hardware_mask(ptrdiff_t count) {
  return (__mmask16)(count >= 16 ? 0xffff : (1u << (count < 0 ? 0 : count)) - 1);
}

SFG_PAIR_TARGET SFG_INLINE sfg_lanes sfg_hardware_load(const float *source, ptrdiff_t count) {
  return (sfg_lanes)_mm512_maskz_loadu_ps(sfg_hardware_mask(count), source);
}

SFG_PAIR_TARGET SFG_INLINE void sfg_hardware_store(float *target, sfg_lanes lanes, ptrdiff_t count) {
  _mm512_mask_storeu_ps(target, sfg_hardware_mask(count), (__m512)lanes);
}

/* Pairs of neighbours: words 0 to 7 of the first numbers, 8 to 15 of the others. */
SFG_PAIR_TARGET SFG_INLINE sfg_words sfg_hardware_neighbours(sfg_lanes first, sfg_lanes second) {
  return (sfg_words)(__m512i)_mm512_cvtne2ps_pbh((__m512)second, (__m512)first);
}

/* Word i is the pair of even[i] and odd[i]. */
SFG_PAIR_TARGET SFG_INLINE sfg_words sfg_hardware_interleave(sfg_lanes even, sfg_lanes odd) {
  const sfg_halves halves = (sfg_halves)(__m512i)_mm512_cvtne2ps_pbh((__m512)odd, (__m512)even);
  return (sfg_words)__builtin_shufflevector(
      halves, halves, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13,
      29, 14, 30, 15, 31);
}

SFG_PAIR_TARGET SFG_INLINE sfg_lanes sfg_hardware_add_products(sfg_lanes sum, uint32_t pair, sfg_words pairs) {
  return (sfg_lanes)_mm512_dpbf16_ps((__m512)sum, (__m512bh)_mm512_set1_epi32((int)pair), (__m512bh)pairs);
}

SFG_INLINE uint32_t sfg_hardware_begin_sums(void) { return 0; }
SFG_INLINE void sfg_hardware_end_sums(uint32_t before) { (void)before; }

#include "bfloat16_kernels.h"
#undef SFG_PAIR_TARGET
#undef SFG_PAIR
#undef SFG_TALLEST_TILE
#else
#define SFG_HAS_HARDWARE_PAIRS 0
static inline int sfg_has_bfloat16(void) { return 0; }
#endif

/* MARK: emulated */

#define SFG_PAIR_TARGET
#define SFG_PAIR(name) sfg_emulated_##name
/* As many rows as there are registers for. */
#if defined(__AVX512F__)
#define SFG_TALLEST_TILE 12
#else
#define SFG_TALLEST_TILE 2
#endif

SFG_INLINE sfg_lanes sfg_emulated_load(const float *source, ptrdiff_t count) {
  sfg_lanes lanes = 0;
  if (count > 0) memcpy(&lanes, source, (size_t)(count < 16 ? count : 16) * sizeof(float));
  return lanes;
}

SFG_INLINE void sfg_emulated_store(float *target, sfg_lanes lanes, ptrdiff_t count) {
  if (count > 0) memcpy(target, &lanes, (size_t)(count < 16 ? count : 16) * sizeof(float));
}

/* The upper halves of floats rounded to nearest even: denormals become zero, NaNs quiet. */
SFG_INLINE sfg_words sfg_emulated_round(sfg_lanes lanes) {
  const sfg_words bits = (sfg_words)lanes, sign = bits & 0x80000000u, magnitude = bits & 0x7fffffffu;
  const sfg_words rounded = bits + 0x7fffu + (bits >> 16 & 1u);
  const sfg_words finite = magnitude < 0x00800000u ? sign : rounded;
  return (magnitude > 0x7f800000u ? bits | 0x00400000u : finite) >> 16;
}

SFG_INLINE sfg_words sfg_emulated_interleave(sfg_lanes even, sfg_lanes odd) {
  return sfg_emulated_round(even) | sfg_emulated_round(odd) << 16;
}

SFG_INLINE sfg_words sfg_emulated_neighbours(sfg_lanes first, sfg_lanes second) {
  return sfg_emulated_interleave(
      __builtin_shufflevector(first, second, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30),
      __builtin_shufflevector(first, second, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31));
}

/* A product of two bfloat16 numbers has 16 significant bits, so that the fused multiply-add rounds
   the sum alone. */
SFG_INLINE sfg_lanes sfg_emulated_add_products(sfg_lanes sum, uint32_t pair, sfg_words pairs) {
  const sfg_words word = pair;
  const sfg_lanes odd =
      __builtin_elementwise_fma((sfg_lanes)(word & 0xffff0000u), (sfg_lanes)(pairs & 0xffff0000u), sum);
  return __builtin_elementwise_fma((sfg_lanes)(word << 16), (sfg_lanes)(pairs << 16), odd);
}

SFG_INLINE uint32_t sfg_emulated_begin_sums(void) { return sfg_flush_denormals(); }
SFG_INLINE void sfg_emulated_end_sums(uint32_t before) { sfg_restore_denormals(before); }

#include "bfloat16_kernels.h"
#undef SFG_PAIR_TARGET
#undef SFG_PAIR
#undef SFG_TALLEST_TILE

#endif
