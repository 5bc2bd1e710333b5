#include "guard.hpp"

using namespace bridge;

ct_result ct_matmul(ct_in a, ct_in b, ct_tensor **out) {
  return GUARDED(at::matmul(value(a), value(b)));
}

ct_result ct_linear(ct_in x, ct_in weight, ct_in bias, ct_tensor **out) {
  return guarded(__func__, [&] {
    std::optional<at::Tensor> added;
    if (bias) added = value(bias);
    give(out, at::linear(value(x), value(weight), added));
  });
}

ct_result ct_embedding(ct_in table, ct_in indices, ct_tensor **out) {
  return GUARDED(at::embedding(value(table), value(indices)));
}
