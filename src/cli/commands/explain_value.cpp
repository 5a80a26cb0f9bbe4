// `asof explain-value`: one value of one feature, with the rows it was made of and those it was not made of.
#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <set>

#include "asof/error.h"
#include "base/format.h"
#include "base/parallel.h"
#include "cli/command.h"
#include "dataset/assemble.h"
#include "features/trace.h"

namespace asof::commands {
namespace {

struct Options {
  std::string project = "asof.yaml";
  std::string user;
  std::string at;
  std::string feature;
  std::size_t limit = 20;
  int threads = default_threads();
};

const Definition& find_feature(std::span<const Definition> definitions, const std::string& name) {
  std::vector<std::string> known;
  for (const Definition& definition : definitions) {
    if (definition.name == name) return definition;
    known.push_back(definition.name);
  }
  throw Error(Error::kNotFound, format("there is no feature `{}`{}", name, did_you_mean(name, known)));
}

EntityKey key_of(const std::string& text, const TableSpec& applications) {
  if (applications.columns.at(applications.entity).type == ColumnType::kText) return text;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size())
    throw Error(Error::kUsage, format("--user: an integer was expected, not `{}`", text));
  return number;
}

/// The application's own columns, of the one application of the project that is meant.
Applications own_columns(const Project& project, const TableSpec& spec, const std::set<std::string>& columns,
                         const EntityKey& key, Timestamp at, const Options& options) {
  const Applications all = make_applications(
      spec, read_table(read_request(project, spec, column_requests(spec, columns), options.threads), {}));
  std::vector<std::uint32_t> meant;
  for (std::uint32_t row = 0; row < all.size(); ++row) {
    if (all.keys[row] == key && all.times[row] == at) meant.push_back(row);
  }
  if (meant.size() != 1)
    throw Error(Error::kNotFound, format("table {}: {} applications of {} {} at {}, but the feature reads the own "
                                         "columns of one; name one that is there",
                                         spec.name, meant.size(), spec.entity, options.user, to_string(at)));
  return make_applications(spec, take(all.rows, meant));
}

/// Whose value, as of when, and everything it is computed from.
struct Case {
  FeaturePlan plan;  ///< the feature first, what it is made of, then its parts
  std::size_t first_part = 0;
  PlanOptions options;
  EntityKey key;
  Timestamp at;
  std::vector<TracedTable> tables;          ///< one per table of the plan
  std::optional<Applications> application;  ///< when own columns are read

  Application as_application() const { return application ? application->at(0) : Application{.entity = key, .at = at}; }
};

Case read_case(const Options& options, Console& console) {
  const Project project = read_project(options.project);
  const PlanOptions plan_options{.boundary = project.boundary, .zone = zone_of(project)};
  const std::vector<Definition> all = definitions_of(project);
  const std::vector<TableSpec> history = project.history();
  const FeatureParts parts = parts_of(find_feature(all, options.feature), all, history);
  std::vector<Definition> definitions = parts.features;
  definitions.insert(definitions.end(), parts.parts.begin(), parts.parts.end());

  // Every column that any feature reads takes part in the order of rows of one time, so all of them are read.
  const auto columns = columns_read(all, project.applications(), history).of_tables;
  const auto wanted = columns_read(definitions, project.applications(), history).of_tables;
  const EntityKey key = key_of(options.user, typed_tables(project, {}).front());
  const Timestamp at = parse_timestamp(options.at, plan_options.zone);
  const EntityIndex entities(key);
  std::vector<TableSpec> specs;
  std::vector<TracedTable> tables;
  for (const TableSpec& table : history) {
    if (!wanted.contains(table.name)) continue;
    const Table rows =
        read_table(read_request(project, table, column_requests(table, columns.at(table.name)), options.threads),
                   console.progress());
    specs.push_back(with_types(table, rows.columns));
    tables.push_back(traced_table(specs.back(), rows, entities, plan_options.zone));
  }

  TableSpec applications = project.applications();
  applications.where.clear();
  std::optional<Applications> application;
  const std::set<std::string> own = columns_read(definitions, applications, history).own;
  if (!own.empty()) {
    application = own_columns(project, applications, own, key, at, options);
    applications = with_types(applications, application->rows.columns);
  }
  FeaturePlan plan(definitions, applications, specs, plan_options);
  std::vector<const EventLog*> logs;
  for (const TracedTable& table : tables) logs.push_back(&table.log);
  plan.learn_categories(logs, application ? application->rows : Table());
  return {.plan = std::move(plan),
          .first_part = parts.features.size(),
          .options = plan_options,
          .key = key,
          .at = at,
          .tables = std::move(tables),
          .application = std::move(application)};
}

/// What the definitions come to: numbers, and texts for categories; null where missing.
std::vector<Json> computed(Case& one) {
  History history;
  for (const TracedTable& table : one.tables) history.push_back({&table.log, table.rows()});
  const Application application = one.as_application();
  if (one.plan.has_pairs()) {
    Workspace workspace;
    PairsSeen pairs;
    one.plan.count_pairs({&application, 1}, history, workspace, pairs);
    one.plan.learn_pairs(pairs);
  }
  std::vector<double> values(one.plan.columns().size());
  one.plan.compute(application, history, values);
  std::vector<Json> shown;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::vector<std::string>& categories = one.plan.columns()[i].categories;
    if (is_missing(values[i])) {
      shown.emplace_back();
    } else if (categories.empty()) {
      shown.emplace_back(values[i]);
    } else {
      shown.emplace_back(categories.at(static_cast<std::size_t>(values[i])));
    }
  }
  return shown;
}

std::string in_words(const Json& value) {
  if (value.is_null()) return "missing";
  return value.is_string() ? format("'{}'", value.as_string()) : round_trippable(value.as_number());
}

std::string in_words(Timestamp time) { return time == kNoTime ? "" : to_string(time); }

/// The latest `limit` of the rows, in columns.
void say_rows(const std::vector<TracedRow>& rows, bool used, std::size_t limit, Console& console) {
  const std::size_t first = rows.size() > limit ? rows.size() - limit : 0;
  if (first > 0) console.say(format("  ... {} earlier ones; --limit {} shows all", first, rows.size()));
  std::size_t widest = std::string_view("value").size();
  for (std::size_t i = first; i < rows.size(); ++i) widest = std::max(widest, rows[i].value.size());
  constexpr std::size_t kTimeWidth = 27;  // with microseconds
  const auto line = [&](std::string_view time, std::string_view value, std::string_view known, std::string_view why) {
    std::string text = format("  {:{}}  {:{}}  {:{}}  {}", time, kTimeWidth, value, widest, known, kTimeWidth, why);
    text.erase(text.find_last_not_of(' ') + 1);
    console.say(text);
  };
  if (rows.empty()) return;
  line("time", "value", "known at", used ? "" : "why not");
  for (std::size_t i = first; i < rows.size(); ++i)
    line(in_words(rows[i].time), rows[i].value, in_words(rows[i].known_at), used ? "" : to_string(rows[i].fate));
}

/// One part: its value and its rows.
Json say_part(const Case& one, const RowTracer& tracer, std::size_t part, const Json& value, std::size_t limit,
              Console& console) {
  const Definition& definition = one.plan.definitions()[part];
  const std::vector<TracedRow> rows = tracer.trace(part, one.at, one.tables);
  std::vector<TracedRow> used;
  std::vector<TracedRow> left_out;
  Json::Array listed;
  for (const TracedRow& row : rows) {
    (row.fate == Fate::kUsed ? used : left_out).push_back(row);
    listed.push_back(to_json_value(row));
  }
  console.say(format("\n{} {} = {}: {} rows used, {} left out", definition.name, definition.expression, in_words(value),
                     used.size(), left_out.size()));
  say_rows(used, true, limit, console);
  if (!left_out.empty()) console.say("  left out:");
  say_rows(left_out, false, limit, console);
  return Json::Object{{"expression", definition.expression}, {"value", value}, {"rows", std::move(listed)}};
}

int run(const Options& options, Console& console) {
  Case one = read_case(options, console);
  const std::vector<Json> values = computed(one);
  const Definition& feature = one.plan.definitions().front();
  console.say(format("{} = {} for {} {} at {}", console.bold(feature.name), in_words(values.front()),
                     one.plan.applications().entity, options.user, to_string(one.at)));
  console.say(format("boundary: {}; a row counts when its time is {} the application's",
                     to_string(one.options.boundary),
                     one.options.boundary == Boundary::kAt ? "at or before" : "before"));
  Json::Array features;
  for (std::size_t i = 0; i < one.first_part; ++i) {
    const Definition& made_of = one.plan.definitions()[i];
    console.say(format("{} = {}{}", made_of.name, made_of.expression,
                       i == 0 ? std::string() : format(" = {}", in_words(values[i]))));
    features.push_back(Json::Object{{"name", made_of.name}, {"expression", made_of.expression}, {"value", values[i]}});
  }
  Json::Array parts;
  const RowTracer tracer(one.plan, one.options);
  for (std::size_t i = one.first_part; i < values.size(); ++i)
    parts.push_back(say_part(one, tracer, i, values[i], options.limit, console));
  console.result(Json::Object{{"feature", feature.name},
                              {"value", values.front()},
                              {"application_at", to_string(one.at)},
                              {"boundary", to_string(one.options.boundary)},
                              {"features", std::move(features)},
                              {"parts", std::move(parts)}});
  return 0;
}

Run declare(OptionSet& command) {
  const auto options = std::make_shared<Options>();
  command.add_option("project", options->project, "The project file, or its folder").show_default();
  command.add_option("-u,--user", options->user, "Whose value").required();
  command.add_option("--at", options->at, "As of when, for example 2024-01-01T00:00:00Z").required();
  command.add_option("--feature", options->feature, "The feature's name").required();
  command
      .add_option("--limit", options->limit,
                  "How many rows to show of those used, and of those left out; --json has all")
      .show_default();
  command.add_option("--threads", options->threads, "Threads; never changes a number").positive();
  return [options](Console& console) { return run(*options, console); };
}

}  // namespace

extern const Command explain_value;
constinit const Command explain_value = {
    .name = "explain-value",
    .summary = "Show the rows that one value of a feature was made of, and those left out with the reason",
    .example = "asof explain-value asof.yaml --user 5 --at 2024-01-01T00:00:00Z --feature avg_speed",
    .declare = declare,
};

}  // namespace asof::commands
