// Columns of a feature table that are times: one after the application was written after it.
#include "audit/check.h"
#include "base/format.h"

namespace asof::audit::checks {
namespace {

void run(const Evidence& evidence, Report& report) {
  if (evidence.table == nullptr) return;
  const FeatureTable& table = *evidence.table;
  for (const std::uint32_t i : table.features) {
    const Column& column = table.rows.columns[i];
    if (column.type != ColumnType::kTime) continue;
    std::size_t after = 0, given = 0;
    for (std::size_t row = 0; row < table.rows.rows; ++row) {
      if (column.missing(row)) continue;
      ++given;
      after += column.integers[row] > table.data.times[row].microseconds ? 1 : 0;
    }
    const std::string text =
        format("{} of {} times are after `{}` ({})", after, given, table.time, percent(after, given));
    if (after == 0) {
      report.ok(table.name, column.name, text);
    } else {
      report.alarm(
          table.name, column.name,
          format("{}: what is computed with it knows the future; leave it out, or name it by --ignore when it was "
                 "set at the application, as a due date is",
                 text));
    }
  }
}

}  // namespace

extern const Check later_times;
constinit const Check later_times = {
    .name = "later_times",
    .summary = "Columns of a feature table that are times; an alarm when one is after its application.",
    .run = run,
};

}  // namespace asof::audit::checks
