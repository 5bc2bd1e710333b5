#include "kernels.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "targets.hpp"

namespace kernels {

INLINE float sigmoid(float x) { return 1.0f / (1.0f + exponential(-x)); }
INLINE float hyperbolic_tangent(float x) { return 2.0f * sigmoid(2.0f * x) - 1.0f; }

WIDE void widen(const uint16_t *source, float *target, int64_t count) {
  for (int64_t i = 0; i < count; i++) {
    const uint32_t bits = static_cast<uint32_t>(source[i]) << 16;
    std::memcpy(&target[i], &bits, sizeof bits);
  }
}

WIDE void narrow(const float *source, uint16_t *target, int64_t count) {
  for (int64_t i = 0; i < count; i++) {
    uint32_t bits;
    std::memcpy(&bits, &source[i], sizeof bits);
    const uint32_t rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
    const bool is_nan = (bits & 0x7fffffffu) > 0x7f800000u;
    target[i] = static_cast<uint16_t>(is_nan ? 0x7fc0u : rounded);
  }
}

WIDE float dot(const float *a, const float *b, int64_t count) {
  FAST float sum = 0;
  for (int64_t i = 0; i < count; i++) sum += a[i] * b[i];
  return sum;
}

WIDE float greatest(const float *x, int64_t count) {
  constexpr int64_t lanes = 64;
  float best[lanes];
  std::fill(best, best + lanes, -INFINITY);
  int64_t i = 0;
  for (; i + lanes <= count; i += lanes)
    for (int64_t j = 0; j < lanes; j++) best[j] = x[i + j] > best[j] ? x[i + j] : best[j];
  for (; i < count; i++) best[0] = x[i] > best[0] ? x[i] : best[0];
  return *std::max_element(best, best + lanes);
}

WIDE float total(const float *x, int64_t count) {
  FAST float sum = 0;
  for (int64_t i = 0; i < count; i++) sum += x[i];
  return sum;
}

WIDE float exponential_sum(const float *x, float shift, int64_t count) {
  FAST float sum = 0;
  for (int64_t i = 0; i < count; i++) sum += exponential(x[i] - shift);
  return sum;
}

WIDE void scaled_softmax(float *x, float shift, float factor, int64_t count) {
  for (int64_t i = 0; i < count; i++) x[i] = factor * exponential(x[i] - shift);
}

WIDE void soft_cap(float *x, float cap, int64_t count) {
  for (int64_t i = 0; i < count; i++) x[i] = cap * hyperbolic_tangent(x[i] / cap);
}

WIDE void soft_cap_gradient(const float *capped, float *gradient, float cap, int64_t count) {
  for (int64_t i = 0; i < count; i++) {
    const float t = capped[i] / cap;
    gradient[i] *= 1.0f - t * t;
  }
}

WIDE void normalize(const float *x, float factor, float *out, int64_t count) {
  for (int64_t i = 0; i < count; i++) out[i] = x[i] * factor;
}

WIDE void add(const float *a, const float *b, float *out, int64_t count) {
  for (int64_t i = 0; i < count; i++) out[i] = a[i] + b[i];
}

WIDE void multiply(const float *a, const float *b, float *out, int64_t count) {
  for (int64_t i = 0; i < count; i++) out[i] = a[i] * b[i];
}

WIDE void multiply_offset(const float *a, const float *b, float *out, int64_t count) {
  for (int64_t i = 0; i < count; i++) out[i] = a[i] * (1.0f + b[i]);
}

WIDE void accumulate(const float *a, const float *b, float *sum, int64_t count) {
  for (int64_t i = 0; i < count; i++) sum[i] += a[i] * b[i];
}

WIDE void norm_gradient(
    const float *g, const float *normal, float mean, float factor, float *out, int64_t count) {
  for (int64_t i = 0; i < count; i++) out[i] = factor * (g[i] - normal[i] * mean);
}

WIDE void rotate(
    const float *x, const float *cosine, const float *sine, float direction, float *out,
    int64_t half) {
  for (int64_t i = 0; i < half; i++) {
    const float a = x[i], b = x[half + i], c = cosine[i], s = direction * sine[i];
    out[i] = a * c - b * s;
    out[half + i] = b * c + a * s;
  }
}

WIDE void silu_product(const float *gate, const float *up, float *out, int64_t count) {
  for (int64_t i = 0; i < count; i++) out[i] = gate[i] * sigmoid(gate[i]) * up[i];
}

WIDE void silu_gradient(
    const float *gate, const float *up, const float *dy, float *dgate, float *dup,
    int64_t count) {
  for (int64_t i = 0; i < count; i++) {
    const float s = sigmoid(gate[i]);
    const float y = dy[i];
    dgate[i] = y * up[i] * s * (1.0f + gate[i] * (1.0f - s));
    dup[i] = y * gate[i] * s;
  }
}

// GELU by tanh: x/2 · (1 + tanh(√(2/π) (x + 0.044715 x³))) = x · σ(2u).
constexpr float gelu_scale = 0.7978845608028654f, gelu_cubic = 0.044715f;

INLINE float gelu_gate(float x) {
  return sigmoid(2.0f * gelu_scale * (x + gelu_cubic * x * x * x));
}

WIDE void gelu_product(const float *gate, const float *up, float *out, int64_t count) {
  for (int64_t i = 0; i < count; i++) out[i] = gate[i] * gelu_gate(gate[i]) * up[i];
}

WIDE void gelu_gradient(
    const float *gate, const float *up, const float *dy, float *dgate, float *dup,
    int64_t count) {
  for (int64_t i = 0; i < count; i++) {
    const float x = gate[i], s = gelu_gate(x), y = dy[i];
    const float slope = 2.0f * gelu_scale * (1.0f + 3.0f * gelu_cubic * x * x);
    dgate[i] = y * up[i] * s * (1.0f + x * (1.0f - s) * slope);
    dup[i] = y * x * s;
  }
}

WIDE bool all_finite(const float *x, int64_t count) {
  uint32_t bad = 0;
  for (int64_t i = 0; i < count; i++) {
    uint32_t bits;
    std::memcpy(&bits, &x[i], sizeof bits);
    bad |= (bits & 0x7f800000u) == 0x7f800000u;
  }
  return bad == 0;
}

WIDE bool all_finite(const uint16_t *x, int64_t count) {
  uint16_t bad = 0;
  for (int64_t i = 0; i < count; i++) bad |= (x[i] & 0x7f80u) == 0x7f80u;
  return bad == 0;
}

WIDE void adamw(
    float *parameter, const float *gradient, float *first, float *second, AdamW s,
    int64_t count) {
  for (int64_t i = 0; i < count; i++) {
    const float g = gradient[i] * s.gradient_scale;
    const float m = first[i] + s.gain1 * (g - first[i]);
    const float v = s.beta2 * second[i] + s.gain2 * g * g;
    first[i] = m;
    second[i] = v;
    parameter[i] = parameter[i] * s.decay -
                   s.step_size * (m / (__builtin_elementwise_sqrt(v) / s.root_correction + s.epsilon));
  }
}

// Philox4x32-10: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3" (2011).
WIDE void philox(
    uint32_t c0, uint32_t c1, uint32_t c2, uint32_t c3, uint64_t key, uint32_t *out,
    int64_t blocks) {
  for (int64_t i = 0; i < blocks; i++) {
    const uint64_t index = (static_cast<uint64_t>(c1) << 32 | c0) + static_cast<uint64_t>(i);
    uint32_t x0 = static_cast<uint32_t>(index), x1 = static_cast<uint32_t>(index >> 32);
    uint32_t x2 = c2, x3 = c3;
    uint32_t k0 = static_cast<uint32_t>(key), k1 = static_cast<uint32_t>(key >> 32);
    for (int round = 0; round < 10; round++) {
      const uint64_t a = static_cast<uint64_t>(0xD2511F53u) * x0;
      const uint64_t b = static_cast<uint64_t>(0xCD9E8D57u) * x2;
      x0 = static_cast<uint32_t>(b >> 32) ^ x1 ^ k0;
      x1 = static_cast<uint32_t>(b);
      x2 = static_cast<uint32_t>(a >> 32) ^ x3 ^ k1;
      x3 = static_cast<uint32_t>(a);
      k0 += 0x9E3779B9u;
      k1 += 0xBB67AE85u;
    }
    out[4 * i] = x0;
    out[4 * i + 1] = x1;
    out[4 * i + 2] = x2;
    out[4 * i + 3] = x3;
  }
}

}  // namespace kernels
