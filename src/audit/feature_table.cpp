#include "audit/feature_table.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>
#include <optional>
#include <set>

#include "asof/error.h"
#include "base/format.h"
#include "sources/source.h"
#include "tables/entity_index.h"

namespace asof::audit {
namespace {

constexpr std::size_t kCategoriesMax = 1000;

std::optional<double> number_of(const std::string& text) {
  double number = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

/// 1 where a label is the good value, 0 where it is the other one, missing where it is missing.
std::vector<double> read_labels(const FeatureTableRequest& request, const Table& rows) {
  const Column& label = rows.at(request.label);
  const std::optional<double> good_number = number_of(request.good);
  const auto is_good = [&](std::size_t row) {
    const std::string shown = label.display(row);
    const std::optional<double> number = number_of(shown);
    return good_number && number ? *good_number == *number : shown == request.good;
  };
  std::vector<double> good(rows.rows, kMissing);
  std::set<std::string> values;
  bool any_good = false;
  for (std::size_t row = 0; row < rows.rows; ++row) {
    if (label.missing(row)) continue;
    if (values.size() <= 2) values.insert(label.display(row));
    good[row] = is_good(row) ? 1.0 : 0.0;
    any_good = any_good || good[row] == 1.0;
  }
  if (values.size() != 2 || !any_good) {
    throw Error(
        Error::kInvalidInput,
        format("{}, column {}: two values were expected, `{}` (repaid) and one other, but there are: {}; name "
               "the value that means repaid by --good",
               rows.name, request.label, request.good,
               values.size() > 2 ? "three or more" : join(std::vector<std::string>(values.begin(), values.end()))));
  }
  return good;
}

void require_keys(const FeatureTableRequest& request, const Table& rows) {
  const Column& entity = rows.at(request.entity);
  const Column& time = rows.at(request.time);
  if (time.type != ColumnType::kTime) {
    throw Error(Error::kInvalidInput,
                format("{}, column {}: times were expected, but the column holds {} values; write "
                       "them as 2024-01-31T12:00:00Z",
                       rows.name, request.time, to_string(time.type)));
  }
  for (std::size_t row = 0; row < rows.rows; ++row) {
    if (!entity.missing(row) && !time.missing(row)) continue;
    throw Error(Error::kInvalidInput, format("{}, column {}: an application needs an entity and a time, but the field "
                                             "is empty; leave such rows out",
                                             rows.place(row), entity.missing(row) ? request.entity : request.time));
  }
}

/// The texts of a column as indices into its sorted values; nothing when there are too many.
std::optional<std::vector<std::string>> categories_of(const Column& column) {
  std::set<std::string> values;
  for (std::size_t row = 0; row < column.size(); ++row) {
    if (!column.missing(row)) values.insert(std::string(column.text(row)));
    if (values.size() > kCategoriesMax) return std::nullopt;
  }
  return std::vector<std::string>(values.begin(), values.end());
}

double value_of(const Column& column, std::size_t row, Timestamp applied, const FeatureColumn& feature) {
  if (column.missing(row)) return kMissing;
  if (column.type == ColumnType::kTime) return in_hours(Timestamp{column.integers[row]} - applied);
  if (column.type != ColumnType::kText) return column.number(row);
  const auto place = std::ranges::lower_bound(feature.categories, column.text(row));
  return static_cast<double>(place - feature.categories.begin());
}

}  // namespace

FeatureTable make_feature_table(const FeatureTableRequest& request, Table rows) {
  FeatureTable table;
  table.name = rows.name;
  table.rows = std::move(rows);
  table.entity = request.entity;
  table.time = request.time;
  table.label = request.label;
  require_keys(request, table.rows);
  for (const std::string& ignored : request.ignore) static_cast<void>(table.rows.at(ignored));  // a slip is told

  Dataset& data = table.data;
  data.good = read_labels(request, table.rows);
  for (const std::int64_t at : table.rows.at(request.time).integers) data.times.push_back({at});
  data.known_at = data.times;
  data.weights.assign(table.rows.rows, 1.0);
  const Column& entity = table.rows.at(request.entity);
  data.groups = EntityIndex(entity, table.name).numbers(entity, table.name);

  const std::set<std::string> keys = {request.entity, request.time, request.label};
  for (std::uint32_t i = 0; i < table.rows.columns.size(); ++i) {
    const Column& column = table.rows.columns[i];
    if (keys.contains(column.name) || std::ranges::find(request.ignore, column.name) != request.ignore.end()) continue;
    FeatureColumn feature{.name = column.name, .family = "given", .categories = {}};
    if (column.type == ColumnType::kText) {
      std::optional<std::vector<std::string>> categories = categories_of(column);
      if (!categories) {
        table.not_numbers.push_back(column.name);
        continue;
      }
      feature.categories = std::move(*categories);
    }
    data.columns.push_back(std::move(feature));
    table.features.push_back(i);
  }
  if (data.columns.empty())
    throw Error(Error::kInvalidInput,
                format("{}: there is no column besides entity, time and label: nothing to audit", table.name));

  data.features = Matrix(table.rows.rows, data.columns.size());
  for (std::size_t row = 0; row < data.rows(); ++row) {
    for (std::size_t j = 0; j < data.columns.size(); ++j) {
      data.features.row(row)[j] =
          value_of(table.rows.columns[table.features[j]], row, data.times[row], data.columns[j]);
    }
  }
  return table;
}

FeatureTable read_feature_table(const FeatureTableRequest& request, const Progress& progress) {
  const std::string name = std::filesystem::path(request.from).filename().string();
  return make_feature_table(
      request,
      read_table({.table = name, .from = request.from, .columns = {}, .zone = request.zone, .threads = request.threads},
                 progress));
}

}  // namespace asof::audit
