#include "guard.hpp"

using namespace bridge;

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
      x.add_(value(other), scale);
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
