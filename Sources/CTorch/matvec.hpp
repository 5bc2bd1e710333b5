// Products of a matrix with one vector or a few, as generation needs them: bound by the rate at
// which the matrix is read, so it is read once, as it is held.
#pragma once

#include <ATen/core/Tensor.h>

#include "quantized.hpp"

namespace kernels {

/// Σ w[i] · x[i] of bfloat16 weights, in float32.
float dot_halves(const uint16_t *w, const float *x, int64_t count);

/// Σ w[i] · x[i] of int8 weights, in float32.
float dot_bytes(const int8_t *w, const float *x, int64_t count);

/// Σ scales[b] · Σ table[code] · x over `blocks` blocks of `block` values, a multiple of 32.
///
/// The values of x at even places lie in `even`, the others in `odd`.
float dot_codes(
    const uint8_t *codes, const float table[16], const float *scales, const float *even,
    const float *odd, int64_t blocks, int64_t block);

}  // namespace kernels

namespace bridge {

/// x·Wᵀ [N, out] for a few rows x [N, in]; undefined where the usual product is faster.
at::Tensor few_rows_product(const at::Tensor &x, const WeightForm &form, const at::Tensor *parts);

}  // namespace bridge
