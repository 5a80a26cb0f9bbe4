#include "evaluate/paired.h"

#include "evaluate/asked_rows.h"

namespace asof {
namespace {

std::vector<Question> questions(Outcome minority) {
  std::vector<Question> result;
  for (const Metric* metric : metrics()) {
    if (!metric->of_decisions) result.push_back({metric, metric->of_one_class ? minority : Outcome::kRepaid});
  }
  return result;
}

}  // namespace

std::vector<PairedDifference> paired_differences(std::span<const double> first, std::span<const double> second,
                                                 const Predictions& rows, std::span<const std::uint32_t> groups,
                                                 Outcome minority, const EvaluateOptions& options) {
  const AskedRows of_first({first, rows.good, rows.weights}, questions(minority));
  const AskedRows of_second({second, rows.good, rows.weights}, questions(minority));
  const GroupBootstrap bootstrap(groups, options.seed);  // the same draws for both
  std::vector<std::vector<double>> differences = of_first.resampled(bootstrap, options.resamples, options.threads);
  const auto subtracted = of_second.resampled(bootstrap, options.resamples, options.threads);
  std::vector<PairedDifference> result;
  for (std::size_t i = 0; i < differences.size(); ++i) {
    for (std::size_t k = 0; k < differences[i].size(); ++k) differences[i][k] -= subtracted[i][k];
    const Question& question = of_first.questions()[i];
    result.push_back({.metric = std::string(question.metric->name),
                      .positive = question.metric->of_one_class ? std::optional(minority) : std::nullopt,
                      .first = of_first.answer(i),
                      .second = of_second.answer(i),
                      .interval = percentile_interval(std::move(differences[i]))});
  }
  return result;
}

}  // namespace asof
