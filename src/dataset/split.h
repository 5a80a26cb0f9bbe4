// Which rows are learnt from and which are kept back. No group is ever on both sides.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dataset/dataset.h"

namespace asof {

enum class SplitBy { kStratified, kTime };

std::string_view to_string(SplitBy by);  // "stratified", "time"

struct SplitOptions {
  double holdout = 0.2;  ///< share of the labelled rows kept back; 0 < holdout < 1
  std::uint64_t seed = 42;

  /// Throws Error::kInvalidInput.
  void validate() const;
};

/// Indices of rows, ascending. Only rows whose outcome is known are in either, and both sides have both outcomes:
/// where that cannot be, the functions below throw Error::kInvalidInput and say what is lacking.
struct Split {
  SplitBy by = SplitBy::kStratified;
  std::vector<std::uint32_t> train;
  std::vector<std::uint32_t> test;
  Timestamp test_begins =
      kNoTime;  ///< for kTime: test rows have `time >= test_begins`, train rows `time < test_begins`
  std::size_t left_out =
      0;  ///< labelled rows in neither: outcome learnt only after the test begins, or a person who is in the test
};

/// Stratified by outcome, whole groups drawn by `seed`.
Split stratified_split(const Dataset& data, const SplitOptions& options);

/// The latest applications are the test; the training rows are those applied for earlier whose outcome was known
/// (`known_at <= test_begins`) before it begins, without the persons of the test. Applications of one moment stay
/// together, so the test is as near to `holdout` as the moments allow.
Split time_split(const Dataset& data, const SplitOptions& options);

/// Which of the two is the headline, and why, in a sentence: by time when applications span more than three months
/// and a split by time has both outcomes on both sides.
struct Headline {
  SplitBy by;
  std::string reason;
};
Headline choose_headline(const Dataset& data, const SplitOptions& options);

/// The labelled rows that are training rows of both splits, or of the one that can be made; all of them when neither
/// can: no row that a hold-out is scored on, nor one of its persons. Ascending.
std::vector<std::uint32_t> never_held_out(const Dataset& data, const SplitOptions& options);

/// Cross-validation inside `rows`, following the headline's kind. With few people of one outcome there are fewer folds,
/// so that each still tests both outcomes.
struct FoldOptions {
  int folds = 5;    ///< at least 2
  int repeats = 1;  ///< stratified only; at least 1
  std::uint64_t seed = 42;

  /// Throws Error::kInvalidInput.
  void validate() const;
};

/// The folds of each repeat test every labelled row of `rows` once; repeats follow one another.
std::vector<Split> stratified_folds(const Dataset& data, std::span<const std::uint32_t> rows,
                                    const FoldOptions& options);

/// Forward chaining: fold k is tested on the k-th of `folds` later stretches of time and trained on what was applied
/// for and known before it begins. The first training stretch is as long as a test stretch times two or more.
std::vector<Split> forward_folds(const Dataset& data, std::span<const std::uint32_t> rows, const FoldOptions& options);

}  // namespace asof
