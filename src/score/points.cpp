#include "score/points.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/elementary.h"
#include "base/format.h"
#include "evaluate/curves.h"

namespace asof {
namespace {

constexpr std::size_t kBands = 5;

}  // namespace

double PointScale::worth(double log_odds) const { return to_double / std::numbers::ln2 * log_odds; }

double PointScale::of(double log_odds) const { return anchor + worth(log_odds - portable_log(anchor_odds)); }

std::string PointCard::band_of(double points) const {
  for (const Band& band : bands)
    if (points >= band.points_from) return band.name;
  return bands.empty() ? std::string() : bands.back().name;
}

bool PointCard::is_monotone() const { return std::ranges::is_sorted(bands, {}, &Band::default_rate); }

PointCard fit_point_card(const PointScale& scale, std::span<const double> log_odds, std::span<const double> good) {
  PointCard card{.scale = scale};
  if (log_odds.empty()) return card;
  std::vector<double> points;
  for (const double value : log_odds) points.push_back(scale.of(value));
  const auto [low, high] = std::ranges::minmax_element(points);
  card.reached_low = *low;
  card.reached_high = *high;
  const std::vector<ScoreBin> bins = score_bins({points, good, {}}, kBands);
  for (std::size_t i = bins.size(); i-- > 0;) {
    const double default_rate = 1.0 - bins[i].repaid;
    card.bands.push_back({.name = std::string(1, static_cast<char>('A' + card.bands.size())),
                          .points_from = bins[i].lowest,
                          .rows = bins[i].rows,
                          .default_rate = default_rate,
                          .interval = wilson_interval(default_rate, bins[i].rows)});
  }
  return card;
}

Json to_json_value(const PointCard& card) {
  Json json;
  json["anchor"] = card.scale.anchor;
  json["anchor_odds"] = card.scale.anchor_odds;
  json["to_double"] = card.scale.to_double;
  json["reached_low"] = card.reached_low;
  json["reached_high"] = card.reached_high;
  Json::Array bands;
  for (const Band& band : card.bands) {
    bands.push_back(Json::Object{{"name", band.name},
                                 {"points_from", band.points_from},
                                 {"rows", band.rows},
                                 {"default_rate", band.default_rate},
                                 {"low", band.interval.low},
                                 {"high", band.interval.high}});
  }
  json["bands"] = std::move(bands);
  return json;
}

PointCard point_card_from_json(const Json& json) {
  PointCard card{.scale = {.anchor = json.at("anchor").as_number(),
                           .anchor_odds = json.at("anchor_odds").as_number(),
                           .to_double = json.at("to_double").as_number()},
                 .reached_low = json.at("reached_low").as_number(),
                 .reached_high = json.at("reached_high").as_number()};
  for (const Json& band : json.at("bands").as_array()) {
    card.bands.push_back({.name = band.at("name").as_string(),
                          .points_from = band.at("points_from").as_number(),
                          .rows = static_cast<std::size_t>(band.at("rows").as_integer()),
                          .default_rate = band.at("default_rate").as_number(),
                          .interval = {band.at("low").as_number(), band.at("high").as_number()}});
  }
  return card;
}

}  // namespace asof
