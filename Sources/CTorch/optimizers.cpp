#include <algorithm>
#include <cmath>

#include "decoding.hpp"
#include "dynamic.hpp"
#include "guard.hpp"
#include "kernels.hpp"
#include "parallel.hpp"
#include "rows.hpp"

using namespace bridge;

namespace {

constexpr int64_t block = CT_MOMENT_BLOCK;

int64_t blocks(int64_t count) { return (count + block - 1) / block; }

kernels::AdamW constants(const ct_adamw &s) {
  TORCH_CHECK(s.step >= 1, "the step counts from 1, not ", s.step);
  const double correction1 = 1 - std::pow(s.beta1, static_cast<double>(s.step));
  const double correction2 = 1 - std::pow(s.beta2, static_cast<double>(s.step));
  return {
      static_cast<float>(1 - s.beta1),
      static_cast<float>(s.beta2),
      static_cast<float>(1 - s.beta2),
      static_cast<float>(s.epsilon),
      static_cast<float>(1 - s.learning_rate * s.weight_decay),
      static_cast<float>(s.learning_rate / correction1),
      static_cast<float>(std::sqrt(correction2)),
      static_cast<float>(s.gradient_scale)};
}

/// The same step by library operations, for tensors that are not on the CPU.
void composed(at::Tensor p, at::Tensor g, at::Tensor m, at::Tensor v, const ct_adamw &s) {
  const double correction1 = 1 - std::pow(s.beta1, static_cast<double>(s.step));
  const double correction2 = std::sqrt(1 - std::pow(s.beta2, static_cast<double>(s.step)));
  g = g.to(at::kFloat);
  if (s.gradient_scale != 1) g = g * s.gradient_scale;
  m.lerp_(g, 1 - s.beta1);
  v.mul_(s.beta2).addcmul_(g, g, 1 - s.beta2);
  const at::Tensor denominator = v.sqrt().div_(correction2).add_(s.epsilon);
  p.mul_(1 - s.learning_rate * s.weight_decay);
  p.addcdiv_(m, denominator, -s.learning_rate / correction1);
}

void check(const at::Tensor &x, const at::Tensor &parameter, bool is_gradient = false) {
  const bool fits = x.scalar_type() == at::kFloat ||
                    (is_gradient && x.scalar_type() == at::kBFloat16);
  TORCH_CHECK(
      fits && x.sizes() == parameter.sizes(), "AdamW takes float32 tensors of one shape, not ",
      x.scalar_type(), x.sizes(), " beside ", parameter.sizes());
}

/// Whether the kernels take a parameter with its gradient and state as they lie in memory.
bool is_direct(const at::Tensor &p, const at::Tensor &g, std::initializer_list<at::Tensor> state) {
  return has_kernels(p) && p.is_contiguous() && has_kernels(g) &&
         std::all_of(state.begin(), state.end(), [](const at::Tensor &x) {
           return x.is_cpu() && x.is_contiguous();
         });
}

template <class Value>
Value *write(const at::Tensor &tensor) {
  return static_cast<Value *>(tensor.mutable_data_ptr());
}

/// A moment in codes: `value · scale` for each block of the values in row order.
struct Moment {
  at::Tensor codes, scales;
  bool is_signed;

  Moment(const ct_moment &moment, bool is_signed)
      : codes(value(moment.codes)), scales(value(moment.scales)), is_signed(is_signed) {}

  void check(const at::Tensor &parameter) const {
    TORCH_CHECK(
        codes.scalar_type() == at::kByte && codes.sizes() == parameter.sizes() &&
            scales.scalar_type() == at::kFloat && scales.dim() == 1 &&
            scales.numel() == blocks(parameter.numel()),
        "codes ", codes.scalar_type(), codes.sizes(), " with scales ", scales.scalar_type(),
        scales.sizes(), " are no moment of a parameter ", parameter.sizes());
  }

  void decode(int64_t at, int64_t count, float *x) const {
    kernels::decode(
        write<uint8_t>(codes) + at * block, write<float>(scales)[at],
        kernels::dynamic_map(is_signed), x, count);
  }

  void encode(int64_t at, int64_t count, const float *x) const {
    const float most = kernels::greatest_magnitude(x, count);
    write<float>(scales)[at] = most;
    // A block of zeros has the scale 0 and is divided by a number that is none.
    kernels::encode(
        x, 1.0f / std::max(most, 1e-38f), kernels::dynamic_map(is_signed),
        write<uint8_t>(codes) + at * block, count);
  }

  at::Tensor map() const {
    const auto &map = kernels::dynamic_map(is_signed);
    return at::tensor(at::ArrayRef<float>(map.values.data(), 256)).to(codes.device());
  }

  // The same by library operations, for other devices.
  at::Tensor decoded() const {
    const at::Tensor factors = scales.repeat_interleave(block).narrow(0, 0, codes.numel());
    return map().index({codes.flatten().to(at::kLong)}).mul_(factors).view(codes.sizes());
  }

  void take(const at::Tensor &x) {
    const int64_t padding = scales.numel() * block - x.numel();
    const at::Tensor rows = at::constant_pad_nd(x.flatten(), {0, padding}).view({-1, block});
    scales.copy_(rows.abs().amax(1));
    const at::Tensor scaled = rows * scales.clamp_min(1e-38).reciprocal().unsqueeze(1);
    const at::Tensor map = this->map();
    const at::Tensor bounds = (map.slice(0, 0, -1) + map.slice(0, 1)) / 2;
    const at::Tensor found = at::bucketize(scaled.clamp(-1, 1), bounds, /*out_int32=*/true);
    codes.copy_(found.flatten().narrow(0, 0, x.numel()).view(codes.sizes()));
  }
};

void step_8bit(
    const at::Tensor &p, const at::Tensor &g, Moment &first, Moment &second, const ct_adamw &s) {
  if (!is_direct(p, g, {first.codes, first.scales, second.codes, second.scales})) {
    const at::Tensor m = first.decoded(), v = second.decoded();
    composed(p, g, m, v, s);
    first.take(m);
    return second.take(v);
  }
  const kernels::AdamW step = constants(s);
  const int64_t count = p.numel();
  parallel(blocks(count), 64, [&](int64_t begin, int64_t end) {
    float gradient[block], m[block], v[block];
    for (int64_t i = begin; i < end; i++) {
      const int64_t start = i * block, size = std::min(block, count - start);
      const float *values = kernels::stretch(g, start, size, gradient);
      first.decode(i, size, m);
      second.decode(i, size, v);
      kernels::adamw(write<float>(p) + start, values, m, v, step, size);
      first.encode(i, size, m);
      second.encode(i, size, v);
    }
  });
}

}  // namespace

ct_result ct_adamw_step(
    const ct_in *parameters, const ct_in *gradients, const ct_in *first, const ct_in *second,
    int64_t count, const ct_adamw *settings) {
  return guarded(__func__, [&] {
    at::NoGradGuard without;
    const kernels::AdamW step = constants(*settings);
    // Everything is checked, and gradients are put into row order, before anything moves. Kernels on
    // the processor take no memory: a refused step there leaves no tensor half-updated.
    std::vector<at::Tensor> ordered;
    for (int64_t i = 0; i < count; i++) {
      const at::Tensor &p = value(parameters[i]);
      check(value(gradients[i]), p, /*is_gradient=*/true);
      for (ct_in x : {parameters[i], first[i], second[i]}) check(value(x), p);
      ordered.push_back(value(gradients[i]).contiguous());
    }
    for (int64_t i = 0; i < count; i++) {
      const at::Tensor p = value(parameters[i]), m = value(first[i]), v = value(second[i]);
      const at::Tensor g = std::move(ordered[static_cast<size_t>(i)]);
      if (!is_direct(p, g, {m, v})) {
        composed(p, g, m, v, *settings);
        continue;
      }
      constexpr int64_t length = 1024;
      const int64_t values = p.numel();
      parallel((values + length - 1) / length, 32, [&](int64_t begin, int64_t end) {
        float scratch[length];
        for (int64_t j = begin; j < end; j++) {
          const int64_t start = j * length, size = std::min(length, values - start);
          kernels::adamw(
              write<float>(p) + start, kernels::stretch(g, start, size, scratch),
              write<float>(m) + start, write<float>(v) + start, step, size);
        }
      });
    }
  });
}

ct_result ct_adamw_8bit_step(
    const ct_in *parameters, const ct_in *gradients, const ct_moment *first,
    const ct_moment *second, int64_t count, const ct_adamw *settings) {
  return guarded(__func__, [&] {
    at::NoGradGuard without;
    constants(*settings);
    std::vector<at::Tensor> ordered;
    for (int64_t i = 0; i < count; i++) {
      const at::Tensor &p = value(parameters[i]);
      check(p, p);
      check(value(gradients[i]), p, /*is_gradient=*/true);
      Moment(first[i], true).check(p);
      Moment(second[i], false).check(p);
      ordered.push_back(value(gradients[i]).contiguous());
    }
    for (int64_t i = 0; i < count; i++) {
      Moment m(first[i], true), v(second[i], false);
      const at::Tensor g = std::move(ordered[static_cast<size_t>(i)]);
      step_8bit(value(parameters[i]), g, m, v, *settings);
    }
  });
}

ct_result ct_dynamic_map(bool is_signed, ct_tensor **out) {
  return GUARDED(
      at::tensor(at::ArrayRef<float>(kernels::dynamic_map(is_signed).values.data(), 256)));
}
