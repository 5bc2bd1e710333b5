#include "guard.hpp"

using namespace bridge;

namespace {

at::TensorOptions options(int dtype, ct_device place) {
  return at::TensorOptions().dtype(scalar_type(dtype)).device(device(place));
}

void check_bytes(int64_t byte_count, at::IntArrayRef shape, at::ScalarType type) {
  const int64_t width = static_cast<int64_t>(c10::elementSize(type));
  const int64_t needed = c10::multiply_integers(shape) * width;
  TORCH_CHECK(
      byte_count == needed, "a ", type, shape, " takes ", needed, " bytes, not ", byte_count);
}

}  // namespace

ct_result ct_empty(
    const int64_t *shape, int64_t rank, int dtype, ct_device place, ct_tensor **out) {
  return GUARDED(at::empty(extents(shape, rank), options(dtype, place)));
}

ct_result ct_full(
    const int64_t *shape, int64_t rank, double value, int dtype, ct_device place,
    ct_tensor **out) {
  return GUARDED(at::full(extents(shape, rank), value, options(dtype, place)));
}

ct_result ct_arange(int64_t count, int dtype, ct_device place, ct_tensor **out) {
  return GUARDED(at::arange(count, options(dtype, place)));
}

ct_result ct_from_bytes(
    const void *bytes, int64_t byte_count, const int64_t *shape, int64_t rank, int dtype,
    ct_tensor **out) {
  return guarded(__func__, [&] {
    const auto type = scalar_type(dtype);
    check_bytes(byte_count, extents(shape, rank), type);
    at::Tensor made = at::empty(extents(shape, rank), at::TensorOptions().dtype(type));
    if (byte_count > 0) std::memcpy(made.data_ptr(), bytes, static_cast<size_t>(byte_count));
    give(out, std::move(made));
  });
}

ct_result ct_from_owned(
    const void *bytes, int64_t byte_count, const int64_t *shape, int64_t rank, int dtype,
    void *owner, void (*release)(void *owner), ct_tensor **out) {
  // The owner is let go exactly once: by this guard until libtorch's deleter holds it.
  std::shared_ptr<void> held(owner, release);
  return guarded(__func__, [&] {
    const auto type = scalar_type(dtype);
    check_bytes(byte_count, extents(shape, rank), type);
    give(
        out, at::from_blob(
                 const_cast<void *>(bytes), extents(shape, rank),
                 [held](void *) mutable { held.reset(); }, at::TensorOptions().dtype(type)));
  });
}
