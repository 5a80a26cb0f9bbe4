#include "features/program.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <numeric>
#include <string>
#include <tuple>
#include <unordered_map>

#include "features/aggregation.h"

namespace asof {
namespace {

/// A text that two steps share exactly when they compute the same.
class Key {
 public:
  Key& add(std::size_t value) {
    text_.append(reinterpret_cast<const char*>(&value), sizeof value);
    return *this;
  }

  Key& add(double value) { return add(std::bit_cast<std::size_t>(value)); }
  Key& add(const void* address) { return add(std::bit_cast<std::size_t>(address)); }

  Key& add(const std::string& text) {
    add(text.size());
    text_ += text;
    return *this;
  }

  Key& add(const WindowSpec& window) {
    const auto microseconds = [](Duration length) { return static_cast<std::size_t>(length.microseconds); };
    add(window.length ? microseconds(*window.length) : 0);
    add(microseconds(window.ending));
    return add(window.rows.value_or(0));
  }

  Key& add(const Step& step) {
    add(static_cast<std::size_t>(step.op)).add(step.number).add(step.table).add(step.column).add(step.feature);
    add(static_cast<const void*>(step.function)).add(static_cast<const void*>(step.aggregation)).add(step.window);
    add(step.texts.size());
    for (const std::string& text : step.texts) add(text);
    add(step.settings.size());
    for (const double setting : step.settings) add(setting);
    for (const auto* steps : {&step.children, &step.condition}) {
      add(steps->size());
      for (const Step& part : *steps) add(part);
    }
    return *this;
  }

  Key& add(const Step* step) { return step == nullptr ? add(std::size_t{0}) : add(std::size_t{1}).add(*step); }

  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

/// Whether a step over rows depends on when the application was made.
bool knows_application(const Step& step) {
  if (step.op == Op::kApplicationAt || (step.function != nullptr && step.function->of_application)) return true;
  return std::ranges::any_of(step.children, knows_application);
}

/// Things without repetition, numbered in order of first appearance.
template <class Thing>
class Distinct {
 public:
  std::size_t number_of(const Key& key, const Thing& thing) {
    const auto [place, added] = numbers_.try_emplace(key.text(), things.size());
    if (added) things.push_back(thing);
    return place->second;
  }

  std::vector<Thing> things;

 private:
  std::unordered_map<std::string, std::size_t> numbers_;
};

class Builder {
 public:
  void visit(Step& step) {
    if (step.op == Op::kAggregate) {
      step.aggregate = aggregate(step);
      return;
    }
    for (Step& child : step.children) visit(child);
  }

  Program finish() {
    std::vector<std::size_t> order = this->order();
    return {std::move(selections_.things), std::move(series_.things), std::move(slices_.things),
            std::move(aggregates_.things), std::move(order),          same_for_all_};
  }

 private:
  std::size_t aggregate(const Step& step) {
    const bool of_condition = step.aggregation->takes == Takes::kCondition;
    const Step* condition = step.condition.empty() ? nullptr : &step.condition.front();
    const Program::Selection selection{step.table, of_condition ? nullptr : condition};
    const Program::Series series{
        .selection = selections_.number_of(Key().add(selection.table).add(selection.condition), selection),
        .value = step.children.empty() ? nullptr : &step.children[0],
        .other = step.children.size() < 2 ? nullptr : &step.children[1],
        .condition = of_condition ? condition : nullptr};
    const Program::Slice slice{
        series_.number_of(Key().add(series.selection).add(series.value).add(series.other).add(series.condition),
                          series),
        step.window};
    const Program::Aggregate aggregate{slices_.number_of(Key().add(slice.series).add(slice.window), slice), &step};
    for (const Step* part : {selection.condition, series.value, series.other, series.condition})
      same_for_all_ = same_for_all_ && (part == nullptr || !knows_application(*part));
    series_.things[slice.series].moves |= step.aggregation->measures_moves;
    return aggregates_.number_of(Key().add(aggregate.slice).add(step), aggregate);
  }

  /// Series by series; windows of one end together, the shortest first.
  std::vector<std::size_t> order() const {
    const auto key = [this](std::size_t i) {
      const Program::Slice& slice = slices_.things[aggregates_.things[i].slice];
      const std::int64_t length =
          slice.window.length ? slice.window.length->microseconds : std::numeric_limits<std::int64_t>::max();
      return std::tuple(slice.series, slice.window.ending.microseconds, length, aggregates_.things[i].slice);
    };
    std::vector<std::size_t> order(aggregates_.things.size());
    std::iota(order.begin(), order.end(), 0U);
    std::ranges::stable_sort(order, {}, key);
    return order;
  }

  bool same_for_all_ = true;
  Distinct<Program::Selection> selections_;
  Distinct<Program::Series> series_;
  Distinct<Program::Slice> slices_;
  Distinct<Program::Aggregate> aggregates_;
};

}  // namespace

Program make_program(std::vector<Step>& steps) {
  Builder builder;
  for (Step& step : steps) builder.visit(step);
  return builder.finish();
}

}  // namespace asof
