// What sentences call tables and columns: the words that come with a pack, else their own names.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "features/feature_set.h"
#include "tables/table_spec.h"

namespace asof {

struct RowWords {
  std::string one;   ///< "GPS fix"
  std::string many;  ///< "GPS fixes"
};

struct ColumnWords {
  std::string words;
  std::string unit;   ///< empty: none is known
  bool told = false;  ///< by a pack: what is high or low of it is known to be a quantity
};

/// `screens`, `categories`, `boxes`: of an English noun in the singular.
std::string plural_of(std::string_view noun);

class Vocabulary {
 public:
  /// Words of the packs that any of the definitions comes from: `packs/FOLDER/words`, lines `table = one, many`,
  /// `table for which CONDITION = one, many` (the condition as phrases say it) and `table.column = words, unit`.
  explicit Vocabulary(std::span<const Definition> definitions);

  RowWords of(const TableSpec& table) const;
  /// Rows for which a condition is true, when they have a name of their own.
  std::optional<RowWords> of(const TableSpec& table, std::string_view condition) const;
  ColumnWords of(std::string_view table, std::string_view column) const;

 private:
  std::map<std::string, std::pair<std::string, std::string>, std::less<>> words_;
};

}  // namespace asof
