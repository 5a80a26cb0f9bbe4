// Which column plays which part, guessed from names and types.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "project/survey.h"

namespace asof {

/// The parts that the columns of one table play. Empty texts: none.
struct Roles {
  std::string entity;
  std::string time;
  std::string id;
  std::string known_at;
  std::string label;
  std::string outcome_at;          ///< of the table with the label: a later time, by its name that of the outcome
  std::optional<EpochUnit> epoch;  ///< of the time
  bool naive = false;              ///< the time has no offset
  std::vector<ValueCount> label_values;
  /// The columns of the table with the label, without the label: applications to be scored, no history.
  bool to_predict = false;
};

struct Guess {
  std::vector<Roles> roles;           ///< one per table
  std::optional<std::size_t> target;  ///< the table with the label
  bool times_naive = false;
};

/// What the label's name says of its values.
enum class LabelMeaning { kUnknown, kRepaid, kDefaulted };
LabelMeaning meaning_of_label(std::string_view column);

/// Whether a value of a label says by itself that a loan was repaid: "fully paid".
bool means_repaid(std::string_view value);

/// Whether a column, by its name, tells what laws against discrimination protect: sex, age, marriage, origin, belief.
bool may_be_protected(std::string_view column);

Guess guess_roles(std::span<const SurveyedTable> tables, const Peek& peek);

}  // namespace asof
