// Fitting reads each column once, as sorted values: medians, means and ranks then cannot depend on the order of rows.
// A fitted column is a Step; steps stand in the order of the inputs and write their outputs one after the other.
#include "dataset/preprocess.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <optional>
#include <unordered_map>
#include <variant>

#include "base/elementary.h"
#include "base/format.h"
#include "dataset/mean_outcomes.h"

namespace asof {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

/// Quantiles that a normal-score map remembers: enough that neighbours are half a percent of the rows apart.
constexpr std::size_t kKnots = 200;

/// In the order of TextEncoding.
constexpr std::string_view kTextEncodings[] = {"indicators", "target", "frequency", "rank"};

/// (value - mean) / deviation.
struct Standard {
  double mean = 0.0;
  double deviation = 1.0;

  double operator()(double value) const { return (value - mean) / deviation; }
};

/// Monotone and piecewise linear between (values[i], scores[i]); flat beyond the ends. Both ascend strictly.
struct NormalScores {
  std::vector<double> values;
  std::vector<double> scores;

  double operator()(double value) const {
    if (value <= values.front()) return scores.front();
    if (value >= values.back()) return scores.back();
    const auto above = static_cast<std::size_t>(std::ranges::upper_bound(values, value) - values.begin());
    const std::size_t below = above - 1;
    const double low = values[below], span = values[above] - low;
    const double share =
        std::isfinite(span) ? (value - low) / span : (value / 2 - low / 2) / (values[above] / 2 - low / 2);
    return std::clamp(scores[below] + share * (scores[above] - scores[below]), scores[below], scores[above]);
  }
};

struct Unscaled {
  double operator()(double value) const { return value; }
};

using Scaling = std::variant<Unscaled, Standard, NormalScores>;

double scaled(const Scaling& scaling, double value) {
  return std::visit([value](const auto& scale) { return scale(value); }, scaling);
}

/// What a number is held to before it is scaled.
struct Limits {
  double low = -kInfinite;
  double high = kInfinite;

  bool clip() const { return low > -kInfinite || high < kInfinite; }
};

/// A feature that is a number.
struct Number {
  bool has_value = true;  // false: only whether it is missing is told
  bool keeps_missing = false;
  bool has_indicator = false;
  double median = 0.0;
  Limits limits;
  Scaling scaling;

  std::size_t outputs() const { return std::size_t{has_value} + std::size_t{has_indicator}; }

  void apply(double value, std::span<double> out) const {
    const bool missing = !std::isfinite(value);
    if (has_indicator) out.back() = missing ? 1.0 : 0.0;
    if (!has_value) return;
    if (missing && keeps_missing) {
      out.front() = kMissing;
      return;
    }
    out.front() = scaled(scaling, std::clamp(missing ? median : value, limits.low, limits.high));
  }
};

/// The categories that were there when fitting, and where to find one.
struct KnownTexts {
  std::vector<std::string> texts;
  std::vector<std::int32_t> position;  // of a category's index in FeatureColumn::categories; -1: one of the rest

  /// Its place in `texts`; `texts.size()` for one of the rest.
  std::size_t find(double value) const {
    const bool inside = value >= 0.0 && value < static_cast<double>(position.size());
    const std::int32_t at = inside ? position[static_cast<std::size_t>(value)] : -1;
    return at >= 0 ? static_cast<std::size_t>(at) : texts.size();
  }
};

/// A feature of texts: one 0/1 column per known category, then one for the rest, then one for missing.
struct Categories {
  KnownTexts known;
  bool has_rest = false;
  bool has_missing = false;

  std::size_t outputs() const { return known.texts.size() + std::size_t{has_rest} + std::size_t{has_missing}; }

  void apply(double value, std::span<double> out) const {
    std::ranges::fill(out, 0.0);
    if (std::isnan(value) && has_missing) {
      out.back() = 1.0;
      return;
    }
    const std::size_t at = known.find(value);
    if (at < known.texts.size() || has_rest) out[at] = 1.0;
  }
};

/// A feature of texts as one number.
struct EncodedTexts {
  TextEncoding encoding = TextEncoding::kTarget;
  KnownTexts known;
  std::vector<double> values;  // of each known category, then of the rest, then of missing
  double smoothing = 0.0;      // of kTarget
  Scaling scaling;

  std::size_t outputs() const { return 1; }

  std::size_t find(double value) const { return std::isnan(value) ? known.texts.size() + 1 : known.find(value); }

  void apply(double value, std::span<double> out) const { out.front() = scaled(scaling, values[find(value)]); }
};

}  // namespace

struct Preprocess::Step {
  std::uint32_t input = 0;
  std::variant<Number, Categories, EncodedTexts> what;

  std::size_t outputs() const {
    return std::visit([](const auto& feature) { return feature.outputs(); }, what);
  }
};

namespace {

/// One column of the training rows, with infinities already missing.
std::vector<double> column_of(const Matrix& features, std::size_t column, std::span<const std::uint32_t> rows) {
  std::vector<double> values;
  values.reserve(rows.size());
  for (const std::uint32_t row : rows) {
    const double value = features.row(row)[column];
    values.push_back(std::isfinite(value) ? value + 0.0 : kMissing);  // + 0.0: minus zero is zero
  }
  return values;
}

std::vector<double> sorted_present(std::span<const double> values) {
  std::vector<double> present;
  std::ranges::copy_if(values, std::back_inserter(present), [](double value) { return !is_missing(value); });
  std::ranges::sort(present);
  return present;
}

double median(std::span<const double> sorted) {
  const std::size_t half = sorted.size() / 2;
  return sorted.size() % 2 == 1 ? sorted[half] : std::midpoint(sorted[half - 1], sorted[half]);
}

Standard fit_standard(std::span<const double> sorted) {
  // In units of the largest value, so that squares neither overflow nor vanish.
  const double unit = std::max(std::abs(sorted.front()), std::abs(sorted.back()));
  const auto count = static_cast<double>(sorted.size());
  double mean = 0.0;
  for (const double value : sorted) mean += value / unit / count;
  double squares = 0.0;
  for (const double value : sorted) squares += (value / unit - mean) * (value / unit - mean);
  const double deviation = std::sqrt(squares / count) * unit;
  return {.mean = mean * unit, .deviation = deviation > 0.0 ? deviation : 1.0};
}

/// A knot per distinct value where they are few, else the values at evenly spaced ranks. A value's score is the normal
/// quantile of its mean rank, so ties share one.
NormalScores fit_normal_scores(std::span<const double> sorted) {
  const auto count = static_cast<double>(sorted.size());
  struct Run {
    double value;
    std::size_t begin, end;
  };
  std::vector<Run> runs;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    if (runs.empty() || runs.back().value != sorted[i]) runs.push_back({sorted[i], i, i});
    runs.back().end = i + 1;
  }
  NormalScores map;
  std::size_t next_rank = 0;  // the run that holds this rank gets the next knot
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const bool chosen = runs.size() <= kKnots || i + 1 == runs.size() || runs[i].end > next_rank;
    if (!chosen) continue;
    map.values.push_back(runs[i].value);
    map.scores.push_back(normal_quantile(static_cast<double>(runs[i].begin + runs[i].end) / (2.0 * count)));
    while (next_rank < runs[i].end) next_rank += sorted.size() / (kKnots - 1) + 1;
  }
  return map;
}

Scaling fit_scaling(Scale scale, std::span<const double> sorted) {
  if (scale == Scale::kStandard) return fit_standard(sorted);
  if (scale == Scale::kNormalScores) return fit_normal_scores(sorted);
  return Unscaled{};
}

/// Where the share clipped at either end begins, or no limits when nothing but one value would be left.
Limits fit_limits(double clip, std::span<const double> sorted) {
  const auto clipped = static_cast<std::size_t>(clip * static_cast<double>(sorted.size()));
  const Limits limits{.low = sorted[clipped], .high = sorted[sorted.size() - 1 - clipped]};
  return clipped == 0 || limits.low == limits.high ? Limits{} : limits;
}

/// The step of a numeric column, or nothing when it is the same for every row; then `why` says so.
std::optional<Number> fit_number(std::span<const double> values, const PreprocessOptions& options,
                                 const std::string& name, std::vector<std::string>& why) {
  std::vector<double> sorted = sorted_present(values);
  if (sorted.empty()) {
    why.push_back(format("`{}` is dropped: no training row has a value", name));
    return std::nullopt;
  }
  const bool some_missing = sorted.size() < values.size();
  const bool constant = sorted.front() == sorted.back();
  if (constant && !some_missing) {
    why.push_back(format("`{}` is dropped: every training row has the value {}", name, round_trippable(sorted[0])));
    return std::nullopt;
  }
  Number number;
  number.median = median(sorted);
  number.keeps_missing = some_missing && options.missing == MissingValues::kKept;
  number.has_indicator = some_missing && !number.keeps_missing;
  if (constant && number.has_indicator) {
    number.has_value = false;
    why.push_back(
        format("`{}` is used only as present or missing: its one value is {}", name, round_trippable(sorted[0])));
    return number;
  }
  if (constant) return number;
  number.limits = fit_limits(options.clip, sorted);
  for (double& value : sorted) value = std::clamp(value, number.limits.low, number.limits.high);
  number.scaling = fit_scaling(options.scale, sorted);
  return number;
}

/// How often each category of a text feature is among the training rows.
struct Counted {
  std::vector<std::size_t> counts;  // by index in FeatureColumn::categories
  std::size_t missing = 0;
  std::size_t unknown = 0;
  std::vector<std::size_t> order;  // those that occur, the most frequent first; equal counts in the order of the texts,
                                   // so that codes carry no meaning
};

Counted count_categories(std::span<const double> values, const FeatureColumn& column) {
  Counted counted{.counts = std::vector<std::size_t>(column.categories.size())};
  for (const double value : values) {
    if (is_missing(value))
      ++counted.missing;
    else if (value < 0.0 || value >= static_cast<double>(counted.counts.size()))
      ++counted.unknown;
    else
      ++counted.counts[static_cast<std::size_t>(value)];
  }
  for (std::size_t i = 0; i < counted.counts.size(); ++i) {
    if (counted.counts[i] > 0) counted.order.push_back(i);
  }
  std::ranges::sort(counted.order, [&](std::size_t a, std::size_t b) {
    if (counted.counts[a] != counted.counts[b]) return counted.counts[a] > counted.counts[b];
    return column.categories[a] < column.categories[b];
  });
  return counted;
}

/// The first `most` of `order`.
KnownTexts known_texts(const FeatureColumn& column, std::span<const std::size_t> order, std::size_t most) {
  KnownTexts known{.texts = {}, .position = std::vector<std::int32_t>(column.categories.size(), -1)};
  for (const std::size_t category : order.first(std::min(order.size(), most))) {
    known.position[category] = static_cast<std::int32_t>(known.texts.size());
    known.texts.push_back(column.categories[category]);
  }
  return known;
}

Categories fit_categories(const Counted& counted, const FeatureColumn& column, int most) {
  return {.known = known_texts(column, counted.order, static_cast<std::size_t>(most)),
          .has_rest = counted.unknown > 0 || counted.order.size() > static_cast<std::size_t>(most),
          .has_missing = counted.missing > 0};
}

/// The outcomes of `rows` by the category that `texts` takes each for.
CategorisedOutcomes categorised(const EncodedTexts& texts, std::span<const double> values, const Dataset& data,
                                std::span<const std::uint32_t> rows) {
  CategorisedOutcomes outcomes;
  outcomes.categories = texts.known.texts.size() + 2;
  for (const double value : values) outcomes.category.push_back(static_cast<std::uint32_t>(texts.find(value)));
  for (const std::uint32_t row : rows) {
    outcomes.good.push_back(data.good[row]);
    outcomes.weights.push_back(data.weights[row]);
    outcomes.groups.push_back(data.groups[row]);
  }
  return outcomes;
}

/// Each known category's share of the training rows, then 0 for the rest, then that of missing.
std::vector<double> frequencies(const Counted& counted, std::size_t rows) {
  const auto share = [&](std::size_t count) { return static_cast<double>(count) / static_cast<double>(rows); };
  std::vector<double> shares;
  for (const std::size_t category : counted.order) shares.push_back(share(counted.counts[category]));
  shares.push_back(0.0);
  shares.push_back(share(counted.missing));
  return shares;
}

/// The places that TextEncoding::kRank tells of, in the same order; missing has its own, as if it were a category.
std::vector<double> ranks(const Counted& counted) {
  std::vector<std::size_t> counts;
  for (const std::size_t category : counted.order) counts.push_back(counted.counts[category]);
  counts.push_back(0);
  counts.push_back(counted.missing);
  std::vector<std::size_t> sorted;
  std::ranges::copy_if(counts, std::back_inserter(sorted), [](std::size_t count) { return count > 0; });
  std::ranges::sort(sorted);
  std::vector<double> places;
  for (const std::size_t count : counts) {
    const auto equal = std::ranges::equal_range(sorted, count);
    const auto before = static_cast<double>(equal.begin() - sorted.begin());
    places.push_back(equal.empty() ? 0.0 : before + (static_cast<double>(equal.size()) + 1.0) / 2.0);
  }
  return places;
}

/// The step of texts as a number, or nothing when a model would see the same number in every row; then `why` says so.
std::optional<EncodedTexts> fit_encoded(std::span<const double> values, const Counted& counted, std::size_t j,
                                        const Dataset& data, std::span<const std::uint32_t> rows,
                                        const PreprocessOptions& options, std::vector<std::string>& why) {
  const FeatureColumn& column = data.columns[j];
  EncodedTexts encoded{.encoding = options.texts,
                       .known = known_texts(column, counted.order, counted.order.size()),
                       .values = {},
                       .smoothing = options.smoothing,
                       .scaling = {}};
  std::vector<double> seen;  // by the model, in training
  if (options.texts == TextEncoding::kTarget) {
    const CategorisedOutcomes outcomes = categorised(encoded, values, data, rows);
    encoded.values = mean_outcomes(outcomes, options.smoothing);
    seen = out_of_fold_mean_outcomes(outcomes, options.smoothing);
  } else {
    encoded.values = options.texts == TextEncoding::kRank ? ranks(counted) : frequencies(counted, rows.size());
    for (const double value : values) seen.push_back(encoded.values[encoded.find(value)]);
  }
  std::ranges::sort(seen);
  if (seen.front() == seen.back()) {
    why.push_back(format("`{}` is dropped: {}", column.name,
                         options.texts == TextEncoding::kTarget
                             ? "no category of it is shared by enough persons to learn its outcome from"
                             : "every category of it is equally frequent in the training rows"));
    return std::nullopt;
  }
  encoded.scaling = fit_scaling(options.scale, seen);
  return encoded;
}

std::vector<double> missing_pattern(std::span<const double> values) {
  std::vector<double> pattern;
  pattern.reserve(values.size());
  for (const double value : values) pattern.push_back(is_missing(value) ? 1.0 : 0.0);
  return pattern;
}

/// What becomes of column `j`, or nothing when it tells nothing; then `why` says so.
std::optional<Preprocess::Step> fit_step(const Dataset& data, std::span<const std::uint32_t> rows, std::size_t j,
                                         const PreprocessOptions& options, std::vector<std::string>& why) {
  const FeatureColumn& column = data.columns[j];
  const std::vector<double> values = column_of(data.features, j, rows);
  Preprocess::Step step{.input = static_cast<std::uint32_t>(j), .what = {}};
  if (column.categories.empty()) {
    std::optional<Number> number = fit_number(values, options, column.name, why);
    if (!number) return std::nullopt;
    step.what = std::move(*number);
    return step;
  }
  const Counted counted = count_categories(values, column);
  if (counted.order.size() + std::size_t{counted.missing > 0} + std::size_t{counted.unknown > 0} <= 1) {
    const std::string which =
        counted.order.empty() ? "no known category" : format("the value `{}`", column.categories[counted.order[0]]);
    why.push_back(format("`{}` is dropped: every training row has {}", column.name, which));
    return std::nullopt;
  }
  if (options.texts == TextEncoding::kIndicators) {
    step.what = fit_categories(counted, column, options.categories);
    return step;
  }
  std::optional<EncodedTexts> encoded = fit_encoded(values, counted, j, data, rows, options, why);
  if (!encoded) return std::nullopt;
  step.what = std::move(*encoded);
  return step;
}

/// Finds columns equal to an earlier one, missing values in the same places included. Remembers hashes only, and reads
/// a column again to be sure.
class SeenColumns {
 public:
  using Read = std::function<std::vector<double>(std::size_t column)>;
  explicit SeenColumns(Read read) : read_(std::move(read)) {}

  /// The earlier column with the same values, or nothing; then `column` is remembered.
  std::optional<std::size_t> same_as(std::size_t column) {
    const std::vector<double> values = read_(column);
    std::uint64_t hash = 1469598103934665603U;  // FNV-1a over whole words
    for (const double value : values) {
      const auto bits = is_missing(value) ? ~std::uint64_t{0} : std::bit_cast<std::uint64_t>(value);
      hash = (hash ^ bits) * 1099511628211U;
      hash ^= hash >> 29;
    }
    const auto [first, last] = by_hash_.equal_range(hash);
    for (auto seen = first; seen != last; ++seen) {
      if (std::ranges::equal(values, read_(seen->second), equal)) return seen->second;
    }
    by_hash_.emplace(hash, column);
    return std::nullopt;
  }

 private:
  static bool equal(double a, double b) { return a == b || (is_missing(a) && is_missing(b)); }

  Read read_;
  std::unordered_multimap<std::uint64_t, std::size_t> by_hash_;
};

}  // namespace

Preprocess::Preprocess() = default;
Preprocess::~Preprocess() = default;
Preprocess::Preprocess(const Preprocess&) = default;
Preprocess::Preprocess(Preprocess&&) noexcept = default;
Preprocess& Preprocess::operator=(const Preprocess&) = default;
Preprocess& Preprocess::operator=(Preprocess&&) noexcept = default;

std::string_view to_string(TextEncoding encoding) { return kTextEncodings[static_cast<std::size_t>(encoding)]; }

TextEncoding text_encoding_from(std::string_view name) {
  const auto place = std::ranges::find(kTextEncodings, name);
  if (place != std::end(kTextEncodings)) return static_cast<TextEncoding>(place - std::begin(kTextEncodings));
  throw Error(Error::kInvalidInput,
              format("there is no encoding of texts `{}` (known: {})", name,
                     join(std::vector<std::string>(std::begin(kTextEncodings), std::end(kTextEncodings)))));
}

void PreprocessOptions::validate() const {
  if (categories < 1) {
    throw Error(Error::kInvalidInput, format("`categories` must be at least 1, it is {}", categories));
  }
  if (!std::isfinite(smoothing) || smoothing <= 0.0) {
    throw Error(Error::kInvalidInput, format("`smoothing` must be above 0, it is {}", smoothing));
  }
  if (!(clip >= 0.0 && clip < 0.5)) {
    throw Error(Error::kInvalidInput, format("`clip` must be at least 0 and below 0.5, it is {}", clip));
  }
}

Preprocess Preprocess::fit(const Dataset& data, std::span<const std::uint32_t> rows, const PreprocessOptions& options) {
  options.validate();
  if (rows.empty()) throw Error(Error::kInvalidInput, "there is no training row to prepare the features from");
  Preprocess fitted;
  const auto values_of = [&](std::size_t j) { return column_of(data.features, j, rows); };
  SeenColumns seen_numbers(values_of), seen_texts(values_of);
  SeenColumns seen_missing([&](std::size_t j) { return missing_pattern(values_of(j)); });
  for (std::size_t j = 0; j < data.columns.size(); ++j) {
    const FeatureColumn& column = data.columns[j];
    fitted.inputs_.push_back(column.name);
    const bool is_text = !column.categories.empty();
    std::optional<Step> step = fit_step(data, rows, j, options, fitted.dropped_);
    if (!step) continue;
    if (const auto same = (is_text ? seen_texts : seen_numbers).same_as(j);
        same && column.categories == data.columns[*same].categories) {
      fitted.dropped_.push_back(
          format("`{}` is dropped: equal to `{}` in every training row", column.name, data.columns[*same].name));
      continue;
    }
    // Features of one source are missing together: one indicator tells it for all of them.
    if (Number* number = std::get_if<Number>(&step->what); number != nullptr && number->has_indicator) {
      if (const auto same = seen_missing.same_as(j)) {
        number->has_indicator = false;
        fitted.dropped_.push_back(format("`{} is missing` is dropped: equal to `{} is missing` in every training row",
                                         column.name, data.columns[*same].name));
      }
    }
    if (step->outputs() > 0) fitted.steps_.push_back(std::move(*step));
  }
  fitted.name_outputs();
  return fitted;
}

void Preprocess::name_outputs() {
  names_.clear();
  origins_.clear();
  for (const Step& step : steps_) {
    const std::string& input = inputs_[step.input];
    if (const Number* number = std::get_if<Number>(&step.what)) {
      if (number->has_value) names_.push_back(input);
      if (number->has_indicator) names_.push_back(input + " is missing");
    } else if (const EncodedTexts* encoded = std::get_if<EncodedTexts>(&step.what)) {
      names_.push_back(
          format("{} ({})", input,
                 encoded->encoding == TextEncoding::kTarget ? "mean outcome" : to_string(encoded->encoding)));
    } else {
      const Categories& categories = std::get<Categories>(step.what);
      for (const std::string& known : categories.known.texts) names_.push_back(format("{} = {}", input, known));
      if (categories.has_rest) names_.push_back(input + " = other");
      if (categories.has_missing) names_.push_back(input + " is missing");
    }
    origins_.resize(names_.size(), step.input);
  }
}

std::vector<int> Preprocess::output_directions(std::span<const int> directions) const {
  std::vector<int> result;
  for (const Step& step : steps_) {
    const Number* number = std::get_if<Number>(&step.what);
    const std::size_t first = result.size();
    result.resize(first + step.outputs(), 0);
    if (number != nullptr && number->has_value) result[first] = directions[step.input];
  }
  return result;
}

void Preprocess::apply(std::span<const double> features, std::span<double> out) const {
  for (const Step& step : steps_) {
    const std::size_t width = step.outputs();
    std::visit([&](const auto& feature) { feature.apply(features[step.input], out.first(width)); }, step.what);
    out = out.subspan(width);
  }
}

Matrix Preprocess::apply(const Matrix& features, std::span<const std::uint32_t> rows) const {
  Matrix prepared(rows.size(), outputs());
  for (std::size_t i = 0; i < rows.size(); ++i) apply(features.row(rows[i]), prepared.row(i));
  return prepared;
}

Matrix Preprocess::training_matrix(const Dataset& data, std::span<const std::uint32_t> rows) const {
  Matrix prepared = apply(data.features, rows);
  std::size_t output = 0;
  for (const Step& step : steps_) {
    const EncodedTexts* encoded = std::get_if<EncodedTexts>(&step.what);
    if (encoded != nullptr && encoded->encoding == TextEncoding::kTarget) {
      const std::vector<double> values = column_of(data.features, step.input, rows);
      const std::vector<double> others =
          out_of_fold_mean_outcomes(categorised(*encoded, values, data, rows), encoded->smoothing);
      for (std::size_t i = 0; i < rows.size(); ++i) prepared.row(i)[output] = scaled(encoded->scaling, others[i]);
    }
    output += step.outputs();
  }
  return prepared;
}

// ---- saving and loading -------------------------------------------------------------------------------------------
namespace {

Json to_json_value(const Unscaled&) { return nullptr; }
Json to_json_value(const Standard& scale) { return Json::Object{{"mean", scale.mean}, {"deviation", scale.deviation}}; }
Json to_json_value(const NormalScores& scale) {
  return Json::Object{{"values", Json::array(scale.values)}, {"normal_scores", Json::array(scale.scores)}};
}

void save_into(Json& saved, const Number& number) {
  saved["value"] = number.has_value;
  saved["keeps_missing"] = number.keeps_missing;
  saved["indicator"] = number.has_indicator;
  saved["median"] = number.median;
  if (number.limits.clip()) saved["clip"] = Json::Object{{"low", number.limits.low}, {"high", number.limits.high}};
  saved["scale"] = std::visit([](const auto& scale) { return to_json_value(scale); }, number.scaling);
}

void save_into(Json& saved, const Categories& categories) {
  saved["categories"] = Json::array(categories.known.texts);
  saved["other"] = categories.has_rest;
  saved["missing"] = categories.has_missing;
}

void save_into(Json& saved, const EncodedTexts& encoded) {
  saved["encoding"] = std::string(to_string(encoded.encoding));
  if (encoded.encoding == TextEncoding::kTarget) saved["smoothing"] = encoded.smoothing;
  saved["categories"] = Json::array(encoded.known.texts);
  saved["values"] = Json::array(encoded.values);
  saved["scale"] = std::visit([](const auto& scale) { return to_json_value(scale); }, encoded.scaling);
}

void require(bool condition, const std::string& message) {
  if (!condition) throw Error(Error::kIncompatible, message);
}

std::vector<double> finite_numbers(const Json& saved, const std::string& of) {
  std::vector<double> numbers;
  for (const Json& number : saved.as_array()) numbers.push_back(number.as_number());
  require(std::ranges::all_of(numbers, [](double number) { return std::isfinite(number); }),
          format("what was saved of `{}` holds a number that is not finite", of));
  return numbers;
}

Scaling load_scaling(const Json& saved, const std::string& of) {
  if (saved.is_null()) return Unscaled{};
  if (saved.find("mean") != nullptr) {
    const Standard scale{.mean = saved.at("mean").as_number(), .deviation = saved.at("deviation").as_number()};
    require(std::isfinite(scale.mean) && std::isfinite(scale.deviation) && scale.deviation > 0.0,
            format("the saved mean or standard deviation of `{}` is not usable", of));
    return scale;
  }
  NormalScores scale{.values = finite_numbers(saved.at("values"), of),
                     .scores = finite_numbers(saved.at("normal_scores"), of)};
  const auto ascends = [](const std::vector<double>& numbers) {
    return std::ranges::adjacent_find(numbers, std::greater_equal<>()) == numbers.end();
  };
  require(!scale.values.empty() && scale.values.size() == scale.scores.size() && ascends(scale.values) &&
              ascends(scale.scores),
          format("the saved normal scores of `{}` do not ascend", of));
  return scale;
}

Number load_number(const Json& saved, const std::string& of) {
  Number number{.has_value = saved.at("value").as_bool(),
                .keeps_missing = saved.at("keeps_missing").as_bool(),
                .has_indicator = saved.at("indicator").as_bool(),
                .median = saved.at("median").as_number(),
                .limits = {},
                .scaling = load_scaling(saved.at("scale"), of)};
  if (const Json* clip = saved.find("clip")) {
    number.limits = {.low = clip->at("low").as_number(), .high = clip->at("high").as_number()};
    require(
        std::isfinite(number.limits.low) && std::isfinite(number.limits.high) && number.limits.low < number.limits.high,
        format("the saved limits of `{}` are not usable", of));
  }
  require(std::isfinite(number.median), format("the saved median of `{}` is not finite", of));
  require(number.outputs() > 0, format("the saved feature `{}` has no output", of));
  return number;
}

KnownTexts load_known(const Json& saved, const FeatureColumn& column) {
  KnownTexts known{.texts = {}, .position = std::vector<std::int32_t>(column.categories.size(), -1)};
  for (const Json& text : saved.as_array()) {
    const auto at = std::ranges::find(column.categories, text.as_string());
    require(at != column.categories.end(), format("feature `{}` has no category `{}`, which the model was trained with",
                                                  column.name, text.as_string()));
    const auto index = static_cast<std::size_t>(at - column.categories.begin());
    known.position[index] = static_cast<std::int32_t>(known.texts.size());
    known.texts.push_back(text.as_string());
  }
  return known;
}

Categories load_categories(const Json& saved, const FeatureColumn& column) {
  Categories categories{.known = load_known(saved.at("categories"), column),
                        .has_rest = saved.at("other").as_bool(),
                        .has_missing = saved.at("missing").as_bool()};
  require(categories.outputs() > 0, format("the saved feature `{}` has no output", column.name));
  return categories;
}

EncodedTexts load_encoded(const Json& saved, const FeatureColumn& column) {
  EncodedTexts encoded{.encoding = text_encoding_from(saved.at("encoding").as_string()),
                       .known = load_known(saved.at("categories"), column),
                       .values = finite_numbers(saved.at("values"), column.name),
                       .smoothing = 0.0,
                       .scaling = load_scaling(saved.at("scale"), column.name)};
  require(encoded.encoding != TextEncoding::kIndicators && encoded.values.size() == encoded.known.texts.size() + 2,
          format("the saved values of `{}` are not one per category, for the rest and for missing", column.name));
  if (encoded.encoding == TextEncoding::kTarget) {
    encoded.smoothing = saved.at("smoothing").as_number();
    require(std::isfinite(encoded.smoothing) && encoded.smoothing > 0.0,
            format("the saved smoothing of `{}` is not above 0", column.name));
  }
  return encoded;
}

/// The features that were trained on are the ones given, in that order.
void require_same_inputs(const Json::Array& saved, std::span<const FeatureColumn> columns) {
  for (std::size_t i = 0; i < std::max(saved.size(), columns.size()); ++i) {
    const std::string trained = i < saved.size() ? format("`{}`", saved[i].as_string()) : "no more";
    const std::string given = i < columns.size() ? format("`{}`", columns[i].name) : "no more";
    require(trained == given, format("feature {} is {}, the model was trained with {}", i + 1, given, trained));
  }
}

}  // namespace

Json Preprocess::save() const {
  Json::Array steps;
  for (const Step& step : steps_) {
    Json saved = Json::Object{{"feature", inputs_[step.input]}};
    std::visit([&](const auto& feature) { save_into(saved, feature); }, step.what);
    steps.push_back(std::move(saved));
  }
  return Json::Object{
      {"inputs", Json::array(inputs_)}, {"steps", std::move(steps)}, {"dropped", Json::array(dropped_)}};
}

Preprocess Preprocess::load(const Json& saved, std::span<const FeatureColumn> columns) try {
  require_same_inputs(saved.at("inputs").as_array(), columns);
  Preprocess loaded;
  for (const FeatureColumn& column : columns) loaded.inputs_.push_back(column.name);
  std::size_t next = 0;  // steps stand in the order of the inputs
  for (const Json& json : saved.at("steps").as_array()) {
    const std::string& name = json.at("feature").as_string();
    while (next < columns.size() && columns[next].name != name) ++next;
    require(next < columns.size(), format("the saved feature `{}` is unknown or out of order", name));
    const bool is_text = json.find("categories") != nullptr;
    require(is_text == !columns[next].categories.empty(),
            format("feature `{}` is {}, the model was trained with {}", name, is_text ? "a number" : "a text",
                   is_text ? "a text" : "a number"));
    Step step{.input = static_cast<std::uint32_t>(next), .what = {}};
    if (!is_text)
      step.what = load_number(json, name);
    else if (json.find("encoding") != nullptr)
      step.what = load_encoded(json, columns[next]);
    else
      step.what = load_categories(json, columns[next]);
    loaded.steps_.push_back(std::move(step));
    ++next;
  }
  for (const Json& sentence : saved.at("dropped").as_array()) loaded.dropped_.push_back(sentence.as_string());
  loaded.name_outputs();
  return loaded;
} catch (const Error& error) {
  if (error.kind() == Error::kIncompatible) throw;
  throw Error(Error::kIncompatible, format("the saved preprocessing is damaged: {}", error.what()));
}

}  // namespace asof
