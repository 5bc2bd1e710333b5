#include "inplace.hpp"

#include <algorithm>

#include "guard.hpp"

using namespace bridge;

void bridge::add_in_stretches(at::Tensor x, const at::Tensor &other, double scale) {
  const bool is_plain = x.is_contiguous() && other.is_contiguous() && x.sizes() == other.sizes();
  if (x.scalar_type() == other.scalar_type() || !is_plain) {
    x.add_(other, scale);
    return;
  }
  constexpr int64_t length = int64_t(1) << 20;
  const at::Tensor target = x.view(-1), source = other.view(-1);
  for (int64_t start = 0; start < x.numel(); start += length) {
    const int64_t size = std::min(length, x.numel() - start);
    target.narrow(0, start, size).add_(source.narrow(0, start, size), scale);
  }
}

ct_result ct_copy_in_place(ct_in tensor, ct_in source) {
  return guarded(__func__, [&] {
    at::NoGradGuard without;
    at::Tensor x = value(tensor);
    x.copy_(value(source));
  });
}

ct_result ct_fill_in_place(ct_in tensor, double fill) {
  return guarded(__func__, [&] {
    at::NoGradGuard without;
    at::Tensor x = value(tensor);
    x.fill_(fill);
  });
}

ct_result ct_add_in_place(ct_in tensor, ct_in other, double scale) {
  return guarded(__func__, [&] {
    at::NoGradGuard without;
    at::Tensor x = value(tensor);
    if (at::isIntegralType(x.scalar_type(), /*includeBool=*/true))
      x.add_(value(other), static_cast<int64_t>(scale));
    else
      add_in_stretches(x, value(other), scale);
  });
}

ct_result ct_scale_in_place(ct_in tensor, double factor) {
  return guarded(__func__, [&] {
    at::NoGradGuard without;
    at::Tensor x = value(tensor);
    x.mul_(factor);
  });
}

ct_result ct_index_copy_in_place(
    ct_in tensor, int64_t dimension, ct_in indices, ct_in source) {
  return guarded(__func__, [&] {
    at::NoGradGuard without;
    at::Tensor x = value(tensor);
    x.index_copy_(dimension, value(indices), value(source));
  });
}
