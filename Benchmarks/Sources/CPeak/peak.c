#include "peak.h"

#include <immintrin.h>

#define LOOP(target_, type, name, start, instruction)                                      \
  __attribute__((target(target_), noinline)) float name(long iterations) {                 \
    __m512 sums[16];                                                                       \
    type a = start, b = start;                                                             \
    for (int i = 0; i < 16; i++) sums[i] = _mm512_setzero_ps();                            \
    for (long n = 0; n < iterations; n++) {                                                \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < 16; i++) sums[i] = instruction; \
      __asm__ volatile("" : "+v"(a), "+v"(b)); /* or products would leave the loop */      \
    }                                                                                      \
    for (int i = 1; i < 16; i++) sums[0] = _mm512_add_ps(sums[0], sums[i]);                \
    return _mm512_reduce_add_ps(sums[0]);                                                  \
  }

LOOP("avx512f", __m512, peak_fused, _mm512_set1_ps(0.5f), _mm512_fmadd_ps(a, b, sums[i]))
LOOP("avx512f,avx512bf16", __m512bh, peak_bfloat16, (__m512bh)_mm512_set1_epi32(0x3f003f00),
     _mm512_dpbf16_ps(sums[i], a, b))

int peak_has_bfloat16(void) { return __builtin_cpu_supports("avx512bf16"); }
