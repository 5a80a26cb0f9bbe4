#include "project/starter.h"

#include <algorithm>
#include <cctype>
#include <set>

#include "base/format.h"
#include "project/guess.h"
#include "tables/table_spec.h"

namespace asof {
namespace {

constexpr std::size_t kColumnsPerTableMax = 8;  // with a definition each: a start, not a kitchen sink

bool is_name(std::string_view text) {
  const auto allowed = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  return !text.empty() && std::isdigit(static_cast<unsigned char>(text.front())) == 0 &&
         std::ranges::all_of(text, allowed);
}

/// A text as YAML writes it: plain where nothing else could be meant.
std::string yaml(std::string_view text) {
  const auto safe = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '/' || c == '-';
  };
  const bool word = text == "true" || text == "false" || text == "null";
  if (!text.empty() && text.front() != '-' && std::ranges::all_of(text, safe) && !word) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) {  // a line break would end the comment that it stands in
      quoted += c == '\n' ? "\\n" : c == '\t' ? "\\t" : format("\\x{:02X}", byte);
      continue;
    }
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

class Writer {
 public:
  Writer(std::string_view name, std::span<const SurveyedTable> tables, const Guess& guess)
      : name_(name), tables_(tables), guess_(guess) {}

  std::string write() {
    line("# Guessed by `asof init` from what the data looks like. Lines with `# ?` ask what data cannot tell.");
    line("# When they are answered, `asof doctor` checks this file against the data.");
    line(format("name: {}", yaml(name_)));
    line("# ? Where is the data from? The sentence is shown wherever figures are.");
    line("# note: ");
    write_zone();
    line();
    line("tables:");
    if (guess_.target) write_table(*guess_.target);
    for (std::size_t i = 0; i < tables_.size(); ++i) {
      if (guess_.target != i && !guess_.roles[i].to_predict) write_table(i);
    }
    write_left_out();
    write_target();
    write_features();
    return std::move(text_);
  }

 private:
  void line(std::string_view text = {}) { (text_ += text) += '\n'; }

  void write_zone() {
    if (!guess_.times_naive) {
      line("# All times have an offset. Others would be refused unless you say in which zone they are read.");
    } else {
      line("# ? In which time zone are these times? They have no offset, and there is no default.");
      for (std::size_t i = 0; i < tables_.size(); ++i) {
        if (guess_.roles[i].naive) line(format("#   {}.{}", tables_[i].name, guess_.roles[i].time));
      }
    }
    line("# time_zone: Africa/Nairobi");
  }

  void write_left_out() {
    for (std::size_t i = 0; i < tables_.size(); ++i) {
      if (!guess_.roles[i].to_predict) continue;
      line(format("  # Left out: {} has the columns of {} without its label.", tables_[i].written,
                  tables_[*guess_.target].name));
      line(format("  # To score it: asof predict --applications {}", tables_[i].written));
    }
  }

  void write_table(std::size_t i) {
    const SurveyedTable& table = tables_[i];
    const Roles& roles = guess_.roles[i];
    if (guess_.target == i) line("  # What is scored: who applied, and the moment as of which.");
    line(format("  {}:", table.name));
    line(format("    from: {}", yaml(table.written)));
    if (roles.entity.empty()) {
      line("    # ? Which column says whom a row belongs to?");
      line("    # entity: ");
    } else {
      line(format("    entity: {}", yaml(roles.entity)));
    }
    if (roles.time.empty()) {
      write_undated();
    } else {
      write_time(guess_.target == i, roles);
    }
    write_columns(table, roles);
  }

  void write_undated() {
    line(
        "    # ? No column says when these rows happened, so they cannot be shown to predate the application. If they");
    line("    #   were fixed before it, allow them; every report marks them. Else name the column that says when.");
    line("    # allow_undated: true");
    line("    # time: ");
  }

  void write_time(bool applications, const Roles& roles) {
    line(format("    time: {}", yaml(roles.time)));
    if (roles.epoch) line(format("    epoch: {}", to_string(*roles.epoch)));
    if (!roles.id.empty()) line(format("    id: {}", yaml(roles.id)));
    if (applications) return;
    if (!roles.known_at.empty()) {
      line(format("    known_at: {}", yaml(roles.known_at)));
      return;
    }
    line("    # ? When did you have a row? Without a word it is taken as had when it happened.");
    line("    # delay: 1h");
  }

  /// The other columns, for whoever goes on with the file.
  void write_columns(const SurveyedTable& table, const Roles& roles) {
    const std::set<std::string> taken = {roles.entity, roles.time, roles.id, roles.known_at, roles.label};
    std::string rest;
    for (const SourceColumn& column : table.columns) {
      if (!taken.contains(column.name))
        rest += format("{}{} ({})", rest.empty() ? "" : ", ", yaml(column.name), to_string(column.type));
    }
    if (!rest.empty()) line(format("    # other columns: {}", rest));
  }

  void write_target() {
    line();
    line("target:");
    if (!guess_.target) {
      line("  # ? Which table and column hold the outcome, and which value means repaid?");
      line("  # table: ");
      line("  # label: ");
      line("  # good: ");
      return;
    }
    const Roles& roles = guess_.roles[*guess_.target];
    line(format("  table: {}", tables_[*guess_.target].name));
    std::string values;
    for (const ValueCount& count : roles.label_values)
      values += format("{}{} ({} rows)", values.empty() ? "" : ", ", yaml(count.value), count.rows);
    line(format("  label: {}  # {}", yaml(roles.label), values));
    write_good(roles);
    if (!roles.outcome_at.empty()) {
      line("  # ? Does this column say when the outcome was known?");
      line(format("  known_at: {}", yaml(roles.outcome_at)));
      return;
    }
    line(
        "  # ? When was an outcome known? So long after the application, as far as was observed; or by a column "
        "`known_at`.");
    line("  # performance_window: 90d");
    line("  # observed_until: 2025-06-30T00:00:00Z");
  }

  void write_good(const Roles& roles) {
    const LabelMeaning meaning = meaning_of_label(roles.label);
    std::string good;
    for (const auto& [value, rows] : roles.label_values) {
      const bool yes = value == "1" || value == "true";
      const bool no = value == "0" || value == "false";
      const bool says_so = (meaning == LabelMeaning::kRepaid && yes) || (meaning == LabelMeaning::kDefaulted && no);
      if (says_so || (good.empty() && means_repaid(value))) good = value;
    }
    line("  # ? Which value means repaid?");
    line(good.empty() ? "  # good: " : format("  good: {}", yaml(good)));
  }

  void write_features() {
    line();
    line("features:");
    if (guess_.target) write_application_columns(*guess_.target);
    line("  define:");
    for (std::size_t i = 0; i < tables_.size(); ++i) {
      if (guess_.target != i && !guess_.roles[i].to_predict) write_definitions(tables_[i], guess_.roles[i]);
    }
  }

  void write_application_columns(std::size_t i) {
    const Roles& roles = guess_.roles[i];
    const std::set<std::string> taken = {roles.entity,   roles.time,  roles.id,
                                         roles.known_at, roles.label, roles.outcome_at};
    std::string columns;
    for (const SourceColumn& column : tables_[i].columns) {
      if (!taken.contains(column.name) && column.type != ColumnType::kTime)
        columns += format("{}{}", columns.empty() ? "" : ", ", yaml(column.name));
    }
    if (columns.empty()) return;
    line("  # ? Which of these were known when the application was made? They can be features.");
    line(format("  # application: [{}]", columns));
  }

  void write_definitions(const SurveyedTable& table, const Roles& roles) {
    line(format("    {}:", table.name));
    if (roles.time.empty()) {
      write_attributes(table, roles);
      return;
    }
    line(format("      {0}_count: count({0})", table.name));
    line(format("      {0}_count_30d: count({0} over 30d)", table.name));
    line(format("      {0}_days_since_last: days_since_last({0})", table.name));
    const std::set<std::string> taken = {roles.entity, roles.time, roles.id, roles.known_at};
    std::size_t written = 0;
    for (const SourceColumn& column : table.columns) {
      if (taken.contains(column.name) || column.type == ColumnType::kTime || !is_name(column.name) ||
          written == kColumnsPerTableMax)
        continue;
      const bool number = column.type == ColumnType::kReal || column.type == ColumnType::kInteger;
      const bool is_reference = column.name.ends_with("_id");
      const std::string_view aggregation = number && !is_reference ? "mean" : "distinct";
      line(format("      {0}_{1}_{2}: {2}({0}.{1})", table.name, column.name, aggregation));
      ++written;
    }
  }

  /// Every column, without those that a law may forbid a score to read.
  void write_attributes(const SurveyedTable& table, const Roles& roles) {
    std::vector<std::string> open, is_protected;
    for (const SourceColumn& column : table.columns) {
      if (column.name == roles.entity || column.name == roles.id || !is_name(column.name)) continue;
      (may_be_protected(column.name) ? is_protected : open).push_back(column.name);
    }
    if (is_protected.empty()) {
      line(format("      \"for column in {0}.*: {0}_{{column}}\": {0}.{{column}}", table.name));
      return;
    }
    line(format("      # ? May the score read these? In many countries it may not: {}", join(is_protected)));
    if (!open.empty())
      line(format("      \"for column in [{1}]: {0}_{{column}}\": {0}.{{column}}", table.name, join(open)));
  }

  std::string_view name_;
  std::span<const SurveyedTable> tables_;
  const Guess& guess_;
  std::string text_;
};

}  // namespace

std::string guess_project(std::string_view name, std::span<const SurveyedTable> tables, const Peek& peek) {
  const Guess guess = guess_roles(tables, peek);
  return Writer(name, tables, guess).write();
}

std::size_t questions_in(std::string_view text) {
  constexpr std::string_view kQuestion = "# ? ";
  std::size_t count = 0;
  for (std::size_t at = text.find(kQuestion); at != std::string_view::npos; at = text.find(kQuestion, at + 1)) ++count;
  return count;
}

}  // namespace asof
