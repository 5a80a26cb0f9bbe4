// How often one thing leads to the next.
#include <algorithm>

#include "features/aggregation.h"

namespace asof::aggregations {
namespace {

constexpr AggregationSetting kSettings[] = {{.name = "texts", .kind = AggregationSetting::kTexts}};

double evaluate(const Window& window) {
  const std::size_t length = window.settings.size();
  std::size_t found = 0;
  for (std::size_t i = 0; i + length <= window.size; ++i)
    found += std::ranges::equal(window.values.subspan(i, length), window.settings) ? 1 : 0;
  return static_cast<double>(found);
}

constexpr double kOneTwo[] = {1.0, 2.0};

constexpr Example kExamples[] = {{"1@-5 2@-4 1@-3 2@-2 2@-1", 2, kOneTwo}, {"", 0, kOneTwo}};

}  // namespace

extern const Aggregation sequence;
constinit const Aggregation sequence = {
    .name = "sequence",
    .summary = "How often the given texts follow each other immediately; 0 when never.",
    .said = {.phrase = "cases of {setting} among {rows}", .degree = Degree::kFew},
    .takes = Takes::kText,
    .needs_times = true,
    .evaluate = evaluate,
    .examples = kExamples,
    .settings = kSettings,
};

}  // namespace asof::aggregations
