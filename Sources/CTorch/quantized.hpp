// Weights held as codes with a scale for each block or on a mapped file, and how they become
// numbers again.
#pragma once

#include <ATen/core/Tensor.h>

#include <array>

#include "guard.hpp"

namespace bridge {

/// How a matrix is held: as the tensor it is, on a mapped file, or as codes.
///
/// 4-bit codes lie two in a byte, the earlier one in the upper half; block b of the values in row
/// order has the scale b. Scales are float32, or codes of their own ("double quantisation").
struct WeightForm {
  static constexpr int64_t dense = -1, streamed = -2;

  int64_t kind = dense, rows = 0, columns = 0, block = 0;
  double offset = 0;     // of scales that are codes
  bool nested = false;
  // Address and bytes of what a streamed matrix is used before, forward and back.
  std::array<int64_t, 2> next{}, previous{};

  static WeightForm of(const ct_codes &codes) {
    return {codes.kind,   codes.rows,   codes.columns,
            codes.block,  codes.offset, codes.nested_or_null != nullptr,
            {},           {}};
  }

  /// The tensors that hold the matrix: itself, or codes, scales and the scales' own scales.
  size_t count() const { return kind < 0 ? 1 : nested ? 3 : 2; }

  /// The matrix [rows, columns] from its tensors, in `type`; a dense one as it is.
  at::Tensor weight(const at::Tensor *parts, at::ScalarType type) const;

  /// The scales of blocks or rows, float32, however they are held.
  at::Tensor wide_scales(const at::Tensor *parts) const;

  /// The 16 values of a 4-bit form.
  const float *table() const;

  /// Throws when the tensors do not fit the form.
  void check(const at::Tensor *parts) const;
};

}  // namespace bridge
