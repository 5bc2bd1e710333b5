// Random numbers as pure functions of a key and a place: nothing to save, nothing to restore, and
// the same values for any number of threads.
#include <cmath>

#include "guard.hpp"
#include "kernels.hpp"
#include "parallel.hpp"

using namespace bridge;

namespace {

constexpr int64_t lanes = 256;           // Philox blocks computed at a time
constexpr float unit = 1.0f / (1 << 24);  // 24 bits fill a float32's significand

/// Fills a float32 tensor: `fill(words, first, count)` writes values made of `count` words.
template <class Fill>
at::Tensor generate(at::IntArrayRef shape, uint64_t seed, uint64_t stream, Fill fill) {
  at::Tensor made = at::empty(shape, at::kFloat);
  float *values = made.mutable_data_ptr<float>();
  const int64_t count = made.numel(), groups = (count + 4 * lanes - 1) / (4 * lanes);
  parallel(groups, 8, [&](int64_t begin, int64_t end) {
    uint32_t words[4 * lanes];
    for (int64_t group = begin; group < end; group++) {
      const uint64_t block = static_cast<uint64_t>(group * lanes);
      kernels::philox(
          static_cast<uint32_t>(block), static_cast<uint32_t>(block >> 32),
          static_cast<uint32_t>(stream), static_cast<uint32_t>(stream >> 32), seed, words, lanes);
      const int64_t first = group * 4 * lanes;
      fill(words, values + first, std::min(4 * lanes, count - first));
    }
  });
  return made;
}

}  // namespace

void ct_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]) {
  const uint64_t wide = static_cast<uint64_t>(key[1]) << 32 | key[0];
  kernels::philox(counter[0], counter[1], counter[2], counter[3], wide, out, 1);
}

ct_result ct_uniform(
    const int64_t *shape, int64_t rank, double low, double high, uint64_t seed, uint64_t stream,
    ct_tensor **out) {
  const float base = static_cast<float>(low), span = static_cast<float>(high - low) * unit;
  return GUARDED(generate(
      extents(shape, rank), seed, stream, [&](const uint32_t *words, float *values, int64_t n) {
        for (int64_t i = 0; i < n; i++) values[i] = base + span * static_cast<float>(words[i] >> 8);
      }));
}

ct_result ct_normal(
    const int64_t *shape, int64_t rank, double deviation, uint64_t seed, uint64_t stream,
    ct_tensor **out) {
  const float scale = static_cast<float>(deviation);
  return GUARDED(generate(
      extents(shape, rank), seed, stream, [&](const uint32_t *words, float *values, int64_t n) {
        // Box–Muller: two words make two values; an odd tail leaves its second one out.
        for (int64_t i = 0; i < n; i += 2) {
          const float u = static_cast<float>((words[i] >> 8) + 1) * unit;
          const float angle = 6.283185307f * unit * static_cast<float>(words[i + 1] >> 8);
          const float radius = scale * std::sqrt(-2.0f * std::log(u));
          values[i] = radius * std::cos(angle);
          if (i + 1 < n) values[i + 1] = radius * std::sin(angle);
        }
      }));
}

namespace {

/// Writes one row of the mask: 0 below the threshold, `kept` elsewhere.
template <class T>
void mask_row(
    int64_t row, int64_t position, int64_t width, uint64_t key, uint64_t threshold, T kept,
    T *out) {
  uint32_t words[4 * lanes];
  const uint64_t place = static_cast<uint64_t>(row) << 32 ^ static_cast<uint64_t>(position);
  for (int64_t at = 0; at < width; at += 4 * lanes) {
    const int64_t count = std::min(4 * lanes, width - at);
    kernels::philox(
        static_cast<uint32_t>(at / 4), 0, static_cast<uint32_t>(place),
        static_cast<uint32_t>(place >> 32), key, words, (count + 3) / 4);
    for (int64_t i = 0; i < count; i++) out[at + i] = words[i] < threshold ? T(0) : kept;
  }
}

}  // namespace

ct_result ct_dropout_mask(
    ct_in rows, ct_in positions, int64_t width, double probability, uint64_t key, int dtype,
    ct_tensor **out) {
  return guarded(__func__, [&] {
    TORCH_CHECK(
        probability >= 0 && probability < 1, "the probability must be in 0 ..< 1, not ",
        probability);
    const at::Tensor r = value(rows).to(at::kCPU, at::kLong).contiguous();
    const at::Tensor p = value(positions).to(at::kCPU, at::kLong).contiguous();
    TORCH_CHECK(
        r.dim() == 1 && r.sizes() == p.sizes(), "rows ", r.sizes(), " and positions ", p.sizes(),
        " must be two lists of one length");
    const auto type = scalar_type(dtype);
    const bool halves = type == at::kBFloat16;
    at::Tensor mask = at::empty({r.numel(), width}, halves ? at::kBFloat16 : at::kFloat);
    const int64_t *row = r.data_ptr<int64_t>(), *position = p.data_ptr<int64_t>();
    const uint64_t threshold = static_cast<uint64_t>(std::llround(probability * 4294967296.0));
    const float kept = static_cast<float>(1.0 / (1.0 - probability));
    uint16_t kept_bits;
    kernels::narrow(&kept, &kept_bits, 1);
    parallel(r.numel(), 1 + 16384 / std::max<int64_t>(width, 1), [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; i++) {
        if (halves)
          mask_row(
              row[i], position[i], width, key, threshold, kept_bits,
              static_cast<uint16_t *>(mask.data_ptr()) + i * width);
        else
          mask_row(
              row[i], position[i], width, key, threshold, kept,
              static_cast<float *>(mask.data_ptr()) + i * width);
      }
    });
    give(out, mask.to(value(rows).device(), type));
  });
}
