#pragma once

#include <ATen/core/Tensor.h>

namespace bridge {

/// x ← x + scale · other. Where the types differ the library would convert all of `other` first;
/// this converts a few megabytes at a time.
void add_in_stretches(at::Tensor x, const at::Tensor &other, double scale);

}  // namespace bridge
