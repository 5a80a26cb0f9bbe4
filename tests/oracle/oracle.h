// What every aggregation means, written a second time and as plainly as it can be said: from raw rows, quadratic where
// that is obvious, without a line of the engine. It includes the standard library alone (tools/check_layers sees to
// it), so that a mistake of the engine cannot be a mistake of both.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace oracle {

/// Missing, a number or a text. A number that is NaN is missing too.
using Cell = std::variant<std::monostate, double, std::string>;

/// A row of one user, as it was recorded. Times are microseconds since 1970-01-01T00:00:00Z.
struct Row {
  std::int64_t time = 0;
  std::optional<std::int64_t> known_at = {};  ///< absent: known when it happened
  std::int64_t id = 0;                        ///< orders rows of one time
  Cell cell = {};                             ///< what is aggregated; of no meaning when rows are counted
  std::optional<double> latitude = {};
  std::optional<double> longitude = {};
  bool holds = true;  ///< whether the condition after `where` is true of this row
};

/// What is aggregated.
enum class Of { kRows, kColumn, kPlaces };

struct Question {
  std::int64_t cutoff = 0;
  bool boundary_at = false;                   ///< rows at the cutoff itself count
  std::optional<std::int64_t> length = {};    ///< microseconds; absent: the window has no beginning
  std::int64_t ending = 0;                    ///< microseconds before the cutoff
  std::optional<std::size_t> last_rows = {};  ///< only so many, the latest
  Of of = Of::kRows;
  std::vector<double> settings = {};    ///< numbers, and lengths in microseconds, none left out
  std::vector<std::string> texts = {};  ///< of a sequence
  std::int64_t clock_ahead = 0;         ///< microseconds that local clocks are ahead of UTC, the whole year
};

struct Answer {
  Cell cell;
  /// A count, or a value of a row: no rounding is allowed. Else results may differ by 1e-9 of the value and `noise`,
  /// which is what rounding costs where large numbers cancel.
  bool exact = false;
  double noise = 0.0;
};

/// Nothing for an aggregation that the oracle does not know. A result that is not finite is missing.
std::optional<Answer> answer(std::string_view aggregation, const std::vector<Row>& rows, const Question& question);

/// The rows that are aggregated, oldest first: known, in the window, and with a value.
struct Window {
  std::vector<Row> rows;
  Question question;
  std::int64_t end = 0;

  std::size_t size() const { return rows.size(); }
};

/// `where_chooses` is false of `share`, which asks the condition of every row.
Window window_of(std::vector<Row> rows, const Question& question, bool where_chooses);

// One function for each aggregation, in the file of its kind; `function_named` in oracle.cpp is the list.
using Function = Answer (*)(const Window& window);
Function number_function_named(std::string_view name);
Function value_function_named(std::string_view name);
Function time_function_named(std::string_view name);
Function place_function_named(std::string_view name);

Answer missing();
Answer counted(std::size_t count);
Answer rounded(long double value, long double noise = 0.0L);

/// The number in the cell of a row.
long double number(const Row& row);

/// Hour of the day, 0 to 23, by local clocks.
std::int64_t local_hour(const Window& window, std::int64_t time);

}  // namespace oracle
