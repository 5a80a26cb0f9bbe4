// Bytes that nobody can guess: for keys and salts.
#pragma once

#include <cstddef>
#include <string>

namespace asof {

/// From the system's generator. Throws Error::kUnavailable when it gives none.
std::string secret_bytes(std::size_t count);

}  // namespace asof
