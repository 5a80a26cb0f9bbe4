// Pieces are handed out in order from one counter, so a slow piece holds up nobody, and when a piece fails every
// piece before it has been started: the failure reported is that of the first failing piece, whatever the timing.
#include "base/parallel.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <limits>
#include <mutex>
#include <thread>
#include <vector>

namespace asof {
namespace {

class FirstFailure {
 public:
  void record(std::size_t piece, std::exception_ptr failure) {
    const std::lock_guard lock(mutex_);
    if (piece >= piece_) return;
    piece_ = piece;
    failure_ = std::move(failure);
    happened_.store(true, std::memory_order_relaxed);
  }
  bool happened() const { return happened_.load(std::memory_order_relaxed); }
  void rethrow() const {
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  std::mutex mutex_;
  std::size_t piece_ = std::numeric_limits<std::size_t>::max();
  std::exception_ptr failure_;
  std::atomic<bool> happened_ = false;
};

}  // namespace

int default_threads() { return std::max(1, static_cast<int>(std::thread::hardware_concurrency())); }

void parallel_for(std::size_t count, std::size_t grain, int threads,
                  const std::function<void(std::size_t begin, std::size_t end)>& work) {
  grain = std::max<std::size_t>(grain, 1);
  const std::size_t pieces = count / grain + (count % grain == 0 ? 0 : 1);
  std::atomic<std::size_t> next = 0;
  FirstFailure failure;
  const auto run = [&] {
    while (!failure.happened()) {
      const std::size_t piece = next.fetch_add(1, std::memory_order_relaxed);
      if (piece >= pieces) return;
      const std::size_t begin = piece * grain;
      try {
        work(begin, begin + std::min(grain, count - begin));
      } catch (...) {
        failure.record(piece, std::current_exception());
      }
    }
  };
  {
    std::vector<std::jthread> others;
    const std::size_t wanted = std::min(pieces, static_cast<std::size_t>(std::max(threads, 1)));
    for (std::size_t i = 1; i < wanted; ++i) others.emplace_back(run);
    run();
  }
  failure.rethrow();
}

}  // namespace asof
