#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/autograd.h>

#include "guard.hpp"

using namespace bridge;

ct_result ct_set_requires_gradient(ct_in tensor, bool flag) {
  return guarded(__func__, [&] { value(tensor).requires_grad_(flag); });
}

ct_result ct_detach(ct_in tensor, ct_tensor **out) { return GUARDED(value(tensor).detach()); }

ct_result ct_gradients(
    const ct_in *outputs, const ct_in *seeds, int64_t output_count, const ct_in *inputs,
    int64_t input_count, ct_tensor **out) {
  return guarded(__func__, [&] {
    const auto gradients = torch::autograd::grad(
        values(outputs, output_count), values(inputs, input_count), values(seeds, output_count),
        /*retain_graph=*/false, /*create_graph=*/false, /*allow_unused=*/true);
    for (int64_t i = 0; i < input_count; i++) {
      const at::Tensor &gradient = gradients[static_cast<size_t>(i)];
      out[i] = gradient.defined() ? new ct_tensor{gradient} : nullptr;
    }
  });
}

bool ct_gradient_enabled(void) { return at::GradMode::is_enabled(); }
void ct_enable_gradient(bool enabled) { at::GradMode::set_enabled(enabled); }
