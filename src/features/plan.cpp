#include "features/plan.h"

#include <algorithm>

#include "asof/error.h"
#include "base/format.h"
#include "features/aggregation.h"
#include "features/plan_state.h"

namespace asof {
namespace {

constexpr std::size_t kCategoriesMax = 1000;

/// A column of the rows at hand; the outcome of an application is made of its label and of when it was known.
void collect_of_rows(const TableSpec& rows, const std::string& column, std::set<std::string>& read) {
  if (!rows.outcome || column != kOutcomeName) {
    read.insert(column);
    return;
  }
  read.insert(rows.outcome->label);
  if (!rows.outcome->known_at.empty()) read.insert(rows.outcome->known_at);
}

/// Collects what one expression reads; `rows` is the table whose rows are at hand, or null. They are `applications` in
/// the condition of that table; as history they are a table of `tables`.
void collect(const Node& node, const TableSpec* rows, const TableSpec& applications,
             const std::vector<TableSpec>& tables, ColumnsRead& read) {
  if (node.kind == NodeKind::kAggregate) {
    const TableSpec* table = aggregated_table(node, tables);
    if (table != nullptr) {
      read.of_tables[table->name];
      rows = table;
    }
  }
  const auto add_to_rows = [&] {
    collect_of_rows(*rows, node.text, rows == &applications ? read.own : read.of_tables[rows->name]);
  };
  if (node.kind == NodeKind::kColumn) {
    if (rows != nullptr && rows->name == node.table) {
      add_to_rows();
    } else if (node.table == applications.name || node.table == "applications") {
      read.own.insert(node.text);
    } else {
      read.of_tables[node.table].insert(node.text);
    }
  } else if (node.kind == NodeKind::kName && rows != nullptr && node.text != rows->name &&
             node.text != "application_at" && node.text != "missing") {
    add_to_rows();
  }
  for (const auto* parts : {&node.children, &node.arguments, &node.where}) {
    for (const Node& part : *parts) collect(part, rows, applications, tables, read);
  }
}

Definition where_definition(const TableSpec& spec) {
  return {"where", spec.where, {}, format("where: of table {}", spec.name), 0};
}

/// Families of features that were not given one.
std::string family_of(const Step& step, const std::vector<TableSpec>& tables) {
  if (step.op == Op::kAggregate) return step.aggregation->recency ? "recency" : tables[step.table].name;
  if (step.op == Op::kAttribute) return tables[step.table].name;
  if (step.op == Op::kApplicationColumn || step.op == Op::kApplicationAt) return "application";
  for (const Step& child : step.children) {
    if (std::string family = family_of(child, tables); !family.empty()) return family;
  }
  return "";
}

/// `undated` is known of the features that the step names: those come first in the order.
bool reads_undated(const Step& step, const std::vector<TableSpec>& tables, const std::vector<bool>& undated) {
  const bool reads_table = step.op == Op::kAttribute || step.op == Op::kAggregate;
  if (reads_table && tables[step.table].role == TableRole::kUndated) return true;
  if (step.op == Op::kFeature) return undated[step.feature];
  return std::ranges::any_of(step.children, [&](const Step& child) { return reads_undated(child, tables, undated); });
}

/// The texts that a feature may be, counted.
TextCounts texts_of(const Step& step, const std::vector<Step>& features, const CountTexts& count,
                    const Table& applications) {
  switch (step.op) {
    case Op::kFeature:
      return texts_of(features[step.feature], features, count, applications);
    case Op::kAttribute:
      return count(step.table, step.column);
    case Op::kApplicationColumn:
      if (const Column* column = applications.find(step.texts.front())) return count_texts(*column);
      return {};
    case Op::kAggregate:
      if (gives_pair(step)) return {};
      return count(step.table, step.children.front().column);
    default:
      return {};
  }
}

std::vector<std::string> frequent_pairs(const std::map<std::string, std::size_t>& seen) {
  Dictionary texts;
  std::vector<std::size_t> counts;
  for (const auto& [text, count] : seen) {
    texts.push_back(text);
    counts.push_back(count);
  }
  return frequent_texts({std::make_shared<const Dictionary>(std::move(texts)), std::move(counts)}, kCategoriesMax);
}

template <class Visit>
void for_each_table(std::vector<Step>& steps, const Visit& visit) {
  for (Step& step : steps) {
    if (step.op == Op::kAttribute || step.op == Op::kAggregate) visit(step.table);
    for_each_table(step.children, visit);
    for_each_table(step.condition, visit);
  }
}

void drop_unused_tables(std::vector<TableSpec>& tables, std::vector<Step>& steps) {
  std::vector<bool> used(tables.size());
  for_each_table(steps, [&](std::size_t table) { used[table] = true; });
  std::vector<std::size_t> place(tables.size());
  std::vector<TableSpec> kept;
  for (std::size_t i = 0; i < tables.size(); ++i) {
    place[i] = kept.size();
    if (used[i]) kept.push_back(std::move(tables[i]));
  }
  tables = std::move(kept);
  for_each_table(steps, [&](std::size_t& table) { table = place[table]; });
}

}  // namespace

void add_pairs(PairsSeen& sum, const PairsSeen& more) {
  sum.resize(std::max(sum.size(), more.size()));
  for (std::size_t i = 0; i < more.size(); ++i) {
    for (const auto& [text, count] : more[i]) sum[i][text] += count;
  }
}

ColumnsRead columns_read(std::span<const Definition> definitions, const TableSpec& applications,
                         std::span<const TableSpec> tables) {
  const std::vector<TableSpec> known(tables.begin(), tables.end());
  ColumnsRead read;
  for (const Definition& definition : definitions)
    collect(parse_expression(definition), nullptr, applications, known, read);
  const auto add_where = [&](const TableSpec& spec) {
    if (!spec.where.empty()) collect(parse_expression(where_definition(spec)), &spec, applications, known, read);
  };
  add_where(applications);
  for (const TableSpec& table : known) {
    if (read.of_tables.contains(table.name)) add_where(table);
  }
  return read;
}

std::vector<ColumnRequest> column_requests(const TableSpec& spec, const std::set<std::string>& columns) {
  std::set<std::string> names = columns;
  for (const std::string& name : {spec.entity, spec.time, spec.id, spec.known_at}) {
    if (!name.empty()) names.insert(name);
  }
  std::vector<ColumnRequest> requests;
  for (const std::string& name : names) {
    ColumnRequest request{.name = name, .type = {}, .epoch = EpochUnit::kNone, .missing = {}};
    if (const auto declared = spec.columns.find(name); declared != spec.columns.end()) {
      request.type = declared->second.type;
      request.epoch = declared->second.epoch;
      request.missing = declared->second.missing;
    }
    if (name == spec.time || name == spec.known_at) request.type = ColumnType::kTime;
    requests.push_back(std::move(request));
  }
  return requests;
}

TableSpec with_types(TableSpec spec, std::span<const Column> columns) {
  std::map<std::string, ColumnSpec> typed;
  for (const Column& column : columns) {
    ColumnSpec kept = spec.columns[column.name];
    kept.type = column.type;
    typed.emplace(column.name, std::move(kept));
  }
  spec.columns = std::move(typed);
  return spec;
}

FeaturePlan::FeaturePlan(std::vector<Definition> definitions, TableSpec applications, std::vector<TableSpec> tables,
                         const PlanOptions& options)
    : state_(std::make_unique<State>()) {
  State& state = *state_;
  state.definitions = std::move(definitions);
  state.applications = std::move(applications);
  state.tables = std::move(tables);
  state.options = options;
  Resolved resolved = resolve({&state.applications, &state.tables, &state.definitions, options.zone});
  state.steps = std::move(resolved.steps);
  state.order = std::move(resolved.order);
  drop_unused_tables(state.tables, state.steps);
  state.program = make_program(state.steps);
  std::ranges::copy_if(state.steps, std::back_inserter(state.pairs), gives_pair);
  state.program_of_pairs = make_program(state.pairs);
  std::vector<bool> undated(state.steps.size());
  for (const std::size_t i : state.order) undated[i] = reads_undated(state.steps[i], state.tables, undated);
  for (std::size_t i = 0; i < state.definitions.size(); ++i) {
    FeatureColumn column{.name = state.definitions[i].name, .family = state.definitions[i].family, .categories = {}};
    if (column.family.empty()) column.family = family_of(state.steps[i], state.tables);
    if (column.family.empty()) column.family = "derived";
    column.undated = undated[i];
    state.columns.push_back(std::move(column));
  }
  state.index_categories();
}

FeaturePlan::~FeaturePlan() = default;
FeaturePlan::FeaturePlan(FeaturePlan&&) noexcept = default;
FeaturePlan& FeaturePlan::operator=(FeaturePlan&&) noexcept = default;

const std::vector<Definition>& FeaturePlan::definitions() const { return state_->definitions; }
const TableSpec& FeaturePlan::applications() const { return state_->applications; }
const std::vector<TableSpec>& FeaturePlan::tables() const { return state_->tables; }
const std::vector<FeatureColumn>& FeaturePlan::columns() const { return state_->columns; }

void FeaturePlan::learn_categories(const CountTexts& count, const Table& applications) {
  for (std::size_t i = 0; i < state_->steps.size(); ++i) {
    const Step& step = state_->steps[i];
    if (step.type != ValueType::kText) continue;
    const TextCounts counted = texts_of(step, state_->steps, count, applications);
    if (counted.texts) state_->columns[i].categories = frequent_texts(counted, kCategoriesMax);
  }
  state_->index_categories();
}

void FeaturePlan::learn_categories(std::span<const EventLog* const> logs, const Table& applications) {
  learn_categories(
      [&](std::size_t table, std::size_t column) { return count_texts(logs[table]->table().columns[column]); },
      applications);
}

bool FeaturePlan::has_pairs() const { return !state_->pairs.empty(); }

void FeaturePlan::learn_pairs(const PairsSeen& seen) {
  auto of_pair = seen.begin();
  for (std::size_t i = 0; i < state_->steps.size() && of_pair != seen.end(); ++i) {
    if (gives_pair(state_->steps[i])) state_->columns[i].categories = frequent_pairs(*of_pair++);
  }
  for (const std::size_t i : state_->order) {  // a feature that is another has its categories
    const Step& step = state_->steps[i];
    if (step.op == Op::kFeature) state_->columns[i].categories = state_->columns[step.feature].categories;
  }
  state_->index_categories();
}

void FeaturePlan::set_columns(const std::vector<FeatureColumn>& columns) {
  const bool same_names = std::ranges::equal(columns, state_->columns, {}, &FeatureColumn::name, &FeatureColumn::name);
  if (!same_names)
    throw Error(Error::kIncompatible, "the columns of the feature matrix are not those of the feature definitions");
  state_->columns = columns;
  state_->index_categories();
}

void FeaturePlan::State::index_categories() {
  category_index.assign(columns.size(), {});
  for (std::size_t i = 0; i < columns.size(); ++i) {
    for (std::size_t c = 0; c < columns[i].categories.size(); ++c)
      category_index[i].emplace(columns[i].categories[c], static_cast<double>(c));
  }
}

}  // namespace asof
