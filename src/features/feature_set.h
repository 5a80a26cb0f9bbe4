// Feature definitions as text, and the set that they make. See docs/features.md for the language.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace asof {

/// Whether a row at the application time itself counts.
enum class Boundary {
  kBefore,  ///< rows with `time < T`: the default
  kAt,      ///< rows with `time <= T`: parity with older pipelines; printed in every artefact
};

std::string_view to_string(Boundary boundary);  // "before", "at"

/// Throws Error::kInvalidInput for anything but "before" and "at".
Boundary boundary_from(std::string_view text);

/// `name: expression`, as written. A name may be that of a family: `for column in features.*: {column}`.
struct Definition {
  std::string name;
  std::string expression;
  std::string family;  ///< what importance is summed over; empty: chosen by what the expression does
  std::string origin;  ///< "asof.yaml" or "mobile-lender/classic"
  int line = 0;        ///< in the origin; 0: none

  bool operator==(const Definition&) const = default;
};

/// The definitions of a pack that ships with asof; throws Error::kInvalidInput with the known packs.
std::vector<Definition> pack_definitions(std::string_view pack);

/// Names of all packs.
std::vector<std::string> pack_names();

/// The columns of a table that `table.*` stands for.
using ColumnsOfTable = std::function<std::vector<std::string>(std::string_view table)>;

/// The values that `top(count, table.column)` stands for, the most frequent first.
using TopValues =
    std::function<std::vector<std::string>(std::size_t count, std::string_view table, std::string_view column)>;

/// Writes families out, in order: `for window in [24h, 7d]: events_{window}` becomes two definitions. Loops nest:
/// `for a in [x, y]: for b in [1d, 2d]: {a}_{b}`. A value of `top` is written into an expression as between quotes, and
/// into a name with `_` for what no name can hold (`_2` follows where two values would have one name); without `top_of`
/// it is refused. A name that occurs twice is an error that names both places.
std::vector<Definition> expand_families(std::span<const Definition> definitions, const ColumnsOfTable& columns_of,
                                        const TopValues& top_of = {});

}  // namespace asof
