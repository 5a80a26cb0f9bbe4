// What a column of the feature matrix means.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace asof {

/// How the risk of default may follow a feature, all others being equal.
enum class Direction { kFree, kIncreasesRisk, kDecreasesRisk };

std::string_view to_string(Direction direction);  // "free", "increases_risk", "decreases_risk"

/// Throws Error::kInvalidInput for anything but "increases_risk" and "decreases_risk".
Direction direction_from(std::string_view name);

struct FeatureColumn {
  std::string name;
  /// "recency", "activity", "movement", "network", "masked", ...: what importance is summed over.
  std::string family;
  /// The known categories of a feature of texts; its values are indices into them, kUnknownCategory, or missing.
  /// Empty: the feature is a number.
  std::vector<std::string> categories;
  /// From a table without times: cannot be shown to predate the application.
  bool undated = false;
  Direction direction = Direction::kFree;  ///< what a model that is fitted may learn; only of numbers

  bool operator==(const FeatureColumn&) const = default;
};

/// A category that was not there when the bundle was made.
inline constexpr double kUnknownCategory = -1.0;

}  // namespace asof
