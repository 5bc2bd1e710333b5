#include <torch/csrc/autograd/custom_function.h>

#include "gated.hpp"
#include "guard.hpp"
#include "kernels.hpp"
#include "parallel.hpp"

using namespace bridge;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

namespace {

constexpr int64_t block = 1024;  // values at a time: five float32 blocks stay in the first cache

/// Calls `body(first, count)` for blocks of `count` values.
template <class Body>
void blocks(int64_t total, Body body) {
  parallel((total + block - 1) / block, 8, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) body(i, std::min(block, total - i * block));
  });
}

at::Tensor activation(const at::Tensor &gate, bool gelu) {
  return gelu ? at::gelu(gate, "tanh") : at::silu(gate);
}

/// Reads a block of `count` values; the last block may be short, so it is not a row of `Rows`.
const float *read(const at::Tensor &x, int64_t index, int64_t count, float *scratch) {
  if (x.scalar_type() == at::kFloat) return x.data_ptr<float>() + index * block;
  const auto *halves = static_cast<const uint16_t *>(x.const_data_ptr());
  kernels::widen(halves + index * block, scratch, count);
  return scratch;
}

float *target(const at::Tensor &x, int64_t index, float *scratch) {
  return x.scalar_type() == at::kFloat ? x.mutable_data_ptr<float>() + index * block : scratch;
}

void written(const at::Tensor &x, int64_t index, int64_t count, const float *scratch) {
  if (x.scalar_type() == at::kFloat) return;
  kernels::narrow(scratch, static_cast<uint16_t *>(x.mutable_data_ptr()) + index * block, count);
}

/// activation(gate) · up, keeping only the two operands.
struct Gated : torch::autograd::Function<Gated> {
  static at::Tensor forward(
      AutogradContext *ctx, const at::Tensor &gate, const at::Tensor &up, bool gelu) {
    ctx->save_for_backward({gate, up});
    ctx->saved_data["gelu"] = gelu;
    return gated_product(gate, up, gelu);
  }

  static variable_list backward(AutogradContext *ctx, variable_list gradients) {
    const auto saved = ctx->get_saved_variables();
    auto [dgate, dup] =
        gated_gradients(saved[0], saved[1], gradients[0], ctx->saved_data["gelu"].toBool());
    return {dgate, dup, at::Tensor()};
  }
};

}  // namespace

at::Tensor bridge::gated_product(const at::Tensor &gate, const at::Tensor &up, bool gelu) {
  if (!has_kernels(gate)) return activation(gate, gelu) * up;
  at::Tensor y = at::empty_like(gate);
  blocks(gate.numel(), [&](int64_t i, int64_t count) {
    float a[block], b[block], c[block];
    const float *g = read(gate, i, count, a), *u = read(up, i, count, b);
    float *out = target(y, i, c);
    (gelu ? kernels::gelu_product : kernels::silu_product)(g, u, out, count);
    written(y, i, count, out);
  });
  return y;
}

std::pair<at::Tensor, at::Tensor> bridge::gated_gradients(
    const at::Tensor &gate, const at::Tensor &up, const at::Tensor &gradient, bool gelu) {
  const at::Tensor dy = gradient.contiguous();
  if (!has_kernels(gate)) {
    const at::Tensor slope = dy * up;
    return {
        gelu ? at::gelu_backward(slope, gate, "tanh") : at::silu_backward(slope, gate),
        dy * activation(gate, gelu)};
  }
  at::Tensor dgate = at::empty_like(gate), dup = at::empty_like(up);
  blocks(gate.numel(), [&](int64_t i, int64_t count) {
    float a[block], b[block], c[block], d[block], e[block];
    const float *g = read(gate, i, count, a), *u = read(up, i, count, b);
    const float *y = read(dy, i, count, c);
    float *dg = target(dgate, i, d), *du = target(dup, i, e);
    (gelu ? kernels::gelu_gradient : kernels::silu_gradient)(g, u, y, dg, du, count);
    written(dgate, i, count, dg);
    written(dup, i, count, du);
  });
  return {dgate, dup};
}

ct_result ct_gated(ct_in gate, ct_in up, bool gelu, ct_tensor **out) {
  return guarded(__func__, [&] {
    const at::Tensor &g = value(gate), &u = value(up);
    TORCH_CHECK(
        g.sizes() == u.sizes() && g.scalar_type() == u.scalar_type(), "the gate ",
        g.scalar_type(), g.sizes(), " and ", u.scalar_type(), u.sizes(), " must be alike");
    give(out, Gated::apply(g.contiguous(), u.contiguous(), gelu));
  });
}
