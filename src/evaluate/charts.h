// Pictures as inline SVG: they print, scale, follow light and dark through the style sheet's classes, and show their
// numbers when pointed at. Same input, same bytes.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "evaluate/curves.h"
#include "evaluate/markup.h"

namespace asof {

/// The colours of the style sheet, named by what they stand for.
enum class Tone { kScore, kRepaid, kDefaulted, kReference };

enum class Draw {
  kLine,
  kDots,   ///< with whiskers where intervals are given
  kSteps,  ///< filled; point i reaches from x[i] to x[i + 1] at height y[i], the last point closes it
};

struct Series {
  std::string name;  ///< in the legend
  Tone tone = Tone::kScore;
  Draw draw = Draw::kLine;
  bool dashed = false;
  std::vector<Point> points;
  std::vector<Interval> intervals;  ///< of y, one per point; or empty
  std::vector<std::string> notes;   ///< shown when a point is pointed at, one per point; or empty
  std::vector<bool> pale;           ///< points with too little behind them, one per point; or empty
};

/// An axis from `low` to `high`, marked at round numbers, or at 0, 1, 2, ... with `names`.
struct Axis {
  std::string title;
  double low = 0.0;
  double high = 1.0;
  bool percent = false;
  std::vector<std::string> names;
};

struct Plot {
  std::string title;
  std::string description;  ///< what it shows, in words, for those who cannot see it; also its caption
  Axis x;
  Axis y;
  std::vector<Series> series;
};

/// A figure with title, legend, picture and caption.
Markup draw(const Plot& plot);

struct Bar {
  std::string name;
  double value;
  std::string note;  ///< shown when pointed at
};

/// Horizontal bars from zero, in the order given; negative values go left.
struct Bars {
  std::string title;
  std::string description;
  std::vector<Bar> bars;
  int digits = 3;
};

Markup draw(const Bars& bars);

/// Round numbers in [low, high], 3 to 8 of them, 1, 2 or 5 times a power of ten apart. `low < high`.
std::vector<double> round_marks(double low, double high);

}  // namespace asof
