#include "score/reasons.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "base/format.h"

namespace asof {
namespace {

/// What a bundle keeps when most of the repaid have no value.
constexpr std::string_view kMissingTypical = "missing";

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

/// A feature's typical value as a number; nothing when there is none.
std::optional<double> number_of(const std::string& typical) {
  double number = 0.0;
  const auto [end, error] = std::from_chars(typical.data(), typical.data() + typical.size(), number);
  if (error != std::errc{} || end != typical.data() + typical.size()) return std::nullopt;
  return number;
}

struct DegreeWords {
  std::string_view below;
  std::string_view above;
};

/// By Degree.
constexpr DegreeWords kDegreeWords[] = {{"", ""}, {"few ", "many "}, {"low ", "high "}, {"short ", "long "}};

/// On which side of the typical value it is; nothing where people read the same number twice.
std::string_view side_of(const Phrase& phrase, double value, std::optional<double> typical) {
  if (!typical || readable(value, phrase.unit) == readable(*typical, phrase.unit)) return "";
  const DegreeWords& words = kDegreeWords[static_cast<std::size_t>(phrase.degree)];
  return value < *typical ? words.below : words.above;
}

/// Whether there is nothing to tell a value of.
bool is_none(const Phrase& phrase, double value) {
  return is_missing(value) || (phrase.degree == Degree::kFew && value == 0.0);
}

std::string value_of(const ToldFeature& feature, const Contribution& one) {
  if (is_missing(one.value)) return "unknown";
  if (!feature.is_category) return readable(one.value, feature.phrase.unit);
  return one.value == kUnknownCategory ? "not met before" : one.display;
}

/// What the person has, before any comparison.
std::string claim_of(const ToldFeature& feature, const Contribution& one) {
  const Phrase& phrase = feature.phrase;
  if (feature.text.approved) {
    const bool sentence = feature.text.text.find_last_of(".!?") + 1 == feature.text.text.size();
    return format("{}{} {}", feature.text.text, sentence ? " Value:" : ":", value_of(feature, one));
  }
  if (is_none(phrase, one.value) && !phrase.absent.empty()) return phrase.absent;
  if (is_missing(one.value)) return format("unknown: {}", phrase.words);
  if (is_none(phrase, one.value)) return format("no {}", phrase.words);
  const std::string_view side = feature.is_category ? "" : side_of(phrase, one.value, number_of(feature.text.typical));
  return format("{}{}: {}", side, phrase.words, value_of(feature, one));
}

/// Empty when nothing is known of repaid loans.
std::string comparison_of(const ToldFeature& feature, double value) {
  const Phrase& phrase = feature.phrase;
  const std::string& typical = feature.text.typical;
  if (typical.empty()) return "";
  const std::optional<double> number = feature.is_category ? std::nullopt : number_of(typical);
  const bool told = feature.is_category ? typical != kMissingTypical : number.has_value();
  // "no app events" leaves open of what the typical value is.
  const bool of_what = told && is_none(phrase, value) && !feature.text.approved && !phrase.absent.empty();
  return format("; typical of repaid loans{}: {}", of_what ? format(", {}", phrase.brief) : "",
                !told    ? "unknown"
                : number ? readable(*number, phrase.unit)
                         : typical);
}

}  // namespace

std::string display_of(const FeatureColumn& column, double value) {
  if (is_missing(value)) return std::string(kMissingTypical);
  if (column.categories.empty()) return round_trippable(value);
  return value == kUnknownCategory ? "unknown" : column.categories[static_cast<std::size_t>(value)];
}

std::vector<ReasonText> make_reason_texts(const Dataset& data, std::span<const std::uint32_t> rows,
                                          std::span<const Phrase> phrases,
                                          const std::map<std::string, std::string>& approved) {
  std::vector<ReasonText> texts;
  for (std::size_t column = 0; column < data.columns.size(); ++column) {
    const FeatureColumn& of = data.columns[column];
    const auto owner = approved.find(of.name);
    const bool is_approved = owner != approved.end();
    texts.push_back({.text = is_approved ? owner->second : phrases[column].words,
                     .approved = is_approved,
                     .group = of.family,
                     .typical = typical_of_repaid(data, rows, column)});
  }
  return texts;
}

std::vector<ToldFeature> told_features(std::span<const FeatureColumn> columns, std::span<const ReasonText> texts,
                                       std::span<const Phrase> phrases) {
  std::vector<ToldFeature> features;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    features.push_back({.text = texts.empty() ? ReasonText{.group = columns[i].family} : texts[i],
                        .phrase = phrases[i],
                        .is_category = !columns[i].categories.empty()});
  }
  return features;
}

std::string sentence_of(const ToldFeature& feature, const Contribution& contribution) {
  return claim_of(feature, contribution) + comparison_of(feature, contribution.value);
}

std::vector<Reason> reasons_for(std::span<const Contribution> contributions, std::span<const ToldFeature> features) {
  struct Group {
    double log_odds = 0.0;
    std::size_t heaviest = 0;
  };
  std::vector<std::string> names;
  std::vector<Group> groups;
  for (std::size_t i = 0; i < contributions.size(); ++i) {
    auto place = std::ranges::find(names, features[i].text.group);
    if (place == names.end()) {
      groups.push_back({.heaviest = i});
      place = names.insert(names.end(), features[i].text.group);
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
    const ToldFeature& feature = features[group.heaviest];
    reasons.push_back({.feature = heaviest.feature,
                       .group = feature.text.group,
                       .sentence = sentence_of(feature, heaviest),
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
