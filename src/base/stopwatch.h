// How long something takes, by the wall clock. What it says never enters a bundle.
#pragma once

#include <chrono>

namespace asof {

class Stopwatch {
 public:
  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace asof
