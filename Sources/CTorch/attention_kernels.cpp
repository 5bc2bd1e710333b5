#include "attention_kernels.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>

#include "kernels.hpp"
#include "targets.hpp"

namespace kernels {
namespace {

typedef float Lane __attribute__((vector_size(64), aligned(4)));
constexpr int64_t lane = 16;
constexpr int64_t rows_of_block = 32;

int64_t padded(int64_t count) { return (count + lane - 1) / lane * lane; }

/// `rows` × (16 · `lanes`) of C ← A B or C + A B. A is read one value at a time with any strides,
/// B and C by rows.
template <int rows, int lanes>
INLINE void tile(
    const float *a, int64_t a_row, int64_t a_column, const float *b, int64_t b_row, float *c,
    int64_t c_row, int64_t depth, bool adds) {
  Lane sum[rows][lanes];
  for (int i = 0; i < rows; i++)
    for (int j = 0; j < lanes; j++)
      sum[i][j] = adds ? *reinterpret_cast<const Lane *>(c + i * c_row + j * lane) : Lane{};
  for (int64_t k = 0; k < depth; k++) {
    Lane line[lanes];
    for (int j = 0; j < lanes; j++)
      line[j] = *reinterpret_cast<const Lane *>(b + k * b_row + j * lane);
    for (int i = 0; i < rows; i++) {
      const float value = a[i * a_row + k * a_column];
      for (int j = 0; j < lanes; j++) sum[i][j] += value * line[j];
    }
  }
  for (int i = 0; i < rows; i++)
    for (int j = 0; j < lanes; j++)
      *reinterpret_cast<Lane *>(c + i * c_row + j * lane) = sum[i][j];
}

template <int lanes>
INLINE void column(
    const float *a, int64_t a_row, int64_t a_column, const float *b, int64_t b_row, float *c,
    int64_t c_row, int64_t rows, int64_t depth, bool adds) {
  int64_t i = 0;
  for (; i + 6 <= rows; i += 6)
    tile<6, lanes>(a + i * a_row, a_row, a_column, b, b_row, c + i * c_row, c_row, depth, adds);
  for (; i < rows; i++)
    tile<1, lanes>(a + i * a_row, a_row, a_column, b, b_row, c + i * c_row, c_row, depth, adds);
}

/// C [rows, columns] ← A [rows, depth] B [depth, columns], or added to C; `columns` in lanes.
WIDE void product(
    const float *a, int64_t a_row, int64_t a_column, const float *b, int64_t b_row, float *c,
    int64_t c_row, int64_t rows, int64_t columns, int64_t depth, bool adds) {
  int64_t j = 0;
  for (; j + 2 * lane <= columns; j += 2 * lane)
    column<2>(a, a_row, a_column, b + j, b_row, c + j, c_row, rows, depth, adds);
  for (; j < columns; j += lane)
    column<1>(a, a_row, a_column, b + j, b_row, c + j, c_row, rows, depth, adds);
}

/// x ← exp(scale · x − shift) for the first `count`, 0 for the others up to `all`.
WIDE void weights(float *x, float scale, float shift, int64_t count, int64_t all) {
  for (int64_t i = 0; i < count; i++) x[i] = exponential(x[i] * scale - shift);
  for (int64_t i = count; i < all; i++) x[i] = 0;
}

/// ds ← p · (dp − mean) · scale, in the place of dp.
WIDE void score_gradient(const float *p, float *dp, float mean, float scale, int64_t count) {
  for (int64_t i = 0; i < count; i++) dp[i] = p[i] * (dp[i] - mean) * scale;
}

/// Scratch space of a thread, grown when needed and never filled.
class Scratch {
 public:
  explicit Scratch(int64_t floats) {
    if (floats > size()) {
      space().reset(static_cast<float *>(std::aligned_alloc(64, padded(floats) * sizeof(float))));
      size() = space() ? floats : 0;
      if (!space()) throw std::bad_alloc();
    }
    next_ = space().get();
  }
  /// The next `floats`, in whole lanes.
  float *take(int64_t floats) {
    float *taken = next_;
    next_ += padded(floats);
    return taken;
  }

 private:
  struct Free {
    void operator()(float *memory) const { std::free(memory); }
  };
  static std::unique_ptr<float, Free> &space() {
    static thread_local std::unique_ptr<float, Free> space;
    return space;
  }
  static int64_t &size() {
    static thread_local int64_t size = 0;
    return size;
  }
  float *next_;
};

/// One head's rows as float32 [length, padded width], the padding zero.
void gather(AttentionRows rows, int64_t stride, int64_t offset, int64_t length, int64_t width,
            float *out) {
  const int64_t wide = padded(width);
  for (int64_t t = 0; t < length; t++, out += wide) {
    const int64_t place = t * stride + offset;
    if (rows.is_wide) {
      std::memcpy(out, static_cast<const float *>(rows.data) + place, width * sizeof(float));
    } else {
      widen(static_cast<const uint16_t *>(rows.data) + place, out, width);
    }
    std::fill(out + width, out + wide, 0.0f);
  }
}

void scatter(const float *in, int64_t stride, int64_t offset, int64_t length, int64_t width,
             AttentionRows rows) {
  const int64_t wide = padded(width);
  for (int64_t t = 0; t < length; t++, in += wide) {
    const int64_t place = t * stride + offset;
    if (rows.is_wide) {
      std::memcpy(static_cast<float *>(rows.data) + place, in, width * sizeof(float));
    } else {
      narrow(in, static_cast<uint16_t *>(rows.data) + place, width);
    }
  }
}

/// [length, width] to [width, padded length], the padding zero.
WIDE void transpose(const float *in, int64_t length, int64_t width, float *out) {
  const int64_t wide = padded(width), long_ = padded(length);
  for (int64_t t0 = 0; t0 < long_; t0 += lane) {
    for (int64_t e = 0; e < width; e++) {
      for (int64_t t = t0; t < t0 + lane; t++) {
        out[e * long_ + t] = t < length ? in[t * wide + e] : 0.0f;
      }
    }
  }
}

}  // namespace

void attention(
    const AttentionShape &shape, int64_t group, AttentionRows q, AttentionRows k, AttentionRows v,
    AttentionRows y, float *normalizer) {
  const int64_t length = shape.length, width = shape.width, wide = padded(width);
  const int64_t long_ = padded(length), shared = shape.heads / shape.groups;
  const int64_t stride = shape.heads * width, key_stride = shape.groups * width;
  Scratch scratch(4 * long_ * wide + rows_of_block * long_);
  float *keys = scratch.take(long_ * wide), *values = scratch.take(long_ * wide);
  float *queries = scratch.take(long_ * wide), *mixed = scratch.take(long_ * wide);
  float *scores = scratch.take(rows_of_block * long_);
  gather(k, key_stride, group * width, length, width, queries);
  transpose(queries, length, width, keys);
  gather(v, key_stride, group * width, length, width, values);
  for (int64_t head = group * shared; head < (group + 1) * shared; head++) {
    gather(q, stride, head * width, length, width, queries);
    for (int64_t first = 0; first < length; first += rows_of_block) {
      const int64_t rows = std::min(rows_of_block, length - first), seen = first + rows;
      product(queries + first * wide, wide, 1, keys, long_, scores, long_, rows, padded(seen),
              width, false);
      for (int64_t i = 0; i < rows; i++) {
        float *row = scores + i * long_;
        const int64_t count = first + i + 1;
        const float top = greatest(row, count) * shape.scale;
        weights(row, shape.scale, top, count, padded(seen));
        const float sum = total(row, count);
        normalize(row, 1.0f / sum, row, count);
        normalizer[(first + i) * shape.heads + head] = top + std::log(sum);
      }
      product(scores, long_, 1, values, wide, mixed + first * wide, wide, rows, wide, seen, false);
    }
    scatter(mixed, stride, head * width, length, width, y);
  }
}

void attention_gradient(
    const AttentionShape &shape, int64_t group, AttentionRows q, AttentionRows k, AttentionRows v,
    AttentionRows y, AttentionRows dy, const float *normalizer, AttentionRows dq,
    AttentionRows dk, AttentionRows dv) {
  const int64_t length = shape.length, width = shape.width, wide = padded(width);
  const int64_t long_ = padded(length), shared = shape.heads / shape.groups;
  const int64_t stride = shape.heads * width, key_stride = shape.groups * width;
  const int64_t whole = long_ * wide, block = rows_of_block * long_;
  Scratch scratch(9 * whole + 2 * block);
  float *keys = scratch.take(whole), *turned_keys = scratch.take(whole);
  float *turned_values = scratch.take(whole), *queries = scratch.take(whole);
  float *outputs = scratch.take(whole), *gradients = scratch.take(whole);
  float *dqueries = scratch.take(whole), *dkeys = scratch.take(whole);
  float *dvalues = scratch.take(whole);
  float *chances = scratch.take(block), *dscores = scratch.take(block);
  gather(v, key_stride, group * width, length, width, keys);
  transpose(keys, length, width, turned_values);
  gather(k, key_stride, group * width, length, width, keys);
  transpose(keys, length, width, turned_keys);
  std::fill(dkeys, dkeys + whole, 0.0f);
  std::fill(dvalues, dvalues + whole, 0.0f);
  for (int64_t head = group * shared; head < (group + 1) * shared; head++) {
    gather(q, stride, head * width, length, width, queries);
    gather(y, stride, head * width, length, width, outputs);
    gather(dy, stride, head * width, length, width, gradients);
    for (int64_t first = 0; first < length; first += rows_of_block) {
      const int64_t rows = std::min(rows_of_block, length - first), seen = first + rows;
      const int64_t columns = padded(seen);
      product(queries + first * wide, wide, 1, turned_keys, long_, chances, long_, rows, columns,
              width, false);
      product(gradients + first * wide, wide, 1, turned_values, long_, dscores, long_, rows,
              columns, width, false);
      for (int64_t i = 0; i < rows; i++) {
        const int64_t row = first + i;
        weights(chances + i * long_, shape.scale, normalizer[row * shape.heads + head], row + 1,
                columns);
        const float mean = dot(gradients + row * wide, outputs + row * wide, width);
        score_gradient(chances + i * long_, dscores + i * long_, mean, shape.scale, columns);
      }
      product(dscores, long_, 1, keys, wide, dqueries + first * wide, wide, rows, wide, seen,
              false);
      product(dscores, 1, long_, queries + first * wide, wide, dkeys, wide, seen, wide, rows,
              true);
      product(chances, 1, long_, gradients + first * wide, wide, dvalues, wide, seen, wide, rows,
              true);
    }
    scatter(dqueries, stride, head * width, length, width, dq);
  }
  scatter(dkeys, key_stride, group * width, length, width, dk);
  scatter(dvalues, key_stride, group * width, length, width, dv);
}

}  // namespace kernels
