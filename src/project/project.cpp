// From document to project: `require_conformance` has seen to names and types, so what is left here is what the keys
// mean together. Every refusal points at the place in the file.
#include "project/project.h"

#include <algorithm>
#include <cstdlib>
#include <set>

#include "asof/error.h"
#include "base/files.h"
#include "base/format.h"
#include "features/plan.h"
#include "project/conformance.h"
#include "project/document.h"
#include "project/keys.h"
#include "project/source_text.h"

namespace asof {
namespace {

constexpr std::string_view kFileName = "asof.yaml";
constexpr std::string_view kApplications = "applications";

std::string text_of(const Value& mapping, std::string_view key) {
  const Value* value = mapping.find(key);
  return value == nullptr ? std::string() : value->text;
}

bool is_true(const Value& mapping, std::string_view key) { return text_of(mapping, key) == "true"; }

/// The texts of a list, or of the single value that stands for one.
std::vector<std::string> texts_of(const Value& value) {
  if (value.is_scalar()) return {value.text};
  std::vector<std::string> texts;
  for (const Value& item : value.items) texts.push_back(item.text);
  return texts;
}

std::vector<std::string> texts_of(const Value& mapping, std::string_view key) {
  const Value* value = mapping.find(key);
  return value == nullptr ? std::vector<std::string>() : texts_of(*value);
}

class Reader {
 public:
  Reader(const Document& document, const std::filesystem::path& file, const Environment& environment)
      : document_(document), environment_(environment), folder_(file.parent_path()) {
    project_.file = file;
  }

  Project read() {
    const Value& root = document_.root();
    project_.name = text_of(root, "name");
    project_.note = text_of(root, "note");
    project_.time_zone = text_of(root, "time_zone");
    project_.weight = text_of(root, "weight");
    if (root.find("boundary") != nullptr) project_.boundary = boundary_from(text_of(root, "boundary"));
    read_tables(*root.find("tables"));
    read_target(*root.find("target"));
    put_applications_first();
    check_target_table();
    read_features(*root.find("features"));
    if (const Value* train = root.find("train")) read_train(*train);
    if (const Value* decision = root.find("decision")) read_decision(*decision);
    if (const Value* reasons = root.find("reasons")) {
      for (std::size_t i = 0; i < reasons->items.size(); ++i)
        project_.reasons.emplace(reasons->names[i].text, reasons->items[i].text);
    }
    if (const Value* directions = root.find("directions")) {
      for (std::size_t i = 0; i < directions->items.size(); ++i)
        project_.directions.emplace(directions->names[i].text, direction_from(directions->items[i].text));
    }
    refuse_outcome_as_feature(project_, written_out_definitions());
    return std::move(project_);
  }

 private:
  // --- tables

  void read_tables(const Value& tables) {
    for (std::size_t i = 0; i < tables.items.size(); ++i) {
      project_.tables.push_back(read_table(tables.names[i].text, tables.items[i]));
    }
    table_values_ = &tables;
  }

  TableSpec read_table(const std::string& name, const Value& value) {
    TableSpec spec;
    spec.name = name;
    spec.from = read_source(name, *value.find("from"));
    spec.entity = text_of(value, "entity");
    spec.time = text_of(value, "time");
    spec.id = text_of(value, "id");
    spec.known_at = text_of(value, "known_at");
    if (value.find("delay") != nullptr) spec.delay = parse_duration(text_of(value, "delay"));
    spec.valid_from = read_moment(value, "valid_from");
    spec.valid_to = read_moment(value, "valid_to");
    spec.where = text_of(value, "where");
    spec.allow_undated = is_true(value, "allow_undated");
    spec.role = spec.time.empty()          ? TableRole::kUndated
                : is_true(value, "latest") ? TableRole::kDated
                                           : TableRole::kEvents;
    read_columns(value, spec);
    check_time(value, spec);
    return spec;
  }

  std::string read_source(const std::string& table, const Value& from) {
    if (holds_password(from.text)) {
      document_.fail_without_excerpt(
          from.place, format("a password is written out in `tables.{}.from`; expected `${{NAME}}` in its "
                             "place, and the password in the environment",
                             table));
    }
    project_.sources_as_written[table] = from.text;
    try {
      std::map<std::string, std::string> filled;
      const std::string text = fill_in_variables(from.text, environment_, filled);
      if (has_scheme(text)) project_.variables.merge(filled);  // a variable in a path is no secret
      return resolve_source(text, folder_);
    } catch (const Error& error) {
      document_.fail(from.place, format("`tables.{}.from`: {}", table, error.what()));
    }
  }

  Timestamp read_moment(const Value& mapping, std::string_view key) const {
    const Value* value = mapping.find(key);
    if (value == nullptr) return kNoTime;
    try {
      return parse_timestamp(value->text, project_.zone());
    } catch (const Error& error) {
      const std::string_view hint = project_.time_zone.empty()
                                        ? "; give the file a `time_zone`, or write the offset: `2025-06-30T00:00:00Z`"
                                        : "";
      document_.fail(value->place, format("`{}`: {}{}", key, error.what(), hint));
    }
  }

  void read_columns(const Value& table, TableSpec& spec) const {
    if (const Value* columns = table.find("columns")) {
      for (std::size_t i = 0; i < columns->items.size(); ++i) {
        spec.columns[columns->names[i].text] = read_column(columns->items[i]);
      }
    }
    if (const Value* missing = table.find("missing")) {
      for (std::size_t i = 0; i < missing->items.size(); ++i) {
        ColumnSpec& column = spec.columns[missing->names[i].text];
        refuse_twice(!column.missing.empty(), missing->names[i], "missing");
        column.missing = texts_of(missing->items[i]);
      }
    }
    const Value* epoch = table.find("epoch");
    if (epoch == nullptr) return;
    if (spec.time.empty())
      document_.fail(epoch->place, "`epoch` says how the `time` column is read, and this table has none");
    ColumnSpec& column = spec.columns[spec.time];
    refuse_twice(column.epoch != EpochUnit::kNone, *epoch, "epoch");
    column.epoch = *epoch_unit_named(epoch->text);
  }

  void refuse_twice(bool given, const Value& value, std::string_view key) const {
    if (!given) return;
    document_.fail(value.place,
                   format("`{0}` of this column is also given under `columns`; expected it in one place", key));
  }

  ColumnSpec read_column(const Value& value) const {
    if (value.is_scalar()) return {.type = column_type_named(value.text)};
    ColumnSpec column;
    if (value.find("type") != nullptr) column.type = column_type_named(text_of(value, "type"));
    if (const Value* epoch = value.find("epoch")) {
      column.epoch = *epoch_unit_named(epoch->text);
      if (column.type && *column.type != ColumnType::kTime) {
        document_.fail(epoch->place,
                       format("a column with an `epoch` holds times, but its `type` is `{}`; expected `time`",
                              to_string(*column.type)));
      }
    }
    column.missing = texts_of(value, "missing");
    return column;
  }

  /// What only makes sense for rows with a time, and what must be said of rows without one.
  void check_time(const Value& value, const TableSpec& spec) const {
    if (spec.time.empty()) {
      for (const std::string_view key : {"latest", "id", "known_at", "delay", "valid_from", "valid_to"}) {
        if (const Value* given = value.find(key)) {
          document_.fail(given->place,
                         format("`{}` is for rows with a time, and table `{}` has no `time`; expected one of the two",
                                key, spec.name));
        }
      }
      if (!spec.allow_undated) {
        document_.fail(
            value.place,
            format(
                "table `{}` has no `time`: its rows cannot be shown to predate the application. Name the column that "
                "says when they happened (`time: ...`), or write `allow_undated: true`: the table is then joined as "
                "it is, marked as undated in every report, and figures are given with and without it",
                spec.name));
      }
      return;
    }
    if (spec.allow_undated) {
      document_.fail(value.find("allow_undated")->place,
                     format("table `{}` has a `time`, so it is not undated; expected one of the two", spec.name));
    }
    if (spec.time == spec.entity) document_.fail(value.find("time")->place, "`time` and `entity` are the same column");
    if (!spec.known_at.empty() && spec.delay != Duration{}) {
      document_.fail(value.find("delay")->place,
                     "`known_at` already says when rows were had; expected either `known_at` or `delay`");
    }
    if (spec.valid_from != kNoTime && spec.valid_to != kNoTime && spec.valid_from >= spec.valid_to) {
      document_.fail(value.find("valid_to")->place,
                     "`valid_to` is not after `valid_from`, so that no row would be left");
    }
  }

  // --- target

  void read_target(const Value& value) {
    Target& target = project_.target;
    target.table = value.find("table") == nullptr ? std::string(kApplications) : text_of(value, "table");
    target.label = text_of(value, "label");
    target.good = text_of(value, "good");
    target.indeterminate = texts_of(value, "indeterminate");
    target.known_at = text_of(value, "known_at");
    if (value.find("performance_window") != nullptr)
      target.performance_window = parse_duration(text_of(value, "performance_window"));
    target.observed_until = read_moment(value, "observed_until");
    target_value_ = &value;
    if (!target.known_at.empty() && target.performance_window) {
      document_.fail(
          value.find("performance_window")->place,
          "`known_at` already says when the outcome was known; expected either `known_at` or `performance_window`");
    }
    if (target.observed_until != kNoTime && !target.performance_window) {
      document_.fail(
          value.find("observed_until")->place,
          "`observed_until` says which outcomes were known together with `performance_window`, which is missing");
    }
    if (std::ranges::count(target.indeterminate, target.good) > 0) {
      document_.fail(value.find("indeterminate")->place,
                     format("`{}` is `good`, and cannot be indeterminate as well", target.good));
    }
  }

  const Value& value_of(const TableSpec& table) const { return *table_values_->find(table.name); }

  Place target_place() const {
    const Value* table = target_value_->find("table");
    return table == nullptr ? target_value_->place : table->place;
  }

  std::vector<std::string> table_names() const {
    std::vector<std::string> names;
    for (const TableSpec& table : project_.tables) names.push_back(table.name);
    return names;
  }

  void put_applications_first() {
    std::vector<TableSpec>& tables = project_.tables;
    auto applications = std::ranges::find(tables, kApplications, &TableSpec::name);
    if (applications == tables.end()) applications = std::ranges::find(tables, project_.target.table, &TableSpec::name);
    if (applications == tables.end()) {
      document_.fail(target_place(), format("there is no table `{}`{}", project_.target.table,
                                            did_you_mean(project_.target.table, table_names())));
    }
    const Value& value = value_of(*applications);
    if (applications->time.empty()) {
      document_.fail(
          value.place,
          format("table `{}` holds the applications and has no `time`; expected the column with the moment as of which "
                 "each is scored",
                 applications->name));
    }
    for (const std::string_view key : {"latest", "known_at", "delay"}) {
      if (const Value* given = value.find(key)) {
        document_.fail(
            given->place,
            format("table `{}` holds the applications, which are known when they are made; `{}` has no meaning there",
                   applications->name, key));
      }
    }
    applications->role = TableRole::kApplications;
    std::rotate(tables.begin(), applications, applications + 1);
  }

  /// The outcome stands with the applications, or in a table that can be joined to them; and that table's own rows are
  /// history only once their outcome was known.
  void check_target_table() {
    const Target& target = project_.target;
    const auto table = std::ranges::find(project_.tables, target.table, &TableSpec::name);
    if (table == project_.tables.end()) {
      document_.fail(target_place(),
                     format("there is no table `{}`{}", target.table, did_you_mean(target.table, table_names())));
    }
    if (table->role == TableRole::kApplications) return;
    if (table->role != TableRole::kEvents) {
      document_.fail(target_place(),
                     format("table `{}` cannot be joined to the applications; expected one with `entity` and `time`",
                            table->name));
    }
    table->known_at_required = !table->known_at.empty() && table->known_at == target.known_at;
    if (!table->known_at.empty() || table->delay != Duration{}) return;
    table->known_at = target.known_at;
    table->known_at_required = !target.known_at.empty();
    if (target.performance_window) table->delay = *target.performance_window;
  }

  // --- features and training

  void read_features(const Value& value) {
    if (value.items.empty())
      document_.fail(value.place,
                     "`features` names nothing to compute a score from; expected `packs`, `application` or `define`");
    project_.packs = texts_of(value, "packs");
    if (const Value* packs = value.find("packs")) check_packs(*packs);
    project_.application_features = texts_of(value, "application");
    const std::set<std::string> outcome = {project_.target.label, project_.target.known_at};
    for (const std::string& column : project_.application_features) {
      if (outcome.contains(column)) {
        document_.fail(
            value.find("application")->place,
            format("`{}` tells the outcome, which nobody knew at the application; expected columns known then",
                   column));
      }
    }
    if (const Value* define = value.find("define")) read_definitions(*define, "");
  }

  void check_packs(const Value& packs) const {
    const std::vector<std::string> known = pack_names();
    for (const std::string& pack : project_.packs) {
      if (std::ranges::find(known, pack) != known.end()) continue;
      document_.fail(packs.place, format("there is no feature pack `{}`{}", pack, did_you_mean(pack, known)));
    }
  }

  void read_definitions(const Value& define, const std::string& family) {
    for (std::size_t i = 0; i < define.items.size(); ++i) {
      const Value& name = define.names[i];
      const Value& item = define.items[i];
      if (item.shape == Value::Shape::kMapping) {
        read_definitions(item, name.text);
        continue;
      }
      project_.definitions.push_back({.name = name.text,
                                      .expression = item.text,
                                      .family = family,
                                      .origin = project_.file.filename().string(),
                                      .line = static_cast<int>(name.place.line)});
    }
  }

  void read_train(const Value& value) {
    TrainOptions& train = project_.train;
    if (value.find("holdout") != nullptr) train.holdout = std::stod(text_of(value, "holdout"));
    if (value.find("seed") != nullptr) train.seed = std::stoull(text_of(value, "seed"));
    if (value.find("folds") != nullptr) train.folds = std::stoi(text_of(value, "folds"));
    if (value.find("repeats") != nullptr) train.repeats = std::stoi(text_of(value, "repeats"));
    train.candidates = texts_of(value, "candidates");
    if (const Value* texts = value.find("texts")) {
      train.texts = texts_of(value, "texts");
      if (train.texts.empty()) document_.fail(texts->place, "`texts` names no way; expected one at least");
    }
    if (const Value* clip = value.find("clip")) {
      train.clip = std::stod(text_of(value, "clip"));
      if (train.clip >= 0.5) document_.fail(clip->place, "`clip` is of either end; expected a share below 0.5");
    }
    train.group = text_of(value, "group");
    if (!train.group.empty() && train.group == project_.target.label) {
      document_.fail(value.find("group")->place,
                     "`group` is the outcome itself; expected a column that tells which applications belong together");
    }
  }

  void read_decision(const Value& value) {
    DecisionRule& rule = project_.decision;
    if (value.find("by") != nullptr) rule.by = decide_by_named(text_of(value, "by"));
    const Value* loss = value.find("loss_given_default");
    const Value* margin = value.find("margin");
    if ((loss == nullptr) != (margin == nullptr)) {
      document_.fail(
          (loss == nullptr ? margin : loss)->place,
          format("`{}` stands alone; expected `loss_given_default` and `margin`, what a loan loses and earns",
                 loss == nullptr ? "margin" : "loss_given_default"));
    }
    if (loss != nullptr) rule.costs = {std::stod(loss->text), std::stod(margin->text)};
    if (rule.by == DecideBy::kCost && !rule.costs) {
      document_.fail(
          value.find("by")->place,
          "`by: cost` needs to know what a loan loses and earns; expected `loss_given_default` and `margin`");
    }
    rule.approve = read_share_of(value, "approve", DecideBy::kApprovalRate);
    rule.at_most = read_share_of(value, "at_most", DecideBy::kBadRate);
  }

  /// The share that one rule needs and no other reads; 0 for the others.
  double read_share_of(const Value& decision, std::string_view key, DecideBy of) const {
    const Value* share = decision.find(key);
    const DecideBy by = project_.decision.by;
    if (by == of && share == nullptr) {
      document_.fail(
          decision.find("by")->place,
          format("`by: {}` needs `{}`; expected a number greater than 0 and less than 1", to_string(of), key));
    }
    if (share == nullptr) return 0.0;
    if (by != of) {
      document_.fail(share->place, format("`{}` is read by `by: {}` alone, and this decision is by `{}`; expected one "
                                          "of the two",
                                          key, to_string(of), to_string(by)));
    }
    return std::stod(share->text);
  }

  /// Families (`for column in gps.*: ...`) are written out where the columns are known.
  std::vector<Definition> written_out_definitions() const {
    std::vector<Definition> definitions;
    for (const Definition& definition : project_.definitions) {
      if (!definition.name.starts_with("for ")) definitions.push_back(definition);
    }
    return definitions;
  }

  const Document& document_;
  const Environment& environment_;
  std::filesystem::path folder_;
  const Value* table_values_ = nullptr;
  const Value* target_value_ = nullptr;
  Project project_;
};

}  // namespace

const TableSpec& Project::table(std::string_view table_name) const {
  std::vector<std::string> known;
  for (const TableSpec& table : tables) {
    if (table.name == table_name) return table;
    known.push_back(table.name);
  }
  throw Error(Error::kNotFound, format("the project has no table `{}`{}", table_name, did_you_mean(table_name, known)));
}

std::vector<TableSpec> Project::history() const {
  std::vector<TableSpec> history(tables.begin() + 1, tables.end());
  TableSpec& earlier = history.emplace_back(applications());
  earlier.where.clear();
  if (target.table != earlier.name) return history;
  earlier.outcome = OutcomeSpec{.label = target.label,
                                .good = target.good,
                                .indeterminate = target.indeterminate,
                                .known_at = target.known_at,
                                .performance_window = target.performance_window,
                                .observed_until = target.observed_until};
  if (!target.known_at.empty()) earlier.columns[target.known_at].type = ColumnType::kTime;
  return history;
}

TimeZone Project::zone() const { return time_zone.empty() ? TimeZone() : TimeZone::named(time_zone); }

Project parse_project(std::string text, const std::filesystem::path& file, const Environment& environment) {
  const Document document(file.string(), std::move(text));
  require_conformance(document, project_keys());
  return Reader(document, std::filesystem::absolute(file).lexically_normal(), environment).read();
}

Project read_project(const std::filesystem::path& file) {
  const std::filesystem::path path = std::filesystem::is_directory(file) ? file / kFileName : file;
  if (!std::filesystem::exists(path)) {
    throw Error(
        Error::kNotFound,
        format("there is no project file `{}`; write one, or let `asof init` guess it from the data", path.string()));
  }
  return parse_project(read_file(path), path, [](const std::string& variable) -> std::optional<std::string> {
    const char* value = std::getenv(variable.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  });
}

void refuse_outcome_as_feature(const Project& project, std::span<const Definition> definitions) {
  const Target& target = project.target;
  const TableSpec& holder = project.table(target.table);
  const bool own = target.table == project.applications().name;
  const bool counts_when_known =
      (!target.known_at.empty() && holder.known_at == target.known_at) ||
      (target.performance_window && holder.known_at.empty() && holder.delay >= *target.performance_window);
  if (!own && counts_when_known) return;
  const bool known_later = !target.known_at.empty() || target.performance_window;
  const std::vector<TableSpec> history = project.history();
  TableSpec applications = project.applications();
  applications.where.clear();  // which applications take part may well depend on what became of them
  for (const Definition& definition : definitions) {
    const ColumnsRead read = columns_read({&definition, 1}, applications, history);
    const auto of_table = read.of_tables.find(target.table);
    const bool of_history = of_table != read.of_tables.end();
    if (own && of_history && of_table->second.contains(target.label) && !known_later) {
      throw Error(Error::kInvalidInput, format("{} line {}: feature `{}`: {}", definition.origin, definition.line,
                                               definition.name, kNoOutcomeClock));
    }
    if (!own && !of_history) continue;
    const std::set<std::string>& columns = own ? read.own : of_table->second;
    for (const std::string& column : {target.label, target.known_at}) {
      if (column.empty() || !columns.contains(column)) continue;
      throw Error(
          Error::kInvalidInput,
          format(
              "{} line {}: feature `{}` reads `{}.{}`, which tells the outcome and was not known at the application{}",
              definition.origin, definition.line, definition.name, target.table, column,
              own ? ""
                  : "; rows of this table can be features when they count only once the outcome was known: say "
                    "`known_at` or `performance_window` under `target:`, and no other `known_at` or shorter `delay` "
                    "of the table"));
    }
  }
}

std::string without_secrets(const Project& project, std::string text) {
  const auto hide = [&text](std::string_view secret, const std::string& shown) {
    for (std::size_t at = secret.empty() ? std::string::npos : text.find(secret); at != std::string::npos;
         at = text.find(secret, at + shown.size())) {
      text.replace(at, secret.size(), shown);
    }
  };
  for (const auto& [name, value] : project.variables) {
    const std::string shown = format("${{{}}}", name);
    hide(value, shown);
    hide(password_in(value), shown);
  }
  return text;
}

}  // namespace asof
