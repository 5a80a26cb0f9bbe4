// Gives every name of a definition its place and checks types. Mistakes are answered with the place, what was expected
// and the nearest known names.
#include <algorithm>
#include <charconv>
#include <functional>

#include "asof/error.h"
#include "base/format.h"
#include "features/aggregation.h"
#include "features/as_of.h"
#include "features/step.h"

namespace asof {
namespace {

ValueType value_type(ColumnType type) {
  switch (type) {
    case ColumnType::kInteger:
    case ColumnType::kReal:
      return ValueType::kNumber;
    case ColumnType::kBoolean:
      return ValueType::kCondition;
    case ColumnType::kTime:
      return ValueType::kTime;
    case ColumnType::kText:
      break;
  }
  return ValueType::kText;
}

/// Numbers and conditions (1 and 0) can be calculated with.
bool is_numeric(ValueType type) { return type == ValueType::kNumber || type == ValueType::kCondition; }

struct Operator {
  std::string_view text;
  Op op;
};

constexpr Operator kArithmetic[] = {{"+", Op::kAdd}, {"-", Op::kSubtract}, {"*", Op::kMultiply}, {"/", Op::kDivide}};
constexpr Operator kComparisons[] = {{"=", Op::kEqual},      {"!=", Op::kNotEqual}, {"<", Op::kLess},
                                     {"<=", Op::kLessEqual}, {">", Op::kGreater},   {">=", Op::kGreaterEqual}};
constexpr Operator kLogical[] = {{"and", Op::kAnd}, {"or", Op::kOr}};

const Operator* find_operator(std::span<const Operator> operators, std::string_view text) {
  const auto place = std::ranges::find(operators, text, &Operator::text);
  return place == operators.end() ? nullptr : &*place;
}

std::vector<std::string> names_of(const std::vector<TableSpec>& tables) {
  std::vector<std::string> names;
  for (const TableSpec& table : tables) names.push_back(table.name);
  return names;
}

using FeatureType = std::function<ValueType(std::size_t feature, const Node& place)>;

class Resolver {
 public:
  /// `rows`: the table whose rows are at hand, or null at the level of the application.
  /// `feature_type`: the type of another feature, which is resolved first; only asked where features can be named.
  Resolver(const Scope& scope, const Definition& definition, const TableSpec* rows, FeatureType feature_type = {})
      : scope_(scope), definition_(definition), rows_(rows), feature_type_(std::move(feature_type)) {}

  Step resolve(const Node& node) {
    switch (node.kind) {
      case NodeKind::kNumber: {
        const bool literal = node.text == "true" || node.text == "false";
        return {.op = Op::kNumber, .type = literal ? ValueType::kCondition : ValueType::kNumber, .number = node.number};
      }
      case NodeKind::kText:
        fail(node, "a text can only be compared: `column = 'text'` or `column in ('a', 'b')`");
      case NodeKind::kLength:
        fail(node, "a length of time is no value; it can only be the setting of an aggregation");
      case NodeKind::kName:
        return name(node);
      case NodeKind::kColumn:
        return column(node);
      case NodeKind::kUnary:
        return unary(node);
      case NodeKind::kBinary:
        return binary(node);
      case NodeKind::kIsMissing: {
        Step step{.op = Op::kIsMissing, .type = ValueType::kCondition};
        step.children.push_back(resolve(node.children[0]));
        return step;
      }
      case NodeKind::kIn:
        return in(node);
      case NodeKind::kFunction:
        return function(node);
      case NodeKind::kAggregate:
        break;
    }
    return aggregate(node);
  }

  Step condition(const Node& node) {
    Step step = resolve(node);
    if (step.type != ValueType::kCondition)
      fail(node, format("a condition was expected here, but this is {}", to_string(step.type)));
    return step;
  }

 private:
  [[noreturn]] void fail(const Node& node, std::string_view message) const {
    fail_at(definition_, node.begin, node.end, message);
  }

  Step name(const Node& node) {
    if (rows_ != nullptr && rows_->outcome && node.text == kOutcomeName) return outcome(node);
    if (rows_ != nullptr && rows_->columns.contains(node.text)) return column_of(node, *rows_, Op::kRowColumn, 0);
    const bool names_cutoff =
        node.text == "application_at" || (rows_ == nullptr && node.text == scope_.applications->time);
    if (names_cutoff && scope_.applications != nullptr) return {.op = Op::kApplicationAt, .type = ValueType::kTime};
    if (node.text == "missing") return {.op = Op::kNumber, .number = kMissing};
    if (rows_ != nullptr) {
      fail(node,
           format("`{}` has no column `{}`{}", rows_->name, node.text, did_you_mean(node.text, column_order(*rows_))));
    }
    const auto& definitions = *scope_.definitions;
    const auto place = std::ranges::find(definitions, node.text, &Definition::name);
    if (place != definitions.end()) {
      const auto feature = static_cast<std::size_t>(place - definitions.begin());
      return {.op = Op::kFeature, .type = feature_type_(feature, node), .feature = feature};
    }
    std::vector<std::string> known = names_of(*scope_.tables);
    if (std::ranges::find(known, node.text) != known.end()) {
      fail(node, format("`{}` is a table; write an aggregation of it, such as count({})", node.text, node.text));
    }
    for (const Definition& definition : definitions) known.push_back(definition.name);
    fail(node, format("there is no feature `{}`{}", node.text, did_you_mean(node.text, known)));
  }

  Step column_of(const Node& node, const TableSpec& table, Op op, std::size_t table_index) const {
    if (op == Op::kRowColumn && table.tells_outcome(node.text)) {
      fail(node, format("`{}` tells the outcome of an application, which is known only later; write `{}`, which is "
                        "missing until then",
                        node.text, kOutcomeName));
    }
    return place_of(node, table, op, table_index);
  }

  Step place_of(const Node& node, const TableSpec& table, Op op, std::size_t table_index) const {
    const auto spec = table.columns.find(node.text);
    const std::vector<std::string> order = scope_.row_columns.empty() ? column_order(table) : scope_.row_columns;
    if (spec == table.columns.end() || !spec->second.type) {
      fail(node, format("`{}` has no column `{}`{}", table.name, node.text, did_you_mean(node.text, order)));
    }
    const auto place = std::ranges::find(order, node.text);
    if (place == order.end() && op != Op::kApplicationColumn) {  // an event log does not keep the entity
      fail(node, format("`{}` says whose row it is, the same in all rows of an entity; another column was expected",
                        node.text));
    }
    const auto index = static_cast<std::size_t>(place - order.begin());
    return {
        .op = op, .type = value_type(*spec->second.type), .table = table_index, .column = index, .texts = {node.text}};
  }

  Step column(const Node& node) const {
    if (rows_ != nullptr) {
      if (node.table == rows_->name && rows_->outcome && node.text == kOutcomeName) return outcome(node);
      if (node.table == rows_->name) return column_of(node, *rows_, Op::kRowColumn, 0);
      fail(node, format("only columns of `{}` can stand here: an aggregation is over one table", rows_->name));
    }
    if (node.table == scope_.applications->name || node.table == "applications") {
      return column_of(node, *scope_.applications, Op::kApplicationColumn, 0);
    }
    const auto& tables = *scope_.tables;
    const auto table = std::ranges::find(tables, node.table, &TableSpec::name);
    if (table == tables.end())
      fail(node, format("there is no table `{}`{}", node.table, did_you_mean(node.table, names_of(tables))));
    if (table->role == TableRole::kEvents) {
      fail(node, format("`{}` has many rows for one application; write an aggregation, such as last({}.{})", node.table,
                        node.table, node.text));
    }
    return column_of(node, *table, Op::kAttribute, static_cast<std::size_t>(table - tables.begin()));
  }

  /// Whether an earlier application was repaid: missing until that was known, and where it is neither.
  Step outcome(const Node& node) const {
    const OutcomeSpec& spec = *rows_->outcome;
    const auto column_named = [&](const std::string& name) {
      Node column = node;
      column.text = name;
      return place_of(column, *rows_, Op::kRowColumn, 0);
    };
    const bool recorded = !spec.known_at.empty();
    if (!recorded && !spec.performance_window) fail(node, kNoOutcomeClock);
    const Duration after = spec.performance_window.value_or(Duration{});
    const std::string& moment = recorded ? spec.known_at : rows_->time;
    Step counts = known_by_application(column_named(moment), after);
    if (spec.observed_until != kNoTime) {
      const double latest = static_cast<double>((spec.observed_until - after).microseconds);
      counts = of_two(Op::kAnd, std::move(counts),
                      of_two(Op::kLessEqual, column_named(moment),
                             {.op = Op::kNumber, .type = ValueType::kTime, .number = latest}));
    }
    const Step label = column_named(spec.label);
    for (const std::string& neither : spec.indeterminate)
      counts = of_two(Op::kAnd, std::move(counts), negated(is_value(node, label, neither)));
    // `repaid and counts or not counts and missing`: where it does not count, or cannot be told, it is missing.
    Step missing{.op = Op::kNumber, .type = ValueType::kCondition, .number = kMissing};
    Step hidden = of_two(Op::kAnd, negated(counts), std::move(missing));
    return of_two(Op::kOr, of_two(Op::kAnd, is_value(node, label, spec.good), std::move(counts)), std::move(hidden));
  }

  static Step of_two(Op op, Step left, Step right) {
    return {.op = op, .type = ValueType::kCondition, .children = {std::move(left), std::move(right)}};
  }

  static Step negated(Step step) {
    return {.op = Op::kNot, .type = ValueType::kCondition, .children = {std::move(step)}};
  }

  /// Whether a column has a value, as a person wrote it: as numbers where the column holds them; 1 and true are the
  /// same condition.
  Step is_value(const Node& node, const Step& column, const std::string& value) const {
    if (column.type == ValueType::kText)
      return {.op = Op::kInTexts, .type = ValueType::kCondition, .texts = {value}, .children = {column}};
    double number = 0.0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    const bool is_number = error == std::errc{} && end == value.data() + value.size();
    const bool is_word = column.type == ValueType::kCondition && (value == "true" || value == "false");
    if (!is_numeric(column.type) || (!is_number && !is_word)) {
      fail(node, format("`{}` of `{}` holds {}s, and `{}`, which `target:` names, is none", column.texts.front(),
                        rows_->name, column.type == ValueType::kTime ? "time" : "number", value));
    }
    return of_two(Op::kEqual, column, {.op = Op::kNumber, .number = is_word ? (value == "true" ? 1.0 : 0.0) : number});
  }

  void expect_numeric(const Step& step, const Node& node) const {
    if (!is_numeric(step.type)) fail(node, format("a number was expected here, but this is {}", to_string(step.type)));
  }

  Step unary(const Node& node) {
    Step child = node.text == "not" ? condition(node.children[0]) : resolve(node.children[0]);
    Step step{.op = Op::kNot, .type = ValueType::kCondition};
    if (node.text == "-") {
      expect_numeric(child, node.children[0]);
      step = {.op = Op::kNegate};
    }
    step.children.push_back(std::move(child));
    return step;
  }

  Step binary(const Node& node) {
    const Node& left = node.children[0];
    const Node& right = node.children[1];
    Step step;
    if (const Operator* logical = find_operator(kLogical, node.text)) {
      step = {.op = logical->op, .type = ValueType::kCondition};
      step.children = {condition(left), condition(right)};
      return step;
    }
    if (const Operator* arithmetic = find_operator(kArithmetic, node.text)) {
      step.op = arithmetic->op;
      step.children = {resolve(left), resolve(right)};
      expect_numeric(step.children[0], left);
      expect_numeric(step.children[1], right);
      return step;
    }
    return comparison(node, find_operator(kComparisons, node.text)->op);
  }

  Step comparison(const Node& node, Op op) {
    const bool swapped = node.children[0].kind == NodeKind::kText;
    const Node& left = node.children[swapped ? 1 : 0];
    const Node& right = node.children[swapped ? 0 : 1];
    if (right.kind == NodeKind::kText) return comparison_with_text(node, op, left, right, swapped);
    Step step{.op = op, .type = ValueType::kCondition};
    step.children = {resolve(node.children[0]), resolve(node.children[1])};
    const ValueType a = step.children[0].type;
    const ValueType b = step.children[1].type;
    if (a == ValueType::kText || b == ValueType::kText)
      fail(node, "a text can only be compared with a text in 'quotes'");
    if ((a == ValueType::kTime) != (b == ValueType::kTime)) {
      fail(node, format("{} cannot be compared with {}", to_string(a), to_string(b)));
    }
    return step;
  }

  Step comparison_with_text(const Node& node, Op op, const Node& left, const Node& right, bool swapped) {
    Step value = resolve(left);
    Step step{.op = op, .type = ValueType::kCondition};
    if (value.type == ValueType::kTime) {
      Step moment{.op = Op::kNumber, .type = ValueType::kTime};
      try {
        moment.number = static_cast<double>(parse_timestamp(right.text, scope_.zone).microseconds);
      } catch (const Error& error) {
        fail(right, error.what());
      }
      step.children = {std::move(value), std::move(moment)};
      if (swapped) std::swap(step.children[0], step.children[1]);
      return step;
    }
    if (value.type != ValueType::kText)
      fail(left, format("this is {}, which cannot be compared with a text", to_string(value.type)));
    if (op != Op::kEqual && op != Op::kNotEqual) fail(node, "texts can be compared with `=`, `!=` and `in` only");
    Step is{.op = Op::kInTexts, .type = ValueType::kCondition, .texts = {right.text}};
    is.children.push_back(std::move(value));
    if (op == Op::kEqual) return is;
    step.op = Op::kNot;
    step.children.push_back(std::move(is));
    return step;
  }

  Step in(const Node& node) {
    Step value = resolve(node.children[0]);
    const bool texts = value.type == ValueType::kText;
    Step step{.op = texts ? Op::kInTexts : Op::kInNumbers, .type = ValueType::kCondition};
    if (!texts) expect_numeric(value, node.children[0]);
    step.children.push_back(std::move(value));
    for (std::size_t i = 1; i < node.children.size(); ++i) {
      const Node& literal = node.children[i];
      const Node& bare = literal.kind == NodeKind::kUnary ? literal.children.front() : literal;  // -5
      if (texts ? literal.kind != NodeKind::kText : bare.kind != NodeKind::kNumber) {
        fail(literal, texts ? "a text in 'quotes' was expected here" : "a number was expected here");
      }
      if (texts) {
        step.texts.push_back(literal.text);
      } else {
        step.children.push_back(resolve(literal));
        expect_numeric(step.children.back(), literal);
      }
    }
    return step;
  }

  Step function(const Node& node) {
    const Function& function = *node.function;
    const std::size_t given = node.children.size();
    if (given < function.takes.size() || (given > function.takes.size() && !function.variadic)) {
      fail(node, format("{} takes {}{} argument{}, not {}", function.name, function.variadic ? "at least " : "",
                        function.takes.size(), function.takes.size() == 1 ? "" : "s", given));
    }
    Step step{.op = Op::kFunction, .type = function.gives, .function = &function};
    for (std::size_t i = 0; i < given; ++i) {
      const ValueType wanted = function.takes[std::min(i, function.takes.size() - 1)];
      Step argument = resolve(node.children[i]);
      const bool fits = argument.type == wanted || (wanted == ValueType::kNumber && is_numeric(argument.type));
      if (!fits)
        fail(node.children[i],
             format("{} was expected here, but this is {}", to_string(wanted), to_string(argument.type)));
      step.children.push_back(std::move(argument));
    }
    return step;
  }

  Step aggregate(const Node& node) {
    const Aggregation& aggregation = *node.aggregation;
    if (rows_ != nullptr) fail(node, "an aggregation cannot stand inside another; name it as a feature of its own");
    const auto& tables = *scope_.tables;
    const TableSpec* table = aggregated_table(node, tables);
    if (table == nullptr) {
      fail(node.children[0], format("a table, or a column written `table.column`, was expected here; known tables: {}",
                                    join(names_of(tables))));
    }
    if (table->time.empty() && (aggregation.needs_times || node.window != WindowSpec{})) {
      fail(node, format("`{}` has no times, so there is no window and no order in it", table->name));
    }
    Step step{.op = Op::kAggregate,
              .table = static_cast<std::size_t>(table - tables.data()),
              .aggregation = &aggregation,
              .window = node.window};
    Resolver rows(scope_, definition_, table);
    if (!node.where.empty()) step.condition.push_back(rows.condition(node.where[0]));
    const std::size_t columns = aggregation.takes == Takes::kPlaces ? 1 : 0;
    if (node.arguments.size() < columns) {
      fail(node, format("{} is of two columns: {}({}.latitude, {}.longitude)", aggregation.name, aggregation.name,
                        table->name, table->name));
    }
    settings(node, std::span(node.arguments).subspan(columns), step);

    const bool of_rows = node.children[0].kind == NodeKind::kName && node.children[0].text == table->name;
    if (of_rows) {
      if (aggregation.takes != Takes::kRows && aggregation.takes != Takes::kCondition) {
        fail(node.children[0],
             format("{} is of a column: {}({}.column)", aggregation.name, aggregation.name, table->name));
      }
      if (aggregation.takes == Takes::kCondition && step.condition.empty()) {
        fail(node,
             format("{} needs a condition: {}({} where column > 0)", aggregation.name, aggregation.name, table->name));
      }
      return step;
    }
    Step value = rows.resolve(node.children[0]);
    if (aggregation.takes == Takes::kCondition)
      fail(node.children[0],
           format("{} is of rows: {}({} where ...)", aggregation.name, aggregation.name, table->name));
    if (aggregation.takes == Takes::kNumber || aggregation.takes == Takes::kPlaces)
      expect_numeric(value, node.children[0]);
    if (aggregation.takes == Takes::kText && value.type != ValueType::kText)
      fail(node.children[0], format("a column of texts was expected here, but this is {}", to_string(value.type)));
    if (aggregation.gives != Gives::kNumber) step.type = value.type;
    step.children.push_back(std::move(value));
    if (columns > 0) {
      step.children.push_back(rows.resolve(node.arguments[0]));
      expect_numeric(step.children.back(), node.arguments[0]);
    }
    return step;
  }

  /// The constants after what is aggregated, or what is used instead of those left out.
  void settings(const Node& node, std::span<const Node> given, Step& step) const {
    const Aggregation& aggregation = *node.aggregation;
    std::size_t next = 0;
    for (const AggregationSetting& setting : aggregation.settings) {
      if (setting.kind == AggregationSetting::kTexts) {
        texts(node, setting, given.subspan(next), step);
        next = given.size();
      } else if (next < given.size()) {
        step.settings.push_back(value_of(setting, given[next++]));
      } else if (is_missing(setting.otherwise)) {
        fail(node, format("{} needs its {}, such as {}(..., {})", aggregation.name, setting.name, aggregation.name,
                          setting.kind == AggregationSetting::kLength ? "7d" : "0.5"));
      } else {
        step.settings.push_back(setting.otherwise);
      }
    }
    if (next == given.size()) return;
    std::vector<std::string> names;
    for (const AggregationSetting& setting : aggregation.settings) names.emplace_back(setting.name);
    fail(given[next],
         names.empty() ? format("{} has no settings; `over`, `where` or `)` was expected before this", aggregation.name)
                       : format("{} has no more settings than: {}", aggregation.name, join(names)));
  }

  double value_of(const AggregationSetting& setting, const Node& node) const {
    if (setting.kind == AggregationSetting::kLength) {
      if (node.kind != NodeKind::kLength || node.number <= 0)
        fail(node, format("{}: a length of time above 0 was expected here, such as 30m or 7d", setting.name));
      return node.number;
    }
    if (node.kind != NodeKind::kNumber || node.number < setting.least || node.number > setting.greatest) {
      fail(node, format("{}: a number from {} to {} was expected here", setting.name, setting.least, setting.greatest));
    }
    return node.number;
  }

  void texts(const Node& node, const AggregationSetting& setting, std::span<const Node> given, Step& step) const {
    if (given.size() < 2) fail(node, format("{}: two or more texts in 'quotes' were expected", setting.name));
    for (const Node& text : given) {
      if (text.kind != NodeKind::kText) fail(text, "a text in 'quotes' was expected here");
      step.texts.push_back(text.text);
    }
  }

 private:
  const Scope& scope_;
  const Definition& definition_;
  const TableSpec* rows_;
  FeatureType feature_type_;
};

/// Resolves definitions in an order in which each comes after those it names.
class Ordering {
 public:
  explicit Ordering(const Scope& scope) : scope_(scope), state_(scope.definitions->size(), State::kOpen) {
    resolved_.steps.resize(scope.definitions->size());
  }

  Resolved run() {
    for (std::size_t i = 0; i < scope_.definitions->size(); ++i) visit(i);
    return std::move(resolved_);
  }

 private:
  enum class State { kOpen, kUnderway, kDone };

  void visit(std::size_t index) {
    if (state_[index] == State::kDone) return;
    state_[index] = State::kUnderway;
    const Definition& definition = (*scope_.definitions)[index];
    const Node node = parse_expression(definition);
    if (++underway_ > kChainMax) {
      fail_at(
          definition, node.begin, node.end,
          format("this feature is at the end of a chain of more than {} features, each made of another", kChainMax));
    }
    Resolver resolver(scope_, definition, nullptr, [&](std::size_t other, const Node& place) {
      if (state_[other] == State::kUnderway) {
        fail_at(definition, place.begin, place.end, "this feature is made of itself; break the circle");
      }
      visit(other);
      return resolved_.steps[other].type;
    });
    Step step = resolver.resolve(node);
    if (step.type == ValueType::kTime) {
      fail_at(definition, node.begin, node.end,
              "a time is no feature; write age_days(...), hour(...) or weekday(...) of it");
    }
    resolved_.steps[index] = std::move(step);
    resolved_.order.push_back(index);
    state_[index] = State::kDone;
    --underway_;
  }

  static constexpr std::size_t kChainMax = 100;

  const Scope& scope_;
  std::vector<State> state_;
  std::size_t underway_ = 0;
  Resolved resolved_;
};

const TableSpec* first_table(const Node& node, const std::vector<TableSpec>& tables) {
  const std::string& name = node.kind == NodeKind::kColumn ? node.table : node.text;
  if (node.kind == NodeKind::kColumn || node.kind == NodeKind::kName) {
    const auto place = std::ranges::find(tables, name, &TableSpec::name);
    if (place != tables.end()) return &*place;
  }
  for (const Node& child : node.children) {
    if (const TableSpec* table = first_table(child, tables)) return table;
  }
  return nullptr;
}

}  // namespace

const TableSpec* aggregated_table(const Node& aggregate, const std::vector<TableSpec>& tables) {
  return first_table(aggregate.children[0], tables);
}

bool gives_pair(const Step& step) { return step.op == Op::kAggregate && step.aggregation->gives == Gives::kPair; }

std::vector<std::string> column_order(const TableSpec& spec) {
  std::vector<std::string> names;
  for (const auto& [name, column] : spec.columns) {
    if (name != spec.entity) names.push_back(name);
  }
  return names;
}

Resolved resolve(const Scope& scope) { return Ordering(scope).run(); }

Step resolve_row_condition(const Definition& condition, const TableSpec& spec, std::vector<std::string> columns,
                           const TimeZone& zone) {
  const std::vector<TableSpec> tables = {spec};
  const std::vector<Definition> none;
  const Scope scope{.tables = &tables, .definitions = &none, .zone = zone, .row_columns = std::move(columns)};
  return Resolver(scope, condition, &tables.front()).condition(parse_expression(condition));
}

}  // namespace asof
