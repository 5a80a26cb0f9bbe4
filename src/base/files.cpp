// A rename is the only step in which a file changes. Before it the content is synced, after it the folder is,
// so that a power cut leaves the old file or the new one, never a mixture.
#include "base/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <utility>

#include "base/format.h"

namespace asof {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(Error::Kind kind, const char* what, const fs::path& path) {
  throw Error(kind, format("{} cannot be {}: {}", path.string(), what, std::strerror(errno)));
}

/// An open file or folder, closed at the end of its life.
class Descriptor {
 public:
  Descriptor(const fs::path& path, int flags, mode_t mode = 0)
      : number_(::open(path.c_str(), flags | O_CLOEXEC, mode)) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  bool open() const { return number_ >= 0; }
  int number() const { return number_; }

 private:
  int number_;
};

void sync(const fs::path& path, int flags) {
  const Descriptor descriptor(path, flags);
  if (!descriptor.open() || ::fsync(descriptor.number()) != 0) fail(Error::kUnavailable, "synced", path);
}

void sync_folder(const fs::path& folder) { sync(folder, O_RDONLY | O_DIRECTORY); }

/// Syncs a file, or a folder with everything in it.
void sync_tree(const fs::path& path) {
  if (!fs::is_directory(path)) return sync(path, O_RDONLY);
  for (const fs::directory_entry& entry : fs::directory_iterator(path)) {
    if (entry.is_directory() || entry.is_regular_file()) sync_tree(entry.path());
  }
  sync_folder(path);
}

fs::path parent_of(const fs::path& path) { return path.has_parent_path() ? path.parent_path() : fs::path("."); }

/// A name beside `target` that nobody else uses: process and counter make it so.
fs::path beside(const fs::path& target, std::string_view purpose) {
  static std::atomic<std::uint64_t> counter = 0;
  return parent_of(target) / format(".{}.{}-{}.{}", target.filename().string(), ::getpid(), counter++, purpose);
}

void remove_quietly(const fs::path& path) {
  std::error_code ignored;
  fs::remove_all(path, ignored);
}

/// Puts `from` in the place of `to`, whether that is absent, a file or a folder.
void replace(const fs::path& from, const fs::path& to) {
  if (::rename(from.c_str(), to.c_str()) == 0) return;
  const bool occupied = errno == ENOTEMPTY || errno == EEXIST || errno == EISDIR || errno == ENOTDIR;
  if (!occupied) fail(Error::kUnavailable, "written", to);
  // rename() does not replace a folder that holds something: swap the two in one step, then drop the old one.
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_EXCHANGE) == 0) return remove_quietly(from);
  // File systems without the swap: for an instant neither stands, but the old one is put back on failure.
  const fs::path old = beside(to, "old");
  if (::rename(to.c_str(), old.c_str()) != 0) fail(Error::kUnavailable, "replaced", to);
  if (::rename(from.c_str(), to.c_str()) != 0) {
    const int reason = errno;
    if (::rename(old.c_str(), to.c_str()) != 0) fail(Error::kUnavailable, "put back (it is beside, named .old)", to);
    errno = reason;
    fail(Error::kUnavailable, "written", to);
  }
  remove_quietly(old);
}

void write_all(const Descriptor& file, std::string_view content, const fs::path& path) {
  while (!content.empty()) {
    const ssize_t written = ::write(file.number(), content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail(Error::kUnavailable, "written", path);
    content.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

std::string read_file(const fs::path& path) {
  const Descriptor file(path, O_RDONLY);
  if (!file.open()) fail(errno == ENOENT ? Error::kNotFound : Error::kUnavailable, "opened", path);
  std::string content;
  struct stat status {};
  if (::fstat(file.number(), &status) == 0 && status.st_size > 0)
    content.reserve(static_cast<std::size_t>(status.st_size));
  char piece[1 << 16];
  while (true) {
    const ssize_t read = ::read(file.number(), piece, sizeof piece);
    if (read < 0 && errno == EINTR) continue;
    if (read < 0) fail(Error::kUnavailable, "read", path);
    if (read == 0) return content;
    content.append(piece, static_cast<std::size_t>(read));
  }
}

void write_file(const fs::path& path, std::string_view content) {
  Staged staged(path);
  {
    const Descriptor file(staged.path(), O_WRONLY | O_CREAT | O_EXCL, 0666);
    if (!file.open()) fail(Error::kUnavailable, "written", path);
    write_all(file, content, path);
  }
  staged.commit();
}

Staged::Staged(fs::path target) : target_(std::move(target)) {
  // `models/new/` names the same folder as `models/new`.
  if (!target_.has_filename()) target_ = target_.parent_path();
  if (target_.empty()) throw Error(Error::kInvalidInput, "a file or folder to write needs a name");
  std::error_code failure;
  fs::create_directories(parent_of(target_), failure);
  if (failure) {
    throw Error(Error::kUnavailable,
                format("{} cannot be created: {}", parent_of(target_).string(), failure.message()));
  }
  temporary_ = beside(target_, "new");
}

Staged::~Staged() {
  if (!temporary_.empty()) remove_quietly(temporary_);
}

void Staged::commit() {
  sync_tree(temporary_);
  replace(temporary_, target_);
  temporary_.clear();
  sync_folder(parent_of(target_));
}

}  // namespace asof
