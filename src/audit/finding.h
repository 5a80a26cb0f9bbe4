// What an audit says: how bad, where, and one sentence with numbers and what to do.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace asof::audit {

enum class Severity {
  kOk,       ///< looked at, and as it should be
  kWarning,  ///< something that data alone cannot decide: a person must
  kAlarm,    ///< something leaks into features, or the data cannot be what it says; exit code 1
};

std::string_view to_string(Severity severity);  // "ok", "warning", "alarm"

struct Finding {
  Severity severity = Severity::kOk;
  std::string check;   ///< the name of the check
  std::string table;   ///< empty: the features, or the project as a whole
  std::string column;  ///< empty: the table as a whole
  std::string text;    ///< one sentence; of warnings and alarms it ends with what to do

  bool operator==(const Finding&) const = default;
};

/// The findings of one check, in the order found.
class Report {
 public:
  explicit Report(std::string_view check) : check_(check) {}

  void ok(std::string table, std::string column, std::string text);
  void warn(std::string table, std::string column, std::string text);
  void alarm(std::string table, std::string column, std::string text);

  std::vector<Finding> findings;

 private:
  void add(Severity severity, std::string table, std::string column, std::string text);

  std::string check_;
};

/// "12.5 %"
std::string percent(double share);
std::string percent(std::size_t part, std::size_t whole);

}  // namespace asof::audit
