#include "arena.hpp"

#include <sys/mman.h>

#include <algorithm>

namespace bridge {

namespace {

constexpr int64_t most_reserved = int64_t(1) << 44;   // 16 TB of addresses, none of them memory
constexpr int64_t least_reserved = int64_t(1) << 30;  // where a limit on addresses is set
constexpr int64_t step = int64_t(64) << 20;           // by which the usable part grows

int64_t below(int64_t place) { return place / Arena::huge_page; }
int64_t above(int64_t place) { return (place + Arena::huge_page - 1) / Arena::huge_page; }

}  // namespace

bool Arena::reserve() {
  for (int64_t size = most_reserved; size >= least_reserved; size /= 2) {
    void *found = mmap(
        nullptr, static_cast<size_t>(size), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
        -1, 0);
    if (found == MAP_FAILED) continue;
    const int64_t before = -reinterpret_cast<intptr_t>(found) & (huge_page - 1);
    base_ = static_cast<char *>(found) + before;
    reserved_ = (size - before) / step * step;
    return true;
  }
  return false;
}

/// Makes addresses up to `end` usable; what is new there is free.
bool Arena::grow(int64_t end) {
  end = (end + step - 1) / step * step;
  if (end > reserved_) return false;
  char *fresh = base_ + top_;
  if (mprotect(fresh, static_cast<size_t>(end - top_), PROT_READ | PROT_WRITE) != 0) return false;
#if defined(__linux__)
  madvise(fresh, static_cast<size_t>(end - top_), MADV_HUGEPAGE);
#endif
  join(top_, end);
  top_ = end;
  touched_.resize(static_cast<size_t>(above(end)), false);
  return true;
}

/// A free extent from `start` to `end`, as one with its free neighbours.
Arena::Extents::iterator Arena::join(int64_t start, int64_t end) {
  auto next = free_.lower_bound(start);
  if (next != free_.end() && next->first == end) {
    end = next->second;
    next = free_.erase(next);
  }
  if (next != free_.begin()) {
    auto previous = std::prev(next);
    if (previous->second == start) {
      previous->second = end;
      return previous;
    }
  }
  return free_.emplace_hint(next, start, end);
}

void *Arena::take(int64_t bytes) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (base_ == nullptr && !reserve()) return nullptr;
  const auto fits = [&](const auto &extent) { return extent.second - extent.first >= bytes; };
  auto found = std::find_if(free_.begin(), free_.end(), fits);
  if (found == free_.end()) {
    const bool ends_free = !free_.empty() && free_.rbegin()->second == top_;
    const int64_t start = ends_free ? free_.rbegin()->first : top_;
    if (bytes > reserved_ || !grow(start + bytes)) return nullptr;
    found = std::prev(free_.end());
  }
  const auto [start, end] = *found;
  free_.erase(found);
  if (start + bytes < end) free_.emplace(start + bytes, end);
  // Huge pages that lay in the free extent as a whole are no longer kept for others.
  for (int64_t i = below(start); i < above(start + bytes); i++) {
    const auto place = static_cast<size_t>(i);
    if (touched_[place] && i * huge_page >= start && (i + 1) * huge_page <= end) kept_--;
    touched_[place] = true;
  }
  return base_ + start;
}

void Arena::put(void *block, int64_t bytes) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const int64_t start = static_cast<char *>(block) - base_;
  const auto [first, last] = *join(start, start + bytes);
  const int64_t from = std::max(below(start), above(first));
  kept_ += std::max<int64_t>(std::min(above(start + bytes), below(last)) - from, 0);
}

void Arena::keep(int64_t bytes) {
  if (kept() <= bytes) return;
  const std::lock_guard<std::mutex> lock(mutex_);
  for (auto extent = free_.rbegin(); extent != free_.rend() && kept() > bytes; extent++) {
    for (int64_t i = below(extent->second) - 1; i >= above(extent->first); i--) {
      const auto place = static_cast<size_t>(i);
      if (!touched_[place]) continue;
      madvise(base_ + i * huge_page, static_cast<size_t>(huge_page), MADV_DONTNEED);
      touched_[place] = false;
      kept_--;
      if (kept() <= bytes) return;
    }
  }
}

}  // namespace bridge
