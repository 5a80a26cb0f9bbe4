// The published figures are data; everything else is counting.
#include "simulate/marginals.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "asof/table.h"
#include "base/elementary.h"
#include "base/format.h"
#include "base/parallel.h"

namespace asof::simulation {
namespace {

constexpr double kNone = kMissing;

template <std::size_t I>
double attribute(const Applicant& applicant) {
  return applicant.person.attributes[I];
}

template <double Figures::*F>
double of_fixes(const Applicant& applicant) {
  return applicant.figures.gps_count > 0.0 ? applicant.figures.*F : kMissing;
}

template <double Figures::*F>
double of_events(const Applicant& applicant) {
  return applicant.figures.total_events > 0.0 ? applicant.figures.*F : kMissing;
}

constexpr PublishedColumn kColumns[] = {
    {"feature_1", {15.0, 1628.9, 3175.2, 1, 305.1, 687.5, 1641.6, 69406}, attribute<0>},
    {"feature_2", {10.8, 714.8, 2598.6, 1, 110.0, 244.9, 591.8, 88817}, attribute<1>},
    {"feature_3", {62.9, 112.4, 121.1, 0, 7, 63, 196, 364}, attribute<2>},
    {"feature_4", {41.4, 308.3, 497.8, .00005, 30.0, 71.1, 347.5, 3390}, attribute<3>},
    {"feature_5", {0, .109, 1.17, 0, kNone, kNone, kNone, 37}, attribute<4>},
    {"feature_6", {0, -.222, .655, -1, -.866, -.259, .259, 1}, attribute<5>},
    {"feature_7", {28.1, 5109.5, 197.3, -3181, 5090.1, 5104.5, 5205.8, 5374}, attribute<6>},
    {"feature_8", {72.3, 19.9, 99.1, 0, 1, 3, 12, 3284}, attribute<7>},
    {"avg_speed", {17.6, .116, .473, -1, 0, 0, .028, 10.4}, of_fixes<&Figures::avg_speed>},
    {"max_speed", {17.6, .547, 2.09, -1, 0, 0, .186, 79.1}, of_fixes<&Figures::max_speed>},
    {"std_accuracy", {40.6, kNone, kNone, kNone, kNone, kNone, kNone, kNone}, of_fixes<&Figures::std_accuracy>},
    {"providers", {17.6, 1.026, .173, 1, 1, 1, 1, 3}, of_fixes<&Figures::providers>},
    {"gps_recency_hours",
     {17.6, 2589, 8026, .00009, .0070, .0212, 118.3, 70698},
     of_fixes<&Figures::gps_recency_hours>},
    {"total_events", {.06, 622.7, 994.4, 14, 131, 343, 725, 18936}, of_events<&Figures::total_events>},
    {"unique_screens", {.06, 29.9, 17.9, 2, 15, 28, 39, 139}, of_events<&Figures::unique_screens>},
    {"unique_actions", {.06, 15.3, 5.6, 2, 11, 14, 18, 46}, of_events<&Figures::unique_actions>},
    {"total_sessions", {.06, 8.44, 19.9, 0, 0, 1, 8, 435}, of_events<&Figures::total_sessions>},
    {"unique_networks", {.06, 1.67, .79, 0, 1, 1, 2, 4}, of_events<&Figures::unique_networks>},
    {"event_recency_hours",
     {.06, 96.6, 1390, .000003, .0022, .0070, .0192, 49030},
     of_events<&Figures::event_recency_hours>},
};

/// The published predictions of repayment: mean, and quantiles at kShares.
constexpr double kShares[] = {.05, .25, .50, .75, .95};
constexpr double kPublishedPredictions[] = {.182, .253, .321, .403, .535};
constexpr double kPublishedMeanPrediction = .336;

double quantile(std::span<const double> ascending, double share) {
  const double position = share * static_cast<double>(ascending.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, ascending.size() - 1);
  return ascending[below] + (position - static_cast<double>(below)) * (ascending[above] - ascending[below]);
}

double mean_of(std::span<const double> values) {
  double sum = 0.0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

std::string cell(double published, double simulated) {
  if (is_missing(published) && is_missing(simulated)) return " |";
  if (is_missing(published)) return format(" {:.4g} |", simulated);
  return format(" {:.4g} / {:.4g} |", published, simulated);
}

std::string table_of_columns(const Sample& sample) {
  std::string text =
      "| column (published / simulated) | missing % | mean | sd | min | 25 % | 50 % | 75 % | max |\n"
      "|---|---|---|---|---|---|---|---|---|\n";
  for (std::size_t i = 0; i < std::size(kColumns); ++i) {
    const ColumnSummary& wanted = kColumns[i].published;
    const ColumnSummary found = summarize(sample.columns[i]);
    text += format("| {} |", kColumns[i].name);
    for (const auto figure :
         {&ColumnSummary::missing_percent, &ColumnSummary::mean, &ColumnSummary::spread, &ColumnSummary::minimum,
          &ColumnSummary::quartile_1, &ColumnSummary::median, &ColumnSummary::quartile_3, &ColumnSummary::maximum})
      text += cell(wanted.*figure, found.*figure);
    text += '\n';
  }
  return text;
}

std::string table_of_predictions(const Sample& sample) {
  std::vector<double> ascending = sample.probabilities;
  std::sort(ascending.begin(), ascending.end());
  std::string text =
      "| predictions of repayment (published) / true probabilities (simulated) | mean | 5 % | 25 % | 50 % | 75 % | 95 "
      "% |\n"
      "|---|---|---|---|---|---|---|\n| |";
  text += cell(kPublishedMeanPrediction, mean_of(ascending));
  for (std::size_t i = 0; i < std::size(kShares); ++i)
    text += cell(kPublishedPredictions[i], quantile(ascending, kShares[i]));
  return text + '\n';
}

std::string table_of_profiles(const Sample& sample) {
  std::string text =
      "| profile (wanted / simulated) | share repaid | ROC-AUC of the true probabilities |\n"
      "|---|---|---|\n";
  for (std::size_t i = 0; i < profiles().size(); ++i) {
    const Profile& profile = profiles()[i];
    const Ceiling found = ceiling_of(sample.scores[i], {profile.slope, profile.intercept});
    text += format("| {} |{}{}\n", profile.name, cell(profile.share_repaid, found.share_repaid),
                   cell(profile.auc_of_truth, found.auc));
  }
  return text;
}

}  // namespace

std::span<const PublishedColumn> published_columns() { return kColumns; }

ColumnSummary summarize(std::vector<double> values) {
  const auto rows = static_cast<double>(values.size());
  std::erase_if(values, [](double value) { return is_missing(value); });
  const auto count = static_cast<double>(values.size());
  ColumnSummary summary{100.0 * (rows - count) / rows, kNone, kNone, kNone, kNone, kNone, kNone, kNone};
  if (values.empty()) return summary;
  std::sort(values.begin(), values.end());
  summary.mean = mean_of(values);
  double squares = 0.0;
  for (const double value : values) squares += (value - summary.mean) * (value - summary.mean);
  summary.spread = std::sqrt(squares / (count - 1.0));
  summary.minimum = values.front();
  summary.quartile_1 = quantile(values, .25);
  summary.median = quantile(values, .5);
  summary.quartile_3 = quantile(values, .75);
  summary.maximum = values.back();
  return summary;
}

Sample draw_sample(const MarginalsOptions& options, const Progress& progress) {
  constexpr std::size_t kUsersPerReport = 8192;
  constexpr std::size_t kUsersPerPiece = 64;
  const Population population{options.seed, &profile_of(options.profile), 0.0};
  const auto users = static_cast<std::size_t>(options.users);
  Sample sample;
  sample.columns.assign(std::size(kColumns), std::vector<double>(users));
  sample.probabilities.resize(users);
  sample.scores.assign(profiles().size(), std::vector<double>(users));
  for (std::size_t first = 0; first < users; first += kUsersPerReport) {
    const std::size_t count = std::min(kUsersPerReport, users - first);
    parallel_for(count, kUsersPerPiece, options.threads, [&](std::size_t begin, std::size_t end) {
      Rows rows;
      for (std::size_t i = first + begin; i < first + end; ++i) {
        const Applicant applicant = draw_applicant(population, i + 1, rows);
        for (std::size_t c = 0; c < std::size(kColumns); ++c) sample.columns[c][i] = kColumns[c].value(applicant);
        sample.probabilities[i] = applicant.true_probability;
        const Knowable knowable{applicant.figures, applicant.person.attributes, applicant.person.application_at};
        for (std::size_t p = 0; p < profiles().size(); ++p)
          sample.scores[p][i] = score(score_by_family(profiles()[p], knowable));
      }
    });
    if (progress) progress("simulating users", first + count, users);
  }
  return sample;
}

}  // namespace asof::simulation

namespace asof {

std::string marginals(const MarginalsOptions& options, const Progress& progress) {
  const simulation::Sample sample = simulation::draw_sample(options, progress);
  return format("Simulated: {} users, profile `{}`, seed {}.\n\n{}\n{}\n{}", options.users, options.profile,
                options.seed, simulation::table_of_columns(sample), simulation::table_of_predictions(sample),
                simulation::table_of_profiles(sample));
}

std::string solve_profiles(const MarginalsOptions& options, const Progress& progress) {
  const simulation::Sample sample = simulation::draw_sample(options, progress);
  std::string text = "| profile | slope | intercept |\n|---|---|---|\n";
  for (std::size_t i = 0; i < simulation::profiles().size(); ++i) {
    const simulation::Profile& profile = simulation::profiles()[i];
    const auto [slope, intercept] = simulation::calibrate(sample.scores[i], profile.share_repaid, profile.auc_of_truth);
    text += format("| {} | {:.4f} | {:.4f} |\n", profile.name, slope, intercept);
  }
  return text;
}

}  // namespace asof
