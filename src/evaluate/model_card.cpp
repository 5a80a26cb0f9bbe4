// The model card: what a reader needs before using the score, in plain Markdown (after Mitchell et al., "Model cards
// for model reporting", 2019).
#include <algorithm>
#include <span>

#include "asof/error.h"
#include "base/format.h"
#include "evaluate/curves.h"
#include "evaluate/report.h"
#include "evaluate/report_words.h"

namespace asof {
namespace {

/// Text that Markdown shows as it is: no markup, no new cell, no new line.
std::string plain(std::string_view words) {
  constexpr std::string_view kMeaningful = "\\`*[]|#";
  std::string result;
  for (const char c : words) {
    switch (c) {
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '&':
        result += "&amp;";
        break;
      case '\n':
      case '\r':
        result += ' ';
        break;
      default:
        if (kMeaningful.find(c) != std::string_view::npos) result += '\\';
        result += c;
    }
  }
  return result;
}

std::string row(std::span<const std::string> cells) {
  std::string result = "|";
  for (const std::string& cell : cells) result += format(" {} |", plain(cell));
  return result + "\n";
}

std::string rule(std::size_t columns) {
  std::string result = "|";
  for (std::size_t i = 0; i < columns; ++i) result += "---|";
  return result + "\n";
}

std::string list(std::span<const std::string> sentences) {
  std::string result;
  for (const std::string& sentence : sentences) result += format("- {}\n", plain(sentence));
  return result;
}

std::string purpose(const ReportInput& input) {
  return format(
      "## Purpose\n\nAn estimate of the probability that a loan is repaid, from how a person behaves before "
      "applying, without financial history. It is meant to inform a lender's decision beside what else is known; "
      "it is not meant for other purposes than credit, nor for people unlike those below.\n\n"
      "Model: {}, setting {}, chosen by cross-validation among {} trials.\n\n",
      plain(title_of_kind(chosen(input).kind)), plain(chosen(input).setting.name), input.selection.trials.size());
}

std::string population(const ReportInput& input) {
  std::string result = "## Data and population\n\n";
  if (input.first_application != kNoTime) {
    result += format("Applications with a known outcome from {} to {}.\n\n", date_of(input.first_application),
                     date_of(input.last_application));
  }
  const std::string header[] = {"What", "Rows", "Left out", "Why"};
  result += row(header) + rule(std::size(header));
  for (const DataCount& count : input.counts) {
    const std::string cells[] = {count.what, counted(count.rows), counted(count.left_out), count.why};
    result += row(cells);
  }
  return result + "\n";
}

std::string performance(const ReportInput& input) {
  std::string result = "## Performance\n\n";
  result += plain(headline_sentence(input)) + "\n\n";
  for (const HoldoutReport& holdout : input.holdouts) {
    const Evaluation& evaluation = holdout.evaluation;
    result += format(
        "### {}\n\n{} applications ({}): {} repaid, {} defaulted, scored by {}. With 95 % intervals by "
        "person.\n\n",
        name_of(holdout), counted(evaluation.rows), plain(kind_of(holdout)), counted(evaluation.repaid),
        counted(evaluation.defaulted), plain(holdout.candidate));
    const std::string header[] = {"Measure", "Value", "Constant answers", "Against them"};
    result += row(header) + rule(std::size(header));
    for (const Figure& figure : evaluation.figures) {
      const std::string cells[] = {title_of(figure, evaluation), with_interval(figure), baselines(figure),
                                   beside_constant_answers(figure)};
      result += row(cells);
    }
    result += '\n';
  }
  if (input.without_undated) {
    result += format("Without undated columns ({}): ROC-AUC {} instead of {}.\n\n", plain(named(input.undated_tables)),
                     with_interval(input.without_undated->figure("roc_auc")),
                     with_interval(input.holdouts.front().evaluation.figure("roc_auc")));
  }
  return result;
}

std::string decision(const ReportInput& input) {
  return "## Decision\n\nThe threshold is chosen on out-of-fold predictions of the training rows.\n\n" +
         list(sentences_of(input.cut_off)) + "\n";
}

constexpr std::size_t kDriversShown = 10;

std::string what_drives_it(const ReportInput& input) {
  std::string result = "## What drives the score\n\n";
  const std::string families[] = {"Family", "Mean absolute contribution to the log-odds", "ROC-AUC lost when shuffled"};
  const std::string features[] = {"Feature", families[1], families[2]};
  const auto table = [](std::span<const std::string> header, std::span<const Importance> list) {
    std::string lines = row(header) + rule(header.size());
    for (const Importance& one : list.first(std::min(list.size(), kDriversShown))) {
      const std::string cells[] = {one.name, format("{:.4f}", one.mean_abs_shap), format("{:.4f}", one.permutation)};
      lines += row(cells);
    }
    return lines + "\n";
  };
  return result + table(families, input.drivers.families) + table(features, input.drivers.features);
}

std::string provenance(const ReportInput& input) {
  std::string result = "## Provenance\n\n";
  const std::string header[] = {"What", "Value"};
  result += row(header) + rule(std::size(header));
  for (const auto& [name, value] : input.manifest) {
    const std::string cells[] = {name, value};
    result += row(cells);
  }
  return result;
}

}  // namespace

std::string model_card(const ReportInput& input) {
  if (input.holdouts.empty()) throw Error(Error::kInternal, "a model card needs at least one hold-out");
  std::string card = format("# Model card: {}\n\nModel {}.", plain(input.project), plain(input.model_version));
  if (!input.note.empty()) card += format(" **{}**", plain(input.note));
  card += "\n\n";
  for (const std::string& sentence : input.verdict) card += plain(sentence) + "\n\n";
  card += purpose(input) + population(input) + performance(input) + decision(input) + what_drives_it(input);
  card += "## Alerts\n\n";
  const std::vector<std::string> alerts = all_alerts(input);
  card += alerts.empty() ? "None.\n" : list(alerts);
  card += "\n## Limits\n\n" + list(limits(input)) + "\n" + provenance(input);
  return card;
}

}  // namespace asof
