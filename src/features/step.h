// A resolved expression: what remains of a definition once every name has a place and every type fits.
// Internal to the features layer.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "features/expression.h"
#include "features/function.h"
#include "tables/table_spec.h"

namespace asof {

enum class Op {
  kNumber,
  kRowColumn,          ///< column `column` of the rows at hand
  kAttribute,          ///< column `column` of the latest known row of attribute table `table`
  kApplicationColumn,  ///< column `column` of the application
  kApplicationAt,
  kFeature,  ///< another feature, computed before
  kNegate,
  kNot,
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kEqual,
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kAnd,
  kOr,
  kIsMissing,
  kInNumbers,  ///< child 0 equals one of the other children
  kInTexts,    ///< child 0 is one of `texts`
  kFunction,
  kAggregate,  ///< children: what is aggregated (none: rows; two: a pair); `condition`: which rows; `settings`
};

struct Step {
  Op op = Op::kNumber;
  ValueType type = ValueType::kNumber;
  double number = 0.0;
  std::size_t table = 0;
  std::size_t column = 0;
  std::size_t feature = 0;
  const Function* function = nullptr;
  const Aggregation* aggregation = nullptr;
  WindowSpec window;
  std::vector<std::string> texts;  ///< of kInTexts; of an application column: its name; of an aggregate: its texts
  std::vector<Step> children;
  std::vector<Step> condition;   ///< of an aggregate: none or one
  std::vector<double> settings;  ///< of an aggregate: its numbers and lengths, in order
  std::size_t aggregate = 0;     ///< of an aggregate: which of Program::aggregates it is
};

/// Whether it gives two codes of texts as one number.
bool gives_pair(const Step& step);

/// What names can stand for.
struct Scope {
  const TableSpec* applications = nullptr;  ///< null where there is no application: in `where:` of a table
  const std::vector<TableSpec>* tables = nullptr;
  const std::vector<Definition>* definitions = nullptr;
  TimeZone zone;
  std::vector<std::string> row_columns;  ///< the columns of the rows at hand, when not those of `column_order`
};

/// The columns of a log (all but the entity, in order of name): what `column` counts.
std::vector<std::string> column_order(const TableSpec& spec);

/// Every definition resolved, and an order in which each comes after those it names. Throws Error::kInvalidInput.
struct Resolved {
  std::vector<Step> steps;  ///< one per definition
  std::vector<std::size_t> order;
};
Resolved resolve(const Scope& scope);

/// A condition over the rows of one table, whose columns stand in the order given.
Step resolve_row_condition(const Definition& condition, const TableSpec& spec, std::vector<std::string> columns,
                           const TimeZone& zone);

/// The table that an aggregate is over: found by the first table or column named in it; null when there is none.
const TableSpec* aggregated_table(const Node& aggregate, const std::vector<TableSpec>& tables);

}  // namespace asof
