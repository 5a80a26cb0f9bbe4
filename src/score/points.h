// Log-odds as the points that lenders speak of, and the bands that they decide by.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/json.h"
#include "evaluate/bootstrap.h"

namespace asof {

/// points = anchor + to_double / ln 2 * (log-odds of repayment - ln anchor_odds), for example 600 points at 50 : 1 and
/// 20 to double the odds (Siddiqi, "Credit risk scorecards", 2006).
struct PointScale {
  double anchor = 600.0;
  double anchor_odds = 1.0;  ///< repaid : defaulted at `anchor` points; the training rows' own unless said otherwise
  double to_double = 20.0;   ///< points that double the odds

  double of(double log_odds) const;

  /// What so many log-odds are worth.
  double worth(double log_odds) const;

  bool operator==(const PointScale&) const = default;
};

/// Applications with neighbouring scores, on rows that the model had not learnt from.
struct Band {
  std::string name;          ///< "A" is the best
  double points_from = 0.0;  ///< this many points or more, up to the next better band
  std::size_t rows = 0;
  double default_rate = 0.0;
  Interval interval;  ///< 95 % of `default_rate` (Wilson)

  bool operator==(const Band&) const = default;
};

/// How points and bands follow from log-odds.
struct PointCard {
  PointScale scale;
  std::vector<Band> bands;   ///< the best first; the last has no lower end. Empty: no bands
  double reached_low = 0.0;  ///< the points that the rows behind the bands reached
  double reached_high = 0.0;

  /// The name of the band of so many points; empty without bands.
  std::string band_of(double points) const;

  /// Whether the default rates of the bands rise from the best to the worst.
  bool is_monotone() const;

  bool operator==(const PointCard&) const = default;
};

/// Five bands of as equal row counts as ties allow. `log_odds` are of rows not learnt from, `good` what became of them.
PointCard fit_point_card(const PointScale& scale, std::span<const double> log_odds, std::span<const double> good);

Json to_json_value(const PointCard& card);

/// The inverse, to the bit. Throws Error::kInvalidInput for anything else.
PointCard point_card_from_json(const Json& json);

}  // namespace asof
