#include "base/secret.h"

#include <sys/random.h>

#include <cerrno>

#include "asof/error.h"

namespace asof {

std::string secret_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  std::size_t filled = 0;
  while (filled < count) {
    const ssize_t more = ::getrandom(bytes.data() + filled, count - filled, 0);
    if (more < 0 && errno != EINTR) throw Error(Error::kUnavailable, "the system gives no random numbers");
    if (more > 0) filled += static_cast<std::size_t>(more);
  }
  return bytes;
}

}  // namespace asof
