// The bridge's own CPU kernels: rows of float32 in, rows of float32 out, written as plain loops
// that the compiler vectorises once for each level of x86-64 (chosen at run time) and for Arm.
// bfloat16 rows are widened into scratch space first; statistics are always float32.
#pragma once

#include <cstdint>

namespace kernels {

void widen(const uint16_t *source, float *target, int64_t count);
void narrow(const float *source, uint16_t *target, int64_t count);  // to nearest even

float dot(const float *a, const float *b, int64_t count);
float greatest(const float *x, int64_t count);
float total(const float *x, int64_t count);
/// Σ exp(x − shift).
float exponential_sum(const float *x, float shift, int64_t count);
/// x ← factor · exp(x − shift).
void scaled_softmax(float *x, float shift, float factor, int64_t count);
/// x ← cap · tanh(x / cap).
void soft_cap(float *x, float cap, int64_t count);
/// gradient ← gradient · (1 − (capped / cap)²).
void soft_cap_gradient(const float *capped, float *gradient, float cap, int64_t count);

void normalize(const float *x, float factor, float *out, int64_t count);
void add(const float *a, const float *b, float *out, int64_t count);
void multiply(const float *a, const float *b, float *out, int64_t count);
void multiply_offset(const float *a, const float *b, float *out, int64_t count);  // a · (1 + b)
void accumulate(const float *a, const float *b, float *sum, int64_t count);       // sum += a · b
/// out = factor · (g − x̂ · mean).
void norm_gradient(
    const float *g, const float *normal, float mean, float factor, float *out, int64_t count);

/// Rotates the pairs (x[i], x[half + i]) by angles of the given cosines and sines.
void rotate(
    const float *x, const float *cosine, const float *sine, float direction, float *out,
    int64_t half);

void silu_product(const float *gate, const float *up, float *out, int64_t count);
void silu_gradient(
    const float *gate, const float *up, const float *dy, float *dgate, float *dup, int64_t count);
void gelu_product(const float *gate, const float *up, float *out, int64_t count);
void gelu_gradient(
    const float *gate, const float *up, const float *dy, float *dgate, float *dup, int64_t count);

bool all_finite(const float *x, int64_t count);
bool all_finite(const uint16_t *bfloat16, int64_t count);

struct AdamW {
  float gain1, beta2, gain2;  // gains are 1 − β, which float32 would not give from a rounded β
  float epsilon, decay, step_size, root_correction, gradient_scale;
};
void adamw(
    float *parameter, const float *gradient, float *first, float *second, AdamW settings,
    int64_t count);

/// Blocks `first_block …` of Philox4x32-10: lane j of block i goes to out[4·i + j].
void philox(
    uint32_t c0, uint32_t c1, uint32_t c2, uint32_t c3, uint64_t key, uint32_t *out,
    int64_t blocks);

}  // namespace kernels
