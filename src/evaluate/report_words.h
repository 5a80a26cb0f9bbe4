// How figures are put into words; the same in the report and in the model card.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "evaluate/report.h"

namespace asof {

std::string counted(std::size_t count);           ///< "1,204,311"
std::string number(double value);                 ///< "0.641", "undefined"
std::string percent(double share);                ///< "34.2 %"
std::string with_interval(const Figure& figure);  ///< "0.641 (0.612 to 0.670)"
std::string baselines(const Figure& figure);      ///< "all repaid 0.508, all defaulted 0.000"

/// "ROC-AUC", "F1 of repaid (the minority), threshold 0.412".
std::string title_of(const Figure& figure, const Evaluation& evaluation);

/// Against the best constant answer: "better" or "worse" when the whole interval is, else "not shown".
std::string beside_constant_answers(const Figure& figure);

/// "the latest applications, from 2024-08-01 on" or "drawn at random, stratified by outcome".
std::string kind_of(const HoldoutReport& holdout);

/// "By time" or "Stratified".
std::string name_of(const HoldoutReport& holdout);

/// Which hold-out is the headline, and why.
std::string headline_sentence(const ReportInput& input);

/// The rule and the threshold, then what came of it out of fold and on the headline hold-out, a line each; or why there
/// is no threshold.
std::vector<std::string> sentences_of(const CutOff& cut_off);

/// "`features`, `bureau`".
std::string named(const std::vector<std::string>& tables);

/// The trial that was chosen.
const Trial& chosen(const ReportInput& input);

/// "Gradient boosting": a kind's title where it is registered, else its name.
std::string title_of_kind(const std::string& kind);

}  // namespace asof
