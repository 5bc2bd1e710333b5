#include "guard.hpp"

#include <cstring>

namespace bridge {

const ct_error *error(int code, const char *operation, const char *message) noexcept {
  const char *name = std::strncmp(operation, "ct_", 3) == 0 ? operation + 3 : operation;
  std::string text(message);
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return new ct_error{code, name, std::move(text)};
}

namespace {
constexpr at::ScalarType types[] = {
    at::kDouble, at::kFloat, at::kHalf, at::kBFloat16, at::kLong,
    at::kInt, at::kShort, at::kChar, at::kByte, at::kBool,
    at::kFloat8_e4m3fn, at::kFloat8_e5m2, at::kUInt16, at::kUInt32, at::kUInt64};
}

at::ScalarType scalar_type(int dtype) {
  TORCH_CHECK(dtype >= 0 && dtype < static_cast<int>(std::size(types)), "unknown dtype ", dtype);
  return types[dtype];
}

int dtype_code(at::ScalarType type) {
  for (size_t i = 0; i < std::size(types); i++)
    if (types[i] == type) return static_cast<int>(i);
  TORCH_CHECK(false, "no name for dtype ", type);
}

at::Device device(ct_device device) {
  switch (device.kind) {
    case CT_CUDA: return at::Device(at::kCUDA, static_cast<at::DeviceIndex>(device.index));
    case CT_MPS: return at::Device(at::kMPS);
    default: return at::Device(at::kCPU);
  }
}

}  // namespace bridge

int ct_error_code(ct_result error) { return error->code; }
const char *ct_error_message(ct_result error) { return error->message.c_str(); }
const char *ct_error_operation(ct_result error) { return error->operation.c_str(); }
void ct_error_release(ct_result error) { delete error; }
void ct_tensor_release(ct_tensor *tensor) { delete tensor; }
