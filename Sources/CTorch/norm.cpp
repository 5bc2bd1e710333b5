#include <torch/csrc/autograd/custom_function.h>

#include <array>
#include <utility>

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

/// RMSNorm over the last dimension, by rows.
struct NormRows {
  at::Tensor weight;
  double epsilon;
  bool offset;

  /// Normalises x, or x + addition, whose sum goes to `sum`; gives y and one float32 a row.
  std::pair<at::Tensor, at::Tensor> forward(
      const at::Tensor &x, const at::Tensor *addition, const at::Tensor *sum) const {
    const at::Tensor w = weight.to(at::kFloat).contiguous();
    const int64_t width = x.size(-1), rows = x.numel() / std::max<int64_t>(width, 1);
    at::Tensor y = at::empty_like(x), inverse = at::empty({rows}, at::kFloat);
    const kernels::Rows from(x, width), other(addition ? *addition : x, width), to(y, width);
    const kernels::Rows summed(sum ? *sum : y, width);
    const float *gain = w.data_ptr<float>();
    float *inverses = inverse.mutable_data_ptr<float>();
    parallel(rows, grain(width), [&](int64_t begin, int64_t end) {
      std::vector<float> in(width), second(width), out(width);
      for (int64_t i = begin; i < end; i++) {
        const float *row = from.read(i, in.data());
        if (sum) {
          float *target = summed.target(i, out.data());
          kernels::add(row, other.read(i, second.data()), target, width);
          summed.written(i, target);
          row = summed.read(i, in.data());  // as it was rounded
        }
        float *target = to.target(i, out.data());
        const float square = kernels::dot(row, row, width) / static_cast<float>(width);
        inverses[i] = 1.0f / std::sqrt(square + static_cast<float>(epsilon));
        kernels::normalize(row, inverses[i], target, width);
        scale(target, gain, target, width, /*rounds=*/!to.wide());
        to.written(i, target);
      }
    });
    return {y, inverse};
  }

  /// x's gradient from y's, with what reached x on another way added where it is given.
  at::Tensor input_gradient(
      const at::Tensor &x, const at::Tensor &inverse, const at::Tensor &dy,
      const at::Tensor &beside) const {
    const at::Tensor w = weight.to(at::kFloat).contiguous();
    const int64_t width = x.size(-1), rows = inverse.numel();
    at::Tensor dx = at::empty_like(x);
    const kernels::Rows from(x, width), slopes(dy, width), to(dx, width);
    const kernels::Rows others(beside.defined() ? beside : dy, width);
    const float *gain = w.data_ptr<float>(), *inverses = inverse.data_ptr<float>();
    parallel(rows, grain(width), [&](int64_t begin, int64_t end) {
      std::vector<float> in(width), slope(width), g(width), normal(width), out(width);
      for (int64_t i = begin; i < end; i++) {
        kernels::normalize(from.read(i, in.data()), inverses[i], normal.data(), width);
        scale(slopes.read(i, slope.data()), gain, g.data(), width, /*rounds=*/false);
        const float mean = kernels::dot(g.data(), normal.data(), width) / static_cast<float>(width);
        float *target = to.target(i, out.data());
        kernels::norm_gradient(g.data(), normal.data(), mean, inverses[i], target, width);
        if (beside.defined()) kernels::add(target, others.read(i, in.data()), target, width);
        to.written(i, target);
      }
    });
    return dx;
  }

  at::Tensor weight_gradient(
      const at::Tensor &x, const at::Tensor &inverse, const at::Tensor &dy) const {
    const int64_t width = x.size(-1);
    const at::Tensor normal = x.reshape({-1, width}).to(at::kFloat) * inverse.unsqueeze(1);
    return (normal * dy.reshape({-1, width})).sum(0).to(weight.scalar_type());
  }

 private:
  /// out = in · weight; the models round the normal form before the weight, unless it has an offset.
  void scale(const float *in, const float *gain, float *out, int64_t width, bool rounds) const {
    if (offset) {
      kernels::multiply_offset(in, gain, out, width);
      return;
    }
    if (!rounds) {
      kernels::multiply(in, gain, out, width);
      return;
    }
    std::array<uint16_t, 512> rounded;
    for (int64_t at = 0; at < width; at += 512) {
      const int64_t count = std::min<int64_t>(512, width - at);
      kernels::narrow(in + at, rounded.data(), count);
      kernels::widen(rounded.data(), out + at, count);
      kernels::multiply(out + at, gain + at, out + at, count);
    }
  }
};

/// RMSNorm of x. Keeps `x` and one float32 a row.
struct RMSNorm : torch::autograd::Function<RMSNorm> {
  static at::Tensor forward(
      AutogradContext *ctx, const at::Tensor &input, const at::Tensor &weight, double epsilon,
      bool offset) {
    const at::Tensor x = input.contiguous();
    const auto [y, inverse] = NormRows{weight, epsilon, offset}.forward(x, nullptr, nullptr);
    ctx->save_for_backward({x, weight, inverse});
    ctx->saved_data["offset"] = offset;
    return y;
  }

  static variable_list backward(AutogradContext *ctx, variable_list gradients) {
    const auto saved = ctx->get_saved_variables();
    const at::Tensor &x = saved[0], &inverse = saved[2];
    const NormRows norm{saved[1], 0, ctx->saved_data["offset"].toBool()};
    const at::Tensor dy = gradients[0].contiguous();
    at::Tensor dx, dw;
    if (ctx->needs_input_grad(0)) dx = norm.input_gradient(x, inverse, dy, {});
    if (ctx->needs_input_grad(1)) dw = norm.weight_gradient(x, inverse, dy);
    return {dx, dw, at::Tensor(), at::Tensor()};
  }
};

/// The sum s = x + addition and its RMSNorm in one pass. Keeps `s` and one float32 a row.
struct AddedRMSNorm : torch::autograd::Function<AddedRMSNorm> {
  static variable_list forward(
      AutogradContext *ctx, const at::Tensor &input, const at::Tensor &addition,
      const at::Tensor &weight, double epsilon, bool offset) {
    const at::Tensor x = input.contiguous(), other = addition.contiguous();
    at::Tensor sum = at::empty_like(x);
    const auto [y, inverse] = NormRows{weight, epsilon, offset}.forward(x, &other, &sum);
    ctx->save_for_backward({sum, weight, inverse});
    ctx->saved_data["offset"] = offset;
    return {sum, y};
  }

  static variable_list backward(AutogradContext *ctx, variable_list gradients) {
    const auto saved = ctx->get_saved_variables();
    const at::Tensor &sum = saved[0], &inverse = saved[2];
    const NormRows norm{saved[1], 0, ctx->saved_data["offset"].toBool()};
    const at::Tensor beside = gradients[0].defined() ? gradients[0].contiguous() : at::Tensor();
    // The norm's own gradient is missing where nothing that counts followed from it.
    at::Tensor ds = beside, dw;
    if (gradients[1].defined()) {
      const at::Tensor dy = gradients[1].contiguous();
      if (ctx->needs_input_grad(0) || ctx->needs_input_grad(1))
        ds = norm.input_gradient(sum, inverse, dy, beside);
      if (ctx->needs_input_grad(2)) dw = norm.weight_gradient(sum, inverse, dy);
    }
    return {ds, ds, dw, at::Tensor(), at::Tensor()};
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

ct_result ct_added_rms_norm(
    ct_in input, ct_in addition, ct_in gain, double epsilon, bool unit_offset, ct_tensor **sum,
    ct_tensor **out) {
  return guarded(__func__, [&] {
    const at::Tensor &x = value(input), &other = value(addition), &weight = value(gain);
    TORCH_CHECK(
        x.dim() >= 1 && weight.dim() == 1 && weight.size(0) == x.size(-1) &&
            other.sizes() == x.sizes() && other.scalar_type() == x.scalar_type(),
        "x ", x.scalar_type(), x.sizes(), " and what is added, ", other.scalar_type(),
        other.sizes(), ", must be alike, and the weight ", weight.sizes(), " as wide as their rows");
    if (has_kernels(x)) {
      const variable_list both = AddedRMSNorm::apply(x, other, weight, epsilon, unit_offset);
      give(sum, both[0]);
      give(out, both[1]);
    } else {
      const at::Tensor both = x + other;
      give(sum, both);
      give(out, composed(both, weight, epsilon, unit_offset));
    }
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
