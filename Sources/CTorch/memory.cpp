// A counting CPU allocator with a budget. libtorch's own answer to a full machine is to be killed
// by the kernel; with a budget, running out is an ordinary error that can be caught.
#include <c10/core/CPUAllocator.h>
#if defined(__linux__)
#include <sys/mman.h>
#endif

#include <atomic>
#include <cstdlib>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "guard.hpp"

namespace {

std::atomic<int64_t> current{0}, peak{0}, budget{-1};

constexpr size_t header = 64;                  // keeps the data 64-byte aligned
constexpr size_t huge_page = size_t(2) << 20;  // large blocks lie on huge pages: fewer faults

constexpr size_t large = 2 * huge_page;

/// Blocks that were let go, kept for requests of the same size: the layers of a model ask for the
/// same sizes again and again; fresh pages cost as much as filling them, and aligned blocks of the
/// C library a search and a merge each.
class Shelf {
 public:
  void *take(size_t bytes) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = blocks_.find(bytes);
    if (found == blocks_.end() || found->second.empty()) return nullptr;
    void *base = found->second.back();
    found->second.pop_back();
    held_ -= static_cast<int64_t>(bytes);
    return base;
  }

  /// False when the block is too large to keep. A full shelf is emptied first: what lies on it then
  /// are mostly sizes that nobody asks for any more.
  bool put(void *base, size_t bytes) {
    if (static_cast<int64_t>(bytes) > capacity) return false;
    if (held_ + static_cast<int64_t>(bytes) > capacity) clear();
    const std::lock_guard<std::mutex> lock(mutex_);
    blocks_[bytes].push_back(base);
    held_ += static_cast<int64_t>(bytes);
    return true;
  }

  void clear() {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (auto &size : blocks_) {
      for (void *base : size.second) std::free(base);
      size.second.clear();
    }
    held_ = 0;
  }

  int64_t held() const { return held_; }

 private:
  static constexpr int64_t capacity = int64_t(256) << 20;  // bytes
  std::mutex mutex_;
  std::unordered_map<size_t, std::vector<void *>> blocks_;
  std::atomic<int64_t> held_{0};
};

/// Never destroyed: tensors may be let go while the process ends.
Shelf &shelf() {
  static Shelf &shelf = *new Shelf;
  return shelf;
}

void *fresh(size_t bytes) {
  void *base = nullptr;
  if (posix_memalign(&base, bytes >= large ? huge_page : header, bytes) != 0) return nullptr;
#if defined(__linux__)
  if (bytes >= large) madvise(base, bytes, MADV_HUGEPAGE);
#endif
  return base;
}

/// Small blocks come in four sizes a doubling, so that batches of uneven lengths share them; large
/// ones as they are asked for, since a quarter of one is much.
size_t whole_size(int64_t bytes) {
  const size_t all = static_cast<size_t>(bytes) + header;
  if (all >= large) return all;
  size_t step = header;
  while (step * 8 < all) step *= 2;
  return (all + step - 1) / step * step;
}

void *take(size_t bytes) {
  if (void *base = shelf().take(bytes)) return base;
  if (void *base = fresh(bytes)) return base;
  shelf().clear();
  return fresh(bytes);
}

void discard(void *data) {
  if (data == nullptr) return;
  char *base = static_cast<char *>(data) - header;
  const int64_t bytes = *reinterpret_cast<int64_t *>(base);
  current -= bytes;
  if (shelf().put(base, whole_size(bytes))) return;
  std::free(base);
}

/// Counts `bytes` in, or throws when the budget does not hold them.
void reserve(int64_t bytes) {
  const int64_t now = current += bytes;
  const int64_t limit = budget;
  if (limit >= 0 && now + shelf().held() > limit) shelf().clear();
  if (limit >= 0 && now > limit) {
    current -= bytes;
    TORCH_CHECK_WITH(
        OutOfMemoryError, false, "the memory budget of ", limit, " bytes does not hold ", bytes,
        " more bytes beside the ", now - bytes, " in use");
  }
  int64_t seen = peak;
  while (now > seen && !peak.compare_exchange_weak(seen, now)) {
  }
}

struct CountingAllocator final : at::Allocator {
  at::DataPtr allocate(size_t bytes) override {
    if (bytes == 0) return {nullptr, nullptr, &discard, at::Device(at::kCPU)};
    reserve(static_cast<int64_t>(bytes));
    char *base = static_cast<char *>(take(whole_size(static_cast<int64_t>(bytes))));
    if (base == nullptr) {
      current -= static_cast<int64_t>(bytes);
      TORCH_CHECK_WITH(OutOfMemoryError, false, "the system refused ", bytes, " bytes");
    }
    *reinterpret_cast<int64_t *>(base) = static_cast<int64_t>(bytes);
    char *data = base + header;
    return {data, data, &discard, at::Device(at::kCPU)};
  }

  at::DeleterFnPtr raw_deleter() const override { return &discard; }

  void copy_data(void *target, const void *source, size_t count) const override {
    default_copy_data(target, source, count);
  }
};

CountingAllocator allocator;
const bool installed = (c10::SetCPUAllocator(&allocator, /*priority=*/100), true);

}  // namespace

int64_t ct_memory_current(void) { return current; }
int64_t ct_memory_peak(void) { return peak; }
void ct_memory_reset_peak(void) { peak = current.load(); }
int64_t ct_memory_budget(void) { return budget; }
void ct_memory_set_budget(int64_t bytes) { budget = installed ? bytes : -1; }
