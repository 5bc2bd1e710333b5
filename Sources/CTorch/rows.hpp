#pragma once

#include <ATen/core/Tensor.h>

#include "kernels.hpp"

namespace kernels {

/// Reads and writes rows of a float32 or bfloat16 tensor as float32, through scratch space only
/// when the tensor is bfloat16.
class Rows {
 public:
  Rows(const at::Tensor &contiguous, int64_t width)
      : wide_(contiguous.scalar_type() == at::kFloat),
        width_(width),
        data_(static_cast<char *>(contiguous.data_ptr())) {}

  const float *read(int64_t row, float *scratch) const {
    if (wide_) return floats() + row * width_;
    widen(halves() + row * width_, scratch, width_);
    return scratch;
  }
  /// Where to compute row `row`; `written` completes it.
  float *target(int64_t row, float *scratch) const {
    return wide_ ? floats() + row * width_ : scratch;
  }
  void written(int64_t row, const float *scratch) const {
    if (!wide_) narrow(scratch, halves() + row * width_, width_);
  }
  bool wide() const { return wide_; }

 private:
  float *floats() const { return reinterpret_cast<float *>(data_); }
  uint16_t *halves() const { return reinterpret_cast<uint16_t *>(data_); }
  bool wide_;
  int64_t width_;
  char *data_;
};

/// `count` values of a contiguous float32 or bfloat16 tensor from `start` on, as float32; through
/// scratch space only when the tensor is bfloat16.
inline const float *stretch(const at::Tensor &x, int64_t start, int64_t count, float *scratch) {
  if (x.scalar_type() == at::kFloat) return static_cast<const float *>(x.const_data_ptr()) + start;
  widen(static_cast<const uint16_t *>(x.const_data_ptr()) + start, scratch, count);
  return scratch;
}

}  // namespace kernels
