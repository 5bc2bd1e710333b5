// A counting CPU allocator with a budget. libtorch's own answer to a full machine is to be killed
// by the kernel; with a budget, running out is an ordinary error that can be caught.
#include <c10/core/CPUAllocator.h>
#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <deque>
#include <map>
#include <mutex>

#include "guard.hpp"

namespace {

std::atomic<int64_t> current{0}, peak{0}, most{0}, budget{-1};

constexpr int64_t header = 64;                   // keeps the data 64-byte aligned
constexpr int64_t huge_page = int64_t(2) << 20;  // large blocks lie on huge pages: fewer faults
constexpr int64_t large = 2 * huge_page;
constexpr int64_t mapped = int64_t(256) << 10;   // from here on a block is a mapping of its own
constexpr int64_t least_kept = int64_t(256) << 20;  // for processes that never use much at once

int64_t whole_pages(int64_t bytes) {
  constexpr int64_t page = int64_t(1) << 16;  // as large as any system's
  return (bytes + page - 1) / page * page;
}

/// Pages of their own: the C library would cut such blocks out of a heap, which uneven batches leave
/// full of holes.
void *map_pages(int64_t bytes) {
  void *base = mmap(
      nullptr, static_cast<size_t>(bytes), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
      0);
  return base == MAP_FAILED ? nullptr : base;
}

/// Large blocks begin on a huge page, so that there are fewer faults.
void *map_large(int64_t bytes) {
  const int64_t size = whole_pages(bytes);
  char *start = static_cast<char *>(map_pages(size + huge_page));
  if (start == nullptr) return nullptr;
  const int64_t before = -reinterpret_cast<intptr_t>(start) & (huge_page - 1);
  char *base = start + before;
  if (before > 0) munmap(start, static_cast<size_t>(before));
  munmap(base + size, static_cast<size_t>(huge_page - before));
#if defined(__linux__)
  madvise(base, static_cast<size_t>(size), MADV_HUGEPAGE);
#endif
  return base;
}

void *fresh(int64_t bytes) {
  if (bytes >= large) return map_large(bytes);
  if (bytes >= mapped) return map_pages(whole_pages(bytes));
  void *base = nullptr;
  return posix_memalign(&base, header, static_cast<size_t>(bytes)) == 0 ? base : nullptr;
}

void release(void *base, int64_t bytes) {
  if (bytes >= mapped)
    munmap(base, static_cast<size_t>(whole_pages(bytes)));
  else
    std::free(base);
}

/// What lies before a block's data: the bytes that were asked for, and those that the block has.
struct Label {
  int64_t asked, whole;
};
static_assert(sizeof(Label) <= header, "a label fits before the data");

/// Blocks that were let go, kept for requests of about their size: the layers of a model ask for the
/// same sizes again and again, and the kernel takes as long to clear fresh pages as it takes to fill
/// them. What is kept and what is in use are together never more than the most that was in use at
/// once, so that keeping costs no memory.
class Shelf {
 public:
  /// A block of `bytes`; of a large one that has up to a quarter more, the rest is let go.
  void *take(int64_t bytes) {
    const std::lock_guard<std::mutex> lock(mutex_);
    auto found = blocks_.lower_bound(bytes);
    while (found != blocks_.end() && found->second.empty()) found = blocks_.erase(found);
    const int64_t most = bytes >= large ? bytes + bytes / 4 : bytes;
    if (found == blocks_.end() || found->first > most) return nullptr;
    void *base = found->second.back().base;
    const int64_t size = found->first;
    found->second.pop_back();
    held_ -= size;
    const int64_t used = whole_pages(bytes), rest = whole_pages(size) - used;
    if (size > bytes && rest > 0)
      munmap(static_cast<char *>(base) + used, static_cast<size_t>(rest));
    return base;
  }

  void put(void *base, int64_t bytes) {
    const std::lock_guard<std::mutex> lock(mutex_);
    blocks_[bytes].push_back({base, clock_++});
    held_ += bytes;
  }

  /// Lets the oldest blocks go until no more than `bytes` are held.
  void shrink(int64_t bytes) {
    if (held_ <= bytes) return;
    const std::lock_guard<std::mutex> lock(mutex_);
    while (held_ > bytes) {
      auto oldest = blocks_.end();
      for (auto size = blocks_.begin(); size != blocks_.end();) {
        if (size->second.empty()) {
          size = blocks_.erase(size);
          continue;
        }
        if (oldest == blocks_.end() || size->second.front().time < oldest->second.front().time)
          oldest = size;
        size++;
      }
      if (oldest == blocks_.end()) return;
      release(oldest->second.front().base, oldest->first);
      oldest->second.pop_front();
      held_ -= oldest->first;
    }
  }

 private:
  struct Block {
    void *base;
    uint64_t time;
  };
  std::mutex mutex_;
  std::map<int64_t, std::deque<Block>> blocks_;  // by size, each from old to new
  uint64_t clock_ = 0;
  std::atomic<int64_t> held_{0};
};

/// Never destroyed: tensors may be let go while the process ends.
Shelf &shelf() {
  static Shelf &shelf = *new Shelf;
  return shelf;
}

/// Small blocks come in four sizes a doubling, so that batches of uneven lengths share them; large
/// ones as they are asked for, since a quarter of one is much.
int64_t whole_size(int64_t bytes) {
  const int64_t all = bytes + header;
  if (all >= large) return all;
  int64_t step = header;
  while (step * 8 < all) step *= 2;
  return (all + step - 1) / step * step;
}

void *take(int64_t bytes) {
  if (void *base = fresh(bytes)) return base;
  shelf().shrink(0);
  return fresh(bytes);
}

void discard(void *data) {
  if (data == nullptr) return;
  char *base = static_cast<char *>(data) - header;
  const Label label = *reinterpret_cast<Label *>(base);
  current -= label.asked;
  shelf().put(base, label.whole);
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
    reserve(static_cast<int64_t>(bytes));
    const auto asked = static_cast<int64_t>(bytes);
    const int64_t whole = whole_size(asked);
    char *base = static_cast<char *>(shelf().take(whole));
    shelf().shrink(room());
    if (base == nullptr) {
      base = static_cast<char *>(take(whole));
      if (base == nullptr) {
        current -= asked;
        TORCH_CHECK_WITH(OutOfMemoryError, false, "the system refused ", bytes, " bytes");
      }
    }
    *reinterpret_cast<Label *>(base) = {asked, whole};
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
  shelf().shrink(room());
}
