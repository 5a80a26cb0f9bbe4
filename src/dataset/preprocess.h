// What stands between features and a model. Everything in it is fitted on training rows and saved in the bundle;
// applying it looks at one row alone.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "dataset/dataset.h"

namespace asof {

enum class MissingValues {
  kMedian,  ///< the median of the training rows, and one 0/1 indicator per column that had missing values there
  kKept,    ///< left missing, for models that can learn from it; a column that was complete in training has nothing
            ///< to learn it from, and takes its median
};
enum class Scale {
  kNone,
  kStandard,      ///< (value - mean) / standard deviation of the training rows
  kNormalScores,  ///< rank among the training rows, as a normal quantile: skewed columns stop to dominate
};

/// What becomes of a feature of texts.
enum class TextEncoding {
  kIndicators,  ///< one 0/1 column per frequent category
  kTarget,      ///< one column: the mean outcome of the category in the training rows, smoothed, less that of all rows
  kFrequency,   ///< one column: the category's share of the training rows; 0 for one that was not among them
  kRank,        ///< one column: the category's place when they are sorted by that share, the rarest being 1; those that
                ///< are equally frequent share their mean place; 0 for one that was not among them
};

std::string_view to_string(TextEncoding encoding);  // "indicators", "target", "frequency", "rank"

/// Throws Error::kInvalidInput with the known names.
TextEncoding text_encoding_from(std::string_view name);

struct PreprocessOptions {
  MissingValues missing = MissingValues::kMedian;
  /// Of the values, those that texts are encoded as included; the 0/1 columns of indicators and categories stay as they
  /// are.
  Scale scale = Scale::kNone;
  TextEncoding texts = TextEncoding::kIndicators;
  /// At most so many categories of a text feature get a column of their own; the rest share one.
  int categories = 32;
  /// Of the mean outcome of a category: how many rows of the mean outcome of all are added to it. Above 0.
  double smoothing = 20.0;
  /// So large a share of a number's training values, at either end, is clipped to the next value, and what is scored to
  /// the same two limits; 0 <= clip < 0.5. A column that would become constant is left as it is.
  double clip = 0.0;

  /// Throws Error::kInvalidInput.
  void validate() const;
};

/// An infinite value (a ratio whose denominator was 0) counts as missing, in fitting and in applying. A category that
/// was not there when fitting is one of the rest.
class Preprocess {
 public:
  /// Fits on the rows named; for target encoding their outcomes are known. Constant columns and columns equal to an
  /// earlier one (on these rows) are dropped. The order of the rows changes nothing, not a bit.
  static Preprocess fit(const Dataset& data, std::span<const std::uint32_t> rows, const PreprocessOptions& options);

  /// From `save()`; throws Error::kIncompatible when it does not fit `columns`.
  static Preprocess load(const Json& saved, std::span<const FeatureColumn> columns);
  Json save() const;

  std::size_t inputs() const { return inputs_.size(); }
  std::size_t outputs() const { return names_.size(); }

  /// Names of the output columns: `x`, `x is missing`, `x = value`, `x = other`, `x (mean outcome)`,
  /// `x (frequency)`, `x (rank)`.
  const std::vector<std::string>& names() const { return names_; }

  /// For each output column, the feature it came from: contributions are summed over it.
  const std::vector<std::uint32_t>& origins() const { return origins_; }

  /// For each output column, what of `directions` (one per input) holds for it: that of the number itself, which every
  /// scale keeps in order; 0 for indicators and texts.
  std::vector<int> output_directions(std::span<const int> directions) const;

  /// One sentence per dropped column: which and why.
  const std::vector<std::string>& dropped() const { return dropped_; }

  /// `features.size() == inputs()`, `out.size() == outputs()`. Safe to call from many threads.
  void apply(std::span<const double> features, std::span<double> out) const;

  /// All of `rows`, in that order.
  Matrix apply(const Matrix& features, std::span<const std::uint32_t> rows) const;

  /// The rows that it was fitted on, in the order given, as a model is to learn from them. What `apply` gives, but for
  /// target encoding: a row gets what the rows of other persons say of its category, never its own outcome.
  Matrix training_matrix(const Dataset& data, std::span<const std::uint32_t> rows) const;

  Preprocess();
  ~Preprocess();
  Preprocess(const Preprocess&);
  Preprocess(Preprocess&&) noexcept;
  Preprocess& operator=(const Preprocess&);
  Preprocess& operator=(Preprocess&&) noexcept;

  struct Step;  ///< what becomes of one input column (private to preprocess.cpp)

 private:
  /// Names and origins follow from the steps.
  void name_outputs();

  std::vector<std::string> inputs_;
  std::vector<Step> steps_;
  std::vector<std::string> names_;
  std::vector<std::uint32_t> origins_;
  std::vector<std::string> dropped_;
};

}  // namespace asof
