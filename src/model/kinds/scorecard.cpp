// Scorecard: every column in a few monotone bins, each with a weight of evidence; a logistic regression of the weights;
// points per bin follow. A column stays only where its evidence exceeds what noise would show and where it counts in
// its own direction, so that every row of the card can be defended by itself.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/elementary.h"
#include "base/format.h"
#include "model/binning.h"
#include "model/linear.h"
#include "model/model.h"
#include "model/parameters.h"
#include "model/settings.h"

namespace asof::models {
namespace {

/// Two columns whose weights of evidence correlate more say the same; the one with less information is left out.
constexpr double kCorrelationMax = 0.9;

struct Parameters {
  double cost = 1.0;  ///< LIBLINEAR's C: how much a row counts against the penalty
  int characteristics_max = 30;
  int bins_max = 8;
};

Parameters read(const Json& json) {
  Parameters parameters;
  ParameterReader reader("scorecard", json);
  reader.read("cost", parameters.cost, 1e-9, 1e9);
  reader.read("characteristics_max", parameters.characteristics_max, 1, 100'000);
  reader.read("bins_max", parameters.bins_max, 2, 100);
  reader.finish();
  return parameters;
}

/// A column on the card.
struct Characteristic {
  std::size_t column = 0;  ///< among the model's columns
  std::string name;
  Binning binning;
  double slope = 0.0;          ///< above 0
  double training_mean = 0.0;  ///< of its weight of evidence
};

struct Card {
  std::size_t columns = 0;  ///< of a row to score
  double intercept = 0.0;
  std::vector<Characteristic> characteristics;
};

class ScorecardModel final : public Model {
 public:
  explicit ScorecardModel(Card card) : card_(std::move(card)), base_(card_.intercept) {
    for (const Characteristic& one : card_.characteristics) base_ += one.slope * one.training_mean;
  }

  double margin(std::span<const double> row) const override {
    double sum = card_.intercept;
    for (const Characteristic& one : card_.characteristics) sum += one.slope * woe(one, row);
    return sum;
  }

  /// Measured from the training rows' mean weight of evidence.
  double contributions(std::span<const double> row, std::span<double> out) const override {
    std::ranges::fill(out, 0.0);
    for (const Characteristic& one : card_.characteristics)
      out[one.column] = one.slope * (woe(one, row) - one.training_mean);
    return base_;
  }

  std::string save() const override {
    Json::Array characteristics;
    for (const Characteristic& one : card_.characteristics) {
      Json::Array bins;
      for (std::size_t i = 0; i < one.binning.bins.size(); ++i) {
        Json bin;
        if (i > 0) bin["from"] = one.binning.edges[i - 1];
        if (i < one.binning.edges.size()) bin["below"] = one.binning.edges[i];
        add_bin(one.binning.bins[i], bin);
        bins.push_back(std::move(bin));
      }
      Json missing;
      add_bin(one.binning.missing, missing);
      characteristics.push_back(Json::Object{{"name", one.name},
                                             {"column", one.column},
                                             {"coefficient", one.slope},
                                             {"training_mean", one.training_mean},
                                             {"information_value", one.binning.information_value},
                                             {"bins", std::move(bins)},
                                             {"missing", std::move(missing)}});
    }
    return to_pretty_json(Json::Object{{"model", "scorecard"},
                                       {"columns", card_.columns},
                                       {"intercept", card_.intercept},
                                       {"characteristics", std::move(characteristics)}});
  }

 private:
  static double woe(const Characteristic& one, std::span<const double> row) {
    return one.binning.bin_of(row[one.column]).woe;
  }

  static void add_bin(const Bin& bin, Json& json) {
    json["rows"] = bin.rows;
    json["repaid"] = bin.repaid;
    json["weight_of_evidence"] = bin.woe;
  }

  Card card_;
  double base_;
};

// ---- training -----------------------------------------------------------------------------------------------------

/// Of noise, the information value of k bins has this mean; the best of two directions and pooled bins have more.
double noise_information(const Binning& binning, double repaid, double defaulted) {
  const auto bins = static_cast<double>(binning.bins.size() - 1 + (binning.missing.rows > 0 ? 1 : 0));
  return bins * (1.0 / repaid + 1.0 / defaulted);
}

/// Columns on the card and their weights of evidence, column after column.
struct Chosen {
  std::vector<Characteristic> characteristics;
  std::vector<std::vector<double>> evidence;
};

double correlation(std::span<const double> a, std::span<const double> b) {
  const auto count = static_cast<double>(a.size());
  const double mean_a = std::accumulate(a.begin(), a.end(), 0.0) / count;
  const double mean_b = std::accumulate(b.begin(), b.end(), 0.0) / count;
  double together = 0.0, of_a = 0.0, of_b = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    together += (a[i] - mean_a) * (b[i] - mean_b);
    of_a += (a[i] - mean_a) * (a[i] - mean_a);
    of_b += (b[i] - mean_b) * (b[i] - mean_b);
  }
  return of_a > 0.0 && of_b > 0.0 ? together / std::sqrt(of_a * of_b) : 0.0;
}

std::vector<Characteristic> informative(const FitRequest& request, const Parameters& parameters) {
  constexpr double kTimesNoise = 3.0;
  const double repaid = std::accumulate(request.good.begin(), request.good.end(), 0.0);
  const double defaulted = static_cast<double>(request.good.size()) - repaid;
  std::vector<Characteristic> result;
  std::vector<double> values(request.features.rows);
  for (std::size_t column = 0; column < request.features.columns; ++column) {
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = request.features.row(i)[column];
    Characteristic one{.column = column, .name = request.names[column]};
    one.binning = fit_binning(values, request.good,
                              {.bins_max = static_cast<std::size_t>(parameters.bins_max),
                               .direction = request.directions.empty() ? 0 : request.directions[column]});
    if (one.binning.information_value > kTimesNoise * noise_information(one.binning, repaid, defaulted))
      result.push_back(std::move(one));
  }
  std::ranges::stable_sort(result, std::greater<>(),
                           [](const Characteristic& one) { return one.binning.information_value; });
  return result;
}

Chosen choose(const FitRequest& request, const Parameters& parameters) {
  Chosen chosen;
  for (Characteristic& one : informative(request, parameters)) {
    if (chosen.characteristics.size() == static_cast<std::size_t>(parameters.characteristics_max)) break;
    std::vector<double> evidence;
    for (std::size_t i = 0; i < request.features.rows; ++i)
      evidence.push_back(one.binning.bin_of(request.features.row(i)[one.column]).woe);
    const bool said = std::ranges::any_of(chosen.evidence, [&](const std::vector<double>& other) {
      return correlation(evidence, other) > kCorrelationMax;
    });
    if (said) continue;
    chosen.characteristics.push_back(std::move(one));
    chosen.evidence.push_back(std::move(evidence));
  }
  return chosen;
}

/// Without a characteristic: the share of the repaid for everyone.
LinearFit fit_evidence(const FitRequest& request, const Chosen& chosen, double cost) {
  if (chosen.characteristics.empty()) return {.intercept = logit(request.share_repaid())};
  Matrix evidence(request.features.rows, chosen.evidence.size());
  for (std::size_t j = 0; j < chosen.evidence.size(); ++j)
    for (std::size_t i = 0; i < evidence.rows; ++i) evidence.row(i)[j] = chosen.evidence[j][i];
  FitRequest of_evidence = request;
  of_evidence.features = evidence;
  of_evidence.directions.clear();  // kept by the bins; evidence itself only ever speaks for repayment
  of_evidence.names.clear();
  for (const Characteristic& one : chosen.characteristics) of_evidence.names.push_back(one.name);
  return fit_linear(of_evidence, cost, "scorecard");
}

/// A column whose coefficient is not above 0 would count against its own evidence: it leaves, the others are fitted
/// again.
void drop_contrary(const LinearFit& fitted, Chosen& chosen) {
  for (std::size_t j = fitted.slopes.size(); j-- > 0;) {
    if (fitted.slopes[j] > 0.0) continue;
    chosen.characteristics.erase(chosen.characteristics.begin() + static_cast<std::ptrdiff_t>(j));
    chosen.evidence.erase(chosen.evidence.begin() + static_cast<std::ptrdiff_t>(j));
  }
}

std::unique_ptr<const Model> fit(const FitRequest& request) {
  request.validate();
  const Parameters parameters = read(request.parameters);
  Chosen chosen = choose(request, parameters);
  LinearFit fitted = fit_evidence(request, chosen, parameters.cost);
  while (std::ranges::any_of(fitted.slopes, [](double slope) { return !(slope > 0.0); })) {
    drop_contrary(fitted, chosen);
    fitted = fit_evidence(request, chosen, parameters.cost);
  }
  Card card{.columns = request.features.columns, .intercept = fitted.intercept};
  for (std::size_t j = 0; j < fitted.slopes.size(); ++j) {
    card.characteristics.push_back(std::move(chosen.characteristics[j]));
    card.characteristics.back().slope = fitted.slopes[j];
    card.characteristics.back().training_mean = fitted.means[j];
  }
  return std::make_unique<ScorecardModel>(std::move(card));
}

// ---- reading ------------------------------------------------------------------------------------------------------

void refuse_unless(bool holds, const char* what) {
  if (!holds) throw Error(Error::kIncompatible, what);
}

double finite(const Json& number) {
  const double value = number.as_number();
  refuse_unless(std::isfinite(value), "a number is not finite");
  return value;
}

std::size_t count(const Json& number) {
  refuse_unless(number.as_integer() >= 0, "a count is negative");
  return static_cast<std::size_t>(number.as_integer());
}

Bin bin_from(const Json& json) {
  return {count(json.at("rows")), count(json.at("repaid")), finite(json.at("weight_of_evidence"))};
}

Characteristic characteristic_from(const Json& json, std::size_t columns) {
  Characteristic one{.column = count(json.at("column")), .name = json.at("name").as_string()};
  refuse_unless(one.column < columns, "a column does not exist");
  one.slope = finite(json.at("coefficient"));
  one.training_mean = finite(json.at("training_mean"));
  one.binning.information_value = finite(json.at("information_value"));
  one.binning.missing = bin_from(json.at("missing"));
  for (const Json& bin : json.at("bins").as_array()) {
    if (!one.binning.bins.empty()) one.binning.edges.push_back(finite(bin.at("from")));
    one.binning.bins.push_back(bin_from(bin));
  }
  refuse_unless(!one.binning.bins.empty(), "a characteristic has no bins");
  refuse_unless(std::ranges::is_sorted(one.binning.edges), "edges do not ascend");
  return one;
}

std::unique_ptr<const Model> load(std::string_view bytes, std::size_t columns) try {
  refuse_unless(bytes.ends_with("}\n"), "it is cut off");
  const Json saved = parse_json(bytes);
  Card card{.columns = count(saved.at("columns")), .intercept = finite(saved.at("intercept"))};
  if (card.columns != columns)
    throw Error(Error::kIncompatible, format("it is for {} columns, there are {}", card.columns, columns));
  for (const Json& json : saved.at("characteristics").as_array())
    card.characteristics.push_back(characteristic_from(json, columns));
  return std::make_unique<ScorecardModel>(std::move(card));
} catch (const Error& error) {
  throw Error(Error::kIncompatible, format("the scorecard is damaged: {}", error.what()));
}

std::vector<Setting> settings(std::size_t, std::size_t) {
  const auto setting = [](const char* name, int characteristics) {
    return Setting{.name = name,
                   .preprocess = {.missing = MissingValues::kKept},
                   .parameters = Json::Object{{"characteristics_max", characteristics}}};
  };
  return {setting("up to 15 characteristics", 15), setting("up to 40 characteristics", 40)};
}

Setting draw(Random& random, std::size_t, std::size_t columns) {
  const int most = static_cast<int>(std::clamp<std::size_t>(columns, 8, 80));
  const int characteristics = log_uniform(random, 5, most);
  const int bins = log_uniform(random, 3, 16);
  return {.name = format("up to {} characteristics of {} bins", characteristics, bins),
          .preprocess = {.missing = MissingValues::kKept},
          .parameters = Json::Object{
              {"characteristics_max", characteristics}, {"bins_max", bins}, {"cost", log_uniform(random, 0.001, 3.0)}}};
}

}  // namespace

extern const ModelKind scorecard;
constinit const ModelKind scorecard = {
    .name = "scorecard",
    .title = "Scorecard",
    .summary = "Points per bin: monotone bins of each feature, weighed by a logistic regression of their evidence.",
    .library = "LIBLINEAR 2.3",
    .settings = &settings,
    .draw = &draw,
    .fit = &fit,
    .load = &load,
    .weighs_rows = false,
};

}  // namespace asof::models
