#include "audit/single_feature.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

namespace asof::audit {
namespace {

constexpr std::size_t kRowsPerIntervalMin = 20;
constexpr std::size_t kIntervalsMax = 50;
constexpr double kSmoothingRows = 5.0;

/// Upper ends of intervals that hold about as many rows each; equal values are never divided.
std::vector<double> intervals(std::vector<double> values) {
  std::ranges::sort(values);
  const std::size_t wanted = std::max(kRowsPerIntervalMin, values.size() / kIntervalsMax);
  std::vector<double> ends;
  for (std::size_t begin = 0; begin < values.size();) {
    std::size_t end = std::min(begin + wanted, values.size());
    if (values.size() - end < wanted / 2) end = values.size();
    while (end < values.size() && values[end] == values[end - 1]) ++end;
    ends.push_back(values[end - 1]);
    begin = end;
  }
  return ends;
}

/// What the values of a column stand for, learnt from some rows.
class Meaning {
 public:
  Meaning(const Dataset& data, std::span<const std::uint32_t> rows, std::size_t column)
      : category_(!data.columns[column].categories.empty()) {
    std::vector<double> values;
    for (const std::uint32_t row : rows) {
      const double value = data.features.row(row)[column];
      if (std::isfinite(value)) values.push_back(value);
    }
    if (!category_) ends_ = intervals(std::move(values));
    for (const std::uint32_t row : rows) {
      Share& share = shares_[place(data.features.row(row)[column])];
      share.repaid += data.weights[row] * data.good[row];
      share.all += data.weights[row];
      all_.repaid += data.weights[row] * data.good[row];
      all_.all += data.weights[row];
    }
  }

  double score(double value) const {
    const double base = all_.repaid / all_.all;
    const auto found = shares_.find(place(value));
    if (found == shares_.end()) return base;
    return (found->second.repaid + kSmoothingRows * base) / (found->second.all + kSmoothingRows);
  }

 private:
  struct Share {
    double repaid = 0.0;
    double all = 0.0;
  };

  /// A category or the number of an interval; -2 where missing.
  double place(double value) const {
    constexpr double kNone = -2.0;
    if (!std::isfinite(value)) return kNone;
    if (category_) return value;
    const auto end = std::ranges::lower_bound(ends_, value);
    return static_cast<double>(std::min<std::ptrdiff_t>(end - ends_.begin(), std::ssize(ends_) - 1));
  }

  bool category_;
  std::vector<double> ends_;
  std::map<double, Share> shares_;
  Share all_;
};

}  // namespace

Estimate single_feature_auc(const Dataset& data, std::size_t column, std::span<const Split> folds) {
  std::vector<Estimate> of_folds;
  for (const Split& fold : folds) {
    const Meaning meaning(data, fold.train, column);
    std::vector<double> scores;
    for (const std::uint32_t row : fold.test) scores.push_back(meaning.score(data.features.row(row)[column]));
    of_folds.push_back(auc(data, fold.test, scores));
  }
  return mean_of(of_folds);
}

}  // namespace asof::audit
