// `asof evaluate`: how good a bundle is on applications whose outcome is known by now.
#include <algorithm>
#include <filesystem>

#include "base/format.h"
#include "cli/judging_options.h"
#include "evaluate/curves.h"

namespace asof::commands {
namespace {

struct Options {
  std::string bundle;
  JudgingOptions judging;
};

std::string figure_line(const Figure& figure) {
  std::string beside;
  for (const auto& [name, value] : figure.baselines)
    beside += format("{}{} {:.4f}", beside.empty() ? "" : ", ", name, value);
  return format("  {:<28} {:8.4f}  [{:.4f}, {:.4f}]   {}", title_of(metric(figure.metric), figure.positive),
                figure.value, figure.interval.low, figure.interval.high, beside);
}

Json to_json_value(const Drift& drift) {
  Json::Array trained(drift.trained.begin(), drift.trained.end()), now(drift.now.begin(), drift.now.end());
  return Json::Object{
      {"trained", std::move(trained)}, {"now", std::move(now)}, {"psi", drift.psi}, {"critical", drift.critical}};
}

Json to_json_value(const Month& month) {
  return Json::Object{{"month", month.name},           {"rows", month.rows},
                      {"rarer", month.rarer},          {"predicted", month.predicted},
                      {"repaid", month.repaid},        {"roc_auc", month.roc_auc},
                      {"low", month.auc_interval.low}, {"high", month.auc_interval.high}};
}

void say_months(const std::vector<Month>& months, Console& console) {
  console.say();
  console.say("month      applications  predicted    repaid   ROC-AUC");
  for (const Month& month : months) {
    const std::string auc =
        month.rarer < kRarerRowsForVerdict
            ? format("too few: {} of the rarer outcome", month.rarer)
            : format("{:.4f} [{:.4f}, {:.4f}]", month.roc_auc, month.auc_interval.low, month.auc_interval.high);
    console.say(format("{}    {:12} {:9.1f}% {:8.1f}%   {}", month.name, month.rows, 100.0 * month.predicted,
                       100.0 * month.repaid, auc));
  }
}

void say_drift(const PointCard& card, const Drift& drift, Console& console) {
  if (drift.now.empty()) return;
  console.say();
  console.say(format("population stability index of the bands {:.4f}; chance alone exceeds {:.4f} once in twenty times",
                     drift.psi, drift.critical));
  for (std::size_t i = 0; i < drift.now.size(); ++i) {
    console.say(format("  {}  {:5.1f} % of applications in training, {:5.1f} % now", card.bands[i].name,
                       100.0 * drift.trained[i], 100.0 * drift.now[i]));
  }
}

int run(const Options& options, Console& console) {
  const Project project = read_project(options.judging.project);
  const Scorer scorer = Scorer::load(options.bundle);
  const Judgement judgement = judge(scorer, project, options.judging.applications, options.judging.reading(console));
  const Evaluation evaluation =
      evaluate(scorer, judgement, {.seed = project.train.seed, .threads = options.judging.threads});
  const std::vector<double> repayment = judgement.repayment();
  const std::vector<Month> months = by_month(judgement.rows.seen_with(repayment), judgement.rows.times);
  const PointCard& card = scorer.bundle().points;
  const Drift drift = drift_of(card, judgement.scores);

  console.say(format("{} {} on {} applications: {} repaid, {} defaulted", scorer.bundle().name, scorer.bundle().version,
                     evaluation.rows, evaluation.repaid, evaluation.defaulted));
  if (judgement.not_newer > 0) {
    console.warn(
        format("{} of these applications are no later than the last one that the bundle learnt from: it may "
               "have learnt from them, and figures on them flatter it",
               judgement.not_newer));
  }
  if (std::min(evaluation.repaid, evaluation.defaulted) < kRarerRowsForVerdict)
    console.warn(format("under {} of the rarer outcome no figure is a verdict", kRarerRowsForVerdict));
  for (const Figure& figure : evaluation.figures) console.say(figure_line(figure));
  say_months(months, console);
  say_drift(card, drift, console);

  Json::Array by_month_json;
  for (const Month& month : months) by_month_json.push_back(to_json_value(month));
  console.result(Json::Object{{"bundle", scorer.bundle().name},
                              {"version", scorer.bundle().version},
                              {"not_newer", judgement.not_newer},
                              {"evaluation", to_json_value(evaluation)},
                              {"months", std::move(by_month_json)},
                              {"drift", to_json_value(drift)}});
  return 0;
}

Run declare(OptionSet& command) {
  const auto options = std::make_shared<Options>();
  command.add_option("bundle", options->bundle, "The bundle's folder").required();
  add_judging_options(command, options->judging);
  return [options](Console& console) { return run(*options, console); };
}

}  // namespace

extern const Command evaluate;
constinit const Command evaluate = {
    .name = "evaluate",
    .summary = "Judge a bundle by applications whose outcome is known: figures, months, drift",
    .example = "asof evaluate models/mobile-lender asof.yaml --applications data/later_outcomes.csv",
    .declare = declare,
};

}  // namespace asof::commands
