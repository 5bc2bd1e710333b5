// Table look-up of 4-bit codes: the one kernel of quantised weights that compilers do not find.
#pragma once

#include <cstdint>

namespace kernels {

/// out[2i] and out[2i + 1]: the table's entries of the upper and lower half of codes[i].
void look_up(const uint8_t *codes, const uint16_t table[16], uint16_t *out, int64_t bytes);
void look_up(const uint8_t *codes, const float table[16], float *out, int64_t bytes);

/// Blocks of bfloat16: out[b · block + i] is table[code] · scales[b], rounded to the nearest; for
/// `blocks` blocks of `block` values, a multiple of 2.
void decode_blocks(
    const uint8_t *codes, const float table[16], const float *scales, uint16_t *out,
    int64_t blocks, int64_t block);

/// How many of `bounds`, ascending, lie below x · factor; for each of `count` values.
void count_bounds_below(
    const float *x, float factor, const float *bounds, int64_t bound_count, uint8_t *out,
    int64_t count);

/// The greatest of |x|.
float greatest_magnitude(const float *x, int64_t count);

}  // namespace kernels
