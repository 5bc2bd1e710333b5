#include <cmath>

#include "guard.hpp"
#include "kernels.hpp"
#include "parallel.hpp"

using namespace bridge;

namespace {

/// The same step by library operations, for tensors that are not on the CPU.
void composed(at::Tensor p, at::Tensor g, at::Tensor m, at::Tensor v, const ct_adamw &s) {
  const double correction1 = 1 - std::pow(s.beta1, static_cast<double>(s.step));
  const double correction2 = std::sqrt(1 - std::pow(s.beta2, static_cast<double>(s.step)));
  if (s.gradient_scale != 1) g = g * s.gradient_scale;
  m.lerp_(g, 1 - s.beta1);
  v.mul_(s.beta2).addcmul_(g, g, 1 - s.beta2);
  const at::Tensor denominator = v.sqrt().div_(correction2).add_(s.epsilon);
  p.mul_(1 - s.learning_rate * s.weight_decay);
  p.addcdiv_(m, denominator, -s.learning_rate / correction1);
}

void check(const at::Tensor &x, const at::Tensor &parameter) {
  TORCH_CHECK(
      x.scalar_type() == at::kFloat && x.sizes() == parameter.sizes(),
      "AdamW takes float32 tensors of one shape, not ", x.scalar_type(), x.sizes(), " beside ",
      parameter.sizes());
}

}  // namespace

ct_result ct_adamw_step(
    const ct_in *parameters, const ct_in *gradients, const ct_in *first, const ct_in *second,
    int64_t count, const ct_adamw *settings) {
  return guarded(__func__, [&] {
    at::NoGradGuard without;
    const ct_adamw &s = *settings;
    TORCH_CHECK(s.step >= 1, "the step counts from 1, not ", s.step);
    const double correction1 = 1 - std::pow(s.beta1, static_cast<double>(s.step));
    const double correction2 = 1 - std::pow(s.beta2, static_cast<double>(s.step));
    const kernels::AdamW step{
        static_cast<float>(s.beta1),
        static_cast<float>(s.beta2),
        static_cast<float>(s.epsilon),
        static_cast<float>(1 - s.learning_rate * s.weight_decay),
        static_cast<float>(s.learning_rate / correction1),
        static_cast<float>(std::sqrt(correction2)),
        static_cast<float>(s.gradient_scale)};
    // Everything is checked before anything moves, so a refused step leaves no tensor half-updated.
    for (int64_t i = 0; i < count; i++)
      for (ct_in x : {parameters[i], gradients[i], first[i], second[i]})
        check(value(x), value(parameters[i]));
    for (int64_t i = 0; i < count; i++) {
      at::Tensor p = value(parameters[i]), m = value(first[i]), v = value(second[i]);
      const at::Tensor g = value(gradients[i]).contiguous();
      const bool direct = has_kernels(p) && p.is_contiguous() && m.is_contiguous() &&
                          v.is_contiguous() && g.device().is_cpu();
      if (!direct) {
        composed(p, g, m, v, s);
        continue;
      }
      float *ps = p.mutable_data_ptr<float>(), *ms = m.mutable_data_ptr<float>();
      float *vs = v.mutable_data_ptr<float>();
      const float *gs = g.data_ptr<float>();
      parallel(p.numel(), 32768, [&](int64_t begin, int64_t end) {
        kernels::adamw(ps + begin, gs + begin, ms + begin, vs + begin, step, end - begin);
      });
    }
  });
}
