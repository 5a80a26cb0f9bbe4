#include "suggest/stagewise.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "base/elementary.h"
#include "base/format.h"
#include "base/random.h"
#include "dataset/values_at.h"
#include "evaluate/fitted.h"
#include "evaluate/metric.h"
#include "suggest/score_statistic.h"

namespace asof {
namespace {

using Rows = std::vector<std::uint32_t>;

constexpr std::size_t kRowsMost = 50'000;  // more make no candidate's case clearer that is worth a place
constexpr double kAlike = 0.95;            // |correlation|
constexpr std::uint64_t kSampleStream = 1'000'000'007;

const Setting kSetting{.name = "normal scores",
                       .preprocess = {.missing = MissingValues::kMedian, .scale = Scale::kNormalScores},
                       .parameters = Json::Object{{"cost", 0.1}}};

/// All rows, or those of persons drawn by seed so that about kRowsMost are left.
Rows sample(const Dataset& data, std::span<const std::uint32_t> rows, std::uint64_t seed) {
  Rows sampled(rows.begin(), rows.end());
  if (rows.size() <= kRowsMost) return sampled;
  const double share = static_cast<double>(kRowsMost) / static_cast<double>(rows.size());
  std::erase_if(sampled,
                [&](std::uint32_t row) { return Random(seed, kSampleStream + data.groups[row]).uniform() >= share; });
  return sampled;
}

/// `data` with only the columns named, every row weighing the same.
Dataset with_columns(const Dataset& data, std::span<const std::size_t> columns) {
  Dataset chosen = data;
  chosen.weights.assign(data.rows(), 1.0);
  chosen.columns.clear();
  for (const std::size_t column : columns) chosen.columns.push_back(data.columns[column]);
  chosen.features = Matrix(data.rows(), columns.size());
  for (std::size_t row = 0; row < data.rows(); ++row) {
    for (std::size_t j = 0; j < columns.size(); ++j) chosen.features.row(row)[j] = data.features.row(row)[columns[j]];
  }
  return chosen;
}

double share_repaid(const Dataset& data, const Rows& rows) {
  double repaid = 0.0;
  for (const std::uint32_t row : rows) repaid += data.good[row];
  return repaid / static_cast<double>(rows.size());
}

/// Out-of-fold probabilities by row of the dataset; missing where no fold tests a row.
struct OutOfFold {
  std::vector<double> repayment;
  double roc_auc = 0.0;  ///< mean over folds
};

OutOfFold out_of_fold(const Dataset& data, std::span<const Split> folds, const StagewiseOptions& options) {
  OutOfFold result{.repayment = std::vector<double>(data.rows(), kMissing)};
  for (const Split& fold : folds) {
    std::vector<double> repayment(fold.test.size(), share_repaid(data, fold.train)), good;
    if (!data.columns.empty()) {
      const Fitted fitted = fit(data, fold.train, "logistic", kSetting, options.seed, options.threads);
      repayment = predict(fitted, data, fold.test, options.threads);
    }
    for (std::size_t i = 0; i < fold.test.size(); ++i) {
      result.repayment[fold.test[i]] = repayment[i];
      good.push_back(data.good[fold.test[i]]);
    }
    result.roc_auc += metric("roc_auc").evaluate({.repayment = repayment, .good = good, .weights = {}}) /
                      static_cast<double>(folds.size());
  }
  return result;
}

double log_loss(double good, double repayment) {
  constexpr double kLeast = 1e-12;
  return -portable_log(std::max(good == 1.0 ? repayment : 1.0 - repayment, kLeast));
}

struct Gain {
  double mean = 0.0;
  double error = 0.0;
};

/// By how much the log loss of `after` is lower, per row that both tell of; persons are independent, their rows are
/// not.
Gain gain(const Dataset& data, std::span<const std::uint32_t> rows, const OutOfFold& before, const OutOfFold& after) {
  std::map<std::uint32_t, std::pair<double, double>> persons;  // sum of gains, rows
  for (const std::uint32_t row : rows) {
    if (is_missing(before.repayment[row]) || is_missing(after.repayment[row])) continue;
    auto& [sum, count] = persons[data.groups[row]];
    sum += log_loss(data.good[row], before.repayment[row]) - log_loss(data.good[row], after.repayment[row]);
    count += 1.0;
  }
  double sum = 0.0, count = 0.0, squares = 0.0;
  for (const auto& [group, person] : persons) sum += person.first, count += person.second;
  const double mean = sum / count;
  for (const auto& [group, person] : persons) {
    const double deviation = person.first - mean * person.second;
    squares += deviation * deviation;
  }
  return {.mean = mean, .error = std::sqrt(squares) / count};
}

/// A candidate's columns among the prepared ones.
struct Candidate {
  std::size_t column = 0;  // of the dataset
  std::size_t family = 0;
  Rows outputs;
};

struct Prepared {
  ColumnBlock block;
  Rows own;                              // of the columns that are there
  std::vector<std::size_t> own_columns;  // those that vary
  std::vector<Candidate> candidates;     // that tell something of their own
  std::size_t alike = 0;
};

/// Normal scores and indicators of every column. A candidate all of whose outputs resemble outputs of columns before it
/// is left out: the simplest comes first.
Prepared prepare(const Dataset& data, std::size_t own, const Rows& rows) {
  const Preprocess preprocess = Preprocess::fit(data, rows, kSetting.preprocess);
  std::map<std::size_t, Rows> outputs;
  Rows all;
  for (std::uint32_t i = 0; i < preprocess.outputs(); ++i) {
    outputs[preprocess.origins()[i]].push_back(i);
    all.push_back(i);
  }
  Prepared prepared{
      .block = columns_of(preprocess.apply(data.features, rows), all), .own = {}, .own_columns = {}, .candidates = {}};
  Rows taken;
  std::map<std::string, std::size_t> families;
  const auto resembles_one = [&](std::uint32_t output) {
    return std::ranges::any_of(taken, [&](std::uint32_t other) {
      return correlation(prepared.block.column(output), prepared.block.column(other)) > kAlike;
    });
  };
  for (std::size_t column = 0; column < data.columns.size(); ++column) {
    const auto found = outputs.find(column);
    const bool tells = found != outputs.end();
    if (column >= own && (!tells || std::ranges::all_of(found->second, resembles_one))) {
      ++prepared.alike;
      continue;
    }
    if (!tells) continue;
    taken.insert(taken.end(), found->second.begin(), found->second.end());
    if (column < own) {
      prepared.own_columns.push_back(column);
      prepared.own.insert(prepared.own.end(), found->second.begin(), found->second.end());
    } else {
      prepared.candidates.push_back(
          {.column = column,
           .family = families.try_emplace(data.columns[column].family, families.size()).first->second,
           .outputs = found->second});
    }
  }
  return prepared;
}

ColumnBlock part_of(const ColumnBlock& block, const Rows& columns) {
  ColumnBlock part{.rows = block.rows, .values = {}};
  for (const std::uint32_t column : columns) {
    part.values.insert(part.values.end(), block.column(column).begin(), block.column(column).end());
  }
  return part;
}

struct Best {
  std::size_t candidate = 0;  // index into Stage::candidates
  double p_value = 1.0;
};

/// The model as it grows.
class Stage {
 public:
  Stage(const Dataset& data, std::size_t own, Rows rows, const StagewiseOptions& options)
      : data_(data),
        rows_(std::move(rows)),
        options_(options),
        prepared_(prepare(data, own, rows_)),
        exchange_(values_at(data.groups, rows_), values_at(data.times, rows_)),
        good_(values_at(data.good, rows_)),
        folds_(stratified_folds(data, rows_, {.folds = options.folds, .seed = options.seed})) {
    if (options.by == SplitBy::kTime) {
      later_folds_ = forward_folds(data, rows_, {.folds = options.folds, .seed = options.seed});
    }
    columns_ = prepared_.own_columns;
    measure();
  }

  bool exhausted() const { return prepared_.candidates.empty(); }
  std::size_t candidates() const { return prepared_.candidates.size(); }
  std::size_t alike() const { return prepared_.alike; }
  std::size_t rows() const { return rows_.size(); }
  double roc_auc() const { return confirming().roc_auc; }
  const std::string& name(std::size_t candidate) const {
    return data_.columns[prepared_.candidates[candidate].column].name;
  }

  Best best() const {
    Rows outputs;
    std::vector<std::size_t> owner, families;
    for (std::size_t i = 0; i < prepared_.candidates.size(); ++i) {
      for (const std::uint32_t output : prepared_.candidates[i].outputs) {
        outputs.push_back(output);
        owner.push_back(i);
        families.push_back(prepared_.candidates[i].family);
      }
    }
    const auto steps = static_cast<std::uint64_t>(columns_.size());
    const ScoreTest test = score_test(part_of(prepared_.block, prepared_.own), part_of(prepared_.block, outputs),
                                      families, values_at(stratified_.repayment, rows_), good_, exchange_,
                                      {.permutations = options_.permutations,
                                       .seed = options_.seed,
                                       .stream = steps * static_cast<std::uint64_t>(options_.permutations),
                                       .threads = options_.threads});
    const auto at = std::ranges::max_element(test.surprises);
    return {owner[static_cast<std::size_t>(at - test.surprises.begin())], test.p_value(*at)};
  }

  /// Takes the candidate in when fitting with it is better than without by more than the standard error; else leaves
  /// everything as it was. Either way what was seen is returned.
  std::pair<bool, Earned> confirm(const Best& best) {
    const Candidate candidate = prepared_.candidates[best.candidate];
    const OutOfFold before = confirming();
    const OutOfFold before_stratified = stratified_, before_later = later_;
    columns_.push_back(candidate.column);
    measure();
    const Gain seen = gain(data_, rows_, before, confirming());
    const Earned earned{candidate.column, best.p_value, seen.mean, seen.error, roc_auc()};
    if (!(seen.mean > seen.error)) {
      columns_.pop_back();
      stratified_ = before_stratified;
      later_ = before_later;
      return {false, earned};
    }
    prepared_.own.insert(prepared_.own.end(), candidate.outputs.begin(), candidate.outputs.end());
    prepared_.candidates.erase(prepared_.candidates.begin() + static_cast<std::ptrdiff_t>(best.candidate));
    return {true, earned};
  }

 private:
  void measure() {
    const Dataset chosen = with_columns(data_, columns_);
    stratified_ = out_of_fold(chosen, folds_, options_);
    if (!later_folds_.empty()) later_ = out_of_fold(chosen, later_folds_, options_);
  }

  /// By time where the score is judged by time.
  const OutOfFold& confirming() const { return later_folds_.empty() ? stratified_ : later_; }

  const Dataset& data_;
  Rows rows_;
  StagewiseOptions options_;
  Prepared prepared_;
  Exchange exchange_;
  std::vector<double> good_;
  std::vector<Split> folds_;
  std::vector<Split> later_folds_;
  std::vector<std::size_t> columns_;
  OutOfFold stratified_;  // tells of every row: what the residuals are made of
  OutOfFold later_;
};

}  // namespace

void StagewiseOptions::validate() const {
  if (!(level > 0.0 && level < 1.0))
    throw Error(Error::kInvalidInput, format("`level` must lie between 0 and 1, it is {}", level));
  if (!(static_cast<double>(permutations + 1) * level > 1.0)) {
    throw Error(Error::kInvalidInput, format("{} permutations cannot tell a chance of less than {}: at least {} are "
                                             "needed",
                                             permutations, level, std::floor(1.0 / level)));
  }
}

Stagewise stagewise(const Dataset& data, std::size_t own, std::span<const std::uint32_t> rows,
                    const StagewiseOptions& options, const Progress& progress) {
  options.validate();
  Stage stage(data, own, sample(data, rows, options.seed), options);
  Stagewise result{.earned = {},
                   .roc_auc_before = stage.roc_auc(),
                   .rows = stage.rows(),
                   .alike = stage.alike(),
                   .judged = stage.candidates(),
                   .stopped = "no candidate is left"};
  while (!stage.exhausted()) {
    if (progress) progress("features kept", result.earned.size(), 0);
    const Best best = stage.best();
    const std::string name = stage.name(best.candidate);
    if (best.p_value >= options.level) {
      result.stopped =
          format("the best of the others, `{}`, is no better than the best that chance offers (p = {:.3f})", name,
                 best.p_value);
      break;
    }
    const auto [kept, earned] = stage.confirm(best);
    if (!kept) {
      result.stopped = format(
          "fitting with the best of the others, `{}`, lowers log loss by {:.5f}, not by more than "
          "its standard error of {:.5f}",
          name, earned.log_loss_gain, earned.log_loss_gain_error);
      break;
    }
    result.earned.push_back(earned);
  }
  return result;
}

}  // namespace asof
