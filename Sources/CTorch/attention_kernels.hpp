// Causal attention of one document at a time, for the lengths that examples have: the scores of a
// block of rows lie whole in scratch space, everything in float32. (Dao et al. 2022 give the
// backward pass; what is not needed at these lengths is their running softmax.)
#pragma once

#include <cstdint>

namespace kernels {

/// A document's rows: `length` tokens of `heads` query heads and `groups` key heads, each `width`
/// wide. Rows of a token lie together; token t of a head begins at `(t · heads + head) · width`.
struct AttentionShape {
  int64_t length, heads, groups, width;
  float scale;
};

/// The rows of a tensor, float32 or bfloat16.
struct AttentionRows {
  void *data;
  bool is_wide;
};

/// y ← softmax(scale · q kᵀ) v for the heads of key head `group`; `normalizer` [length, heads]
/// gets log Σ exp of each row of scores.
void attention(
    const AttentionShape &shape, int64_t group, AttentionRows q, AttentionRows k, AttentionRows v,
    AttentionRows y, float *normalizer);

/// The gradients of q, k and v for the heads of key head `group`.
void attention_gradient(
    const AttentionShape &shape, int64_t group, AttentionRows q, AttentionRows k, AttentionRows v,
    AttentionRows y, AttentionRows dy, const float *normalizer, AttentionRows dq,
    AttentionRows dk, AttentionRows dv);

}  // namespace kernels
