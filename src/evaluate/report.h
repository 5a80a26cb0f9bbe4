// What a risk committee reads: one offline HTML file and a model card, made from the same numbers.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "asof/time.h"
#include "dataset/split.h"
#include "evaluate/cut_off.h"
#include "evaluate/drivers.h"
#include "evaluate/evaluation.h"
#include "evaluate/select.h"

namespace asof {

/// The final model judged on rows that were kept back.
struct HoldoutReport {
  SplitBy by = SplitBy::kStratified;
  std::size_t train_rows = 0;       ///< that the judged model learnt from
  std::string candidate;            ///< the one judged; chosen on the training rows of this hold-out
  std::size_t left_out = 0;         ///< labelled rows in neither part
  Timestamp test_begins = kNoTime;  ///< for kTime
  Evaluation evaluation;
};

/// The headline hold-out, row by row: what the curves are drawn from. Parallel vectors.
struct HoldoutPredictions {
  std::vector<double> repayment;
  std::vector<double> good;
  std::vector<double> weights;  ///< empty: all 1
  std::vector<Timestamp> times;
};

/// "events: 1,204,311 rows; 12 left out: time before valid_from".
struct DataCount {
  std::string what;
  std::size_t rows = 0;
  std::size_t left_out = 0;
  std::string why;  ///< rows are left out; empty when none are
};

struct DictionaryEntry {
  std::string name;
  std::string definition;  ///< in the definition language
  std::string family;
  double missing_share = 0.0;  ///< among the training rows
  bool undated = false;
};

struct ReportInput {
  std::string project;
  std::string note;                       ///< "simulated data", "real data: ..."; shown with every figure
  std::string model_version;              ///< of the bundle
  std::vector<std::string> verdict;       ///< sentences; the first is the answer in one line
  std::vector<std::string> alerts;        ///< sentences; what a reader must know before believing a number
  Timestamp first_application = kNoTime;  ///< of the labelled rows
  Timestamp last_application = kNoTime;
  Headline headline{SplitBy::kStratified, {}};
  std::vector<HoldoutReport> holdouts;  ///< the headline first; at least one
  Selection selection;                  ///< on the training rows of the headline; its seconds are not shown
  std::vector<std::string> dropped;     ///< columns that were dropped, a sentence each
  std::vector<std::string> directions;  ///< that the risk had to keep to, a sentence each
  HoldoutPredictions predictions;
  CutOff cut_off;  ///< chosen on the training rows of the headline, and what it does to its hold-out
  Drivers drivers;
  std::string drivers_rows;  ///< which rows the drivers were found on: "the headline hold-out"
  std::vector<std::string> undated_tables;
  std::optional<Evaluation> without_undated;  ///< the headline again, by the same candidate without undated columns
  std::vector<DataCount> counts;
  std::vector<DictionaryEntry> features;
  std::vector<std::pair<std::string, std::string>> manifest;  ///< hashes, seed, versions, commands
};

/// The whole file. It asks for nothing from anywhere, and everything from the input is escaped. Same input, same bytes:
/// no clock, no wall-clock times. Throws Error::kInternal without a hold-out.
std::string report_html(const ReportInput& input);

/// `model_card.md`: purpose, data, population, performance with intervals, limits.
std::string model_card(const ReportInput& input);

/// The input's alerts and those that the figures themselves raise: few loans of the rarer outcome, not shown to be
/// better than chance, too good to be true, undated tables, hold-outs that disagree.
std::vector<std::string> all_alerts(const ReportInput& input);

/// What no figure of the report can show.
std::vector<std::string> limits(const ReportInput& input);

}  // namespace asof
