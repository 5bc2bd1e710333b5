#include "guard.hpp"
#include "kernels.hpp"
#include "parallel.hpp"

using namespace bridge;

ct_result ct_rank(ct_in tensor, int64_t *out) {
  return guarded(__func__, [&] { *out = value(tensor).dim(); });
}

ct_result ct_shape(ct_in tensor, int64_t *out) {
  return guarded(__func__, [&] {
    const auto sizes = value(tensor).sizes();
    std::copy(sizes.begin(), sizes.end(), out);
  });
}

ct_result ct_size(ct_in tensor, int64_t dimension, int64_t *out) {
  return guarded(__func__, [&] { *out = value(tensor).size(dimension); });
}

ct_result ct_count(ct_in tensor, int64_t *out) {
  return guarded(__func__, [&] { *out = value(tensor).numel(); });
}

ct_result ct_dtype(ct_in tensor, int *out) {
  return guarded(__func__, [&] { *out = dtype_code(value(tensor).scalar_type()); });
}

ct_result ct_device_of(ct_in tensor, ct_device *out) {
  return guarded(__func__, [&] {
    const auto place = value(tensor).device();
    out->kind = place.is_cuda() ? CT_CUDA : place.is_mps() ? CT_MPS : CT_CPU;
    out->index = place.has_index() ? place.index() : 0;
  });
}

ct_result ct_requires_gradient(ct_in tensor, bool *out) {
  return guarded(__func__, [&] { *out = value(tensor).requires_grad(); });
}

ct_result ct_is_contiguous(ct_in tensor, bool *out) {
  return guarded(__func__, [&] { *out = value(tensor).is_contiguous(); });
}

ct_result ct_item(ct_in tensor, double *out) {
  return guarded(__func__, [&] {
    const at::Tensor &x = value(tensor);
    TORCH_CHECK(x.numel() == 1, "item needs one value, but the tensor has ", x.numel());
    *out = x.detach().to(at::kCPU, at::kDouble).item<double>();
  });
}

ct_result ct_bytes(ct_in tensor, const void **out, int64_t *byte_count) {
  return guarded(__func__, [&] {
    const at::Tensor &x = value(tensor);
    TORCH_CHECK(
        x.is_contiguous() && x.device().is_cpu(), "bytes need a contiguous tensor on the CPU");
    *out = x.const_data_ptr();
    *byte_count = static_cast<int64_t>(x.nbytes());
  });
}

ct_result ct_all_finite(ct_in tensor, bool *out) {
  return guarded(__func__, [&] {
    const at::Tensor x = value(tensor).detach();
    if (!has_kernels(x) || !x.is_contiguous()) {
      *out = at::isfinite(x).all().item<bool>();
      return;
    }
    std::atomic<bool> finite{true};
    constexpr int64_t block = 1 << 16;
    const int64_t blocks = (x.numel() + block - 1) / block;
    const char *bytes = static_cast<const char *>(x.const_data_ptr());
    parallel(blocks, 4, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; i++) {
        const int64_t count = std::min(block, x.numel() - i * block);
        const char *at = bytes + i * block * static_cast<int64_t>(x.element_size());
        const bool good = x.scalar_type() == at::kFloat
                              ? kernels::all_finite(reinterpret_cast<const float *>(at), count)
                              : kernels::all_finite(reinterpret_cast<const uint16_t *>(at), count);
        if (!good) finite = false;
      }
    });
    *out = finite;
  });
}
