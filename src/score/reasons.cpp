#include "score/reasons.h"

#include <algorithm>
#include <cmath>

#include "base/format.h"

namespace asof {
namespace {

/// The median of the repaid, or their most frequent category; "missing" when most of them have none.
std::string typical_of_repaid(const Dataset& data, std::span<const std::uint32_t> rows, std::size_t column) {
  std::vector<double> values;
  std::size_t repaid = 0;
  for (const std::uint32_t row : rows) {
    if (data.good[row] != 1.0) continue;
    ++repaid;
    const double value = data.features.row(row)[column];
    if (std::isfinite(value)) values.push_back(value);
  }
  const FeatureColumn& of = data.columns[column];
  if (values.size() * 2 <= repaid) return display_of(of, kMissing);
  std::ranges::sort(values);
  if (of.categories.empty()) return display_of(of, values[(values.size() - 1) / 2]);
  double best = values.front();
  std::size_t most = 0;
  for (std::size_t i = 0; i < values.size();) {
    const auto end = static_cast<std::size_t>(std::ranges::upper_bound(values, values[i]) - values.begin());
    const bool first_by_name = end - i == most && display_of(of, values[i]) < display_of(of, best);
    if (end - i > most || first_by_name) most = end - i, best = values[i];
    i = end;
  }
  return display_of(of, best);
}

std::string text_of(const FeatureColumn& column, const Definition& definition) {
  if (column.family == "masked") return format("masked attribute {} (no description supplied)", column.name);
  if (definition.expression == column.name) return column.name;
  return format("{}, {}", column.name, definition.expression);
}

}  // namespace

std::string display_of(const FeatureColumn& column, double value) {
  if (is_missing(value)) return "missing";
  if (column.categories.empty()) return round_trippable(value);
  return value == kUnknownCategory ? "unknown" : column.categories[static_cast<std::size_t>(value)];
}

std::vector<ReasonText> make_reason_texts(const Dataset& data, std::span<const std::uint32_t> rows,
                                          std::span<const Definition> definitions,
                                          const std::map<std::string, std::string>& approved) {
  std::vector<ReasonText> texts;
  for (std::size_t column = 0; column < data.columns.size(); ++column) {
    const FeatureColumn& of = data.columns[column];
    const auto owner = approved.find(of.name);
    const bool is_approved = owner != approved.end();
    texts.push_back({.text = is_approved ? owner->second : text_of(of, definitions[column]),
                     .approved = is_approved,
                     .group = of.family,
                     .typical = typical_of_repaid(data, rows, column)});
  }
  return texts;
}

std::vector<Reason> reasons_for(std::span<const Contribution> contributions, std::span<const ReasonText> texts) {
  struct Group {
    double log_odds = 0.0;
    std::size_t heaviest = 0;
  };
  std::vector<std::string> names;
  std::vector<Group> groups;
  for (std::size_t i = 0; i < contributions.size(); ++i) {
    auto place = std::ranges::find(names, texts[i].group);
    if (place == names.end()) {
      groups.push_back({.heaviest = i});
      place = names.insert(names.end(), texts[i].group);
    }
    Group& group = groups[static_cast<std::size_t>(place - names.begin())];
    group.log_odds += contributions[i].log_odds;
    if (contributions[i].log_odds < contributions[group.heaviest].log_odds) group.heaviest = i;
  }
  std::ranges::stable_sort(groups, {}, &Group::log_odds);
  std::vector<Reason> reasons;
  for (const Group& group : groups) {
    if (!(group.log_odds < 0.0) || reasons.size() == kReasonsMax) break;
    const Contribution& heaviest = contributions[group.heaviest];
    const ReasonText& text = texts[group.heaviest];
    reasons.push_back(
        {.feature = heaviest.feature,
         .group = text.group,
         .sentence = format("{}: {}; typical of repaid loans: {}", text.text, heaviest.display, text.typical),
         .log_odds = group.log_odds});
  }
  return reasons;
}

Json to_json_value(const Contribution& contribution) {
  return Json::Object{{"feature", contribution.feature},
                      {"value", contribution.value},
                      {"shown", contribution.display},
                      {"log_odds", contribution.log_odds}};
}

Json to_json_value(const ReasonText& text) {
  return Json::Object{
      {"text", text.text}, {"approved", text.approved}, {"group", text.group}, {"typical", text.typical}};
}

ReasonText reason_text_from_json(const Json& json) {
  return {.text = json.at("text").as_string(),
          .approved = json.at("approved").as_bool(),
          .group = json.at("group").as_string(),
          .typical = json.at("typical").as_string()};
}

}  // namespace asof
