#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <atomic>

#include "attention_kernels.hpp"
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

/// Documents up to this many tokens go through the bridge's own kernels, longer ones through
/// libtorch's: theirs cost some 50 µs a call, which for examples of a hundred tokens is most of it.
constexpr int64_t longest_short = 1024;

bool is_short(const std::vector<int64_t> &bounds, size_t document) {
  return bounds[document + 1] - bounds[document] <= longest_short;
}

kernels::AttentionRows rows(const at::Tensor &x, int64_t start) {
  char *data = static_cast<char *>(x.data_ptr());
  return {
      data + start * x.size(1) * x.size(2) * x.element_size(), x.scalar_type() == at::kFloat};
}

/// Calls `body(document, its shape, key head)` for the short documents, on all threads: the longest
/// first, each by the next thread that is free, so that none is left alone with a long one.
template <typename Body>
void each_short_head(
    const at::Tensor &q, const at::Tensor &k, const std::vector<int64_t> &bounds, double scale,
    const Body &body) {
  const int64_t groups = k.size(1);
  std::vector<size_t> documents;
  for (size_t i = 0; i + 1 < bounds.size(); i++)
    if (bounds[i + 1] > bounds[i] && is_short(bounds, i)) documents.push_back(i);
  std::stable_sort(documents.begin(), documents.end(), [&](size_t a, size_t b) {
    return bounds[a + 1] - bounds[a] > bounds[b + 1] - bounds[b];
  });
  const auto count = static_cast<int64_t>(documents.size()) * groups;
  std::atomic<int64_t> next{0};
  parallel(std::min<int64_t>(count, at::get_num_threads()), 1, [&](int64_t, int64_t) {
    for (int64_t i = next++; i < count; i = next++) {
      const size_t document = documents[static_cast<size_t>(i / groups)];
      const kernels::AttentionShape shape{
          bounds[document + 1] - bounds[document], q.size(1), groups, q.size(2),
          static_cast<float>(scale)};
      body(bounds[document], shape, i % groups);
    }
  });
}

/// Each document's causal attention on the CPU, which takes grouped queries and keeps one float32
/// a head and position.
struct PackedAttention : torch::autograd::Function<PackedAttention> {
  static at::Tensor forward(
      AutogradContext *ctx, const at::Tensor &query, const at::Tensor &key,
      const at::Tensor &values, const std::vector<int64_t> &bounds, double scale) {
    const at::Tensor q = query.contiguous(), k = key.contiguous(), v = values.contiguous();
    at::Tensor y = at::empty_like(q, at::MemoryFormat::Contiguous);
    const at::Tensor normalizer = at::empty({q.size(0), q.size(1)}, q.options().dtype(at::kFloat));
    variable_list saved{q, k, v, y, normalizer};
    each_short_head(q, k, bounds, scale, [&](int64_t start, const auto &shape, int64_t group) {
      kernels::attention(
          shape, group, rows(q, start), rows(k, start), rows(v, start), rows(y, start),
          normalizer.data_ptr<float>() + start * q.size(1));
    });
    for (size_t i = 0; i + 1 < bounds.size(); i++) {
      if (is_short(bounds, i)) continue;
      const int64_t start = bounds[i], length = bounds[i + 1] - start;
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
    const at::Tensor &normalizer = saved[4];
    const at::Tensor dy = gradients[0].contiguous();
    const auto bounds = ctx->saved_data["bounds"].toIntVector();
    const double scale = ctx->saved_data["scale"].toDouble();
    at::Tensor dq = at::empty_like(q), dk = at::empty_like(k), dv = at::empty_like(v);
    each_short_head(q, k, bounds, scale, [&](int64_t start, const auto &shape, int64_t group) {
      kernels::attention_gradient(
          shape, group, rows(q, start), rows(k, start), rows(v, start), rows(y, start),
          rows(dy, start), normalizer.data_ptr<float>() + start * q.size(1), rows(dq, start),
          rows(dk, start), rows(dv, start));
    });
    size_t next = 5;
    for (size_t i = 0; i + 1 < bounds.size(); i++) {
      if (is_short(bounds, i)) continue;
      const int64_t start = bounds[i], length = bounds[i + 1] - start;
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

/// New tokens attend to what lies before them and to each other, each by the flash kernel, mixed by
/// the two normalizers: no mask [T, S] is made, which would grow with the prompt.
at::Tensor in_two_parts(
    const at::Tensor &q, const at::Tensor &k, const at::Tensor &v, double scale) {
  const int64_t fresh = q.size(0), before = k.size(0) - fresh;
  const auto part = [&](int64_t start, int64_t length, bool is_causal) {
    return at::_scaled_dot_product_flash_attention_for_cpu(
        heads(q), heads(k.narrow(0, start, length)), heads(v.narrow(0, start, length)), 0.0,
        is_causal, std::nullopt, scale);
  };
  const auto [early, early_sum] = part(0, before, false);
  const auto [late, late_sum] = part(before, fresh, true);
  const at::Tensor share = at::sigmoid(early_sum - late_sum).unsqueeze(-1);  // [1, H, T, 1]
  const at::Tensor mixed = at::lerp(late.to(at::kFloat), early.to(at::kFloat), share);
  return tokens(mixed.to(q.scalar_type()));
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
    const bool is_recorded =
        at::GradMode::is_enabled() &&
        (q.requires_grad() || k.requires_grad() || v.requires_grad());
    if (fresh != all && has_kernels(q) && !is_recorded)
      return give(out, in_two_parts(q, k, v, scale));
    std::optional<at::Tensor> mask;
    if (fresh != all)
      mask = at::ones({fresh, all}, q.options().dtype(at::kBool)).tril(all - fresh);
    give(
        out, tokens(at::scaled_dot_product_attention(
                 heads(q), heads(k), heads(v), mask, 0.0, /*is_causal=*/!mask.has_value(), scale,
                 /*enable_gqa=*/q.size(1) != groups)));
  });
}
