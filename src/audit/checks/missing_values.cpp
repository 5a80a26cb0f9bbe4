// A column that begins or ceases to be filled in. What a model learns from its missing values is then the date.
#include <algorithm>
#include <cmath>
#include <optional>

#include "audit/check.h"
#include "audit/missing_by_month.h"
#include "base/format.h"

namespace asof::audit::checks {
namespace {

constexpr double kJumpMin = 0.2;        // in the share of missing values, from one month to the next
constexpr double kErrorsCertain = 5.0;  // some hundred columns times some dozen months are looked at
constexpr std::size_t kRowsPerStretchMin = 30;
constexpr std::size_t kGroupsPerStretchMin = 10;
constexpr std::size_t kNamesShown = 5;

struct Share {
  double value = 0.0;
  double variance = 0.0;
};

/// The mean over persons of the share of their cells that is missing: a person with many rows is still one.
Share share_of(const Month& month) {
  Share share;
  const auto persons = static_cast<double>(month.size());
  const auto of_person = [](const Cells& cells) {
    return static_cast<double>(cells.missing) / static_cast<double>(cells.rows);
  };
  for (const auto& [group, cells] : month) share.value += of_person(cells) / persons;
  for (const auto& [group, cells] : month) {
    const double off = of_person(cells) - share.value;
    share.variance += off * off / (persons * (persons - 1.0));
  }
  return share;
}

struct Jump {
  std::string month;
  double before = 0.0;
  double after = 0.0;
};

/// Months in order, those with few rows or persons taken together with the next ones.
std::vector<std::pair<std::string, Month>> stretches_of(const Months& months) {
  std::vector<std::pair<std::string, Month>> stretches;
  std::size_t rows = kRowsPerStretchMin;  // of the last stretch
  for (const auto& [name, month] : months) {
    if (rows >= kRowsPerStretchMin && (stretches.empty() || stretches.back().second.size() >= kGroupsPerStretchMin)) {
      stretches.emplace_back(name, Month{});
      rows = 0;
    }
    for (const auto& [group, cells] : month) {
      Cells& sum = stretches.back().second[group];
      sum.rows += cells.rows;
      sum.missing += cells.missing;
      rows += cells.rows;
    }
  }
  const bool thin =
      rows < kRowsPerStretchMin || (!stretches.empty() && stretches.back().second.size() < kGroupsPerStretchMin);
  if (thin && !stretches.empty()) stretches.pop_back();
  return stretches;
}

/// The greatest jump between neighbouring stretches that is no chance.
std::optional<Jump> greatest_jump(const Months& months) {
  std::optional<Jump> greatest;
  std::optional<Share> before;
  for (const auto& [name, stretch] : stretches_of(months)) {
    const Share share = share_of(stretch);
    if (before) {
      // Where all cells are alike the estimated variance is 0; one person may still have come out otherwise.
      const double floor = 1.0 / static_cast<double>(stretch.size() * stretch.size());
      const double error = std::sqrt(before->variance + share.variance + floor);
      const double jump = std::abs(share.value - before->value);
      if (jump >= kJumpMin && jump >= kErrorsCertain * error &&
          (!greatest || jump > std::abs(greatest->after - greatest->before)))
        greatest = Jump{name, before->value, share.value};
    }
    before = share;
  }
  return greatest;
}

std::string in_words(const Jump& jump) {
  return format("missing in {} before {} and in {} from then on", percent(jump.before), jump.month,
                percent(jump.after));
}

/// Columns of a table, by the month of its rows.
void examine_table(const EventLog& log, const Applications& applications, Report& report) {
  std::size_t found = 0;
  for_each_column(log, applications, [&](const std::string& column, const Months& months) {
    const std::optional<Jump> jump = greatest_jump(months);
    if (!jump) return;
    ++found;
    report.warn(
        log.spec().name, column,
        format("{}: what a model learns from its missing values is the date; find out what changed, or use the rows "
               "of one side alone (`valid_from`, `valid_to`)",
               in_words(*jump)));
  });
  if (found == 0) report.ok(log.spec().name, "", "no column begins or ceases to be filled in");
}

/// Features, by the month of the application: one finding for all, as they often share a cause.
void examine_features(const Evidence& evidence, Report& report) {
  const Dataset& data = evidence.data;
  const std::string table = evidence.table == nullptr ? "" : evidence.table->name;
  std::vector<std::string> names;
  std::string first;
  for_each_feature(data, [&](const std::string& column, const Months& months) {
    const std::optional<Jump> jump = greatest_jump(months);
    if (!jump) return;
    if (names.empty()) first = in_words(*jump);
    names.push_back(column);
  });
  if (names.empty()) return report.ok(table, "", "no feature begins or ceases to be there");
  const std::size_t shown = std::min(names.size(), kNamesShown);
  const std::string others =
      names.size() < 2
          ? ""
          : format(
                "; so do {} others, such as {}", names.size() - 1,
                join(std::vector<std::string>(names.begin() + 1, names.begin() + static_cast<std::ptrdiff_t>(shown))));
  report.warn(table, names.front(),
              format("{}{}: a model learns the date from them; find out what changed", first, others));
}

void run(const Evidence& evidence, Report& report) {
  if (evidence.assembled != nullptr) {
    for (const EventLog& log : evidence.assembled->histories.logs) {
      if (!log.times().empty()) examine_table(log, evidence.assembled->applications, report);
    }
  }
  examine_features(evidence, report);
}

}  // namespace

extern const Check missing_values;
constinit const Check missing_values = {
    .name = "missing_values",
    .summary = "The share of missing values per column and month; a warning when it jumps by 20 points or more.",
    .run = run,
};

}  // namespace asof::audit::checks
