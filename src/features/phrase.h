// What a feature is called in a sentence: a noun made from its definition, for people who read neither the language nor
// the data. `describe` says the same to the bit; here it is said in one breath.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "features/feature_set.h"
#include "features/wording.h"
#include "tables/table_spec.h"

namespace asof {

/// What a value of a condition is counted in.
inline constexpr std::string_view kYesOrNo = "yes or no";
/// A share less another.
inline constexpr std::string_view kPercentagePoints = "percentage points";
/// What nobody has told the meaning of: definitions of this family.
inline constexpr std::string_view kMaskedFamily = "masked";

struct Phrase {
  std::string words;   ///< "mean speed of GPS fixes in the last 7 days"
  std::string when;    ///< what of the words tells the window: " in the last 7 days"; empty: nothing, or several parts
  std::string brief;   ///< after `absent`: "mean speed of such GPS fixes"
  std::string absent;  ///< what is so when the value is missing, or a count is 0: "no GPS fixes in the last 7 days";
                       ///< empty: no one thing
  std::string unit;    ///< as in Wording, or one of the above; empty: a plain number
  Degree degree = Degree::kLow;

  bool operator==(const Phrase&) const = default;
};

/// A number as people read it: three significant digits, and from 1000 on all digits before the point; never an
/// exponent: `0.0123`, `2.5`, `12345`. What is nearer to 0 than a millionth is `almost 0`.
std::string readable(double value);

/// A value with its unit: `3.2 hours`, `12%`, `yes`. Lengths of time are told in the unit that suits them. It is not
/// missing.
std::string readable(double value, std::string_view unit);

/// The tables are those that the definitions are over. Throws Error::kInvalidInput when a definition cannot be parsed.
Phrase phrase_of(const Definition& definition, std::span<const Definition> definitions, const TableSpec& applications,
                 std::span<const TableSpec> tables);

/// One per definition.
std::vector<Phrase> phrases_of(std::span<const Definition> definitions, const TableSpec& applications,
                               std::span<const TableSpec> tables);

}  // namespace asof
