#include "features/feature_column.h"

#include "asof/error.h"
#include "base/format.h"

namespace asof {

std::string_view to_string(Direction direction) {
  switch (direction) {
    case Direction::kFree:
      return "free";
    case Direction::kIncreasesRisk:
      return "increases_risk";
    case Direction::kDecreasesRisk:
      break;
  }
  return "decreases_risk";
}

Direction direction_from(std::string_view name) {
  for (const Direction direction : {Direction::kIncreasesRisk, Direction::kDecreasesRisk})
    if (name == to_string(direction)) return direction;
  throw Error(Error::kInvalidInput,
              format("`{}` is no direction; `increases_risk` or `decreases_risk` was expected", name));
}

}  // namespace asof
