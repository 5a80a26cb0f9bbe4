// What code under test refuses, as a value to compare.
#pragma once

#include <optional>
#include <string>

#include "asof/error.h"

namespace asof::testing {

struct Thrown {
  std::optional<Error::Kind> kind;  ///< Absent when nothing was thrown.
  std::string message = "(nothing was thrown)";
};

/// The Error that `work()` throws.
template <class Work>
Thrown thrown_by(const Work& work) {
  try {
    work();
  } catch (const Error& error) {
    return {error.kind(), error.what()};
  }
  return {};
}

}  // namespace asof::testing
