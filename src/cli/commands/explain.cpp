// `asof explain`: one application's score, feature by feature.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cmath>

#include "asof/error.h"
#include "base/format.h"
#include "base/parallel.h"
#include "cli/command.h"
#include "score/batch.h"

namespace asof::commands {
namespace {

struct Options {
  std::string project = "asof.yaml";
  std::string bundle;
  std::string user;
  std::string at;
  int threads = default_threads();
};

EntityKey key_of(const std::string& text, ColumnType type) {
  if (type == ColumnType::kText) return text;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size())
    throw Error(Error::kUsage, format("--user: an integer was expected, not `{}`", text));
  return number;
}

/// One application without columns of its own: whoever and whenever the caller says.
Applications one_application(const Scorer& scorer, const Options& options, const TimeZone& zone) {
  const TableSpec& spec = scorer.bundle().applications;
  const auto entity = spec.columns.find(spec.entity);
  const EntityKey key = key_of(options.user, entity->second.type.value_or(ColumnType::kInteger));
  Applications applications;
  applications.entities = EntityIndex(key);
  applications.entity = {0};
  applications.keys = {key};
  applications.times = {parse_timestamp(options.at, zone)};
  return applications;
}

Json to_json_value(const Explanation& explanation) {
  Json::Array contributions;
  for (const Contribution& one : explanation.contributions) {
    contributions.push_back(Json::Object{
        {"feature", one.feature}, {"value", one.value}, {"shown", one.display}, {"log_odds", one.log_odds}});
  }
  return Json::Object{{"prediction_probability", explanation.score.repayment_probability},
                      {"log_odds", explanation.score.margin},
                      {"base", explanation.base},
                      {"contributions", std::move(contributions)}};
}

int run(const Options& options, Console& console) {
  const Project project = read_project(options.project);
  const Scorer scorer = Scorer::load(options.bundle.empty() ? project.file.parent_path() / "models" / project.name
                                                            : std::filesystem::path(options.bundle));
  const Applications applications = one_application(scorer, options, zone_of(project));
  const Histories histories = read_histories(project, tables_of(scorer, project), applications.entities,
                                             {.threads = options.threads, .progress = console.progress()});
  const Application application{applications.keys.front(), applications.times.front()};
  Explanation explanation = scorer.explain(application, histories.of(0));
  console.result(to_json_value(explanation));

  console.say(format("repayment probability {:.4f} of {} {} at {}", explanation.score.repayment_probability,
                     scorer.bundle().applications.entity, options.user, to_string(application.at)));
  for (const SourceUse& source : explanation.score.sources)
    console.say(format("  {}: {} rows known before", source.table, source.rows_used));
  console.say(format("log-odds {:+.4f} = base {:+.4f}", explanation.score.margin, explanation.base));
  std::ranges::stable_sort(explanation.contributions, std::greater<>(),
                           [](const Contribution& one) { return std::abs(one.log_odds); });
  for (const Contribution& one : explanation.contributions) {
    if (one.log_odds == 0.0) continue;
    const std::string amount = format("{:+.4f}", one.log_odds);
    console.say(format("  {}  {} = {}", one.log_odds > 0 ? console.green(amount) : console.red(amount), one.feature,
                       one.display));
  }
  return 0;
}

Run declare(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  app.add_option("project", options->project, "The project file, or its folder")->capture_default_str();
  app.add_option("-b,--bundle", options->bundle, "The bundle's folder (default: models/NAME beside the project file)");
  app.add_option("-u,--user", options->user, "Whose application")->required();
  app.add_option("--at", options->at, "As of when, for example 2024-01-01T00:00:00Z")->required();
  app.add_option("--threads", options->threads, "Threads; never changes a number")->check(CLI::PositiveNumber);
  return [options](Console& console) { return run(*options, console); };
}

}  // namespace

extern const Command explain;
constinit const Command explain = {
    .name = "explain",
    .summary = "Say what one application's score is made of",
    .example = "asof explain asof.yaml --user 5 --at 2024-01-01T00:00:00Z",
    .declare = declare,
};

}  // namespace asof::commands
