// What long work says while it goes on. The layers below only report; the command line decides how it looks.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

namespace asof {

/// Called now and then, from any one thread at a time: what is being done, how far it is, and of how much
/// (total 0: not known).
using Progress = std::function<void(std::string_view what, std::uint64_t done, std::uint64_t total)>;

}  // namespace asof
