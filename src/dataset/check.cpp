#include "dataset/check.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "asof/error.h"
#include "base/format.h"
#include "dataset/assemble.h"
#include "dataset/outcomes.h"
#include "features/as_of.h"
#include "tables/arrival.h"

namespace asof {
namespace {

constexpr Timestamp kPlausibleFrom{631'152'000'000'000};  // 1990-01-01: before it, clocks were not set
constexpr double kManyShare = 0.5;
constexpr double kSomeShare = 0.01;
constexpr std::size_t kValuesShown = 8;

std::string percent(std::size_t part, std::size_t whole) {
  return format("{:.1f} %", whole == 0 ? 0.0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

bool is_more_than(std::size_t part, std::size_t whole, double share) {
  return static_cast<double>(part) > share * static_cast<double>(whole);
}

/// How many rows hold a value that an earlier row holds as well.
std::size_t repeated_values(const Column& column) {
  std::vector<std::int64_t> values;
  for (std::size_t row = 0; row < column.size(); ++row) {
    if (column.missing(row) || column.type == ColumnType::kReal) continue;
    values.push_back(column.type == ColumnType::kText ? column.codes[row] : column.integers[row]);
  }
  std::ranges::sort(values);
  const auto rest = std::ranges::unique(values);
  return rest.size();
}

std::size_t missing_values(const Column& column) {
  std::size_t count = 0;
  for (std::size_t row = 0; row < column.size(); ++row) count += column.missing(row) ? 1 : 0;
  return count;
}

/// "0 (5313 rows), 1 (2776 rows)", most frequent first.
std::string values_in_words(const Column& column) {
  std::map<std::string, std::size_t> rows;
  for (std::size_t row = 0; row < column.size(); ++row) {
    if (!column.missing(row)) ++rows[column.display(row)];
  }
  std::vector<std::pair<std::size_t, std::string>> values;
  for (const auto& [value, count] : rows) values.emplace_back(count, value);
  std::ranges::stable_sort(values, std::greater(), &std::pair<std::size_t, std::string>::first);
  std::vector<std::string> shown;
  for (const auto& [count, value] : values) {
    if (shown.size() < kValuesShown) shown.push_back(format("{} ({} rows)", value, count));
  }
  return join(shown) + (values.size() > kValuesShown ? format(", ... ({} values)", values.size()) : "");
}

class Examination {
 public:
  Examination(const Project& project, const CheckOptions& options) : project_(project), options_(options) {}

  CheckReport report() {
    find_wanted_columns();
    examine_applications();
    for (std::size_t i = 1; i < project_.tables.size(); ++i) examine_history(project_.tables[i]);
    examine_outcomes();
    examine_features();
    return std::move(report_);
  }

 private:
  void add(Verdict verdict, std::string table, std::string_view text) {
    report_.findings.push_back({verdict, std::move(table), without_secrets(project_, std::string(text))});
  }
  void ok(const std::string& table, std::string_view text) { add(Verdict::kOk, table, text); }
  void warn(const std::string& table, std::string_view text) { add(Verdict::kWarning, table, text); }
  void fail(const std::string& table, std::string_view text) { add(Verdict::kError, table, text); }

  /// Whether `work` went through; what it refuses becomes a finding.
  template <class Work>
  bool attempt(const std::string& table, const Work& work) {
    try {
      work();
      return true;
    } catch (const Error& error) {
      fail(table, error.what());
      return false;
    }
  }

  void find_wanted_columns() {
    definitions_known_ = attempt("", [this] {
      definitions_ = definitions_of(project_);
      const ColumnsRead read = columns_read(definitions_, project_.applications(), project_.history());
      wanted_ = read.of_tables;
      wanted_[project_.applications().name].insert(read.own.begin(), read.own.end());
      refuse_outcome_as_feature(project_, definitions_);
    });
    for (const std::string& column : {project_.weight, project_.train.group}) {
      if (!column.empty()) wanted_[project_.applications().name].insert(column);
    }
    for (const std::string& column : {project_.target.label, project_.target.known_at}) {
      if (!column.empty()) wanted_[project_.target.table].insert(column);
    }
  }

  // --- any table

  ReadRequest request(const TableSpec& spec, std::vector<ColumnRequest> columns) const {
    return read_request(project_, spec, std::move(columns), options_.threads);
  }

  TableSpec with_outcome_time(TableSpec spec) const {
    if (spec.name == project_.target.table && !project_.target.known_at.empty()) {
      spec.columns[project_.target.known_at].type = ColumnType::kTime;
    }
    return spec;
  }

  /// The rows with every wanted column that there is; nothing when that is not enough to go on with.
  std::optional<Table> read(const TableSpec& declared) {
    const TableSpec spec = with_outcome_time(declared);
    std::vector<std::string> known;
    const bool reached = attempt(spec.name, [&] {
      for (const SourceColumn& column : source_columns(request(spec, {}))) known.push_back(column.name);
    });
    if (!reached) return std::nullopt;
    std::vector<ColumnRequest> columns = column_requests(spec, wanted_[spec.name]);
    const auto absent = [&known](const ColumnRequest& column) {
      return std::ranges::find(known, column.name) == known.end();
    };
    bool enough = true;
    for (const ColumnRequest& column : columns) {
      if (!absent(column)) continue;
      fail(spec.name, format("there is no column `{}`{}", column.name, did_you_mean(column.name, known)));
      enough = enough && column.name != spec.entity && column.name != spec.time && column.name != spec.id &&
               column.name != spec.known_at;
    }
    if (!enough) return std::nullopt;
    std::erase_if(columns, absent);
    Table rows;
    if (!attempt(spec.name, [&] { rows = read_table(request(spec, columns), options_.progress); })) return std::nullopt;
    return rows;
  }

  void examine_times(const TableSpec& spec, const Column& times) {
    const std::int64_t latest_plausible = (options_.now + kDay).microseconds;
    std::size_t within = 0, early = 0, late = 0;
    std::optional<std::int64_t> first, last;
    for (const std::int64_t time : times.integers) {
      if (time == kMissingInteger || !spec.valid_at({time})) continue;
      ++(time < kPlausibleFrom.microseconds ? early : time > latest_plausible ? late : within);
      first = std::min(first.value_or(time), time);
      last = std::max(last.value_or(time), time);
    }
    if (!first) return;
    if (within == 0) {
      fail(spec.name, format("no `{}` is between 1990 and tomorrow: they go from {} to {}; is an `epoch` missing, or "
                             "another one meant?",
                             times.name, to_string(Timestamp{*first}), to_string(Timestamp{*last})));
    } else if (early + late > 0) {
      warn(spec.name,
           format(
               "{} of `{}` are before 1990 and {} later than tomorrow; `valid_from` and `valid_to` leave such rows out",
               early, times.name, late));
    } else {
      ok(spec.name,
         format("`{}` goes from {} to {}", times.name, to_string(Timestamp{*first}), to_string(Timestamp{*last})));
    }
  }

  // --- the applications

  void examine_applications() {
    const TableSpec& spec = project_.applications();
    std::optional<Table> rows = read(spec);
    if (!rows) return;
    if (const std::size_t count = missing_values(rows->at(spec.entity)))
      fail(spec.name, format("{} of {} applications have no `{}`", count, rows->rows, spec.entity));
    if (const std::size_t count = missing_values(rows->at(spec.time)))
      fail(spec.name, format("{} of {} applications have no `{}`", count, rows->rows, spec.time));
    examine_times(spec, rows->at(spec.time));
    const bool made = attempt(spec.name, [&] {
      LeftOut left_out;
      const Table taking_part = rows_taking_part(std::move(*rows), spec, zone_of(project_), left_out);
      std::vector<std::uint32_t> whole;
      for (std::uint32_t row = 0; row < taking_part.rows; ++row) {
        if (!taking_part.at(spec.entity).missing(row) && !taking_part.at(spec.time).missing(row)) whole.push_back(row);
      }
      applications_ = make_applications(spec, take(taking_part, whole));
      specs_[spec.name] = with_types(spec, applications_->rows.columns);
    });
    if (!made) return;
    ok(spec.name,
       format("{} applications of {} {}s", applications_->size(), applications_->entities.size(), spec.entity));
    std::set<std::pair<std::uint32_t, std::int64_t>> seen;
    std::size_t repeated = 0;
    last_application_.assign(applications_->entities.size(), kNoTime);
    for (std::size_t i = 0; i < applications_->size(); ++i) {
      const std::uint32_t entity = applications_->entity[i];
      last_application_[entity] = std::max(last_application_[entity], applications_->times[i]);
      repeated += seen.emplace(entity, applications_->times[i].microseconds).second ? 0 : 1;
    }
    if (repeated > 0)
      warn(spec.name, format("{} of {} applications repeat the `{}` and `{}` of another one", repeated,
                             applications_->size(), spec.entity, spec.time));
  }

  // --- the other tables

  void examine_history(const TableSpec& spec) {
    std::optional<Table> rows = read(spec);
    if (!rows) return;
    const std::size_t count = rows->rows;
    specs_[spec.name] = with_types(spec, rows->columns);
    if (spec.role == TableRole::kUndated) {
      warn(spec.name,
           "has no time: its rows cannot be shown to predate the application; it is allowed by name, and marked in "
           "every report");
    } else {
      examine_times(spec, rows->at(spec.time));
    }
    if (!spec.id.empty()) examine_ids(spec, rows->at(spec.id));
    if (!spec.known_at.empty()) examine_arrival(spec, *rows);
    if (arrival_is_unknown(spec)) warn(spec.name, arrival_unknown({&spec, 1}));
    if (!applications_) return;
    EventLog log;
    if (!attempt(spec.name, [&] {
          log = event_log(specs_[spec.name], std::move(*rows), applications_->entities, project_.zone(),
                          options_.threads);
        }))
      return;
    examine_left_out(spec, count, log.left_out());
    examine_coverage(spec, log);
  }

  void examine_ids(const TableSpec& spec, const Column& ids) {
    const std::size_t repeated = repeated_values(ids);
    if (repeated == 0) return ok(spec.name, format("every `{}` is there once", spec.id));
    warn(spec.name,
         format("{} of {} rows repeat the `{}` of another one; those that agree in `{}` and `{}` too are counted once",
                repeated, ids.size(), spec.id, spec.entity, spec.time));
  }

  void examine_arrival(const TableSpec& spec, const Table& rows) {
    const Column& time = rows.at(spec.time);
    const Column& known = rows.at(spec.known_at);
    std::vector<std::int64_t> early;  // by how much, where a row was known before it happened
    for (std::size_t row = 0; row < rows.rows; ++row) {
      const bool both = !time.missing(row) && !known.missing(row);
      if (both && known.integers[row] < time.integers[row]) early.push_back(time.integers[row] - known.integers[row]);
    }
    if (!early.empty()) {
      const auto middle = early.begin() + static_cast<std::ptrdiff_t>(early.size() / 2);
      std::ranges::nth_element(early, middle);
      warn(spec.name, format("{} of {} rows were known before they happened, by `{}`, half of them {:.2f} hours or "
                             "more; is one of the clocks in another zone?",
                             early.size(), rows.rows, spec.known_at, in_hours({*middle})));
    }
    if (const std::size_t count = missing_values(known)) {
      warn(spec.name,
           format("{} of {} rows have no `{}`: taken as known when they happened", count, rows.rows, spec.known_at));
    }
  }

  void examine_left_out(const TableSpec& spec, std::size_t count, const LeftOut& out) {
    std::vector<std::string> said;
    std::size_t left_out = 0;
    for (const LeftOut::Reason& reason : out.reasons()) {
      if (reason.rows == 0 || reason.key == "other_entities") continue;
      said.push_back(format("{} {}", reason.rows, reason.words));
      left_out += reason.rows;
    }
    const std::string text = format("{} rows, {} of them of entities without an application{}{}", count,
                                    out.other_entities, said.empty() ? "" : "; left out: ", join(said));
    add(is_more_than(left_out, count, kManyShare) ? Verdict::kWarning : Verdict::kOk, spec.name, text);
  }

  void examine_coverage(const TableSpec& spec, const EventLog& log) {
    std::size_t without = 0, touching = 0, after = 0;
    for (std::size_t i = 0; i < applications_->size(); ++i) {
      const RowRange rows = log.rows_of(applications_->entity[i]);
      const Timestamp cutoff = applications_->times[i];
      without += known_as_of(log, rows, cutoff, project_.boundary).size() == 0 ? 1 : 0;
      if (log.times().empty()) continue;
      touching += std::ranges::binary_search(log.times().subspan(rows.begin, rows.size()), cutoff.microseconds) ? 1 : 0;
    }
    const std::size_t all = applications_->size();
    const std::string share =
        format("{} of {} applications have no row that counts ({})", without, all, percent(without, all));
    if (without == all)
      return fail(spec.name, format("{}; are the values of `{}` the same in both tables?", share, spec.entity));
    add(is_more_than(without, all, kManyShare) ? Verdict::kWarning : Verdict::kOk, spec.name, share);
    if (log.times().empty()) return;
    for (std::uint32_t entity = 0; entity < last_application_.size(); ++entity) {
      const RowRange rows = log.rows_of(entity);
      const auto times = log.times().subspan(rows.begin, rows.size());
      after += static_cast<std::size_t>(times.end() -
                                        std::ranges::lower_bound(times, last_application_[entity].microseconds));
    }
    const std::size_t kept = log.times().size();
    add(is_more_than(after, kept, kManyShare) ? Verdict::kWarning : Verdict::kOk, spec.name,
        format("{} of {} rows are at or after the last application of their entity ({})", after, kept,
               percent(after, kept)));
    if (is_more_than(touching, all, kSomeShare)) {
      warn(spec.name, format("{} of {} applications have a row at their very moment, which {} at `boundary: {}`; are "
                             "times cut to days?",
                             touching, all, project_.boundary == Boundary::kBefore ? "does not count" : "counts",
                             to_string(project_.boundary)));
    }
  }

  // --- outcome and features

  void examine_outcomes() {
    const Target& target = project_.target;
    if (!applications_) return;
    const bool own = target.table == project_.applications().name;
    const TableSpec spec = with_outcome_time(project_.table(target.table));
    if (own ? applications_->rows.find(target.label) == nullptr : !specs_.contains(target.table)) return;
    Table rows;
    Dataset dataset;
    OutcomeCounts counts;
    const bool read = attempt(spec.name, [&] {
      if (own) {
        rows = applications_->rows;
      } else {
        LeftOut left_out;
        rows = read_table(request(spec, column_requests(spec, outcome_columns(target, spec))), options_.progress);
        rows = rows_taking_part(std::move(rows), spec, zone_of(project_), left_out);
      }
      ok(spec.name, format("`{}`: {}", target.label, values_in_words(rows.at(target.label))));
      counts = read_outcomes(target, spec, rows, *applications_, dataset);
    });
    if (!read) return;
    const std::string text =
        format("{} repaid, {} defaulted, {} without a label, {} indeterminate, {} not yet observable", counts.repaid,
               counts.defaulted, counts.unlabelled, counts.indeterminate, counts.not_observable);
    if (counts.repaid == 0 || counts.defaulted == 0) {
      fail(spec.name,
           format("{}; there is nothing to tell apart: is `good: {}` the value that means repaid?", text, target.good));
    } else {
      ok(spec.name, text);
    }
    if (target.known_at.empty() && !target.performance_window) {
      warn(spec.name,
           "when an outcome was known is not said (`known_at` or `performance_window`): each is taken as known at its "
           "application");
    }
  }

  void examine_features() {
    if (!definitions_known_ || specs_.size() != project_.tables.size()) return;
    attempt("", [this] {
      std::vector<TableSpec> specs;
      for (TableSpec& table : project_.history()) {
        table.columns = specs_.at(table.name).columns;
        specs.push_back(std::move(table));
      }
      TableSpec applications = specs_.at(project_.applications().name);
      applications.where.clear();
      const FeaturePlan plan(definitions_, applications, std::move(specs),
                             {.boundary = project_.boundary, .zone = project_.zone()});
      report_.tables = plan.tables();
      std::vector<std::string> tables;
      for (const TableSpec& table : plan.tables()) tables.push_back(table.name);
      ok("", format("{} features from {}", plan.columns().size(), tables.empty() ? "the applications" : join(tables)));
    });
  }

  const Project& project_;
  const CheckOptions& options_;
  CheckReport report_;
  std::vector<Definition> definitions_;
  bool definitions_known_ = false;
  std::map<std::string, std::set<std::string>> wanted_;
  std::optional<Applications> applications_;
  std::vector<Timestamp> last_application_;  // by entity
  std::map<std::string, TableSpec> specs_;   // of the tables that could be read, with the types of their columns
};

}  // namespace

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::kOk:
      return "ok";
    case Verdict::kWarning:
      return "warning";
    case Verdict::kError:
      break;
  }
  return "error";
}

CheckReport check_project(const Project& project, const CheckOptions& options) {
  return Examination(project, options).report();
}

}  // namespace asof
