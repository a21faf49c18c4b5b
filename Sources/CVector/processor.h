#ifndef SFG_PROCESSOR_H
#define SFG_PROCESSOR_H

/* The widest instructions that this translation unit was compiled for. */
static inline const char *sfg_instructions(void) {
#if defined(__AVX512F__)
  return "AVX-512";
#elif defined(__AVX2__)
  return "AVX2";
#elif defined(__AVX__)
  return "AVX";
#else
  return "128 bits";
#endif
}

/* The first extension that this translation unit was compiled for and the processor, or the system,
   cannot run; NULL if there is none. */
static inline const char *sfg_missing_extension(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
#define SFG_NEEDS(name) \
  if (!__builtin_cpu_supports(name)) return name;
#if defined(__AVX__)
  SFG_NEEDS("avx")
#endif
#if defined(__AVX2__)
  SFG_NEEDS("avx2")
#endif
#if defined(__FMA__)
  SFG_NEEDS("fma")
#endif
#if defined(__BMI2__)
  SFG_NEEDS("bmi2")
#endif
#if defined(__AVX512F__)
  SFG_NEEDS("avx512f")
#endif
#if defined(__AVX512BW__)
  SFG_NEEDS("avx512bw")
#endif
#if defined(__AVX512DQ__)
  SFG_NEEDS("avx512dq")
#endif
#if defined(__AVX512VL__)
  SFG_NEEDS("avx512vl")
#endif
#if defined(__AVX512VBMI2__)
  SFG_NEEDS("avx512vbmi2")
#endif
#if defined(__AVX512VNNI__)
  SFG_NEEDS("avx512vnni")
#endif
#if defined(__AVX512BF16__)
  SFG_NEEDS("avx512bf16")
#endif
#if defined(__AVX512FP16__)
  SFG_NEEDS("avx512fp16")
#endif
#undef SFG_NEEDS
#endif
  return 0;
}

#endif
