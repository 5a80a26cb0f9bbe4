// A picture is laid out in a coordinate system of its own and scaled by the browser; two decimals of it are finer than
// any screen, so that is what is written.
#include "evaluate/charts.h"

#include <algorithm>
#include <cmath>

#include "base/format.h"

namespace asof {
namespace {

constexpr double kWidth = 480.0;
constexpr double kHeight = 300.0;
constexpr double kLeft = 56.0;
constexpr double kRight = 20.0;
constexpr double kTop = 10.0;
constexpr double kBottom = 44.0;
constexpr double kBarRow = 22.0;
constexpr double kBarNames = 184.0;      // room left of the bars
constexpr double kBarValues = 56.0;      // and right of them
constexpr std::size_t kNamesShown = 10;  // of an axis of names; more would overlap

std::string at(double coordinate) { return format("{:.2f}", coordinate); }

std::string_view name_of(Tone tone) {
  switch (tone) {
    case Tone::kScore:
      return "score";
    case Tone::kRepaid:
      return "repaid";
    case Tone::kDefaulted:
      return "defaulted";
    case Tone::kReference:
      return "reference";
  }
  return "score";
}

std::string class_of(std::string_view shape, Tone tone, bool dashed = false, bool pale = false) {
  return format("{} {}{}{}", shape, name_of(tone), dashed ? " dashed" : "", pale ? " pale" : "");
}

/// From the numbers of a plot to places in its picture.
struct Frame {
  const Axis& x_axis;
  const Axis& y_axis;

  double x(double value) const { return kLeft + share(x_axis, value) * (kWidth - kLeft - kRight); }
  double y(double value) const { return kHeight - kBottom - share(y_axis, value) * (kHeight - kTop - kBottom); }

  static double share(const Axis& axis, double value) {
    return std::clamp((value - axis.low) / (axis.high - axis.low), 0.0, 1.0);
  }
};

struct Mark {
  double value;
  std::string name;
};

/// As many decimals as tell the marks of an axis apart.
std::string name_of_mark(double value, double distance, bool percent) {
  const double shown = percent ? 100.0 * value : value;
  const double step = percent ? 100.0 * distance : distance;
  int digits = 0;
  for (double scale = step; digits < 6 && std::abs(scale - std::round(scale)) > 1e-6; scale *= 10.0) ++digits;
  return format("{:.{}f}{}", shown + 0.0, digits, percent ? " %" : "");
}

std::vector<Mark> marks(const Axis& axis) {
  std::vector<Mark> result;
  if (!axis.names.empty()) {
    const std::size_t step = (axis.names.size() + kNamesShown - 1) / kNamesShown;
    for (std::size_t i = 0; i < axis.names.size(); i += step) result.push_back({static_cast<double>(i), axis.names[i]});
    return result;
  }
  const std::vector<double> values = round_marks(axis.low, axis.high);
  const double distance = values.size() > 1 ? values[1] - values[0] : axis.high - axis.low;
  for (const double value : values) result.push_back({value, name_of_mark(value, distance, axis.percent)});
  return result;
}

Markup label(double x, double y, std::string_view anchor, std::string_view kind, const std::string& words) {
  return element("text",
                 {{"x", at(x)}, {"y", at(y)}, {"text-anchor", std::string(anchor)}, {"class", std::string(kind)}},
                 text(words));
}

Markup line(double x1, double y1, double x2, double y2, const std::string& kind) {
  return element("line", {{"x1", at(x1)}, {"y1", at(y1)}, {"x2", at(x2)}, {"y2", at(y2)}, {"class", kind}});
}

Markup axes(const Frame& frame) {
  const double bottom = kHeight - kBottom, right = kWidth - kRight;
  Markup result;
  for (const Mark& mark : marks(frame.y_axis)) {
    result += line(kLeft, frame.y(mark.value), right, frame.y(mark.value), "grid");
    result += label(kLeft - 6.0, frame.y(mark.value) + 4.0, "end", "mark", mark.name);
  }
  for (const Mark& mark : marks(frame.x_axis)) {
    result += line(frame.x(mark.value), bottom, frame.x(mark.value), bottom + 4.0, "tick");
    result += label(frame.x(mark.value), bottom + 17.0, "middle", "mark", mark.name);
  }
  result += line(kLeft, bottom, right, bottom, "axis");
  result += label((kLeft + right) / 2.0, kHeight - 6.0, "middle", "axis-title", frame.x_axis.title);
  const double middle = (kTop + bottom) / 2.0;
  result += element("text",
                    {{"x", "13"},
                     {"y", at(middle)},
                     {"text-anchor", "middle"},
                     {"class", "axis-title"},
                     {"transform", format("rotate(-90 13 {})", at(middle))}},
                    text(frame.y_axis.title));
  return result;
}

/// A line through the points; NaN interrupts it.
Markup path(const Frame& frame, const Series& series) {
  std::string way;
  bool drawing = false;
  for (const Point& point : series.points) {
    const bool known = !std::isnan(point.y);
    if (known) way += format("{}{} {}", drawing ? "L" : "M", at(frame.x(point.x)), at(frame.y(point.y)));
    drawing = known;
  }
  return element("path", {{"d", way}, {"class", class_of("line", series.tone, series.dashed)}});
}

Markup steps(const Frame& frame, const Series& series) {
  if (series.points.empty()) return {};
  std::string way = format("M{} {}", at(frame.x(series.points.front().x)), at(frame.y(0.0)));
  for (std::size_t i = 0; i + 1 < series.points.size(); ++i) {
    const double height = frame.y(series.points[i].y);
    way += format("L{} {}", at(frame.x(series.points[i].x)), at(height));
    way += format("L{} {}", at(frame.x(series.points[i + 1].x)), at(height));
  }
  way += format("L{} {}Z", at(frame.x(series.points.back().x)), at(frame.y(0.0)));
  return element("path", {{"d", way}, {"class", class_of("area", series.tone)}});
}

Markup dots(const Frame& frame, const Series& series) {
  Markup result;
  for (std::size_t i = 0; i < series.points.size(); ++i) {
    const Point& point = series.points[i];
    if (std::isnan(point.y)) continue;
    const bool pale = i < series.pale.size() && series.pale[i];
    Markup dot;
    if (i < series.notes.size()) dot += element("title", {}, text(series.notes[i]));
    if (i < series.intervals.size() && !std::isnan(series.intervals[i].low)) {
      const Interval& reach = series.intervals[i];
      dot += line(frame.x(point.x), frame.y(reach.low), frame.x(point.x), frame.y(reach.high),
                  class_of("whisker", series.tone, false, pale));
    }
    dot += element("circle", {{"cx", at(frame.x(point.x))},
                              {"cy", at(frame.y(point.y))},
                              {"r", "4"},
                              {"class", class_of("dot", series.tone, false, pale)}});
    result += element("g", {}, dot);
  }
  return result;
}

Markup shape(const Frame& frame, const Series& series) {
  switch (series.draw) {
    case Draw::kLine:
      return path(frame, series);
    case Draw::kSteps:
      return steps(frame, series);
    case Draw::kDots:
      return dots(frame, series);
  }
  return {};
}

Markup legend(const Plot& plot) {
  Markup entries;
  for (const Series& series : plot.series) {
    const std::string kind =
        class_of(series.draw == Draw::kLine ? "swatch-line" : "swatch", series.tone, series.dashed);
    entries += element("li", {}, element("span", {{"class", kind}, {"aria-hidden", "true"}}) + text(series.name));
  }
  return element("ul", {{"class", "legend"}}, entries);
}

Markup figure(const std::string& title, const std::string& description, const Markup& key, const Markup& picture) {
  return element("figure", {{"class", "chart"}},
                 element("h3", {}, text(title)) + key + picture + element("figcaption", {}, text(description)));
}

Markup svg(double width, double height, const std::string& title, const Markup& content) {
  return element("svg",
                 {{"viewBox", format("0 0 {:.0f} {:.0f}", width, height)}, {"role", "img"}, {"aria-label", title}},
                 content);
}

}  // namespace

std::vector<double> round_marks(double low, double high) {
  constexpr double kMostMarks = 7.0;
  const double range = high - low;
  double unit = 1e-9;
  while (unit * 10.0 < range) unit *= 10.0;
  double step = unit;
  for (const double factor : {0.2, 0.5, 1.0, 2.0, 5.0}) {
    step = unit * factor;
    if (range / step < kMostMarks) break;
  }
  std::vector<double> values;
  constexpr double kRounding = 1e-9;
  const double first = std::ceil(low / step - kRounding);
  for (double i = first; i * step <= high + kRounding * range; i += 1.0) values.push_back(i * step);
  return values;
}

Markup draw(const Plot& plot) {
  const Frame frame{plot.x, plot.y};
  Markup content = axes(frame);
  for (const Series& series : plot.series) content += shape(frame, series);
  return figure(plot.title, plot.description, legend(plot), svg(kWidth, kHeight, plot.title, content));
}

namespace {

/// A name that fits beside its bar; cut between characters, never inside one.
std::string shortened(const std::string& name) {
  constexpr std::size_t kLongest = 25;
  if (name.size() <= kLongest) return name;
  std::size_t end = kLongest - 1;
  const auto continues = [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; };
  while (end > 0 && continues(name[end])) --end;
  return name.substr(0, end) + "…";
}

Markup draw(const Bar& bar, double top, double zero, double scale, int digits) {
  const double length = std::isnan(bar.value) ? 0.0 : bar.value * scale;
  constexpr double kThinnest = 0.5;
  Markup row = element("title", {}, text(format("{}: {}", bar.name, bar.note)));
  row += label(kBarNames - 8.0, top + 15.0, "end", "bar-name", shortened(bar.name));
  row += element("rect", {{"x", at(std::min(zero, zero + length))},
                          {"y", at(top + 4.0)},
                          {"width", at(std::max(std::abs(length), kThinnest))},
                          {"height", at(kBarRow - 8.0)},
                          {"rx", "2"},
                          {"class", "bar score"}});
  row += label(std::max(zero, zero + length) + 5.0, top + 15.0, "start", "mark", format("{:.{}f}", bar.value, digits));
  return element("g", {}, row);
}

}  // namespace

Markup draw(const Bars& chart) {
  double low = 0.0, high = 0.0;
  for (const Bar& bar : chart.bars) low = std::min(low, bar.value), high = std::max(high, bar.value);
  if (low == high) high = 1.0;
  const double scale = (kWidth - kBarNames - kBarValues) / (high - low);
  const double zero = kBarNames - low * scale;
  Markup content;
  for (std::size_t i = 0; i < chart.bars.size(); ++i) {
    content += draw(chart.bars[i], static_cast<double>(i) * kBarRow, zero, scale, chart.digits);
  }
  const double height = static_cast<double>(std::max<std::size_t>(chart.bars.size(), 1)) * kBarRow + 4.0;
  return figure(chart.title, chart.description, {}, svg(kWidth, height, chart.title, content));
}

}  // namespace asof
