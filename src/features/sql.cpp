// One common table expression per table (types, missing values, rows that take part), one per set of rows that counts,
// one per aggregation, joined to the applications at the end: each can be looked at by itself.
#include "features/sql.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "base/format.h"
#include "features/aggregation.h"
#include "features/as_of.h"
#include "features/step.h"

namespace asof {
namespace {

/// Features within features are written out, so a short definition can become long.
constexpr std::size_t kStepsMax = 2000;

/// What ends the attempt: the sentence is the reason.
struct NotExpressible {
  std::string reason;
};

std::string quoted(std::string_view text, char quote) {
  std::string result(1, quote);
  for (const char c : text) {
    result += c;
    if (c == quote) result += c;
  }
  return result + quote;
}

std::string literal(std::string_view text) { return quoted(text, '\''); }

/// After `.` and `as`, even reserved words need no quotes.
std::string column_name(std::string_view name) {
  const bool plain =
      std::ranges::all_of(name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
  return plain && !name.empty() && (name.front() < '0' || name.front() > '9') ? std::string(name) : quoted(name, '"');
}

std::string table_name(std::string_view name) { return quoted(name, '"'); }
std::string rows_name(std::string_view table) { return table_name(format("rows_of_{}", table)); }

std::string microseconds(std::int64_t value) { return format("{}", value); }

using Replacements = std::map<std::string, std::string, std::less<>>;

/// A template with every {name} replaced.
std::string filled(std::string_view text, const Replacements& replacements) {
  std::string result;
  while (!text.empty()) {
    const std::size_t begin = std::min(text.find('{'), text.size());
    result += text.substr(0, begin);
    text.remove_prefix(begin);
    if (text.empty()) break;
    const std::size_t end = text.find('}');
    result += replacements.at(std::string(text.substr(1, end - 1)));
    text.remove_prefix(end + 1);
  }
  return result;
}

std::string_view symbol(Op op) {
  switch (op) {
    case Op::kAdd:
      return "+";
    case Op::kSubtract:
      return "-";
    case Op::kMultiply:
      return "*";
    case Op::kEqual:
      return "=";
    case Op::kNotEqual:
      return "<>";
    case Op::kLess:
      return "<";
    case Op::kLessEqual:
      return "<=";
    case Op::kGreater:
      return ">";
    case Op::kGreaterEqual:
      return ">=";
    case Op::kAnd:
      return "and";
    case Op::kOr:
      return "or";
    default:
      return "";
  }
}

/// A declared missing value as a number, when it is one.
std::optional<double> as_number(const std::string& text) {
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// `r.column` with its type, and null where it is missing.
std::string clean_column(const std::string& name, const ColumnSpec& column) {
  std::string raw = format("r.{}", column_name(name));
  const ColumnType type = column.type.value_or(ColumnType::kText);
  if (type == ColumnType::kTime) return raw;
  if (type == ColumnType::kText || type == ColumnType::kBoolean) {
    std::string text = type == ColumnType::kText ? format("nullif(cast({} as varchar), '')", raw) : raw;
    for (const std::string& missing : column.missing)
      text = format("nullif({}, {})", type == ColumnType::kText ? text : format("cast({} as varchar)", text),
                    literal(missing));
    return type == ColumnType::kText ? text : format("cast({} as boolean)", text);
  }
  const bool words = std::ranges::any_of(column.missing, [](const std::string& text) { return !as_number(text); });
  std::string number = format("{}({} as double)", words ? "try_cast" : "cast", raw);
  for (const std::string& missing : column.missing) {
    if (const auto value = as_number(missing)) number = format("nullif({}, {})", number, round_trippable(*value));
  }
  return type == ColumnType::kReal ? format("nullif({}, 'nan')", number) : number;
}

class SqlWriter {
 public:
  SqlWriter(const FeaturePlan& plan, const PlanOptions& options)
      : plan_(plan), options_(options), tables_(plan.tables()), definitions_(plan.definitions()) {
    resolved_ = resolve({&plan.applications(), &tables_, &definitions_, options.zone, {}});
  }

  std::string query(std::size_t feature) {
    const Step& step = resolved_.steps[feature];
    const std::string value = step.type == ValueType::kText ? expression(step) : number(step);
    std::string joins;
    for (const std::string& name : joined_)
      joins += format("\n  left join {0} on {0}.application = a.application", name);
    std::string rows = format("select a.entity, a.time, {} as value\nfrom cutoffs a{}", value, joins);
    const bool calculated = step.type == ValueType::kNumber && step.op != Op::kAggregate && step.op != Op::kAttribute;
    if (calculated) {
      rows =
          format("select a.entity, a.time, case when isfinite(a.value) then a.value end as value\nfrom (\n{}) a", rows);
    }
    std::string with = cutoffs();
    for (const std::string& part : parts_) with += format(",\n{}", part);
    return format("{}with {}\n{}\norder by a.entity, a.time\n", header(), with, rows);
  }

 private:
  bool at_counts(const TableSpec& spec) const { return boundary_of(spec, options_.boundary) == Boundary::kAt; }

  // --- tables

  /// How the tables must have been loaded.
  std::string header() const {
    std::string text =
        "-- Tables and columns are named as in the project; times are microseconds since 1970-01-01T00:00:00Z, for "
        "example:\n";
    text += format("-- set timezone = {};\n", literal(options_.zone.given() ? options_.zone.name() : "UTC"));
    TableSpec applications = plan_.applications();
    std::string others;
    for (const TableSpec& table : tables_) {
      if (!loaded_.contains(table.name)) continue;
      if (table.role == TableRole::kApplications) {
        applications.columns.insert(table.columns.begin(), table.columns.end());
      } else {
        others += loading(table);
      }
    }
    text += loading(applications) + others;
    return text;
  }

  static std::string loading(const TableSpec& spec) {
    std::set<std::string> times;
    for (const std::string& name : {spec.time, spec.known_at}) {
      if (!name.empty()) times.insert(name);
    }
    for (const auto& [name, column] : spec.columns) {
      if (column.type == ColumnType::kTime) times.insert(name);
    }
    std::vector<std::string> types;
    std::vector<std::string> replaced;
    for (const std::string& name : times) {
      if (epoch_of(spec, name) == EpochUnit::kNone) types.push_back(format("{}: 'timestamptz'", literal(name)));
      replaced.push_back(time_loading(spec, name));
    }
    return format("-- create table {} as select *{} from read_csv({}{});\n", table_name(spec.name),
                  replaced.empty() ? "" : format(" replace ({})", join(replaced)), literal(spec.name + ".csv"),
                  types.empty() ? "" : format(", types = {{{}}}", join(types)));
  }

  /// A column of times as microseconds. `replace` takes no reserved word without quotes.
  static std::string time_loading(const TableSpec& spec, const std::string& name) {
    const EpochUnit epoch = epoch_of(spec, name);
    if (epoch == EpochUnit::kNone) return format("epoch_us({0}) as {0}", quoted(name, '"'));
    const int factor = epoch == EpochUnit::kSeconds ? 1'000'000 : epoch == EpochUnit::kMilliseconds ? 1'000 : 1;
    return format("cast({0} * {1} as bigint) as {0}", quoted(name, '"'), factor);
  }

  static EpochUnit epoch_of(const TableSpec& spec, const std::string& name) {
    const auto column = spec.columns.find(name);
    return column == spec.columns.end() ? EpochUnit::kNone : column->second.epoch;
  }

  /// The rows of a table that take part at all, typed, with null for missing.
  std::string clean_rows(const TableSpec& spec) {
    std::set<std::string> names;
    for (const auto& [name, column] : spec.columns) names.insert(name);
    for (const std::string& name : {spec.entity, spec.time, spec.id, spec.known_at}) {
      if (!name.empty()) names.insert(name);
    }
    std::vector<std::string> columns;
    for (const std::string& name : names) {
      const auto column = spec.columns.find(name);
      const bool as_it_is = name == spec.entity || name == spec.time || name == spec.id || name == spec.known_at ||
                            column == spec.columns.end() || column->second.type == ColumnType::kTime;
      columns.push_back(as_it_is ? format("r.{}", column_name(name))
                                 : format("{} as {}", clean_column(name, column->second), column_name(name)));
    }
    std::string rows = format("select {}\n  from {} r", join(columns, ",\n    "), table_name(spec.name));
    const std::vector<std::string> conditions = taking_part(spec);
    const std::string once = sent_twice(spec);
    if (conditions.empty() && once.empty()) return rows;
    return format("select * from (\n    {}) r{}{}", rows,
                  conditions.empty() ? "" : "\n  where " + join(conditions, "\n    and "), once);
  }

  /// `valid_from`, `valid_to`, `where:` and a `known_at` that must be there.
  std::vector<std::string> taking_part(const TableSpec& spec) {
    std::vector<std::string> conditions;
    const std::string time = format("r.{}", column_name(spec.time));
    if (spec.valid_from != kNoTime)
      conditions.push_back(format("{} >= {}", time, microseconds(spec.valid_from.microseconds)));
    if (spec.valid_to != kNoTime)
      conditions.push_back(format("{} < {}", time, microseconds(spec.valid_to.microseconds)));
    if (spec.known_at_required) conditions.push_back(format("r.{} is not null", column_name(spec.known_at)));
    if (!spec.where.empty()) {
      std::vector<std::string> names;
      for (const auto& [name, column] : spec.columns) names.push_back(name);
      const Definition definition{"where", spec.where, {}, format("where: of table {}", spec.name), 0};
      where_ = resolve_row_condition(definition, spec, std::move(names), options_.zone);
      conditions.push_back(expression(where_));
    }
    return conditions;
  }

  /// Rows of the same entity, time and row id are one row: the first of them. An application needs no id for that.
  static std::string sent_twice(const TableSpec& spec) {
    if (spec.id.empty() && spec.role == TableRole::kApplications) {
      return format("\n  qualify row_number() over (partition by r.{}, r.{} order by {}) = 1", column_name(spec.entity),
                    column_name(spec.time), order_of_rows(spec));
    }
    if (spec.id.empty()) return "";
    return format("\n  qualify r.{0} is null or row_number() over (partition by r.{1}, r.{2}, r.{0} order by {3}) = 1",
                  column_name(spec.id), column_name(spec.entity), column_name(spec.time), order_of_rows(spec));
  }

  enum class Order { kOldestFirst, kLatestFirst };

  /// Rows of one time come in the order of their ids, or of all columns read; missing comes first. What became of an
  /// application comes at the end and the other way round, as in EventLog.
  static std::string order_of_rows(const TableSpec& spec, Order order = Order::kOldestFirst) {
    std::vector<std::string> names;
    for (const std::string& name : {spec.time, spec.id, spec.id.empty() ? std::string() : spec.known_at}) {
      if (!name.empty()) names.push_back(name);
    }
    for (const bool outcome : {false, true}) {
      for (const auto& [name, column] : spec.columns) {
        const bool listed = std::ranges::find(names, name) != names.end();
        if (name != spec.entity && !listed && spec.tells_outcome(name) == outcome) names.push_back(name);
      }
    }
    for (std::string& name : names) {
      const bool rising = (order == Order::kOldestFirst) != spec.tells_outcome(name);
      name = format("r.{} {}", column_name(name), rising ? "nulls first" : "desc nulls last");
    }
    return names.empty() ? "1" : join(names);
  }

  /// The applications, numbered; their own columns are called own_*.
  std::string cutoffs() {
    const TableSpec& spec = plan_.applications();
    std::string own;
    for (const std::string& name : own_columns_) own += format(", r.{} as {}", column_name(name), own_name(name));
    const bool as_they_are = own.empty() && spec.id.empty() && taking_part(spec).empty();
    return format(
        "cutoffs as (\n  select row_number() over () as application, r.{} as entity, r.{} as time{}\n  from {} r)",
        column_name(spec.entity), column_name(spec.time), own,
        as_they_are ? table_name(spec.name) : format("(\n  {})", clean_rows(spec)));
  }

  static std::string own_name(const std::string& column) { return column_name(format("own_{}", column)); }

  const TableSpec& loaded(std::size_t table) {
    const TableSpec& spec = tables_[table];
    if (loaded_.insert(spec.name).second)
      parts_.push_back(format("{} as (\n  {})", rows_name(spec.name), clean_rows(spec)));
    return spec;
  }

  /// The join of applications and rows that were known and are in the window. Rows of an undated table have no time.
  std::string known_rows(const TableSpec& spec, const WindowSpec& window) const {
    std::string text =
        format("from cutoffs a join {} r on r.{} = a.entity", rows_name(spec.name), column_name(spec.entity));
    if (spec.time.empty()) return text;
    const std::string time = format("r.{}", column_name(spec.time));
    const auto back = [](Duration length) {
      return length.microseconds == 0 ? std::string()
                                      : format(" - {} /* {} */", microseconds(length.microseconds), to_string(length));
    };
    text += format("\n    and {} {} a.time{}", time, at_counts(spec) ? "<=" : "<", back(window.ending));
    if (window.length) text += format("\n    and {} >= a.time{}{}", time, back(window.ending), back(*window.length));
    if (!spec.known_at.empty()) {
      text += format("\n    and (r.{0} is null or r.{0} <= a.time)", column_name(spec.known_at));
    } else if (spec.delay.microseconds > 0) {
      text += format("\n    and {} + {} <= a.time", time, microseconds(spec.delay.microseconds));
    }
    return text;
  }

  // --- parts

  /// Adds a part that says `body`, or finds the one that does; returns its name.
  std::string part(std::string_view kind, const std::string& body) {
    const auto [place, added] = names_.try_emplace(body, format("{}_{}", kind, names_.size() + 1));
    if (added) parts_.push_back(format("{} as (\n  {})", place->second, body));
    return place->second;
  }

  std::string joined(const std::string& name, std::string_view column) {
    if (std::ranges::find(joined_, name) == joined_.end()) joined_.push_back(name);
    return format("{}.{}", name, column);
  }

  /// The latest row that was known.
  std::string attribute(const Step& step) {
    const TableSpec& spec = loaded(step.table);
    const std::string body = format(
        "select a.application, r.{} as value\n  {}\n  qualify row_number() over (partition by a.application order by "
        "{}) = 1",
        column_name(step.texts.front()), known_rows(spec, {}), order_of_rows(spec, Order::kLatestFirst));
    return joined(part("attribute", body), "value");
  }

  std::string aggregate(const Step& step) {
    const Aggregation& aggregation = *step.aggregation;
    if (aggregation.sql.empty())
      throw NotExpressible{format("the aggregation `{}` cannot be said in plain SQL", aggregation.name)};
    const TableSpec& spec = loaded(step.table);
    const std::string rows = part("rows", rows_of(step, spec));
    const std::string setting = step.settings.empty() ? "" : round_trippable(step.settings.front());
    const Replacements replacements = {{"value", "r.value"}, {"setting", setting},       {"time", "r.time"},
                                       {"place", "r.place"}, {"local", local("r.time")}, {"cutoff", "a.time"}};
    std::string value = filled(aggregation.sql, replacements);
    if (step.type != ValueType::kText) value = format("cast({} as double)", value);
    const std::string body = format(
        "select a.application, {} as value\n  from cutoffs a left join {} r on r.application = a.application\n  group "
        "by a.application, a.time",
        value, rows);
    return joined(part("aggregate", body), "value");
  }

  /// The rows that are aggregated: application, time, value, and their order where it matters.
  std::string rows_of(const Step& step, const TableSpec& spec) {
    const Aggregation& aggregation = *step.aggregation;
    const bool filters = aggregation.takes != Takes::kCondition;
    std::string value = "1";
    if (!filters) {
      value = format("cast(coalesce({}, false) as double)", expression(step.condition.front()));
    } else if (!step.children.empty()) {
      const Step& of = step.children.front();
      value = of.type == ValueType::kText || of.type == ValueType::kTime ? expression(of) : number(of);
    }
    std::string columns = format("a.application, {} as value", value);
    if (!spec.time.empty()) columns += format(", r.{} as time", column_name(spec.time));
    if (aggregation.sql.find("{place}") != std::string_view::npos)
      columns +=
          format(",\n    row_number() over (partition by a.application order by {}) as place", order_of_rows(spec));
    std::string text = format("select {}\n  {}", columns, known_rows(spec, step.window));
    if (filters && !step.condition.empty()) text += format("\n  where {}", expression(step.condition.front()));
    if (step.window.rows)
      text += format("\n  qualify row_number() over (partition by a.application order by {}) <= {}",
                     order_of_rows(spec, Order::kLatestFirst), *step.window.rows);
    if (!filters || step.children.empty()) return text;
    return format("select * from (\n  {})\n  where value is not null", text);
  }

  // --- expressions

  std::string local(const std::string& time) const {
    std::string utc = format("make_timestamp({})", time);
    if (!options_.zone.given() || options_.zone.name() == "UTC") return utc;
    return format("(({} at time zone 'UTC') at time zone {})", utc, literal(options_.zone.name()));
  }

  std::string number(const Step& step) {
    const std::string text = expression(step);
    const bool is_double = step.op == Op::kAggregate || step.op == Op::kRowColumn || step.op == Op::kAttribute ||
                           step.op == Op::kApplicationColumn;
    return is_double && step.type == ValueType::kNumber ? text : format("cast({} as double)", text);
  }

  /// Conditions are booleans, times microseconds, texts texts; numbers may still be integers.
  std::string expression(const Step& step) {
    if (++steps_ > kStepsMax) throw NotExpressible{"the features it is made of become too long when written out"};
    switch (step.op) {
      case Op::kNumber:
        return constant(step);
      case Op::kRowColumn:
        return format("r.{}", column_name(step.texts.front()));
      case Op::kAttribute:
        return attribute(step);
      case Op::kApplicationColumn:
        own_columns_.insert(step.texts.front());
        return format("a.{}", own_name(step.texts.front()));
      case Op::kApplicationAt:
        return "a.time";
      case Op::kFeature:
        return expression(resolved_.steps[step.feature]);
      case Op::kAggregate:
        return aggregate(step);
      case Op::kFunction:
        return function(step);
      case Op::kInNumbers:
      case Op::kInTexts:
        return in(step);
      case Op::kNegate:
        return format("(-{})", number(step.children[0]));
      case Op::kNot:
        return format("(not {})", expression(step.children[0]));
      case Op::kIsMissing:
        return format("({} is null)", expression(step.children[0]));
      default:
        return binary(step);
    }
  }

  static std::string constant(const Step& step) {
    if (is_missing(step.number)) return "null";
    if (step.type == ValueType::kCondition) return step.number == 1.0 ? "true" : "false";
    if (step.type == ValueType::kTime) return microseconds(static_cast<std::int64_t>(step.number));
    return round_trippable(step.number);
  }

  std::string binary(const Step& step) {
    const Step& left = step.children[0];
    const Step& right = step.children[1];
    const bool constants = left.op == Op::kNumber && right.op == Op::kNumber;
    const bool calculates = step.type == ValueType::kNumber;
    const bool logical = step.op == Op::kAnd || step.op == Op::kOr;
    const auto operand = [&](const Step& child) {
      // Only two integers would be calculated with as such; a condition is 1 or 0.
      const bool as_it_is = child.op == Op::kNumber ? !constants : !calculates;
      return logical || (as_it_is && child.type != ValueType::kCondition) ? expression(child) : number(child);
    };
    const std::string first = operand(left);
    const std::string second = operand(right);
    if (step.op != Op::kDivide) return format("({} {} {})", first, symbol(step.op), second);
    const bool never_zero = right.op == Op::kNumber && right.number != 0.0;
    return never_zero ? format("({} / {})", first, second) : format("({} / nullif({}, 0))", first, second);
  }

  std::string in(const Step& step) {
    std::vector<std::string> wanted;
    for (const std::string& text : step.texts) wanted.push_back(literal(text));
    for (std::size_t i = 1; i < step.children.size(); ++i) wanted.push_back(expression(step.children[i]));
    const Step& of = step.children.front();
    return format("({} in ({}))", step.op == Op::kInTexts ? expression(of) : number(of), join(wanted));
  }

  std::string function(const Step& step) {
    const Function& function = *step.function;
    if (function.sql.empty())
      throw NotExpressible{format("the function `{}` cannot be said in plain SQL", function.name)};
    std::vector<std::string> arguments;
    Replacements replacements = {{"cutoff", "a.time"}};
    for (std::size_t i = 0; i < step.children.size(); ++i) {
      const ValueType wanted = function.takes[std::min(i, function.takes.size() - 1)];
      arguments.push_back(wanted == ValueType::kNumber ? number(step.children[i]) : expression(step.children[i]));
      replacements[format("{}", i + 1)] = arguments.back();
    }
    replacements["all"] = join(arguments);
    replacements["local"] = local(arguments.front());
    return format("({})", filled(function.sql, replacements));
  }

  const FeaturePlan& plan_;
  const PlanOptions& options_;
  std::vector<TableSpec> tables_;
  std::vector<Definition> definitions_;
  Resolved resolved_;
  Step where_;
  std::vector<std::string> parts_;  // common table expressions, each after those it names
  std::map<std::string, std::string> names_;
  std::vector<std::string> joined_;
  std::set<std::string> loaded_;
  std::set<std::string> own_columns_;
  std::size_t steps_ = 0;
};

}  // namespace

FeatureSql feature_sql(const FeaturePlan& plan, std::size_t feature, const PlanOptions& options) {
  try {
    return {SqlWriter(plan, options).query(feature), {}};
  } catch (const NotExpressible& reason) {
    return {{}, reason.reason};
  }
}

}  // namespace asof
