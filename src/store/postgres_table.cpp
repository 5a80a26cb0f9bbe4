#include "store/postgres_table.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#include "asof/error.h"
#include "base/format.h"
#include "sources/cells.h"
#include "sources/conform.h"
#include "sources/number_text.h"
#include "sources/refusal.h"

namespace asof {
namespace {

// PostgreSQL's own numbers of its types; they never change (src/include/catalog/pg_type.dat).
constexpr Oid kBool = 16;
constexpr Oid kName = 19;
constexpr Oid kInt8 = 20;
constexpr Oid kInt2 = 21;
constexpr Oid kInt4 = 23;
constexpr Oid kText = 25;
constexpr Oid kFloat4 = 700;
constexpr Oid kFloat8 = 701;
constexpr Oid kBpchar = 1042;
constexpr Oid kVarchar = 1043;
constexpr Oid kDate = 1082;
constexpr Oid kTimestamp = 1114;
constexpr Oid kTimestamptz = 1184;
constexpr Oid kNumeric = 1700;

/// 2000-01-01T00:00:00Z, where PostgreSQL's times begin.
constexpr std::int64_t kPostgresEpoch = 946'684'800'000'000;
/// No clock in the world differs by more from UTC.
constexpr Duration kZoneMax{2 * kDay.microseconds};

bool one_of(Oid type, std::initializer_list<Oid> types) { return std::ranges::find(types, type) != types.end(); }

/// Those that can be compared with a text parameter, and so use a plain index.
bool is_text(Oid type) { return one_of(type, {kText, kVarchar, kBpchar, kName}); }

/// An integer in network order.
template <class Integer>
Integer big_endian(const char* bytes) {
  std::make_unsigned_t<Integer> value = 0;
  for (std::size_t i = 0; i < sizeof(Integer); ++i)
    value = static_cast<decltype(value)>((std::uint64_t{value} << 8) | static_cast<unsigned char>(bytes[i]));
  return static_cast<Integer>(value);
}

std::string in_network_order(std::int64_t value) {
  std::string bytes;
  for (int shift = 56; shift >= 0; shift -= 8)
    bytes += static_cast<char>(static_cast<std::uint64_t>(value) >> shift & 0xff);
  return bytes;
}

/// One column of a result.
struct Cells {
  const PGresult& result;
  int column;

  std::size_t rows() const { return static_cast<std::size_t>(PQntuples(&result)); }
  bool null(std::size_t row) const { return PQgetisnull(&result, static_cast<int>(row), column) != 0; }
  const char* bytes(std::size_t row) const { return PQgetvalue(&result, static_cast<int>(row), column); }
  std::size_t size(std::size_t row) const {
    return static_cast<std::size_t>(PQgetlength(&result, static_cast<int>(row), column));
  }
};

template <class Value, class Read>
std::vector<Value> read_all(const Cells& cells, Value missing, const Read& read) {
  std::vector<Value> values(cells.rows());
  for (std::size_t row = 0; row < values.size(); ++row) {
    try {
      values[row] = cells.null(row) ? missing : read(cells.bytes(row));
    } catch (const Error& error) {  // a local time that is no moment
      throw CellError{row, error.what()};
    }
  }
  return values;
}

/// A time on a clock, in PostgreSQL's microseconds.
std::int64_t on_our_scale(std::int64_t postgres_microseconds) {
  std::int64_t microseconds = 0;
  const bool overflow = __builtin_add_overflow(postgres_microseconds, kPostgresEpoch, &microseconds);
  if (overflow || !in_range({microseconds})) throw Error(Error::kInvalidInput, std::string(kNotATime));
  return microseconds;
}

std::int64_t date_microseconds(const char* bytes) {
  const std::int64_t days = big_endian<std::int32_t>(bytes);
  std::int64_t microseconds = 0;
  if (__builtin_mul_overflow(days, kDay.microseconds, &microseconds))
    throw Error(Error::kInvalidInput, std::string(kNotATime));
  return on_our_scale(microseconds);
}

template <class Integer>
std::vector<std::int64_t> read_integers(const Cells& cells) {
  return read_all(cells, kMissingInteger, [](const char* bytes) { return std::int64_t{big_endian<Integer>(bytes)}; });
}

/// The column in the type that is nearest to the database's own.
Column read_native(const Cells& cells, Oid type, const TimeZone& zone) {
  switch (type) {
    case kInt2:
      return {.type = ColumnType::kInteger, .integers = read_integers<std::int16_t>(cells)};
    case kInt4:
      return {.type = ColumnType::kInteger, .integers = read_integers<std::int32_t>(cells)};
    case kInt8:
      return {.type = ColumnType::kInteger, .integers = read_integers<std::int64_t>(cells)};
    case kBool:
      return {.type = ColumnType::kBoolean, .integers = read_all(cells, kMissingInteger, [](const char* bytes) {
                                              return std::int64_t{*bytes != 0};
                                            })};
    case kFloat4:
      return {.type = ColumnType::kReal, .reals = read_all(cells, kMissing, [](const char* bytes) {
                                           return as_written(std::bit_cast<float>(big_endian<std::int32_t>(bytes)));
                                         })};
    case kFloat8:
      return {.type = ColumnType::kReal, .reals = read_all(cells, kMissing, [](const char* bytes) {
                                           return std::bit_cast<double>(big_endian<std::int64_t>(bytes));
                                         })};
    case kTimestamptz:
      return {.type = ColumnType::kTime, .integers = read_all(cells, kMissingInteger, [](const char* bytes) {
                                           return on_our_scale(big_endian<std::int64_t>(bytes));
                                         })};
    case kTimestamp:
      return {.type = ColumnType::kTime,
              .integers = read_all(cells, kMissingInteger, [&](const char* bytes) {
                return zone.to_utc(on_our_scale(big_endian<std::int64_t>(bytes))).microseconds;
              })};
    case kDate:
      return {.type = ColumnType::kTime, .integers = read_all(cells, kMissingInteger, [&](const char* bytes) {
                                           return zone.to_utc(date_microseconds(bytes)).microseconds;
                                         })};
    default:
      throw Error(Error::kInternal, format("no reader for PostgreSQL's type {}", type));
  }
}

Column read_texts(const Cells& cells, const ColumnRequest& request, const TimeZone& zone) {
  std::string bytes;
  std::vector<std::int64_t> ends = {0};
  for (std::size_t row = 0; row < cells.rows(); ++row) {
    if (!cells.null(row)) bytes.append(cells.bytes(row), cells.size(row));
    ends.push_back(static_cast<std::int64_t>(bytes.size()));
  }
  const TextCells texts{.rows = cells.rows(), .bytes = bytes.data(), .long_ends = ends.data()};
  return read_cells({&texts, 1}, request, zone, 1);
}

/// Whether a column of this type is cast to text by the database: decimals, uuids, enumerations, char(n) without its
/// padding, as the bulk source does. A date that is wanted as text too.
bool travels_as_text(Oid type, const ColumnRequest& request) {
  const bool has_reader =
      one_of(type, {kBool, kInt2, kInt4, kInt8, kFloat4, kFloat8, kDate, kTimestamp, kTimestamptz, kText, kVarchar});
  return !has_reader || (type == kDate && request.type == ColumnType::kText);
}

std::string select_term(const ServedColumn& column) {
  const std::string name = quoted_identifier(column.request.name);
  return column.as_text ? format("CAST({} AS text)", name) : name;
}

}  // namespace

PostgresTable::PostgresTable(ServedTable served, const PostgresAddress& address, std::string statement,
                             PostgresConnection& connection, Deadline deadline)
    : served_(std::move(served)),
      is_query_(address.is_query),
      relation_(address.relation_sql()),
      statement_(std::move(statement)) {
  learn_types(connection, deadline);
  plan_conditions();
}

void PostgresTable::learn_types(PostgresConnection& connection, Deadline deadline) {
  std::string names;
  for (const ColumnRequest& request : served_.columns)
    names += (names.empty() ? "" : ", ") + quoted_identifier(request.name);
  PostgresResult types;
  try {
    types = connection.query(format("SELECT {} FROM {} AS source LIMIT 0", names, relation_), deadline);
  } catch (const Error& error) {
    throw Error(error.kind(), format("table {}: {}", spec().name, error.what()));
  }
  for (std::size_t i = 0; i < served_.columns.size(); ++i) {
    ServedColumn& column = columns_.emplace_back();
    column.request = served_.columns[i];
    column.type = PQftype(types.get(), static_cast<int>(i));
    column.as_text = travels_as_text(column.type, column.request);
    // As the bulk source: a text without a declared type stays one, a decimal is a real.
    const bool arrives_as_text = column.as_text || is_text(column.type);
    if (arrives_as_text && !column.request.type && column.request.epoch == EpochUnit::kNone) {
      column.request.type = column.type == kNumeric ? ColumnType::kReal : ColumnType::kText;
    }
  }
}

void PostgresTable::plan_conditions() {
  const ServedColumn& entity = column(spec().entity);
  entity_term_ = quoted_identifier(spec().entity);
  const bool wants_integer =
      entity.request.type.value_or(is_text(entity.type) ? ColumnType::kText : ColumnType::kInteger) ==
      ColumnType::kInteger;
  if (wants_integer) {
    if (!one_of(entity.type, {kInt2, kInt4, kInt8, kNumeric})) {
      throw Error(Error::kIncompatible,
                  format("table {}, column {}: the entities of the bundle are integers, but this column is of "
                         "another type in PostgreSQL; serve a view or a query that casts it to bigint",
                         spec().name, spec().entity));
    }
    entity_parameter_ = kInt8;
  } else if (is_text(entity.type)) {
    entity_parameter_ = entity.type == kBpchar ? kBpchar : kText;
  } else {
    entity_term_ = format("CAST({} AS text)", entity_term_);
    entity_parameter_ = kText;
  }
  parameter_types_ = {entity_parameter_};

  if (spec().time.empty()) return;
  const ServedColumn& time = column(spec().time);
  if (time.type == kTimestamptz) {
    time_bound_ = TimeBound::kMoment;
    parameter_types_.push_back(kTimestamptz);
  } else if (one_of(time.type, {kTimestamp, kDate})) {
    time_bound_ = TimeBound::kLocal;
    parameter_types_.push_back(kTimestamp);
  } else if (time.request.epoch != EpochUnit::kNone && one_of(time.type, {kInt2, kInt4, kInt8, kFloat8, kNumeric})) {
    time_bound_ = TimeBound::kEpoch;
    parameter_types_.push_back(kInt8);
  }
}

const ServedColumn& PostgresTable::column(const std::string& name) const {
  const auto place = std::ranges::find(columns_, name, [](const ServedColumn& column) { return column.request.name; });
  if (place == columns_.end())
    throw Error(Error::kInternal, format("table {}: column {} is served but not read", spec().name, name));
  return *place;
}

std::string PostgresTable::where() const {
  const std::string of_user = format("{} = $1", entity_term_);
  return time_bound_ == TimeBound::kNone ? of_user : format("{} AND {} <= $2", of_user, quoted_identifier(spec().time));
}

void PostgresTable::prepare(PostgresConnection& connection, Deadline deadline) const {
  std::string terms;
  for (const ServedColumn& column : columns_) terms += (terms.empty() ? "" : ", ") + select_term(column);
  connection.prepare(statement_, format("SELECT {} FROM {} AS source WHERE {}", terms, relation_, where()),
                     parameter_types_, deadline);
}

PostgresCall PostgresTable::call(const EntityKey& user, Timestamp until) const {
  PostgresCall call{.about = format("table {}", spec().name), .statement = statement_, .parameters = {}};
  if (const auto* number = std::get_if<std::int64_t>(&user)) {
    if (entity_parameter_ != kInt8)
      throw Error(Error::kIncompatible, format("table {}: entities are texts, not integers", spec().name));
    call.parameters.emplace_back(in_network_order(*number));
  } else {
    if (entity_parameter_ == kInt8)
      throw Error(Error::kIncompatible, format("table {}: entities are integers, not texts", spec().name));
    const std::string& name = std::get<std::string>(user);
    // No text in PostgreSQL holds a zero byte, so such a user has no rows: nothing equals null.
    call.parameters.push_back(name.find('\0') == std::string::npos ? std::optional(name) : std::nullopt);
  }
  // Where the database's own comparison is not exact it lets a few rows too many through.
  switch (time_bound_) {
    case TimeBound::kNone:
      break;
    case TimeBound::kMoment:
      call.parameters.emplace_back(in_network_order(until.microseconds - kPostgresEpoch));
      break;
    case TimeBound::kLocal:
      call.parameters.emplace_back(in_network_order((until + kZoneMax).microseconds - kPostgresEpoch));
      break;
    case TimeBound::kEpoch: {
      const std::int64_t unit = microseconds_of(column(spec().time).request.epoch);
      call.parameters.emplace_back(in_network_order(until.microseconds / unit + 1));
      break;
    }
  }
  return call;
}

Table PostgresTable::decode(const PGresult& result, const TimeZone& zone) const {
  Table table{.name = spec().name, .columns = {}, .rows = static_cast<std::size_t>(PQntuples(&result))};
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const ServedColumn& column = columns_[i];
    const Cells cells{result, static_cast<int>(i)};
    if (PQftype(&result, cells.column) != (column.as_text ? kText : column.type)) {
      throw Error(Error::kIncompatible,
                  format("table {}: PostgreSQL changed the type of column {} since the server started; restart it",
                         spec().name, column.request.name));
    }
    try {
      const bool text = column.as_text || is_text(column.type);
      table.columns.push_back(text ? read_texts(cells, column.request, zone)
                                   : conform(read_native(cells, column.type, zone), column.request, zone));
    } catch (const CellError& error) {
      throw refusal(spec().name, {}, column.request.name, error.reason);
    } catch (const Error& error) {
      throw refusal(spec().name, {}, column.request.name, error.what());
    }
  }
  return table;
}

std::optional<std::string> PostgresTable::missing_index(PostgresConnection& connection, Deadline deadline) const {
  if (is_query_) return std::nullopt;
  const bool cast = entity_term_.starts_with("CAST");
  const std::string name = quoted_literal(spec().entity);
  // How PostgreSQL itself writes the first column of an index.
  const std::string first = cast ? format("format('((%I)::text)', {})", name) : format("quote_ident({})", name);
  const PostgresResult found = connection.query(
      format("SELECT c.relkind = 'p', EXISTS (SELECT FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid "
             "JOIN pg_am m ON m.oid = x.relam WHERE i.indrelid = c.oid AND i.indisvalid AND i.indpred IS NULL "
             "AND m.amname IN ('btree', 'hash') AND pg_get_indexdef(i.indexrelid, 1, false) = {}) "
             "FROM pg_class c WHERE c.oid = to_regclass({}) AND c.relkind IN ('r', 'p', 'm')",
             first, quoted_literal(relation_)),
      deadline);
  const bool plain_table = PQntuples(found.get()) == 1;
  if (!plain_table || *PQgetvalue(found.get(), 0, 1) == 't') return std::nullopt;
  const bool partitioned = *PQgetvalue(found.get(), 0, 0) == 't';
  std::string terms = cast ? format("({})", entity_term_) : entity_term_;
  if (time_bound_ != TimeBound::kNone) terms += ", " + quoted_identifier(spec().time);
  return format("CREATE INDEX {}ON {} ({});", partitioned ? "" : "CONCURRENTLY ", relation_, terms);
}

}  // namespace asof
