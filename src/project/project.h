// The project file, `asof.yaml`: one lender. Its JSON Schema is docs/asof.schema.json, made from the same list of keys.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "asof/time.h"
#include "features/feature_column.h"
#include "features/feature_set.h"
#include "project/decision_rule.h"
#include "tables/table_spec.h"

namespace asof {

/// When the outcome of a loan was known, and which values mean what.
struct Target {
  std::string table;  ///< a table of the project; may be the applications themselves
  std::string label;  ///< the column
  std::string good;   ///< the value that means repaid, as the source shows it ("1", "true", "repaid")
  std::vector<std::string> indeterminate;      ///< values that mean neither: left out of fitting and metrics, counted
  std::string known_at;                        ///< column with the time at which the outcome was known
  std::optional<Duration> performance_window;  ///< the outcome is known so long after the application ...
  Timestamp observed_until = kNoTime;          ///< ... and nothing after this moment was observed
};

struct TrainOptions {
  double holdout = 0.2;
  std::uint64_t seed = 42;
  int folds = 5;
  int repeats = 0;                                            ///< 0: chosen by the number of rows
  std::vector<std::string> candidates;                        ///< model kinds; empty: all
  std::vector<std::string> texts = {"indicators", "target"};  ///< how features of texts become numbers: each is tried
  double clip = 0.0;  ///< share of the training values of a number that is clipped, at either end
  std::string group;  ///< column of the applications: rows of equal value stay on one side of every split
};

struct Project {
  std::filesystem::path file;  ///< absolute
  std::string name;
  std::string time_zone;          ///< empty: times without an offset are refused
  std::vector<TableSpec> tables;  ///< applications first
  Target target;
  Boundary boundary = Boundary::kBefore;
  std::vector<std::string> packs;                 ///< "mobile-lender/classic"
  std::vector<Definition> definitions;            ///< `define:`, in the file's order, with their lines
  std::vector<std::string> application_features;  ///< columns of the application that are features: known at T
  std::string weight;                             ///< column of the applications; empty: all 1
  TrainOptions train;
  DecisionRule decision;
  std::map<std::string, std::string> reasons;   ///< by feature: what a refused applicant is told of it
  std::map<std::string, Direction> directions;  ///< by feature
  std::string note;  ///< shown wherever figures are: "simulated data", "real data, source ..."

  /// `from:` of each table as the file has it, for messages and artefacts: without what the environment filled in.
  std::map<std::string, std::string> sources_as_written;
  /// Variables that were filled in, and their values: what must never be shown.
  std::map<std::string, std::string> variables;

  const TableSpec& applications() const { return tables.front(); }
  /// The tables that definitions can be over: those besides the applications, then the applications themselves, as what
  /// happened earlier. All of them: `where:` says which are learnt from and scored, and may depend on what became of
  /// them, so an application that it leaves out was made nevertheless.
  std::vector<TableSpec> history() const;
  /// Throws Error::kNotFound with the nearest known names.
  const TableSpec& table(std::string_view table_name) const;
  /// The zone of `time_zone`; none when it is not given.
  TimeZone zone() const;
};

/// Reads and checks a project file. `${VAR}` is read from the environment (only in `from:`); an unknown key, a wrong
/// type or a missing value is an Error::kInvalidInput with file, line and column, what was expected and the nearest
/// known keys. `file` may be a folder that holds an asof.yaml.
Project read_project(const std::filesystem::path& file);

/// The value of a variable; nothing when it is not set.
using Environment = std::function<std::optional<std::string>(const std::string& variable)>;

/// The same from a text. `file` says where relative paths begin; messages call the text by that name.
Project parse_project(std::string text, const std::filesystem::path& file, const Environment& environment);

/// Throws Error::kInvalidInput, with the place of the definition, when one of `definitions` (families written out)
/// reads what was not known at the application: its outcome, or when that was known.
void refuse_outcome_as_feature(const Project& project, std::span<const Definition> definitions);

/// `text` with the value of every variable replaced by its `${NAME}`: for messages of libraries that may quote a URL.
std::string without_secrets(const Project& project, std::string text);

/// The JSON Schema (draft 2020-12) of the project file, for editors.
std::string project_schema();

/// The keys as tables of Markdown, for docs/project-file.md.
std::string project_keys_markdown();

}  // namespace asof
