// A fitted model: numbers in, log-odds of repayment out, and what each number contributed. Adding a kind is one file
// in kinds/ and one line in kinds.def; the library behind it is visible in that file alone.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/random.h"
#include "dataset/dataset.h"
#include "dataset/preprocess.h"

namespace asof {

/// Immutable; every member function may be called from many threads at once.
/// Margins are log-odds of *repayment*, whichever class is rare: sigmoid(margin) is the repayment probability.
class Model {
 public:
  virtual ~Model() = default;

  /// The margin of one row. Same row, same bits: alone, in a batch, on any thread.
  virtual double margin(std::span<const double> row) const = 0;

  /// Exact additive contributions to the margin: returns the base and fills `out` (one per column);
  /// base + sum(out) equals `margin(row)` up to rounding.
  virtual double contributions(std::span<const double> row, std::span<double> out) const = 0;

  /// The model in its library's own format; `ModelKind::load` reads it back to the same margins, bit for bit.
  virtual std::string save() const = 0;
};

struct FitRequest {
  MatrixView features;              ///< already preprocessed
  std::span<const double> good;     ///< 1 repaid, 0 defaulted; both occur
  std::span<const double> weights;  ///< empty: all 1
  std::vector<std::string> names;   ///< of the columns
  /// Of each column: 1, the margin never falls when it rises; -1, never rises; 0, free. Empty: all free. A missing
  /// value has no place in that order.
  std::vector<int> directions = {};
  Json parameters = Json::Object{};  ///< an object; names and defaults are the kind's own
  std::uint64_t seed = 42;
  int threads = 1;  ///< at most; never changes the result
  /// One more thread is used for so many values. Threads that grow one tree wait for each other after every step, and
  /// spin while they do: on little data, or a busy machine, a second thread makes a fit many times slower. Several
  /// single-threaded fits at once are the better use of processors.
  std::size_t values_per_thread = 4'000'000;

  /// Throws Error::kInvalidInput: no column, one outcome only, a label that is neither 0 nor 1, a weight that is not
  /// positive. Every kind's `fit` begins with it.
  void validate() const;

  /// `directions` as LightGBM and XGBoost want them: "1,0,-1"; empty when all are free.
  std::string directions_text() const;

  /// `threads`, or fewer on little data.
  int threads_that_pay() const;

  /// Of the rows by weight. After `validate()`: above 0 and below 1.
  double share_repaid() const;
};

/// A setting worth trying: how the features are prepared and the kind's own parameters.
struct Setting {
  std::string name;  ///< "default", "small trees", ...: shown on the leaderboard
  PreprocessOptions preprocess;
  Json parameters = Json::Object{};
};

/// A kind of model, as `asof list models` shows it.
struct ModelKind {
  std::string_view name;     ///< as in `candidates:` of the project file, e.g. "logistic"
  std::string_view title;    ///< e.g. "Logistic regression"
  std::string_view summary;  ///< one sentence
  std::string_view library;  ///< name and version
  /// Settings to try for a training set of that size, the plainest first.
  std::vector<Setting> (*settings)(std::size_t rows, std::size_t columns);
  /// One more at random, of those that make sense for such a training set; null: those of `settings` are all.
  Setting (*draw)(Random& random, std::size_t rows, std::size_t columns) = nullptr;
  std::unique_ptr<const Model> (*fit)(const FitRequest& request);
  /// Throws Error::kIncompatible when the bytes are damaged.
  std::unique_ptr<const Model> (*load)(std::string_view bytes, std::size_t columns);
  bool weighs_rows = true;       ///< false: `fit` refuses rows of different weight
  bool keeps_directions = true;  ///< false: `fit` must not be given any
};

/// Every kind, in the order of kinds.def.
std::span<const ModelKind* const> model_kinds();

/// Throws Error::kInvalidInput with the nearest known names.
const ModelKind& model_kind(std::string_view name);

}  // namespace asof
