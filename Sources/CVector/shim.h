#ifndef SFG_VECTOR_H
#define SFG_VECTOR_H

/* Swift's SIMD types are these to the compiler; its own squareRoot() takes their lanes one by one. */
typedef float sfg_float16 __attribute__((ext_vector_type(16)));
typedef double sfg_double8 __attribute__((ext_vector_type(8)));

static inline __attribute__((always_inline)) sfg_float16 sfg_square_root_float16(sfg_float16 x) {
  return __builtin_elementwise_sqrt(x);
}

static inline __attribute__((always_inline)) sfg_double8 sfg_square_root_double8(sfg_double8 x) {
  return __builtin_elementwise_sqrt(x);
}

/* Asks for a cache line that will be read, or written, soon. */
static inline __attribute__((always_inline)) void sfg_prefetch(const void *address) {
  __builtin_prefetch(address, 0, 3);
}

#endif
