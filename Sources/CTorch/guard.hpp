// What every bridge file shares: the handle, the error, and the one place that catches.
#pragma once

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <string>

#include "include/CTorch.h"

struct ct_tensor {
  at::Tensor value;
};

struct ct_error {
  int code;
  std::string operation;
  std::string message;
};

namespace bridge {

/// Makes an error whose operation is `operation` without its `ct_` prefix.
const ct_error *error(int code, const char *operation, const char *message) noexcept;

/// Runs `body`, turning whatever it throws into an error. The only try/catch of the project.
template <class Body>
const ct_error *guarded(const char *operation, Body body) noexcept {
  try {
    body();
    return nullptr;
  } catch (const c10::OutOfMemoryError &e) {
    return error(CT_OUT_OF_MEMORY, operation, e.what_without_backtrace());
  } catch (const c10::Error &e) {
    return error(CT_INVALID, operation, e.what_without_backtrace());
  } catch (const std::bad_alloc &e) {
    return error(CT_OUT_OF_MEMORY, operation, e.what());
  } catch (const std::exception &e) {
    return error(CT_INTERNAL, operation, e.what());
  } catch (...) {
    return error(CT_INTERNAL, operation, "unknown exception");
  }
}

/// The tensor behind a handle; throws when the handle is empty.
inline const at::Tensor &value(ct_in tensor) {
  TORCH_CHECK(tensor != nullptr, "an operand is empty: the operation that made it failed");
  return tensor->value;
}

/// The tensor behind a handle, or an undefined one.
inline at::Tensor optional(ct_in tensor) { return tensor ? tensor->value : at::Tensor(); }

inline void give(ct_tensor **out, at::Tensor tensor) {
  *out = new ct_tensor{std::move(tensor)};
}

inline std::vector<at::Tensor> values(const ct_in *tensors, int64_t count) {
  std::vector<at::Tensor> list;
  list.reserve(static_cast<size_t>(count));
  for (int64_t i = 0; i < count; i++) list.push_back(value(tensors[i]));
  return list;
}

inline at::IntArrayRef extents(const int64_t *shape, int64_t rank) {
  return at::IntArrayRef(shape, static_cast<size_t>(rank));
}

at::ScalarType scalar_type(int dtype);
int dtype_code(at::ScalarType type);
at::Device device(ct_device device);

}  // namespace bridge

/// `GUARDED(expression)`: the result of `expression` goes to `out`.
#define GUARDED(...) bridge::guarded(__func__, [&] { bridge::give(out, __VA_ARGS__); })
