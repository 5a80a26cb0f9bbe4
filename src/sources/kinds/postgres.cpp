// PostgreSQL. libpq asks what there is and whether we may read it, so that every refusal has PostgreSQL's own reason;
// the rows themselves come by ADBC, as a binary COPY straight into Arrow's columns. SELECT is all it takes.
#include <arrow/api.h>

#include <algorithm>
#include <array>
#include <bit>
#include <set>

#include "base/hash.h"
#include "sources/adbc_reader.h"
#include "sources/arrow_columns.h"
#include "sources/catalog.h"
#include "sources/kinds.h"
#include "sources/postgres_address.h"
#include "sources/postgres_session.h"
#include "sources/refusal.h"

namespace asof {
namespace {

using Names = std::vector<std::string>;

constexpr std::array<std::string_view, 2> kPrefixes = {"postgres:", "postgresql://"};

PostgresAddress address_of(const ReadRequest& request) {
  try {
    return read_postgres_address(request.from);
  } catch (const Error& error) {
    throw refusal(request.table, "", "", error.what());
  }
}

/// What stands after FROM.
std::string relation_sql(const PostgresAddress& address) { return address.relation_sql() + " AS source"; }

std::string place_name(const PostgresAddress& address) {
  return address.is_query ? "the PostgreSQL query" : format("PostgreSQL `{}`", address.relation);
}

/// A statement's failure as a sentence about the table.
[[noreturn]] void explain(const ReadRequest& request, const PostgresAddress& address, PostgresSession& session,
                          const SqlError& error) {
  constexpr std::array<std::string_view, 2> kUnknownRelation = {"42P01", "3F000"};
  constexpr std::string_view kNotPermitted = "42501";
  std::string reason = error.what();
  if (!address.is_query && std::ranges::find(kUnknownRelation, error.state()) != kUnknownRelation.end()) {
    reason =
        format("there is no such table or view{}", did_you_mean(address.relation, tables_in_postgres(address.url)));
  } else if (error.state() == kNotPermitted) {
    reason += format("; the user {} needs: GRANT SELECT", session.user());
  }
  throw refusal(request.table, place_name(address), "", reason);
}

/// What there is to read, with the question that reads it.
struct Plan {
  std::string url;
  std::string place;
  std::vector<ColumnRequest> wanted;
  std::string query;
};

std::vector<PostgresColumn> describe(const ReadRequest& request, const PostgresAddress& address,
                                     PostgresSession& session) {
  std::vector<PostgresColumn> columns;
  try {
    columns = session.describe("SELECT * FROM " + relation_sql(address));
  } catch (const SqlError& error) {
    explain(request, address, session, error);
  }
  std::set<std::string_view> seen;
  for (const PostgresColumn& column : columns) {
    if (!seen.insert(column.name).second) {
      throw refusal(request.table, place_name(address), column.name, "the query gives a column of this name twice");
    }
  }
  return columns;
}

const PostgresColumn& column_named(const ReadRequest& request, const PostgresAddress& address,
                                   std::span<const PostgresColumn> columns, const std::string& name) {
  const auto found = std::ranges::find(columns, name, &PostgresColumn::name);
  if (found == columns.end()) {
    Names known;
    for (const PostgresColumn& column : columns) known.push_back(column.name);
    throw refusal(request.table, place_name(address), "",
                  format("there is no column `{}`{}", name, did_you_mean(name, known)));
  }
  if (!found->type) {
    throw refusal(
        request.table, place_name(address), name,
        format("values of the type `{}` cannot be read; leave the column out or cast it in a query", found->type_name));
  }
  return *found;
}

Plan plan_of(const ReadRequest& request) {
  const PostgresAddress address = address_of(request);
  PostgresSession session(address.url);
  const std::vector<PostgresColumn> columns = describe(request, address, session);
  Plan plan{.url = address.url, .place = place_name(address), .wanted = request.columns};
  if (plan.wanted.empty()) {
    for (const PostgresColumn& column : columns) {
      if (column.type) plan.wanted.push_back({.name = column.name});
    }
  }
  Names selected;
  for (ColumnRequest& wanted : plan.wanted) {
    const PostgresColumn& column = column_named(request, address, columns, wanted.name);
    const std::string name = quoted_identifier(wanted.name);
    const std::string item = format("{}{} AS {}", name, column.by_text ? "::text" : "", name);
    if (std::ranges::find(selected, item) == selected.end()) selected.push_back(item);
    if (column.by_text && !wanted.type && wanted.epoch == EpochUnit::kNone) wanted.type = column.type;
  }
  if (selected.empty()) throw refusal(request.table, plan.place, "", "it has no column that can be read");
  plan.query = "SELECT " + join(selected) + " FROM " + relation_sql(address);
  try {
    session.texts(plan.query + " LIMIT 0");  // asks for permission before the driver does
  } catch (const SqlError& error) {
    explain(request, address, session, error);
  }
  return plan;
}

bool recognises(std::string_view from) {
  return std::ranges::any_of(kPrefixes, [&](auto prefix) { return from.starts_with(prefix); });
}

Table read(const ReadRequest& request, const Progress& progress) {
  const Plan plan = plan_of(request);
  const Names setup = {"SET default_transaction_read_only = on", "SET client_encoding = 'UTF8'"};
  const auto report = [&](std::int64_t rows) {
    constexpr std::uint64_t kUnknown = 0;
    if (progress) progress(format("reading {}", plan.place), static_cast<std::uint64_t>(rows), kUnknown);
  };
  std::shared_ptr<arrow::Table> rows;
  try {
    rows = read_by_adbc(plan.url, setup, plan.query, report);
  } catch (const Error& error) {
    throw Error(error.kind(), refusal(request.table, plan.place, "", error.what()).what());
  }
  Table table{.name = request.table, .rows = static_cast<std::size_t>(rows->num_rows())};
  table.source_place = [place = plan.place](std::size_t row) { return format("{} row {}", place, row + 1); };
  const auto place_of = [&](std::optional<std::size_t> row) { return row ? table.source_place(*row) : plan.place; };
  for (const ColumnRequest& column : plan.wanted) {
    const auto values = rows->GetColumnByName(column.name);
    table.columns.push_back(read_arrow(*values, column, Texts::kStayTexts, request, place_of));
  }
  return table;
}

std::vector<SourceColumn> columns(const ReadRequest& request) {
  const PostgresAddress address = address_of(request);
  PostgresSession session(address.url);
  std::vector<SourceColumn> result;
  for (const PostgresColumn& column : describe(request, address, session)) {
    if (column.type) result.push_back({column.name, *column.type});
  }
  return result;
}

// The fingerprint. PostgreSQL promises no order of rows, so the hashes of rows are added up: it finds changes, not
// forgers.

std::uint64_t mixed(std::uint64_t bits) {  // the finaliser of SplitMix64
  bits += 0x9E3779B97F4A7C15;
  bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
  bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
  return bits ^ (bits >> 31);
}

std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = text.size();
  for (const char c : text) hash = mixed(hash ^ static_cast<unsigned char>(c));
  return hash;
}

/// Continues the hash of every row by the row's value in `column`.
void add_column(const Column& column, std::vector<std::uint64_t>& hashes) {
  std::vector<std::uint64_t> texts;
  if (column.type == ColumnType::kText) {
    for (const std::string& text : *column.dictionary) texts.push_back(hash_of(text));
  }
  for (std::size_t row = 0; row < hashes.size(); ++row) {
    std::uint64_t bits = 0;
    if (column.missing(row)) {
      bits = 0x6D697373696E67;  // "missing"
    } else if (column.type == ColumnType::kText) {
      bits = texts[static_cast<std::size_t>(column.codes[row])];
    } else if (column.type == ColumnType::kReal) {
      bits = std::bit_cast<std::uint64_t>(column.reals[row]);
    } else {
      bits = static_cast<std::uint64_t>(column.integers[row]);
    }
    hashes[row] = mixed(hashes[row] ^ mixed(bits));
  }
}

std::string fingerprint(const ReadRequest&, const Table& rows) {
  std::string content;
  for (const Column& column : rows.columns) content += format("{} {}\n", column.name, to_string(column.type));
  for (const std::uint64_t lane : {1, 2}) {
    std::vector<std::uint64_t> hashes(rows.rows, mixed(lane));
    for (const Column& column : rows.columns) add_column(column, hashes);
    std::uint64_t sum = 0;
    for (const std::uint64_t hash : hashes) sum += hash;
    content += format("{:016x}", sum);
  }
  return sha256(content + format(" {}", rows.rows));
}

}  // namespace

namespace sources {

constinit const SourceKind postgres = {
    .name = "postgres",
    .summary = "postgres:URL#table, #schema.view or #select ...",
    .recognises = recognises,
    .read = read,
    .columns = columns,
    .fingerprint = fingerprint,
};

}  // namespace sources
}  // namespace asof
