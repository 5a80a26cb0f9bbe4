// A table of features that something else made: one row per application, with its label.
#pragma once

#include <string>
#include <vector>

#include "asof/table.h"
#include "asof/time.h"
#include "base/progress.h"
#include "dataset/dataset.h"

namespace asof::audit {

struct FeatureTableRequest {
  std::string from;  ///< as in `from:` of a project
  std::string entity;
  std::string time;  ///< the column with the moment of each application
  std::string label;
  std::string good = "1";           ///< the value that means repaid
  std::vector<std::string> ignore;  ///< columns that are no features
  TimeZone zone;                    ///< of times without an offset
  int threads = 1;
};

struct FeatureTable {
  std::string name;  ///< what findings call it
  Table rows;        ///< every column, the entity, time and label included
  std::string entity;
  std::string time;
  std::string label;
  /// The columns that are features, as numbers: a time in hours after the application, a text of at most a thousand
  /// values as categories. Rows of one entity are one group.
  Dataset data;
  std::vector<std::uint32_t> features;   ///< for each column of `data`, the column of `rows`
  std::vector<std::string> not_numbers;  ///< texts of too many values to be categories
};

/// Throws Error naming file, column and row: a column that is not there, an application without entity or time, a
/// label with more than two values or only one.
FeatureTable read_feature_table(const FeatureTableRequest& request, const Progress& progress = {});

/// The same from rows that are in memory; `from` and `threads` are not read.
FeatureTable make_feature_table(const FeatureTableRequest& request, Table rows);

}  // namespace asof::audit
