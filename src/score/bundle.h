// What training saves and scoring loads: one folder in a documented, versioned format (docs/bundle.md).
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/json.h"
#include "dataset/preprocess.h"
#include "features/feature_column.h"
#include "features/feature_set.h"
#include "features/plan.h"
#include "model/calibration.h"
#include "model/model.h"
#include "score/points.h"
#include "score/reasons.h"
#include "tables/table_spec.h"

namespace asof {

/// The newest format that this program reads; it reads all older ones.
inline constexpr int kBundleFormat = 2;

struct Bundle {
  std::string name;       ///< of the project
  std::string version;    ///< SHA-256 over the parts, shortened; set by `seal` and `load_bundle`
  std::string time_zone;  ///< of times without an offset; empty: refused
  Boundary boundary = Boundary::kBefore;
  TableSpec applications;               ///< entity, time and the application's own columns, with their types
  std::vector<TableSpec> tables;        ///< those that features read, with the type of every column read
  std::vector<Definition> definitions;  ///< the feature set, families written out
  std::vector<FeatureColumn> columns;   ///< the feature matrix: names, families, categories
  Preprocess preprocess;
  std::string kind;  ///< of the model
  std::shared_ptr<const Model> model;
  Calibration calibration;          ///< none in bundles of format 1
  PointCard points;                 ///< no bands in bundles of format 1
  std::vector<ReasonText> reasons;  ///< one per column; none in bundles of format 1
  Json metrics;                     ///< evaluations, leaderboard, drivers: what metrics.json holds
  Json manifest;                    ///< hashes of inputs, data window, seed, versions: nothing of the wall clock
};

/// What its features are computed with.
PlanOptions plan_options(const Bundle& bundle);

/// The share repaid of the rows that the model learnt from, by weight. Throws Error::kIncompatible when the bundle's
/// metrics do not tell it.
double training_share_repaid(const Bundle& bundle);

/// Sets `version` from the content of the parts: same content, same version, whatever the machine or the day.
void seal(Bundle& bundle);

/// Writes the folder `root/name/version` in one step and points `root/name/latest` at it. `documents` (report.html,
/// model_card.md) lie beside the parts and are listed with their hashes, but are no part of the version.
/// Returns the folder. Same bundle, same bytes.
std::filesystem::path save(const Bundle& bundle, const std::filesystem::path& root,
                           const std::map<std::string, std::string>& documents = {});

/// `path` is a bundle's folder, or a folder with a `latest` file that names one in it.
/// Throws Error::kNotFound, or Error::kIncompatible naming the part that is damaged, missing or of a newer format.
Bundle load_bundle(const std::filesystem::path& path);

}  // namespace asof
