#include "score/train.h"

#include <algorithm>

#include "asof/error.h"
#include "base/elementary.h"
#include "base/format.h"
#include "base/stopwatch.h"
#include "base/version.h"
#include "dataset/values_at.h"

namespace asof {
namespace {

constexpr std::size_t kRarerOutcomeMin = 10;  // in all: fewer teach nothing
constexpr std::size_t kTestOutcomeMin = 5;    // of either outcome among the rows kept back
constexpr std::size_t kSmall = 2'000;         // rows below which folds are repeated
constexpr std::size_t kMedium = 10'000;

std::vector<std::uint32_t> labelled_rows(const Dataset& data) {
  std::vector<std::uint32_t> rows;
  for (std::uint32_t row = 0; row < data.rows(); ++row) {
    if (!is_missing(data.good[row])) rows.push_back(row);
  }
  return rows;
}

std::size_t rarer_count(const Dataset& data, std::span<const std::uint32_t> rows) {
  const auto repaid =
      static_cast<std::size_t>(std::ranges::count_if(rows, [&](std::uint32_t row) { return data.good[row] == 1.0; }));
  return std::min(repaid, rows.size() - repaid);
}

void check_enough(const OutcomeCounts& counts) {
  const std::size_t rarer = std::min(counts.repaid, counts.defaulted);
  if (rarer >= kRarerOutcomeMin) return;
  throw Error(Error::kInvalidInput, format("there is too little to learn from: {} repaid and {} defaulted with a known "
                                           "outcome ({} unlabelled, {} indeterminate, {} not yet "
                                           "observable, {} left out by where:); at least {} of each are needed",
                                           counts.repaid, counts.defaulted, counts.unlabelled, counts.indeterminate,
                                           counts.not_observable, counts.excluded, kRarerOutcomeMin));
}

int repeats_for(int asked, std::size_t rows) {
  if (asked > 0) return asked;
  return rows < kSmall ? 5 : rows < kMedium ? 2 : 1;
}

Evaluation evaluate_on(const Dataset& data, const Split& split, const std::vector<double>& repayment,
                       const Thresholds& thresholds, const TrainRequest& request, std::uint64_t seed) {
  const std::vector<double> train_good = values_at(data.good, split.train);
  const std::vector<double> good = values_at(data.good, split.test);
  const std::vector<double> weights = values_at(data.weights, split.test);
  const std::vector<std::uint32_t> groups = values_at(data.groups, split.test);
  const std::vector<double> train_weights = values_at(data.weights, split.train);
  const Predictions predictions{.repayment = repayment, .good = good, .weights = weights};
  return evaluate(predictions, groups, minority(train_good), base_rate(train_good, train_weights), thresholds,
                  {.resamples = request.resamples, .seed = seed, .threads = request.threads});
}

std::vector<TextEncoding> encodings_of(const TrainOptions& train) {
  std::vector<TextEncoding> encodings;
  for (const std::string& name : train.texts) encodings.push_back(text_encoding_from(name));
  return encodings;
}

HoldOut hold_out(const Project& project, const Dataset& data, Split split, const TrainRequest& request,
                 SearchBudget budget) {
  HoldOut result;
  result.split = std::move(split);
  const TrainOptions& train = project.train;
  const SelectOptions options{.candidates = train.candidates,
                              .folds = {.folds = train.folds,
                                        .repeats = repeats_for(train.repeats, result.split.train.size()),
                                        .seed = train.seed},
                              .by = result.split.by,
                              .seed = train.seed,
                              .threads = request.threads,
                              .texts = encodings_of(train),
                              .clip = train.clip,
                              .budget = budget};
  result.selection = select(data, result.split.train, options, request.progress);
  const Trial& best = result.selection.trials[result.selection.best];
  result.fitted = fit(data, result.split.train, best.kind, best.setting, train.seed, request.threads);
  result.fitted.calibration = result.selection.calibration.calibration;
  result.repayment = predict(result.fitted, data, result.split.test, request.threads);
  result.evaluation =
      evaluate_on(data, result.split, result.repayment, result.selection.thresholds, request, train.seed);
  return result;
}

/// The dataset without the columns of undated tables.
Dataset without_undated(const Dataset& data) {
  std::vector<std::size_t> kept;
  Dataset result = data;
  result.columns.clear();
  for (std::size_t i = 0; i < data.columns.size(); ++i) {
    if (data.columns[i].undated) continue;
    kept.push_back(i);
    result.columns.push_back(data.columns[i]);
  }
  result.features = Matrix(data.rows(), kept.size());
  for (std::size_t row = 0; row < data.rows(); ++row) {
    for (std::size_t i = 0; i < kept.size(); ++i) result.features.row(row)[i] = data.features.row(row)[kept[i]];
  }
  return result;
}

std::optional<UndatedComparison> compare_undated(const Project& project, const Assembled& assembled,
                                                 const HoldOut& headline, const TrainRequest& request) {
  UndatedComparison comparison;
  for (const TableSpec& table : assembled.plan.tables()) {
    if (table.role == TableRole::kUndated) comparison.tables.push_back(table.name);
  }
  if (comparison.tables.empty()) return {};
  const Dataset data = without_undated(assembled.dataset);
  if (data.columns.empty()) {
    comparison.absent = "every feature is of an undated table";
    return comparison;
  }
  try {
    Fitted fitted = fit(data, headline.split.train, headline.fitted.kind, headline.fitted.setting, project.train.seed,
                        request.threads);
    fitted.calibration = headline.fitted.calibration;
    const std::vector<double> repayment = predict(fitted, data, headline.split.test, request.threads);
    comparison.without =
        evaluate_on(data, headline.split, repayment, headline.selection.thresholds, request, project.train.seed);
  } catch (const Error& error) {  // the other features may all be constant
    comparison.absent = error.what();
  }
  return comparison;
}

Json trial_json(const Trial& trial) {
  return Json::Object{{"candidate", trial.kind},
                      {"setting", trial.setting.name},
                      {"roc_auc", trial.roc_auc},
                      {"roc_auc_standard_error", trial.roc_auc_error},
                      {"pr_auc_minority", trial.pr_auc_minority},
                      {"log_loss", trial.log_loss}};
}

Json hold_out_json(const HoldOut& hold_out) {
  Json::Array leaderboard;
  for (const Trial& trial : hold_out.selection.leaderboard) leaderboard.push_back(trial_json(trial));
  Json::Array trials;
  for (const Trial& trial : hold_out.selection.trials) trials.push_back(trial_json(trial));
  Json::Object object{{"split", to_string(hold_out.split.by)},
                      {"train_rows", hold_out.split.train.size()},
                      {"test_rows", hold_out.split.test.size()},
                      {"left_out_rows", hold_out.split.left_out}};
  if (hold_out.split.test_begins != kNoTime) object.emplace_back("test_begins", to_string(hold_out.split.test_begins));
  object.emplace_back("chosen", hold_out.fitted.kind);
  object.emplace_back("setting", hold_out.fitted.setting.name);
  if (!hold_out.selection.why_not_first.empty()) object.emplace_back("why_not_first", hold_out.selection.why_not_first);
  if (!hold_out.selection.not_tried.empty()) object.emplace_back("not_tried", hold_out.selection.not_tried);
  object.emplace_back("calibration", hold_out.selection.calibration.reason);
  object.emplace_back("missing_values", hold_out.selection.missing_values_reason);
  object.emplace_back("leaderboard", std::move(leaderboard));
  object.emplace_back("trials", std::move(trials));
  object.emplace_back("evaluation", to_json_value(hold_out.evaluation));
  return object;
}

Json importance_json(const std::vector<Importance>& importances) {
  Json::Array array;
  for (const Importance& importance : importances) {
    array.push_back(Json::Object{{"name", importance.name},
                                 {"permutation", importance.permutation},
                                 {"mean_abs_shap", importance.mean_abs_shap}});
  }
  return array;
}

Json metrics_json(const Trained& trained, const OutcomeCounts& counts) {
  Json::Object object{{"headline", to_string(trained.headline.split.by)},
                      {"headline_reason", trained.headline_reason},
                      {"outcomes", Json::Object{{"repaid", counts.repaid},
                                                {"defaulted", counts.defaulted},
                                                {"unlabelled", counts.unlabelled},
                                                {"indeterminate", counts.indeterminate},
                                                {"not_observable", counts.not_observable},
                                                {"excluded", counts.excluded}}},
                      {"hold_outs", Json::Array{hold_out_json(trained.headline)}}};
  if (trained.other) {
    object.back().second.push_back(hold_out_json(*trained.other));
  } else {
    object.emplace_back("other_hold_out_absent", trained.other_absent);
  }
  if (trained.undated) {
    Json::Object undated{{"tables", Json::array(trained.undated->tables)}};
    if (trained.undated->without) {
      undated.emplace_back("headline_without_them", to_json_value(*trained.undated->without));
    } else {
      undated.emplace_back("headline_without_them_absent", trained.undated->absent);
    }
    object.emplace_back("undated", std::move(undated));
  }
  object.emplace_back("drivers", Json::Object{{"families", importance_json(trained.drivers.families)},
                                              {"features", importance_json(trained.drivers.features)}});
  return object;
}

Json table_read_json(const TableRead& read) {
  Json::Object left_out;
  for (const LeftOut::Reason& reason : read.left_out.reasons()) left_out.emplace_back(reason.key, reason.rows);
  return Json::Object{
      {"table", read.table}, {"rows", read.rows}, {"fingerprint", read.fingerprint}, {"left_out", std::move(left_out)}};
}

/// What the bundle was made from. Nothing of the wall clock: same input, same bytes.
Json manifest_json(const Project& project, const Assembled& assembled, const Trained& trained) {
  Json::Array inputs{table_read_json(assembled.applications_read)};
  for (const TableRead& read : assembled.tables_read) inputs.push_back(table_read_json(read));
  const auto [first, last] = std::ranges::minmax_element(assembled.dataset.times);
  Json::Object object{
      {"asof", kVersion},
      {"seed", static_cast<std::int64_t>(project.train.seed)},
      {"note", project.note},
      {"model_library", model_kind(trained.bundle.kind).library},
      {"setting", trained.headline.fitted.setting.name},
      {"parameters", trained.headline.fitted.setting.parameters},
      {"data_window", Json::Object{{"first_application", to_string(*first)}, {"last_application", to_string(*last)}}},
      {"inputs", std::move(inputs)}};
  if (const std::size_t draws = trained.headline.selection.draws; draws > 0) object.emplace_back("draws", draws);
  if (!assembled.outcomes_fingerprint.empty())
    object.emplace_back("outcomes_fingerprint", assembled.outcomes_fingerprint);
  Json directions;
  for (const auto& [feature, direction] : project.directions) directions[feature] = to_string(direction);
  if (!directions.is_null()) object.emplace_back("directions", std::move(directions));
  if (project.decision != DecisionRule()) object.emplace_back("decision", to_json_value(trained.cut_off));
  object.emplace_back("dropped_columns", Json::array(trained.bundle.preprocess.dropped()));
  return object;
}

Bundle make_bundle(const Project& project, const Assembled& assembled, Fitted fitted) {
  Bundle bundle;
  bundle.name = project.name;
  bundle.time_zone = project.time_zone;
  bundle.boundary = project.boundary;
  bundle.applications = assembled.plan.applications();
  bundle.tables = assembled.plan.tables();
  bundle.definitions = assembled.plan.definitions();
  bundle.columns = assembled.plan.columns();
  bundle.preprocess = std::move(fitted.preprocess);
  bundle.kind = fitted.kind;
  bundle.model = std::move(fitted.model);
  bundle.calibration = fitted.calibration;
  return bundle;
}

/// The other kind of hold-out, or why it makes no sense for this data.
std::optional<Split> other_split(const Dataset& data, SplitBy headline, const SplitOptions& options,
                                 std::string& absent) {
  const auto [first, last] = std::ranges::minmax_element(data.times);
  if (headline == SplitBy::kStratified && *first == *last) {
    absent = "all applications have the same time: there is no later part to keep back";
    return {};
  }
  try {
    Split split = headline == SplitBy::kTime ? stratified_split(data, options) : time_split(data, options);
    if (rarer_count(data, split.train) >= kTestOutcomeMin && rarer_count(data, split.test) >= kTestOutcomeMin)
      return split;
    absent = "one side of it would have fewer than five of one outcome";
  } catch (const Error& error) {
    absent = error.what();
  }
  return {};
}

void check_reasons(const Project& project, const Dataset& data, bool all_needed) {
  std::vector<std::string> features, without;
  for (const FeatureColumn& column : data.columns) {
    features.push_back(column.name);
    if (!project.reasons.contains(column.name)) without.push_back(column.name);
  }
  for (const auto& [name, words] : project.reasons) {
    if (std::ranges::find(features, name) == features.end()) {
      throw Error(Error::kInvalidInput, format("{}: `reasons` has words for `{}`, which is no feature{}",
                                               project.file.string(), name, did_you_mean(name, features)));
    }
  }
  if (!all_needed || without.empty()) return;
  throw Error(Error::kInvalidInput,
              format("{} of {} features have no words under `reasons:` in {}, and --require-reasons asks for all: {}",
                     without.size(), features.size(), project.file.string(), join(without)));
}

/// The training rows that were predicted out of fold. Parallel vectors.
struct OutOfFold {
  std::vector<double> repayment, good, weights;
};

OutOfFold out_of_fold(const Dataset& data, const HoldOut& hold_out) {
  OutOfFold rows;
  const std::vector<double>& predicted = hold_out.selection.out_of_fold;
  for (std::size_t i = 0; i < predicted.size(); ++i) {
    if (is_missing(predicted[i])) continue;
    const std::uint32_t row = hold_out.split.train[i];
    rows.repayment.push_back(predicted[i]);
    rows.good.push_back(data.good[row]);
    rows.weights.push_back(data.weights[row]);
  }
  return rows;
}

CutOff cut_off_of(const DecisionRule& rule, const Dataset& data, const HoldOut& hold_out) {
  const OutOfFold rows = out_of_fold(data, hold_out);
  const std::vector<double> good = values_at(data.good, hold_out.split.test);
  const std::vector<double> weights = values_at(data.weights, hold_out.split.test);
  return choose_cut_off(rule, {rows.repayment, rows.good, rows.weights}, {hold_out.repayment, good, weights});
}

/// Points and bands from the out-of-fold predictions of the training rows.
PointCard point_card_of(const Dataset& data, const HoldOut& hold_out) {
  const OutOfFold rows = out_of_fold(data, hold_out);
  std::vector<double> log_odds;
  for (const double repayment : rows.repayment) log_odds.push_back(logit(repayment));
  const double repaid =
      base_rate(values_at(data.good, hold_out.split.train), values_at(data.weights, hold_out.split.train));
  return fit_point_card({.anchor_odds = repaid / (1.0 - repaid)}, log_odds, rows.good);
}

}  // namespace

Trained train(const Project& project, const Assembled& assembled, const TrainRequest& request) {
  const Stopwatch watch;
  check_enough(assembled.outcomes);
  check_reasons(project, assembled.dataset, request.require_reasons);
  const Dataset& data = assembled.dataset;
  const SplitOptions split_options{.holdout = project.train.holdout, .seed = project.train.seed};
  const Headline headline = choose_headline(data, split_options);

  Trained trained;
  trained.headline_reason = headline.reason;
  std::optional<Split> other = other_split(data, headline.by, split_options, trained.other_absent);
  SearchBudget budget = request.budget;
  if (other) budget.seconds /= 2.0;
  trained.headline =
      hold_out(project, data,
               headline.by == SplitBy::kTime ? time_split(data, split_options) : stratified_split(data, split_options),
               request, budget);
  if (other) {
    trained.other = hold_out(project, data, std::move(*other), request, {.draws = trained.headline.selection.draws});
  }
  trained.cut_off = cut_off_of(project.decision, data, trained.headline);
  trained.undated = compare_undated(project, assembled, trained.headline, request);
  trained.drivers =
      drivers(trained.headline.fitted, data, trained.headline.split.test, project.train.seed, request.threads);

  // What is shipped learns from every known outcome; how good it is was measured without the rows kept back.
  const std::vector<std::uint32_t> all = labelled_rows(data);
  const Fitted& judged = trained.headline.fitted;
  Fitted shipped = fit(data, all, judged.kind, judged.setting, project.train.seed, request.threads);
  shipped.calibration = judged.calibration;
  trained.bundle = make_bundle(project, assembled, std::move(shipped));
  trained.bundle.points = point_card_of(data, trained.headline);
  const Bundle& made = trained.bundle;
  trained.bundle.reasons =
      make_reason_texts(data, all, phrases_of(made.definitions, made.applications, made.tables), project.reasons);
  trained.bundle.metrics = metrics_json(trained, assembled.outcomes);
  if (!project.weight.empty()) {
    trained.bundle.metrics["outcomes"]["share_repaid_by_weight"] =
        base_rate(values_at(data.good, all), values_at(data.weights, all));
  }
  trained.bundle.manifest = manifest_json(project, assembled, trained);
  seal(trained.bundle);
  trained.run = Json::Object{{"seconds", watch.seconds()}, {"threads", request.threads}};
  return trained;
}

}  // namespace asof
