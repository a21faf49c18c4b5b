/* Packing and multiplication of pairs, included once per implementation by bfloat16.h, which
   defines the names, the target and the operations on 16 lanes. */

/* Rounds a row into the pairs of its neighbours, up to a whole number of 16 words; zeros follow the
   row. */
SFG_PAIR_TARGET static inline void SFG_PAIR(pack_row)(const float *row, ptrdiff_t count, uint32_t *words) {
  ptrdiff_t place = 0;
  for (; place + 32 <= count; place += 32) {
    sfg_prefetch(row + place + SFG_ELEMENTS_AHEAD);
    sfg_prefetch(row + place + SFG_ELEMENTS_AHEAD + 16);
    const sfg_words pairs =
        SFG_PAIR(neighbours)(SFG_PAIR(load)(row + place, 16), SFG_PAIR(load)(row + place + 16, 16));
    memcpy(words + place / 2, &pairs, sizeof pairs);
  }
  if (place < count) {
    const sfg_words pairs = SFG_PAIR(neighbours)(SFG_PAIR(load)(row + place, count - place),
                                                 SFG_PAIR(load)(row + place + 16, count - place - 16));
    memcpy(words + place / 2, &pairs, sizeof pairs);
  }
}

/* Rounds a row into the pairs of one column of a panel. */
SFG_PAIR_TARGET static inline void SFG_PAIR(pack_column)(const float *row, ptrdiff_t count, uint32_t *words) {
  for (ptrdiff_t place = 0; place < count; place += 32) {
    const sfg_words pairs = SFG_PAIR(neighbours)(SFG_PAIR(load)(row + place, count - place),
                                                 SFG_PAIR(load)(row + place + 16, count - place - 16));
    const ptrdiff_t steps = (count - place + 1) / 2;
    for (ptrdiff_t step = 0; step < 16 && step < steps; step++) {
      words[(place / 2 + step) * SFG_PAIR_COLUMNS] = pairs[step];
    }
  }
}

/* Rounds rows, two per step, into panels of `width` columns, `panel` words apart. A last odd row is
   paired with zeros. Each store has 16 words: of a narrower panel, those behind its width are the
   next step's, which is packed later. */
SFG_PAIR_TARGET SFG_INLINE void SFG_PAIR(pack_steps)(const float *matrix, ptrdiff_t stride, ptrdiff_t rows,
                                                     ptrdiff_t columns, const ptrdiff_t width, ptrdiff_t panel,
                                                     uint32_t *words) {
  for (ptrdiff_t row = 0; row < rows; row += 2, words += width) {
    const float *even = matrix + row * stride, *odd = row + 1 < rows ? even + stride : NULL;
    const float *ahead = even + SFG_ROWS_AHEAD * stride;
    for (ptrdiff_t column = 0; column < columns; column += 16) {
      sfg_prefetch(ahead + column);
      sfg_prefetch(ahead + stride + column);
    }
    uint32_t *target = words;
    for (ptrdiff_t first = 0; first < columns; first += width, target += panel) {
      for (ptrdiff_t part = 0; part < width; part += 16) {
        const ptrdiff_t column = first + part, left = columns - column;
        const sfg_words pairs =
            SFG_PAIR(interleave)(SFG_PAIR(load)(even + column, left), SFG_PAIR(load)(odd + column, odd ? left : 0));
        memcpy(target + part, &pairs, sizeof pairs);
      }
    }
  }
}

/* Packs columns as a second operand. */
SFG_PAIR_TARGET static inline void SFG_PAIR(pack_columns)(const float *matrix, ptrdiff_t stride, ptrdiff_t rows,
                                                          ptrdiff_t columns, ptrdiff_t panel, uint32_t *words) {
  SFG_PAIR(pack_steps)(matrix, stride, rows, columns, SFG_PAIR_COLUMNS, panel, words);
}

/* Packs columns as the rows of a first operand. */
SFG_PAIR_TARGET static inline void SFG_PAIR(pack_transpose)(const float *matrix, ptrdiff_t stride, ptrdiff_t rows,
                                                            ptrdiff_t columns, ptrdiff_t block, uint32_t *words) {
  SFG_PAIR(pack_steps)(matrix, stride, rows, columns, SFG_PAIR_ROWS, block, words);
}

/* A micro-tile: `rows` rows by `chunks` times 16 columns, summed in registers in the order of the
   steps. */
SFG_PAIR_TARGET SFG_INLINE void SFG_PAIR(tile)(const int rows, const int chunks, sfg_pair_rows a,
                                               const uint32_t *panel, ptrdiff_t steps, sfg_pair_target c) {
  sfg_lanes sums[12][2];
#pragma clang loop unroll(full)
  for (int row = 0; row < rows; row++) {
    sums[row][0] = sums[row][1] = 0;
    sfg_prefetch_written(c.base + row * c.stride);
    sfg_prefetch_written(c.base + row * c.stride + 16 * chunks - 1);
    if (chunks > 1) sfg_prefetch_written(c.base + row * c.stride + 16);
  }
  const uint32_t before = SFG_PAIR(begin_sums)();
  const uint32_t *words = a.words;
  for (ptrdiff_t step = 0; step < steps; step++) {
    sfg_words first, second;
    memcpy(&first, panel, sizeof first);
    memcpy(&second, panel + 16 * (chunks - 1), sizeof second);
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row++) {
      const uint32_t pair = words[row * a.row];
      sums[row][0] = SFG_PAIR(add_products)(sums[row][0], pair, first);
      if (chunks > 1) sums[row][1] = SFG_PAIR(add_products)(sums[row][1], pair, second);
    }
    words += a.step;
    panel += SFG_PAIR_COLUMNS;
  }
  SFG_PAIR(end_sums)(before);
#pragma clang loop unroll(full)
  for (int row = 0; row < rows; row++) {
#pragma clang loop unroll(full)
    for (int chunk = 0; chunk < chunks; chunk++) {
      float *target = c.base + row * c.stride + 16 * chunk;
      const ptrdiff_t columns = c.columns - 16 * chunk;
      sfg_lanes sum = sums[row][chunk];
      if (c.adding) sum += SFG_PAIR(load)(target, columns);
      SFG_PAIR(store)(target, sum, columns);
    }
  }
}

/* By address: a structure passed by value is copied in one load of what two stores have just
   written, which waits until all earlier stores, those of the last micro-tile, are in the cache. */
#define SFG_TILE(height)                                                                            \
  SFG_PAIR_TARGET static __attribute__((noinline)) void SFG_PAIR(tile_##height)(                     \
      const sfg_pair_rows *a, const uint32_t *panel, ptrdiff_t steps, const sfg_pair_target *c) {    \
    if (c->columns > 16)                                                                             \
      SFG_PAIR(tile)(height, 2, *a, panel, steps, *c);                                               \
    else                                                                                             \
      SFG_PAIR(tile)(height, 1, *a, panel, steps, *c);                                               \
  }
#if SFG_TALLEST_TILE >= 12
SFG_TILE(12)
SFG_TILE(8)
SFG_TILE(6)
SFG_TILE(4)
#endif
SFG_TILE(2)
SFG_TILE(1)
#undef SFG_TILE

/* Some rows, from the first of a block, by one panel. */
static inline void SFG_PAIR(multiply)(sfg_pair_rows a, ptrdiff_t rows, const uint32_t *panel, ptrdiff_t steps,
                                      sfg_pair_target c) {
  for (ptrdiff_t row = 0; row < rows;) {
    const ptrdiff_t left = rows - row;
    const sfg_pair_rows part = {a.words + row / SFG_PAIR_ROWS * a.block + row % SFG_PAIR_ROWS * a.row, a.block, a.row,
                                a.step};
    const sfg_pair_target target = {c.base + row * c.stride, c.stride, c.columns, c.adding};
#define SFG_TILE(height)                                   \
  if (left >= height) {                                    \
    SFG_PAIR(tile_##height)(&part, panel, steps, &target); \
    row += height;                                         \
    continue;                                              \
  }
#if SFG_TALLEST_TILE >= 12
    SFG_TILE(12)
    SFG_TILE(8)
    SFG_TILE(6)
    SFG_TILE(4)
#endif
    SFG_TILE(2)
    SFG_TILE(1)
#undef SFG_TILE
  }
}
