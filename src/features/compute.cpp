// Evaluates resolved definitions for one application. Every expression is evaluated over a batch of rows at once: the
// rows of a window, or the one application.
#include "features/compute.h"

#include <algorithm>
#include <cmath>

#include "asof/error.h"
#include "base/format.h"
#include "features/aggregation.h"
#include "features/as_of.h"
#include "features/plan.h"
#include "features/plan_state.h"
#include "features/row_filter.h"

namespace asof {
namespace {

using Values = std::vector<double>;

bool is_true(double condition) { return condition == 1.0; }
double condition(bool holds) { return holds ? 1.0 : 0.0; }

double divide(double a, double b) { return b == 0.0 ? kMissing : a / b; }

/// Three-valued logic: false and missing is false; true and missing is missing.
double both(double a, double b) {
  if (a == 0.0 || b == 0.0) return 0.0;
  return is_missing(a) || is_missing(b) ? kMissing : 1.0;
}

double either(double a, double b) {
  if (is_true(a) || is_true(b)) return 1.0;
  return is_missing(a) || is_missing(b) ? kMissing : 0.0;
}

template <class Compare>
double compare(double a, double b, Compare holds) {
  return is_missing(a) || is_missing(b) ? kMissing : condition(holds(a, b));
}

template <class Combine>
void zip(Values& a, const Values& b, Combine combine) {
  for (std::size_t i = 0; i < a.size(); ++i) a[i] = combine(a[i], b[i]);
}

/// What an expression is evaluated over: rows of a table, or (no table) the application itself.
struct Frame {
  const Table* table = nullptr;
  const RowSet* rows = nullptr;

  std::size_t size() const { return table == nullptr ? 1 : rows->size(); }
};

class Computation {
 public:
  Computation(const Application& application, const History& history, const PlanOptions& options,
              std::span<const Step> steps)
      : application_(application), history_(history), options_(options), steps_(steps), raw_(steps.size(), kMissing) {
    known_.reserve(history.size());
    for (const TableRows& table : history)
      known_.push_back(known_as_of(*table.log, table.rows, application.at, options.boundary));
  }

  /// A condition over rows alone.
  Values over_rows(const Step& step, const Table& table, const RowSet& rows) {
    Values values;
    evaluate(step, {&table, &rows}, values);
    return values;
  }

  std::size_t rows_known(std::size_t table) const { return known_[table].size(); }

  double feature(std::size_t index) {
    Values value;
    evaluate(steps_[index], {}, value);
    raw_[index] = value.front();
    return raw_[index];
  }

  /// The dictionary that a text's codes belong to.
  const Dictionary* dictionary(const Step& step, const Table* rows) const {
    switch (step.op) {
      case Op::kRowColumn:
        return rows->columns[step.column].dictionary.get();
      case Op::kAttribute:
        return history_[step.table].log->table().columns[step.column].dictionary.get();
      case Op::kAggregate:
        return dictionary(step.children.front(), &history_[step.table].log->table());
      case Op::kApplicationColumn:
        return application_column(step).dictionary.get();
      case Op::kFeature:
        return dictionary(steps_[step.feature], nullptr);
      default:
        break;
    }
    throw Error(Error::kInternal, "a text without a column");
  }

 private:
  const Column& application_column(const Step& step) const {
    if (application_.columns == nullptr) {
      throw Error(
          Error::kInvalidInput,
          format("the application's column `{}` is needed by a feature, but was not given", step.texts.front()));
    }
    return application_.columns->at(step.texts.front());
  }

  /// Texts are their codes, everything else is a number.
  static double cell(const Column& column, std::size_t row) {
    if (column.type != ColumnType::kText) return column.number(row);
    return column.codes[row] == kMissingCode ? kMissing : static_cast<double>(column.codes[row]);
  }

  void read_column(const Frame& frame, std::size_t index, Values& out) const {
    const Column& column = frame.table->columns[index];
    const std::size_t size = frame.size();
    out.resize(size);
    if (column.type == ColumnType::kReal && !frame.rows->is_listed) {
      std::copy_n(column.reals.begin() + static_cast<std::ptrdiff_t>(frame.rows->range.begin), size, out.begin());
      return;
    }
    for (std::size_t i = 0; i < size; ++i) out[i] = cell(column, frame.rows->row(i));
  }

  /// The latest row that was known, or the only one of an undated table.
  double attribute(const Step& step) const {
    const RowSet& rows = known_[step.table];
    if (rows.size() == 0) return kMissing;
    return cell(history_[step.table].log->table().columns[step.column], rows.row(rows.size() - 1));
  }

  void evaluate(const Step& step, const Frame& frame, Values& out) {
    switch (step.op) {
      case Op::kNumber:
        out.assign(frame.size(), step.number);
        return;
      case Op::kRowColumn:
        read_column(frame, step.column, out);
        return;
      case Op::kAttribute:
        out.assign(frame.size(), attribute(step));
        return;
      case Op::kApplicationColumn:
        out.assign(frame.size(), cell(application_column(step), application_.row));
        return;
      case Op::kApplicationAt:
        out.assign(frame.size(), static_cast<double>(application_.at.microseconds));
        return;
      case Op::kFeature:
        out.assign(frame.size(), raw_[step.feature]);
        return;
      case Op::kAggregate:
        out.assign(frame.size(), aggregate(step));
        return;
      case Op::kFunction:
        evaluate_function(step, frame, out);
        return;
      case Op::kInNumbers:
      case Op::kInTexts:
        evaluate_in(step, frame, out);
        return;
      default:
        break;
    }
    evaluate(step.children[0], frame, out);
    if (step.children.size() == 1) {
      evaluate_unary(step.op, out);
      return;
    }
    Values right;
    evaluate(step.children[1], frame, right);
    evaluate_binary(step.op, out, right);
  }

  static void evaluate_unary(Op op, Values& values) {
    for (double& value : values) {
      if (op == Op::kNegate) {
        value = -value;
      } else if (op == Op::kNot) {
        value = is_missing(value) ? kMissing : condition(!is_true(value));
      } else {
        value = condition(is_missing(value));
      }
    }
  }

  static void evaluate_binary(Op op, Values& a, const Values& b) {
    switch (op) {
      case Op::kAdd:
        zip(a, b, std::plus<>());
        return;
      case Op::kSubtract:
        zip(a, b, std::minus<>());
        return;
      case Op::kMultiply:
        zip(a, b, std::multiplies<>());
        return;
      case Op::kDivide:
        zip(a, b, divide);
        return;
      case Op::kEqual:
        zip(a, b, [](double x, double y) { return compare(x, y, std::equal_to<>()); });
        return;
      case Op::kNotEqual:
        zip(a, b, [](double x, double y) { return compare(x, y, std::not_equal_to<>()); });
        return;
      case Op::kLess:
        zip(a, b, [](double x, double y) { return compare(x, y, std::less<>()); });
        return;
      case Op::kLessEqual:
        zip(a, b, [](double x, double y) { return compare(x, y, std::less_equal<>()); });
        return;
      case Op::kGreater:
        zip(a, b, [](double x, double y) { return compare(x, y, std::greater<>()); });
        return;
      case Op::kGreaterEqual:
        zip(a, b, [](double x, double y) { return compare(x, y, std::greater_equal<>()); });
        return;
      case Op::kAnd:
        zip(a, b, both);
        return;
      case Op::kOr:
        zip(a, b, either);
        return;
      default:
        throw Error(Error::kInternal, "an operator without a meaning");
    }
  }

  void evaluate_function(const Step& step, const Frame& frame, Values& out) {
    std::vector<Values> arguments(step.children.size());
    for (std::size_t i = 0; i < arguments.size(); ++i) evaluate(step.children[i], frame, arguments[i]);
    const Moment moment{application_.at, &options_.zone};
    Values row(arguments.size());
    out.resize(frame.size());
    for (std::size_t i = 0; i < out.size(); ++i) {
      for (std::size_t k = 0; k < row.size(); ++k) row[k] = arguments[k][i];
      out[i] = step.function->evaluate(row, moment);
    }
  }

  void evaluate_in(const Step& step, const Frame& frame, Values& out) {
    evaluate(step.children[0], frame, out);
    Values wanted;
    if (step.op == Op::kInTexts) {
      const Dictionary* texts = dictionary(step.children[0], frame.table);
      for (std::size_t code = 0; texts != nullptr && code < texts->size(); ++code) {
        if (std::ranges::find(step.texts, (*texts)[code]) != step.texts.end())
          wanted.push_back(static_cast<double>(code));
      }
    } else {
      for (std::size_t i = 1; i < step.children.size(); ++i) {
        Values literal;
        evaluate(step.children[i], {}, literal);
        wanted.push_back(literal.front());
      }
    }
    for (double& value : out)
      value = is_missing(value) ? kMissing : condition(std::ranges::find(wanted, value) != wanted.end());
  }

  /// The rows of a window: known as of T, in `[T - ending - length, T - ending)`.
  RowSet window_rows(const Step& step) const {
    const WindowSpec& window = step.window;
    const RowSet& known = known_[step.table];
    if (!window.length && window.ending.microseconds == 0) return known;
    const Timestamp end = application_.at - window.ending;
    const Timestamp begin = window.length ? end - *window.length : kNoTime;
    return within(*history_[step.table].log, known, begin, end, options_.boundary);
  }

  double aggregate(const Step& step) {
    const EventLog& log = *history_[step.table].log;
    RowSet rows = window_rows(step);
    Values holds;
    if (!step.condition.empty()) evaluate(step.condition.front(), {&log.table(), &rows}, holds);
    const bool filters = step.aggregation->takes != Takes::kCondition;
    if (!holds.empty() && filters) rows = where(rows, holds);
    if (step.window.rows) rows = latest(rows, *step.window.rows);

    Values values;
    if (!filters) {
      values = std::move(holds);
      if (step.window.rows && values.size() > rows.size())
        values.erase(values.begin(), values.end() - static_cast<std::ptrdiff_t>(rows.size()));
      // A condition that cannot be decided did not hold.
      for (double& value : values) value = condition(is_true(value));
    } else if (!step.children.empty()) {
      evaluate(step.children.front(), {&log.table(), &rows}, values);
    }
    return evaluate_window(step, log, rows, values);
  }

  static RowSet where(const RowSet& rows, const Values& holds) {
    RowSet kept{.range = rows.range, .listed = {}, .is_listed = true};
    for (std::size_t i = 0; i < holds.size(); ++i) {
      if (is_true(holds[i])) kept.listed.push_back(static_cast<std::uint32_t>(rows.row(i)));
    }
    return kept;
  }

  static RowSet latest(RowSet rows, std::size_t count) {
    if (rows.size() <= count) return rows;
    if (rows.is_listed) {
      rows.listed.erase(rows.listed.begin(), rows.listed.end() - static_cast<std::ptrdiff_t>(count));
    } else {
      rows.range.begin = rows.range.end - count;
    }
    return rows;
  }

  /// Leaves out rows whose value is missing, and hands the rest to the aggregation.
  double evaluate_window(const Step& step, const EventLog& log, const RowSet& rows, Values& values) const {
    const std::span<const std::int64_t> all_times = log.times();
    const bool any_missing = std::ranges::any_of(values, [](double value) { return is_missing(value); });
    if (!rows.is_listed && !any_missing) {
      const auto times = all_times.empty() ? all_times : all_times.subspan(rows.range.begin, rows.range.size());
      return step.aggregation->evaluate({rows.size(), values, times, application_.at});
    }
    std::vector<std::int64_t> times;
    std::size_t kept = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (!values.empty()) {
        if (is_missing(values[i])) continue;
        values[kept] = values[i];
      }
      ++kept;
      if (!all_times.empty()) times.push_back(all_times[rows.row(i)]);
    }
    if (!values.empty()) values.resize(kept);
    return step.aggregation->evaluate({kept, values, times, application_.at});
  }

  const Application& application_;
  const History& history_;
  const PlanOptions& options_;
  std::span<const Step> steps_;
  Values raw_;                 // of the features computed so far; texts as codes
  std::vector<RowSet> known_;  // one per table
};

}  // namespace

std::vector<bool> rows_excluded(const Table& rows, const TableSpec& spec, const TimeZone& zone) {
  if (spec.where.empty()) return {};
  std::vector<std::string> names;
  for (const Column& column : rows.columns) names.push_back(column.name);
  const Definition definition{"where", spec.where, {}, format("table {}", spec.name), 0};
  const Step step = resolve_row_condition(definition, with_types(spec, rows.columns), std::move(names), zone);

  const Application nobody{};
  const PlanOptions options{.zone = zone};
  const Values holds =
      Computation(nobody, {}, options, {}).over_rows(step, rows, {.range = {0, rows.rows}, .listed = {}});
  std::vector<bool> excluded(rows.rows);
  for (std::size_t row = 0; row < rows.rows; ++row) excluded[row] = !is_true(holds[row]);
  return excluded;
}

EventLog event_log(const TableSpec& spec, Table rows, const EntityIndex& entities, const TimeZone& zone, int threads) {
  const std::vector<bool> excluded = rows_excluded(rows, spec, zone);
  EventLog log = EventLog::build(spec, std::move(rows), entities, threads, excluded);
  for (std::uint32_t entity = 0; spec.role == TableRole::kUndated && entity < entities.size(); ++entity) {
    if (log.rows_of(entity).size() < 2) continue;
    throw Error(
        Error::kInvalidInput,
        format("table {}: an entity has {} rows, but without a time there is no saying which one counts; one row "
               "per {} was expected",
               spec.name, log.rows_of(entity).size(), spec.entity));
  }
  return log;
}

void FeaturePlan::compute(const Application& application, const History& history, std::span<double> features,
                          std::span<RowsCounted> counted) const {
  const State& state = *state_;
  if (history.size() != state.tables.size() || features.size() != state.steps.size()) {
    throw Error(Error::kInternal, format("{} tables and {} features were expected, {} and {} were given",
                                         state.tables.size(), state.steps.size(), history.size(), features.size()));
  }
  Computation computation(application, history, state.options, state.steps);
  for (const std::size_t index : state.order) {
    double value = computation.feature(index);
    if (state.steps[index].type == ValueType::kText && !is_missing(value)) {
      const std::string& text = (*computation.dictionary(state.steps[index], nullptr))[static_cast<std::size_t>(value)];
      const auto category = state.category_index[index].find(text);
      value = category == state.category_index[index].end() ? kUnknownCategory : category->second;
    }
    features[index] = std::isfinite(value) ? value : kMissing;
  }
  for (std::size_t table = 0; table < counted.size(); ++table) counted[table] = {computation.rows_known(table)};
}

}  // namespace asof
