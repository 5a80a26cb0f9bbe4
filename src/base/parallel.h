// Work on ranges by several threads. The split never changes a result: callers write to places of their own.
#pragma once

#include <cstddef>
#include <functional>

namespace asof {

/// How many threads to use when nothing is said: what the machine has.
int default_threads();

/// Calls `work(begin, end)` for consecutive pieces of [0, count) of at most `grain`, on `threads` threads
/// (the caller's included). The first exception stops the rest and is thrown again here.
void parallel_for(std::size_t count, std::size_t grain, int threads,
                  const std::function<void(std::size_t begin, std::size_t end)>& work);

}  // namespace asof
