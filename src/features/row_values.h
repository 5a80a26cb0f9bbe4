// Expressions over the rows of one table, evaluated for many rows at once. Internal to the features layer.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "asof/table.h"
#include "features/as_of.h"
#include "features/function.h"
#include "features/step.h"

namespace asof {

using Values = std::vector<double>;

/// A cell as a number: a text is its code, a condition 1 or 0, a time microseconds.
inline double cell(const Column& column, std::size_t row) {
  if (column.type != ColumnType::kText) return column.number(row);
  return column.codes[row] == kMissingCode ? kMissing : static_cast<double>(column.codes[row]);
}

/// The codes of the texts that a step names, looked up once per dictionary: a batch shares one dictionary among all
/// its applications.
class NamedCodes {
 public:
  /// One per text of `texts` that occurs in the dictionary, or, for `aligned`, kMissing for one that does not.
  const Values& of(const Step& step, const std::shared_ptr<const Dictionary>& dictionary, bool aligned = false);

  /// Per code of the dictionary, whether it is one of `texts`: 1 or 0.
  const Values& members(const Step& step, const std::shared_ptr<const Dictionary>& dictionary);

 private:
  struct Found {
    std::shared_ptr<const Dictionary> dictionary;  // kept, so that its address means it
    Values members;
    Values codes;
  };
  std::unordered_map<const Step*, Found> found_;
};

/// Evaluates steps over rows.
class RowValues {
 public:
  explicit RowValues(NamedCodes& codes) : codes_(codes) {}

  /// `out[i]` is the value for `rows.row(i)` of `table`.
  void evaluate(const Step& step, const Table& table, const RowSet& rows, const Moment& moment, Values& out);

 private:
  void evaluate_function(const Step& step, const Table& table, const RowSet& rows, const Moment& moment, Values& out);
  void evaluate_in(const Step& step, const Table& table, const RowSet& rows, const Moment& moment, Values& out);

  NamedCodes& codes_;
};

}  // namespace asof
