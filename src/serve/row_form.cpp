#include "serve/row_form.h"

#include <algorithm>
#include <optional>
#include <unordered_map>

#include "base/format.h"
#include "serve/json_cells.h"
#include "sources/cells.h"

namespace asof {
namespace {

/// Names longer than this are not suggested, and not repeated whole.
constexpr std::size_t kNameLengthMax = 100;

/// A column that grows by one JSON value at a time.
class GrowingColumn {
 public:
  GrowingColumn(std::string name, const ColumnSpec& spec, const TimeZone& zone) : spec_(spec), zone_(zone) {
    column_.name = std::move(name);
    column_.type = *spec.type;
  }

  const std::string& name() const { return column_.name; }

  /// Throws CellError or Error saying why the value does not fit; nothing is appended then.
  void append(const Json* value) {
    if (value == nullptr || value->is_null()) return append_cell(missing_column(name(), column_.type, 1));
    if (!fits(spec_, column_.type, *value))
      throw Error(Error::kInvalidInput, wrong_type(name(), with_article(column_.type), *value));
    if (value->is_integer() && value->as_integer() == kMissingInteger)
      throw Error(Error::kInvalidInput, format("`{}` must be greater than {}", name(), kMissingInteger));
    append_cell(column_of(
        *value, {.name = name(), .type = column_.type, .epoch = spec_.epoch, .missing = spec_.missing}, zone_));
  }

  void truncate(std::size_t rows) {
    const auto cut = [rows](auto& values) { values.resize(std::min(values.size(), rows)); };
    cut(column_.reals);
    cut(column_.integers);
    cut(column_.codes);
  }

  Column finish() {
    if (column_.type == ColumnType::kText) column_.dictionary = std::make_shared<const Dictionary>(std::move(texts_));
    return std::move(column_);
  }

 private:
  void append_cell(const Column& cell) {
    if (column_.type == ColumnType::kReal) {
      column_.reals.push_back(cell.reals[0]);
    } else if (column_.type == ColumnType::kText) {
      column_.codes.push_back(cell.missing(0) ? kMissingCode : code_of(std::string(cell.text(0))));
    } else {
      column_.integers.push_back(cell.integers[0]);
    }
  }

  std::int32_t code_of(const std::string& text) {
    const auto [entry, added] = codes_.try_emplace(text, static_cast<std::int32_t>(texts_.size()));
    if (added) texts_.push_back(text);
    return entry->second;
  }

  const ColumnSpec& spec_;
  const TimeZone& zone_;
  Column column_;
  Dictionary texts_;
  std::unordered_map<std::string, std::int32_t> codes_;
};

/// What is wrong with a row as a whole, or with a field that no column has; the place of it is filled in later.
std::optional<RejectedRow> misfit(const StoredTable& table, const Json& row) {
  if (!row.is_object())
    return RejectedRow{.column = "", .reason = format("a row must be an object, but it is of the type {}", row.kind())};
  for (const auto& [name, value] : row.as_object()) {
    if (table.spec.columns.contains(name)) continue;
    if (name.size() > kNameLengthMax)
      return RejectedRow{.column = name.substr(0, kNameLengthMax), .reason = "there is no field of this long name"};
    std::vector<std::string> known;
    for (const auto& [column, spec] : table.spec.columns) known.push_back(column);
    return RejectedRow{.column = name, .reason = format("unknown field `{}`{}", name, did_you_mean(name, known))};
  }
  return std::nullopt;
}

std::optional<RejectedRow> append_row(std::vector<GrowingColumn>& columns, const Json& row) {
  for (GrowingColumn& column : columns) {
    try {
      column.append(row.find(column.name()));
    } catch (const CellError& error) {
      return RejectedRow{.column = column.name(), .reason = format("`{}`: {}", column.name(), error.reason)};
    } catch (const Error& error) {
      return RejectedRow{.column = column.name(), .reason = error.what()};
    }
  }
  return std::nullopt;
}

}  // namespace

ReadRows read_rows(const StoredTable& table, std::span<const Json> sent) {
  const TimeZone zone = table.time_zone.empty() ? TimeZone() : TimeZone::named(table.time_zone);
  std::vector<GrowingColumn> columns;
  columns.reserve(table.spec.columns.size());
  for (const auto& [name, spec] : table.spec.columns) columns.emplace_back(name, spec, zone);
  ReadRows read;
  for (std::size_t place = 0; place < sent.size(); ++place) {
    std::optional<RejectedRow> rejected = misfit(table, sent[place]);
    if (!rejected) rejected = append_row(columns, sent[place]);
    if (!rejected) {
      read.places.push_back(place);
      continue;
    }
    rejected->row = place;
    read.rejected.push_back(*std::move(rejected));
    for (GrowingColumn& column : columns) column.truncate(read.places.size());
  }
  read.rows = {.name = table.spec.name, .columns = {}, .rows = read.places.size()};
  for (GrowingColumn& column : columns) read.rows.columns.push_back(column.finish());
  return read;
}

Json row_schema(const StoredTable& table) {
  Json properties = Json::Object{};
  for (const auto& [name, spec] : table.spec.columns) properties[name] = nullable_schema_of(spec, *spec.type);
  Json required = Json::Array{};
  for (const std::string& name : {table.spec.entity, table.spec.time, table.spec.id}) {
    if (name.empty()) continue;
    required.push_back(name);
    properties[name]["type"] = properties.at(name).at("type").as_array().front();
  }
  return Json::Object{{"type", "object"},
                      {"description", format("A row of {}", table.spec.name)},
                      {"required", std::move(required)},
                      {"additionalProperties", false},
                      {"properties", std::move(properties)}};
}

}  // namespace asof
