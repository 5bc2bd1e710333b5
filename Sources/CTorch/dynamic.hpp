// The dynamic 8-bit data type of arXiv 1511.04561 and 2110.02861: 256 values up to 1, as many to each
// power of ten as its place between 10⁻⁷ and 1 allows, scaled by the greatest magnitude of a block.
#pragma once

#include <array>
#include <cstdint>

namespace kernels {

/// The values of a map, ascending, and what finds the nearest one without a search.
struct DynamicMap {
  /// The last bound is infinite, so that each code has one above it.
  std::array<float, 256> values, bounds;
  /// How many bounds lie below the numbers that share sign, exponent and seven bits of fraction.
  static constexpr int32_t places = 1 + 23 * 128 + 1;
  std::array<uint8_t, 2 * places> below;
};

/// Values of both signs, for means; of none, for means of squares.
const DynamicMap &dynamic_map(bool is_signed);

/// The code of the value nearest to x · factor, cut to [-1, 1]; the lower one of two as near.
void encode(const float *x, float factor, const DynamicMap &map, uint8_t *codes, int64_t count);

/// x = value · factor.
void decode(const uint8_t *codes, float factor, const DynamicMap &map, float *x, int64_t count);

}  // namespace kernels
