#include "store/ingest.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <tuple>

#include "asof/error.h"
#include "base/format.h"
#include "dataset/tables_in_memory.h"
#include "sources/refusal.h"
#include "store/knowledge.h"
#include "store/sqlite_rows.h"

namespace asof {
namespace {

/// Sorted and committed together: neighbours in the store are written to the same pages while these are in memory.
constexpr std::size_t kRowsPerCommit = 500'000;

const StoredTable* find_table(const std::vector<StoredTable>& tables, const std::string& name) {
  const auto place = std::ranges::find(tables, name, [](const StoredTable& table) { return table.spec.name; });
  return place == tables.end() ? nullptr : &*place;
}

[[noreturn]] void refuse_other(const std::string& table, std::string_view what, std::string_view stored,
                               std::string_view given) {
  throw Error(Error::kIncompatible,
              format("table {}: the store was made with {} {}, and now it is {}; ingest into another store", table,
                     what, stored.empty() ? "none" : stored, given.empty() ? "none" : given));
}

void check_same(const std::string& table, std::string_view what, std::string_view stored, std::string_view given) {
  if (stored != given) refuse_other(table, what, stored, given);
}

/// One table on its way into the store.
class TableIngest {
 public:
  TableIngest(const Project& project, const TableSpec& spec, const SqliteConnection& store,
              const IngestOptions& options)
      : project_(project), spec_(spec), store_(store), options_(options) {
    result_.table = spec.name;
  }

  IngestedTable run() {
    const std::vector<StoredTable> tables = stored_tables(store_);
    if (const StoredTable* there = find_table(tables, spec_.name)) table_ = *there;
    read_batches(
        read_request(project_, spec_, requests(), options_.threads), [this](Table batch) { add(std::move(batch)); },
        options_.progress);
    flush();
    return result_;
  }

 private:
  struct Place {
    std::int64_t number = 0;  // the entity
    std::string_view text;    // the entity
    std::int64_t time = 0;
    std::uint32_t batch = 0;
    std::uint32_t row = 0;

    bool operator<(const Place& other) const {
      return std::tie(number, text, time, batch, row) <
             std::tie(other.number, other.text, other.time, other.batch, other.row);
    }
  };

  /// Every column of the source; in the type declared, else in the one that the store has.
  std::vector<ColumnRequest> requests() {
    std::vector<ColumnRequest> requests;
    for (const SourceColumn& column : source_columns(read_request(project_, spec_, {}, options_.threads))) {
      ColumnRequest& request = requests.emplace_back(ColumnRequest{.name = column.name, .type = {}, .missing = {}});
      if (const auto declared = spec_.columns.find(column.name); declared != spec_.columns.end()) {
        request.type = declared->second.type;
        request.epoch = declared->second.epoch;
        request.missing = declared->second.missing;
      }
      if (column.name == spec_.time) request.type = ColumnType::kTime;
      if (!table_ || request.type) continue;
      const auto stored = table_->spec.columns.find(column.name);
      if (stored != table_->spec.columns.end()) request.type = stored->second.type;
    }
    return requests;
  }

  /// Called by several threads; the one that fills the commit writes it, and the others wait.
  void add(Table batch) {
    const std::scoped_lock lock(mutex_);
    pending_rows_ += batch.rows;
    pending_.push_back(std::move(batch));
    if (pending_rows_ >= kRowsPerCommit) flush();
  }

  void flush() {
    if (pending_.empty()) return;
    SqliteTransaction transaction(store_);
    if (!inserter_) {
      declare(pending_.front());
      inserter_.emplace(store_, *table_, OtherValues::kKeepBoth);
    }
    const Timestamp now = next_known_at(store_, options_.now());
    std::uint32_t batch = static_cast<std::uint32_t>(pending_.size());
    for (const Place& place : places()) {
      if (place.batch != batch) inserter_->take(pending_[batch = place.batch]);
      count(inserter_->insert(place.row, now), place);
    }
    transaction.commit();
    pending_.clear();
    pending_rows_ = 0;
  }

  /// The first rows tell the types of columns that nobody declared.
  void declare(const Table& rows) {
    StoredTable declared{.spec = spec_, .time_zone = project_.time_zone};
    for (const Column& column : rows.columns) declared.spec.columns[column.name].type = column.type;
    std::erase_if(declared.spec.columns, [&](const auto& column) { return rows.find(column.first) == nullptr; });
    if (!table_) {
      create_table(store_, declared);
      table_ = std::move(declared);
      return;
    }
    check_same(spec_.name, "entity", table_->spec.entity, spec_.entity);
    check_same(spec_.name, "time", table_->spec.time, spec_.time);
    check_same(spec_.name, "id", table_->spec.id, spec_.id);
    check_same(spec_.name, "time_zone", table_->time_zone, project_.time_zone);
    check_same_columns(declared.spec);
  }

  void check_same_columns(const TableSpec& declared) const {
    for (const auto& [name, column] : declared.columns) {
      const auto stored = table_->spec.columns.find(name);
      if (stored == table_->spec.columns.end()) refuse_other(spec_.name, format("column {}", name), "", "there");
      check_same(spec_.name, format("column {} of type", name), to_string(*stored->second.type),
                 to_string(*column.type));
      check_same(spec_.name, format("column {} with missing:", name), join(stored->second.missing),
                 join(column.missing));
      check_same(spec_.name, format("column {} with epoch:", name), to_string(stored->second.epoch),
                 to_string(column.epoch));
    }
    for (const auto& [name, column] : table_->spec.columns) {
      if (!declared.columns.contains(name)) refuse_other(spec_.name, format("column {}", name), "there", "");
    }
  }

  /// All pending rows, in the order of the store.
  std::vector<Place> places() const {
    std::vector<Place> places;
    places.reserve(pending_rows_);
    for (std::uint32_t batch = 0; batch < pending_.size(); ++batch) {
      const Table& rows = pending_[batch];
      const Column& entity = rows.at(spec_.entity);
      const Column* time = spec_.time.empty() ? nullptr : &rows.at(spec_.time);
      for (std::uint32_t row = 0; row < rows.rows; ++row) {
        Place& place = places.emplace_back(Place{.batch = batch, .row = row});
        if (time != nullptr) place.time = time->integers[row];
        if (entity.type != ColumnType::kText) {
          place.number = entity.integers[row];
        } else if (!entity.missing(row)) {
          place.text = entity.text(row);
        }
      }
    }
    std::ranges::sort(places, std::less<>());
    return places;
  }

  void count(RowOutcome outcome, const Place& place) {
    const Table& rows = pending_[place.batch];
    const std::string where = outcome == RowOutcome::kStored ? "" : rows.place(place.row);
    switch (outcome) {
      case RowOutcome::kStored:
        ++result_.stored;
        break;
      case RowOutcome::kAlreadyThere:
        ++result_.already_there;
        break;
      case RowOutcome::kWithoutEntity:
        ++result_.no_entity;
        break;
      case RowOutcome::kWithoutTime:
        ++result_.no_time;
        break;
      case RowOutcome::kOtherThere:
        throw refusal(
            spec_.name, where, spec_.entity,
            format("the store has another row of {}, and a table without a time has one row of each; erase it "
                   "with `asof erase`, or ingest into another store",
                   rows.at(spec_.entity).display(place.row)));
      case RowOutcome::kWithoutRowId:
        throw refusal(spec_.name, where, spec_.id,
                      "the row id is missing; without it the store cannot tell the row from others: fill it in, or "
                      "leave `id:` out of the project file");
    }
  }

  const Project& project_;
  const TableSpec& spec_;
  const SqliteConnection& store_;
  const IngestOptions& options_;
  std::optional<StoredTable> table_;
  std::optional<RowInserter> inserter_;
  std::mutex mutex_;
  std::vector<Table> pending_;
  std::size_t pending_rows_ = 0;
  IngestedTable result_;
};

}  // namespace

std::vector<IngestedTable> ingest(const Project& project, const std::filesystem::path& store,
                                  const IngestOptions& options) {
  const SqliteConnection connection = open_store(store, SqliteConnection::Access::kCreate);
  std::vector<IngestedTable> results;
  for (const TableSpec& table : project.tables)
    results.push_back(TableIngest(project, table, connection, options).run());
  return results;
}

}  // namespace asof
