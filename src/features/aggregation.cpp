#include "features/aggregation.h"

#include "base/format.h"

#include <algorithm>
#include <array>

namespace asof {

namespace aggregations {
#define REGISTER(name) extern const Aggregation name;
#include "features/aggregations.def"
#undef REGISTER
}  // namespace aggregations

namespace {

#define REGISTER(name) &aggregations::name,
constexpr auto kAggregations = std::to_array<const Aggregation*>({
#include "features/aggregations.def"
});
#undef REGISTER

}  // namespace

std::span<const Aggregation* const> all_aggregations() { return kAggregations; }

const Aggregation* find_aggregation(std::string_view name) {
  const auto place = std::ranges::find(kAggregations, name, &Aggregation::name);
  return place == kAggregations.end() ? nullptr : *place;
}

std::string text_of_pair(double pair, const Dictionary& texts) {
  const auto codes = static_cast<std::size_t>(pair);
  return format("{} > {}", texts[codes / kPairCodes], texts[codes % kPairCodes]);
}

std::string result_of(const Aggregation& aggregation, const Example& example) {
  if (is_missing(example.result)) return "missing";
  if (aggregation.gives != Gives::kPair) return format("{:.4g}", example.result);
  const auto codes = static_cast<std::size_t>(example.result);
  return format("{} > {}", codes / kPairCodes, codes % kPairCodes);
}

std::string example_call(const Aggregation& aggregation) {
  const auto over = [&]() -> std::string_view {
    switch (aggregation.takes) {
      case Takes::kRows:
      case Takes::kCondition:
        return "events";
      case Takes::kNumber:
        return "gps.accuracy";
      case Takes::kAny:
        return "events.screen_name";
      case Takes::kText:
        return "events.action";
      case Takes::kPlaces:
        return "gps.latitude, gps.longitude";
    }
    return "events";
  };
  std::string call = format("{}({}", aggregation.name, over());
  for (const AggregationSetting& setting : aggregation.settings) {
    if (!is_missing(setting.otherwise)) continue;  // may be left out
    call += setting.kind == AggregationSetting::kNumber   ? ", 0.9"
            : setting.kind == AggregationSetting::kLength ? ", 7d"
                                                          : ", 'view_screen', 'tap_screen'";
  }
  call += " over 30d";
  if (aggregation.takes == Takes::kCondition) call += " where network_type = 'WIFI'";
  return call + ")";
}

}  // namespace asof
