#include "matvec.hpp"

#include <vector>

#include "kernels.hpp"
#include "parallel.hpp"
#include "targets.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace kernels {

WIDE float dot_halves(const uint16_t *w, const float *x, int64_t count) {
  FAST float sum = 0;
  for (int64_t i = 0; i < count; i++) {
    const uint32_t bits = static_cast<uint32_t>(w[i]) << 16;
    float value;
    std::memcpy(&value, &bits, sizeof value);
    sum += value * x[i];
  }
  return sum;
}

WIDE float dot_bytes(const int8_t *w, const float *x, int64_t count) {
  FAST float sum = 0;
  for (int64_t i = 0; i < count; i++) sum += static_cast<float>(w[i]) * x[i];
  return sum;
}

namespace {

using DotCodes = float (*)(
    const uint8_t *, const float *, const float *, const float *, const float *, int64_t, int64_t);

WIDE float dot_codes_plainly(
    const uint8_t *codes, const float *table, const float *scales, const float *even,
    const float *odd, int64_t blocks, int64_t block) {
  const int64_t half = block / 2;
  float sum = 0;
  for (int64_t b = 0; b < blocks; b++, codes += half, even += half, odd += half) {
    FAST float part = 0;
    for (int64_t i = 0; i < half; i++)
      part += table[codes[i] >> 4] * even[i] + table[codes[i] & 15] * odd[i];
    sum += scales[b] * part;
  }
  return sum;
}

#if defined(__x86_64__)

/// The table lies in a register; a permutation takes the index from the lower four bits of a word.
__attribute__((target("avx512f"))) float dot_codes_avx512(
    const uint8_t *codes, const float *table, const float *scales, const float *even,
    const float *odd, int64_t blocks, int64_t block) {
  const __m512 values = _mm512_loadu_ps(table);
  __m512 sum = _mm512_setzero_ps();
  for (int64_t b = 0; b < blocks; b++) {
    __m512 first = _mm512_setzero_ps(), second = _mm512_setzero_ps();
    for (int64_t i = 0; i < block / 2; i += 16, codes += 16, even += 16, odd += 16) {
      const __m512i pairs =
          _mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i *>(codes)));
      const __m512 upper = _mm512_permutexvar_ps(_mm512_srli_epi32(pairs, 4), values);
      const __m512 lower = _mm512_permutexvar_ps(pairs, values);
      first = _mm512_fmadd_ps(upper, _mm512_loadu_ps(even), first);
      second = _mm512_fmadd_ps(lower, _mm512_loadu_ps(odd), second);
    }
    sum = _mm512_fmadd_ps(_mm512_set1_ps(scales[b]), _mm512_add_ps(first, second), sum);
  }
  return _mm512_reduce_add_ps(sum);
}

DotCodes chosen() {
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx512f") ? dot_codes_avx512 : dot_codes_plainly;
}

#else

DotCodes chosen() { return dot_codes_plainly; }

#endif

}  // namespace

float dot_codes(
    const uint8_t *codes, const float table[16], const float *scales, const float *even,
    const float *odd, int64_t blocks, int64_t block) {
  static const DotCodes best = chosen();
  return best(codes, table, scales, even, odd, blocks, block);
}

}  // namespace kernels

namespace {

/// Rows up to which a product reads the matrix as it is held.
constexpr int64_t few = 4, one = 1;

/// Calls `dot(row of the matrix, row of x)` for every value of y [N, out], which it returns in x's
/// type.
template <class Dot>
at::Tensor each_dot(const at::Tensor &x, int64_t outputs, Dot dot) {
  const int64_t rows = x.size(0);
  at::Tensor y = at::empty({rows, outputs}, x.options().dtype(at::kFloat));
  float *out = y.mutable_data_ptr<float>();
  bridge::parallel(outputs, 64, [&](int64_t begin, int64_t end) {
    for (int64_t o = begin; o < end; o++)
      for (int64_t n = 0; n < rows; n++) out[n * outputs + o] = dot(o, n);
  });
  return y.to(x.scalar_type());
}

/// The values of each row at even places, and then those at odd ones.
std::vector<float> parted(const float *x, int64_t rows, int64_t columns) {
  std::vector<float> parts(static_cast<size_t>(rows * columns));
  const int64_t half = columns / 2;
  for (int64_t n = 0; n < rows; n++)
    for (int64_t i = 0; i < half; i++) {
      parts[n * columns + i] = x[n * columns + 2 * i];
      parts[n * columns + half + i] = x[n * columns + 2 * i + 1];
    }
  return parts;
}

}  // namespace

at::Tensor bridge::few_rows_product(
    const at::Tensor &x, const WeightForm &form, const at::Tensor *parts) {
  const int64_t rows = x.size(0), columns = x.size(1);
  const bool dense = form.kind == WeightForm::dense;
  if (form.kind == WeightForm::streamed) return {};
  if (!has_kernels(x) || rows == 0 || rows > (dense ? one : few)) return {};
  if (dense && (parts[0].scalar_type() != at::kBFloat16 || !parts[0].is_contiguous())) return {};
  const at::Tensor wide = x.to(at::kFloat).contiguous();
  const float *values = wide.data_ptr<float>();
  if (dense) {
    const auto *matrix = static_cast<const uint16_t *>(parts[0].const_data_ptr());
    return each_dot(x, parts[0].size(0), [&](int64_t o, int64_t n) {
      return kernels::dot_halves(matrix + o * columns, values + n * columns, columns);
    });
  }
  const at::Tensor scales = form.wide_scales(parts);
  const float *factors = scales.data_ptr<float>();
  if (form.kind == CT_CODE_INT8) {
    const auto *matrix = static_cast<const int8_t *>(parts[0].const_data_ptr());
    return each_dot(x, form.rows, [&](int64_t o, int64_t n) {
      return factors[o] / 127 *
             kernels::dot_bytes(matrix + o * columns, values + n * columns, columns);
    });
  }
  if (form.block % 32 != 0 || columns % form.block != 0) return {};
  const auto *matrix = static_cast<const uint8_t *>(parts[0].const_data_ptr());
  const int64_t blocks = columns / form.block, half = columns / 2;
  const std::vector<float> sorted = parted(values, rows, columns);
  return each_dot(x, form.rows, [&](int64_t o, int64_t n) {
    const float *even = sorted.data() + n * columns;
    return kernels::dot_codes(
        matrix + o * half, form.table(), factors + o * blocks, even, even + half, blocks,
        form.block);
  });
}
