#include "dataset/outcomes.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "asof/error.h"
#include "base/format.h"
#include "sources/refusal.h"

namespace asof {
namespace {

constexpr std::uint32_t kNoRow = kNoEntity;

/// Whether a value is the one that a person wrote: as numbers where both are, else as text; 1 and true are the same
/// condition.
class Matches {
 public:
  explicit Matches(std::string wanted) : wanted_(std::move(wanted)) {
    const auto [end, error] = std::from_chars(wanted_.data(), wanted_.data() + wanted_.size(), number_);
    is_number_ = error == std::errc{} && end == wanted_.data() + wanted_.size();
    if (wanted_ == "true" || wanted_ == "false") boolean_ = wanted_ == "true" ? 1.0 : 0.0;
  }

  bool operator()(const Column& column, std::size_t row) const {
    if (column.type == ColumnType::kText) return column.text(row) == wanted_;
    if (column.type == ColumnType::kBoolean && !is_missing(boolean_)) return column.number(row) == boolean_;
    if (is_number_ && column.type != ColumnType::kTime) return column.number(row) == number_;
    return column.display(row) == wanted_;
  }

 private:
  std::string wanted_;
  double number_ = kMissing;
  double boolean_ = kMissing;
  bool is_number_ = false;
};

/// For every application, the row of its outcome, or kNoRow.
std::vector<std::uint32_t> rows_of_outcomes(const TableSpec& spec, const Table& outcomes,
                                            const Applications& applications, const Target& target) {
  const Column& entity = outcomes.at(spec.entity);
  const Column& time = outcomes.at(spec.time);
  const Column& label = outcomes.at(target.label);
  const std::vector<std::uint32_t> numbers = applications.entities.numbers(entity, spec.name);
  std::map<std::pair<std::uint32_t, std::int64_t>, std::uint32_t> rows;
  for (std::uint32_t row = 0; row < outcomes.rows; ++row) {
    if (numbers[row] == kNoEntity || label.missing(row)) continue;
    if (time.missing(row)) {
      throw refusal(spec.name, outcomes.place(row), spec.time, "an outcome without a time belongs to no application");
    }
    const auto [place, inserted] = rows.try_emplace({numbers[row], time.integers[row]}, row);
    if (inserted) continue;
    throw refusal(spec.name, format("{} and {}", outcomes.place(place->second), outcomes.place(row)), target.label,
                  format("two labels for one application ({} {} at {}); one was expected", spec.entity,
                         entity.display(row), time.display(row)));
  }
  std::vector<std::uint32_t> found(applications.size(), kNoRow);
  for (std::size_t i = 0; i < found.size(); ++i) {
    const auto place = rows.find({applications.entity[i], applications.times[i].microseconds});
    if (place != rows.end()) found[i] = place->second;
  }
  return found;
}

/// Two values besides those that mean neither: anything more has a meaning that nobody declared.
void check_values(const Target& target, const std::string& table, const Column& label,
                  const std::vector<Matches>& indeterminate) {
  std::set<std::string> values;
  constexpr std::size_t kShown = 8;
  for (std::size_t row = 0; row < label.size() && values.size() < kShown; ++row) {
    const bool neither =
        label.missing(row) || std::ranges::any_of(indeterminate, [&](const Matches& is) { return is(label, row); });
    if (!neither) values.insert(label.display(row));
  }
  if (values.size() <= 2) return;
  const std::vector<std::string> listed(values.begin(), values.end());
  throw Error(
      Error::kInvalidInput,
      format(
          "table {}, column {}: two values were expected, `{}` (repaid) and one other, but there are: {}; name those "
          "that mean neither under `target: indeterminate:`",
          table, target.label, target.good, join(listed)));
}

/// When the outcome of an application was known; kNoTime when that was not yet so.
Timestamp known_at(const Target& target, const Table& outcomes, std::uint32_t row, Timestamp applied) {
  Timestamp known = applied;
  if (!target.known_at.empty()) known = {outcomes.at(target.known_at).integers[row]};
  if (target.performance_window) known = applied + *target.performance_window;
  if (known == kNoTime || (target.observed_until != kNoTime && known > target.observed_until)) return kNoTime;
  return known;
}

}  // namespace

OutcomeCounts read_outcomes(const Target& target, const TableSpec& spec, const Table& outcomes,
                            const Applications& applications, Dataset& dataset) {
  OutcomeCounts counts;
  const Column& label = outcomes.at(target.label);
  const Matches is_good(target.good);
  std::vector<Matches> indeterminate;
  for (const std::string& value : target.indeterminate) indeterminate.emplace_back(value);
  check_values(target, spec.name, label, indeterminate);

  const std::vector<std::uint32_t> rows = rows_of_outcomes(spec, outcomes, applications, target);
  dataset.good.assign(applications.size(), kMissing);
  dataset.known_at.assign(applications.size(), kNoTime);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::uint32_t row = rows[i];
    if (row == kNoRow) {
      ++counts.unlabelled;
      continue;
    }
    if (std::ranges::any_of(indeterminate, [&](const Matches& is) { return is(label, row); })) {
      ++counts.indeterminate;
      continue;
    }
    const Timestamp known = known_at(target, outcomes, row, applications.times[i]);
    if (known == kNoTime) {
      ++counts.not_observable;
      continue;
    }
    const bool good = is_good(label, row);
    dataset.good[i] = good ? 1.0 : 0.0;
    dataset.known_at[i] = known;
    ++(good ? counts.repaid : counts.defaulted);
  }
  return counts;
}

}  // namespace asof
