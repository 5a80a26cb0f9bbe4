// What there is to make tables of, and what a guess may ask of the data itself.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/progress.h"
#include "sources/source.h"

namespace asof {

/// A source that may become a table of the project.
struct SurveyedTable {
  std::string name;     ///< a name that the definition language can speak of
  std::string from;     ///< where it is read
  std::string written;  ///< the same as it stands in the file: relative, and without secrets
  std::vector<SourceColumn> columns;
};

/// A value of a column as the source shows it, and how many rows have it.
struct ValueCount {
  std::string value;
  std::size_t rows = 0;
};

/// What the guess asks of the data itself.
struct Peek {
  /// The values of a column, most frequent first; nothing when there are more than `most`.
  std::function<std::optional<std::vector<ValueCount>>(const SurveyedTable& table, const std::string& column,
                                                       std::size_t most)>
      values;
  /// The least and the greatest value of a column of integers; nothing when all are missing.
  std::function<std::optional<std::pair<std::int64_t, std::int64_t>>(const SurveyedTable& table,
                                                                     const std::string& column)>
      range;
  /// Whether times of a column stand without an offset, so that only a time zone makes moments of them.
  std::function<bool(const SurveyedTable& table, const std::string& column)> naive;
};

/// Asks the sources.
Peek peek_into_sources(int threads, const Progress& progress);

/// The tables in files and folders, with their paths as seen from `project_folder`.
/// Throws Error when there is nothing to read, or what is there cannot be read.
std::vector<SurveyedTable> survey_files(std::span<const std::filesystem::path> inputs,
                                        const std::filesystem::path& project_folder);

/// The tables of a PostgreSQL database; the file will ask for its URL as `${DATABASE_URL}`.
std::vector<SurveyedTable> survey_postgres(const std::string& url);

}  // namespace asof
