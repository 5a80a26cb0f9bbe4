#include "features/describe.h"

#include <algorithm>
#include <map>

#include "base/format.h"
#include "features/aggregation.h"
#include "features/as_of.h"
#include "features/expression.h"
#include "features/function.h"
#include "features/operator_words.h"
#include "features/phrase.h"
#include "features/step.h"
#include "tables/arrival.h"

namespace asof {
namespace {

const TableSpec* find_table(std::span<const TableSpec> tables, std::string_view name) {
  const auto place = std::ranges::find(tables, name, &TableSpec::name);
  return place == tables.end() ? nullptr : &*place;
}

class Description {
 public:
  explicit Description(const Described& described)
      : described_(described), tables_(described.tables.begin(), described.tables.end()) {}

  std::string of(const Definition& definition) {
    const Node node = parse_expression(definition);
    const std::string whole = words(node);
    std::string text = in_short(definition);
    if (parts_.size() != 1 || whole != "[1]") text += format("{}\n", whole);
    for (std::size_t i = 0; i < parts_.size(); ++i) text += format("[{}] {}\n", i + 1, join(parts_[i], "\n    "));
    for (const auto& [name, note] : notes_) text += format("{}\n", note);
    return text;
  }

 private:
  /// As reasons say it.
  std::string in_short(const Definition& definition) const {
    const Phrase phrase = phrase_of(definition, described_.definitions, described_.applications, tables_);
    const bool unit_says_more = !phrase.unit.empty() && phrase.unit != "%" && phrase.unit != kYesOrNo;
    return format("In short: {}{}.\n", phrase.words, unit_says_more ? format(", in {}", phrase.unit) : "");
  }

  bool at_counts(const TableSpec& table) const {
    return boundary_of(table, described_.options.boundary) == Boundary::kAt;
  }

  /// A place for a part, so that the parts it is made of come after it.
  std::size_t new_part() {
    parts_.emplace_back();
    return parts_.size() - 1;
  }

  static std::string label(std::size_t part) { return format("[{}]", part + 1); }

  std::string words(const Node& node) {
    switch (node.kind) {
      case NodeKind::kNumber:
        return node.text.empty() ? round_trippable(node.number) : node.text;
      case NodeKind::kText:
        return format("'{}'", node.text);
      case NodeKind::kName:
        return name(node);
      case NodeKind::kColumn:
        return column(node);
      case NodeKind::kUnary:
        return format("{} {}", node.text == "-" ? "minus" : "not", operand(node.children[0]));
      case NodeKind::kBinary:
        return binary(node);
      case NodeKind::kIsMissing:
        return format("{} is missing", operand(node.children[0]));
      case NodeKind::kIn:
        return format("{} is one of {}", operand(node.children[0]), list(node, 1));
      case NodeKind::kFunction:
        notes_.try_emplace(std::string(node.function->name),
                           format("{}: {}", node.function->name, node.function->summary));
        return format("{}({})", node.function->name, list(node, 0));
      default:
        return aggregate(node);
    }
  }

  /// In parentheses when it is made of several words that could be read another way.
  std::string operand(const Node& node) {
    const bool compound =
        node.kind == NodeKind::kBinary || node.kind == NodeKind::kIn || node.kind == NodeKind::kIsMissing;
    return compound ? format("({})", words(node)) : words(node);
  }

  std::string list(const Node& node, std::size_t from) {
    std::vector<std::string> items;
    for (std::size_t i = from; i < node.children.size(); ++i) items.push_back(words(node.children[i]));
    return join(items);
  }

  std::string binary(const Node& node) {
    const std::string left = operand(node.children[0]);
    const std::string right = operand(node.children[1]);
    const bool arithmetic = std::string_view("+-*/").find(node.text) != std::string_view::npos;
    if (arithmetic) notes_.try_emplace(" arithmetic", "Arithmetic with a missing value is missing.");
    if (node.text == "/") notes_.try_emplace(" division", "Division by zero is missing.");
    return format("{} {} {}", left, operator_words(node.text), right);
  }

  std::string name(const Node& node) {
    if (node.text == "application_at" || (rows_ == nullptr && node.text == described_.applications.time)) return "T";
    if (node.text == "missing" || rows_ != nullptr) return rows_ == nullptr ? "missing" : format("`{}`", node.text);
    const auto feature = std::ranges::find(described_.definitions, node.text, &Definition::name);
    if (feature == described_.definitions.end()) return format("`{}`", node.text);
    const auto known = features_.find(node.text);
    if (known != features_.end()) return label(known->second);
    const std::size_t part = new_part();
    features_.emplace(node.text, part);
    const std::string made_of = words(parse_expression(*feature));
    parts_[part] = {format("The feature `{}`: {}.", node.text, made_of)};
    return label(part);
  }

  std::string column(const Node& node) {
    if (rows_ != nullptr) return format("`{}`", node.text);
    const TableSpec* table = find_table(described_.tables, node.table);
    if (table == nullptr || table->role == TableRole::kApplications)
      return format("`{}` of the application", node.text);
    const std::size_t part = new_part();
    std::vector<std::string> lines = {format("`{}` of `{}`.", node.text, table->name)};
    if (table->time.empty()) {
      lines.emplace_back("Row: the only one of the applicant. It has no time, so it cannot be shown to predate T.");
    } else {
      lines.push_back(format("Row: the latest with {}.", limits(*table, {})));
      add_arrival(*table, lines);
    }
    add_left_out(*table, {node.text}, lines);
    parts_[part] = std::move(lines);
    return label(part);
  }

  // --- aggregations

  std::string aggregate(const Node& node) {
    const std::size_t part = new_part();
    const TableSpec* table = aggregated_table(node, tables_);
    if (table == nullptr) {
      parts_[part] = {std::string(node.aggregation->summary)};
      return label(part);
    }
    std::vector<std::string> lines = {std::string(node.aggregation->summary)};
    rows_ = table;
    const Node& of = node.children.front();
    const bool of_rows = of.kind == NodeKind::kName && of.text == table->name;
    if (!of_rows) lines.push_back(format("Value: {} of a row; rows without one are left out.", value(node)));
    add_settings(node, lines);
    lines.push_back(format("Rows: {}.", rows(*table, node.window)));
    add_arrival(*table, lines);
    if (!node.where.empty()) {
      lines.push_back(
          node.aggregation->takes == Takes::kCondition
              ? format("Condition: {}; where that cannot be decided, it does not hold.", words(node.where.front()))
              : format("Only rows for which this is true: {}.", words(node.where.front())));
    }
    if (node.window.rows) lines.push_back(format("Of these, the latest {}.", *node.window.rows));
    rows_ = nullptr;
    add_left_out(*table, columns_in(node), lines);
    parts_[part] = std::move(lines);
    return label(part);
  }

  /// Of a pair, both.
  std::string value(const Node& node) {
    std::string text = words(node.children.front());
    for (const Node& argument : node.arguments) {
      if (argument.kind == NodeKind::kColumn) text += " and " + words(argument);
    }
    return text;
  }

  /// The constants, given or not, under their names.
  static void add_settings(const Node& node, std::vector<std::string>& lines) {
    std::vector<const Node*> given;
    for (const Node& argument : node.arguments) {
      if (argument.kind != NodeKind::kColumn && argument.kind != NodeKind::kName) given.push_back(&argument);
    }
    std::size_t next = 0;
    for (const AggregationSetting& setting : node.aggregation->settings) {
      const bool length = setting.kind == AggregationSetting::kLength;
      std::vector<std::string> values;
      while (next < given.size() && (values.empty() || setting.kind == AggregationSetting::kTexts)) {
        const Node& one = *given[next++];
        values.push_back(one.kind == NodeKind::kText ? format("'{}'", one.text) : shown(one.number, length));
      }
      if (values.empty()) values.push_back(shown(setting.otherwise, length) + " (as nothing else is said)");
      lines.push_back(format("With {} = {}.", setting.name, join(values)));
    }
  }

  static std::string shown(double number, bool length) {
    return length ? to_string(Duration{static_cast<std::int64_t>(number)}) : round_trippable(number);
  }

  std::string rows(const TableSpec& table, const WindowSpec& window) const {
    std::string whose = format("those of `{}` that are the applicant's", table.name);
    if (table.time.empty()) return whose;
    return format("{}, with {}", whose, limits(table, window));
  }

  /// As an inequality; T is the application's time.
  std::string limits(const TableSpec& table, const WindowSpec& window) const {
    const auto before = [](Duration length) {
      return length.microseconds == 0 ? std::string("T") : format("T - {}", to_string(length));
    };
    std::string end = format("`{}` {} {}", table.time, at_counts(table) ? "<=" : "<", before(window.ending));
    if (!window.length) return end;
    if (window.ending.microseconds == 0) return format("{} <= {}", before(*window.length), end);
    return format("{} - {} <= {}", before(window.ending), to_string(*window.length), end);
  }

  void add_arrival(const TableSpec& table, std::vector<std::string>& lines) {
    if (!table.known_at.empty()) {
      lines.push_back(format("Of these, only rows that were known at T: `{}` <= T; a row without it {}.",
                             table.known_at,
                             table.known_at_required ? "was never known" : "counts as known when it happened"));
    } else if (table.delay.microseconds > 0) {
      lines.push_back(
          format("Of these, only rows that were known at T: `{}` + {} <= T.", table.time, to_string(table.delay)));
    } else if (arrival_is_unknown(table)) {
      notes_.try_emplace(format(" arrival of {}", table.name), format("{}.", arrival_unknown({&table, 1})));
    }
  }

  /// When the outcome of an earlier application counts.
  static std::string outcome(const TableSpec& table) {
    const OutcomeSpec& outcome = *table.outcome;
    const std::string known = outcome.performance_window
                                  ? format("`{}` + {} <= T", table.time, to_string(*outcome.performance_window))
                                  : format("`{}` <= T", outcome.known_at);
    return format("`{}`: whether `{}` is {}; missing until that was known: {}.", kOutcomeName, outcome.label,
                  outcome.good, known);
  }

  /// What the table's declaration leaves out, and the values that mean missing.
  static void add_left_out(const TableSpec& table, const std::vector<std::string>& columns,
                           std::vector<std::string>& lines) {
    if (!table.where.empty()) lines.push_back(format("The table itself holds only rows where {}.", table.where));
    if (table.valid_from != kNoTime)
      lines.push_back(format("Rows before {} are of broken clocks.", to_string(table.valid_from)));
    if (table.valid_to != kNoTime)
      lines.push_back(format("Rows from {} on are of broken clocks.", to_string(table.valid_to)));
    if (table.role == TableRole::kApplications)
      lines.emplace_back(table.id.empty() ? "Applications of one time are one."
                                          : "Applications of one time and row id are one.");
    if (table.outcome && std::ranges::find(columns, kOutcomeName) != columns.end()) lines.push_back(outcome(table));
    if (!table.id.empty()) lines.push_back(format("A row sent twice (same time and `{}`) counts once.", table.id));
    for (const std::string& name : columns) {
      const auto column = table.columns.find(name);
      if (column == table.columns.end() || column->second.missing.empty()) continue;
      lines.push_back(format("In `{}`, {} means missing.", name, join(column->second.missing, " or ")));
    }
  }

  /// Names in an aggregate, each once.
  static std::vector<std::string> columns_in(const Node& node) {
    std::vector<std::string> names;
    if (node.kind == NodeKind::kColumn || node.kind == NodeKind::kName) names.push_back(node.text);
    for (const auto* parts : {&node.children, &node.arguments, &node.where}) {
      for (const Node& part : *parts) {
        for (std::string& name : columns_in(part)) {
          if (std::ranges::find(names, name) == names.end()) names.push_back(std::move(name));
        }
      }
    }
    return names;
  }

  const Described& described_;
  std::vector<TableSpec> tables_;
  const TableSpec* rows_ = nullptr;  // within an aggregation: the table whose columns can be named
  std::vector<std::vector<std::string>> parts_;
  std::map<std::string, std::size_t> features_;
  std::map<std::string, std::string> notes_;
};

/// What is done with a column, strongest last.
enum class Evidence { kNone, kAny, kCondition, kNumber, kTime, kText };

class Sketch {
 public:
  explicit Sketch(std::span<const Definition> definitions) {
    for (const Definition& definition : definitions) visit(parse_expression(definition), "", Evidence::kNumber);
  }

  SketchedTables tables() const {
    SketchedTables sketched;
    sketched.applications = spec("applications", TableRole::kApplications);
    sketched.applications.time = "application_at";
    for (const auto& [name, columns] : evidence_) {
      if (name == "applications") continue;
      TableSpec table = spec(name, aggregated_.at(name) ? TableRole::kEvents : TableRole::kUndated);
      table.allow_undated = table.role == TableRole::kUndated;
      if (table.role == TableRole::kEvents) {
        const auto time = std::ranges::find(columns, Evidence::kTime, [](const auto& one) { return one.second; });
        table.time = time == columns.end() ? "time" : time->first;
        table.columns[table.time].type = ColumnType::kTime;
      }
      sketched.tables.push_back(std::move(table));
    }
    return sketched;
  }

 private:
  static ColumnType type_of(Evidence evidence) {
    if (evidence == Evidence::kTime) return ColumnType::kTime;
    if (evidence == Evidence::kCondition) return ColumnType::kBoolean;
    return evidence == Evidence::kNumber ? ColumnType::kReal : ColumnType::kText;
  }

  TableSpec spec(const std::string& name, TableRole role) const {
    TableSpec table{.name = name, .role = role, .entity = "user_id"};
    const auto columns = evidence_.find(name);
    if (columns == evidence_.end()) return table;
    for (const auto& [column, evidence] : columns->second) table.columns[column].type = type_of(evidence);
    return table;
  }

  void add(const std::string& table, const std::string& column, Evidence evidence) {
    Evidence& known = evidence_[table][column];
    known = std::max(known, evidence);
  }

  /// `rows`: the table whose columns can be named without it; empty: none.
  void visit(const Node& node, const std::string& rows, Evidence wanted) {
    if (node.kind == NodeKind::kAggregate) return visit_aggregate(node);
    if (node.kind == NodeKind::kColumn) {
      aggregated_[node.table] |= !rows.empty();
      add(node.table, node.text, wanted);
    }
    if (node.kind == NodeKind::kName && !rows.empty() && node.text != rows && node.text != "application_at")
      add(rows, node.text, wanted);
    for (std::size_t i = 0; i < node.children.size(); ++i) visit(node.children[i], rows, wanted_of(node, i));
  }

  /// What an operator or function does with its child.
  static Evidence wanted_of(const Node& node, std::size_t child) {
    if (node.kind == NodeKind::kIsMissing) return Evidence::kAny;
    if (std::ranges::any_of(node.children, [](const Node& one) { return one.kind == NodeKind::kText; }))
      return Evidence::kText;
    if (node.text == "and" || node.text == "or" || node.text == "not") return Evidence::kCondition;
    if (node.kind != NodeKind::kFunction) return Evidence::kNumber;
    const ValueType taken = node.function->takes[std::min(child, node.function->takes.size() - 1)];
    return taken == ValueType::kTime        ? Evidence::kTime
           : taken == ValueType::kCondition ? Evidence::kCondition
                                            : Evidence::kNumber;
  }

  void visit_aggregate(const Node& node) {
    const Node& of = node.children.front();
    std::string table;
    if (of.kind == NodeKind::kName) table = of.text;
    for (const Node* inner = &of; table.empty(); inner = &inner->children.front()) {
      if (inner->kind == NodeKind::kColumn) table = inner->table;
      if (inner->children.empty()) break;
    }
    if (table.empty()) return;
    aggregated_[table] = true;
    evidence_[table];
    const Takes takes = node.aggregation->takes;
    const Evidence wanted = takes == Takes::kNumber || takes == Takes::kPlaces ? Evidence::kNumber
                            : takes == Takes::kText                            ? Evidence::kText
                                                                               : Evidence::kAny;
    if (of.kind != NodeKind::kName) visit(of, table, wanted);
    for (const Node& argument : node.arguments) {
      if (argument.kind == NodeKind::kColumn) visit(argument, table, wanted);
    }
    for (const Node& where : node.where) visit(where, table, Evidence::kCondition);
  }

  std::map<std::string, std::map<std::string, Evidence>> evidence_;
  std::map<std::string, bool> aggregated_;
};

}  // namespace

std::string describe(const Definition& definition, const Described& described) {
  return Description(described).of(definition);
}

SketchedTables sketch_tables(std::span<const Definition> definitions) { return Sketch(definitions).tables(); }

}  // namespace asof
