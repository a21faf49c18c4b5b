#include "peak.h"

#include <immintrin.h>

#define LOOP(target_, register, type, name, start, zero, instruction)                      \
  __attribute__((target(target_), noinline)) static float name(long iterations) {          \
    register sums[LOOP_SUMS];                                                              \
    type a = start, b = start;                                                             \
    for (int i = 0; i < LOOP_SUMS; i++) sums[i] = zero;                                    \
    for (long n = 0; n < iterations; n++) {                                                \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < LOOP_SUMS; i++) sums[i] = instruction; \
      __asm__ volatile("" : "+x"(a), "+x"(b)); /* or products would leave the loop */      \
    }                                                                                      \
    for (int i = 1; i < LOOP_SUMS; i++) sums[0] += sums[i];                                \
    return sums[0][0];                                                                     \
  }

#define LOOP_SUMS 16
LOOP("avx512f", __m512, __m512, fused_512, _mm512_set1_ps(0.5f), _mm512_setzero_ps(), _mm512_fmadd_ps(a, b, sums[i]))
LOOP("avx512f,avx512bf16", __m512, __m512bh, bfloat16_512, (__m512bh)_mm512_set1_epi32(0x3f003f00), _mm512_setzero_ps(),
     _mm512_dpbf16_ps(sums[i], a, b))
#undef LOOP_SUMS
/* As many as leave two of the 16 registers of AVX2 for the operands. */
#define LOOP_SUMS 14
LOOP("avx2,fma", __m256, __m256, fused_256, _mm256_set1_ps(0.5f), _mm256_setzero_ps(), _mm256_fmadd_ps(a, b, sums[i]))

static int has_512(void) { return __builtin_cpu_supports("avx512f"); }

int peak_has_bfloat16(void) { return __builtin_cpu_supports("avx512bf16"); }

long peak_fused_operations(void) { return has_512() ? 16 * 16 * 2 : 14 * 8 * 2; }

long peak_bfloat16_operations(void) { return 16 * 32 * 2; }

float peak_fused(long iterations) { return has_512() ? fused_512(iterations) : fused_256(iterations); }

float peak_bfloat16(long iterations) { return bfloat16_512(iterations); }
