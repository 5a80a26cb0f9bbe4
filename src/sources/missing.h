// What counts as missing, besides nulls and empty fields.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "asof/table.h"
#include "asof/time.h"

namespace asof {

/// `NULL`, `NA`, `NaN` and the like: missing where a number, boolean or time is expected; in a text they are a text.
bool is_missing_word(std::string_view text);

/// The values of a column that were declared to mean missing, each read as every type that it can be read as.
class Sentinels {
 public:
  Sentinels(std::span<const std::string> declared, const TimeZone& zone);

  bool none() const { return texts_.empty(); }
  bool has_text(std::string_view text) const;
  bool has_number(double value) const;
  bool has_integer(std::int64_t value) const;
  bool has_boolean(std::int64_t value) const;
  bool has_time(Timestamp time) const;

 private:
  std::vector<std::string> texts_;
  std::vector<double> numbers_;
  std::vector<std::int64_t> integers_;
  std::vector<std::int64_t> booleans_;
  std::vector<Timestamp> times_;
};

}  // namespace asof
