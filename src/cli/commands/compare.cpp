// `asof compare`: two bundles on the same applications, and which one is ahead.
#include <algorithm>
#include <cmath>

#include "asof/error.h"
#include "base/format.h"
#include "cli/judging_options.h"
#include "evaluate/paired.h"

namespace asof::commands {
namespace {

struct Options {
  std::string first;
  std::string second;
  JudgingOptions judging;
};

/// Which score a shown difference speaks for, where the metric has a better direction.
std::string verdict_of(const PairedDifference& one) {
  const Metric& what = metric(one.metric);
  if (!one.is_shown()) return "no difference shown";
  if (!std::isnan(what.ideal)) return "differ";
  return (one.difference() > 0.0) == what.higher_is_better ? "the first is better" : "the second is better";
}

int run(const Options& options, Console& console) {
  const Project project = read_project(options.judging.project);
  const AssembleOptions reading = options.judging.reading(console);
  const Scorer first = Scorer::load(options.first), second = Scorer::load(options.second);
  const Judgement of_first = judge(first, project, options.judging.applications, reading);
  const Judgement of_second = judge(second, project, options.judging.applications, reading);
  if (of_first.rows.good != of_second.rows.good || of_first.rows.times != of_second.rows.times)
    throw Error(Error::kInternal, "the two bundles were judged by different applications");

  const std::vector<double> repayment = of_first.repayment();
  const std::vector<PairedDifference> differences = paired_differences(
      repayment, of_second.repayment(), of_first.rows.seen_with(repayment), of_first.rows.groups,
      minority(of_first.rows.good), {.seed = project.train.seed, .threads = options.judging.threads});

  console.say(format("{} applications; the first is {} {} ({}), the second {} {} ({})", of_first.rows.size(),
                     first.bundle().name, first.bundle().version, first.bundle().kind, second.bundle().name,
                     second.bundle().version, second.bundle().kind));
  if (const std::size_t seen = std::max(of_first.not_newer, of_second.not_newer); seen > 0)
    console.warn(
        format("{} of them are no later than the last one that a bundle learnt from: figures flatter the one "
               "that learnt from them",
               seen));
  console.say("                                  first    second   first - second, 95 % interval");
  Json::Array array;
  for (const PairedDifference& one : differences) {
    console.say(format("  {:<28} {:8.4f}  {:8.4f}   {:+.4f} [{:+.4f}, {:+.4f}]  {}",
                       title_of(metric(one.metric), one.positive), one.first, one.second, one.difference(),
                       one.interval.low, one.interval.high, verdict_of(one)));
    Json json{Json::Object{{"metric", one.metric},
                           {"first", one.first},
                           {"second", one.second},
                           {"difference", one.difference()},
                           {"low", one.interval.low},
                           {"high", one.interval.high}}};
    if (one.positive) json["positive"] = to_string(*one.positive);
    array.push_back(std::move(json));
  }
  console.result(Json::Object{{"first", first.bundle().version},
                              {"second", second.bundle().version},
                              {"rows", of_first.rows.size()},
                              {"differences", std::move(array)}});
  return 0;
}

Run declare(OptionSet& command) {
  const auto options = std::make_shared<Options>();
  command.add_option("first", options->first, "A bundle's folder").required();
  command.add_option("second", options->second, "Another bundle's folder").required();
  add_judging_options(command, options->judging);
  return [options](Console& console) { return run(*options, console); };
}

}  // namespace

extern const Command compare;
constinit const Command compare = {
    .name = "compare",
    .summary = "Compare two bundles on the same applications, pair by pair",
    .example = "asof compare models/lender/0123456789abcdef models/lender asof.yaml",
    .declare = declare,
};

}  // namespace asof::commands
