// Fitting reads each column once, as sorted values: medians, means and ranks then cannot depend on the order of rows.
// A fitted column is a Step; steps stand in the order of the inputs and write their outputs one after the other.
#include "dataset/preprocess.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <numeric>
#include <optional>
#include <unordered_map>
#include <variant>

#include "base/elementary.h"
#include "base/format.h"

namespace asof {
namespace {

/// Quantiles that a normal-score map remembers: enough that neighbours are half a percent of the rows apart.
constexpr std::size_t kKnots = 200;

using Steps = std::vector<Preprocess::Step>;

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

/// A feature that is a number.
struct Number {
  bool has_value = true;  // false: only whether it is missing is told
  bool keeps_missing = false;
  bool has_indicator = false;
  double median = 0.0;
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
    out.front() = std::visit([&](const auto& scale) { return scale(missing ? median : value); }, scaling);
  }
};

/// A feature of texts: one 0/1 column per known category, then one for the rest, then one for missing.
struct Categories {
  std::vector<std::string> known;
  bool has_rest = false;
  bool has_missing = false;
  std::vector<std::int32_t> position;  // of a category's index in FeatureColumn::categories; -1: one of the rest

  std::size_t outputs() const { return known.size() + std::size_t{has_rest} + std::size_t{has_missing}; }

  void apply(double value, std::span<double> out) const {
    std::ranges::fill(out, 0.0);
    if (std::isnan(value) && has_missing) {
      out.back() = 1.0;
      return;
    }
    const bool inside = value >= 0.0 && value < static_cast<double>(position.size());
    const std::int32_t at = inside ? position[static_cast<std::size_t>(value)] : -1;
    if (at >= 0) {
      out[static_cast<std::size_t>(at)] = 1.0;
    } else if (has_rest) {
      out[known.size()] = 1.0;
    }
  }
};

}  // namespace

struct Preprocess::Step {
  std::uint32_t input = 0;
  std::variant<Number, Categories> what;

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

/// The step of a numeric column, or nothing when it is the same for every row; then `why` says so.
std::optional<Number> fit_number(std::span<const double> values, const PreprocessOptions& options,
                                 const std::string& name, std::vector<std::string>& why) {
  const std::vector<double> sorted = sorted_present(values);
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
  if (!constant) number.scaling = fit_scaling(options.scale, sorted);
  return number;
}

/// Columns for the most frequent categories; equal counts in the order of the texts, so that codes carry no meaning.
std::optional<Categories> fit_categories(std::span<const double> values, const FeatureColumn& column, int most,
                                         std::vector<std::string>& why) {
  std::vector<std::size_t> counts(column.categories.size());
  std::size_t missing = 0, unknown = 0;
  for (const double value : values) {
    if (is_missing(value))
      ++missing;
    else if (value < 0.0 || value >= static_cast<double>(counts.size()))
      ++unknown;
    else
      ++counts[static_cast<std::size_t>(value)];
  }
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] > 0) order.push_back(i);
  }
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
    if (counts[a] != counts[b]) return counts[a] > counts[b];
    return column.categories[a] < column.categories[b];
  });
  if (order.size() + std::size_t{missing > 0} + std::size_t{unknown > 0} <= 1) {
    const std::string which =
        order.empty() ? "no known category" : format("the value `{}`", column.categories[order[0]]);
    why.push_back(format("`{}` is dropped: every training row has {}", column.name, which));
    return std::nullopt;
  }
  Categories categories;
  categories.has_rest = unknown > 0 || order.size() > static_cast<std::size_t>(most);
  categories.has_missing = missing > 0;
  categories.position.assign(counts.size(), -1);
  order.resize(std::min(order.size(), static_cast<std::size_t>(most)));
  for (const std::size_t category : order) {
    categories.position[category] = static_cast<std::int32_t>(categories.known.size());
    categories.known.push_back(column.categories[category]);
  }
  return categories;
}

std::vector<double> missing_pattern(std::span<const double> values) {
  std::vector<double> pattern;
  pattern.reserve(values.size());
  for (const double value : values) pattern.push_back(is_missing(value) ? 1.0 : 0.0);
  return pattern;
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

void PreprocessOptions::validate() const {
  if (categories < 1) {
    throw Error(Error::kInvalidInput, format("`categories` must be at least 1, it is {}", categories));
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
    Step step{.input = static_cast<std::uint32_t>(j), .what = {}};
    if (is_text) {
      auto categories = fit_categories(values_of(j), column, options.categories, fitted.dropped_);
      if (!categories) continue;
      step.what = std::move(*categories);
    } else {
      auto number = fit_number(values_of(j), options, column.name, fitted.dropped_);
      if (!number) continue;
      step.what = std::move(*number);
    }
    if (const auto same = (is_text ? seen_texts : seen_numbers).same_as(j);
        same && column.categories == data.columns[*same].categories) {
      fitted.dropped_.push_back(
          format("`{}` is dropped: equal to `{}` in every training row", column.name, data.columns[*same].name));
      continue;
    }
    // Features of one source are missing together: one indicator tells it for all of them.
    if (Number* number = std::get_if<Number>(&step.what); number != nullptr && number->has_indicator) {
      if (const auto same = seen_missing.same_as(j)) {
        number->has_indicator = false;
        fitted.dropped_.push_back(format("`{} is missing` is dropped: equal to `{} is missing` in every training row",
                                         column.name, data.columns[*same].name));
      }
    }
    if (step.outputs() > 0) fitted.steps_.push_back(std::move(step));
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
    } else {
      const Categories& categories = std::get<Categories>(step.what);
      for (const std::string& known : categories.known) names_.push_back(format("{} = {}", input, known));
      if (categories.has_rest) names_.push_back(input + " = other");
      if (categories.has_missing) names_.push_back(input + " is missing");
    }
    origins_.resize(names_.size(), step.input);
  }
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
  saved["scale"] = std::visit([](const auto& scale) { return to_json_value(scale); }, number.scaling);
}

void save_into(Json& saved, const Categories& categories) {
  saved["categories"] = Json::array(categories.known);
  saved["other"] = categories.has_rest;
  saved["missing"] = categories.has_missing;
}

void require(bool condition, const std::string& message) {
  if (!condition) throw Error(Error::kIncompatible, message);
}

std::vector<double> finite_numbers(const Json& saved, const std::string& of) {
  std::vector<double> numbers;
  for (const Json& number : saved.as_array()) numbers.push_back(number.as_number());
  require(std::ranges::all_of(numbers, [](double number) { return std::isfinite(number); }),
          format("the saved scale of `{}` holds a number that is not finite", of));
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
                .scaling = load_scaling(saved.at("scale"), of)};
  require(std::isfinite(number.median), format("the saved median of `{}` is not finite", of));
  require(number.outputs() > 0, format("the saved feature `{}` has no output", of));
  return number;
}

Categories load_categories(const Json& saved, const FeatureColumn& column) {
  Categories categories;
  categories.has_rest = saved.at("other").as_bool();
  categories.has_missing = saved.at("missing").as_bool();
  categories.position.assign(column.categories.size(), -1);
  for (const Json& text : saved.at("categories").as_array()) {
    const auto at = std::ranges::find(column.categories, text.as_string());
    require(at != column.categories.end(), format("feature `{}` has no category `{}`, which the model was trained with",
                                                  column.name, text.as_string()));
    const auto index = static_cast<std::size_t>(at - column.categories.begin());
    categories.position[index] = static_cast<std::int32_t>(categories.known.size());
    categories.known.push_back(text.as_string());
  }
  require(categories.outputs() > 0, format("the saved feature `{}` has no output", column.name));
  return categories;
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
    if (is_text)
      step.what = load_categories(json, columns[next]);
    else
      step.what = load_number(json, name);
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
