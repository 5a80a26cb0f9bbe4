#include "audit/finding.h"

#include <utility>

#include "base/format.h"

namespace asof::audit {

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::kOk:
      return "ok";
    case Severity::kWarning:
      return "warning";
    case Severity::kAlarm:
      break;
  }
  return "alarm";
}

void Report::add(Severity severity, std::string table, std::string column, std::string text) {
  findings.push_back({severity, check_, std::move(table), std::move(column), std::move(text)});
}

void Report::ok(std::string table, std::string column, std::string text) {
  add(Severity::kOk, std::move(table), std::move(column), std::move(text));
}

void Report::warn(std::string table, std::string column, std::string text) {
  add(Severity::kWarning, std::move(table), std::move(column), std::move(text));
}

void Report::alarm(std::string table, std::string column, std::string text) {
  add(Severity::kAlarm, std::move(table), std::move(column), std::move(text));
}

std::string percent(double share) { return format("{:.1f} %", 100.0 * share); }

std::string percent(std::size_t part, std::size_t whole) {
  return percent(whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole));
}

}  // namespace asof::audit
