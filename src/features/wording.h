// How aggregations and functions are called in a sentence.
#pragma once

#include <cstddef>
#include <string_view>

namespace asof {

/// By which words a value below another is told from one above it.
enum class Degree {
  kNone,   ///< none: an hour of the day, a category
  kFew,    ///< few and many (of 0: no), before a noun in the plural
  kLow,    ///< low and high
  kShort,  ///< short and long
};

struct Wording {
  std::string_view phrase;  ///< a noun without an article, with places for its parts in braces
  /// What the value is counted in: "km"; "%": a share, said in hundredths; `{value}` stands for the unit of the values.
  std::string_view unit = {};
  Degree degree = Degree::kLow;
  /// The result is missing (of kFew: 0) if and only if there are fewer rows with a value; 0: never, or for other
  /// reasons too.
  std::size_t rows_needed = 0;
};

}  // namespace asof
