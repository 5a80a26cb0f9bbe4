// Arrow's way of failing becomes ours, in one place.
#pragma once

#include <arrow/result.h>
#include <arrow/status.h>

#include <string_view>
#include <utility>

namespace asof {

/// Throws an Error that says `what`, a colon, and the first line of Arrow's own message: kUnavailable for a failure
/// of the file system, else kInvalidInput.
void check(const arrow::Status& status, std::string_view what);

template <class T>
T check(arrow::Result<T> result, std::string_view what) {
  check(result.status(), what);
  return std::move(result).ValueUnsafe();
}

}  // namespace asof
