// Rows of users in a test, the table of the engine that holds them, and what the engine makes of definitions over it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "asof/table.h"
#include "features/feature_set.h"
#include "features/plan.h"
#include "tables/table_spec.h"

namespace asof {

/// A row of the table `events`. Its columns, in which NaN and nothing are missing: `at` (time), `id`, `seen` (when it
/// was known), `value` and `latitude`, `longitude` (reals), `whole` (integer), `flag` (boolean), `kind` (text), `due`
/// (time).
struct Event {
  std::int64_t at = 0;
  std::int64_t id = 0;
  std::optional<std::int64_t> seen = {};
  double value = kMissing;
  double latitude = kMissing;
  double longitude = kMissing;
  std::optional<std::int64_t> whole = {};
  std::optional<bool> flag = {};
  std::optional<std::string> kind = {};
  std::optional<std::int64_t> due = {};
  std::int64_t user = 1;
};

/// A row as messages of tests show it: times in UTC, only what is there.
std::string to_string(const Event& event);

/// What is declared of the table.
struct EventsDeclared {
  bool id = true;    ///< `id: id`; else all columns order rows of one time
  bool seen = true;  ///< `known_at: seen`
};

TableSpec events_spec(const EventsDeclared& declared);
TableSpec applications_spec();

/// Texts get codes in order of first appearance, as from a source.
Table events_table(std::span<const Event> events, const EventsDeclared& declared);

/// Missing, a number, or the text of a category.
using FeatureValue = std::variant<std::monostate, double, std::string>;

std::string to_string(const FeatureValue& value);

struct Asked {
  Timestamp cutoff;
  PlanOptions options;
  EventsDeclared declared;
};

/// The features of user 1, one per expression, by `FeaturePlan::compute`.
std::vector<FeatureValue> features_of(std::span<const std::string> expressions, std::span<const Event> events,
                                      const Asked& asked);

}  // namespace asof
