// Memory for large tensors: one range of addresses, so that what one size has let go can serve any
// other. Batches of uneven lengths ask for other sizes in every step, and the kernel takes as long
// to clear fresh pages as it takes to fill them.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <vector>

namespace bridge {

/// Blocks are taken at the lowest address that has room. Free neighbours are one, and pages that
/// are free stay with the process until `keep` says otherwise.
class Arena {
 public:
  static constexpr int64_t page = int64_t(1) << 14;        // as large as any system's we run on
  static constexpr int64_t huge_page = int64_t(2) << 20;  // what is given back, and faulted in

  /// A block of `bytes`, a whole number of pages; nullptr when there are no addresses left.
  void *take(int64_t bytes);
  void put(void *block, int64_t bytes);
  /// Gives free pages back, the highest first, until no more than `bytes` are kept.
  void keep(int64_t bytes);
  /// Bytes of free pages that are kept.
  int64_t kept() const { return kept_ * huge_page; }

 private:
  using Extents = std::map<int64_t, int64_t>;  // free: from where to where, in bytes

  bool reserve();
  bool grow(int64_t end);
  Extents::iterator join(int64_t start, int64_t end);

  std::mutex mutex_;
  char *base_ = nullptr;
  int64_t reserved_ = 0;  // addresses that are ours
  int64_t top_ = 0;       // up to here they can be read and written
  Extents free_;
  std::vector<bool> touched_;  // for each huge page: whether it may be in memory
  std::atomic<int64_t> kept_{0};  // huge pages that are free and touched
};

}  // namespace bridge
