#include "features/trace.h"

#include <algorithm>
#include <map>
#include <set>

#include "asof/error.h"
#include "base/format.h"
#include "features/aggregation.h"
#include "features/as_of.h"
#include "features/operators.h"
#include "features/row_filter.h"
#include "features/row_values.h"
#include "features/step.h"

namespace asof {
namespace {

// --- parts

class Parts {
 public:
  Parts(std::span<const Definition> definitions, std::span<const TableSpec> tables)
      : definitions_(definitions), tables_(tables.begin(), tables.end()) {}

  FeatureParts of(const Definition& feature) {
    add_feature(feature);
    return std::move(found_);
  }

 private:
  void add_feature(const Definition& feature) {
    if (!features_.insert(feature.name).second) return;
    found_.features.push_back(feature);
    visit(parse_expression(feature), feature);
  }

  void visit(const Node& node, const Definition& within) {
    if (node.kind == NodeKind::kAggregate) return add_part(node, within);
    if (node.kind == NodeKind::kColumn && is_attribute(node)) return add_part(node, within);
    if (node.kind == NodeKind::kName) {
      const auto feature = std::ranges::find(definitions_, node.text, &Definition::name);
      if (feature != definitions_.end()) add_feature(*feature);
    }
    for (const Node& child : node.children) visit(child, within);
  }

  /// A column of an attribute table; one of the applications, outside of an aggregation, is the application's own.
  bool is_attribute(const Node& node) const {
    const auto table = std::ranges::find(tables_, node.table, &TableSpec::name);
    return table != tables_.end() && table->role != TableRole::kApplications;
  }

  void add_part(const Node& node, const Definition& within) {
    Definition part = within;
    part.expression = within.expression.substr(node.begin, node.end - node.begin);
    if (!expressions_.insert(part.expression).second) return;
    part.name = format("[{}]", found_.parts.size() + 1);
    found_.parts.push_back(std::move(part));
  }

  std::span<const Definition> definitions_;
  std::vector<TableSpec> tables_;
  FeatureParts found_;
  std::set<std::string> features_;
  std::set<std::string> expressions_;
};

// --- rows that do not take part

/// All that a row says.
std::string text_of(const Table& table, std::size_t row) {
  std::string text;
  for (const Column& column : table.columns) text += column.display(row) + '\0';
  return text;
}

/// Why a row of the table is not in the log, but for copies.
Fate fate_in_table(const TableSpec& spec, const Table& rows, std::size_t row, const std::vector<bool>& excluded) {
  if (!spec.time.empty()) {
    const Column& time = rows.at(spec.time);
    if (time.missing(row)) return Fate::kWithoutTime;
    if (!spec.valid_at({time.integers[row]})) return Fate::kOutsideValid;
  }
  if (!excluded.empty() && excluded[row]) return Fate::kByWhere;
  if (spec.known_at_required && rows.at(spec.known_at).missing(row)) return Fate::kNeverKnown;
  return Fate::kUsed;
}

/// Marks the copies of rows that are in the log once. Both tables have the same columns in the same order.
void mark_copies(const EventLog& log, const Table& rows, std::vector<Fate>& fates) {
  if (log.left_out().repeated_id == 0) return;
  std::map<std::string, std::size_t> times_there;
  const RowRange range = log.rows_of(0);
  for (std::size_t row = range.begin; row < range.end; ++row) ++times_there[text_of(log.table(), row)];
  for (std::size_t row = 0; row < rows.rows; ++row) {
    if (fates[row] != Fate::kUsed) continue;
    std::size_t& there = times_there[text_of(rows, row)];
    if (there == 0) {
      fates[row] = Fate::kSentTwice;
    } else {
      --there;
    }
  }
}

// --- rows of a part

/// One part for one applicant.
class Trace {
 public:
  Trace(const Step& step, const TableRows& rows, Timestamp cutoff, const PlanOptions& options)
      : step_(step),
        log_(*rows.log),
        options_(options),
        cutoff_(cutoff),
        moment_{cutoff, &options.zone},
        range_(rows.rows),
        fates_(range_.size(), Fate::kUsed),
        values_(codes_) {
    const RowSet known = known_as_of(log_, range_, cutoff_, options_.boundary);
    mark_unknown(known);
    if (step_.op == Op::kAttribute) {
      mark_all_but_latest(known, 1);
    } else {
      mark_by_condition(in_window(known));
    }
  }

  std::vector<TracedRow> rows() {
    std::vector<TracedRow> traced;
    for (std::size_t row = range_.begin; row < range_.end; ++row) traced.push_back(traced_row(row));
    return traced;
  }

  UsedRows used(std::size_t limit) {
    UsedRows used;
    for (std::size_t row = range_.end; row-- > range_.begin;) {
      if (fate(row) == Fate::kUsed && used.count++ < limit) used.rows.push_back(traced_row(row));
    }
    std::ranges::reverse(used.rows);
    return used;
  }

  TracedRow left_out(const TracedTable& table, std::size_t row) {
    const auto time_in = [&](const std::string& column) {
      return column.empty() ? kNoTime : Timestamp{table.left_out.at(column).integers[row]};
    };
    return {.time = time_in(log_.spec().time),
            .value = shown(table.left_out, row),
            .known_at = time_in(log_.spec().known_at),
            .fate = table.why[row]};
  }

 private:
  Fate& fate(std::size_t row) { return fates_[row - range_.begin]; }

  TracedRow traced_row(std::size_t row) {
    return {.time = time_of(log_.times(), row),
            .value = shown(log_.table(), row),
            .known_at = time_of(log_.known_at(), row),
            .fate = fate(row)};
  }

  static Timestamp time_of(std::span<const std::int64_t> times, std::size_t row) {
    return times.empty() ? kNoTime : Timestamp{times[row]};  // missing is kNoTime
  }

  /// A row that is not known is either not before T, where the range of known rows ends, or arrived late.
  void mark_unknown(const RowSet& known) {
    for (std::size_t row = range_.begin; row < range_.end; ++row)
      fate(row) = row < known.range.end ? Fate::kKnownLater : Fate::kNotBefore;
    for (std::size_t i = 0; i < known.size(); ++i) fate(known.row(i)) = Fate::kUsed;
  }

  RowSet in_window(const RowSet& known) {
    const WindowSpec& window = step_.window;
    if (!window.length && window.ending.microseconds == 0) return known;
    const Timestamp end = cutoff_ - window.ending;
    RowSet rows = within(log_, known, window.length ? end - *window.length : kNoTime, end, options_.boundary);
    for (std::size_t i = 0; i < known.size(); ++i)
      fate(known.row(i)) = known.row(i) < rows.range.begin ? Fate::kBeforeWindow : Fate::kAfterWindow;
    for (std::size_t i = 0; i < rows.size(); ++i) fate(rows.row(i)) = Fate::kUsed;
    return rows;
  }

  void mark_by_condition(const RowSet& rows) {
    RowSet chosen = rows;
    const bool filters = step_.aggregation->takes != Takes::kCondition;
    if (filters && !step_.condition.empty()) {
      Values holds;
      values_.evaluate(step_.condition.front(), log_.table(), rows, moment_, holds);
      chosen = {.range = rows.range, .listed = {}, .is_listed = true};
      for (std::size_t i = 0; i < holds.size(); ++i) {
        if (is_true(holds[i])) {
          chosen.listed.push_back(static_cast<std::uint32_t>(rows.row(i)));
        } else {
          fate(rows.row(i)) = is_missing(holds[i]) ? Fate::kConditionUndecided : Fate::kConditionFalse;
        }
      }
    }
    if (step_.window.rows) mark_all_but_latest(chosen, *step_.window.rows);
    if (filters) mark_without_value(chosen);
  }

  void mark_all_but_latest(const RowSet& rows, std::size_t count) {
    for (std::size_t i = 0; i + count < rows.size(); ++i) fate(rows.row(i)) = Fate::kNotAmongLast;
  }

  void mark_without_value(const RowSet& rows) {
    for (const Step& child : step_.children) {
      Values values;
      values_.evaluate(child, log_.table(), rows, moment_, values);
      for (std::size_t i = 0; i < values.size(); ++i) {
        if (is_missing(values[i]) && fate(rows.row(i)) == Fate::kUsed) fate(rows.row(i)) = Fate::kNoValue;
      }
    }
  }

  /// The value that a row would bring in.
  std::string shown(const Table& table, std::size_t row) {
    if (step_.op == Op::kAttribute) return table.columns[step_.column].display(row);
    if (step_.aggregation->takes == Takes::kCondition) return shown(step_.condition.front(), table, row);
    std::vector<std::string> values;
    for (const Step& child : step_.children) values.push_back(shown(child, table, row));
    return join(values);
  }

  std::string shown(const Step& of, const Table& table, std::size_t row) {
    if (of.op == Op::kRowColumn) return table.columns[of.column].display(row);
    Values value;
    values_.evaluate(of, table, {.range = {row, row + 1}, .listed = {}}, moment_, value);
    if (is_missing(value.front())) return "";
    return of.type == ValueType::kTime ? to_string(Timestamp{static_cast<std::int64_t>(value.front())})
                                       : round_trippable(value.front());
  }

  const Step& step_;
  const EventLog& log_;
  const PlanOptions& options_;
  Timestamp cutoff_;
  Moment moment_;
  RowRange range_;
  std::vector<Fate> fates_;  // one per row of range_
  NamedCodes codes_;
  RowValues values_;
};

}  // namespace

std::string_view to_string(Fate fate) {
  switch (fate) {
    case Fate::kUsed:
      return "used";
    case Fate::kNotBefore:
      return "not before the application";
    case Fate::kKnownLater:
      return "known only after the application";
    case Fate::kBeforeWindow:
      return "before the window";
    case Fate::kAfterWindow:
      return "after the window";
    case Fate::kConditionFalse:
      return "the condition is false";
    case Fate::kConditionUndecided:
      return "the condition cannot be decided";
    case Fate::kNotAmongLast:
      return "not among the latest";
    case Fate::kNoValue:
      return "no value";
    case Fate::kWithoutTime:
      return "no time";
    case Fate::kOutsideValid:
      return "outside valid_from and valid_to";
    case Fate::kByWhere:
      return "left out by where:";
    case Fate::kNeverKnown:
      return "never known";
    case Fate::kSentTwice:
      break;
  }
  return "sent twice";
}

FeatureParts parts_of(const Definition& feature, std::span<const Definition> definitions,
                      std::span<const TableSpec> tables) {
  return Parts(definitions, tables).of(feature);
}

TracedTable traced_table(const TableSpec& spec, const Table& rows, const EntityIndex& entities, const TimeZone& zone) {
  const std::vector<std::uint32_t> numbers = entities.numbers(rows.at(spec.entity), spec.name);
  std::vector<std::uint32_t> own;
  for (std::uint32_t row = 0; row < numbers.size(); ++row) {
    if (numbers[row] != kNoEntity) own.push_back(row);
  }
  Table all = take(rows, own);
  const std::vector<bool> excluded = rows_excluded(all, spec, zone);
  TracedTable traced{.log = event_log(spec, all, entities, zone), .left_out = {}, .why = {}};
  std::vector<Fate> fates(all.rows);
  for (std::size_t row = 0; row < all.rows; ++row) fates[row] = fate_in_table(spec, all, row, excluded);
  std::erase_if(all.columns, [&](const Column& column) { return column.name == spec.entity; });
  std::ranges::sort(all.columns, {}, &Column::name);
  mark_copies(traced.log, all, fates);

  std::vector<std::uint32_t> left_out;
  for (std::uint32_t row = 0; row < all.rows; ++row) {
    if (fates[row] == Fate::kUsed) continue;
    left_out.push_back(row);
    traced.why.push_back(fates[row]);
  }
  traced.left_out = take(all, left_out);
  return traced;
}

Json to_json_value(const TracedRow& row) {
  const auto time = [](Timestamp at) { return at == kNoTime ? Json() : Json(to_string(at)); };
  return Json::Object{{"time", time(row.time)},
                      {"value", row.value.empty() ? Json() : Json(row.value)},
                      {"known_at", time(row.known_at)},
                      {"fate", to_string(row.fate)}};
}

struct RowTracer::State {
  std::vector<Definition> definitions;
  TableSpec applications;
  std::vector<TableSpec> tables;
  PlanOptions options;
  Resolved resolved;

  const Step& step(std::size_t part) const {
    const Step& step = resolved.steps[part];
    if (step.op != Op::kAggregate && step.op != Op::kAttribute)
      throw Error(Error::kInternal, format("{} reads no table by itself", definitions[part].name));
    return step;
  }
};

RowTracer::RowTracer(std::vector<Definition> definitions, TableSpec applications, std::vector<TableSpec> tables,
                     PlanOptions options) {
  auto state = std::make_unique<State>(State{.definitions = std::move(definitions),
                                             .applications = std::move(applications),
                                             .tables = std::move(tables),
                                             .options = std::move(options),
                                             .resolved = {}});
  state->resolved = resolve({&state->applications, &state->tables, &state->definitions, state->options.zone, {}});
  state_ = std::move(state);
}
RowTracer::RowTracer(const FeaturePlan& plan, const PlanOptions& options)
    : RowTracer(plan.definitions(), plan.applications(), plan.tables(), options) {}
RowTracer::~RowTracer() = default;
RowTracer::RowTracer(RowTracer&&) noexcept = default;

const TableSpec& RowTracer::table_of(std::size_t part) const { return state_->tables[state_->step(part).table]; }

std::vector<TracedRow> RowTracer::trace(std::size_t part, Timestamp cutoff, std::span<const TracedTable> tables) const {
  const Step& step = state_->step(part);
  const TracedTable& table = tables[step.table];
  Trace trace(step, {&table.log, table.rows()}, cutoff, state_->options);
  std::vector<TracedRow> traced = trace.rows();
  for (std::size_t row = 0; row < table.left_out.rows; ++row) traced.push_back(trace.left_out(table, row));
  return traced;
}

UsedRows RowTracer::used(std::size_t part, Timestamp cutoff, const History& history, std::size_t limit) const {
  const Step& step = state_->step(part);
  return Trace(step, history[step.table], cutoff, state_->options).used(limit);
}

}  // namespace asof
