#include <torch/csrc/autograd/custom_function.h>

#include "guard.hpp"
#include "parallel.hpp"
#include "rows.hpp"

using namespace bridge;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

namespace {

/// Rotates the first `2 · half` channels of each head; the others pass unchanged.
at::Tensor composed(
    const at::Tensor &input, const at::Tensor &cosine, const at::Tensor &sine, float direction) {
  const int64_t half = cosine.size(1), width = input.size(2);
  const at::Tensor c = cosine.unsqueeze(1), s = sine.unsqueeze(1) * direction;
  const at::Tensor a = input.narrow(2, 0, half), b = input.narrow(2, half, half);
  return at::cat(
      {(a * c - b * s).to(input.scalar_type()), (b * c + a * s).to(input.scalar_type()),
       input.narrow(2, 2 * half, width - 2 * half)},
      2);
}

/// The same from x to y, contiguous heads [N, H, E], which may be one tensor.
void rotate(
    const at::Tensor &x, const at::Tensor &y, const at::Tensor &cosine, const at::Tensor &sine,
    float direction) {
  const int64_t half = cosine.size(1), width = x.size(2);
  const int64_t tokens = x.size(0), heads = x.size(1);
  const kernels::Rows from(x, width), to(y, width);
  const bool is_copy = x.const_data_ptr() != y.const_data_ptr();
  const float *cosines = cosine.data_ptr<float>(), *sines = sine.data_ptr<float>();
  parallel(tokens, 1 + 8192 / std::max<int64_t>(heads * width, 1), [&](int64_t begin, int64_t end) {
    std::vector<float> in(width), out(width);
    for (int64_t i = begin * heads; i < end * heads; i++) {
      const int64_t token = i / heads;
      const float *row = from.read(i, in.data());
      // The kernel reads one place and writes another, or it would go value by value.
      if (!is_copy && from.wide()) row = std::copy_n(row, width, in.data()) - width;
      float *target = to.target(i, out.data());
      kernels::rotate(row, cosines + token * half, sines + token * half, direction, target, half);
      std::copy(row + 2 * half, row + width, target + 2 * half);
      to.written(i, target);
    }
  });
}

at::Tensor rotated(
    const at::Tensor &input, const at::Tensor &cosine, const at::Tensor &sine, float direction) {
  if (!has_kernels(input)) return composed(input, cosine, sine, direction);
  const at::Tensor x = input.contiguous();
  at::Tensor y = at::empty_like(x);
  rotate(x, y, cosine, sine, direction);
  return y;
}

/// A rotation's gradient is the rotation back: nothing but the angles is kept.
struct Rotation : torch::autograd::Function<Rotation> {
  static at::Tensor forward(
      AutogradContext *ctx, const at::Tensor &x, const at::Tensor &cosine,
      const at::Tensor &sine) {
    ctx->save_for_backward({cosine, sine});
    return rotated(x, cosine, sine, 1);
  }

  static variable_list backward(AutogradContext *ctx, variable_list gradients) {
    const auto saved = ctx->get_saved_variables();
    return {rotated(gradients[0], saved[0], saved[1], -1), at::Tensor(), at::Tensor()};
  }
};

/// The rotation of x [N, H·E] in its own memory, for an x that nobody else reads.
struct RotationInPlace : torch::autograd::Function<RotationInPlace> {
  static at::Tensor forward(
      AutogradContext *ctx, const at::Tensor &x, const at::Tensor &cosine, const at::Tensor &sine,
      int64_t width) {
    const at::Tensor heads = x.view({x.size(0), -1, width});
    rotate(heads, heads, cosine, sine, 1);
    ctx->save_for_backward({cosine, sine});
    ctx->saved_data["width"] = width;
    ctx->mark_dirty({x});
    return x;
  }

  static variable_list backward(AutogradContext *ctx, variable_list gradients) {
    const auto saved = ctx->get_saved_variables();
    const at::Tensor dy = gradients[0].contiguous();
    const at::Tensor heads = dy.view({dy.size(0), -1, ctx->saved_data["width"].toInt()});
    return {
        rotated(heads, saved[0], saved[1], -1).view(dy.sizes()), at::Tensor(), at::Tensor(),
        at::Tensor()};
  }
};

}  // namespace

ct_result ct_rotate(ct_in input, ct_in cosines, ct_in sines, ct_tensor **out) {
  return guarded(__func__, [&] {
    const at::Tensor &x = value(input), &cosine = value(cosines), &sine = value(sines);
    TORCH_CHECK(
        x.dim() == 3 && cosine.dim() == 2 && cosine.sizes() == sine.sizes() &&
            cosine.size(0) == x.size(0) && 2 * cosine.size(1) <= x.size(2),
        "heads [N, H, E] need cosines and sines [N, at most E/2], not ", x.sizes(), " with ",
        cosine.sizes(), " and ", sine.sizes());
    give(
        out, Rotation::apply(
                 x, cosine.to(at::kFloat).contiguous(), sine.to(at::kFloat).contiguous()));
  });
}

ct_result ct_rotate_in_place(
    ct_in input, ct_in cosines, ct_in sines, int64_t width, ct_tensor **out) {
  return guarded(__func__, [&] {
    const at::Tensor &x = value(input);
    const at::Tensor cosine = value(cosines).to(at::kFloat).contiguous();
    const at::Tensor sine = value(sines).to(at::kFloat).contiguous();
    TORCH_CHECK(
        x.dim() == 2 && width > 0 && x.size(1) % width == 0 && cosine.dim() == 2 &&
            cosine.sizes() == sine.sizes() && cosine.size(0) == x.size(0) &&
            2 * cosine.size(1) <= width,
        "heads [N, H·", width, "] need cosines and sines [N, at most ", width / 2, "], not ",
        x.sizes(), " with ", cosine.sizes(), " and ", sine.sizes());
    // The history of a view, or of a leaf that is trained, must not be written over.
    if (has_kernels(x) && x.is_contiguous() && !x.is_view() && !(x.is_leaf() && x.requires_grad()))
      give(out, RotationInPlace::apply(x, cosine, sine, width));
    else
      give(
          out, Rotation::apply(x.reshape({x.size(0), -1, width}), cosine, sine)
                   .reshape(x.sizes()));
  });
}
