// What is refused says why, in words that help.
#pragma once

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

#include "testing/thrown.h"

namespace asof::testing {

/// `work` throws an Error of that kind whose message has all of `parts`.
template <class Work>
void expect_refused(const Work& work, Error::Kind kind, const std::vector<std::string_view>& parts) {
  const Thrown thrown = thrown_by(work);
  EXPECT_EQ(thrown.kind, kind) << thrown.message;
  for (const std::string_view part : parts)
    EXPECT_NE(thrown.message.find(part), std::string::npos) << thrown.message << "\nlacks: " << part;
}

}  // namespace asof::testing
