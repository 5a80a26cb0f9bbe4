#include "features/aggregation.h"

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

}  // namespace asof
