#pragma once

#include <ATen/core/Tensor.h>
#include <c10/util/FunctionRef.h>

namespace bridge {

/// Calls `body(begin, end)` over `[0, count)` on libtorch's own threads, at least `grain` items a
/// call. `at::parallel_for` is a template that needs `-fopenmp` in each file that uses it; this
/// enters the library's own instantiation, so it takes no flag and shares the library's threads.
void parallel(int64_t count, int64_t grain, c10::function_ref<void(int64_t, int64_t)> body);

/// Whether the bridge's own CPU kernels take `x`: on the CPU, float32 or bfloat16.
inline bool has_kernels(const at::Tensor &x) {
  return x.device().is_cpu() && (x.scalar_type() == at::kFloat || x.scalar_type() == at::kBFloat16);
}

}  // namespace bridge
