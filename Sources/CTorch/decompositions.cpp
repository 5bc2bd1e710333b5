// Decompositions of matrices, and choosing values by size.
#include <algorithm>
#include <functional>

#include "guard.hpp"

using namespace bridge;

ct_result ct_svd(ct_in matrix, ct_tensor **left, ct_tensor **values, ct_tensor **right) {
  return guarded(__func__, [&] {
    auto [u, s, v] = at::linalg_svd(value(matrix), /*full_matrices=*/false);
    give(left, u);
    give(values, s);
    give(right, v);
  });
}

ct_result ct_qr(ct_in matrix, ct_tensor **orthonormal, ct_tensor **triangular) {
  return guarded(__func__, [&] {
    auto [q, r] = at::linalg_qr(value(matrix));
    give(orthonormal, q);
    give(triangular, r);
  });
}

ct_result ct_keep_largest(ct_in tensor, int64_t count, ct_tensor **out) {
  return guarded(__func__, [&] {
    const at::Tensor x = value(tensor).detach().to(at::kCPU).contiguous();
    const int64_t all = x.numel();
    TORCH_CHECK(count >= 0 && count <= all, count, " of ", all, " values cannot be kept");
    if (count == 0) return give(out, at::zeros_like(value(tensor)));
    if (count == all) return give(out, value(tensor).clone());
    const at::Tensor wide = x.to(at::kFloat);
    // Order among what is not a number is none.
    TORCH_CHECK(at::isfinite(wide).all().item<bool>(), "a value is infinite or not a number");
    const float *values = static_cast<const float *>(wide.const_data_ptr());
    at::Tensor sizes = wide.abs().flatten();
    float *first = static_cast<float *>(sizes.data_ptr());
    std::nth_element(first, first + count - 1, first + all, std::greater<float>());
    const float bound = first[count - 1];
    // Of those as large as the bound, the earliest fill what is left.
    int64_t left = count - std::count_if(first, first + count, [&](float v) { return v > bound; });
    at::Tensor kept = at::empty(x.sizes(), at::kBool);
    bool *keeps = static_cast<bool *>(kept.data_ptr());
    for (int64_t i = 0; i < all; i++) {
      const float size = std::abs(values[i]);
      keeps[i] = size > bound || (size == bound && left-- > 0);
    }
    give(out, value(tensor).mul(kept.to(value(tensor).device())));
  });
}
