#include <torch/csrc/autograd/custom_function.h>

#include "guard.hpp"
#include "parallel.hpp"

using namespace bridge;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

namespace {

/// [T, H, E] as libtorch's kernels want it: [1, H, T, E], without copying.
at::Tensor heads(const at::Tensor &x) { return x.unsqueeze(0).transpose(1, 2); }

/// The way back from `heads`.
at::Tensor tokens(const at::Tensor &x) { return x.transpose(1, 2).squeeze(0); }

/// Each document's causal attention by the CPU's flash kernels, which take grouped queries and
/// keep one float32 a head and position.
struct PackedAttention : torch::autograd::Function<PackedAttention> {
  static at::Tensor forward(
      AutogradContext *ctx, const at::Tensor &q, const at::Tensor &k, const at::Tensor &v,
      const std::vector<int64_t> &bounds, double scale) {
    at::Tensor y = at::empty_like(q, at::MemoryFormat::Contiguous);
    variable_list saved{q, k, v, y};
    for (size_t i = 0; i + 1 < bounds.size(); i++) {
      const int64_t start = bounds[i], length = bounds[i + 1] - start;
      if (length == 0) continue;
      auto [mixed, weights] = at::_scaled_dot_product_flash_attention_for_cpu(
          heads(q.narrow(0, start, length)), heads(k.narrow(0, start, length)),
          heads(v.narrow(0, start, length)), 0.0, /*is_causal=*/true, std::nullopt, scale);
      y.narrow(0, start, length).copy_(tokens(mixed));
      saved.push_back(weights);
    }
    ctx->save_for_backward(saved);
    ctx->saved_data["bounds"] = bounds;
    ctx->saved_data["scale"] = scale;
    return y;
  }

  static variable_list backward(AutogradContext *ctx, variable_list gradients) {
    const auto saved = ctx->get_saved_variables();
    const at::Tensor &q = saved[0], &k = saved[1], &v = saved[2], &y = saved[3];
    const at::Tensor dy = gradients[0].contiguous();
    const auto bounds = ctx->saved_data["bounds"].toIntVector();
    const double scale = ctx->saved_data["scale"].toDouble();
    at::Tensor dq = at::empty_like(q, at::MemoryFormat::Contiguous);
    at::Tensor dk = at::empty_like(k, at::MemoryFormat::Contiguous);
    at::Tensor dv = at::empty_like(v, at::MemoryFormat::Contiguous);
    size_t next = 4;
    for (size_t i = 0; i + 1 < bounds.size(); i++) {
      const int64_t start = bounds[i], length = bounds[i + 1] - start;
      if (length == 0) continue;
      const auto part = [&](const at::Tensor &x) { return x.narrow(0, start, length); };
      auto [a, b, c] = at::_scaled_dot_product_flash_attention_for_cpu_backward(
          heads(part(dy)), heads(part(q)), heads(part(k)), heads(part(v)), heads(part(y)),
          saved[next++], 0.0, /*is_causal=*/true, std::nullopt, scale);
      part(dq).copy_(tokens(a));
      part(dk).copy_(tokens(b));
      part(dv).copy_(tokens(c));
    }
    return {dq, dk, dv, at::Tensor(), at::Tensor()};
  }
};

/// The same through libtorch's choice of kernel, for other devices and dtypes.
at::Tensor composed(
    const at::Tensor &q, const at::Tensor &k, const at::Tensor &v,
    const std::vector<int64_t> &bounds, double scale) {
  std::vector<at::Tensor> parts;
  for (size_t i = 0; i + 1 < bounds.size(); i++) {
    const int64_t start = bounds[i], length = bounds[i + 1] - start;
    if (length == 0) continue;
    parts.push_back(tokens(at::scaled_dot_product_attention(
        heads(q.narrow(0, start, length)), heads(k.narrow(0, start, length)),
        heads(v.narrow(0, start, length)), std::nullopt, 0.0, /*is_causal=*/true, scale,
        /*enable_gqa=*/q.size(1) != k.size(1))));
  }
  return parts.empty() ? at::empty_like(q) : at::cat(parts, 0);
}

void check(const at::Tensor &q, const at::Tensor &k, const at::Tensor &v) {
  TORCH_CHECK(
      q.dim() == 3 && k.dim() == 3 && k.sizes() == v.sizes() && q.size(2) == k.size(2) &&
          k.size(1) > 0 && q.size(1) % k.size(1) == 0,
      "queries [T, H, E] need keys and values [S, K, E] with H a multiple of K, not ", q.sizes(),
      ", ", k.sizes(), " and ", v.sizes());
}

}  // namespace

ct_result ct_packed_attention(
    ct_in query, ct_in key, ct_in values, const int64_t *bounds, int64_t documents, double scale,
    ct_tensor **out) {
  return guarded(__func__, [&] {
    const at::Tensor &q = value(query), &k = value(key), &v = value(values);
    check(q, k, v);
    const std::vector<int64_t> list(bounds, bounds + documents + 1);
    TORCH_CHECK(
        list.front() == 0 && list.back() == q.size(0) && k.size(0) == q.size(0) &&
            std::is_sorted(list.begin(), list.end()),
        "the documents' bounds must rise from 0 to the ", q.size(0), " tokens, not ", list);
    give(
        out, has_kernels(q) ? PackedAttention::apply(q, k, v, list, scale)
                            : composed(q, k, v, list, scale));
  });
}

ct_result ct_cached_attention(
    ct_in query, ct_in key, ct_in values, double scale, ct_tensor **out) {
  return guarded(__func__, [&] {
    const at::Tensor &q = value(query), &k = value(key), &v = value(values);
    check(q, k, v);
    const int64_t fresh = q.size(0), all = k.size(0), groups = k.size(1), width = q.size(2);
    TORCH_CHECK(fresh <= all, fresh, " new tokens are more than the ", all, " positions");
    if (fresh == 1) {
      // One query a head: the heads of a group become its queries, and each key is read once.
      const at::Tensor grouped = q.reshape({1, groups, q.size(1) / groups, width});
      const at::Tensor mixed = at::scaled_dot_product_attention(
          grouped, heads(k), heads(v), std::nullopt, 0.0, false, scale);
      return give(out, mixed.reshape({1, q.size(1), width}));
    }
    std::optional<at::Tensor> mask;
    if (fresh != all)
      mask = at::ones({fresh, all}, q.options().dtype(at::kBool)).tril(all - fresh);
    give(
        out, tokens(at::scaled_dot_product_attention(
                 heads(q), heads(k), heads(v), mask, 0.0, /*is_causal=*/!mask.has_value(), scale,
                 /*enable_gqa=*/q.size(1) != groups)));
  });
}
