// A nameless file for what does not fit into memory: gone when its object is, or its process, however that ends.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

namespace asof {

/// In the folder that the environment's TMPDIR names, else in /tmp. Safe for concurrent use.
class TemporaryFile {
 public:
  /// Throws Error::kUnavailable when the folder takes no file.
  TemporaryFile();
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  /// Writes at the end; returns where the bytes begin. Throws Error::kUnavailable: no room.
  std::uint64_t append(std::span<const std::byte> bytes);

  /// Fills `bytes` from what was written at `offset`.
  void read(std::uint64_t offset, std::span<std::byte> bytes) const;

 private:
  int descriptor_ = -1;
  std::atomic<std::uint64_t> size_ = 0;
};

}  // namespace asof
