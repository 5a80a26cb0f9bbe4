// Proof on a copy that changes of a decision log are noticed: every kind of change, one at a time.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "store/sqlite.h"

namespace asof {

/// One kind of change, how often it was made, and how often the chain did not hold after it.
struct Tampering {
  std::string what;
  std::size_t tried = 0;
  std::size_t noticed = 0;
};

/// Of each of some entries among the first: every byte of every field is changed; the entry is removed, swapped with
/// the next, added again and robbed of its payload; and the last entry is removed. Each change is undone. Throws
/// Error::kUsage when the chain does not hold to begin with.
std::vector<Tampering> tamper_with_log(const SqliteConnection& copy);

}  // namespace asof
