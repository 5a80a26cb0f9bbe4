#include "model/settings.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "base/elementary.h"
#include "base/format.h"

namespace asof {

namespace {

Setting with_missing(Setting setting, MissingValues missing) {
  setting.name += missing == MissingValues::kKept ? ", missing kept" : ", missing imputed";
  setting.preprocess.missing = missing;
  return setting;
}

}  // namespace

std::vector<Setting> imputed_and_kept(const std::vector<Setting>& settings) {
  std::vector<Setting> both;
  for (const Setting& setting : settings) {
    both.push_back(with_missing(setting, MissingValues::kMedian));
    both.push_back(with_missing(setting, MissingValues::kKept));
  }
  return both;
}

Setting drawn(std::string name, Random& random, Json parameters) {
  return with_missing({.name = std::move(name), .preprocess = {}, .parameters = std::move(parameters)},
                      random.below(2) == 0 ? MissingValues::kMedian : MissingValues::kKept);
}

double log_uniform(Random& random, double low, double high) {
  const double value = low * portable_exp(random.uniform() * portable_log(high / low));
  return std::clamp(std::stod(format("{:.3g}", value)), low, high);
}

int log_uniform(Random& random, int low, int high) {
  return static_cast<int>(std::lround(log_uniform(random, static_cast<double>(low), static_cast<double>(high))));
}

Steps draw_steps(Random& random) {
  Steps steps{.rate = log_uniform(random, 0.01, 0.08)};
  steps.trees = static_cast<int>(log_uniform(random, 3.0, 15.0) / steps.rate);
  return steps;
}

int leaf_rows_min(std::size_t rows, int wanted) {
  constexpr std::size_t kRowsPerLeafRow = 150;  // 50 rows a leaf from 7,500 rows on
  return static_cast<int>(
      std::clamp<std::size_t>(rows / kRowsPerLeafRow, 5, static_cast<std::size_t>(std::max(wanted, 5))));
}

}  // namespace asof
