// Files are written whole or not at all: to a temporary name beside the target, synced, then renamed.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace asof {

/// The content of a file. Throws Error::kNotFound (absent) or kUnavailable (unreadable), naming it.
std::string read_file(const std::filesystem::path& path);

/// Replaces `path` by `content` in one step; on any failure the old file stands and no temporary is left.
void write_file(const std::filesystem::path& path, std::string_view content);

/// A file or folder under construction beside `target`. `commit()` moves it into place in one step;
/// without it the destructor removes everything. An existing target folder is replaced, not merged.
/// Missing folders above the target are made.
class Staged {
 public:
  explicit Staged(std::filesystem::path target);
  ~Staged();
  Staged(const Staged&) = delete;
  Staged& operator=(const Staged&) = delete;

  /// Where to write meanwhile (does not exist yet; make it a file or a folder).
  const std::filesystem::path& path() const { return temporary_; }
  void commit();

 private:
  std::filesystem::path target_;
  std::filesystem::path temporary_;
};

}  // namespace asof
