// The report is one column of sections, the answer first, then what to know before believing it, then the evidence.
#include "evaluate/report.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "asof/error.h"
#include "base/format.h"
#include "embedded/evaluate_assets.h"
#include "evaluate/curves.h"
#include "evaluate/markup.h"
#include "evaluate/report_figures.h"
#include "evaluate/report_words.h"

namespace asof {
namespace {

constexpr std::size_t kDeciles = 10;

Markup paragraph(const std::string& words, const char* kind = "") {
  return *kind == '\0' ? element("p", {}, text(words)) : element("p", {{"class", kind}}, text(words));
}

Markup list(std::span<const std::string> sentences) {
  Markup items;
  for (const std::string& sentence : sentences) items += element("li", {}, text(sentence));
  return element("ul", {}, items);
}

/// One block of the page. Without content there is no block.
struct Section {
  std::string id;
  std::string name;  ///< in the list of contents
  std::string title;
  Markup content;
};

Markup draw(const Section& section) {
  const std::string title_id = section.id + "-title";
  return element("section", {{"id", section.id}, {"aria-labelledby", title_id}},
                 element("h2", {{"id", title_id}}, text(section.title)) + section.content);
}

struct Heading {
  std::string title;
  bool number = false;  ///< aligned right
};

/// The first cell of a row is its name. A wide table scrolls on its own.
Markup table(const std::string& caption, std::span<const Heading> headings,
             std::span<const std::vector<std::string>> rows) {
  const auto kind = [&](std::size_t i) { return std::string(headings[i].number ? "number" : "words"); };
  Markup head, body;
  for (std::size_t i = 0; i < headings.size(); ++i) {
    head += element("th", {{"scope", "col"}, {"class", kind(i)}}, text(headings[i].title));
  }
  for (const std::vector<std::string>& row : rows) {
    Markup cells = element("th", {{"scope", "row"}}, text(row.front()));
    for (std::size_t i = 1; i < row.size(); ++i) cells += element("td", {{"class", kind(i)}}, text(row[i]));
    body += element("tr", {}, cells);
  }
  const Markup content = element("caption", {}, text(caption)) + element("thead", {}, element("tr", {}, head)) +
                         element("tbody", {}, body);
  return element("div", {{"class", "scroll"}, {"role", "region"}, {"aria-label", caption}, {"tabindex", "0"}},
                 element("table", {}, content));
}

using Rows = std::vector<std::vector<std::string>>;

std::string data_window(const ReportInput& input) {
  if (input.first_application == kNoTime) return "not known";
  return format("{} to {}", date_of(input.first_application), date_of(input.last_application));
}

Markup tile(const std::string& name, const std::string& value, const std::string& detail, const char* kind = "value") {
  return element(
      "div", {{"class", "tile"}},
      element("dt", {}, text(name)) + element("dd", {{"class", kind}}, text(value)) + element("dd", {}, text(detail)));
}

Markup tile(const Evaluation& evaluation, const Figure& figure) {
  return tile(title_of(figure, evaluation), number(figure.value),
              format("{} to {}; {}", number(figure.interval.low), number(figure.interval.high), baselines(figure)));
}

Section verdict(const ReportInput& input) {
  const HoldoutReport& headline = input.holdouts.front();
  const Evaluation& evaluation = headline.evaluation;
  Markup content;
  for (std::size_t i = 0; i < input.verdict.size(); ++i) content += paragraph(input.verdict[i], i == 0 ? "lead" : "");
  Markup tiles = tile(evaluation, evaluation.figure("roc_auc"));
  tiles += tile(evaluation, evaluation.figure("pr_auc", evaluation.minority));
  tiles += tile(evaluation, evaluation.figure("log_loss"));
  tiles += tile("Applications judged", counted(evaluation.rows),
                format("{} repaid, {} defaulted ({} repaid)", counted(evaluation.repaid), counted(evaluation.defaulted),
                       percent(static_cast<double>(evaluation.repaid) / static_cast<double>(evaluation.rows))));
  tiles += tile("Model", title_of_kind(chosen(input).kind), format("setting: {}", chosen(input).setting.name), "words");
  tiles += tile("Applications from", data_window(input), format("headline: {}", kind_of(headline)), "words");
  return {"verdict", "Verdict", "Verdict", content + element("dl", {{"class", "tiles"}}, tiles)};
}

Section alerts(const ReportInput& input) {
  const std::vector<std::string> sentences = all_alerts(input);
  if (sentences.empty()) return {"alerts", "Alerts", "Alerts", paragraph("None.", "good")};
  return {"alerts", "Alerts", "Alerts", element("div", {{"class", "alerts"}}, list(sentences))};
}

Markup figures_table(const ReportInput& input) {
  std::vector<Heading> headings = {{"Measure"}};
  for (const HoldoutReport& holdout : input.holdouts) headings.push_back({name_of(holdout), true});
  headings.push_back({"Constant answers"});
  headings.push_back({"Against them"});
  Rows rows;
  const Evaluation& headline = input.holdouts.front().evaluation;
  for (const Figure& figure : headline.figures) {
    std::vector<std::string> row = {title_of(figure, headline), with_interval(figure)};
    for (std::size_t i = 1; i < input.holdouts.size(); ++i) {
      row.push_back(with_interval(input.holdouts[i].evaluation.figure(figure.metric, figure.positive)));
    }
    row.push_back(baselines(figure));
    row.push_back(beside_constant_answers(figure));
    rows.push_back(std::move(row));
  }
  return table(format("Every measure with its 95 % interval ({} bootstrap resamples of persons); constant answers and "
                      "thresholds are those of the headline",
                      counted(static_cast<std::size_t>(headline.resamples))),
               headings, rows);
}

Markup holdouts_table(const ReportInput& input) {
  constexpr bool kNumber = true;
  const Heading headings[] = {
      {"Hold-out"},        {"Which applications"}, {"Candidate"},          {"Learnt from", kNumber},
      {"Judged", kNumber}, {"Repaid", kNumber},    {"Defaulted", kNumber}, {"In neither", kNumber}};
  Rows rows;
  for (const HoldoutReport& holdout : input.holdouts) {
    const Evaluation& evaluation = holdout.evaluation;
    rows.push_back({rows.empty() ? name_of(holdout) + " (headline)" : name_of(holdout), kind_of(holdout),
                    holdout.candidate, counted(holdout.train_rows), counted(evaluation.rows),
                    counted(evaluation.repaid), counted(evaluation.defaulted), counted(holdout.left_out)});
  }
  return table("Hold-outs: each is scored once, by a model that saw nothing of it; no person is on both sides",
               headings, rows);
}

Section performance(const ReportInput& input) {
  return {"performance", "Performance", "How good it is",
          paragraph(headline_sentence(input)) + holdouts_table(input) + figures_table(input) +
              element("div", {{"class", "charts"}}, discrimination_figures(input))};
}

Section calibration(const ReportInput& input) {
  constexpr bool kNumber = true;
  const Heading headings[] = {
      {"Tenth"},           {"Applications", kNumber},  {"Scores", kNumber}, {"Predicted", kNumber},
      {"Repaid", kNumber}, {"95 % interval", kNumber}, {"Lift", kNumber}};
  const HoldoutPredictions& held = input.predictions;
  const double base = base_rate(held.good, held.weights);
  Rows rows;
  for (const ScoreBin& bin : score_bins({held.repayment, held.good, held.weights}, kDeciles)) {
    rows.push_back({std::to_string(rows.size() + 1), counted(bin.rows),
                    format("{} to {}", number(bin.lowest), number(bin.highest)), percent(bin.predicted),
                    percent(bin.repaid), format("{} to {}", percent(bin.interval.low), percent(bin.interval.high)),
                    base > 0.0 ? format("{:.2f}", bin.repaid / base) : "undefined"});
  }
  const Evaluation& headline = input.holdouts.front().evaluation;
  const Heading measures[] = {{"Measure"}, {"Value and 95 % interval", kNumber}, {"A perfect score"}, {"Verdict"}};
  Rows measured;
  for (const char* name : {"calibration_slope", "calibration_intercept", "ece"}) {
    const Figure& figure = headline.figure(name);
    measured.push_back(
        {title_of(figure, headline), with_interval(figure), baselines(figure), beside_constant_answers(figure)});
  }
  return {"calibration", "Calibration", "Do the probabilities mean what they say",
          table("Calibration on the headline hold-out", measures, measured) +
              paragraph(format("Calibration chosen on out-of-fold predictions of the training rows: {}.",
                               input.selection.calibration.reason)) +
              element("div", {{"class", "charts"}}, calibration_figures(input)) +
              table("The headline hold-out in tenths of the score, the lowest first; lift is the repaid rate of "
                    "a tenth over that of all",
                    headings, rows)};
}

Section strategy(const ReportInput& input) {
  constexpr bool kNumber = true;
  constexpr double kShares[] = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0};
  const std::optional<LoanCosts>& costs = input.cut_off.rule.costs;
  std::vector<Heading> headings = {
      {"Approved", kNumber},  {"Applications", kNumber},  {"Repayment probability from", kNumber},
      {"Defaulted", kNumber}, {"95 % interval", kNumber}, {"Of all defaults, refused", kNumber}};
  if (costs) headings.push_back({"Profit per application", kNumber});
  const HoldoutPredictions& held = input.predictions;
  Rows rows;
  for (const Approval& step : strategy_curve({held.repayment, held.good, held.weights}, kShares)) {
    rows.push_back({percent(step.share), counted(step.rows), number(step.cutoff), percent(step.default_rate),
                    format("{} to {}", percent(step.interval.low), percent(step.interval.high)),
                    std::isnan(step.defaults_refused) ? "none defaulted" : percent(step.defaults_refused)});
    if (costs) rows.back().push_back(percent(profit(step, *costs)));
  }
  return {
      "strategy", "Strategy", "What a cut-off would mean",
      paragraph("Had only the best-scored applications of the headline hold-out been approved. These are loans that "
                "were granted: what became of refused applications is not known here.") +
          element("h3", {}, text("The threshold, chosen on out-of-fold predictions of the training rows")) +
          list(sentences_of(input.cut_off)) + profit_figures(input) +
          table("Strategy curve: approval rate against default rate", headings, rows)};
}

Section undated(const ReportInput& input) {
  if (!input.without_undated) return {};
  constexpr bool kNumber = true;
  const Heading headings[] = {{"Measure"}, {"With undated columns", kNumber}, {"Without", kNumber}};
  const Evaluation& with = input.holdouts.front().evaluation;
  Rows rows;
  for (const Figure& figure : with.figures) {
    const Figure& without = input.without_undated->figure(figure.metric, figure.positive);
    rows.push_back({std::string(metric(figure.metric).title) +
                        (figure.positive ? format(" of {}", to_string(*figure.positive)) : ""),
                    with_interval(figure), with_interval(without)});
  }
  return {"undated", "Undated", "With and without undated columns",
          paragraph(format("The values of {} carry no time, so nothing shows that they were known before the "
                           "application. The same candidate was fitted again without them.",
                           named(input.undated_tables))) +
              table("The chosen model with and without undated columns, headline hold-out", headings, rows)};
}

std::vector<std::string> trial_row(const Trial& trial) {
  return {title_of_kind(trial.kind),
          trial.setting.name,
          trial.setting.preprocess.missing == MissingValues::kKept ? "kept" : "median and indicator",
          std::isnan(trial.roc_auc_error) ? number(trial.roc_auc)
                                          : format("{} ± {}", number(trial.roc_auc), number(trial.roc_auc_error)),
          number(trial.pr_auc_minority),
          number(trial.log_loss)};
}

Section candidates(const ReportInput& input) {
  const Selection& selection = input.selection;
  constexpr bool kNumber = true;
  const Heading headings[] = {{"Candidate"},
                              {"Setting"},
                              {"Missing values"},
                              {"ROC-AUC", kNumber},
                              {format("PR-AUC of {}", to_string(selection.minority)), kNumber},
                              {"Log loss", kNumber}};
  Rows best, all;
  for (const Trial& trial : selection.leaderboard) best.push_back(trial_row(trial));
  for (const Trial& trial : selection.trials) all.push_back(trial_row(trial));
  Markup content =
      paragraph(format("Cross-validated on training rows alone, {} folds; imputation, scaling and encoding are "
                       "fitted inside each fold. ROC-AUC is the mean over folds ± its standard error, and it "
                       "chooses, the plainest among equals; the other columns are means over folds. No number here "
                       "comes from a hold-out.",
                       selection.folds));
  content += table("Leaderboard: the best setting of each candidate, the best first", headings, best);
  if (!selection.why_not_first.empty()) content += paragraph(selection.why_not_first + ".");
  if (!selection.not_tried.empty()) content += paragraph(selection.not_tried + ".");
  content += paragraph(selection.missing_values_reason);
  content += element("details", {},
                     element("summary", {}, text(format("All {} trials", all.size()))) +
                         table("Every setting that was tried", headings, all));
  if (!input.directions.empty())
    content += element("h3", {}, text("Directions that every model had to keep to")) + list(input.directions);
  if (!input.dropped.empty()) content += element("h3", {}, text("Columns that were dropped")) + list(input.dropped);
  return {"candidates", "Candidates", "What it was chosen from", content};
}

Section drivers(const ReportInput& input) {
  constexpr bool kNumber = true;
  const Heading headings[] = {{"Feature"}, {"Mean |contribution|", kNumber}, {"ROC-AUC lost when shuffled", kNumber}};
  Rows rows;
  for (const Importance& one : input.drivers.features) {
    rows.push_back({one.name, format("{:.4f}", one.mean_abs_shap), format("{:.4f}", one.permutation)});
  }
  return {"drivers", "Drivers", "What drives the score",
          paragraph(format("Found on {}.", input.drivers_rows)) +
              element("div", {{"class", "charts"}}, driver_figures(input)) +
              element("details", {},
                      element("summary", {}, text("Every feature in numbers")) +
                          table("Importance of every feature", headings, rows))};
}

Section stability(const ReportInput& input) {
  const Markup figures = month_figures(input);
  if (figures.html().empty()) return {};
  return {"stability", "Months", "Does it hold over time",
          paragraph("The headline hold-out by month of application.") + element("div", {{"class", "charts"}}, figures)};
}

Section data(const ReportInput& input) {
  constexpr bool kNumber = true;
  const Heading headings[] = {{"What"}, {"Rows", kNumber}, {"Left out", kNumber}, {"Why"}};
  Rows rows;
  for (const DataCount& count : input.counts) {
    rows.push_back({count.what, counted(count.rows), counted(count.left_out), count.why});
  }
  return {"data", "Data", "What was read", table("Rows read and left out", headings, rows)};
}

Section dictionary(const ReportInput& input) {
  constexpr bool kNumber = true;
  const Heading headings[] = {{"Feature"}, {"Definition"}, {"Family"}, {"Missing", kNumber}, {"Dated"}};
  Rows rows;
  for (const DictionaryEntry& entry : input.features) {
    rows.push_back(
        {entry.name, entry.definition, entry.family, percent(entry.missing_share), entry.undated ? "undated" : "yes"});
  }
  return {"features", "Features", "Features",
          table("Every feature: its definition, and how often it is missing among the "
                "training rows",
                headings, rows)};
}

Section provenance(const ReportInput& input) {
  const Heading headings[] = {{"What"}, {"Value"}};
  Rows rows;
  for (const auto& [name, value] : input.manifest) rows.push_back({name, value});
  return {"provenance", "Provenance", "Where it comes from",
          table("Hashes, seed, versions and commands", headings, rows)};
}

Markup head(const ReportInput& input) {
  Markup style;
  for (const embedded::File& file : embedded::evaluate_assets()) {
    if (file.path == "report.css") style += trusted(file.content);
  }
  // Nothing may be fetched, whatever a name in the data says.
  return element("meta", {{"charset", "utf-8"}}) +
         element("meta", {{"http-equiv", "Content-Security-Policy"},
                          {"content", "default-src 'none'; style-src 'unsafe-inline'"}}) +
         element("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}}) +
         element("meta", {{"name", "color-scheme"}, {"content", "light dark"}}) +
         element("title", {}, text(format("{}: credit score report", input.project))) + element("style", {}, style);
}

Markup masthead(const ReportInput& input) {
  Markup content = element("p", {{"class", "eyebrow"}}, text(format("asof report · model {}", input.model_version)));
  content += element("h1", {}, text(input.project));
  if (!input.note.empty()) content += element("p", {{"class", "note"}}, text(input.note));
  return element("header", {}, content);
}

Section boundaries_of_knowledge(const ReportInput& input) {
  return {"limits", "Limits", "What no figure here can show", list(limits(input))};
}

std::vector<Section> sections_of(const ReportInput& input) {
  std::vector<Section> sections;
  for (const auto block : {verdict, alerts, performance, undated, calibration, strategy, stability, candidates, drivers,
                           data, dictionary, boundaries_of_knowledge, provenance}) {
    Section section = block(input);
    if (!section.content.html().empty()) sections.push_back(std::move(section));
  }
  return sections;
}

Markup contents(std::span<const Section> sections) {
  Markup items;
  for (const Section& section : sections) {
    items += element("li", {}, element("a", {{"href", "#" + section.id}}, text(section.name)));
  }
  return element("nav", {{"aria-label", "Sections"}}, element("ul", {}, items));
}

}  // namespace

std::string report_html(const ReportInput& input) {
  if (input.holdouts.empty()) throw Error(Error::kInternal, "a report needs at least one hold-out");
  const std::vector<Section> sections = sections_of(input);
  Markup main;
  for (const Section& section : sections) main += draw(section);
  Markup body = masthead(input) + contents(sections) + element("main", {}, main);
  if (!input.note.empty()) body += element("footer", {}, text(input.note));
  const Markup page = element("html", {{"lang", "en"}}, element("head", {}, head(input)) + element("body", {}, body));
  return "<!doctype html>\n" + page.html() + "\n";
}

}  // namespace asof
