#include "evaluate/drivers.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/elementary.h"
#include "base/parallel.h"
#include "base/random.h"
#include "evaluate/metric.h"

namespace asof {
namespace {

// Streams of the seed; shuffles have the streams from kFirstShuffle on.
constexpr std::uint64_t kSampleStream = 0;
constexpr std::uint64_t kFirstShuffle = 1;

/// Features that are looked at together.
struct Group {
  std::string name;
  std::vector<std::uint32_t> columns;
};

std::vector<Group> each_feature(const Dataset& data) {
  std::vector<Group> groups;
  for (std::uint32_t column = 0; column < data.columns.size(); ++column) {
    groups.push_back({data.columns[column].name, {column}});
  }
  return groups;
}

std::vector<Group> each_family(const Dataset& data) {
  std::vector<Group> groups;
  for (std::uint32_t column = 0; column < data.columns.size(); ++column) {
    const std::string& family = data.columns[column].family;
    auto place = std::ranges::find(groups, family, &Group::name);
    if (place == groups.end()) place = groups.insert(groups.end(), {family, {}});
    place->columns.push_back(column);
  }
  return groups;
}

/// At most `limit` of `rows`, drawn by `seed`, in their order. A smaller sample is part of a larger one.
std::vector<std::uint32_t> sample(std::span<const std::uint32_t> rows, std::size_t limit, std::uint64_t seed) {
  std::vector<std::uint32_t> places(rows.size());
  std::iota(places.begin(), places.end(), 0U);
  if (rows.size() > limit) {
    Random(seed, kSampleStream).shuffle(std::span(places));
    places.resize(limit);
    std::ranges::sort(places);
  }
  for (std::uint32_t& place : places) place = rows[place];
  return places;
}

/// The ROC-AUC when row i shows the values of `columns` of row `from[i]`.
double shuffled_auc(const Fitted& fitted, const Dataset& data, std::span<const std::uint32_t> rows,
                    std::span<const std::uint32_t> columns, std::span<const std::uint32_t> from) {
  std::vector<double> margins, good, weights, features, prepared(fitted.preprocess.outputs());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto own = data.features.row(rows[i]);
    features.assign(own.begin(), own.end());
    for (const std::uint32_t column : columns) features[column] = data.features.row(from[i])[column];
    fitted.preprocess.apply(features, prepared);
    margins.push_back(fitted.model->margin(prepared));
    good.push_back(data.good[rows[i]]);
    weights.push_back(data.weights[rows[i]]);
  }
  return metric("roc_auc").evaluate({margins, good, weights});
}

/// For each group. Every group meets the same shuffles, so that a family of one feature equals the feature.
std::vector<double> permutation_importance(const Fitted& fitted, const Dataset& data,
                                           std::span<const std::uint32_t> rows, std::span<const Group> groups,
                                           std::uint64_t seed, int threads) {
  std::vector<std::vector<std::uint32_t>> shuffles;
  for (std::uint64_t repeat = 0; repeat < kPermutations; ++repeat) {
    shuffles.emplace_back(rows.begin(), rows.end());
    Random(seed, kFirstShuffle + repeat).shuffle(std::span(shuffles.back()));
  }
  std::vector<double> auc(groups.size() * shuffles.size());
  parallel_for(auc.size(), 1, threads, [&](std::size_t job, std::size_t) {
    const auto& from = shuffles[job % shuffles.size()];
    auc[job] = shuffled_auc(fitted, data, rows, groups[job / shuffles.size()].columns, from);
  });
  const double intact = shuffled_auc(fitted, data, rows, {}, rows);
  std::vector<double> loss;
  for (std::size_t group = 0; group < groups.size(); ++group) {
    double sum = 0.0;
    for (std::size_t i = 0; i < shuffles.size(); ++i) sum += intact - auc[group * shuffles.size() + i];
    loss.push_back(sum / static_cast<double>(shuffles.size()));
  }
  return loss;
}

/// Contributions to the log-odds, one row per row and one column per feature.
Matrix contributions(const Fitted& fitted, const Dataset& data, std::span<const std::uint32_t> rows, int threads) {
  Matrix result(rows.size(), data.columns.size());
  constexpr std::size_t kGrain = 16;
  parallel_for(rows.size(), kGrain, threads, [&](std::size_t begin, std::size_t end) {
    std::vector<double> prepared(fitted.preprocess.outputs()), parts(prepared.size());
    for (std::size_t i = begin; i < end; ++i) {
      fitted.preprocess.apply(data.features.row(rows[i]), prepared);
      fitted.model->contributions(prepared, parts);
      const auto sums = result.row(i);
      for (std::size_t part = 0; part < parts.size(); ++part) sums[fitted.preprocess.origins()[part]] += parts[part];
    }
  });
  return result;
}

double mean_abs(const Matrix& contributions, std::span<const std::uint32_t> columns) {
  double sum = 0.0;
  for (std::size_t i = 0; i < contributions.rows; ++i) {
    double together = 0.0;
    for (const std::uint32_t column : columns) together += contributions.row(i)[column];
    sum += std::abs(together);
  }
  return contributions.rows == 0 ? 0.0 : sum / static_cast<double>(contributions.rows);
}

std::vector<Importance> ranked(std::span<const Group> groups, std::span<const double> permutation,
                               const Matrix& contributions) {
  std::vector<Importance> result;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    result.push_back({groups[i].name, permutation[i], mean_abs(contributions, groups[i].columns)});
  }
  std::ranges::stable_sort(result, std::ranges::greater{}, &Importance::mean_abs_shap);
  return result;
}

}  // namespace

Drivers drivers(const Fitted& fitted, const Dataset& data, std::span<const std::uint32_t> rows, std::uint64_t seed,
                int threads) {
  const std::vector<std::uint32_t> permuted = sample(rows, kPermutedRows, seed);
  const std::vector<std::uint32_t> explained = sample(rows, kExplainedRows, seed);
  const Matrix parts = contributions(fitted, data, explained, threads);
  const auto importance = [&](const std::vector<Group>& groups) {
    return ranked(groups, permutation_importance(fitted, data, permuted, groups, seed, threads), parts);
  };
  return {.features = importance(each_feature(data)),
          .families = importance(each_family(data)),
          .rows_permuted = permuted.size(),
          .rows_explained = explained.size(),
          .repeats = kPermutations};
}

}  // namespace asof
