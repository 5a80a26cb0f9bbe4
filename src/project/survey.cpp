#include "project/survey.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

#include "asof/error.h"
#include "base/format.h"
#include "sources/catalog.h"

namespace asof {
namespace {

namespace fs = std::filesystem;

/// A name that the definition language can speak of.
std::string name_from(std::string_view text) {
  std::string name;
  for (const char c : text) name += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  return name.empty() || std::isdigit(static_cast<unsigned char>(name.front())) != 0 ? "t_" + name : name;
}

void give_distinct_names(std::vector<SurveyedTable>& tables) {
  std::set<std::string> taken;
  for (SurveyedTable& table : tables) {
    const std::string bare = table.name;
    for (int times = 2; !taken.insert(table.name).second; ++times) table.name = format("{}_{}", bare, times);
  }
}

SurveyedTable survey(std::string name, std::string from, std::string written) {
  SurveyedTable table{.name = std::move(name), .from = std::move(from), .written = std::move(written), .columns = {}};
  table.columns = source_columns({.table = table.name, .from = table.from, .columns = {}, .zone = {}});
  return table;
}

Column read_column(const SurveyedTable& table, const std::string& column, const TimeZone& zone, int threads,
                   const Progress& progress) {
  const ReadRequest request{.table = table.name,
                            .from = table.from,
                            .columns = {{.name = column, .type = {}, .epoch = EpochUnit::kNone, .missing = {}}},
                            .zone = zone,
                            .threads = threads};
  return std::move(read_table(request, progress).columns.front());
}

/// Reading a guess's columns must not need what the guess asks for: the zone does not matter for values.
const TimeZone& any_zone() {
  static const TimeZone zone = TimeZone::named("UTC");
  return zone;
}

std::optional<std::vector<ValueCount>> values_of(const Column& column, std::size_t most) {
  std::map<std::string, std::size_t> rows;
  for (std::size_t row = 0; row < column.size(); ++row) {
    if (!column.missing(row)) ++rows[column.display(row)];
    if (rows.size() > most) return std::nullopt;
  }
  std::vector<ValueCount> values;
  for (const auto& [value, count] : rows) values.push_back({value, count});
  std::ranges::stable_sort(values, std::greater(), &ValueCount::rows);
  return values;
}

}  // namespace

Peek peek_into_sources(int threads, const Progress& progress) {
  const auto read = [threads, progress](const SurveyedTable& table, const std::string& column, const TimeZone& zone) {
    return read_column(table, column, zone, threads, progress);
  };
  return {.values = [read](const SurveyedTable& table, const std::string& column,
                           std::size_t most) { return values_of(read(table, column, any_zone()), most); },
          .range = [read](const SurveyedTable& table,
                          const std::string& name) -> std::optional<std::pair<std::int64_t, std::int64_t>> {
            const Column column = read(table, name, any_zone());
            std::optional<std::pair<std::int64_t, std::int64_t>> range;
            for (const std::int64_t value : column.integers) {
              if (value == kMissingInteger) continue;
              if (!range) range = {value, value};
              range = {std::min(range->first, value), std::max(range->second, value)};
            }
            return range;
          },
          .naive =
              [read](const SurveyedTable& table, const std::string& column) {
                try {
                  static_cast<void>(read(table, column, TimeZone()));
                  return false;
                } catch (const Error& error) {
                  if (error.kind() != Error::kInvalidInput) throw;
                  return true;
                }
              }};
}

std::vector<SurveyedTable> survey_files(std::span<const fs::path> inputs, const fs::path& project_folder) {
  std::vector<fs::path> paths;
  for (const fs::path& input : inputs) {
    if (!fs::is_directory(input)) {
      paths.push_back(input);
      continue;
    }
    const std::vector<fs::path> found = tables_in_folder(input);
    if (found.empty()) throw Error(Error::kNotFound, format("folder {} holds no CSV or Parquet file", input.string()));
    paths.insert(paths.end(), found.begin(), found.end());
  }
  std::vector<SurveyedTable> tables;
  const fs::path from_folder = fs::absolute(project_folder).lexically_normal();
  for (const fs::path& path : paths) {
    const std::string file = path.filename().string();
    const fs::path absolute = fs::absolute(path).lexically_normal();
    tables.push_back(survey(name_from(file.substr(0, file.find('.'))), path.string(),
                            absolute.lexically_relative(from_folder).string()));
  }
  give_distinct_names(tables);
  return tables;
}

std::vector<SurveyedTable> survey_postgres(const std::string& url) {
  constexpr std::string_view kScheme = "postgres:";
  const std::string bare =
      url.starts_with(kScheme) && !url.starts_with("postgres://") ? url.substr(kScheme.size()) : url;
  std::vector<SurveyedTable> tables;
  for (const std::string& table : tables_in_postgres(bare)) {
    tables.push_back(survey(name_from(table), format("postgres:{}#{}", bare, table),
                            format("postgres:${{DATABASE_URL}}#{}", table)));
  }
  if (tables.empty()) throw Error(Error::kNotFound, "the database holds no table that this user may read");
  give_distinct_names(tables);
  return tables;
}

}  // namespace asof
