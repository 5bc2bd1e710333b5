#include <torch/csrc/autograd/custom_function.h>

#include "guard.hpp"
#include "parallel.hpp"
#include "rows.hpp"

using namespace bridge;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

namespace {

int64_t grain(int64_t width) { return 1 + 16384 / std::max<int64_t>(width, 1); }

/// Plain composition, as in Hugging Face's models: statistics in float32, then the weight.
at::Tensor composed(const at::Tensor &x, const at::Tensor &weight, double epsilon, bool offset) {
  const at::Tensor wide = x.to(at::kFloat);
  const at::Tensor normal = wide * at::rsqrt(wide.square().mean(-1, true) + epsilon);
  if (offset) return (normal * (weight.to(at::kFloat) + 1)).to(x.scalar_type());
  return (normal.to(x.scalar_type()) * weight).to(x.scalar_type());
}

/// RMSNorm over the last dimension. Keeps `x` and one float32 a row.
struct RMSNorm : torch::autograd::Function<RMSNorm> {
  static at::Tensor forward(
      AutogradContext *ctx, const at::Tensor &input, const at::Tensor &weight, double epsilon,
      bool offset) {
    const at::Tensor x = input.contiguous(), w = weight.to(at::kFloat).contiguous();
    const int64_t width = x.size(-1), rows = x.numel() / std::max<int64_t>(width, 1);
    at::Tensor y = at::empty_like(x), inverse = at::empty({rows}, at::kFloat);
    const kernels::Rows from(x, width), to(y, width);
    const float *gain = w.data_ptr<float>();
    float *inverses = inverse.mutable_data_ptr<float>();
    parallel(rows, grain(width), [&](int64_t begin, int64_t end) {
      std::vector<float> in(width), out(width);
      std::vector<uint16_t> rounded(width);
      for (int64_t i = begin; i < end; i++) {
        const float *row = from.read(i, in.data());
        float *target = to.target(i, out.data());
        const float square = kernels::dot(row, row, width) / static_cast<float>(width);
        inverses[i] = 1.0f / std::sqrt(square + static_cast<float>(epsilon));
        kernels::normalize(row, inverses[i], target, width);
        if (offset) {
          kernels::multiply_offset(target, gain, target, width);
        } else {
          if (!to.wide()) {  // the normal form is rounded before the weight, as the models do
            kernels::narrow(target, rounded.data(), width);
            kernels::widen(rounded.data(), target, width);
          }
          kernels::multiply(target, gain, target, width);
        }
        to.written(i, target);
      }
    });
    ctx->save_for_backward({x, weight, inverse});
    ctx->saved_data["offset"] = offset;
    return y;
  }

  static variable_list backward(AutogradContext *ctx, variable_list gradients) {
    const auto saved = ctx->get_saved_variables();
    const at::Tensor &x = saved[0], &weight = saved[1], &inverse = saved[2];
    const bool offset = ctx->saved_data["offset"].toBool();
    const at::Tensor dy = gradients[0].contiguous();
    at::Tensor dx, dw;
    if (ctx->needs_input_grad(0)) dx = input_gradient(x, weight, inverse, dy, offset);
    if (ctx->needs_input_grad(1)) {
      const int64_t width = x.size(-1);
      const at::Tensor normal = x.reshape({-1, width}).to(at::kFloat) * inverse.unsqueeze(1);
      dw = (normal * dy.reshape({-1, width})).sum(0).to(weight.scalar_type());
    }
    return {dx, dw, at::Tensor(), at::Tensor()};
  }

  static at::Tensor input_gradient(
      const at::Tensor &x, const at::Tensor &weight, const at::Tensor &inverse,
      const at::Tensor &dy, bool offset) {
    const at::Tensor w = weight.to(at::kFloat).contiguous();
    const int64_t width = x.size(-1), rows = inverse.numel();
    at::Tensor dx = at::empty_like(x);
    const kernels::Rows from(x, width), slopes(dy, width), to(dx, width);
    const float *gain = w.data_ptr<float>(), *inverses = inverse.data_ptr<float>();
    parallel(rows, grain(width), [&](int64_t begin, int64_t end) {
      std::vector<float> in(width), slope(width), g(width), normal(width), out(width);
      for (int64_t i = begin; i < end; i++) {
        kernels::normalize(from.read(i, in.data()), inverses[i], normal.data(), width);
        const float *dys = slopes.read(i, slope.data());
        if (offset)
          kernels::multiply_offset(dys, gain, g.data(), width);
        else
          kernels::multiply(dys, gain, g.data(), width);
        const float mean = kernels::dot(g.data(), normal.data(), width) / static_cast<float>(width);
        float *target = to.target(i, out.data());
        kernels::norm_gradient(g.data(), normal.data(), mean, inverses[i], target, width);
        to.written(i, target);
      }
    });
    return dx;
  }
};

}  // namespace

ct_result ct_rms_norm(
    ct_in input, ct_in gain, double epsilon, bool unit_offset, ct_tensor **out) {
  return guarded(__func__, [&] {
    const at::Tensor &x = value(input), &weight = value(gain);
    TORCH_CHECK(
        x.dim() >= 1 && weight.dim() == 1 && weight.size(0) == x.size(-1),
        "the weight ", weight.sizes(), " must be as wide as the rows of ", x.sizes());
    give(
        out, has_kernels(x) ? RMSNorm::apply(x, weight, epsilon, unit_offset)
                            : composed(x, weight, epsilon, unit_offset));
  });
}

ct_result ct_layer_norm(
    ct_in input, ct_in gain, ct_in shift, double epsilon, ct_tensor **out) {
  return guarded(__func__, [&] {
    const at::Tensor &x = value(input);
    std::optional<at::Tensor> weight, bias;
    if (gain) weight = value(gain);
    if (shift) bias = value(shift);
    give(out, at::layer_norm(x, {x.size(-1)}, weight, bias, epsilon));
  });
}
