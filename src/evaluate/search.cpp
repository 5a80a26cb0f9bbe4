#include "evaluate/search.h"

#include <algorithm>
#include <utility>

#include "base/format.h"
#include "base/random.h"
#include "base/stopwatch.h"

namespace asof {
namespace {

/// Of so many candidates one goes on, to so many times the folds.
constexpr std::size_t kHalving = 3;
/// Of the two stages before the last, that is.
constexpr std::size_t kRound = kHalving * kHalving;
/// Standard errors that a kind may be behind.
constexpr double kBehindMax = 2.0;

/// Streams of Random: one for each setting, apart from those of other uses of the seed.
constexpr std::uint64_t kFirstStream = std::uint64_t{1} << 32;

double score(const Attempt& attempt) { return mean_and_error(figures(attempt.folds, &FoldResult::roc_auc)).mean; }

/// Those that draw and are not clearly behind, in the order listed.
std::vector<const ModelKind*> kinds_worth_searching(std::span<const Attempt> listed) {
  const Attempt& leader = *std::ranges::max_element(listed, {}, score);
  const std::vector<double> of_leader = figures(leader.folds, &FoldResult::roc_auc);
  std::vector<const ModelKind*> kinds;
  for (const Attempt& attempt : listed) {
    if (attempt.kind->draw == nullptr || std::ranges::find(kinds, attempt.kind) != kinds.end()) continue;
    const MeanAndError behind = ahead(of_leader, figures(attempt.folds, &FoldResult::roc_auc));
    const bool clearly = behind.mean > kBehindMax * behind.error;  // not for one fold, whose error is not known
    if (!clearly) kinds.push_back(attempt.kind);
  }
  return kinds;
}

class Rounds {
 public:
  Rounds(const FoldRuns& runs, std::vector<const ModelKind*> kinds, const SearchOptions& options)
      : runs_(runs), kinds_(std::move(kinds)), options_(options) {}

  /// Draws `count` settings and fits them on more and more folds; keeps the best.
  void run(std::size_t count) {
    std::vector<Attempt> attempts;
    for (std::size_t i = 0; i < count; ++i) attempts.push_back(draw());
    const std::string what = format("search, {} settings drawn: ", searched_.draws);
    std::size_t until = 1;
    while (true) {
      until = std::min(until, runs_.folds());
      if (attempts.size() == 1) until = runs_.folds();
      runs_.run(attempts, until, what);
      std::ranges::stable_sort(attempts, std::greater(), score);
      if (until == runs_.folds()) break;
      attempts.resize((attempts.size() + kHalving - 1) / kHalving);
      until *= kHalving;
    }
    searched_.finalists.push_back(std::move(attempts.front()));
  }

  std::size_t draws() const { return searched_.draws; }
  Searched result() && { return std::move(searched_); }

 private:
  Attempt draw() {
    const std::size_t number = searched_.draws++;
    Random random(options_.seed, kFirstStream + number);
    const ModelKind* kind = kinds_[number % kinds_.size()];
    Setting setting = kind->draw(random, options_.rows, options_.columns);
    const TextEncoding texts =
        options_.texts.empty() ? TextEncoding::kIndicators : options_.texts[random.below(options_.texts.size())];
    return {.kind = kind, .setting = with_texts(std::move(setting), texts, options_.clip), .place = 0, .folds = {}};
  }

  const FoldRuns& runs_;
  std::vector<const ModelKind*> kinds_;
  const SearchOptions& options_;
  Searched searched_;
};

}  // namespace

Setting with_texts(Setting setting, TextEncoding texts, double clip) {
  setting.preprocess.texts = texts;
  setting.preprocess.clip = clip;
  if (texts != TextEncoding::kIndicators) setting.name += format(", {} encoding", to_string(texts));
  return setting;
}

Searched search(const FoldRuns& runs, std::span<const Attempt> listed, const SearchOptions& options) {
  const SearchBudget& budget = options.budget;
  if (budget.draws == 0 && budget.seconds <= 0.0) return {};
  std::vector<const ModelKind*> kinds = kinds_worth_searching(listed);
  if (kinds.empty()) return {};
  Rounds rounds(runs, std::move(kinds), options);
  if (budget.draws > 0) {
    while (rounds.draws() < budget.draws) rounds.run(std::min(kRound, budget.draws - rounds.draws()));
    return std::move(rounds).result();
  }
  const Stopwatch watch;
  double longest = 0.0;  // of the rounds so far
  while (options.seconds_spent + watch.seconds() + longest <= budget.seconds) {
    const Stopwatch round;
    rounds.run(kRound);
    longest = std::max(longest, round.seconds());
  }
  return std::move(rounds).result();
}

}  // namespace asof
