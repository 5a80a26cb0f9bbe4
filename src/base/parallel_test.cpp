#include "base/parallel.h"

#include <gtest/gtest.h>

#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

namespace asof {
namespace {

TEST(Parallel, every_index_is_visited_once_for_any_grain_and_thread_count) {
  for (const std::size_t count : {0U, 1U, 7U, 1000U}) {
    for (const std::size_t grain : {0U, 1U, 3U, 5000U}) {
      for (const int threads : {-1, 1, 2, 5}) {
        std::vector<int> visits(count, 0);
        parallel_for(count, grain, threads, [&](std::size_t begin, std::size_t end) {
          for (std::size_t i = begin; i < end; ++i) ++visits[i];
        });
        EXPECT_EQ(visits, std::vector<int>(count, 1)) << count << " " << grain << " " << threads;
      }
    }
  }
}

TEST(Parallel, the_failure_of_the_first_failing_piece_is_thrown) {
  for (int repetition = 0; repetition < 50; ++repetition) {
    try {
      parallel_for(100, 1, 4, [](std::size_t begin, std::size_t) {
        if (begin >= 20) throw std::runtime_error(std::to_string(begin));
      });
      FAIL() << "nothing was thrown";
    } catch (const std::runtime_error& error) {
      EXPECT_STREQ(error.what(), "20");
    }
  }
}

TEST(Parallel, a_machine_has_at_least_one_thread) { EXPECT_GE(default_threads(), 1); }

}  // namespace
}  // namespace asof
