#include "base/temporary_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>

#include "asof/error.h"
#include "base/format.h"

namespace asof {
namespace {

std::string folder() {
  const char* const named = std::getenv("TMPDIR");  // NOLINT(concurrency-mt-unsafe): nobody sets it
  return named == nullptr || *named == '\0' ? "/tmp" : named;
}

[[noreturn]] void fail(std::string_view what) {
  const int code = errno;
  throw Error(Error::kUnavailable,
              format("the temporary file in {} {}: {}; set TMPDIR to a folder with more room, or allow more memory",
                     folder(), what, std::strerror(code)));  // NOLINT(concurrency-mt-unsafe): the text is copied
}

}  // namespace

TemporaryFile::TemporaryFile() {
  std::string name = folder() + "/asof-XXXXXX";
  descriptor_ = ::mkostemp(name.data(), O_CLOEXEC);
  if (descriptor_ < 0) fail("cannot be made");
  ::unlink(name.c_str());
}

TemporaryFile::~TemporaryFile() { ::close(descriptor_); }

std::uint64_t TemporaryFile::append(std::span<const std::byte> bytes) {
  const std::uint64_t begin = size_.fetch_add(bytes.size(), std::memory_order_relaxed);
  std::uint64_t at = begin;
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(at));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("cannot be written");
    at += static_cast<std::uint64_t>(written);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return begin;
}

void TemporaryFile::read(std::uint64_t offset, std::span<std::byte> bytes) const {
  while (!bytes.empty()) {
    const ssize_t got = ::pread(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got == 0) errno = EIO;  // shorter than what was written
    if (got <= 0) fail("cannot be read");
    offset += static_cast<std::uint64_t>(got);
    bytes = bytes.subspan(static_cast<std::size_t>(got));
  }
}

}  // namespace asof
