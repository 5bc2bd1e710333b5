// Pages of mapped files: asked for before they are needed, and let go after.
#include "pages.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>

namespace bridge {

namespace {

/// Advice on the pages of a range: those that lie in it whole, or all that it touches.
void advise(const void *start, size_t bytes, int advice, bool only_whole) {
  static const uintptr_t page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
  uintptr_t first = reinterpret_cast<uintptr_t>(start), end = first + bytes;
  first = (only_whole ? first + page - 1 : first) / page * page;
  end = (only_whole ? end : end + page - 1) / page * page;
  // Advice that is refused costs time at most: what is computed does not hang on it.
  if (first < end) madvise(reinterpret_cast<void *>(first), end - first, advice);
}

}  // namespace

void ask_for(int64_t address, int64_t bytes) {
  if (bytes > 0)
    advise(
        reinterpret_cast<const void *>(address), static_cast<size_t>(bytes), MADV_WILLNEED, false);
}

void let_go(const at::Tensor &mapped) {
  advise(mapped.const_data_ptr(), mapped.nbytes(), MADV_DONTNEED, true);
}

}  // namespace bridge

ct_result ct_let_go(ct_in mapped) {
  return bridge::guarded(__func__, [&] { bridge::let_go(bridge::value(mapped)); });
}
