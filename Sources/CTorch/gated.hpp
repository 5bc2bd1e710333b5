// Gated activations, for those that compute them again instead of keeping them.
#pragma once

#include <ATen/core/Tensor.h>

#include <utility>

namespace bridge {

/// activation(gate) · up, computed in float32 and rounded once.
at::Tensor gated_product(const at::Tensor &gate, const at::Tensor &up, bool gelu);

/// Its gradients with respect to `gate` and `up`.
std::pair<at::Tensor, at::Tensor> gated_gradients(
    const at::Tensor &gate, const at::Tensor &up, const at::Tensor &dy, bool gelu);

}  // namespace bridge
