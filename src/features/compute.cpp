// The features of one application, in passes: what was known, which rows of it are meant, their values, the parts in
// windows, the aggregations of those, and at last the features, which are made of single values.
#include "features/compute.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "asof/error.h"
#include "base/format.h"
#include "features/aggregation.h"
#include "features/as_of.h"
#include "features/earth.h"
#include "features/operators.h"
#include "features/plan.h"
#include "features/plan_state.h"
#include "features/row_values.h"
#include "features/window_facts.h"

namespace asof {
namespace {

/// The rows of a selection, for one application.
struct Selected {
  const RowSet* rows = nullptr;
  RowSet chosen;  // what `rows` points to where there is a condition
};

/// A series, for one application. The spans point to the log or to the buffers.
struct SeriesOfRows {
  std::size_t size = 0;
  std::span<const double> values;
  std::span<const double> others;
  std::span<const std::int64_t> times;
  std::vector<EarthPoint> points;        ///< of a pair
  std::vector<double> moves;             ///< where asked for
  bool complete = true;                  ///< no value is missing: place i is row i of the selection
  std::vector<std::uint32_t> positions;  ///< else: place i is row positions[i] of the selection
  Values value_buffer;
  Values other_buffer;
  std::vector<std::int64_t> time_buffer;
};

}  // namespace

struct Workspace::State {
  std::vector<RowSet> known;  // one per table
  std::vector<Selected> selections;
  std::vector<SeriesOfRows> series;
  std::vector<RowRange> slices;
  std::vector<WindowFacts> facts;  // one per series
  Values aggregates;
  Values raw;  // of the features computed so far; texts as codes
  Values holds;
  Values settings;
  NamedCodes codes;
};

Workspace::Workspace() : state_(std::make_unique<State>()) {}
Workspace::~Workspace() = default;
Workspace::Workspace(Workspace&&) noexcept = default;
Workspace& Workspace::operator=(Workspace&&) noexcept = default;

namespace {

class Computation {
 public:
  Computation(const History& history, const PlanOptions& options, const Program& program, std::span<const Step> steps,
              Workspace::State& memory)
      : history_(history),
        options_(options),
        program_(program),
        steps_(steps),
        memory_(memory),
        moment_{{}, &options.zone},
        row_values_(memory.codes) {
    memory_.known.resize(history.size());
    memory_.selections.resize(program.selections.size());
    memory_.series.resize(program.series.size());
    memory_.slices.resize(program.slices.size());
    memory_.facts.resize(program.series.size());
    memory_.aggregates.resize(program.aggregates.size());
    memory_.raw.assign(steps.size(), kMissing);
  }

  /// Whether what was prepared for one application does for those before it.
  bool serves_earlier() const {
    return program_.same_for_all &&
           std::ranges::all_of(history_, [](const TableRows& table) { return table.log->known_at().empty(); });
  }

  /// Finds the rows known as of `until`, and their values.
  void prepare(Timestamp until) {
    until_ = until;
    moment_.cutoff = until;
    for (std::size_t i = 0; i < history_.size(); ++i) {
      const TableRows& table = history_[i];
      memory_.known[i] = known_as_of(*table.log, table.rows, until, options_.boundary);
    }
    for (std::size_t i = 0; i < program_.selections.size(); ++i) select(program_.selections[i], memory_.selections[i]);
    for (std::size_t i = 0; i < program_.series.size(); ++i) fill(program_.series[i], memory_.series[i]);
    for (WindowFacts& facts : memory_.facts) facts.forget();
  }

  /// Of an application at `until`, or, if that `serves_earlier`, before it.
  void run(const Application& application) {
    application_ = &application;
    moment_.cutoff = application.at;
    for (std::size_t i = 0; i < program_.slices.size(); ++i) memory_.slices[i] = slice(program_.slices[i]);
    for (const std::size_t i : program_.order) memory_.aggregates[i] = aggregate(program_.aggregates[i]);
  }

  /// How many rows of a table were known as of the application.
  std::size_t rows_known(std::size_t table) const { return rows_until(log(table), memory_.known[table], at()); }

  double feature(std::size_t index) { return memory_.raw[index] = value(steps_[index]); }

  /// The text that a value of the step is, which is not missing.
  std::string text(const Step& step, double value) const {
    if (step.op == Op::kFeature) return text(steps_[step.feature], value);
    if (gives_pair(step)) return text_of_pair(value, dictionary(step));
    return dictionary(step)[static_cast<std::size_t>(value)];
  }

 private:
  /// The dictionary that a text's codes belong to.
  const Dictionary& dictionary(const Step& step) const {
    switch (step.op) {
      case Op::kAttribute:
        return *log(step.table).table().columns[step.column].dictionary;
      case Op::kAggregate:
        return *log(step.table).table().columns[step.children.front().column].dictionary;
      case Op::kApplicationColumn:
        return *application_column(step).dictionary;
      default:
        break;
    }
    throw Error(Error::kInternal, "a text without a column");
  }

  const EventLog& log(std::size_t table) const { return *history_[table].log; }

  const Column& application_column(const Step& step) const {
    if (application_->columns == nullptr) {
      throw Error(
          Error::kInvalidInput,
          format("the application's column `{}` is needed by a feature, but was not given", step.texts.front()));
    }
    return application_->columns->at(step.texts.front());
  }

  void select(const Program::Selection& selection, Selected& selected) {
    const RowSet& known = memory_.known[selection.table];
    selected.rows = &known;
    if (selection.condition == nullptr) return;
    row_values_.evaluate(*selection.condition, log(selection.table).table(), known, moment_, memory_.holds);
    RowSet& chosen = selected.chosen;
    chosen.range = known.range;
    chosen.is_listed = true;
    chosen.listed.clear();
    for (std::size_t i = 0; i < memory_.holds.size(); ++i) {
      if (is_true(memory_.holds[i])) chosen.listed.push_back(static_cast<std::uint32_t>(known.row(i)));
    }
    selected.rows = &chosen;
  }

  void fill(const Program::Series& series, SeriesOfRows& filled) {
    const EventLog& log = this->log(program_.selections[series.selection].table);
    const RowSet& rows = *memory_.selections[series.selection].rows;
    filled.size = rows.size();
    filled.complete = true;
    filled.values = {};
    filled.others = {};
    if (series.condition != nullptr) {
      row_values_.evaluate(*series.condition, log.table(), rows, moment_, filled.value_buffer);
      // A condition that cannot be decided did not hold.
      for (double& holds : filled.value_buffer) holds = condition(is_true(holds));
      filled.values = filled.value_buffer;
    } else if (series.value != nullptr) {
      filled.values = values(*series.value, log.table(), rows, filled.value_buffer);
      if (series.other != nullptr) filled.others = values(*series.other, log.table(), rows, filled.other_buffer);
      leave_out_missing(filled);
      if (series.other != nullptr) points_of(filled.values, filled.others, filled.points);
      if (series.moves) moves_of(filled.points, filled.moves);
    }
    read_times(log.times(), rows, filled);
  }

  /// Values of rows: those of the log itself where it has them as they are, else in `buffer`.
  std::span<const double> values(const Step& step, const Table& table, const RowSet& rows, Values& buffer) {
    if (step.op == Op::kRowColumn && !rows.is_listed && table.columns[step.column].type == ColumnType::kReal)
      return std::span(table.columns[step.column].reals).subspan(rows.range.begin, rows.range.size());
    row_values_.evaluate(step, table, rows, moment_, buffer);
    return buffer;
  }

  static void leave_out_missing(SeriesOfRows& series) {
    const auto lacks = [&](std::size_t i) {
      if (series.others.empty()) return is_missing(series.values[i]);
      return !is_place(series.values[i], series.others[i]);
    };
    std::size_t first = 0;
    while (first < series.size && !lacks(first)) ++first;
    if (first == series.size) return;
    const auto keep = [&](std::span<const double>& values, Values& buffer) {
      if (values.empty()) return;
      if (values.data() != buffer.data()) buffer.assign(values.begin(), values.end());
      for (std::size_t i = 0; i < series.positions.size(); ++i) buffer[i] = buffer[series.positions[i]];
      buffer.resize(series.positions.size());
      values = buffer;
    };
    series.complete = false;
    series.positions.clear();
    for (std::size_t i = 0; i < series.size; ++i) {
      if (!lacks(i)) series.positions.push_back(static_cast<std::uint32_t>(i));
    }
    series.size = series.positions.size();
    keep(series.values, series.value_buffer);
    keep(series.others, series.other_buffer);
  }

  static void read_times(std::span<const std::int64_t> all, const RowSet& rows, SeriesOfRows& series) {
    series.times = {};
    if (all.empty()) return;
    if (series.complete && !rows.is_listed) {
      series.times = all.subspan(rows.range.begin, rows.range.size());
      return;
    }
    series.time_buffer.resize(series.size);
    for (std::size_t i = 0; i < series.size; ++i)
      series.time_buffer[i] = all[rows.row(series.complete ? i : series.positions[i])];
    series.times = series.time_buffer;
  }

  Timestamp at() const { return application_->at; }

  /// How many of `rows`, which are as of `until_`, are in time for `end`.
  std::size_t rows_until(const EventLog& log, const RowSet& rows, Timestamp end) const {
    if (end == until_ || log.times().empty()) return rows.size();
    return within(log, rows, kNoTime, end, options_.boundary).size();
  }

  Timestamp end_of(const WindowSpec& window) const { return at() - window.ending; }
  Timestamp begin_of(const WindowSpec& window) const {
    return window.length ? end_of(window) - *window.length : kNoTime;
  }

  std::size_t table_of(const Program::Slice& slice) const {
    return program_.selections[program_.series[slice.series].selection].table;
  }

  RowRange slice(const Program::Slice& slice) const {
    const SeriesOfRows& series = memory_.series[slice.series];
    const WindowSpec& window = slice.window;
    RowRange range{0, series.size};
    const bool bounded = window.length || window.ending.microseconds != 0;
    if (bounded || (at() != until_ && !series.times.empty()))
      range = window_of(series.times, begin_of(window), end_of(window),
                        boundary_of(log(table_of(slice)).spec(), options_.boundary));
    if (window.rows) range.begin = std::min(range.end, first_of_latest(slice));
    return range;
  }

  /// Where the latest `window.rows` rows of the selection begin in the series: rows without a value count among them.
  std::size_t first_of_latest(const Program::Slice& slice) const {
    const SeriesOfRows& series = memory_.series[slice.series];
    const Program::Series& of = program_.series[slice.series];
    const RowSet& rows = *memory_.selections[of.selection].rows;
    const std::size_t end = rows_until(log(program_.selections[of.selection].table), rows, end_of(slice.window));
    const std::size_t first = end - std::min(end, *slice.window.rows);
    if (series.complete) return first;
    const auto place = std::ranges::lower_bound(series.positions, first);
    return static_cast<std::size_t>(place - series.positions.begin());
  }

  /// How many codes there are of a column of texts; else 0.
  std::size_t codes_of(const Program::Series& series) const {
    if (series.value == nullptr || series.value->op != Op::kRowColumn) return 0;
    const Column& column = log(program_.selections[series.selection].table).table().columns[series.value->column];
    return column.type == ColumnType::kText ? column.dictionary->size() : 0;
  }

  double aggregate(const Program::Aggregate& aggregate) {
    const Step& step = *aggregate.step;
    const Program::Slice& slice = program_.slices[aggregate.slice];
    const SeriesOfRows& series = memory_.series[slice.series];
    const RowRange range = memory_.slices[aggregate.slice];
    const std::size_t codes = codes_of(program_.series[slice.series]);
    if (gives_pair(step) && codes > kPairCodes) {
      throw Error(Error::kInvalidInput, format("{} is of a column of at most {} different texts, and `{}` has {}",
                                               step.aggregation->name, kPairCodes, step.children[0].texts[0], codes));
    }
    const auto part = [&]<class T>(std::span<const T> all) {
      return all.empty() ? all : all.subspan(range.begin, range.size());
    };
    const bool of_places = step.aggregation->takes == Takes::kPlaces;
    const std::span<const EarthPoint> points(series.points.data(), of_places ? series.size : 0);
    const std::span<const double> moves(series.moves.data(), step.aggregation->measures_moves ? series.size : 0);
    return step.aggregation->evaluate({.size = range.size(),
                                       .values = part(series.values),
                                       .times = part(series.times),
                                       .cutoff = at(),
                                       .points = part(points),
                                       .moves = part(moves),
                                       .facts = &memory_.facts[slice.series],
                                       .first = range.begin,
                                       .codes = codes,
                                       .settings = settings(step),
                                       .begin = begin_of(slice.window),
                                       .end = end_of(slice.window),
                                       .zone = &options_.zone});
  }

  std::span<const double> settings(const Step& step) {
    if (step.texts.empty()) return step.settings;
    const Column& column = log(step.table).table().columns[step.children.front().column];
    memory_.settings = step.settings;
    std::ranges::copy(memory_.codes.of(step, column.dictionary, true), std::back_inserter(memory_.settings));
    return memory_.settings;
  }

  /// The latest row that was known, or the only one of an undated table.
  double attribute(const Step& step) const {
    const std::size_t known = rows_known(step.table);
    if (known == 0) return kMissing;
    return cell(log(step.table).table().columns[step.column], memory_.known[step.table].row(known - 1));
  }

  /// An expression at the level of the application.
  double value(const Step& step) {
    switch (step.op) {
      case Op::kNumber:
        return step.number;
      case Op::kAttribute:
        return attribute(step);
      case Op::kApplicationColumn:
        return cell(application_column(step), application_->row);
      case Op::kApplicationAt:
        return static_cast<double>(at().microseconds);
      case Op::kFeature:
        return memory_.raw[step.feature];
      case Op::kAggregate:
        return memory_.aggregates[step.aggregate];
      case Op::kFunction:
        return function(step);
      case Op::kInNumbers:
      case Op::kInTexts:
        return in(step);
      default:
        break;
    }
    double result = value(step.children[0]);
    if (step.children.size() == 1) {
      with_unary(step.op, [&](auto apply) { result = apply(result); });
    } else {
      const double right = value(step.children[1]);
      with_binary(step.op, [&](auto apply) { result = apply(result, right); });
    }
    return result;
  }

  double function(const Step& step) {
    Values arguments;
    for (const Step& child : step.children) arguments.push_back(value(child));
    return step.function->evaluate(arguments, moment_);
  }

  double in(const Step& step) {
    const double wanted = value(step.children[0]);
    if (is_missing(wanted)) return kMissing;
    if (step.op == Op::kInTexts) {
      return condition(std::ranges::find(step.texts, text(step.children[0], wanted)) != step.texts.end());
    }
    return condition(std::any_of(step.children.begin() + 1, step.children.end(),
                                 [&](const Step& literal) { return constant(literal) == wanted; }));
  }

  const Application* application_ = nullptr;
  Timestamp until_;
  const History& history_;
  const PlanOptions& options_;
  const Program& program_;
  std::span<const Step> steps_;
  Workspace::State& memory_;
  Moment moment_;
  RowValues row_values_;
};

}  // namespace

template <class Computation>
void FeaturePlan::State::fill_row(Computation& computation, std::span<double> features) const {
  for (const std::size_t index : order) {
    double value = computation.feature(index);
    if (steps[index].type == ValueType::kText && !is_missing(value)) {
      const auto category = category_index[index].find(computation.text(steps[index], value));
      value = category == category_index[index].end() ? kUnknownCategory : category->second;
    }
    features[index] = std::isfinite(value) ? value : kMissing;
  }
}

namespace {

/// Runs for every application of one entity, in order of time; `done` is told which has run.
template <class Done>
void run_each(std::span<const Application> applications, Computation& computation, const Done& done) {
  std::vector<std::size_t> order(applications.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::sort(order, {}, [&](std::size_t i) { return applications[i].at; });
  const bool together = computation.serves_earlier();
  if (together && !order.empty()) computation.prepare(applications[order.back()].at);
  for (const std::size_t i : order) {
    if (!together) computation.prepare(applications[i].at);
    computation.run(applications[i]);
    done(i);
  }
}

}  // namespace

void FeaturePlan::compute(const Application& application, const History& history, std::span<double> features,
                          std::span<RowsCounted> counted) const {
  Workspace workspace;
  compute(application, history, workspace, features, counted);
}

void FeaturePlan::compute(const Application& application, const History& history, Workspace& workspace,
                          std::span<double> features, std::span<RowsCounted> counted) const {
  const std::span<double> rows[] = {features};
  compute({&application, 1}, history, workspace, rows);
  for (std::size_t table = 0; table < counted.size(); ++table) counted[table] = {workspace.state_->known[table].size()};
}

void FeaturePlan::compute(std::span<const Application> applications, const History& history, Workspace& workspace,
                          std::span<const std::span<double>> features) const {
  const State& state = *state_;
  for (const std::span<double> row : features) {
    if (history.size() == state.tables.size() && row.size() == state.steps.size()) continue;
    throw Error(Error::kInternal, format("{} tables and {} features were expected, {} and {} were given",
                                         state.tables.size(), state.steps.size(), history.size(), row.size()));
  }
  Computation computation(history, state.options, state.program, state.steps, *workspace.state_);
  run_each(applications, computation, [&](std::size_t i) { state.fill_row(computation, features[i]); });
}

void FeaturePlan::count_pairs(std::span<const Application> applications, const History& history, Workspace& workspace,
                              PairsSeen& seen) const {
  const State& state = *state_;
  seen.resize(state.pairs.size());
  Computation computation(history, state.options, state.program_of_pairs, state.pairs, *workspace.state_);
  run_each(applications, computation, [&](std::size_t) {
    for (std::size_t i = 0; i < state.pairs.size(); ++i) {
      const double pair = computation.feature(i);
      if (!is_missing(pair)) ++seen[i][computation.text(state.pairs[i], pair)];
    }
  });
}

}  // namespace asof
