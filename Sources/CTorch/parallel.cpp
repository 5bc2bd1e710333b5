#include "parallel.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/TensorIterator.h>
#include <ATen/core/grad_mode.h>

namespace bridge {

void parallel(int64_t count, int64_t grain, c10::function_ref<void(int64_t, int64_t)> body) {
  if (count <= 0) return;
  if (count <= grain || at::get_num_threads() == 1) return body(0, count);
  // A row of bytes stands for the range: only addresses are used, nothing is read or written. There
  // are no such bytes: a kernel that has begun must not run out of memory here.
  static char place;
  at::NoGradGuard without;
  at::Tensor range = at::from_blob(&place, {count}, at::kByte);
  const char *first = static_cast<const char *>(range.const_data_ptr());
  auto iterator = at::TensorIteratorConfig()
                      .add_output(range)
                      .add_const_input(range)
                      .set_check_mem_overlap(false)
                      .build();
  iterator.for_each(
      [&](char **data, const int64_t *, int64_t length) {
        const int64_t begin = data[0] - first;
        body(begin, begin + length);
      },
      grain);
}

}  // namespace bridge
