// Platt and beta are one family: with p = sigmoid(margin), ln p and -ln(1 - p) are two smooth ramps, one of which bends
// at the low end and one at the high end; their sum is the margin itself.
#include "model/calibration.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "asof/error.h"
#include "base/elementary.h"
#include "base/format.h"

namespace asof {
namespace {

constexpr std::array kKinds = {CalibrationKind::kNone, CalibrationKind::kPlatt, CalibrationKind::kBeta,
                               CalibrationKind::kIsotonic};

/// ln(1 + e^x).
double softplus(double x) { return std::max(x, 0.0) + portable_log1p(portable_exp(-std::abs(x))); }

using Ramp = double (*)(double margin);

double low_ramp(double margin) { return -softplus(-margin); }  // ln p
double high_ramp(double margin) { return softplus(margin); }   // -ln(1 - p)

struct Totals {
  double repaid = 0.0;
  double defaulted = 0.0;
};

Totals totals_of(const HeldOut& rows) {
  Totals totals;
  for (std::size_t i = 0; i < rows.margins.size(); ++i)
    (rows.good[i] == 1.0 ? totals.repaid : totals.defaulted) += rows.weight(i);
  return totals;
}

/// Solves the symmetric 3 x 3 system by Gaussian elimination with row pivots; false when it is singular.
bool solve(std::array<std::array<double, 4>, 3> system, std::size_t size, std::array<double, 3>& solution) {
  for (std::size_t column = 0; column < size; ++column) {
    std::size_t pivot = column;
    for (std::size_t row = column + 1; row < size; ++row)
      if (std::abs(system[row][column]) > std::abs(system[pivot][column])) pivot = row;
    if (!(std::abs(system[pivot][column]) > 1e-12)) return false;
    std::swap(system[column], system[pivot]);
    for (std::size_t row = column + 1; row < size; ++row) {
      const double factor = system[row][column] / system[column][column];
      for (std::size_t k = column; k < size; ++k) system[row][k] -= factor * system[column][k];
      system[row][3] -= factor * system[column][3];
    }
  }
  for (std::size_t row = size; row-- > 0;) {
    double value = system[row][3];
    for (std::size_t k = row + 1; k < size; ++k) value -= system[row][k] * solution[k];
    solution[row] = value / system[row][row];
  }
  return true;
}

/// Logistic regression on an intercept and `ramps` columns by Newton's method, with Platt's targets, which keep it
/// finite where the margins separate the outcomes. Nothing when it does not settle.
std::optional<std::array<double, 3>> fit_ramps(const HeldOut& rows, std::span<const Ramp> ramps) {
  const Totals totals = totals_of(rows);
  const double of_good = (totals.repaid + 1.0) / (totals.repaid + 2.0), of_bad = 1.0 / (totals.defaulted + 2.0);
  const std::size_t size = ramps.size() + 1;
  std::array<double, 3> fitted{0.0, 1.0, ramps.size() == 2 ? 1.0 : 0.0};
  for (int step = 0; step < 100; ++step) {
    std::array<std::array<double, 4>, 3> system{};
    for (std::size_t i = 0; i < rows.margins.size(); ++i) {
      std::array<double, 3> x{1.0, 0.0, 0.0};
      for (std::size_t k = 0; k < ramps.size(); ++k) x[k + 1] = ramps[k](rows.margins[i]);
      const double p = sigmoid(fitted[0] + fitted[1] * x[1] + fitted[2] * x[2]);
      const double weight = rows.weight(i);
      const double miss = weight * ((rows.good[i] == 1.0 ? of_good : of_bad) - p), curve = weight * p * (1.0 - p);
      for (std::size_t a = 0; a < size; ++a) {
        for (std::size_t b = 0; b < size; ++b) system[a][b] += curve * x[a] * x[b];
        system[a][3] += miss * x[a];
      }
    }
    std::array<double, 3> change{};
    if (!solve(system, size, change)) return std::nullopt;
    double largest = 0.0;
    for (const double part : change) largest = std::max(largest, std::abs(part));
    const double length = std::min(1.0, 2.0 / std::max(largest, 1e-300));  // a long first step may leap over the top
    for (std::size_t a = 0; a < size; ++a) fitted[a] += length * change[a];
    if (largest < 1e-10) return fitted;
  }
  return std::nullopt;
}

struct Slopes {
  double intercept;
  double low;
  double high;
};

std::optional<Slopes> fit_line(const HeldOut& rows) {
  constexpr std::array<Ramp, 1> kLine = {[](double margin) { return margin; }};
  const auto fitted = fit_ramps(rows, kLine);
  if (!fitted) return std::nullopt;
  return Slopes{(*fitted)[0], (*fitted)[1], (*fitted)[1]};
}

/// A slope that would fall is 0 instead, and the other fitted again, as the authors of beta calibration do.
std::optional<Slopes> fit_bent(const HeldOut& rows) {
  constexpr std::array<Ramp, 2> kRamps = {low_ramp, high_ramp};
  const auto both = fit_ramps(rows, kRamps);
  if (!both) return std::nullopt;
  const auto [intercept, low, high] = *both;
  if (low >= 0.0 && high >= 0.0) return Slopes{intercept, low, high};
  const bool keeps_high = low < 0.0;
  const auto one = fit_ramps(rows, std::span<const Ramp>(kRamps).subspan(keeps_high ? 1 : 0, 1));
  if (!one) return std::nullopt;
  return Slopes{(*one)[0], keeps_high ? 0.0 : (*one)[1], keeps_high ? (*one)[1] : 0.0};
}

/// Rows with one margin, or blocks of neighbours that share one share of the repaid.
struct Block {
  double weight = 0.0;
  double repaid = 0.0;
  double margins = 0.0;  // sum, by weight

  double share() const { return repaid / weight; }
  double centre() const { return margins / weight; }

  void add(const Block& other) {
    weight += other.weight;
    repaid += other.repaid;
    margins += other.margins;
  }
};

std::vector<Block> pooled(const HeldOut& rows) {
  std::vector<std::size_t> order(rows.margins.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return rows.margins[i]; });
  std::vector<Block> blocks;
  for (std::size_t i = 0; i < order.size();) {
    const double margin = rows.margins[order[i]];
    Block tied;
    for (; i < order.size() && rows.margins[order[i]] == margin; ++i) {
      const double weight = rows.weight(order[i]);
      tied.add({weight, weight * rows.good[order[i]], weight * margin});
    }
    blocks.push_back(tied);
    while (blocks.size() > 1 && blocks[blocks.size() - 2].share() >= blocks.back().share()) {
      blocks[blocks.size() - 2].add(blocks.back());
      blocks.pop_back();
    }
  }
  return blocks;
}

double limited(double log_odds) { return std::clamp(log_odds, -kCalibratedLogOddsMax, kCalibratedLogOddsMax); }

}  // namespace

std::string_view to_string(CalibrationKind kind) {
  switch (kind) {
    case CalibrationKind::kNone:
      return "none";
    case CalibrationKind::kPlatt:
      return "platt";
    case CalibrationKind::kBeta:
      return "beta";
    case CalibrationKind::kIsotonic:
      break;
  }
  return "isotonic";
}

std::optional<Calibration> Calibration::fit(CalibrationKind kind, const HeldOut& rows) {
  const Totals totals = totals_of(rows);
  if (!(totals.repaid > 0.0 && totals.defaulted > 0.0)) return std::nullopt;
  Calibration result;
  result.kind_ = kind;
  if (kind == CalibrationKind::kNone) return result;
  if (kind == CalibrationKind::kIsotonic) {
    const double nearest = 0.5 / (totals.repaid + totals.defaulted);
    for (const Block& block : pooled(rows)) {
      if (!result.knots_.empty() && block.centre() <= result.knots_.back().margin) continue;  // equal when rounded
      result.knots_.push_back({block.centre(), logit(std::clamp(block.share(), nearest, 1.0 - nearest))});
    }
    if (result.knots_.size() < 2) return std::nullopt;
    return result;
  }
  const auto fitted = kind == CalibrationKind::kPlatt ? fit_line(rows) : fit_bent(rows);
  if (!fitted || !(fitted->low >= 0.0 && fitted->high >= 0.0 && fitted->low + fitted->high > 0.0)) return std::nullopt;
  result.intercept_ = fitted->intercept;
  result.low_ = fitted->low;
  result.high_ = fitted->high;
  return result;
}

double Calibration::interpolate(double margin) const {
  if (margin <= knots_.front().margin) return knots_.front().log_odds;
  if (margin >= knots_.back().margin) return knots_.back().log_odds;
  const auto above = std::ranges::upper_bound(knots_, margin, {}, &Knot::margin);
  const Knot& high = *above;
  const Knot& low = *(above - 1);
  const double share = (margin - low.margin) / (high.margin - low.margin);
  return std::clamp(low.log_odds + share * (high.log_odds - low.log_odds), low.log_odds, high.log_odds);
}

double Calibration::apply(double margin) const {
  switch (kind_) {
    case CalibrationKind::kNone:
      return limited(margin);
    case CalibrationKind::kPlatt:
      return limited(intercept_ + low_ * margin);
    case CalibrationKind::kBeta:
      return limited(intercept_ + low_ * low_ramp(margin) + high_ * high_ramp(margin));
    case CalibrationKind::kIsotonic:
      break;
  }
  return limited(interpolate(margin));
}

Json Calibration::save() const {
  Json saved;
  saved["kind"] = to_string(kind_);
  if (kind_ == CalibrationKind::kPlatt || kind_ == CalibrationKind::kBeta) {
    saved["intercept"] = intercept_;
    saved["low"] = low_;
    saved["high"] = high_;
  }
  if (kind_ == CalibrationKind::kIsotonic) {
    Json::Array margins, log_odds;
    for (const Knot& knot : knots_) margins.emplace_back(knot.margin), log_odds.emplace_back(knot.log_odds);
    saved["margins"] = std::move(margins);
    saved["log_odds"] = std::move(log_odds);
  }
  return saved;
}

Calibration Calibration::load(const Json& saved) try {
  const auto refuse_unless = [](bool holds, const char* what) {
    if (!holds) throw Error(Error::kIncompatible, what);
  };
  const std::string& name = saved.at("kind").as_string();
  const auto kind = std::ranges::find(kKinds, std::string_view(name), [](CalibrationKind k) { return to_string(k); });
  refuse_unless(kind != kKinds.end(), "its kind is unknown");
  Calibration result;
  result.kind_ = *kind;
  if (*kind == CalibrationKind::kPlatt || *kind == CalibrationKind::kBeta) {
    result.intercept_ = saved.at("intercept").as_number();
    result.low_ = saved.at("low").as_number();
    result.high_ = saved.at("high").as_number();
    refuse_unless(std::isfinite(result.intercept_), "its intercept is not a number");
    for (const double slope : {result.low_, result.high_})
      refuse_unless(std::isfinite(slope) && slope >= 0.0, "a slope is negative or not a number");
  }
  if (*kind == CalibrationKind::kIsotonic) {
    const Json::Array& margins = saved.at("margins").as_array();
    const Json::Array& log_odds = saved.at("log_odds").as_array();
    refuse_unless(margins.size() == log_odds.size() && margins.size() >= 2, "it has too few knots");
    for (std::size_t i = 0; i < margins.size(); ++i) {
      const Knot knot{margins[i].as_number(), log_odds[i].as_number()};
      refuse_unless(std::isfinite(knot.margin) && std::isfinite(knot.log_odds), "a knot is not a number");
      if (i > 0)
        refuse_unless(result.knots_.back().margin < knot.margin && result.knots_.back().log_odds <= knot.log_odds,
                      "its knots do not ascend");
      result.knots_.push_back(knot);
    }
  }
  return result;
} catch (const Error& error) {
  throw Error(Error::kIncompatible, format("the calibration is damaged: {}", error.what()));
}

}  // namespace asof
