#include "dataset/frequent_values.h"

#include <algorithm>
#include <mutex>

#include "asof/error.h"
#include "base/format.h"
#include "dataset/partitioned_histories.h"
#include "dataset/split.h"
#include "features/as_of.h"

namespace asof {
namespace {

/// Values of the rows known as of `cutoff`; missing ones do not count.
void add_values(const TableRows& rows, const std::string& column, Timestamp cutoff, Boundary boundary,
                std::map<std::string, std::size_t>& counts) {
  const Column& values = rows.log->table().at(column);
  const RowSet known = known_as_of(*rows.log, rows.rows, cutoff, boundary);
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (!values.missing(known.row(i))) ++counts[values.display(known.row(i))];
  }
}

}  // namespace

std::vector<std::string> FrequentValues::top(std::size_t count, std::string_view table, std::string_view column) {
  const std::string name(column);
  const TableSpec& spec = spec_of(table, name);
  if (!labelled_) read_applications();
  const Counts counts = this->count(spec, name);
  if (counts.empty()) {
    throw Error(Error::kInvalidInput,
                format("top({}, {}.{}): no row with a value counts as of an application that is learnt from", count,
                       table, column));
  }
  std::vector<std::pair<std::string, std::size_t>> order(counts.begin(), counts.end());  // in order of text
  std::ranges::stable_sort(order, std::ranges::greater(), &std::pair<std::string, std::size_t>::second);
  order.resize(std::min(order.size(), count));
  std::vector<std::string> values;
  for (auto& [value, rows] : order) values.push_back(std::move(value));
  return values;
}

const TableSpec& FrequentValues::spec_of(std::string_view table, const std::string& column) const {
  const TableSpec& spec = project_.table(table);
  const auto refuse = [&](std::string_view message) {
    throw Error(Error::kInvalidInput, format("top(..., {}.{}): {}", table, column, message));
  };
  if (&spec == &project_.applications()) refuse("a column of another table than the applications was expected");
  if (spec.name == project_.target.table && (column == project_.target.label || column == project_.target.known_at))
    refuse("this column tells the outcome, which nobody knew at the application");
  const std::vector<SourceColumn> held = source_columns(read_request(project_, spec, {}, 1));
  const auto place = std::ranges::find(held, column, &SourceColumn::name);
  if (place == held.end()) {
    std::vector<std::string> known;
    for (const SourceColumn& other : held) known.push_back(other.name);
    refuse(format("there is no such column{}", did_you_mean(column, known)));
  }
  return spec;
}

void FrequentValues::read_applications() {
  labelled_ = read_labelled_applications(project_, {}, {.threads = threads_, .fingerprints = false, .progress = {}});
  const Applications& applications = labelled_->applications;
  latest_.assign(applications.entities.size(), kNoTime);
  const SplitOptions split{.holdout = project_.train.holdout, .seed = project_.train.seed};
  for (const std::uint32_t row : never_held_out(labelled_->dataset, split)) {
    Timestamp& latest = latest_[applications.entity[row]];
    if (latest == kNoTime || latest < applications.times[row]) latest = applications.times[row];
  }
}

FrequentValues::Counts FrequentValues::count(const TableSpec& spec, const std::string& column) const {
  std::set<std::string> columns = columns_of_where(spec);
  columns.insert(column);
  const Applications& applications = labelled_->applications;
  PartitionedHistories histories = PartitionedHistories::read(project_, {spec}, {{spec.name, columns}}, applications,
                                                              {.threads = threads_, .progress = {}});
  const ColumnType type = *histories.specs().front().columns.at(column).type;
  if (type == ColumnType::kReal || type == ColumnType::kTime) {
    throw Error(Error::kInvalidInput,
                format("top(..., {}.{}): a column of texts, integers or booleans was expected", spec.name, column));
  }
  Counts counts;
  std::mutex adding;
  histories.for_each(applications, threads_, {}, "",
                     [&](std::span<const std::uint32_t> rows, const History& history, Workspace&) {
                       const Timestamp latest = latest_[applications.entity[rows.front()]];
                       if (latest == kNoTime) return;
                       Counts of_entity;
                       add_values(history.front(), column, latest, project_.boundary, of_entity);
                       const std::scoped_lock lock(adding);
                       for (const auto& [value, count] : of_entity) counts[value] += count;
                     });
  return counts;
}

}  // namespace asof
