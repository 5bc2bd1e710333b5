// A counting CPU allocator with a budget. libtorch's own answer to a full machine is to be killed
// by the kernel; with a budget, running out is an ordinary error that can be caught.
#include <c10/core/CPUAllocator.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <map>
#include <mutex>
#include <vector>

#include "arena.hpp"
#include "guard.hpp"

namespace {

std::atomic<int64_t> current{0}, peak{0}, most{0}, budget{-1};

constexpr int64_t header = 64;                   // keeps the data 64-byte aligned
constexpr int64_t large = int64_t(256) << 10;    // from here on blocks lie in the arena
constexpr int64_t least_kept = int64_t(256) << 20;  // for processes that never use much at once

/// Small blocks that were let go, kept for requests of their size: the C library would give them
/// back and take them anew.
class Shelf {
 public:
  void *take(int64_t bytes) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = blocks_.find(bytes);
    if (found == blocks_.end() || found->second.empty()) return nullptr;
    void *base = found->second.back();
    found->second.pop_back();
    held_ -= bytes;
    return base;
  }

  void put(void *base, int64_t bytes) {
    const std::lock_guard<std::mutex> lock(mutex_);
    blocks_[bytes].push_back(base);
    held_ += bytes;
  }

  /// Lets the largest blocks go until no more than `bytes` are held.
  void keep(int64_t bytes) {
    if (held_ <= bytes) return;
    const std::lock_guard<std::mutex> lock(mutex_);
    for (auto size = blocks_.rbegin(); size != blocks_.rend(); size++)
      while (held_ > bytes && !size->second.empty()) {
        std::free(size->second.back());
        size->second.pop_back();
        held_ -= size->first;
      }
  }

  int64_t held() const { return held_; }

 private:
  std::mutex mutex_;
  std::map<int64_t, std::vector<void *>> blocks_;  // by size
  std::atomic<int64_t> held_{0};
};

/// What was let go and is kept for the next request. Never destroyed: tensors may be let go while
/// the process ends.
struct Stock {
  bridge::Arena arena;
  Shelf shelf;

  /// What is kept and what is in use are together never more than the most that was in use at once,
  /// so that keeping costs no memory.
  void keep(int64_t bytes) {
    shelf.keep(bytes);
    arena.keep(std::max<int64_t>(bytes - shelf.held(), 0));
  }
};

Stock &stock() {
  static Stock &stock = *new Stock;
  return stock;
}

/// The bytes that a request takes: of small ones, four sizes a doubling, so that batches of uneven
/// lengths share them.
int64_t whole_size(int64_t bytes) {
  const int64_t all = bytes + header;
  int64_t step = header;
  while (all < large && step * 8 < all) step *= 2;
  if (all >= large) step = bridge::Arena::page;
  return (all + step - 1) / step * step;
}

void *take(int64_t bytes) {
  if (bytes >= large) return stock().arena.take(bytes);
  if (void *kept = stock().shelf.take(bytes)) return kept;
  void *base = nullptr;
  return posix_memalign(&base, header, static_cast<size_t>(bytes)) == 0 ? base : nullptr;
}

void discard(void *data) {
  if (data == nullptr) return;
  char *base = static_cast<char *>(data) - header;
  const int64_t bytes = *reinterpret_cast<int64_t *>(base);
  current -= bytes;
  if (bytes >= large)
    stock().arena.put(base, bytes);
  else
    stock().shelf.put(base, bytes);
}

/// Counts `bytes` in, or throws when the budget does not hold them.
void reserve(int64_t bytes) {
  const int64_t now = current += bytes;
  const int64_t limit = budget;
  if (limit >= 0 && now > limit) {
    current -= bytes;
    TORCH_CHECK_WITH(
        OutOfMemoryError, false, "the memory budget of ", limit, " bytes does not hold ", bytes,
        " more bytes beside the ", now - bytes, " in use");
  }
  int64_t seen = peak;
  while (now > seen && !peak.compare_exchange_weak(seen, now)) {
  }
  seen = most;
  while (now > seen && !most.compare_exchange_weak(seen, now)) {
  }
}

/// What may be kept beside `current`: the rest of the most that was ever in use, within the budget.
int64_t room() {
  const int64_t limit = budget, all = std::max<int64_t>(most, least_kept);
  return std::max<int64_t>((limit >= 0 ? std::min(limit, all) : all) - current, 0);
}

struct CountingAllocator final : at::Allocator {
  at::DataPtr allocate(size_t bytes) override {
    if (bytes == 0) return {nullptr, nullptr, &discard, at::Device(at::kCPU)};
    const int64_t whole = whole_size(static_cast<int64_t>(bytes));
    reserve(whole);
    char *base = static_cast<char *>(take(whole));
    stock().keep(room());  // after what was kept has served this request
    if (base == nullptr) {
      current -= whole;
      TORCH_CHECK_WITH(OutOfMemoryError, false, "the system refused ", bytes, " bytes");
    }
    *reinterpret_cast<int64_t *>(base) = whole;
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
void ct_memory_set_budget(int64_t bytes) {
  budget = installed ? bytes : -1;
  stock().keep(room());
}
