#include "evaluate/asked_rows.h"

#include <algorithm>
#include <utility>

#include "base/parallel.h"

namespace asof {

Predictions seen_from(Predictions predictions, Outcome positive) {
  predictions.positive = positive;
  return predictions;
}

AskedRows::AskedRows(const Predictions& predictions, std::vector<Question> questions)
    : sorted_{SortedPredictions(seen_from(predictions, Outcome::kDefaulted)),
              SortedPredictions(seen_from(predictions, Outcome::kRepaid))},
      questions_(std::move(questions)),
      terms_(questions_.size()) {
  for (std::size_t i = 0; i < questions_.size(); ++i) {
    const Question& question = questions_[i];
    if (question.metric->terms == nullptr) continue;
    Ranking ranking = from(question.positive).ranking();
    ranking.threshold = question.threshold;
    terms_[i].resize(ranking.size());
    question.metric->terms(ranking, terms_[i]);
  }
}

double AskedRows::answer(std::size_t i, Ranking ranking) const {
  ranking.threshold = questions_[i].threshold;
  if (questions_[i].metric->of_ranking != nullptr) return questions_[i].metric->of_ranking(ranking);
  return weighted_mean(terms_[i], ranking.weights);
}

std::vector<std::vector<double>> AskedRows::resampled(const GroupBootstrap& bootstrap, int resamples,
                                                      int threads) const {
  const auto count = static_cast<std::size_t>(std::max(resamples, 0));
  std::vector<std::vector<double>> values(questions_.size(), std::vector<double>(count));
  constexpr std::size_t kGrain = 8;
  parallel_for(count, kGrain, threads, [&](std::size_t begin, std::size_t end) {
    std::vector<double> times(bootstrap.rows());
    std::array<std::vector<double>, 2> weights{times, times};
    for (std::size_t resample = begin; resample < end; ++resample) {
      bootstrap.draw(resample, times);
      for (const Outcome outcome : {Outcome::kDefaulted, Outcome::kRepaid}) {
        const auto order = from(outcome).order();
        const auto own = from(outcome).ranking().weights;
        auto& drawn = weights[static_cast<std::size_t>(outcome)];
        for (std::size_t rank = 0; rank < order.size(); ++rank) drawn[rank] = own[rank] * times[order[rank]];
      }
      for (std::size_t i = 0; i < questions_.size(); ++i) {
        const Outcome positive = questions_[i].positive;
        values[i][resample] = answer(i, from(positive).ranking(weights[static_cast<std::size_t>(positive)]));
      }
    }
  });
  return values;
}

}  // namespace asof
