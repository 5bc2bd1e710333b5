#include "guard.hpp"

using namespace bridge;

ct_result ct_view(ct_in tensor, const int64_t *shape, int64_t rank, ct_tensor **out) {
  return GUARDED(value(tensor).view(extents(shape, rank)));
}

ct_result ct_reshape(ct_in tensor, const int64_t *shape, int64_t rank, ct_tensor **out) {
  return GUARDED(value(tensor).reshape(extents(shape, rank)));
}

ct_result ct_expand(ct_in tensor, const int64_t *shape, int64_t rank, ct_tensor **out) {
  return GUARDED(value(tensor).expand(extents(shape, rank)));
}

ct_result ct_permute(ct_in tensor, const int64_t *order, int64_t rank, ct_tensor **out) {
  return GUARDED(value(tensor).permute(extents(order, rank)));
}

ct_result ct_transpose(ct_in tensor, int64_t a, int64_t b, ct_tensor **out) {
  return GUARDED(value(tensor).transpose(a, b));
}

ct_result ct_unsqueeze(ct_in tensor, int64_t dimension, ct_tensor **out) {
  return GUARDED(value(tensor).unsqueeze(dimension));
}

ct_result ct_squeeze(ct_in tensor, int64_t dimension, ct_tensor **out) {
  return GUARDED(value(tensor).squeeze(dimension));
}

ct_result ct_contiguous(ct_in tensor, ct_tensor **out) {
  return GUARDED(value(tensor).contiguous());
}

ct_result ct_clone(ct_in tensor, ct_tensor **out) { return GUARDED(value(tensor).clone()); }

ct_result ct_narrow(
    ct_in tensor, int64_t dimension, int64_t start, int64_t length, ct_tensor **out) {
  return GUARDED(value(tensor).narrow(dimension, start, length));
}

ct_result ct_select(ct_in tensor, int64_t dimension, int64_t index, ct_tensor **out) {
  return GUARDED(value(tensor).select(dimension, index));
}

ct_result ct_index_select(ct_in tensor, int64_t dimension, ct_in indices, ct_tensor **out) {
  return GUARDED(value(tensor).index_select(dimension, value(indices)));
}

ct_result ct_gather(ct_in tensor, int64_t dimension, ct_in indices, ct_tensor **out) {
  return GUARDED(value(tensor).gather(dimension, value(indices)));
}

ct_result ct_scatter(
    ct_in tensor, int64_t dimension, ct_in indices, ct_in values, ct_tensor **out) {
  return GUARDED(value(tensor).scatter(dimension, value(indices), value(values)));
}

ct_result ct_index_add(
    ct_in tensor, int64_t dimension, ct_in indices, ct_in values, ct_tensor **out) {
  return GUARDED(value(tensor).index_add(dimension, value(indices), value(values)));
}

ct_result ct_concatenate(
    const ct_in *tensors, int64_t count, int64_t dimension, ct_tensor **out) {
  return GUARDED(at::cat(values(tensors, count), dimension));
}

ct_result ct_stack(const ct_in *tensors, int64_t count, int64_t dimension, ct_tensor **out) {
  return GUARDED(at::stack(values(tensors, count), dimension));
}

ct_result ct_repeat_interleave(
    ct_in tensor, int64_t repeats, int64_t dimension, ct_tensor **out) {
  return GUARDED(value(tensor).repeat_interleave(repeats, dimension));
}

ct_result ct_flip(ct_in tensor, int64_t dimension, ct_tensor **out) {
  return GUARDED(value(tensor).flip(dimension));
}

ct_result ct_masked_fill(ct_in tensor, ct_in mask, double fill, ct_tensor **out) {
  return GUARDED(value(tensor).masked_fill(value(mask), fill));
}

ct_result ct_where(ct_in condition, ct_in a, ct_in b, ct_tensor **out) {
  return GUARDED(at::where(value(condition), value(a), value(b)));
}

ct_result ct_triangle(ct_in tensor, int64_t diagonal, bool upper, ct_tensor **out) {
  return GUARDED(upper ? value(tensor).triu(diagonal) : value(tensor).tril(diagonal));
}

ct_result ct_to_dtype(ct_in tensor, int dtype, ct_tensor **out) {
  return GUARDED(value(tensor).to(scalar_type(dtype)));
}

ct_result ct_to_device(ct_in tensor, ct_device place, ct_tensor **out) {
  return GUARDED(value(tensor).to(device(place)));
}
