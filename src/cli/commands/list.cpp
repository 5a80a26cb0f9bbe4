// `asof list`: everything that has a name, from the same lists that the program itself reads.

#include "asof/error.h"
#include "audit/check.h"
#include "base/format.h"
#include "cli/command.h"
#include "evaluate/metric.h"
#include "features/aggregation.h"
#include "features/feature_set.h"
#include "features/function.h"
#include "model/model.h"
#include "serve/endpoint.h"
#include "sources/source.h"

namespace asof::commands {
namespace {

struct Entry {
  std::string name;
  std::string summary;
  std::string example = {};  ///< how it is written
  std::string gives = {};    ///< a small case: what comes out of which rows
};

struct Listing {
  std::string_view what;
  std::vector<Entry> (*entries)();
};

/// The first of its examples: "20 of 10@-3 20@-2 30@-1".
std::string case_of(const Aggregation& aggregation) {
  const Example& example = aggregation.examples.front();
  const std::string rows = example.rows.empty() ? "no rows" : format("`{}`", example.rows);
  return format("{} of {}", result_of(aggregation, example), rows);
}

constexpr Listing kListings[] = {
    {"aggregations",
     [] {
       std::vector<Entry> entries;
       for (const Aggregation* one : all_aggregations())
         entries.push_back({std::string(one->name), std::string(one->summary), example_call(*one), case_of(*one)});
       return entries;
     }},
    {"functions",
     [] {
       std::vector<Entry> entries;
       for (const Function& one : functions()) entries.push_back({std::string(one.name), std::string(one.summary)});
       return entries;
     }},
    {"models",
     [] {
       std::vector<Entry> entries;
       for (const ModelKind* one : model_kinds())
         entries.push_back({std::string(one->name), format("{} ({}). {}", one->title, one->library, one->summary)});
       return entries;
     }},
    {"metrics",
     [] {
       std::vector<Entry> entries;
       for (const Metric* one : metrics()) entries.push_back({std::string(one->name), std::string(one->summary)});
       return entries;
     }},
    {"checks",
     [] {
       std::vector<Entry> entries;
       for (const audit::Check* one : audit::all_checks())
         entries.push_back({std::string(one->name), std::string(one->summary)});
       return entries;
     }},
    {"sources",
     [] {
       std::vector<Entry> entries;
       for (const SourceKind* one : source_kinds())
         entries.push_back({std::string(one->name), std::string(one->summary)});
       return entries;
     }},
    {"packs",
     [] {
       std::vector<Entry> entries;
       for (const std::string& name : pack_names())
         entries.push_back({name, format("{} definitions", pack_definitions(name).size())});
       return entries;
     }},
    {"endpoints",
     [] {
       std::vector<Entry> entries;
       for (const Endpoint* one : all_endpoints())
         entries.push_back({format("{} {}", one->method, one->path), std::string(one->summary)});
       return entries;
     }},
    {"commands",
     [] {
       std::vector<Entry> entries;
       for (const Command* one : all_commands()) entries.push_back({std::string(one->name), std::string(one->summary)});
       return entries;
     }},
};

const Listing& listing(const std::string& what) {
  std::vector<std::string> known;
  for (const Listing& one : kListings) {
    if (one.what == what) return one;
    known.emplace_back(one.what);
  }
  throw Error(Error::kUsage, format("there is no list of `{}`{}", what, did_you_mean(what, known)));
}

void show(const Listing& listing, bool markdown, Console& console) {
  const std::vector<Entry> entries = listing.entries();
  std::size_t width = 0;
  for (const Entry& entry : entries) width = std::max(width, entry.name.size());
  const bool examples = !entries.empty() && !entries.front().example.empty();
  const std::string_view head =
      examples ? "| name | what | for example | gives |\n|---|---|---|---|" : "| name | what |\n|---|---|";
  console.say(markdown ? format("## {}\n\n{}", listing.what, head) : console.bold(listing.what));
  for (const Entry& entry : entries) {
    const std::string more = examples ? format(" `{}` | {} |", entry.example, entry.gives) : "";
    console.say(markdown ? format("| `{}` | {} |{}", entry.name, entry.summary, more)
                         : format("  {:<{}}  {}", entry.name, width, entry.summary));
  }
  console.say();
}

Run declare(OptionSet& command) {
  struct Options {
    std::vector<std::string> what;
    bool markdown = false;
  };
  const auto options = std::make_shared<Options>();
  command.add_option(
      "what", options->what,
      "aggregations, functions, models, metrics, checks, sources, packs, endpoints, commands (default: all)");
  command.add_flag("--markdown", options->markdown, "As tables for documents");
  return [options](Console& console) {
    if (options->what.empty()) {
      for (const Listing& one : kListings) options->what.emplace_back(one.what);
    }
    Json::Object result;
    for (const std::string& what : options->what) {
      const Listing& one = listing(what);
      show(one, options->markdown, console);
      Json::Array entries;
      for (const Entry& entry : one.entries()) {
        Json::Object shown{{"name", entry.name}, {"summary", entry.summary}};
        if (!entry.example.empty()) shown.emplace_back("example", entry.example);
        entries.emplace_back(std::move(shown));
      }
      result.emplace_back(what, std::move(entries));
    }
    console.result(result);
    return 0;
  };
}

}  // namespace

extern const Command list;
constinit const Command list = {
    .name = "list",
    .summary =
        "Everything that has a name: aggregations, functions, models, metrics, checks, sources, packs, endpoints, "
        "commands",
    .example = "asof list aggregations --markdown",
    .declare = declare,
};

}  // namespace asof::commands
