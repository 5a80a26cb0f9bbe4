// `asof doctor`: does the project file fit the data? One line per finding; exit code 1 when training would refuse.
#include <algorithm>
#include <chrono>

#include "asof/error.h"
#include "base/format.h"
#include "base/parallel.h"
#include "cli/command.h"
#include "dataset/check.h"
#include "dataset/tables_in_memory.h"
#include "features/plan.h"
#include "sources/source.h"
#include "store/user_store.h"

namespace asof::commands {
namespace {

struct Options {
  std::string project = "asof.yaml";
  int threads = default_threads();
};

Timestamp now() {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::microseconds>(since_epoch).count()};
}

/// Live scoring reads users one by one: what it would say of the tables in PostgreSQL, such as an index to create.
std::vector<Finding> check_live_reading(const Project& project, const std::vector<TableSpec>& tables) {
  std::vector<ServedTable> served;
  for (const TableSpec& spec : tables) {
    if (source_kind_of(spec.from).name != "postgres") continue;
    std::set<std::string> columns;
    for (const auto& [name, column] : spec.columns) columns.insert(name);
    served.push_back({spec, column_requests(spec, columns)});
  }
  std::vector<Finding> findings;
  if (served.empty()) return findings;
  try {
    for (const std::string& advice : open_postgres_store(std::move(served), zone_of(project))->advice()) {
      findings.push_back({Verdict::kWarning, "", without_secrets(project, advice)});
    }
    if (findings.empty())
      findings.push_back({Verdict::kOk, "", "live scoring finds an index for every table in PostgreSQL"});
  } catch (const Error& error) {
    findings.push_back({Verdict::kError, "", without_secrets(project, format("live scoring: {}", error.what()))});
  }
  return findings;
}

std::string coloured(const Console& console, Verdict verdict, const std::string& text) {
  switch (verdict) {
    case Verdict::kOk:
      return console.green(text);
    case Verdict::kWarning:
      return console.yellow(text);
    case Verdict::kError:
      break;
  }
  return console.red(text);
}

void say(const std::vector<Finding>& findings, Console& console) {
  std::string heading = " ";  // no table is called so
  for (const Finding& finding : findings) {
    if (finding.table != heading) console.say(console.bold(finding.table.empty() ? "project" : finding.table));
    heading = finding.table;
    std::string text = finding.text;
    for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 1))
      text.replace(at, 1, "\n           ");
    console.say(
        format("  {} {}", coloured(console, finding.verdict, format("{:<8}", to_string(finding.verdict))), text));
  }
}

Json to_json_value(const std::vector<Finding>& findings) {
  Json::Array list;
  for (const Finding& finding : findings) {
    list.push_back(Json::Object{{"verdict", to_string(finding.verdict)},
                                {"table", finding.table.empty() ? Json() : Json(finding.table)},
                                {"text", finding.text}});
  }
  return list;
}

int run(const Options& options, Console& console) {
  const Project project = read_project(options.project);
  CheckReport report =
      check_project(project, {.now = now(), .threads = options.threads, .progress = console.progress()});
  std::vector<Finding>& findings = report.findings;
  std::ranges::move(check_live_reading(project, report.tables), std::back_inserter(findings));
  std::ranges::stable_sort(findings, {}, [&project](const Finding& finding) {  // by table, the project as a whole last
    return std::ranges::find(project.tables, finding.table, &TableSpec::name) - project.tables.begin();
  });

  say(findings, console);
  const auto count = [&findings](Verdict verdict) { return std::ranges::count(findings, verdict, &Finding::verdict); };
  const auto errors = count(Verdict::kError);
  console.say();
  console.say(format("{}: {} ok, {} warnings, {} errors", options.project, count(Verdict::kOk),
                     count(Verdict::kWarning), errors));
  if (errors == 0) console.say(format("next:  asof train {}", options.project));
  console.result(
      Json::Object{{"findings", to_json_value(findings)}, {"warnings", count(Verdict::kWarning)}, {"errors", errors}});
  return errors == 0 ? 0 : 1;
}

Run declare(OptionSet& command) {
  const auto options = std::make_shared<Options>();
  command.add_option("project", options->project, "The project file, or its folder").show_default();
  command.add_option("--threads", options->threads, "Threads to read with").positive();
  return [options](Console& console) { return run(*options, console); };
}

}  // namespace

extern const Command doctor;
constinit const Command doctor = {
    .name = "doctor",
    .summary = "Check a project file against its data",
    .example = "asof doctor asof.yaml",
    .declare = declare,
};

}  // namespace asof::commands
