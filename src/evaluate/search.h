// A search among settings drawn at random, for which the listed ones are the start.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "evaluate/fold_runs.h"
#include "evaluate/search_budget.h"

namespace asof {

struct SearchOptions {
  SearchBudget budget;
  std::uint64_t seed = 42;
  double seconds_spent = 0.0;       ///< of the budget, before
  std::vector<TextEncoding> texts;  ///< empty: there are no features of texts
  double clip = 0.0;
  std::size_t rows = 0;  ///< to learn from
  std::size_t columns = 0;
};

/// The setting with one of the encodings of texts, which its name says when it is not the first, and this clipping.
Setting with_texts(Setting setting, TextEncoding texts, double clip);

struct Searched {
  std::vector<Attempt> finalists;  ///< fitted on every fold, in the order drawn
  std::size_t draws = 0;           ///< settings drawn: a search for so many finds the same finalists
};

/// Rounds of successive halving (Jamieson and Talwalkar, "Non-stochastic best arm identification and hyperparameter
/// optimization", AISTATS 2016): of nine settings fitted on one fold the three of the best mean ROC-AUC go on to three
/// folds, and the best of these to all. Kinds take turns, those that draw and whose best of `listed` is at most two
/// standard errors of the paired difference behind the best of all. Setting number i depends on seed and i alone.
Searched search(const FoldRuns& runs, std::span<const Attempt> listed, const SearchOptions& options);

}  // namespace asof
