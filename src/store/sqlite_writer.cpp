#include "store/sqlite_writer.h"

#include <algorithm>
#include <deque>
#include <utility>

#include "base/format.h"
#include "store/commit_queue.h"
#include "store/decision_chain.h"
#include "store/erase.h"
#include "store/knowledge.h"
#include "store/sqlite_rows.h"

namespace asof {
namespace {

/// Erasures that are remembered while the program runs, so that one of another person stops no decision.
constexpr std::size_t kErasedRemembered = 1000;

class QueuedWriter final : public SqliteWriter {
 public:
  QueuedWriter(SqliteConnection store, std::function<Timestamp()> now, DecodedUsers* users)
      : tables_(stored_tables(store)), now_(std::move(now)), users_(users), queue_(std::move(store)) {}

  const std::vector<StoredTable>& tables() const override { return tables_; }

  Delivered write(const Delivery& delivery) override {
    const StoredTable& table = table_named(delivery.table);
    const std::vector<EntityKey> users = users_ == nullptr ? std::vector<EntityKey>() : users_of(table, delivery);
    Delivered delivered;
    Timestamp before, after;
    const auto insert = [&](const SqliteConnection& store) {
      RowInserter inserter(store, table, OtherValues::kRefuse);
      before = knowledge_of(store).known_until;
      after = next_known_at(store, now_());
      delivered = insert_all(inserter, table, delivery, after);
      return delivered.rejected.empty() || delivery.partial;
    };
    queue_.commit(insert, [&] {
      if (users_ != nullptr) users_->wrote(before, after, users);
    });
    return delivered;
  }

  Erased erase(const EntityKey& user) override {
    Erased erased;
    queue_.run_alone([&](const SqliteConnection& store) {
      erased = erase_user(store, user, now_());
      erased_.emplace_back(knowledge_of(store).erasures, user);
      if (erased_.size() > kErasedRemembered) erased_.pop_front();
      return true;
    });
    return erased;
  }

  std::optional<LogPosition> append(const Decision& decision) override {
    std::optional<LogPosition> position;
    queue_.commit([&](const SqliteConnection& store) {
      if (may_be_erased(decision.user, decision.knowledge.erasures, knowledge_of(store).erasures)) return false;
      position = append_decision(store, decision);
      return true;
    });
    return position;
  }

 private:
  const StoredTable& table_named(const std::string& name) const {
    const auto place = std::ranges::find(tables_, name, [](const StoredTable& table) { return table.spec.name; });
    if (place == tables_.end()) throw Error(Error::kNotFound, format("the store has no table {}", name));
    return *place;
  }

  /// Whether the rows of `user`, read after the first `before` erasures of `all`, may be gone. Who was erased by
  /// another program, or long ago, is not known here.
  bool may_be_erased(const EntityKey& user, std::int64_t before, std::int64_t all) const {
    std::int64_t others = 0;
    for (const auto& [number, who] : erased_) {
      if (number > before && who != user) ++others;
    }
    return others != all - before;
  }

  static std::vector<EntityKey> users_of(const StoredTable& table, const Delivery& delivery) {
    const Column* entity = delivery.rows.find(table.spec.entity);
    std::vector<EntityKey> users;
    for (std::size_t row = 0; entity != nullptr && row < entity->size(); ++row) {
      if (entity->missing(row)) continue;
      if (entity->type == ColumnType::kText) {
        users.emplace_back(std::string(entity->text(row)));
      } else {
        users.emplace_back(entity->integers[row]);
      }
    }
    return users;
  }

  static Delivered insert_all(RowInserter& inserter, const StoredTable& table, const Delivery& delivery,
                              Timestamp now) {
    Delivered delivered;
    inserter.take(delivery.rows);
    for (std::size_t row = 0; row < delivery.rows.rows; ++row) {
      const RowOutcome outcome = inserter.insert(row, now);
      if (outcome == RowOutcome::kStored) {
        ++delivered.stored;
      } else if (outcome == RowOutcome::kAlreadyThere) {
        ++delivered.already_there;
      } else {
        delivered.rejected.push_back(rejected(table, outcome, row));
      }
    }
    if (!delivered.rejected.empty() && !delivery.partial) delivered.stored = 0;
    return delivered;
  }

  static RejectedRow rejected(const StoredTable& table, RowOutcome outcome, std::size_t row) {
    const TableSpec& spec = table.spec;
    switch (outcome) {
      case RowOutcome::kWithoutEntity:
        return {row, spec.entity, format("`{}` is missing: whose row it is", spec.entity)};
      case RowOutcome::kWithoutTime:
        return {row, spec.time, format("`{}` is missing: when it happened", spec.time)};
      case RowOutcome::kWithoutRowId:
        return {row, spec.id, format("`{}` is missing: what tells the row from others", spec.id)};
      default:
        break;
    }
    const bool by_id = table.identity() == RowIdentity::kRowId;
    const std::string& column = by_id ? spec.id : spec.entity;
    const std::string key =
        by_id ? format("`{}`, `{}` and `{}`", spec.entity, spec.time, spec.id) : format("`{}`", spec.entity);
    return {row, column, format("a row of the same {} is stored with other values; rows are never changed", key), true};
  }

  std::vector<StoredTable> tables_;
  std::function<Timestamp()> now_;
  std::deque<std::pair<std::int64_t, EntityKey>>
      erased_;  // and how many erasures there were then; of the queue's thread
  DecodedUsers* users_ = nullptr;
  CommitQueue queue_;  // last: its thread uses the others
};

}  // namespace

std::unique_ptr<SqliteWriter> open_sqlite_writer(const std::filesystem::path& file, std::function<Timestamp()> now,
                                                 DecodedUsers* users) {
  return std::make_unique<QueuedWriter>(open_store(file, SqliteConnection::Access::kWrite), std::move(now), users);
}

}  // namespace asof
