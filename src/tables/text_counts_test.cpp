#include "tables/text_counts.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace asof {
namespace {

TEST(FrequentTexts, are_the_most_frequent_and_of_equally_frequent_ones_the_first_in_order_of_text) {
  const auto texts = std::make_shared<const Dictionary>(Dictionary{"pear", "fig", "apple", "plum", "never"});
  EXPECT_EQ(frequent_texts({.texts = texts, .counts = {2, 5, 2, 1, 0}}, 2), (Dictionary{"apple", "fig"}));
  EXPECT_EQ(frequent_texts({.texts = texts, .counts = {2, 5, 2, 1, 0}}, 9),
            (Dictionary{"apple", "fig", "pear", "plum"}));
}

TEST(FrequentTexts, of_a_million_are_found_without_sorting_them_all) {
  constexpr std::size_t kTexts = 1'000'000;
  Dictionary names;
  for (std::size_t i = 0; i < kTexts; ++i) names.push_back(std::to_string(kTexts + i));
  std::vector<std::size_t> counts(kTexts, 1);
  counts[kTexts - 1] = 2;
  const auto texts = std::make_shared<const Dictionary>(std::move(names));
  const std::vector<std::string> frequent = frequent_texts({.texts = texts, .counts = std::move(counts)}, 1000);
  ASSERT_EQ(frequent.size(), 1000U);
  EXPECT_EQ(frequent.front(), "1000000");
  EXPECT_EQ(frequent[998], "1000998");
  EXPECT_EQ(frequent.back(), "1999999");
}

}  // namespace
}  // namespace asof
