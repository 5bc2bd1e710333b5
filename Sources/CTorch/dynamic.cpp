#include "dynamic.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "targets.hpp"

namespace kernels {

namespace {

/// The smallest magnitude with a place of its own, in units of a place; smaller ones share the first.
constexpr int32_t least = 104 << 7;  // 2⁻²³

INLINE uint32_t bits_of(float x) {
  uint32_t bits;
  std::memcpy(&bits, &x, sizeof bits);
  return bits;
}

INLINE int32_t place(float x) {
  const uint32_t bits = bits_of(x);
  int32_t place = static_cast<int32_t>((bits & 0x7fffffffu) >> 16) - least + 1;
  place = place > 0 ? place : 0;
  place = place < DynamicMap::places ? place : DynamicMap::places - 1;
  return place + static_cast<int32_t>(bits >> 31) * DynamicMap::places;
}

/// The map's values by the library's own operations, which give bitsandbytes' numbers to the bit.
at::Tensor values(bool is_signed) {
  constexpr int exponents = 7;
  std::vector<at::Tensor> parts;
  for (int i = 0; i < exponents; i++) {
    const int64_t count = int64_t(is_signed ? 1 : 2) << i;
    const at::Tensor edges = at::linspace(0.1, 1, count + 1, at::kFloat);
    const at::Tensor means = (edges.slice(0, 0, -1) + edges.slice(0, 1)) / 2.0;
    const double power = std::pow(10.0, i - (exponents - 1));
    parts.push_back(means * power);
    if (is_signed) parts.push_back(means * -power);
  }
  parts.push_back(at::tensor({0.0f, 1.0f}));
  return std::get<0>(at::cat(parts).sort());
}

DynamicMap made(bool is_signed) {
  DynamicMap map;
  const at::Tensor sorted = values(is_signed);
  TORCH_CHECK(sorted.numel() == 256, "a map of ", sorted.numel(), " values");
  std::copy_n(static_cast<const float *>(sorted.const_data_ptr()), 256, map.values.begin());
  for (size_t i = 0; i < 255; i++) map.bounds[i] = (map.values[i] + map.values[i + 1]) / 2;
  map.bounds[255] = INFINITY;
  std::fill(map.below.begin(), map.below.end(), uint8_t(0));
  const auto below = [&](float x) {
    return std::lower_bound(map.bounds.begin(), map.bounds.end(), x) - map.bounds.begin();
  };
  for (uint32_t i = 0; i < DynamicMap::places; i++) {
    // The least and the greatest magnitude of the place, of both signs.
    const uint32_t first = i == 0 ? 0 : (least - 1 + i) << 16, last = ((least + i) << 16) - 1;
    for (uint32_t sign : {0u, 0x80000000u}) {
      float low, high;
      const uint32_t one = sign | (sign ? last : first), other = sign | (sign ? first : last);
      std::memcpy(&low, &one, sizeof low);
      std::memcpy(&high, &other, sizeof high);
      const auto start = below(low);
      TORCH_CHECK(below(high) - start <= 1, "two bounds share a place of the map");
      map.below[i + (sign ? DynamicMap::places : 0)] = static_cast<uint8_t>(start);
    }
  }
  return map;
}

}  // namespace

const DynamicMap &dynamic_map(bool is_signed) {
  static const DynamicMap both = made(true), none = made(false);
  return is_signed ? both : none;
}

WIDE void encode(
    const float *x, float factor, const DynamicMap &map, uint8_t *codes, int64_t count) {
  constexpr int64_t step = 256;
  float values[step];
  int32_t places[step];
  for (int64_t at = 0; at < count; at += step) {
    const int64_t size = std::min(step, count - at);
    // Vectors first; what is left for one value at a time is two look-ups.
    for (int64_t i = 0; i < size; i++) {
      const float value = x[at + i] * factor;
      values[i] = value > 1.0f ? 1.0f : value < -1.0f ? -1.0f : value;
      places[i] = place(values[i]);
    }
    for (int64_t i = 0; i < size; i++) {
      const uint8_t below = map.below[static_cast<size_t>(places[i])];
      codes[at + i] = static_cast<uint8_t>(below + (values[i] > map.bounds[below]));
    }
  }
}

WIDE void decode(
    const uint8_t *codes, float factor, const DynamicMap &map, float *x, int64_t count) {
  for (int64_t i = 0; i < count; i++) x[i] = map.values[codes[i]] * factor;
}

}  // namespace kernels
