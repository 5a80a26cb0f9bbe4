// Why an application scored no better: sentences that can be told to the person.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/json.h"
#include "dataset/dataset.h"
#include "features/feature_column.h"
#include "features/phrase.h"

namespace asof {

struct Contribution {
  std::string feature;
  double value = 0.0;     ///< kMissing when missing; a category's index for texts
  std::string display;    ///< the value: all digits, or the category
  double log_odds = 0.0;  ///< what it added to the model's margin
};

/// What a bundle keeps for the reasons of a feature, fixed when the model was made.
struct ReasonText {
  std::string text;       ///< the owner's words, else what the feature was called when the model was made
  bool approved = false;  ///< the owner's words
  std::string group;      ///< features of one group are one reason
  std::string typical;  ///< of repaid loans: the median to the bit, or the most frequent category; "missing" when most
                        ///< have none; empty: not known (bundles of format 1)

  bool operator==(const ReasonText&) const = default;
};

/// All that sentences about a feature are made of.
struct ToldFeature {
  ReasonText text;
  Phrase phrase;
  bool is_category = false;  ///< its values are texts, to be told as they are
};

struct Reason {
  std::string feature;  ///< the one of its group that lowered the score most
  std::string group;
  std::string sentence;   ///< "few active days: 2; typical of repaid loans: 11"
  double log_odds = 0.0;  ///< what the whole group took away; below 0

  bool operator==(const Reason&) const = default;
};

/// No more are likely to help (12 CFR 1002.9(b)(2), official interpretation).
inline constexpr std::size_t kReasonsMax = 4;

/// One text per column. `approved` has the owner's words by feature; other features are called by their phrase.
/// `rows` are the training rows, outcomes known.
std::vector<ReasonText> make_reason_texts(const Dataset& data, std::span<const std::uint32_t> rows,
                                          std::span<const Phrase> phrases,
                                          const std::map<std::string, std::string>& approved);

/// One per column; `texts` may be empty, as in bundles of format 1: then nothing is known of repaid loans.
std::vector<ToldFeature> told_features(std::span<const FeatureColumn> columns, std::span<const ReasonText> texts,
                                       std::span<const Phrase> phrases);

/// "few days with app events in the last 30 days: 2; typical of repaid loans: 11". The owner's words, where there are
/// some, stand for all before the colon.
std::string sentence_of(const ToldFeature& feature, const Contribution& contribution);

/// At most kReasonsMax, the heaviest first: groups whose features together lowered the score, each by the feature that
/// lowered it most. Equal weights in the order of the features. There is one contribution per feature.
std::vector<Reason> reasons_for(std::span<const Contribution> contributions, std::span<const ToldFeature> features);

/// A feature's value, all digits of a number.
std::string display_of(const FeatureColumn& column, double value);

/// What `asof explain` and the live API say of it.
Json to_json_value(const Contribution& contribution);

Json to_json_value(const ReasonText& text);
ReasonText reason_text_from_json(const Json& json);

}  // namespace asof
